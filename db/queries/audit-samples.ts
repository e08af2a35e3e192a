import type { Sql } from '../client.ts';
import { openReadable, type Unread } from '../sealed.ts';

/** What the cases of a frame have in common. */
export interface FrameQuery {
  /** This unit and those below it. */
  readonly unit: string;
  readonly program?: string;
  readonly statuses: readonly string[];
  /** Opened from this moment on, and before that. */
  readonly openedFrom?: string;
  readonly openedUntil?: string;
}

/** The cases of a frame with their units, for some units. */
export async function frameCases(
  sql: Sql,
  { program, statuses, openedFrom, openedUntil }: FrameQuery,
  units: readonly string[],
): Promise<{ readonly caseId: string; readonly unit: string }[]> {
  return sql`
    SELECT case_id AS "caseId", unit FROM cases WHERE unit IN ${sql(units)} AND status IN ${sql(statuses)}
      ${program === undefined ? sql`` : sql`AND program_id = ${program}`}
      ${openedFrom === undefined ? sql`` : sql`AND opened_at >= ${openedFrom}::timestamptz`}
      ${openedUntil === undefined ? sql`` : sql`AND opened_at < ${openedUntil}::timestamptz`}`;
}

/** A sample as it was drawn, without its frame. */
export interface SampleRow {
  readonly id: string;
  readonly unit: string;
  readonly query: FrameQuery;
  readonly seed: string;
  readonly seedHash: string;
  readonly size: number;
  readonly frameHash: string;
  readonly frameCount: number;
  readonly drawnBy: string;
  readonly drawnAt: string;
}

function columns(sql: Sql) {
  return sql`s.id, s.unit, s.query, s.seed, s.seed_hash AS "seedHash", s.size, s.frame_hash AS "frameHash",
    s.frame_count AS "frameCount", s.drawn_by AS "drawnBy", s.drawn_at AS "drawnAt"`;
}

/** Samples of some units, newest first, after a place; drawn within a period where one is given. */
export async function listSamples(
  sql: Sql,
  units: readonly string[],
  {
    limit,
    after,
    from,
    until,
  }: {
    readonly limit: number;
    readonly after?: { readonly drawnAt: string; readonly id: string } | undefined;
    readonly from?: string;
    readonly until?: string;
  },
): Promise<SampleRow[]> {
  return sql<SampleRow[]>`
    SELECT ${columns(sql)} FROM audit_samples s WHERE s.unit IN ${sql(units)}
      ${from === undefined ? sql`` : sql`AND s.drawn_at >= ${from}::timestamptz`}
      ${until === undefined ? sql`` : sql`AND s.drawn_at < ${until}::timestamptz`}
      ${after === undefined ? sql`` : sql`AND (s.drawn_at, s.id) < (${after.drawnAt}::timestamptz, ${after.id})`}
    ORDER BY s.drawn_at DESC, s.id DESC LIMIT ${limit}`;
}

/** One sample of some units. */
export async function sampleRow(sql: Sql, units: readonly string[], id: string): Promise<SampleRow | undefined> {
  const [row] = await sql<SampleRow[]>`
    SELECT ${columns(sql)} FROM audit_samples s WHERE s.id = ${id} AND s.unit IN ${sql(units)}`;
  return row;
}

/** The frame of a sample, as it was hashed. */
export async function frameOf(sql: Sql, id: string): Promise<string> {
  const [row] = await sql<{ frame: string }[]>`SELECT frame FROM audit_samples WHERE id = ${id}`;
  return row?.frame ?? '';
}

/** A case of a sample as it is now. */
export interface SampledCase {
  readonly sample: string;
  readonly position: number;
  readonly caseId: string;
  readonly caseNo: string;
  /** When it was drawn, and now. */
  readonly unitThen: string;
  readonly unit: string;
  readonly status: string;
  readonly program: string;
}

/** The cases of samples in the order they were drawn. */
export async function sampledCases(sql: Sql, samples: readonly string[]): Promise<SampledCase[]> {
  if (samples.length === 0) return [];
  return sql<SampledCase[]>`
    SELECT d.sample, d.position, d.case_id AS "caseId", c.case_no AS "caseNo", d.unit AS "unitThen", c.unit, c.status,
      c.program_id AS program
    FROM audit_sample_cases d JOIN cases c ON c.case_id = d.case_id WHERE d.sample IN ${sql(samples)}
    ORDER BY d.sample, d.position`;
}

