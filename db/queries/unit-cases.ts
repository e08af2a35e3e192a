import type { Sql } from '../client.ts';
import { type Reader, readable, readerScope } from './reader.ts';

/** A case of a unit that is not closed, as a list to choose from names it: who arranges units reads nothing of cases. */
export interface UnitCase {
  readonly id: string;
  readonly caseNo: string;
}

/** Cases of a unit itself that are not closed and that the reader oversees; one more than asked tells of further ones. */
export async function unitCases(sql: Sql, reader: Reader, unit: string, limit: number): Promise<UnitCase[]> {
  return sql<UnitCase[]>`
    ${readerScope(sql, reader)}
    SELECT c.case_id AS id, c.case_no AS "caseNo" FROM cases c WHERE c.unit = ${unit} AND c.status <> 'closed' AND ${readable(sql, reader)}
    ORDER BY c.case_no, c.case_id LIMIT ${limit + 1}`;
}

/** The cases of a unit with these numbers that the reader oversees. */
export async function casesNumbered(
  sql: Sql,
  reader: Reader,
  unit: string,
  numbers: readonly string[],
): Promise<{ readonly id: string; readonly caseNo: string }[]> {
  return sql<{ id: string; caseNo: string }[]>`
    ${readerScope(sql, reader)}
    SELECT c.case_id AS id, c.case_no AS "caseNo" FROM cases c WHERE c.unit = ${unit} AND c.status <> 'closed'
      AND c.case_no IN (SELECT json_array_elements_text(${JSON.stringify(numbers)}::text::json)) AND ${readable(sql, reader)}`;
}
