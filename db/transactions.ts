import type { Sql } from './client.ts';
import { connectionLost, createLanes, isLost, type Lane, StoreUnavailable } from './lanes.ts';
import { giveKeys, keysOf } from './sealed.ts';
import { isWalled, sightHere, sightStatement } from './walled.ts';

export { StoreUnavailable };

/**
 * A transaction in progress: a tagged template like the client's. Statements that do not need each other's answers are
 * made together (`Promise.all`) and then share one round trip.
 */
export type Tx = Sql & {
  /** Ends the transaction; may be sent along with the last statements, as the last of them. Rejects when it did not commit. */
  commit(): PromiseLike<void>;
  /** Ends it without keeping anything. */
  undo(): PromiseLike<void>;
};

/** Runs transactions over connections of its own, with the keys of the client it was made from. */
export interface Transactions {
  /**
   * Runs `work` in a READ COMMITTED transaction and commits when it answers (unless it ended the transaction itself);
   * an error undoes it. Throws `StoreUnavailable`, the server's error, or what `work` throws.
   */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Closes all connections; transactions under way are broken off. */
  end(): Promise<void>;
}

/** How many transactions run at a time, and how long one may take (milliseconds). */
export interface TransactionOptions {
  /** Connections at most. Default 10. */
  readonly lanes?: number;
  /** How long a transaction waits for a free connection. Default 10 s. */
  readonly waitMs?: number;
  /** After this time the connection is given up: the network may be gone without a word. Default 12 s. */
  readonly deadlineMs?: number;
  /** The database role a transaction begins with; without it the login's own rights. */
  readonly role?: string;
}

/**
 * Transactions over a pool of single connections. The driver's own `sql.begin` is not used: when the connection is lost
 * under it, it writes to the closed socket, which ends the process (driver 3.4.9, tried by killing a server process).
 * Here a connection on which anything but an ordinary SQL error happened is never written to again.
 */
export function createTransactions(sql: Sql, options: TransactionOptions = {}): Transactions {
  const { lanes: most = 10, waitMs = 10_000, deadlineMs = 12_000 } = options;
  const lanes = createLanes(sql, { lanes: most, waitMs });

  async function run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const lane = await lanes.take();
    let timer: NodeJS.Timeout | undefined;
    const lost = new Promise<never>((_, reject) => {
      lane.broken = reject;
      timer = setTimeout(() => {
        lane.dead = true;
        reject(new StoreUnavailable(`The database did not answer within ${deadlineMs} ms.`));
      }, deadlineMs);
    });
    lost.catch(() => {});
    const ending = new Ending(lane);
    try {
      begin(lane, options.role);
      if (options.role === undefined && isWalled(sql)) sightStatement(lane.reserved, sightHere()).catch(() => {});
      const tx = giveKeys(transactionOf(lane, ending), keysOf(sql));
      return await Promise.race([lost, work(tx).then((result) => ending.settle(result))]);
    } catch (error) {
      if (isLost(error)) lane.dead = true;
      if (!lane.dead) await Promise.race([lost, ending.recover()]).catch(() => (lane.dead = true));
      throw isLost(error) ? connectionLost(error) : error;
    } finally {
      clearTimeout(timer);
      lanes.giveBack(lane);
    }
  }

  return { run, end: lanes.end };
}

/** Not waited for: it travels with the first statements. When it fails, the connection is gone and they fail as well. */
function begin(lane: Lane, role: string | undefined): void {
  lane.reserved
    .unsafe(role === undefined ? 'BEGIN' : `BEGIN; SET LOCAL ROLE ${role}`)
    .simple()
    .catch(() => {});
}

/** How a transaction ends: at most once, by whoever comes first. */
class Ending {
  readonly #lane: Lane;
  #sent: Promise<void> | undefined;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  send(command: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    if (!this.#sent) {
      this.#sent = this.#lane.reserved
        .unsafe(command)
        .simple()
        .then((result) => {
          // after an error the server answers COMMIT with ROLLBACK
          if (result.command !== command) throw new StoreUnavailable('The transaction was rolled back.');
        });
      this.#sent.catch(() => {});
    }
    return this.#sent;
  }

  /** Like a statement of the driver, sent when it is waited for: so it stays behind those made before it. */
  later(command: 'COMMIT' | 'ROLLBACK'): PromiseLike<void> {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is meant
    return { then: (kept, refused) => this.send(command).then(kept, refused) };
  }

  /** After the work: commits unless it has ended the transaction itself. */
  async settle<T>(result: T): Promise<T> {
    await (this.#sent ?? this.send('COMMIT'));
    return result;
  }

  /** After an error of the work: waits until the connection is out of the transaction. */
  async recover(): Promise<void> {
    if (this.#sent) await this.#sent.catch(() => {});
    else await this.send('ROLLBACK');
  }
}

/** The tagged template of one transaction. On a lost connection it throws instead of writing. */
function transactionOf(lane: Lane, ending: Ending): Tx {
  const guard = () => {
    if (lane.dead) throw connectionLost();
  };
  return new Proxy(lane.reserved, {
    apply(target, self, args) {
      guard();
      return Reflect.apply(target, self, args);
    },
    get(target, name) {
      guard();
      if (name === 'commit') return () => ending.later('COMMIT');
      if (name === 'undo') return () => ending.later('ROLLBACK');
      return Reflect.get(target, name);
    },
  }) as unknown as Tx;
}
