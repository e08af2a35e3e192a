import type { Channel } from '../../sdk/program.ts';
import type { Instant } from '../../sdk/time.ts';
import type { CaseEvent } from '../event.ts';
import type { Direction, LedgerEntry } from './entry.ts';
import { serialAfter } from './ids.ts';
import type { BookState } from './state.ts';

/** A voucher as it was made, before its review gives it a number and a place among the balances. */
export type DraftEntry = Omit<LedgerEntry, 'id' | 'no' | 'balanceFen' | 'period' | 'draft' | 'madeBy'>;

/** A voucher that waits for its review, as far as other acts have to know of it; its lines are in the tables. */
export interface Draft {
  readonly sourceDoc: string;
  readonly channel: Channel;
  readonly direction: Direction;
  readonly amountFen: number;
  /** The person who made it. */
  readonly by: string;
  readonly since: Instant;
  /** Red ink: the voucher it is to reverse. */
  readonly reverses?: string;
}

/** At most so many vouchers of one book wait for their review at once. */
export const MOST_DRAFTS = 200;

/** What the events of vouchers under review carry. */
export interface DraftEventData {
  /** The accountant has made a voucher (`draft.reverses`: in red ink); it is posted when it has been reviewed. */
  'voucher.drafted': { book: string; id: string; draft: DraftEntry; keeper?: true };
  /** The reviewer has sent it back with a reason: it is not posted, and a new one is to be made. */
  'voucher.returned': { book: string; id: string; sourceDoc: string; text: string };
}

/** The waiting vouchers of a book, by id. */
export function draftsOf(book: Pick<BookState, 'drafts'>): Readonly<Record<string, Draft>> {
  return book.drafts ?? {};
}

/** The waiting voucher for a source document, if there is one. */
export function draftFor(book: Pick<BookState, 'drafts'>, sourceDoc: string): Draft | undefined {
  return Object.values(draftsOf(book)).find((draft) => draft.sourceDoc === sourceDoc && draft.reverses === undefined);
}

/** A book in which a voucher waits for its review. */
export function withDraft(book: BookState, { data, actor, recordedAt }: EventOf<'voucher.drafted'>): BookState {
  const { sourceDoc, channel, direction, amountFen, reverses } = data.draft;
  const red = reverses === undefined ? {} : { reverses };
  const draft: Draft = { sourceDoc, channel, direction, amountFen, by: actor.id, since: recordedAt, ...red };
  const keepers = data.keeper ? { keepers: { ...book.keepers, ledger: actor.id } } : {};
  const serial = serialAfter(book, data.id);
  return { ...book, ...keepers, serial, drafts: { ...draftsOf(book), [data.id]: draft } };
}

/** A book in which a voucher waits no more; without `drafts` again when it was the last. */
export function withoutDraft(book: BookState, id: string | undefined): BookState {
  if (id === undefined || !book.drafts) return book;
  const { [id]: _, ...drafts } = book.drafts;
  const { drafts: __, ...rest } = book;
  return Object.keys(drafts).length === 0 ? rest : { ...rest, drafts };
}

type EventOf<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>;
