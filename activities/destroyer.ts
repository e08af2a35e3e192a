import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
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
 * asked again the next day.
 */
export function createDestroyer(deps: DestroyerDeps): Destroyer {
  const { sql, door, log, clean, mayFire = () => true } = deps;
  const cleaned = new Set<string>();

  async function destroy({ caseId, seq, day }: { caseId: string; seq: number; day: string }): Promise<boolean> {
    const id = uuidV5('record.destroy', caseId, String(seq), day);
    const actor = { kind: 'system', id: 'retention', logins: [] } as const;
    const outcome = await door.act({ caseId, act: { id, type: 'record.destroy', actor } });
    if (outcome.status === 'recorded') log.info({ caseId }, 'the contents of a case were destroyed');
    else log.warn({ caseId, code: outcome.refusal.code }, 'the contents of a case are not destroyed now');
    return outcome.status === 'recorded' && outcome.replayed !== true;
  }

  async function cleanAll(): Promise<void> {
    const rows = await sql<
      { caseId: string }[]
    >`SELECT case_id AS "caseId" FROM events WHERE type = 'record.destroyed'`;
    for (const { caseId } of rows) {
      if (cleaned.has(caseId)) continue;
      // a run that ended late may have been archived since
      await sql`SELECT destroy_case(case_id, convert_from(payload, 'UTF8')) FROM events
        WHERE case_id = ${caseId} AND type = 'record.destroyed'`;
      await clean?.(caseId);
      cleaned.add(caseId);
    }
  }

  async function turn(): Promise<number> {
    if (!mayFire()) return 0;
    let done = 0;
    for (const each of await dueDestructions(sql, (await deps.now?.()) ?? null)) if (await destroy(each)) done += 1;
    await cleanAll();
    return done;
  }

  return { ...createLoop({ name: 'destroyer', everyMs, log, body: async () => (await turn()) > 0 }), turn };
}
