import type { Sql } from '../client.ts';
import { isMinor } from './minors.ts';

/** What came of a row so far. `ready`: as good as opened; `duplicate`: as good, but it looks as if it were there already. */
export type RowState = 'ready' | 'duplicate' | 'refused' | 'opened' | 'failed' | 'skipped';

/** Something wrong with a row, in both languages; `column` as the file calls it, null where no column is to blame. */
export interface RowProblem {
  readonly column: string | null;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

/** A list somebody brought. */
export interface ImportRecord {
  readonly id: string;
  readonly kind: 'cases' | 'organisation';
  readonly person: string;
  readonly key: string;
  readonly program: string | null;
  readonly unit: string | null;
  readonly imported: boolean;
  readonly bodyHash: string;
  readonly columns: readonly string[];
  readonly mapping: Readonly<Record<string, string | null>>;
  readonly status: 'checked' | 'running' | 'done' | 'cancelled' | 'stopped';
  readonly duplicates: boolean;
  readonly stopped: readonly [string, string] | null;
  /** Since when its rows could not be recorded, why, and when that is tried next; `nextTry` means nothing while it does not wait. */
  readonly waitingSince: string | null;
  readonly waiting: readonly [string, string] | null;
  readonly nextTry: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly forgetAt: string;
  readonly forgottenAt: string | null;
}

/** A row of a list with what it holds, as long as that is kept. */
export interface ImportRow {
  readonly sheet: string;
  readonly row: number;
  readonly cells: Readonly<Record<string, string>> | null;
  readonly rounded: readonly string[] | null;
  readonly request: Readonly<Record<string, unknown>> | null;
  readonly state: RowState;
  readonly problems: readonly RowProblem[] | null;
  readonly caseId: string | null;
}

/** What checking a row found. */
export interface CheckedRow {
  readonly sheet: string;
  readonly row: number;
  readonly state: RowState;
  readonly request: Readonly<Record<string, unknown>> | null;
  readonly problems: readonly RowProblem[];
}

/** What a new list brings along. */
export type NewImport = Pick<
  ImportRecord,
  'id' | 'kind' | 'person' | 'key' | 'program' | 'unit' | 'imported' | 'bodyHash' | 'columns' | 'mapping'
>;

/** How long what a row holds is kept at most, from the upload and from the end of the run. */
const keptDays = 7;

/** Lists of a person that hold what was brought: no more than so many. */
export const mostLists = 20;

/**
 * Keeps a list with its checked rows, in one statement. Otherwise nothing is kept: `taken` when its id is, so that the caller
 * compares the hashes, `full` when the person has as many lists as there may be. Each takes a place that no other has, so
 * lists brought at one instant cannot be more either.
 */
export async function storeImport(
  sql: Sql,
  made: NewImport,
  rows: readonly (CheckedRow & Pick<ImportRow, 'cells' | 'rounded'>)[],
): Promise<'kept' | 'taken' | 'full'> {
  // whoever was a moment faster had the same place in mind: the next one is tried
  for (let n = 0; n < mostLists; n++) {
    if (await keep(sql, made, rows)) return 'kept';
    const [row] = await sql<{ taken: boolean }[]>`SELECT EXISTS (SELECT FROM imports WHERE id = ${made.id}) AS taken`;
    if (row?.taken) return 'taken';
    if ((await listsKept(sql, made.person)) >= mostLists) return 'full';
  }
  return 'full';
}

async function keep(
  sql: Sql,
  made: NewImport,
  rows: readonly (CheckedRow & Pick<ImportRow, 'cells' | 'rounded'>)[],
): Promise<boolean> {
  const { count } = await sql`
    WITH free AS (
      SELECT n FROM generate_series(1, ${mostLists}) n WHERE NOT EXISTS (
        SELECT FROM imports i WHERE i.person = ${made.person} AND i.place = n AND i.forgotten_at IS NULL)
      ORDER BY n LIMIT 1
    ), made AS (
      INSERT INTO imports (id, kind, person, key, program, unit, imported, body_hash, columns, mapping, status, forget_at, place)
      SELECT ${made.id}, ${made.kind}, ${made.person}, ${made.key}, ${made.program}, ${made.unit}, ${made.imported},
        ${made.bodyHash}, ${JSON.stringify(made.columns)}::text::json, ${JSON.stringify(made.mapping)}::text::json, 'checked',
        clock_timestamp() + ${keptDays} * interval '1 day', free.n FROM free
      ON CONFLICT DO NOTHING RETURNING id
    ), filled AS (
      INSERT INTO person.import_rows (import_id, sheet, row, cells, rounded, request, state, problems)
      SELECT made.id, r.* FROM made, json_to_recordset(${JSON.stringify(rows)}::text::json)
        AS r (sheet text, row int, cells json, rounded json, request json, state text, problems json)
    )
    SELECT FROM made`;
  return count > 0;
}

/** A list of a person's own; undefined when there is none of that id, or it is somebody else's. */
export async function importOf(sql: Sql, id: string, person: string): Promise<ImportRecord | undefined> {
  const [row] = await sql<ImportRecord[]>`SELECT ${columns(sql)} FROM imports WHERE id = ${id} AND person = ${person}`;
  return row;
}

/** How many lists of a person still hold what was brought. */
export async function listsKept(sql: Sql, person: string): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM imports WHERE person = ${person} AND forgotten_at IS NULL`;
  return row?.n ?? 0;
}

/** A person's lists, the newest first. */
export async function listImports(
  sql: Sql,
  person: string,
  page: { readonly limit: number; readonly after?: { readonly createdAt: string; readonly id: string } | undefined },
): Promise<ImportRecord[]> {
  const { after } = page;
  return sql<ImportRecord[]>`
    SELECT ${columns(sql)} FROM imports WHERE person = ${person}
      ${after ? sql`AND (created_at, id) < (${after.createdAt}::timestamptz, ${after.id})` : sql``}
    ORDER BY created_at DESC, id DESC LIMIT ${page.limit + 1}`;
}

function columns(sql: Sql) {
  return sql`id, kind, person, key, program, unit, imported, body_hash AS "bodyHash", columns, mapping, status, duplicates, stopped,
    waiting_since AS "waitingSince", waiting, next_try AS "nextTry",
    created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt", forget_at AS "forgetAt",
    forgotten_at AS "forgottenAt"`;
}

/** How many rows of a list are in which state. */
export async function importCounts(sql: Sql, id: string): Promise<Readonly<Record<RowState, number>>> {
  const rows = await sql<{ state: RowState; n: number }[]>`
    SELECT state, count(*)::int AS n FROM person.import_rows WHERE import_id = ${id} GROUP BY state`;
  const counts = { ready: 0, duplicate: 0, refused: 0, opened: 0, failed: 0, skipped: 0 };
  for (const { state, n } of rows) counts[state] = n;
  return counts;
}

/** Rows of a list in order, of some states where those are named, after a row. */
export async function listImportRows(
  sql: Sql,
  id: string,
  filters: {
    readonly states?: readonly RowState[] | undefined;
    readonly after?: { readonly sheet: string; readonly row: number } | undefined;
    readonly limit: number;
  },
): Promise<ImportRow[]> {
  const { states, after, limit } = filters;
  return sql<ImportRow[]>`
    SELECT sheet, row, cells, rounded, request, state, problems, case_id AS "caseId" FROM person.import_rows
    WHERE import_id = ${id}
      ${states ? sql`AND state IN (SELECT json_array_elements_text(${JSON.stringify(states)}::text::json))` : sql``}
      ${after ? sql`AND (sheet, row) > (${after.sheet}, ${after.row})` : sql``}
    ORDER BY sheet, row LIMIT ${limit}`;
}

/** Keeps what checking a list anew has found; false when it is no longer waiting for its run. */
export async function storeCheck(
  sql: Sql,
  id: string,
  mapping: ImportRecord['mapping'],
  rows: readonly CheckedRow[],
): Promise<boolean> {
  const { count } = await sql`
    WITH mapped AS (
      UPDATE imports SET mapping = ${JSON.stringify(mapping)}::text::json WHERE id = ${id} AND status = 'checked' RETURNING id
    ), checked AS (
      UPDATE person.import_rows t SET state = r.state, request = r.request, problems = r.problems
      FROM mapped, json_to_recordset(${JSON.stringify(rows)}::text::json)
        AS r (sheet text, row int, state text, request json, problems json)
      WHERE t.import_id = mapped.id AND t.sheet = r.sheet AND t.row = r.row
    )
    SELECT FROM mapped`;
  return count > 0;
}

/** Lets a checked, cancelled or stopped list run; with which key says whose rights it has. False when it cannot run now. */
export async function startImport(
  sql: Sql,
  id: string,
  how: { readonly duplicates: boolean; readonly key: string },
): Promise<boolean> {
  const { count } = await sql`
    UPDATE imports SET status = 'running', duplicates = ${how.duplicates}, key = ${how.key}, stopped = NULL, finished_at = NULL,
      waiting = NULL, waiting_since = NULL,
      forget_at = clock_timestamp() + ${keptDays} * interval '1 day',
      started_at = coalesce(started_at, clock_timestamp()), next_try = clock_timestamp(), tries = 0, lease_until = NULL
    WHERE id = ${id} AND status IN ('checked', 'cancelled', 'stopped') AND forgotten_at IS NULL`;
  return count > 0;
}

/** Lets a running list that waits be tried now rather than at its next time. */
export async function retryImport(sql: Sql, id: string): Promise<void> {
  await sql`
    UPDATE imports SET next_try = clock_timestamp()
    WHERE id = ${id} AND status = 'running' AND waiting_since IS NOT NULL
      AND (lease_until IS NULL OR lease_until < clock_timestamp())`;
}

/** Stops a running list after the batch under way. */
export async function cancelImport(sql: Sql, id: string): Promise<void> {
  await sql`
    UPDATE imports SET status = 'cancelled', finished_at = clock_timestamp(), waiting = NULL, waiting_since = NULL,
      forget_at = clock_timestamp() + ${keptDays} * interval '1 day' WHERE id = ${id} AND status = 'running'`;
}

/** Deletes at once what a list that does not run holds, its heading included; which row came to what is kept. */
export async function forgetImport(sql: Sql, id: string): Promise<void> {
  await sql`
    WITH forgotten AS (
      UPDATE imports SET forgotten_at = clock_timestamp(), columns = '[]', mapping = '{}'
      WHERE id = ${id} AND status <> 'running' AND forgotten_at IS NULL RETURNING id)
    UPDATE person.import_rows r SET cells = NULL, rounded = NULL, request = NULL, problems = NULL
    FROM forgotten f WHERE r.import_id = f.id`;
}

/** The same for every list whose time is over, and for those that run and have not come on for as long; answers how many. */
export async function forgetOldImports(sql: Sql): Promise<number> {
  const rows = await sql<{ n: number }[]>`
    WITH forgotten AS (
      UPDATE imports SET forgotten_at = clock_timestamp(), columns = '[]', mapping = '{}',
        status = CASE status WHEN 'running' THEN 'stopped' ELSE status END,
        finished_at = coalesce(finished_at, clock_timestamp()), lease_until = NULL, waiting = NULL, waiting_since = NULL
      WHERE forgotten_at IS NULL AND forget_at < clock_timestamp()
        AND (lease_until IS NULL OR lease_until < clock_timestamp()) RETURNING id
    ), emptied AS (
      UPDATE person.import_rows r SET cells = NULL, rounded = NULL, request = NULL, problems = NULL
      FROM forgotten f WHERE r.import_id = f.id
    )
    SELECT count(*)::int AS n FROM forgotten`;
  return rows[0]?.n ?? 0;
}

/** A person a row is about, as lists tell people apart. */
export interface RowPerson {
  readonly key: string;
  readonly unit: string;
  readonly role: string;
  readonly name: string;
  readonly birthDate: string | null;
}

/**
 * Cases of a program that are not closed and are about one of these persons: by unit, role, name, and date of birth where both have
 * one. The number is that of the case, and null where the person is a minor: which case is a child's not everybody may know.
 */
export async function casesAbout(
  sql: Sql,
  program: string,
  persons: readonly RowPerson[],
): Promise<ReadonlyMap<string, { readonly caseNo: string | null }>> {
  const rows = await sql<{ key: string; caseNo: string | null }[]>`
    SELECT DISTINCT ON (w.key) w.key, CASE WHEN NOT ${isMinor(sql)} THEN c.case_no END AS "caseNo"
    FROM json_to_recordset(${JSON.stringify(persons)}::text::json)
      AS w (key text, unit text, role text, name text, "birthDate" date)
    JOIN person.parties p ON p.role = w.role AND p.name = w.name AND p.ended_at IS NULL
      AND (p.birth_date IS NULL OR w."birthDate" IS NULL OR p.birth_date = w."birthDate")
    JOIN cases c ON c.case_id = p.case_id AND c.unit = w.unit AND c.program_id = ${program} AND c.status <> 'closed'
    ORDER BY w.key, c.opened_at`;
  return new Map(rows.map(({ key, caseNo }) => [key, { caseNo }]));
}

/** Which of these case numbers are taken. */
export async function takenNumbers(sql: Sql, numbers: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ caseNo: string }[]>`
    SELECT case_no AS "caseNo" FROM cases
    WHERE case_no IN (SELECT json_array_elements_text(${JSON.stringify(numbers)}::text::json))`;
  return new Set(rows.map(({ caseNo }) => caseNo));
}

/** Units by what lists call them: their id, or a Chinese name only one of them has. */
export async function unitsCalled(sql: Sql, words: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ word: string; id: string }[]>`
    SELECT w.word, min(u.id) AS id FROM json_array_elements_text(${JSON.stringify(words)}::text::json) AS w (word)
    JOIN units u ON u.id = w.word OR u.name_zh = w.word GROUP BY w.word HAVING count(*) = 1`;
  return new Map(rows.map(({ word, id }) => [word, id]));
}
