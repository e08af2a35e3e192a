import { z } from 'zod';
import { type ActKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { bookOf, rolesOf } from './access.ts';
import { describe, differenceOf, findDiscrepancyIn } from './document.ts';
import { idMaker } from './ids.ts';
import { bookKey } from './shapes.ts';
import { totalFen } from './state.ts';

const data = z.strictObject({ book: bookKey });

/** Differences one comparison lists, and discrepancies it raises; the rest is counted and raised by the next one. */
const MOST_LISTED = 100;

/**
 * Compares both books of a pair now: balances by channel, what is matched, every source document on which they disagree.
 * Each of these becomes a discrepancy, also one whose match time still runs: the comparison was asked for.
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
    const next = idMaker(def.book, state);
    const open = Object.values(state.open).filter((document) => !document.carried);
    const listed = open.slice(0, MOST_LISTED).map((document) => {
      const why = differenceOf(document) ?? 'missing';
      const id = document.discrepancy ?? next('d');
      return { document, why, id };
    });
    const raised: EventDraft[] = listed.flatMap(({ document, why, id }) =>
      document.discrepancy ? [] : findDiscrepancyIn(ctx, book, document, why, 'by comparison', id),
    );
    return [
      {
        type: 'books.reconciled',
        data: {
          book: def.book,
          channels: def.channels.map((channel) => ({
            channel,
            cashFen: state.cash[channel]?.balanceFen ?? 0,
            ledgerFen: state.ledger[channel]?.balanceFen ?? 0,
            cashEntries: state.cash[channel]?.no ?? 0,
            vouchers: state.ledger[channel]?.no ?? 0,
          })),
          cashFen: totalFen(state.cash),
          ledgerFen: totalFen(state.ledger),
          matched: state.matched,
          unmatched: open.length,
          differences: listed.map(({ document, why, id }) => ({ ...describe(document, why), discrepancy: id })),
        },
      },
      ...raised,
    ];
  },
};
