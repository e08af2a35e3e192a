import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { forgetOldImports } from '../db/queries/imports.ts';
import { loginOfKeyId } from '../db/queries/sign-in.ts';
import { openNextRows } from '../door/case-import-run.ts';
import type { Door } from '../door/door.ts';
import { loginsOf } from '../door/logins.ts';
import { runOrganisationImport } from '../door/organisation-import-run.ts';
import type { Text } from '../sdk/program.ts';
import { leased, takeable } from './lease.ts';
import { createLoop, type Loop } from './loop.ts';

/** What the loop that carries out lists needs. */
export interface ImporterDeps {
  readonly sql: Sql;
  readonly door: Pick<Door, 'open'>;
  readonly log: Logger;
  /** False stops it for the time being (clock check). */
  readonly mayFire?: () => boolean;
  /** Cases opened between two looks whether the list was cancelled. Default 20. */
  readonly atOnce?: number;
}

/** The loop, and one turn of it. */
export interface Importer extends Loop {
  /** One turn: one batch of one list. Answers whether there is more to do at once. */
  turn(): Promise<boolean>;
}

interface Taken {
  readonly id: string;
  readonly kind: 'cases' | 'organisation';
  readonly person: string;
  readonly key: string;
  readonly duplicates: boolean;
  readonly unit: string | null;
  readonly tries: number;
}

const everyMs = 1_000;
const forgetEveryMs = 60_000;
/** So often a batch is begun before the row at which it breaks off is given up. */
const MOST_TRIES = 5;
/** So long a list waits for a store that takes none of its rows. Then somebody has to look at it. */
const LONGEST_WAIT_H = 24;

/**
 * Carries out lists that run, with the rights that whoever lets it run has at that moment: cases a batch at a time, the
 * organisation all at once. A list left behind by a process that died is taken again when its lease has run out. Also
 * deletes what lists hold whose time is over.
 */
export function createImporter({ sql, door, log, mayFire = () => true, atOnce = 20 }: ImporterDeps): Importer {
  let forgotAt = 0;

  const lease = () => sql<Taken[]>`
    UPDATE imports SET ${leased(sql)}
    WHERE id = (SELECT id FROM imports
      WHERE status = 'running' AND ${takeable(sql, 'imports')}
      ORDER BY next_try LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, person, key, duplicates, unit, tries`;

  const goOn = (id: string) =>
    sql`
    UPDATE imports SET lease_until = NULL, tries = 0, next_try = clock_timestamp(), waiting = NULL, waiting_since = NULL,
      forget_at = clock_timestamp() + interval '7 days' WHERE id = ${id} AND forgotten_at IS NULL`;

  const stop = (id: string, why: Text) => sql`
    UPDATE imports SET status = 'stopped', stopped = ${JSON.stringify(why)}::text::json, lease_until = NULL,
      waiting = NULL, waiting_since = NULL, finished_at = clock_timestamp(), forget_at = clock_timestamp() + interval '7 days'
    WHERE id = ${id} AND status = 'running'`;

  /** Notes that a list waits and why; one that has waited too long without any row coming through is stopped. */
  async function wait(id: string, why: Text, progressed: boolean): Promise<void> {
    const [list] = await sql<{ over: boolean }[]>`
      UPDATE imports SET lease_until = NULL, waiting = ${JSON.stringify(why)}::text::json,
        waiting_since = CASE WHEN ${progressed} THEN clock_timestamp() ELSE coalesce(waiting_since, clock_timestamp()) END,
        tries = CASE WHEN ${progressed} THEN 1 ELSE tries END
      WHERE id = ${id} AND status = 'running'
      RETURNING waiting_since < clock_timestamp() - ${LONGEST_WAIT_H} * interval '1 h' AS over`;
    if (list?.over) await stop(id, WAITED_TOO_LONG);
  }

  async function forget(): Promise<void> {
    if (Date.now() - forgotAt < forgetEveryMs) return;
    forgotAt = Date.now();
    const n = await forgetOldImports(sql);
    if (n > 0) log.info({ lists: n }, 'what lists held is deleted');
  }

  async function carryOut(
    { id, kind, person, duplicates, unit, tries }: Taken,
    logins: ReturnType<typeof loginsOf>,
  ): Promise<boolean> {
    const actor = { kind: 'person', id: person, logins } as const;
    if (kind === 'cases') {
      const batch = await openNextRows(sql, door, { id, duplicates, actor, giveUp: tries >= MOST_TRIES }, atOnce);
      if (batch.came === 'more') await goOn(id);
      if (batch.came === 'forbidden') await stop(id, NO_LONGER);
      if (batch.came === 'later') await wait(id, batch.why, batch.progressed);
      return batch.came !== 'later';
    }
    const admin = logins.find((login) => login.role === 'admin' && login.unit === unit);
    if (!admin) await stop(id, NO_LONGER);
    else
      await runOrganisationImport(sql, { id, unit: admin.unit, actor }).catch(async (error: unknown) => {
        await wait(id, BROKE_OFF, false).catch(() => {});
        throw error;
      });
    return true;
  }

  async function turn(): Promise<boolean> {
    if (!mayFire()) return false;
    await forget();
    const [taken] = await lease();
    if (!taken) return false;
    const login = await loginOfKeyId(sql, taken.key);
    if (login?.person === taken.person) return carryOut(taken, loginsOf(login));
    await stop(taken.id, NO_LONGER);
    return true;
  }

  const loop = createLoop({ name: 'importer', everyMs, log, body: turn });
  return { ...loop, turn };
}

const NO_LONGER: Text = [
  '让它运行的人的密钥已失效或不再有权，其余的行没有导入。重新登录后可以继续。',
  'The key of who let it run is no longer valid or no longer may; the other rows were not imported. Sign in again to go on.',
];

const BROKE_OFF: Text = [
  '写入中断，什么都没有写入，系统会再试。',
  'Recording it broke off and nothing was written; it is tried again.',
];

const WAITED_TOO_LONG: Text = [
  `连续 ${LONGEST_WAIT_H} 小时没有一行写得进去，已停止。已导入的保留；排除故障后可以继续，其余的行 7 天后删除。`,
  `For ${LONGEST_WAIT_H} hours no row could be recorded, so it was stopped. What is imported stays; go on when the trouble is over. The other rows are deleted after 7 days.`,
];
