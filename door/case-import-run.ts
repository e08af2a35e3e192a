import type { Sql } from '../db/client.ts';
import { casesAbout, openedByActs, type RowProblem } from '../db/queries/imports.ts';
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
  /** A row at which the run breaks off is noted as failed rather than tried again. */
  readonly giveUp?: boolean;
}

/**
 * Opens the next rows of a list, in their order, at most so many. A row is opened by an act whose id follows from list and row:
 * however often a process dies between opening and noting it, or two take the same list, the case is there once. Answers
 * whether there is `more`, the list is `done`, the store wants it `later`, or all of them are `forbidden`. Unless duplicates
 * are wished for, a row about a person of whom there is a case by now is set aside.
 */
export async function openNextRows(
  sql: Sql,
  door: Pick<Door, 'open'>,
  { id, duplicates, actor, giveUp = false }: CaseImport,
  atMost: number,
): Promise<'more' | 'done' | 'later' | 'forbidden'> {
  const rows = await sql<{ row: number; request: Omit<OpenCaseRequest, 'actId' | 'actor'> }[]>`
    SELECT row, request FROM person.import_rows
    WHERE import_id = ${id} AND state IN ('ready', ${duplicates ? 'duplicate' : 'ready'}) ORDER BY row LIMIT ${atMost}`;
  const twins = duplicates ? new Map<number, RowProblem>() : await twinsNow(sql, id, rows);
  const forbidden: { row: number; refusal: Refusal }[] = [];
  for (const { row, request } of rows) {
    const twin = twins.get(row);
    if (twin) {
      await noteTwin(sql, id, row, twin);
      continue;
    }
    const act = { ...request, actId: uuidV5('import', id, String(row)), actor };
    const outcome = await door.open(act).catch(async (error: Error) => {
      if (!giveUp) throw error;
      await noteFailed(sql, id, row, givenUp(error));
      return undefined;
    });
    // the next such row is given as many tries
    if (outcome === undefined) return 'more';
    if (outcome.status === 'recorded') await noteOpened(sql, id, row, outcome.case.caseId);
    else if (outcome.refusal.kind === 'unavailable') return 'later';
    else if (outcome.refusal.code === 'FORBIDDEN') forbidden.push({ row, refusal: outcome.refusal });
    else await noteFailed(sql, id, row, outcome.refusal);
  }
  // who may open none of them has lost the right: the rows wait for who has it
  if (rows.length > 0 && forbidden.length === rows.length) return 'forbidden';
  for (const { row, refusal } of forbidden) await noteFailed(sql, id, row, refusal);
  if (rows.length === atMost) return 'more';
  await finish(sql, id);
  return 'done';
}

type Row = { readonly row: number; readonly request: Omit<OpenCaseRequest, 'actId' | 'actor'> };

/** Rows about persons of whom the unit has come to have a case since the list was checked, but for what these rows opened themselves. */
async function twinsNow(sql: Sql, id: string, rows: readonly Row[]): Promise<ReadonlyMap<number, RowProblem>> {
  const persons = rows.flatMap(({ row, request }) => {
    const named = request.parties.filter(({ name }) => name !== undefined);
    const about = named.find(({ role }) => role === 'beneficiary') ?? named[0];
    if (!about?.name) return [];
    const { role, name, birthDate = null } = about;
    return [{ key: String(row), unit: request.unit, role, name, birthDate }];
  });
  const program = rows[0]?.request.program;
  if (program === undefined || persons.length === 0) return new Map();
  const found = await casesAbout(sql, program, persons);
  const own = await openedByActs(
    sql,
    [...found.keys()].map((row) => uuidV5('import', id, row)),
  );
  return new Map(
    [...found].flatMap(([row, { caseNo }]): [number, RowProblem][] =>
      own.has(uuidV5('import', id, row)) ? [] : [[Number(row), isThere(caseNo)]],
    ),
  );
}

function isThere(caseNo: string): RowProblem {
  return {
    ...{ column: null, code: 'DUPLICATE' },
    zh: `检查之后，本单位已有同名同生日的人的个案：${caseNo}`,
    en: `since the check the unit has come to have a case about a person of this name and date of birth: ${caseNo}`,
  };
}

function noteTwin(sql: Sql, id: string, row: number, twin: RowProblem) {
  return sql`
    UPDATE person.import_rows SET state = 'duplicate', problems = ${JSON.stringify([twin])}::text::json
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
      UPDATE imports SET status = 'done', lease_until = NULL, finished_at = clock_timestamp(),
        forget_at = clock_timestamp() + interval '7 days' WHERE id = ${id} AND status = 'running' RETURNING id)
    UPDATE person.import_rows r SET state = 'skipped', request = NULL FROM done d
    WHERE r.import_id = d.id AND r.state = 'duplicate'`;
}
