import { type ActKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { State } from '../state.ts';
import type { World } from '../world.ts';
import { bookedFields, closedYear } from './closings.ts';
import type { CashEntry } from './entry.ts';

/**
 * An act that writes entries, held to what is closed: each entry says on which day it is booked and whether it comes late,
 * where that does not follow from when it was recorded. Red ink never crosses a closed year (BOOKS_REFUSED).
 */
export function booked<D>(kind: ActKind<D>): ActKind<D> {
  return {
    ...kind,
    decide(context) {
      const answer = kind.decide(context);
      if (isRefusal(answer)) return answer;
      const { state, world } = context;
      for (const draft of answer) {
        const problem = isEntry(draft) && priorYearProblem(state, world, draft.data.entry);
        if (problem) return problem;
      }
      return answer.map((draft) => (isEntry(draft) ? dated(state, world, draft) : draft));
    },
  };
}

type EntryDraft = Extract<
  EventDraft,
  { readonly type: 'cash.recorded' | 'cash.reversed' | 'ledger.recorded' | 'ledger.reversed' }
>;

const ENTRIES: readonly string[] = ['cash.recorded', 'cash.reversed', 'ledger.recorded', 'ledger.reversed'];

function isEntry(draft: EventDraft): draft is EntryDraft {
  return ENTRIES.includes(draft.type);
}

function dated(state: State, { now }: World, draft: EntryDraft): EventDraft {
  const { entry } = draft.data;
  const side = draft.type.startsWith('cash') ? 'cash' : 'ledger';
  const book = state.books[entry.book] ?? {};
  const fields = bookedFields(book, side, { now, occurredDate: entry.occurredDate });
  return { ...draft, data: { ...draft.data, entry: { ...entry, ...fields } } } as EventDraft;
}

/** An error of a closed year is corrected by a blue voucher in the open month: its pages are not touched again. */
function priorYearProblem(state: State, { facts }: World, entry: CashEntry): Refusal | undefined {
  const { reverses, book } = entry;
  const closed = closedYear(state.books[book] ?? {});
  if (reverses === undefined || closed === undefined) return undefined;
  const original = facts.entries.find(({ id }) => id === reverses);
  const year = original?.bookedDate?.slice(0, 4) ?? /\.v\.(\d{4})-\d\d\./.exec(reverses)?.[1];
  if (year === undefined || year > closed) return undefined;
  return refuse(
    'BOOKS_REFUSED',
    [
      `这笔记录属于已经结账的 ${year} 年，不能用红字冲销。`,
      `The entry belongs to ${year}, a closed year: red ink does not cross it.`,
    ],
    [
      [
        '在未结账的月份另登一笔蓝字，金额为差额，摘要写明更正哪一张凭证',
        'Record a blue voucher of the difference in the open month, and say in its text which one it corrects',
      ],
    ],
  );
}
