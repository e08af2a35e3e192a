import { z } from 'zod';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { toDate } from '../time/civil.ts';
import type { EntryFact } from '../world.ts';
import { bookOf, keepers, type OpenedBook } from './access.ts';
import { advanceReversalProblem, afterAdvance } from './advance-rules.ts';
import { afterMovement } from './advance-state.ts';
import { balanceAfter } from './checks.ts';
import { afterEntry } from './document.ts';
import { draftsOf } from './drafts.ts';
import { bookSideOf, type CashEntry, movementFen, readBookId } from './entry.ts';
import { giftReversed } from './gift.ts';
import { frozenProblem, takingOver } from './keeper.ts';
import { after, ungrouped } from './match.ts';
import { nextVoucher } from './number.ts';
import { dayOpenProblem } from './own-count.ts';
import { paidOutProblem } from './red-ink.ts';
import { drafted, isReviewed } from './review.ts';
import { words } from './shapes.ts';
import { mirrorLines } from './voucher.ts';

const data = z.strictObject({ text: words(500).optional() });

/**
 * Red ink: the exact mirror of one earlier entry (`target`), by the keeper of its side, with a reason. The source document
 * can then be recorded anew. With the profile `vouchers` red ink of the ledger waits for its review like any voucher. Refused: NOT_OPEN (no such entry), BOOK_FROZEN, ALREADY_DONE (reversed, or red itself),
 * NOT_ENOUGH_MONEY (also where a person was paid from what would be taken back), BOOKS_REFUSED (money the beneficiary has confirmed).
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
    const problem =
      frozenProblem(book, target.side, act.actor.id) ??
      (target.side === 'cash' ? dayOpenProblem(book, world.now) : undefined) ??
      reversalProblem(book, target) ??
      (target.side === 'ledger'
        ? paidOutProblem(book, { ...target, lines: mirrorLines(target.lines ?? []) })
        : undefined) ??
      advanceReversalProblem(book, target.side, target);
    if (problem) return problem;
    if (target.side === 'ledger' && isReviewed(book)) return redDraft(ctx, book, target);
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
      ...(target.advance ? { advance: target.advance } : {}),
      reverses: target.id,
    };
    const apart = ungrouped(ctx, book, target.id);
    const written = posted(book, target, { red, by: act.actor.id, period: toDate(world.now).slice(0, 7) });
    return [
      ...written,
      ...giftOf(ctx, book, target, written),
      ...apart,
      ...afterEntry(ctx, after(book, apart), { side, sourceDoc, live: undefined, ungrouped: apart.length > 0 }),
      ...afterAdvance(ctx, book, target.advance, (each) => afterMovement(each, side, red)),
    ];
  },
};

/** The counter entry in the register, where the money that goes back was a gift. */
function giftOf(
  ctx: ActContext<unknown>,
  book: OpenedBook,
  { gift }: EntryFact,
  [red]: readonly EventDraft[],
): EventDraft[] {
  if (gift === undefined || red?.type !== 'cash.reversed') return [];
  return giftReversed(ctx, book, gift, red.data.entry.id);
}

/** Red ink that waits for its review, as every voucher of the book does; one at a time for each original. */
function redDraft(ctx: ActContext<z.infer<typeof data>>, book: OpenedBook, target: EntryFact): EventDraft[] | Refusal {
  if (Object.values(draftsOf(book.state)).some(({ reverses }) => reverses === target.id)) {
    return refuse(
      'ALREADY_DONE',
      ['这张凭证的红字凭证正在等待复核。', 'Red ink for this voucher waits for its review already.'],
      [['等待复核（voucher.review）', 'Wait for its review (voucher.review)']],
    );
  }
  const text = ctx.data.text ?? target.text;
  return drafted(ctx, book, {
    book: target.book,
    channel: target.channel,
    direction: target.direction,
    amountFen: -target.amountFen,
    sourceDoc: target.sourceDoc,
    occurredDate: toDate(ctx.at),
    ...(text ? { text } : {}),
    ...(target.payout ? { payout: target.payout } : {}),
    ...(target.advance ? { advance: target.advance } : {}),
    reverses: target.id,
    lines: mirrorLines(target.lines ?? []),
  });
}

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
