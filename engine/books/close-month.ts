import { z } from 'zod';
import { type ActKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { toDate } from '../time/civil.ts';
import type { World } from '../world.ts';
import { bookOf, keepers, type OpenedBook } from './access.ts';
import { archiveDue } from './archive-clock.ts';
import { hasCarried } from './carried.ts';
import type { ClosedChannel } from './close-day.ts';
import { type ClosedMonth, monthOf, type Period, shiftPeriod } from './closings.ts';
import { met } from './document.ts';
import { MOST_FEN } from './entry.ts';
import { frozenProblem } from './keeper.ts';
import { carryProblem, monthProblem, readyProblem } from './month-checks.ts';
import { differing, signatureProblem, signatures } from './month-signed.ts';
import { type Movement, sumsOf } from './movements.ts';
import { bookKey, channel, month } from './shapes.ts';
import { statementDue } from './statement.ts';
import { type ClosedAccount, carriedOver, trialBalance } from './year.ts';

const data = z.strictObject({
  book: bookKey,
  month: month.describe('YYYY-MM'),
  carry: z
    .partialRecord(channel, z.int().min(-MOST_FEN).max(MOST_FEN))
    .optional()
    .describe(
      'differences signed as carried: by channel what the cash side has more than the ledger at the end, in fen',
    ),
});
type Data = z.infer<typeof data>;

/** One channel of a closed month on both sides. */
export interface MonthChannel {
  readonly channel: string;
  readonly cash: Omit<ClosedChannel, 'channel'>;
  readonly ledger: Omit<ClosedChannel, 'channel'>;
}

/**
 * Closes a month for everyone and for good: all its days are closed, its money was counted by another than the cash holder,
 * nothing of it is unmatched, every difference is mended or signed, and the trial balance holds. What the two sides still differ
 * by at its end the approver has signed before, and the accountant names it. Opening is the last closing. What is carried of it
 * is then no more looked at as open: the entries say it, should its other side come after all.
 * Months without movement before it are closed with it; the first to be closed is the first with movement. With December
 * the year ends: of project funds income and cost go over to the net assets; money held for a person just goes on. The
 * statement of such a month is then somebody's task (statement.ts), and the closed year the archive's (archive-clock.ts).
 * Refused: INVALID_DATA (a month that is not over), ALREADY_DONE, BLOCKED (what is missing, one after the other), BOOK_FROZEN.
 */
export const booksCloseMonth: ActKind<Data> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  lateExempt: true,
  who: (ctx) => keepers(ctx.world.program, 'ledger', ctx.data.book),
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { month } = ctx.data;
    const moved = monthMovements(ctx.world, book, month);
    const problem =
      frozenProblem(book, 'ledger', ctx.act.actor.id) ??
      monthProblem(book, month, { today: toDate(ctx.world.now), moved }) ??
      readyProblem(book, month, moved);
    if (problem) return problem;
    const before = book.state.closings?.month;
    const first = before === undefined ? month : shiftPeriod(before.period, 1);
    const drafts: EventDraft[] = [];
    const told: EventDraft[] = [];
    let last = before;
    for (let period = first; period <= month; period = shiftPeriod(period, 1)) {
      const own = period === month ? moved : [];
      const closing = closingOf(book, period, last, own);
      if (period === month) {
        const unsigned =
          carryProblem(closing.channels, ctx.data.carry) ?? signatureProblem(book, differing(month, closing.channels));
        if (unsigned) return unsigned;
        told.push(...statementDue(ctx, book.def, closing));
      }
      const carry = signed(closing.channels);
      const { event, month: after } = ended(book, closing, carry);
      drafts.push(event);
      told.push(...archiveDue(ctx, book.def, period));
      last = after;
    }
    const { due } = book.state.closings ?? {};
    return [...drafts, ...(due && due.period <= month ? met(ctx, due.clock) : []), ...told];
  },
};

/** A month's sums. */
export interface Closing {
  readonly period: Period;
  readonly channels: readonly MonthChannel[];
  readonly accounts: readonly ClosedAccount[];
}

/** What moved after the last closed month up to the end of this one. */
export function monthMovements(
  world: Pick<World, 'facts'>,
  { def, state }: OpenedBook,
  month: Period,
): readonly Movement[] {
  const closed = state.closings?.month?.period ?? '';
  return (world.facts.movements ?? []).filter((row) => {
    const period = monthOf(row.day);
    return row.book === def.book && row.per === 'month' && period > closed && period <= month;
  });
}

/** With what a month begins and ends, on both sides and on every account. */
export function closingOf(
  book: OpenedBook,
  period: Period,
  before: ClosedMonth | undefined,
  moved: readonly Movement[],
): Closing {
  const sums = { cash: sumsOf(moved, 'cash'), ledger: sumsOf(moved, 'ledger') };
  const side = (of: 'cash' | 'ledger', name: string) => {
    const openingFen = before?.[of][name] ?? 0;
    const { inFen, outFen } = sums[of].get(name) ?? { inFen: 0, outFen: 0 };
    return { openingFen, inFen, outFen, closingFen: openingFen + inFen - outFen };
  };
  const channels = book.def.channels.map((name) => ({
    channel: name,
    cash: side('cash', name),
    ledger: side('ledger', name),
  }));
  return { period, channels, accounts: trialBalance(before?.accounts ?? {}, sumsOf(moved, 'account')) };
}

/** By how much the cash side of a channel has more than the ledger, where the two differ. */
function signed(channels: readonly MonthChannel[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    channels.flatMap(({ channel: name, cash, ledger }) => {
      const fen = cash.closingFen - ledger.closingFen;
      return fen === 0 ? [] : [[name, fen]];
    }),
  );
}

function ended(
  { def, state }: OpenedBook,
  { period, channels, accounts }: Closing,
  carry: Readonly<Record<string, number>>,
): { readonly event: EventDraft; readonly month: ClosedMonth } {
  const year = period.endsWith('-12') ? carriedOver(def, accounts) : undefined;
  const ends = differing(period, channels);
  const balances = Object.fromEntries(accounts.map(({ account, closingFen }) => [account, closingFen]));
  for (const { account, fen } of year?.moved ?? []) balances[account] = (balances[account] ?? 0) + fen;
  const data = {
    ...{ book: def.book, period, channels, accounts },
    ...(Object.keys(carry).length > 0 ? { carry } : {}),
    ...(ends.length > 0 ? { signed: signatures(state, ends) } : {}),
    ...(hasCarried(state, period) ? { dropsCarried: true as const } : {}),
    ...(year ? { year } : {}),
  };
  const fens = (of: 'cash' | 'ledger') =>
    Object.fromEntries(channels.map((each) => [each.channel, each[of].closingFen]));
  return {
    event: { type: 'month.closed', data },
    month: { period, cash: fens('cash'), ledger: fens('ledger'), accounts: balances },
  };
}
