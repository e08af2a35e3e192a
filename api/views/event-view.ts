import type { EventRow } from '../../db/queries/events.ts';
import type { CaseEvent } from '../../engine/event.ts';

/** What an event carries, as plain data. */
export function plainData(data: object): Record<string, unknown> {
  return { ...data };
}

/** An event as answers to acts show it. */
export function eventView({ seq, type, occurredAt, recordedAt, data }: CaseEvent | EventRow) {
  return { seq, type, occurredAt, recordedAt, data: plainData(data) };
}
