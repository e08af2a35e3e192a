import type { EventRow } from '../../db/queries/events.ts';
import type { CaseEvent } from '../../engine/event.ts';
import { maskedFields } from '../../engine/sensitive.ts';
import type { Program } from '../../sdk/program.ts';

/** What an event carries, as plain data; values of sensitive fields are masked. */
export function plainData(data: object, program: Pick<Program, 'fields'> | undefined): Record<string, unknown> {
  const { fields } = data as { readonly fields?: Readonly<Record<string, unknown>> };
  return { ...data, ...(fields ? { fields: maskedFields(program?.fields ?? {}, fields) } : {}) };
}

/** Events as answers to acts show them. */
export const eventsView = (events: readonly (CaseEvent | EventRow)[], program: Pick<Program, 'fields'> | undefined) =>
  events.map(({ seq, type, occurredAt, recordedAt, data }) => ({
    ...{ seq, type, occurredAt, recordedAt },
    data: plainData(data, program),
  }));
