import type { Sql } from '../db/client.ts';
import type { RowProblem } from '../db/queries/imports.ts';
import type { Actor } from '../engine/act.ts';
import type { Refusal } from '../engine/refusal.ts';
import { uuidV5 } from './act-id.ts';
import type { Door } from './door.ts';
import type { OpenCaseRequest } from './outcome.ts';

/** A list whose cases are opened, and with whose rights. */
export interface CaseImport {
  readonly id: string;
  /** Rows that look like one that is there are opened too. */
  readonly duplicates: boolean;
  readonly actor: Actor;
}

/**
 * Opens the next rows of a list, in their order, at most so many. A row is opened by an act whose id follows from list and row:
 * however often a process dies between opening and noting it, or two take the same list, the case is there once. Answers
 * whether there is `more`, the list is `done`, or the store wants it `later`.
 */
export async function openNextRows(
  sql: Sql,
  door: Pick<Door, 'open'>,
  { id, duplicates, actor }: CaseImport,
  atMost: number,
): Promise<'more' | 'done' | 'later'> {
  const rows = await sql<{ row: number; request: Omit<OpenCaseRequest, 'actId' | 'actor'> }[]>`
    SELECT row, request FROM person.import_rows
    WHERE import_id = ${id} AND state IN ('ready', ${duplicates ? 'duplicate' : 'ready'}) ORDER BY row LIMIT ${atMost}`;
  for (const { row, request } of rows) {
    const outcome = await door.open({ ...request, actId: uuidV5('import', id, String(row)), actor });
    if (outcome.status === 'recorded') await noteOpened(sql, id, row, outcome.case.caseId);
    else if (outcome.refusal.kind === 'unavailable') return 'later';
    else await noteFailed(sql, id, row, outcome.refusal);
  }
  if (rows.length === atMost) return 'more';
  await finish(sql, id);
  return 'done';
}

/** What the row held is deleted with the note that it is opened. */
function noteOpened(sql: Sql, id: string, row: number, caseId: string) {
  return sql`
    UPDATE person.import_rows
    SET state = 'opened', case_id = ${caseId}, cells = NULL, rounded = NULL, request = NULL, problems = NULL
    WHERE import_id = ${id} AND sheet = '' AND row = ${row} AND state IN ('ready', 'duplicate')`;
}

function noteFailed(sql: Sql, id: string, row: number, { code, detail, errors = [] }: Refusal) {
  const places = errors.map(({ path }) => path).join(', ');
  const [zh, en] = places === '' ? detail : [`${detail[0]}（${places}）`, `${detail[1]} (${places})`];
  const problems: readonly RowProblem[] = [{ column: null, code, zh, en }];
  return sql`
    UPDATE person.import_rows SET state = 'failed', problems = ${JSON.stringify(problems)}::text::json
    WHERE import_id = ${id} AND sheet = '' AND row = ${row} AND state IN ('ready', 'duplicate')`;
}

/** What was left out as a duplicate stays for the file of errors. */
function finish(sql: Sql, id: string) {
  return sql`
    WITH done AS (
      UPDATE imports SET status = 'done', lease_until = NULL, finished_at = clock_timestamp(),
        forget_at = clock_timestamp() + interval '7 days' WHERE id = ${id} AND status = 'running' RETURNING id)
    UPDATE person.import_rows r SET state = 'skipped', request = NULL FROM done d
    WHERE r.import_id = d.id AND r.state = 'duplicate'`;
}
