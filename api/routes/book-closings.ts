import { createRoute, z } from '@hono/zod-openapi';
import { bookArchives } from '../../db/queries/book-archives.ts';
import {
  bookCounts,
  bookDays,
  bookDraws,
  type CountRow,
  closedMonths,
  type DayRow,
} from '../../db/queries/book-closings.ts';
import { type BookSight, bookLook } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import { firstOf } from '../reports/cut.ts';
import { BookClosings } from '../schemas/book-closings.ts';
import { json, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const closings = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/closings',
  tags: ['books'],
  summary:
    'Counts, closed days and months of the books, the surprise counts that were drawn, and what is in the archive',
  request: { params: z.object({ caseId: pathId('caseId') }) },
  responses: { 200: json(BookClosings, 'Closings'), ...problems(401, 404, 503) },
});

/** At most so many of each are listed: of days about a year. */
const MOST = 400;

/** `/cases/{id}/books/closings` */
export const bookClosingRoutes = (deps: AppDeps) =>
  routes().openapi(closings, async (c) => {
    const { caseId } = c.req.valid('param');
    const [allCounts, allDays, allMonths, allDraws, allArchives] = await Promise.all([
      bookCounts(deps.sql, caseId, MOST + 1),
      bookDays(deps.sql, caseId, MOST + 1),
      closedMonths(deps.sql, caseId, MOST + 1),
      bookDraws(deps.sql, caseId, MOST + 1),
      bookArchives(deps.sql, caseId, MOST + 1),
    ]);
    const all = { counts: allCounts, days: allDays, months: allMonths, draws: allDraws, archives: allArchives };
    const { counts, days, months, draws, archives, cut } = firstOf(MOST, all);
    const { sight } = await bookLook(deps, c.get('caller'), caseId);
    return c.json(
      {
        counts: counts.map((row) => countView(row, sight)),
        days: days.map((row) => dayView(row, sight)),
        // a month is closed when both sides have recorded everything in it: there is nothing left to hide
        months: months.map(({ seq: _, ...row }) => ({
          ...row,
          channels: row.channels.map((each) => ({ ...each })),
          accounts: row.accounts.map((each) => ({ ...each })),
        })),
        draws: draws.flatMap(({ clock, ...row }) => (sight.hidesDraw(clock) ? [] : [{ ...row }])),
        archives: archives.map((row) => ({ ...row })),
        cut,
      },
      200,
    );
  });

/** A count says what the balance is: hidden from who has yet to record something in it, with the notes. */
function countView({ seq, ...row }: CountRow, sight: BookSight) {
  const hides = (channel: string) => sight.hidesBalance(row.book, 'cash', { channel, seq });
  return {
    ...row,
    denominations: row.denominations === null || hides('cash') ? null : { ...row.denominations },
    channels: row.channels.map((each) =>
      hides(each.channel) ? { channel: each.channel, bookedFen: null, countedFen: null } : { ...each },
    ),
  };
}

function dayView({ seq, ...row }: DayRow, sight: BookSight) {
  const nothing = { openingFen: null, inFen: null, outFen: null, closingFen: null };
  return {
    ...row,
    channels: row.channels.map((each) =>
      sight.hidesBalance(row.book, 'cash', { channel: each.channel, seq })
        ? { channel: each.channel, ...nothing }
        : { ...each },
    ),
  };
}
