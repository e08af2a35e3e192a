import type { Sql } from '../../db/client.ts';
import { type AccessNote, insertAccesses } from '../../db/queries/accesses.ts';

/** Notes a read. Resolves when it is committed; rejects when it is not known to be. */
export type AccessWriter = (note: AccessNote) => Promise<void>;

interface Waiting {
  readonly note: AccessNote;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const mostAtOnce = 500;

/**
 * Folds notes: while one statement is under way further ones gather and go together in the next. Every answer waits for
 * its own note, and many readers cost little more than one.
 */
export function createAccessWriter(sql: Sql): AccessWriter {
  const waiting: Waiting[] = [];
  let underWay = false;

  async function drain(): Promise<void> {
    underWay = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, mostAtOnce);
      try {
        await insertAccesses(
          sql,
          batch.map(({ note }) => note),
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    underWay = false;
  }

  return (note) =>
    new Promise((resolve, reject) => {
      waiting.push({ note, resolve, reject });
      if (!underWay) void drain();
    });
}
