import type { CaseEvent } from '../event.ts';
import { toDate } from '../time/civil.ts';
import type { DraftFact, EntryFact } from '../world.ts';
import { type CashEntry, type LedgerEntry, readBookId } from './entry.ts';

/** The rows of the books an act asks about: one entry with its whole document, or all rows of a document. */
export interface NeededEntries {
  readonly entry?: string;
  /** Entries of both sides, by id. */
  readonly entries?: readonly string[];
  /** A voucher that waits for its review, with the rows of its document. */
  readonly draft?: string;
  readonly document?: { readonly book: string; readonly sourceDoc: string };
}

/** Tells the door which rows to load before deciding; undefined when the act asks about none. The data is not checked yet. */
export function neededFacts(act: {
  readonly type: string;
  readonly target?: string;
  readonly data?: unknown;
}): NeededEntries | undefined {
  if (act.type === 'entry.reverse') return act.target ? { entry: act.target } : undefined;
  if (act.type === 'voucher.review') return act.target ? { draft: act.target } : undefined;
  if (act.type === 'books.match') {
    const { cash, ledger } = Object(act.data) as { cash?: unknown; ledger?: unknown };
    const named = [cash, ledger].flat().filter((id): id is string => typeof id === 'string');
    return { entries: named.slice(0, 200).map((id) => id.trim()) };
  }
  const { book = readBookId(act.target ?? '')?.book, sourceDoc } = Object(act.data) as Record<string, unknown>;
  if (!['cash.record', 'ledger.record', 'gift.record', 'advance.repay'].includes(act.type)) return undefined;
  if (typeof book !== 'string' || typeof sourceDoc !== 'string') return undefined;
  return { document: { book: book.trim(), sourceDoc: sourceDoc.trim() } };
}

/** The rows known after an event: what the tables would hold, for the simulator and for tests without a database. */
export function addFact(facts: readonly EntryFact[], event: CaseEvent): readonly EntryFact[] {
  switch (event.type) {
    case 'cash.recorded':
    case 'cash.reversed':
    case 'ledger.recorded':
    case 'ledger.reversed':
      break;
    case 'books.matched': {
      const { id, cash, ledger } = event.data;
      const members = new Set([...cash, ...ledger]);
      return facts.map((fact) => (members.has(fact.id) ? { ...fact, match: id } : fact));
    }
    case 'books.unmatched':
      return facts.map(({ match, ...fact }) =>
        match === undefined || match === event.data.id ? fact : { ...fact, match },
      );
    case 'gift.recorded': {
      const { id, entry } = event.data;
      return entry === undefined ? facts : facts.map((fact) => (fact.id === entry ? { ...fact, gift: id } : fact));
    }
    default:
      return facts;
  }
  const {
    balanceFen: _,
    no: __,
    period: ___,
    draft: ____,
    households: _____,
    madeBy,
    late: ______,
    ...entry
  }: CashEntry & Partial<LedgerEntry> = event.data.entry;
  const side = event.type.startsWith('cash') ? 'cash' : 'ledger';
  const bookedDate = entry.bookedDate ?? toDate(event.recordedAt);
  const marked = facts.map((fact) => (fact.id === entry.reverses ? { ...fact, reversedBy: entry.id } : fact));
  return [
    ...marked,
    {
      ...entry,
      bookedDate,
      side,
      recordedBy: madeBy ?? event.actor.id,
      ...(madeBy ? { reviewedBy: event.actor.id } : {}),
    },
  ];
}

/** The vouchers under review that are known after an event, as {@link addFact}. */
export function addDraft(drafts: readonly DraftFact[], event: CaseEvent): readonly DraftFact[] {
  return event.type === 'voucher.drafted' ? [...drafts, { id: event.data.id, entry: event.data.draft }] : drafts;
}