/** What was recorded of inspections and findings. */
export interface InspectionEvent {
  readonly caseId: string;
  readonly seq: number;
  readonly type: string;
  readonly payload: Uint8Array;
  readonly recordedAt: string;
  /** Why it cannot be read; then it says nothing. */
  readonly unread: Unread | null;
}

/** Events of inspections and findings in some cases, in order. */
export async function inspectionEvents(sql: Sql, caseIds: readonly string[]): Promise<InspectionEvent[]> {
  if (caseIds.length === 0) return [];
  const rows = await sql<Omit<InspectionEvent, 'unread'>[]>`
    SELECT case_id AS "caseId", seq, type, payload, recorded_at AS "recordedAt" FROM events
    WHERE case_id IN (SELECT json_array_elements_text(${JSON.stringify(caseIds)}::text::json))
      AND type IN ('inspection.recorded', 'finding.recorded', 'finding.answered', 'finding.accepted', 'finding.returned')
    ORDER BY case_id, seq`;
  return openReadable(sql, rows);
}

/** The clock of a finding's task, and the post that answers for it now. */
export interface FindingClock {
  readonly caseId: string;
  readonly id: string;
  readonly state: string;
  readonly dueAt: string;
  readonly metAt: string | null;
  readonly late: boolean | null;
  readonly post: string | null;
}

/** The clocks of findings in some cases. */
export async function findingClocks(sql: Sql, caseIds: readonly string[]): Promise<FindingClock[]> {
  if (caseIds.length === 0) return [];
  return sql<FindingClock[]>`
    SELECT case_id AS "caseId", deadline_id AS id, state, due_at AS "dueAt", met_at AS "metAt", late, answering_post AS post
    FROM deadlines WHERE case_id IN (SELECT json_array_elements_text(${JSON.stringify(caseIds)}::text::json)) AND of = 'finding'`;
}

/** The names parties of cases have had, to keep them out of what is posted. */
export async function namesOfParties(
  sql: Sql,
  caseIds: readonly string[],
): Promise<{ readonly caseId: string; readonly role: string; readonly name: string }[]> {
  if (caseIds.length === 0) return [];
  return sql`
    SELECT case_id AS "caseId", role, name FROM person.parties
    WHERE case_id IN (SELECT json_array_elements_text(${JSON.stringify(caseIds)}::text::json)) AND name IS NOT NULL`;
}

/** How often cases of a unit were inspected in a period, and how many run in it now. */
export interface InspectedUnit {
  readonly unit: string;
  readonly level: string;
  readonly running: number;
  readonly inspected: number;
}

/** By unit: cases that run now, and inspections recorded in a period in cases that are there now. */
export async function inspectedUnits(
  sql: Sql,
  units: readonly string[],
  { from, until }: { readonly from: string; readonly until: string },
): Promise<InspectedUnit[]> {
  return sql<InspectedUnit[]>`
    WITH done AS (
      SELECT c.unit, count(DISTINCT e.case_id) AS n FROM events e JOIN cases c ON c.case_id = e.case_id
      WHERE e.type = 'inspection.recorded' AND e.recorded_at >= ${from}::timestamptz AND e.recorded_at < ${until}::timestamptz
      GROUP BY c.unit
    )
    SELECT u.id AS unit, u.level, coalesce(d.n, 0) AS inspected,
      (SELECT count(*) FROM cases c WHERE c.unit = u.id AND c.status <> 'closed') AS running
    FROM units u LEFT JOIN done d ON d.unit = u.id WHERE u.id IN ${sql(units)} AND u.closed_at IS NULL ORDER BY u.id`;
}

/** Cases of some units that were inspected in a period. */
export async function inspectedCases(
  sql: Sql,
  units: readonly string[],
  { from, until }: { readonly from: string; readonly until: string },
): Promise<{ readonly caseId: string; readonly caseNo: string; readonly unit: string }[]> {
  return sql`
    SELECT DISTINCT c.case_id AS "caseId", c.case_no AS "caseNo", c.unit FROM events e JOIN cases c ON c.case_id = e.case_id
    WHERE e.type = 'inspection.recorded' AND e.recorded_at >= ${from}::timestamptz AND e.recorded_at < ${until}::timestamptz
      AND c.unit IN ${sql(units)} ORDER BY c.case_no`;
}
