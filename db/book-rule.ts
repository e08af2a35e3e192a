import type { Sql } from './client.ts';

/** A row that breaks a rule of the books. */
export interface Breach {
  readonly case_id: string;
  readonly book: string;
  readonly detail: string;
}

/** Finds what breaks a rule, in one case or (null) in all; at most 100 rows. */
export type Rule = (sql: Sql, caseId: string | null) => PromiseLike<readonly Breach[]>;
