import type { Sql } from '../db/client.ts';
import type { RowProblem } from '../db/queries/imports.ts';
import type { Actor } from '../engine/act.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { Text } from '../sdk/program.ts';
import { uuidV5 } from './act-id.ts';
import type { Door } from './door.ts';
import type { OpenCaseRequest } from './outcome.ts';

/** A list whose cases are opened, and with whose rights. */
export interface CaseImport {
  readonly id: string;
  /** Rows that look like one that is there are opened too. */
  readonly duplicates: boolean;
  readonly actor: Actor;
  /** A row at which the run breaks off is noted as failed rather than tried again. */
  readonly giveUp?: boolean;
}

/** What a batch came to: there is `more`, the list is `done`, all rows are `forbidden`, or the store wants it `later`. */
export type BatchOutcome =
  | { readonly came: 'more' | 'done' | 'forbidden' }
  | { readonly came: 'later'; readonly why: Text; readonly progressed: boolean };

/**
 * Opens the next rows of a list, in their order, at most so many. A row is opened by an act whose id follows from list and row:
 * however often a process dies between opening and noting it, or two take the same list, the case is there once. Unless
 * duplicates are wished for, a row about a person of whom there is a case by now is set aside; that is looked for in the
 * transaction that opens, in which no other import opens a case of that program and unit.
 */
export async function openNextRows(
  sql: Sql,
  door: Pick<Door, 'open'>,
  { id, duplicates, actor, giveUp = false }: CaseImport,
  atMost: number,
): Promise<BatchOutcome> {
  const rows = await sql<{ row: number; request: Omit<OpenCaseRequest, 'actId' | 'actor'> }[]>`
    SELECT row, request FROM person.import_rows
    WHERE import_id = ${id} AND state IN ('ready', ${duplicates ? 'duplicate' : 'ready'}) ORDER BY row LIMIT ${atMost}`;
  const forbidden: { row: number; refusal: Refusal }[] = [];
  let progressed = false;
  for (const { row, request } of rows) {
    const act = { ...request, actId: uuidV5('import', id, String(row)), actor };
    const outcome = await door.open(act, { unlessThere: !duplicates }).catch(async (error: Error) => {
      if (!giveUp) throw error;
      await noteFailed(sql, id, row, givenUp(error));
      return undefined;
    });
    // the next such row is given as many tries
    if (outcome === undefined) return { came: 'more' };
    if (outcome.status === 'recorded') await noteOpened(sql, id, row, outcome.case.caseId);
    else if (outcome.refusal.kind === 'unavailable') return { came: 'later', why: outcome.refusal.detail, progressed };
    else if (outcome.refusal.code === 'DUPLICATE') await noteTwin(sql, id, row, outcome.refusal);
    else if (outcome.refusal.code === 'FORBIDDEN') forbidden.push({ row, refusal: outcome.refusal });
    else await noteFailed(sql, id, row, outcome.refusal);
    // what is forbidden is noted at the end only: until then its row is where it was
    if (outcome.status === 'recorded' || outcome.refusal.code !== 'FORBIDDEN') progressed = true;
  }
  // who may open none of them has lost the right: the rows wait for who has it
  if (rows.length > 0 && forbidden.length === rows.length) return { came: 'forbidden' };
  for (const { row, refusal } of forbidden) await noteFailed(sql, id, row, refusal);
  if (rows.length === atMost) return { came: 'more' };
  await finish(sql, id);
  return { came: 'done' };
}

function noteTwin(sql: Sql, id: string, row: number, { code, detail: [zh, en] }: Refusal) {
  const problems: readonly RowProblem[] = [{ column: null, code, zh, en }];
  return sql`
    UPDATE person.import_rows SET state = 'duplicate', problems = ${JSON.stringify(problems)}::text::json
    WHERE import_id = ${id} AND sheet = '' AND row = ${row} AND state = 'ready'`;
}

/** Of an error only its kind is told: its message may hold what the row holds. */
function givenUp({ name }: Error): Failure {
  return {
    code: 'INTERNAL',
    detail: [
      `多次尝试都没有成功（${name}）。请重新上传这一行；仍不成功请联系管理员。`,
      `It failed again and again (${name}). Bring the row again; where it still fails, ask an administrator.`,
    ],
  };
}

type Failure = Pick<Refusal, 'detail' | 'errors'> & { readonly code: string };

/** What the row held is deleted with the note that it is opened. */
function noteOpened(sql: Sql, id: string, row: number, caseId: string) {
  return sql`
    UPDATE person.import_rows
    SET state = 'opened', case_id = ${caseId}, cells = NULL, rounded = NULL, request = NULL, problems = NULL
    WHERE import_id = ${id} AND sheet = '' AND row = ${row} AND state IN ('ready', 'duplicate')`;
}

function noteFailed(sql: Sql, id: string, row: number, { code, detail, errors = [] }: Failure) {
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
      UPDATE imports SET status = 'done', lease_until = NULL, waiting = NULL, waiting_since = NULL,
        finished_at = clock_timestamp(),
        forget_at = clock_timestamp() + interval '7 days' WHERE id = ${id} AND status = 'running' RETURNING id)
    UPDATE person.import_rows r SET state = 'skipped', request = NULL FROM done d
    WHERE r.import_id = d.id AND r.state = 'duplicate'`;
}
