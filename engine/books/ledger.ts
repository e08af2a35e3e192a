import { z } from 'zod';
import { moneyKindKeys } from '../../sdk/money-kinds.ts';
import { type ActKind, isRefusal } from '../act-kind.ts';
import { toDate } from '../time/civil.ts';
import { bookOf, keepers, own } from './access.ts';
import { advanceProblem, afterAdvance } from './advance-rules.ts';
import { afterMovement } from './advance-state.ts';
import { balanceAfter, entryProblem, payoutNameProblem } from './checks.ts';
import { afterEntry, liveEntry } from './document.ts';
import type { DraftEntry } from './drafts.ts';
import { type LedgerEntry, movementFen } from './entry.ts';
import { frozenProblem, takingOver } from './keeper.ts';
import { nextVoucher } from './number.ts';
import { withPersons } from './persons.ts';
import { payoutVouchersProblem, receiptsTaken } from './posted-facts.ts';
import { payer, receiptNo, receiptsDigest, receiptsOf } from './receipts.ts';
import { openAdvances } from './register-state.ts';
import { drafted, isReviewed } from './review.ts';
import { amountFen, bookKey, channel, direction, sourceDoc, words } from './shapes.ts';
import { makeVoucher } from './voucher.ts';

const line = z.strictObject({
  text: words(500),
  item: words(200).optional(),
  quantity: z.number().positive().max(1e9).optional(),
  priceFen: amountFen.optional(),
  amountFen,
  account: words(20).optional().describe('code of the chart; without it the liability to the person'),
  side: z.enum(['debit', 'credit']).optional(),
  buyer: words(200).optional().describe('buyer or partner unit'),
  kind: z
    .enum(moneyKindKeys)
    .optional()
    .describe('what it is for, in place of an account (销售收入、住户缴费、政府补助、材料支出、水费…)'),
  payer: payer.optional(),
  receipt: receiptNo.optional(),
  purpose: words(500).optional().describe('what a subsidy was given for'),
  party: words(60)
    .optional()
    .describe('whose money it is, where the book keeps that of several persons (id of a party)'),
});
const data = z.strictObject({
  book: bookKey,
  direction,
  sourceDoc,
  channel,
  lines: z.array(line).min(1).max(200),
  text: words(500).optional().describe('summary (摘要)'),
  payout: words(100).optional().describe('the payout this voucher is for'),
  advance: words(100).optional().describe("the helper's advance whose money comes in, or is repaid"),
});

/**
 * The accountant posts the voucher behind a source document. Starts the match clock, or compares with the cash journal.
 * With the profile `vouchers` it waits for its review first (review.ts).
 * Refused: INVALID_DATA (also when lines do not balance), BOOK_FROZEN, SAME_DOCUMENT, ROLES_COLLIDE, BOOKS_REFUSED,
 * MORE_THAN_OWED, MORE_THAN_PAYOUT.
 */
export const ledgerRecord: ActKind<z.infer<typeof data>> = {
  data,
  statuses: ['open', 'suspended', 'followUp'],
  who: (ctx) => keepers(ctx.world.program, 'ledger', ctx.data.book),
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const asked = ctx.data;
    const by = ctx.act.actor.id;
    const problem =
      frozenProblem(book, 'ledger', by) ??
      entryProblem(ctx, book, { side: 'ledger', ...asked }) ??
      payoutNameProblem(book, asked.payout, { direction: asked.direction, posted: ctx.world.facts.posted });
    if (problem) return problem;
    const { advance: named } = asked;
    const paid = named === undefined ? undefined : own(openAdvances(book.state), named)?.paid;
    const voucher = makeVoucher(book.def, asked.direction, asked.channel, asked.lines, paid);
    if (isRefusal(voucher)) return voucher;
    const { amountFen } = voucher;
    const { channel, direction } = asked;
    const unowed = advanceProblem(book, 'ledger', { advance: named, direction, amountFen, by });
    const { facts } = ctx.world;
    const more =
      unowed ??
      payoutVouchersProblem(facts, { payout: asked.payout, amountFen }) ??
      receiptsTaken(facts, { book: asked.book, side: 'ledger' }, asked.lines);
    if (more) return more;
    const receipts = receiptsOf(asked.lines);
    const { state, world } = ctx;
    const vouched = facts.posted?.payouts.find(({ id }) => id === asked.payout);
    const paidTo = asked.payout === undefined ? undefined : (book.state.payouts[asked.payout]?.party ?? vouched?.party);
    const lines = withPersons(
      { state, program: world.program, def: book.def },
      voucher.lines,
      paidTo,
      asked.payout !== undefined,
    );
    if (isRefusal(lines)) return lines;
    const made: DraftEntry = {
      book: asked.book,
      channel,
      direction,
      amountFen,
      sourceDoc: asked.sourceDoc,
      occurredDate: toDate(ctx.at),
      ...(asked.text ? { text: asked.text } : {}),
      ...(asked.payout ? { payout: asked.payout } : {}),
      ...(named ? { advance: named } : {}),
      ...(receipts ? { receipts: receiptsDigest(receipts) } : {}),
      lines,
    };
    if (isReviewed(book)) return drafted(ctx, book, made);
    const balanceFen = balanceAfter(book, 'ledger', channel, movementFen({ direction, amountFen }));
    if (typeof balanceFen === 'object') return balanceFen;

    const period = toDate(ctx.world.now).slice(0, 7);
    const no = nextVoucher(book, period);
    const entry: LedgerEntry = {
      id: `${asked.book}.v.${period}.${no}`,
      no,
      ...made,
      balanceFen,
      period,
    };
    const live = liveEntry(entry, by);
    return [
      { type: 'ledger.recorded', data: { entry, ...takingOver(book.state, 'ledger', by) } },
      ...afterEntry(ctx, book, { side: 'ledger', sourceDoc: entry.sourceDoc, live }),
      ...afterAdvance(ctx, book, named, (advance) => afterMovement(advance, 'ledger', entry)),
    ];
  },
};
