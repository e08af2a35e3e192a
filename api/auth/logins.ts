import type { Sql } from '../../db/client.ts';
import { type KeyRow, loginsOfKeys } from '../../db/queries/sign-in.ts';

/** Looks up whose API key a hash belongs to. */
export type Logins = (hash: string) => Promise<KeyRow | undefined>;

interface Waiting {
  readonly hash: string;
  readonly resolve: (login: KeyRow | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Folds look-ups: while one is under way, further ones gather and go together in the next, which begins after all of them
 * have come. So each is answered by what the table says at that time, a key revoked is refused at once, and many callers
 * cost little more than one.
 */
export function createLogins(sql: Sql): Logins {
  let waiting: Waiting[] = [];
  let underWay = false;

  async function drain(): Promise<void> {
    underWay = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const logins = await loginsOfKeys(sql, [...new Set(batch.map(({ hash }) => hash))]);
        for (const { hash, resolve } of batch) resolve(logins.get(hash));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    underWay = false;
  }

  return (hash) =>
    new Promise((resolve, reject) => {
      waiting.push({ hash, resolve, reject });
      if (!underWay) void drain();
    });
}
