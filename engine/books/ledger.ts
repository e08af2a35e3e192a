import { z } from 'zod';
import { type ActKind, isRefusal } from '../act-kind.ts';
import { toDate } from '../time/civil.ts';
import { bookOf, keepers, type OpenedBook } from './access.ts';
import { balanceAfter, entryProblem, payoutNameProblem } from './checks.ts';
import { afterEntry } from './document.ts';
import { type LedgerEntry, movementFen } from './entry.ts';
import { frozenProblem, takingOver } from './keeper.ts';
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
});
const data = z.strictObject({
  book: bookKey,
  direction,
  sourceDoc,
  channel,
  lines: z.array(line).min(1).max(200),
  text: words(500).optional().describe('summary (摘要)'),
  payout: words(100).optional().describe('the payout this voucher is for'),
});

/** The number of a book's next voucher in a month of posting: from 1 each month, without gap. */
export function nextVoucher(book: OpenedBook, period: string): number {
  return book.state.voucher.period === period ? book.state.voucher.no + 1 : 1;
}

/**
 * The accountant posts the voucher behind a source document. Starts the match clock, or compares with the cash journal.
 * Refused: INVALID_DATA (also when lines do not balance), BOOK_FROZEN, SAME_DOCUMENT, ROLES_COLLIDE, BOOKS_REFUSED.
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
      payoutNameProblem(book, asked.payout);
    if (problem) return problem;
    const voucher = makeVoucher(book.def, asked.direction, asked.channel, asked.lines);
    if (isRefusal(voucher)) return voucher;
    const { amountFen, lines } = voucher;
    const { channel, direction } = asked;
    const balanceFen = balanceAfter(book, 'ledger', channel, movementFen({ direction, amountFen }));
    if (typeof balanceFen === 'object') return balanceFen;

    const period = toDate(ctx.world.now).slice(0, 7);
    const no = nextVoucher(book, period);
    const entry: LedgerEntry = {
      id: `${asked.book}.v.${period}.${no}`,
      book: asked.book,
      channel,
      no,
      direction,
      amountFen,
      balanceFen,
      sourceDoc: asked.sourceDoc,
      occurredDate: toDate(ctx.at),
      ...(asked.text ? { text: asked.text } : {}),
      ...(asked.payout ? { payout: asked.payout } : {}),
      period,
      lines,
    };
    const live = { entry: entry.id, channel, direction, amountFen, by };
    return [
      { type: 'ledger.recorded', data: { entry, ...takingOver(book.state, 'ledger', by) } },
      ...afterEntry(ctx, book, { side: 'ledger', sourceDoc: entry.sourceDoc, live }),
    ];
  },
};
