import { z } from 'zod';
import { type ActKind, isRefusal } from '../act-kind.ts';
import type { Refusal } from '../refusal.ts';
import { toDate } from '../time/civil.ts';
import { bookOf, keepers } from './access.ts';
import { advanceProblem, afterAdvance } from './advance-rules.ts';
import { afterMovement } from './advance-state.ts';
import { balanceAfter, entryProblem, payoutPaid, payoutProblem } from './checks.ts';
import { afterEntry, liveEntry } from './document.ts';
import { type CashEntry, movementFen } from './entry.ts';
import { frozenProblem, takingOver } from './keeper.ts';
import { dayOpenProblem } from './own-count.ts';
import { personProblem } from './persons.ts';
import { receiptsTaken } from './posted-facts.ts';
import { receiptLines, receiptsDigest, receiptsProblem } from './receipts.ts';
import { amountFen, bookKey, channel, direction, sourceDoc, words } from './shapes.ts';

const data = z.strictObject({
  book: bookKey,
  direction,
  amountFen,
  sourceDoc,
  channel,
  text: words(500).optional().describe('summary (摘要)'),
  payout: words(100).optional().describe('the approved payout this pays'),
  advance: words(100).optional().describe("the helper's advance whose money comes in, or is repaid"),
  lines: receiptLines.optional(),
});

/**
 * The cash holder enters the amount of a source document. Starts the match clock, or compares with the accountant's voucher.
 * Money held for a person leaves the book by an approved payout only; a sale that is undone is reversed instead.
 * Fees of many households are one amount with a line for each; a helper's advance, and its repayment, name the advance.
 * Refused: INVALID_DATA, BOOK_FROZEN, SAME_DOCUMENT, ROLES_COLLIDE, NOT_ENOUGH_MONEY, BLOCKED (no payout, or none approved as
 * paid), MORE_THAN_OWED.
 */
export const cashRecord: ActKind<z.infer<typeof data>> = {
  data,
  statuses: ['open', 'suspended', 'followUp'],
  who: (ctx) => keepers(ctx.world.program, 'cash', ctx.data.book),
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const asked = ctx.data;
    const by = ctx.act.actor.id;
    const problem =
      frozenProblem(book, 'cash', by) ??
      dayOpenProblem(book, ctx.world.now) ??
      entryProblem(ctx, book, { side: 'cash', ...asked }) ??
      listProblem(asked) ??
      receiptsTaken(ctx.world.facts, { book: asked.book, side: 'cash' }, asked.lines ?? []);
    if (problem) return problem;
    // an advance of a project is repaid without a payout, unless one is named
    const named = asked.payout !== undefined || asked.advance === undefined || book.def.keeps !== 'project funds';
    const payout = named ? payoutPaid(book, asked) : undefined;
    if (typeof payout === 'object') return payout;
    const balanceFen = balanceAfter(book, 'cash', asked.channel, movementFen(asked));
    if (typeof balanceFen === 'object') return balanceFen;
    const paid = payout === undefined ? undefined : book.state.payouts[payout];
    const unapproved =
      payoutProblem(ctx, book, asked, payout) ??
      (paid && payout ? personProblem(book, { ...paid, id: payout }) : undefined) ??
      advanceProblem(book, 'cash', { ...asked, payout, by });
    if (unapproved) return unapproved;

    const no = (book.state.cash[asked.channel]?.no ?? 0) + 1;
    const entry: CashEntry = {
      id: `${asked.book}.c.${asked.channel}.${no}`,
      book: asked.book,
      channel: asked.channel,
      no,
      direction: asked.direction,
      amountFen: asked.amountFen,
      balanceFen,
      sourceDoc: asked.sourceDoc,
      occurredDate: toDate(ctx.at),
      ...(asked.text ? { text: asked.text } : {}),
      ...(payout ? { payout } : {}),
      ...(asked.advance ? { advance: asked.advance } : {}),
      ...(asked.lines ? { households: asked.lines, receipts: receiptsDigest(asked.lines) } : {}),
    };
    const live = liveEntry(entry, by);
    return [
      { type: 'cash.recorded', data: { entry, ...takingOver(book.state, 'cash', by) } },
      ...(payout
        ? [{ type: 'payout.paid' as const, data: { book: asked.book, id: payout, by, entry: entry.id } }]
        : []),
      ...afterEntry(ctx, book, { side: 'cash', sourceDoc: entry.sourceDoc, live }),
      ...afterAdvance(ctx, book, entry.advance, (advance) => afterMovement(advance, 'cash', entry)),
    ];
  },
};

/** INVALID_DATA where a list of households does not make the amount. */
function listProblem({ lines, amountFen }: z.infer<typeof data>): Refusal | undefined {
  return lines && receiptsProblem(lines, amountFen);
}
