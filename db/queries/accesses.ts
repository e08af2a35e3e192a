import type { Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';
import { type Reader, readerScope } from './reader.ts';

/** A read of personal data, as it is noted. `content` is the text of the whole note that is hashed. */
export interface AccessNote {
  readonly at: Instant;
  readonly person: string;
  readonly role: string;
  readonly post: string | null;
  readonly unit: string | null;
  readonly kind: string;
  readonly cases: readonly string[];
  readonly purpose: string;
  readonly relation: string;
  readonly emergency: string | null;
  readonly status: number;
  readonly content: string;
}

/** Notes reads in one statement. What was refused is noted only of cases that exist: made-up ids are nobody's data. */
export async function insertAccesses(sql: Sql, notes: readonly AccessNote[]): Promise<void> {
  await sql`
    INSERT INTO accesses (at, person, role, post, unit, kind, cases, purpose, relation, emergency, status, content)
    SELECT at, person, role, post, unit, kind, ARRAY(SELECT json_array_elements_text(cases)), purpose, relation, emergency, status,
      convert_to(content, 'UTF8')
    FROM json_to_recordset(${JSON.stringify(notes)}::text::json) AS r (at timestamptz, person text, role text, post text, unit text,
      kind text, cases json, purpose text, relation text, emergency text, status int, content text)
    WHERE status < 400 OR case_exists(r.cases ->> 0)`;
}

/** A read as it is shown. */
export interface AccessRow extends Omit<AccessNote, 'content'> {
  readonly id: number;
  readonly content: Uint8Array;
  /** The block that seals it; null for moments. */
  readonly block: number | null;
}

/** What a list of reads is narrowed to. */
export interface AccessFilters {
  readonly caseId?: string | undefined;
  readonly person?: string | undefined;
  readonly post?: string | undefined;
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly kind?: string | undefined;
  readonly purpose?: string | undefined;
  readonly emergency?: string | undefined;
}

/** Relations and purposes left out: an inspection is not told to those it looks at. */
export interface LeftOut {
  readonly relations: readonly string[];
  readonly purposes: readonly string[];
}

/**
 * Reads, newest first, one more than asked tells of a next page. An overseer's: those by logins of his units and those of cases
 * in them, with the ids of cases elsewhere left out. With `ofCase`: those of that case alone, for whoever may know them.
 */
export function listAccesses(
  sql: Sql,
  scope: { readonly overseer: Reader } | { readonly ofCase: string; readonly without?: LeftOut },
  filters: AccessFilters,
  page: { readonly limit: number; readonly after: number | undefined },
): Promise<AccessRow[]> {
  const { caseId, person, post, from, until, kind, purpose, emergency } = filters;
  const ofCase = 'ofCase' in scope ? scope.ofCase : caseId;
  const narrowed = sql`TRUE
    ${ofCase === undefined ? sql`` : sql`AND a.cases @> ARRAY[${ofCase}::text]`}
    ${person === undefined ? sql`` : sql`AND a.person = ${person}`}
    ${post === undefined ? sql`` : sql`AND a.post = ${post}`}
    ${from === undefined ? sql`` : sql`AND a.at >= ${from}::timestamptz`}
    ${until === undefined ? sql`` : sql`AND a.at < ${until}::timestamptz`}
    ${kind === undefined ? sql`` : sql`AND a.kind = ${kind}`}
    ${purpose === undefined ? sql`` : sql`AND a.purpose = ${purpose}`}
    ${emergency === undefined ? sql`` : sql`AND a.emergency = ${emergency}`}
    ${page.after === undefined ? sql`` : sql`AND a.id < ${page.after}`}`;
  const columns = sql`a.id, a.at, a.person, a.role, a.post, a.unit, a.kind, a.purpose, a.relation, a.emergency, a.status, a.content, a.block`;
  if ('ofCase' in scope) {
    const { relations = [], purposes = [] } = scope.without ?? {};
    const texts = (values: readonly string[]) =>
      sql`(SELECT json_array_elements_text(${JSON.stringify(values)}::text::json))`;
    return sql<AccessRow[]>`
      SELECT ${columns}, json_build_array(${scope.ofCase}::text) AS cases FROM accesses a
      WHERE ${narrowed} AND a.relation NOT IN ${texts(relations)} AND a.purpose NOT IN ${texts(purposes)}
      ORDER BY a.id DESC LIMIT ${page.limit + 1}`;
  }
  return sql<AccessRow[]>`
    ${readerScope(sql, scope.overseer)}
    SELECT ${columns}, (SELECT coalesce(json_agg(c.case_id ORDER BY c.case_id), '[]') FROM cases c
      WHERE c.case_id = ANY (a.cases) AND c.unit IN (SELECT unit FROM reach)) AS cases
    FROM accesses a
    WHERE ${narrowed} AND (a.unit IN (SELECT unit FROM reach)
      OR EXISTS (SELECT FROM cases c WHERE c.case_id = ANY (a.cases) AND c.unit IN (SELECT unit FROM reach)))
    ORDER BY a.id DESC LIMIT ${page.limit + 1}`;
}
