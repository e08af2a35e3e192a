import type { Sql } from '../client.ts';

/** A clock of a case; `data` is the engine's deadline. */
export interface DeadlineRow {
  readonly deadlineId: string;
  readonly of: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly answers: string;
  readonly answeringPost: string | null;
  readonly state: 'running' | 'paused' | 'met' | 'cancelled';
  readonly generation: number;
  readonly dueAt: string;
  readonly provisional: boolean;
  readonly metAt: string | null;
  readonly late: boolean | null;
  readonly data: unknown;
}

/** Every clock of a case, or one; running ones first, then by due date. At most 1,000: years of duties stay readable by id. */
export async function deadlineRows(sql: Sql, caseId: string, deadlineId?: string): Promise<DeadlineRow[]> {
  return sql<DeadlineRow[]>`
    SELECT deadline_id AS "deadlineId", "of", name_zh AS "nameZh", name_en AS "nameEn", answers_role AS answers,
      answering_post AS "answeringPost", state, generation, due_at AS "dueAt", provisional, met_at AS "metAt", late, data
    FROM deadlines WHERE case_id = ${caseId} ${deadlineId === undefined ? sql`` : sql`AND deadline_id = ${deadlineId}`}
    ORDER BY state NOT IN ('running', 'paused'), due_at DESC, deadline_id LIMIT 1000`;
}

/** A rung that fired, whom it told, and when somebody told acknowledged it. */
export interface RungRow {
  readonly deadlineId: string;
  readonly generation: number;
  readonly rung: number;
  readonly tell: string;
  readonly plannedAt: string;
  readonly firedAt: string;
  readonly told: readonly {
    readonly post?: string;
    readonly person?: string;
    readonly unit: string;
    readonly level: string;
  }[];
  readonly acknowledgedAt: string | null;
}

/** The rungs of these clocks of a case that fired, in order. At most the newest 20,000: twenty of each clock that a list shows. */
export async function rungRows(sql: Sql, caseId: string, deadlineIds: readonly string[]): Promise<RungRow[]> {
  const newest = await sql<RungRow[]>`
    SELECT r.deadline_id AS "deadlineId", r.generation, r.rung, r.tell, r.planned_at AS "plannedAt", r.fired_at AS "firedAt",
      r.told, (SELECT min(m.acknowledged_at) FROM messages m WHERE m.case_id = r.case_id AND m.seq = r.seq) AS "acknowledgedAt"
    FROM rungs r WHERE r.case_id = ${caseId}
      AND r.deadline_id IN (SELECT json_array_elements_text(${JSON.stringify(deadlineIds)}::text::json))
    ORDER BY r.fired_at DESC, r.rung DESC LIMIT 20000`;
  return newest.reverse();
}
