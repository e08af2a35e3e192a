import postgres from 'postgres';
import type { Sql } from './client.ts';

/** The store could not be reached, did not answer in time, or lost the connection: nothing is known to be committed. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** That the connection is gone, and why. */
export const connectionLost = (cause?: unknown): StoreUnavailable =>
  new StoreUnavailable('The connection to the database was lost.', { cause });

/** Whether an error says that the connection is gone. Errors of the driver and of the network carry a code that is no SQLSTATE. */
export function isLost(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return false;
  if (error instanceof postgres.PostgresError) return error.severity === 'FATAL' || error.severity === 'PANIC';
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^(CONNECT|E[A-Z]+$|CONNECTION_)/.test(code);
}

/** A connection of its own. Nothing is written to one that is dead: the driver would end the process (3.4.9, tried by killing a server process). */
export interface Lane {
  readonly client: postgres.Sql;
  readonly reserved: postgres.ReservedSql;
  dead: boolean;
  /** Called when the connection is lost. */
  broken: (error: Error) => void;
}

/** Connections of which each serves one user at a time. */
export interface Lanes {
  /** A free connection, opened when there is none. Throws `StoreUnavailable`. */
  take(): Promise<Lane>;
  giveBack(lane: Lane): void;
  /** Closes all connections, whatever goes on over them. */
  end(): Promise<void>;
}

/** How many connections at most, and how long somebody waits for a free one (milliseconds). */
export interface LaneOptions {
  readonly lanes: number;
  readonly waitMs: number;
}

/** Connections as the client's. */
export function createLanes(sql: Sql, { lanes: most, waitMs }: LaneOptions): Lanes {
  const idle: Lane[] = [];
  const waiting: { give: () => void; refuse: (error: Error) => void }[] = [];
  const all = new Set<postgres.Sql>();
  let used = 0;
  let ended = false;

  async function openLane(): Promise<Lane> {
    const lane: Partial<Lane> & { dead: boolean } = { dead: false, broken: () => {} };
    const onclose = () => {
      lane.dead = true;
      lane.broken?.(connectionLost());
    };
    const shared = { retries: 0, typeArrayMap: {} };
    // options that were parsed once are taken as they are
    const parsed = { ...sql.options, shared, max: 1, max_lifetime: null, idle_timeout: null, onclose };
    const client = postgres(parsed as unknown as postgres.Options<Record<string, never>>);
    all.add(client);
    try {
      // reserving a connection that is not open yet never answers when no types are fetched (driver 3.4.9)
      await client`SELECT 1`;
      return Object.assign(lane, { client, reserved: await client.reserve() }) as Lane;
    } catch (error) {
      discard(client);
      throw new StoreUnavailable('The database cannot be reached.', { cause: error });
    }
  }

  function discard(client: postgres.Sql): void {
    all.delete(client);
    client.end({ timeout: 0 }).catch(() => {});
  }

  async function take(): Promise<Lane> {
    if (ended) throw new StoreUnavailable('The connections are closed.');
    if (used >= most) {
      await new Promise<void>((give, refuse) => {
        const place = { give, refuse };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(place), 1);
          refuse(new StoreUnavailable(`No connection was free within ${waitMs} ms.`));
        }, waitMs);
        place.give = () => {
          clearTimeout(timer);
          give();
        };
        place.refuse = (error) => {
          clearTimeout(timer);
          refuse(error);
        };
        waiting.push(place);
      });
    } else {
      used += 1;
    }
    for (let lane = idle.pop(); lane; lane = idle.pop()) {
      if (!lane.dead) return lane;
      discard(lane.client);
    }
    return openLane().catch((error) => {
      free();
      throw error;
    });
  }

  /** Passes the right to a connection on to whoever waits. */
  function free(): void {
    const next = waiting.shift();
    if (next) next.give();
    else used -= 1;
  }

  return {
    take,
    giveBack(lane) {
      lane.broken = () => {};
      if (lane.dead || ended) discard(lane.client);
      else idle.push(lane);
      free();
    },
    async end() {
      ended = true;
      for (const { refuse } of waiting.splice(0)) refuse(new StoreUnavailable('The connections are closed.'));
      await Promise.all([...all].map((client) => client.end({ timeout: 0 }).catch(() => {})));
    },
  };
}
