import { AsyncLocalStorage } from 'node:async_hooks';
import type postgres from 'postgres';
import type { Sql } from './client.ts';
import { connectionLost, createLanes, isLost, type Lane, StoreUnavailable } from './lanes.ts';

/** Who reads: the database shows the rows of cases in his sight and no others (migration 0082, docs/database-roles.md). */
export interface Sight {
  readonly person: string;
  /** The unit of his login where it reads, or looks after, what is in it and below. */
  readonly unit: string | undefined;
  /** Looks after people: sees the names of all of them. */
  readonly people?: boolean;
}

/** What a request reads with. Nothing set: nothing of any case is seen. */
class Seeing {
  sight: Sight | undefined;
  /** Cases that were found open to him by another right: an emergency. */
  readonly opened = new Set<string>();
  burst: Burst | undefined;

  constructor(sight?: Sight) {
    this.sight = sight;
  }
}

const seeing = new AsyncLocalStorage<Seeing>();

/** Runs something as a reader of his own; without `sight` it sees nothing until {@link seeAs}. */
export const withSight = <T>(work: () => T, sight?: Sight): T => seeing.run(new Seeing(sight), work);

/** From now on what goes on here reads as this person. Outside of {@link withSight} it changes nothing. */
export function seeAs(sight: Sight | undefined): void {
  const here = seeing.getStore();
  if (!here) return;
  here.sight = sight;
  here.opened.clear();
  here.burst = undefined;
}

/** Puts a case in sight that is open by another right than his unit, his posts and what he was given. */
export function openToSight(caseId: string): void {
  const here = seeing.getStore();
  if (!here || here.opened.has(caseId)) return;
  here.opened.add(caseId);
  here.burst = undefined;
}

/** A statement of the driver, as far as we reach into it (3.4.9): `handler` sends it, `resolve` and `reject` settle it. */
interface Statement {
  handler: (statement: Statement) => void;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  readonly strings: readonly string[];
  readonly args: readonly unknown[];
}

/** How many connections at most, how long a statement waits for one, and how long what is asked together may take (milliseconds). */
export interface WalledOptions {
  /** Default 10. */
  readonly lanes?: number;
  /** Default 10 s. */
  readonly waitMs?: number;
  /** After this time the connection is given up: the network may be gone without a word. Default 12 s. */
  readonly deadlineMs?: number;
}

/**
 * A client whose every statement runs in a transaction that says who reads. What one request asks without waiting for anything
 * else shares one, which is READ ONLY and ends as soon as nothing more is asked: no connection is held while somebody thinks,
 * and settings of a transaction never outlive it. A statement that writes has one of its own, and is answered when it is committed.
 */
export function walled(sql: Sql, { lanes: most = 10, waitMs = 10_000, deadlineMs = 12_000 }: WalledOptions = {}): Sql {
  const lanes = createLanes(sql, { lanes: most, waitMs });

  const send = (statement: Statement): void => {
    const here = seeing.getStore() ?? new Seeing();
    if (writes(statement)) {
      new Burst(lanes, here, { access: 'READ WRITE', deadlineMs }).add(statement);
      return;
    }
    if (!here.burst?.open) here.burst = new Burst(lanes, here, { access: 'READ ONLY', deadlineMs });
    here.burst.add(statement);
  };

  const diverted = (made: unknown): unknown => {
    if (made instanceof Promise && 'handler' in made) (made as unknown as Statement).handler = send;
    return made;
  };

  const client = new Proxy(sql, {
    apply: (target, self, args) => diverted(Reflect.apply(target, self, args)),
    get(target, name) {
      if (name === 'unsafe') return (...args: Parameters<Sql['unsafe']>) => diverted(target.unsafe(...args));
      // they would go by another connection, which says nothing of who reads
      if (name === 'begin' || name === 'reserve' || name === 'listen') return undefined;
      if (name === 'end')
        return async (options?: { timeout?: number }) => {
          await lanes.end();
          await target.end(options);
        };
      return Reflect.get(target, name);
    },
  });
  walls.add(client);
  return client;
}

const walls = new WeakSet<object>();

/** Whether a client says with each transaction who reads. */
export const isWalled = (sql: object): boolean => walls.has(sql);

/** What says who reads, in the transaction it is sent in. */
export function sightStatement(reserved: postgres.Sql, { sight, opened }: Pick<Seeing, 'sight' | 'opened'>) {
  return reserved`SELECT see_as(${sight?.person ?? null}, ${sight?.unit ?? null}, ${JSON.stringify([...opened])}::text::json, ${sight?.people ?? false})`;
}

/** Who reads here and now, for transactions that are begun elsewhere. */
export const sightHere = (): Pick<Seeing, 'sight' | 'opened'> => seeing.getStore() ?? new Seeing();

