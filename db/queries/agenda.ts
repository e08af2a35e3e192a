import type { Sql } from '../client.ts';
import { isToldOf } from './kept-draws.ts';
import { byName, ownedBy, postsNow } from './reader.ts';
import { taskOf } from './work.ts';

/** An open clock that falls to a person, with the item it is for. */
export interface ClockRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly programHash: string;
  /** When the case last changed. */
  readonly lastAt: string;
  readonly deadlineId: string;
  readonly of: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly generation: number;
  readonly paused: boolean;
  readonly provisional: boolean;
  readonly dueAt: string;
  /** Set where a whole day is meant, to its end. */
  readonly dueDate: string | null;
  readonly key: string | null;
  readonly kind: string | null;
  readonly plannedDate: string | null;
  readonly plannedAt: string | null;
}

/**
 * The clocks that run or stand still for what a person does, was given or answers for, by himself or in a post he holds now
 * or stands in for; next due first.
 */
export async function clocksOf(sql: Sql, person: string, most: number): Promise<ClockRow[]> {
  return sql<ClockRow[]>`
    SELECT c.case_id AS "caseId", c.case_no AS "caseNo", c.program_hash AS "programHash", c.last_at AS "lastAt",
      d.deadline_id AS "deadlineId", d.of, d.name_zh AS "nameZh", d.name_en AS "nameEn", d.generation,
      d.state = 'paused' AS paused, d.provisional, d.due_at AS "dueAt", d.data ->> 'dueDate' AS "dueDate",
      i.key, i.kind, i.planned_date AS "plannedDate",
      CASE WHEN d.of <> 'duty' THEN NULL WHEN c.outline IS NULL THEN c.state -> 'items' -> d.deadline_id ->> 'plannedAt'
        ELSE c.outline -> 'plannedAt' ->> d.deadline_id END AS "plannedAt"
    FROM deadlines d JOIN cases c ON c.case_id = d.case_id
    LEFT JOIN LATERAL (
      SELECT case_id, by_post, by_person, by_given_at, assignee_post, assignee_person, assignee_given_at, answers_role, answering_post, key, kind,
        planned_date FROM items
      WHERE case_id = d.case_id AND item_id = d.deadline_id AND state = 'open'
      UNION ALL SELECT d.case_id, d.answering_post, a.person, a.given_at, NULL, NULL, NULL, d.answers_role, d.answering_post, NULL, NULL, NULL
      FROM (SELECT) one LEFT JOIN assignments a ON a.case_id = d.case_id AND a.role = d.answers_role
      WHERE NOT EXISTS (SELECT FROM items WHERE case_id = d.case_id AND item_id = d.deadline_id)) i ON true
    WHERE d.state IN ('running', 'paused') AND ${taskOf(sql, person)}
      AND (d.of <> 'discrepancy' OR ${isToldOf(sql, person, { caseId: sql`d.case_id`, clock: sql`d.deadline_id` })})
    ORDER BY d.due_at, d.case_id, d.deadline_id LIMIT ${most}`;
}

/** A case whose duties fall to a person, as far as planning them needs it; the rest of the state stays where it is. */
export interface DutyCaseRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly unit: string;
  readonly programHash: string;
  readonly lastAt: string;
  readonly duties: Readonly<Record<string, unknown>>;
  /** The roles that are the person's. */
  readonly roles: readonly string[];
  readonly serial: Readonly<Record<string, number>>;
}

/** Running cases with duties in which a person, or a post he holds now or stands in for, fills a role; next due first. */
export async function dutyCasesOf(sql: Sql, person: string, most: number): Promise<DutyCaseRow[]> {
  return sql<DutyCaseRow[]>`
    SELECT c.case_id AS "caseId", c.case_no AS "caseNo", c.unit, c.program_hash AS "programHash", c.last_at AS "lastAt",
      coalesce(c.outline, c.state) -> 'duties' AS duties, coalesce(coalesce(c.outline, c.state) -> 'serial', '{}') AS serial, mine.roles
    FROM (
      SELECT a.case_id, json_agg(a.role) AS roles FROM assignments a
      WHERE ${ownedBy(sql, person, byName(sql, 'a', 'person', 'given_at'))} OR a.post IN (${postsNow(sql, person, 'stand_ins')})
      GROUP BY a.case_id) mine
    JOIN cases c ON c.case_id = mine.case_id
    WHERE c.status IN ('proposed', 'open', 'followUp') AND (coalesce(c.outline, c.state) -> 'duties')::text <> '{}'
    ORDER BY c.next_due ASC NULLS LAST, c.case_id LIMIT ${most}`;
}
