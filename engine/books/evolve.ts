import type { CaseEvent } from '../event.ts';
import type { State } from '../state.ts';
import { chased, unchased } from './chased.ts';
import {
  archived,
  countDrawn,
  counted,
  countMissed,
  dayClosed,
  dayEnded,
  mended,
  monthClosed,
  monthEnded,
  movedOn,
} from './closing-evolve.ts';
import { withDraft, withoutDraft } from './drafts.ts';
import type { CashEntry, Side } from './entry.ts';
import { serialAfter } from './ids.ts';
import { withMatch } from './match.ts';
import { withSignature } from './month-signed.ts';
import { withCode } from './payout-code.ts';
import { withLines, withPaid } from './persons.ts';
import { evolveRegisters, withAdvance } from './register-evolve.ts';
import { type BookState, documentKey } from './state.ts';

/** The state after an event of the books; undefined when the event is none of theirs. Never refuses: it happened. */
export function evolveBooks(state: State, event: CaseEvent): State | undefined {
  switch (event.type) {
    case 'cash.recorded':
    case 'cash.reversed':
      return change(state, event.data.entry.book, (book) =>
        movedOn(kept(moved(book, 'cash', event.data.entry), 'cash', event), book, event, event.data.entry),
      );
    case 'ledger.recorded':
    case 'ledger.reversed': {
      const { entry } = event.data;
      return change(state, entry.book, (book) => ({
        ...movedOn(
          kept(moved(withLines(withoutDraft(book, entry.draft), entry), 'ledger', entry), 'ledger', event),
          book,
          event,
          entry,
        ),
        voucher: { period: entry.period, no: entry.no },
      }));
    }
    case 'book.handedOver': {
      const { book: key, side } = event.data;
      const keepers = (book: BookState) => ({ ...book.keepers, [side]: event.actor.id });
      return change(state, key, (book) => ({ ...unchased(book, side), keepers: keepers(book) }));
    }
    case 'cash.counted':
      return change(state, event.data.book, (book) => counted(book, event));
    case 'day.closed':
      return change(state, event.data.book, (book) => dayClosed(book, event.data));
    case 'month.closed':
      return change(state, event.data.book, (book) => monthClosed(book, event.data));
    case 'day.ended':
      return change(state, event.data.book, (book) => dayEnded(book, event.data));
    case 'books.archived':
      return change(state, event.data.book, (book) => archived(book, event.data));
    case 'month.ended':
      return change(state, event.data.book, (book) => monthEnded(book, event.data));
    case 'count.drawn':
      return change(state, event.data.book, (book) => countDrawn(book, event.data));
    case 'count.missed':
      return change(state, event.data.book, countMissed);
    case 'book.frozen': {
      const { book: key, side, clock } = event.data;
      return change(state, key, (book) => ({ ...chased(book, side, clock), serial: serialAfter(book, clock) }));
    }
    case 'book.unfrozen':
      return change(state, event.data.book, (book) => unchased(book, event.data.side));
    case 'document.opened': {
      const { document, wasMatched } = event.data;
      return change(state, event.data.book, (book) => ({
        ...book,
        serial: serialAfter(book, document.clock, document.discrepancy),
        matched: book.matched - (wasMatched ? 1 : 0),
        open: { ...book.open, [documentKey(document.sourceDoc)]: document },
      }));
    }
    case 'document.matched':
      return change(state, event.data.book, (book) => {
        const key = documentKey(event.data.sourceDoc);
        const { count } = book.open[key] ?? {};
        return {
          ...(count?.side === 'cash' ? mended(book, count.channel) : book),
          matched: book.matched + 1,
          open: without(book.open, key),
        };
      });
    case 'document.voided':
      return change(state, event.data.book, (book) => ({
        ...book,
        open: without(book.open, documentKey(event.data.sourceDoc)),
      }));
    case 'discrepancy.found': {
      const { id, sourceDoc } = event.data;
      return change(state, event.data.book, (book) => ({
        ...book,
        serial: serialAfter(book, id),
        discrepancies: { ...book.discrepancies, [id]: { sourceDoc, since: event.recordedAt } },
      }));
    }
    case 'discrepancy.explained':
      return changeDiscrepancy(state, event.data, { explained: true });
    case 'discrepancy.decided': {
      const { book: key, id, decision, month } = event.data;
      if (decision === 'correct') return changeDiscrepancy(state, event.data, { decided: 'correct' });
      return month ? change(state, key, (book) => withSignature(book, id, month)) : state;
    }
    case 'discrepancy.settled':
      return change(state, event.data.book, (book) => ({
        ...book,
        discrepancies: without(book.discrepancies, event.data.id),
      }));
    case 'voucher.drafted':
      return change(state, event.data.book, (book) => withDraft(book, event));
    case 'voucher.returned':
      return change(state, event.data.book, (book) => withoutDraft(book, event.data.id));
    case 'books.matched':
    case 'books.unmatched':
      return change(state, event.data.book, (book) => withMatch(book, event));
    case 'payout.codeIssued': {
      const { book: key, id } = event.data;
      const coded = (book: BookState) => withCode(book.payouts[id]!, event.data, event.recordedAt);
      return change(state, key, (book) => ({ ...book, payouts: { ...book.payouts, [id]: coded(book) } }));
    }
    case 'books.reconciled':
      return state;
    case 'payout.requested': {
      const { id, channel, amountFen, by, askedBy, party } = event.data;
      return change(state, event.data.book, (book) => ({
        ...book,
        serial: serialAfter(book, id),
        payouts: {
          ...book.payouts,
          [id]: {
            channel,
            amountFen,
            state: 'requested',
            requestedBy: by,
            ...(askedBy ? { askedBy } : {}),
            ...(party ? { party } : {}),
            requestedAt: event.recordedAt,
          },
        },
      }));
    }
    case 'payout.approved': {
      const { book: key, id, by } = event.data;
      return change(state, key, (book) => ({
        ...book,
        payouts: { ...book.payouts, [id]: { ...book.payouts[id]!, state: 'approved', approvedBy: by } },
      }));
    }
    case 'payout.unpaid':
      return change(state, event.data.book, (before) => {
        const book = withPaid(before, event.data.id, true);
        const { paidBy: _, ...payout } = book.payouts[event.data.id]!;
        return { ...book, payouts: { ...book.payouts, [event.data.id]: { ...payout, state: 'approved' } } };
      });
    case 'payout.paid':
      return change(state, event.data.book, (book) => ({
        ...withPaid(book, event.data.id),
        payouts: {
          ...book.payouts,
          [event.data.id]: { ...book.payouts[event.data.id]!, state: 'paid', paidBy: event.data.by },
        },
      }));
    case 'statement.imported':
      return change(state, event.data.book, (book) => ({ ...book, serial: serialAfter(book, event.data.id) }));
    case 'statement.matched':
      return change(state, event.data.book, (book) => ({
        ...book,
        serial: serialAfter(book, event.data.matches.at(-1)?.id),
      }));
    case 'statement.unmatched':
      return state;
    case 'payout.refused':
    case 'payout.confirmed':
      return change(state, event.data.book, (book) => ({ ...book, payouts: without(book.payouts, event.data.id) }));
    default: {
      const registered = evolveRegisters(event);
      return registered && change(state, registered.book, registered.how);
    }
  }
}

function change(state: State, key: string, how: (book: BookState) => BookState): State {
  const book = state.books[key];
  if (!book) throw new Error(`The case has no book ${key}: an event of it cannot have happened.`);
  return { ...state, books: { ...state.books, [key]: how(book) } };
}

function changeDiscrepancy(
  state: State,
  { book: key, id }: { book: string; id: string },
  patch: { explained: true } | { decided: 'correct' },
): State {
  return change(state, key, (book) => {
    const discrepancy = book.discrepancies[id]!;
    return { ...book, discrepancies: { ...book.discrepancies, [id]: { ...discrepancy, ...patch } } };
  });
}

function moved(book: BookState, side: Side, entry: CashEntry): BookState {
  const before = book[side][entry.channel]?.no ?? 0;
  const after = { no: before + 1, balanceFen: entry.balanceFen };
  return withAdvance({ ...book, [side]: { ...book[side], [entry.channel]: after } }, side, entry);
}

function kept(book: BookState, side: Side, { data, actor }: CaseEvent & { readonly data: object }): BookState {
  return 'keeper' in data ? { ...book, keepers: { ...book.keepers, [side]: actor.id } } : book;
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = record;
  return rest;
}
