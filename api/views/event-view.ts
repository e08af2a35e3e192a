import type { EventRow } from '../../db/queries/events.ts';
import type { CaseEvent } from '../../engine/event.ts';
import { maskedFields } from '../../engine/sensitive.ts';
import type { Program } from '../../sdk/program.ts';

/** Where events carry values of fields: of the case itself, or given with a request to another unit. */
interface WithFields {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly shared?: Given;
  readonly child?: { readonly shared?: Given };
  /** What a migration left behind, and what came back. */
  readonly parked?: Pick<WithFields, 'fields'>;
  readonly back?: Pick<WithFields, 'fields'>;
}

interface Given {
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What an event carries, as plain data; values of sensitive fields are masked, also those that another unit is given. */
export function plainData(data: object, program: Pick<Program, 'fields'> | undefined): Record<string, unknown> {
  const shown = (values: Readonly<Record<string, unknown>>) => maskedFields(program?.fields ?? {}, values);
  const given = (shared: Given) => ({ ...shared, ...(shared.data ? { data: shown(shared.data) } : {}) });
  const behind = (part: WithFields['parked']) => ({ ...part, ...(part?.fields ? { fields: shown(part.fields) } : {}) });
  const { fields, shared, child, parked, back } = data as WithFields;
  return {
    ...data,
    ...(fields && !Array.isArray(fields) ? { fields: shown(fields) } : {}),
    ...(shared && typeof shared === 'object' ? { shared: given(shared) } : {}),
    ...(parked ? { parked: behind(parked) } : {}),
    ...(back ? { back: behind(back) } : {}),
    ...(child?.shared ? { child: { ...child, shared: given(child.shared) } } : {}),
  };
}

/** Events as answers to acts show them. */
export const eventsView = (events: readonly (CaseEvent | EventRow)[], program: Pick<Program, 'fields'> | undefined) =>
  events.map(({ seq, type, occurredAt, recordedAt, data }) => ({
    ...{ seq, type, occurredAt, recordedAt },
    data: plainData(data, program),
  }));
