import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { forgetOldImports, type RowProblem } from '../db/queries/imports.ts';
import { loginOfKeyId } from '../db/queries/sign-in.ts';
import { uuidV5 } from '../door/act-id.ts';
import { runOrganisationImport } from '../door/organisation-import-run.ts';
import type { OpenCaseRequest, Outcome } from '../door/outcome.ts';
import type { Actor } from '../engine/act.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { Text } from '../sdk/program.ts';
import { leased } from './lease.ts';
import { createLoop, type Loop } from './loop.ts';

/** What the loop that opens the cases of lists needs. */
export interface ImporterDeps {
  readonly sql: Sql;
  readonly door: { open(request: OpenCaseRequest): Promise<Outcome> };
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

const everyMs = 1_000;
const forgetEveryMs = 60_000;

/**
 * Carries out lists that run. Opens their cases, a batch at a time, in the order of their rows, with the rights that whoever lets it run
 * has at that moment. A row is opened by an act whose id follows from list and row: however often a process dies between
 * opening and noting it, whoever takes the list up next finds the case that is there. What an opened row held is deleted as
 * it is noted; what is not opened is kept for the file of errors, for some days.
 */
export function createImporter({ sql, door, log, mayFire = () => true, atOnce = 20 }: ImporterDeps): Importer {
  let forgotAt = 0;

  const lease = () => sql<Taken[]>`
    UPDATE imports SET ${leased(sql)}
    WHERE id IN (SELECT id FROM imports
      WHERE status = 'running' AND next_try <= clock_timestamp()
        AND (lease_until IS NULL OR lease_until < clock_timestamp())
      ORDER BY next_try LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, person, key, duplicates`;

  const waiting = ({ id, duplicates }: Taken) => sql<WaitingRow[]>`
    SELECT row, request FROM person.import_rows
    WHERE import_id = ${id} AND state IN ('ready', ${duplicates ? 'duplicate' : 'ready'}) ORDER BY row LIMIT ${atOnce}`;

  const opened = (id: string, row: number, caseId: string) => sql`
    UPDATE person.import_rows
    SET state = 'opened', case_id = ${caseId}, cells = NULL, rounded = NULL, request = NULL, problems = NULL
    WHERE import_id = ${id} AND sheet = '' AND row = ${row} AND state IN ('ready', 'duplicate')`;

  const failed = (id: string, row: number, problems: readonly RowProblem[]) => sql`
    UPDATE person.import_rows SET state = 'failed', problems = ${JSON.stringify(problems)}::text::json
    WHERE import_id = ${id} AND sheet = '' AND row = ${row} AND state IN ('ready', 'duplicate')`;

  /** More is to be done at once, or it is over. What is left out as a duplicate stays for the file of errors. */
  async function finish({ id }: Taken, left: boolean): Promise<boolean> {
    if (left) {
      await sql`UPDATE imports SET lease_until = NULL, tries = 0, next_try = clock_timestamp() WHERE id = ${id}`;
      return true;
    }
    await sql`
      WITH done AS (
        UPDATE imports SET status = 'done', lease_until = NULL, finished_at = clock_timestamp(),
          forget_at = clock_timestamp() + interval '7 days' WHERE id = ${id} AND status = 'running' RETURNING id)
      UPDATE person.import_rows r SET state = 'skipped', request = NULL FROM done d
      WHERE r.import_id = d.id AND r.state = 'duplicate'`;
    log.info({ import: id }, 'a list is imported');
    return false;
  }

  const stop = (id: string, why: Text) => sql`
    UPDATE imports SET status = 'stopped', stopped = ${JSON.stringify(why)}::text::json, lease_until = NULL,
      finished_at = clock_timestamp(), forget_at = clock_timestamp() + interval '7 days'
    WHERE id = ${id} AND status = 'running'`;

  /** All of it in one transaction; what the database refuses for now is tried again when the lease has run out. */
  async function organise({ id, person }: Taken, actor: Actor): Promise<boolean> {
    const admin = actor.logins.find(({ role }) => role === 'admin');
    if (!admin) await stop(id, NO_LONGER);
    else {
      const added = await runOrganisationImport(sql, { id, unit: admin.unit, actor: { kind: 'person', id: person } });
      log.info({ import: id, added }, 'a list of the organisation is imported');
    }
    return true;
  }

  async function turn(): Promise<boolean> {
    if (!mayFire()) return false;
    if (Date.now() - forgotAt > forgetEveryMs) {
      forgotAt = Date.now();
      const n = await forgetOldImports(sql);
      if (n > 0) log.info({ lists: n }, 'what lists held is deleted');
    }
    const [taken] = await lease();
    if (!taken) return false;
    const actor = await actorFor(sql, taken);
    if (!actor) {
      await stop(taken.id, NO_LONGER);
      return true;
    }
    if (taken.kind === 'organisation') return organise(taken, actor);
    const rows = await waiting(taken);
    for (const { row, request } of rows) {
      const outcome = await door.open({ ...request, actId: uuidV5('import', taken.id, String(row)), actor });
      if (outcome.status === 'recorded') await opened(taken.id, row, outcome.case.caseId);
      else if (outcome.refusal.kind === 'unavailable')
        return false; // the lease runs out, and it is tried again
      else await failed(taken.id, row, problemsOf(outcome.refusal));
    }
    return finish(taken, rows.length === atOnce);
  }

  const loop = createLoop({ name: 'importer', everyMs, log, body: turn });
  return { ...loop, turn };
}

interface Taken {
  readonly id: string;
  readonly kind: 'cases' | 'organisation';
  readonly person: string;
  readonly key: string;
  readonly duplicates: boolean;
}

interface WaitingRow {
  readonly row: number;
  readonly request: Omit<OpenCaseRequest, 'actId' | 'actor'>;
}

const NO_LONGER: Text = [
  '让它运行的人的密钥已失效或不再有权，其余的行没有导入。重新登录后可以继续。',
  'The key of who let it run is no longer valid or no longer may; the other rows were not imported. Sign in again to go on.',
];

/** Who opens: whoever let the list run, with what the key may now. */
async function actorFor(sql: Sql, { person, key }: Taken): Promise<Actor | undefined> {
  const login = await loginOfKeyId(sql, key);
  if (login?.person !== person) return undefined;
  const { role, unit, inOffice } = login;
  const logins = inOffice && ['caseworker', 'auditor', 'admin'].includes(role) ? [{ role, unit }] : [];
  return { kind: 'person', id: person, logins };
}

function problemsOf({ code, detail, errors = [] }: Refusal): RowProblem[] {
  const places = errors.map(({ path }) => path).join(', ');
  const where = places === '' ? ['', ''] : [`（${places}）`, ` (${places})`];
  return [{ column: null, code, zh: `${detail[0]}${where[0]}`, en: `${detail[1]}${where[1]}` }];
}
