import type { Sql } from '../client.ts';
import { toldTo } from './work.ts';

/** A message somebody was told and nobody has acknowledged. */
export interface UnreadRow {
  readonly id: string;
  /** None for what is about no case. */
  readonly caseId: string | null;
  readonly kind: string;
  readonly createdAt: string;
}

/** At most so many unread messages are looked at: more need no exact number. */
const MOST = 5_000;

/** The unread messages told to a person, or to a post he holds now; those of nobody in office to the administrator of their unit. */
export async function unreadMessages(sql: Sql, person: string, adminOf: string | undefined): Promise<UnreadRow[]> {
  return sql<UnreadRow[]>`
    SELECT m.id, m.case_id AS "caseId", m.kind, m.created_at AS "createdAt" FROM messages m
    WHERE m.acknowledged_at IS NULL AND ${toldTo(sql, person, adminOf)} ORDER BY m.created_at DESC LIMIT ${MOST}`;
}
