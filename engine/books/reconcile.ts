import { z } from 'zod';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import type { Refusal } from '../refusal.ts';
import { toDate } from '../time/civil.ts';
import { bookOf, type OpenedBook, rolesOf } from './access.ts';
import { closingOf, monthMovements } from './close-month.ts';
import type { MonthEnd } from './closings.ts';
import { describe, differenceOf, findDiscrepancyIn } from './document.ts';
import { movementFen, type Side } from './entry.ts';
import { idMaker } from './ids.ts';
import { monthProblem, readyProblem } from './month-checks.ts';
import { differing, documentOf, unsigned } from './month-signed.ts';
import { bookKey, month } from './shapes.ts';
import { type BookState, documentKey, isWaiting, type OpenDocument, totalFen } from './state.ts';

const data = z.strictObject({
  book: bookKey,
  month: month
    .optional()
    .describe('YYYY-MM: compares the end of a month as well, which is over and ready to be closed'),
});

/** Differences one comparison lists, and discrepancies it raises; the rest is counted and raised by the next one. */
const MOST_LISTED = 100;

/**
 * Compares both books of a pair now: balances by channel, what is matched, every source document on which they disagree.
 *
 * With a month its end is compared as well: what the two sides of a channel differ by there becomes a discrepancy, which the
 * approver signs (`discrepancy.decide`, carry) before the accountant closes the month. Refused as the close is: INVALID_DATA,
 * ALREADY_DONE, BLOCKED.
 *
 * Asked for by the approver or a caseworker, it takes in everything, and each difference becomes a discrepancy, also one
 * whose match time still runs. Asked for by who keeps a side of the book, it leaves documents alone that wait for one side
 * within their time, and out of all balances and counts: a keeper must not learn by it what the other has recorded and he has not.
 */
export const booksReconcile: ActKind<z.infer<typeof data>> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, data: { book } }) => [
    ...rolesOf(world.program, book, (def) => [def.cash, def.ledger, def.approves]),
    'caseworker',
  ],
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { def, state } = book;
    const ends = monthEnds(ctx, book);
    if (isRefusal(ends)) return ends;
    const next = idMaker(def.book, state);
    const keeper = ctx.roles.has(def.cash) || ctx.roles.has(def.ledger);
    const isNew = ({ sourceDoc }: OpenDocument) => !Object.hasOwn(state.open, documentKey(sourceDoc));
    const added = ends.map((end) => documentOf(end, ctx.world.now)).filter(isNew);
    const undecided = [...added, ...Object.values(state.open).filter((document) => !document.carried)];
    const waiting = keeper ? undecided.filter(isWaiting) : [];
    const open = undecided.filter((document) => !waiting.includes(document));
    const listed = open.slice(0, MOST_LISTED).map((document) => {
      const why = differenceOf(document) ?? 'missing';
      const id = document.discrepancy ?? next('d');
      return { document, why, id };
    });
    const raised: EventDraft[] = listed.flatMap(({ document, why, id }) =>
      document.discrepancy ? [] : findDiscrepancyIn(ctx, book, document, why, 'by comparison', id),
    );
    const compared = { cash: without(state.cash, waiting, 'cash'), ledger: without(state.ledger, waiting, 'ledger') };
    return [
      {
        type: 'books.reconciled',
        data: {
          book: def.book,
          channels: def.channels.map((channel) => ({
            channel,
            cashFen: compared.cash[channel]?.balanceFen ?? 0,
            ledgerFen: compared.ledger[channel]?.balanceFen ?? 0,
            cashEntries: state.cash[channel]?.no ?? 0,
            vouchers: state.ledger[channel]?.no ?? 0,
          })),
          cashFen: totalFen(compared.cash),
          ledgerFen: totalFen(compared.ledger),
          matched: state.matched,
          ...(keeper ? { waiting: waiting.length } : {}),
          ...(ctx.data.month === undefined ? {} : { month: ctx.data.month }),
          unmatched: open.length,
          differences: listed.map(({ document, why, id }) => {
            const { count, ...rest } = describe(document, why);
            // with what waits it would tell what has been recorded there: counted and booked are balances
            const told = count && !waiting.some((each) => each[count.side]) ? { count } : {};
            return { ...rest, ...told, discrepancy: id };
          }),
        },
      },
      ...raised,
    ];
  },
};

/** What the two sides differ by at the end of the month that is asked for, and nobody has signed. */
function monthEnds(ctx: ActContext<z.infer<typeof data>>, book: OpenedBook): readonly MonthEnd[] | Refusal {
  const { month } = ctx.data;
  if (month === undefined) return [];
  const moved = monthMovements(ctx.world, book, month);
  const problem =
    monthProblem(book, month, { today: toDate(ctx.world.now), moved }) ?? readyProblem(book, month, moved);
  if (problem) return problem;
  const { channels } = closingOf(book, month, book.state.closings?.month, moved);
  return unsigned(book.state, differing(month, channels));
}

/** The balances of a side as they would be without these documents. */
function without(balances: BookState['cash'], documents: readonly OpenDocument[], side: Side): BookState['cash'] {
  const after = { ...balances };
  for (const { [side]: live } of documents) {
    const before = live && after[live.channel];
    if (before) after[live.channel] = { ...before, balanceFen: before.balanceFen - movementFen(live) };
  }
  return after;
}
