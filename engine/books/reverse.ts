import { z } from 'zod';
import { type ActKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { toDate } from '../time/civil.ts';
import type { EntryFact } from '../world.ts';
import { bookOf, keepers, type OpenedBook } from './access.ts';
import { balanceAfter } from './checks.ts';
import { afterEntry } from './document.ts';
import { bookSideOf, type CashEntry, movementFen, readBookId } from './entry.ts';
import { frozenProblem, takingOver } from './keeper.ts';
import { nextVoucher } from './ledger.ts';
import { words } from './shapes.ts';
import { mirrorLines } from './voucher.ts';

const data = z.strictObject({ text: words(500).optional() });

/**
 * Red ink: the exact mirror of one earlier entry (`target`), by the keeper of its side, with a reason. The source document
 * can then be recorded anew. Refused: NOT_OPEN (no such entry), BOOK_FROZEN, ALREADY_DONE (reversed, or red itself),
 * NOT_ENOUGH_MONEY, BOOKS_REFUSED (money the beneficiary has confirmed).
 */
export const entryReverse: ActKind<z.infer<typeof data>> = {
  data,
  reasonNeeded: true,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act }) => {
    const book = readBookId(act.target ?? '')?.book;
    const side = bookSideOf(act);
    if (side) return keepers(world.program, side, book);
    return [...keepers(world.program, 'cash', book), ...keepers(world.program, 'ledger', book)];
  },
  decide(ctx) {
    const { state, world, act } = ctx;
    const target = world.facts.entries.find((fact) => fact.id === act.target);
    if (!target) {
      return refuse(
        'NOT_OPEN',
        [`账簿里没有编号 ${act.target ?? ''} 的记录。`, `The books have no entry ${act.target ?? ''}.`],
        [['从账簿中选择要冲销的记录', 'Take the id from the list of entries']],
      );
    }
    const book = bookOf(state, world, target.book);
    if (isRefusal(book)) return book;
    const problem = frozenProblem(book, target.side, act.actor.id) ?? reversalProblem(book, target);
    if (problem) return problem;
    const amountFen = -target.amountFen;
    const { side, channel, direction, sourceDoc } = target;
    const balanceFen = balanceAfter(book, side, channel, movementFen({ direction, amountFen }));
    if (typeof balanceFen === 'object') return balanceFen;

    const text = ctx.data.text ?? target.text;
    const red: Omit<CashEntry, 'id' | 'no'> = {
      book: target.book,
      channel,
      direction,
      amountFen,
      balanceFen,
      sourceDoc,
      occurredDate: toDate(ctx.at),
      ...(text ? { text } : {}),
      ...(target.payout ? { payout: target.payout } : {}),
      reverses: target.id,
    };
    return [
      ...posted(book, target, { red, by: act.actor.id, period: toDate(world.now).slice(0, 7) }),
      ...afterEntry(ctx, book, { side, sourceDoc, live: undefined }),
    ];
  },
};

function posted(
  book: OpenedBook,
  target: EntryFact,
  { red, by, period }: { red: Omit<CashEntry, 'id' | 'no'>; by: string; period: string },
): EventDraft[] {
  const keeper = takingOver(book.state, target.side, by);
  if (target.side === 'ledger') {
    const no = nextVoucher(book, period);
    const lines = mirrorLines(target.lines ?? []);
    const entry = { id: `${target.book}.v.${period}.${no}`, no, ...red, period, lines };
    return [{ type: 'ledger.reversed', data: { entry, ...keeper } }];
  }
  const no = (book.state.cash[target.channel]?.no ?? 0) + 1;
  const entry = { id: `${target.book}.c.${target.channel}.${no}`, no, ...red };
  const events: EventDraft[] = [{ type: 'cash.reversed', data: { entry, ...keeper } }];
  if (target.payout)
    events.push({ type: 'payout.unpaid', data: { book: target.book, id: target.payout, entry: entry.id } });
  return events;
}

function reversalProblem(book: OpenedBook, target: EntryFact): Refusal | undefined {
  if (target.reverses) {
    return refuse(
      'ALREADY_DONE',
      ['红字记录不能再冲销。', 'A reversal is not reversed.'],
      [['重新登记正确的记录', 'Record the right entry anew']],
    );
  }
  if (target.reversedBy) {
    return refuse(
      'ALREADY_DONE',
      ['这笔记录已经冲销过。', 'The entry is already reversed.'],
      [['重新登记正确的记录', 'Record the right entry anew']],
    );
  }
  if (target.side === 'cash' && target.payout && !Object.hasOwn(book.state.payouts, target.payout)) {
    return refuse(
      'BOOKS_REFUSED',
      ['本人已确认收到这笔钱，不能冲销。', 'The beneficiary has confirmed this money; it cannot be reversed.'],
      [['若钱已退回，登记一笔收入', 'If the money came back, record it as money in']],
    );
  }
  return undefined;
}
