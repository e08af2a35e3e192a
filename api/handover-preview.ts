import { bookBalances } from '../db/queries/books.ts';
import { casesHeld, overseen, standInsOf, unansweredHeld, unreadHeld, workHeld } from '../db/queries/handover.ts';
import { type AppointmentRow, appointmentOf } from '../db/queries/organisation.ts';
import { postChannels } from '../db/queries/post-channels.ts';
import { afterLeaving } from '../door/handover.ts';
import type { Caller } from './auth/caller.ts';
import { bookSight } from './book-sight.ts';
import type { AppDeps } from './deps.ts';
import { notFound, problem } from './errors.ts';
import { booksToCount } from './handover.ts';
import { type Language, pick } from './language.ts';
import { caseToRead, nowOf, overseerOf, pinnedProgram, readerOf } from './reading.ts';
import { balanceViews } from './views/book-view.ts';

/** Books are looked into one by one; more than that are named without their balances. */
const MOST_BOOKS = 100;

/**
 * Everything that goes over when a post is handed over now. For who holds it, for the heads above, and for those who see all
 * of the unit; cases which the caller may not read are counted and not named. Throws the problems 403, 404.
 */
export async function handoverPreview(deps: AppDeps, caller: Caller, id: string, language: Language) {
  const { sql } = deps;
  const row = await appointmentOf(sql, id);
  if (!row) throw notFound();
  const reader = readerOf(caller);
  const { post, person } = row;
  const now = nowOf(deps);
  const runs = row.untilAt === null || row.untilAt > now;
  const may = (person === caller.person && runs) || (await overseen(sql, overseerOf(caller), post));
  if (!may)
    throw problem(
      'FORBIDDEN',
      [
        '只有任职人、上级负责人和管理员可以查看交接清单。',
        'What a post hands over is for its holder, the heads above and administrators.',
      ],
      [['请任职人或管理员查看', 'Ask the holder of the post or an administrator']],
    );
  const [cases, namedCases, work, namedWork, messages, accountability, standIns, staying] = await Promise.all([
    casesHeld(sql, reader, { post }),
    casesHeld(sql, reader, { person }),
    workHeld(sql, reader, { post }),
    workHeld(sql, reader, { person }),
    unreadHeld(sql, reader, post, person),
    unansweredHeld(sql, reader, post, person),
    standInsOf(sql, { post, person, at: now }),
    afterLeaving(sql, post, person, now),
  ]);
  caller.reads?.cases([...cases.items, ...namedCases.items].map(({ caseId }) => caseId));
  const caseView = ({ programHash: _, roles, ...one }: (typeof cases.items)[number]) => ({ ...one, roles: [...roles] });
  const workView = ({ nameZh, nameEn, ...one }: (typeof work.items)[number]) => ({
    ...one,
    name: pick([nameZh, nameEn], language),
  });
  return {
    appointment: row,
    fallsTo: staying.toPost,
    cases: { total: cases.total, items: cases.items.map(caseView) },
    work: { total: work.total, overdue: work.overdue, items: work.items.map(workView) },
    byName: {
      goesOver: !staying.stays,
      keeps: [...staying.keeps],
      cases: { total: namedCases.total, items: namedCases.items.map(caseView) },
      work: { total: namedWork.total, overdue: namedWork.overdue, items: namedWork.items.map(workView) },
    },
    messages: { total: messages.total, items: [...messages.items] },
    accountability: {
      total: accountability.total,
      items: accountability.items.map(({ nameZh, nameEn, ...one }) => ({
        ...one,
        name: pick([nameZh, nameEn], language),
      })),
    },
    deputyships: standIns.deputyships.map((each) => ({ ...each })),
    deputies: standIns.deputies.map((each) => ({ ...each })),
    books: await bookViews(deps, caller, row, language),
    channels: (await postChannels(sql, post)).map((each) => ({ ...each })),
  };
}

/** The books the post keeps a side of, with the balances the caller may see. */
export async function bookViews(deps: AppDeps, caller: Caller, row: AppointmentRow, language: Language) {
  const kept = await booksToCount(deps, row);
  const shown = kept.slice(0, MOST_BOOKS).map(async ({ caseId, caseNo, book, side }) => {
    const record = await caseToRead(deps, caller, caseId).catch(() => undefined);
    const program = record && (await pinnedProgram(deps, record.programHash));
    if (!record || !program) return [];
    const [balances, sight] = await Promise.all([
      bookBalances(deps.sql, caseId),
      bookSight(deps, caller, record, program),
    ]);
    const view = balanceViews(balances, record.state, sight, language).find((each) => each.book === book);
    const fen = side === 'cash' ? 'cashFen' : 'ledgerFen';
    return {
      ...{ caseId, caseNo, book, side, name: view?.name ?? book },
      balanceFen: view?.[fen] ?? null,
      channels: (view?.channels ?? []).map((each) => ({ channel: each.channel, balanceFen: each[fen] })),
      openPayouts: Object.keys(record.state.books[book]?.payouts ?? {}).length,
      openDiscrepancies: view?.openDiscrepancies ?? 0,
    };
  });
  return { total: kept.length, items: (await Promise.all(shown)).flat() };
}
