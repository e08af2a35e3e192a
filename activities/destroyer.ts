import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { isDestroyed } from '../db/queries/destroyed.ts';
import { uuidV5 } from '../door/act-id.ts';
import type { Door } from '../door/door.ts';
import { dueDestructions } from '../door/due-destructions.ts';
import type { Instant } from '../sdk/time.ts';
import { createLoop, type Loop } from './loop.ts';

/** What carrying out what was approved needs. */
export interface DestroyerDeps {
  readonly sql: Sql;
  readonly door: Pick<Door, 'act'>;
  readonly log: Logger;
  /** Removes what lies outside the database of cases that are destroyed: copies of their keys, histories in the archive's folder. */
  readonly clean?: ((caseId: string) => Promise<void>) | undefined;
  /** Cases that copies outside the database say are destroyed. Default: none are known. */
  readonly buried?: (() => readonly string[]) | undefined;
  readonly now?: () => Promise<Instant>;
  readonly mayFire?: () => boolean;
}

/** The loop of a worker process that destroys what two people have decided, when the wait is over. */
export interface Destroyer extends Loop {
  /** One turn: carries out what is due, then cleans up after all that is destroyed; answers how many it destroyed. */
  turn(): Promise<number>;
}

const everyMs = 600_000;

/**
 * Destroys what is due, each case in one transaction of the door, and then cleans up outside the database. A process that ends
 * in between leaves nothing undone: every process cleans up after all destroyed cases when it begins. What is blocked meanwhile is
 * asked again the next day. A case that fails keeps no other waiting: the turn fails in the end, and is tried again. A destroyed case that
 * a restored database has brought back is an alarm; `linli retention reapply` destroys it again.
 */
export function createDestroyer(deps: DestroyerDeps): Destroyer {
  const { sql, door, log, clean, buried, mayFire = () => true } = deps;
  const cleaned = new Set<string>();
  let looked = false;

  async function destroy({ caseId, seq, day }: { caseId: string; seq: number; day: string }): Promise<boolean> {
    const id = uuidV5('record.destroy', caseId, String(seq), day);
    const actor = { kind: 'system', id: 'retention', logins: [] } as const;
    const outcome = await door.act({ caseId, act: { id, type: 'record.destroy', actor } });
    if (outcome.status === 'recorded') log.info({ caseId }, 'the contents of a case were destroyed');
    else log.warn({ caseId, code: outcome.refusal.code }, 'the contents of a case are not destroyed now');
    return outcome.status === 'recorded' && outcome.replayed !== true;
  }

  async function cleanUp({ caseId }: { caseId: string }): Promise<boolean> {
    if (cleaned.has(caseId)) return false;
    // what a release before this one, or a restored database, has left
    await sql`SELECT destroy_case(case_id, convert_from(payload, 'UTF8')) FROM events
      WHERE case_id = ${caseId} AND type = 'record.destroyed'`;
    await clean?.(caseId);
    cleaned.add(caseId);
    return true;
  }

  /** Once a process: says which destroyed cases are here again. */
  async function lookForReturned(): Promise<void> {
    if (looked || !buried) return;
    const rows = await sql<{ caseId: string }[]>`
      SELECT case_id AS "caseId" FROM cases WHERE case_id IN (SELECT json_array_elements_text(${JSON.stringify(buried())}::text::json))
        AND NOT ${isDestroyed(sql, sql`cases.case_id`)}`;
    for (const { caseId } of rows)
      log.error(
        { alarm: 'DESTROYED_CASE_BACK', caseId },
        'a restored database has brought a destroyed case back. Way out: linli retention reapply',
      );
    looked = true;
  }

  async function turn(): Promise<number> {
    await lookForReturned().catch((error: Error) =>
      log.error(
        { alarm: 'DESTRUCTION', reason: error.message },
        'the copies of keys do not tell which cases are destroyed',
      ),
    );
    if (!mayFire()) return 0;
    const failed: unknown[] = [];
    /** How many of these it did. */
    const each = async <T extends { caseId: string }>(rows: readonly T[], work: (row: T) => Promise<boolean>) => {
      let done = 0;
      for (const row of rows)
        try {
          if (await work(row)) done += 1;
        } catch (error) {
          failed.push(error);
          log.error(
            { alarm: 'DESTRUCTION', caseId: row.caseId, reason: (error as Error).message },
            'the destruction of a case could not be carried out to its end and is tried again',
          );
        }
      return done;
    };
    const done = await each(await dueDestructions(sql, (await deps.now?.()) ?? null), destroy);
    const rows = await sql<
      { caseId: string }[]
    >`SELECT case_id AS "caseId" FROM events WHERE type = 'record.destroyed'`;
    await each(rows, cleanUp);
    if (failed.length > 0) throw failed[0];
    return done;
  }

  return { ...createLoop({ name: 'destroyer', everyMs, log, body: async () => (await turn()) > 0 }), turn };
}