/** A transaction for what is asked together. */
class Burst {
  readonly #lanes: ReturnType<typeof createLanes>;
  readonly #lane: Promise<Lane>;
  readonly #writes: boolean;
  /** Why it could not be said who reads: then nothing is read. */
  #unseen: unknown;
  #asked = 0;
  /** What has not been answered yet. The driver forgets what waits behind a statement when the connection is lost. */
  readonly #outstanding = new Set<(error: unknown) => void>();
  #deadline: NodeJS.Timeout | undefined;
  #ended = false;
  open = true;

  constructor(
    lanes: ReturnType<typeof createLanes>,
    here: Seeing,
    { access, deadlineMs }: { readonly access: 'READ ONLY' | 'READ WRITE'; readonly deadlineMs: number },
  ) {
    this.#lanes = lanes;
    this.#writes = access === 'READ WRITE';
    this.#lane = lanes.take().then((lane) => {
      if (lane.dead) return lane;
      lane.broken = (error) => this.#lose(lane, error);
      const late = new StoreUnavailable(`The database did not answer within ${deadlineMs} ms.`);
      this.#deadline = setTimeout(() => this.#lose(lane, late), deadlineMs);
      // not waited for: they travel with the first statement. When one fails, so do those after it
      lane.reserved
        .unsafe(`BEGIN ${access}`)
        .simple()
        .catch(() => {});
      sightStatement(lane.reserved as unknown as postgres.Sql, here).catch((error: unknown) => {
        this.#unseen = error;
      });
      return lane;
    });
    this.#lane.catch(() => {
      this.open = false;
    });
  }

  add(statement: Statement): void {
    this.#asked += 1;
    if (this.#writes) this.open = false;
    this.#lane.then(
      (lane) => this.#send(lane, statement),
      (error: unknown) => statement.reject(error),
    );
  }

  #send(lane: Lane, statement: Statement): void {
    const { resolve, reject } = statement;
    if (lane.dead) {
      reject(connectionLost());
      void this.#answered(lane);
      return;
    }
    const settle = (work: () => void): void => {
      if (this.#outstanding.delete(fail)) work();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        // what was sent after it fails with it; what comes next begins anew
        this.open = false;
        reject(this.#unseen ?? error);
        void this.#answered(lane);
      });
    this.#outstanding.add(fail);
    statement.resolve = (result) =>
      settle(() => {
        if (!this.#writes) resolve(result);
        void this.#answered(lane).then((kept) => {
          if (!this.#writes) return;
          if (kept) resolve(result);
          else reject(connectionLost());
        });
      });
    statement.reject = (error) => {
      // the driver tells of the loss before the connection does: nothing is written to it any more
      if (isLost(error)) this.#lose(lane, connectionLost(error));
      else fail(error);
    };
    handlerOf(lane)(statement);
  }

  /** The connection is gone, or is given up: all that waits for an answer over it is refused. */
  #lose(lane: Lane, error: Error): void {
    lane.dead = true;
    for (const fail of [...this.#outstanding]) fail(error);
  }

  /** After an answer: ends the transaction unless more is asked before anything else goes on. Answers whether it was committed. */
  async #answered(lane: Lane): Promise<boolean> {
    this.#asked -= 1;
    if (!this.#writes) await new Promise((resolve) => setImmediate(resolve));
    if (this.#asked > 0 || this.#ended) return false;
    this.#ended = true;
    this.open = false;
    try {
      if (lane.dead) return false;
      const { command } = await new Promise<{ readonly command: string }>((resolve, reject) => {
        this.#outstanding.add(reject);
        lane.reserved.unsafe('COMMIT').simple().then(resolve, reject);
      });
      return command === 'COMMIT';
    } catch {
      lane.dead = true;
      return false;
    } finally {
      clearTimeout(this.#deadline);
      this.#outstanding.clear();
      this.#lanes.giveBack(lane);
    }
  }
}

const handlers = new WeakMap<Lane, Statement['handler']>();

/** What sends a statement over this connection. */
function handlerOf(lane: Lane): Statement['handler'] {
  const known = handlers.get(lane) ?? (lane.reserved`` as unknown as Statement).handler;
  handlers.set(lane, known);
  return known;
}

const known = new WeakMap<readonly string[], boolean>();
const WRITES = /\b(insert\s+into|update|delete\s+from|for\s+(key\s+)?share|nextval|pg_advisory_\w+)\b/i;

/** Whether a statement, or a part it is made of, says that it writes or locks. One that does and is not known would be refused by PostgreSQL. */
function writes({ strings, args }: Pick<Statement, 'strings' | 'args'>): boolean {
  let own = known.get(strings);
  if (own === undefined) {
    own = strings.some((each) => WRITES.test(each));
    known.set(strings, own);
  }
  return (
    own || args.some((each) => each instanceof Promise && 'strings' in each && writes(each as unknown as Statement))
  );
}
