import { z } from 'zod';
import { type ActKind, isRefusal } from '../act-kind.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { bookOf, type OpenedBook, rolesOf } from './access.ts';
import { archivedInTime } from './archive-clock.ts';
import type { Period } from './closings.ts';
import { bookKey, month, words } from './shapes.ts';

const data = z.strictObject({
  book: bookKey,
  month: month.describe('a closed month, YYYY-MM: it is taken over with everything before it that was not'),
  place: words(200).optional().describe('where the papers lie (档案柜、盒号)'),
});
type Data = z.infer<typeof data>;

/** What the tables hold of a closed month and those before it that are in no archive yet, counted and hashed by the database. */
export interface ArchiveFact {
  readonly book: string;
  readonly period: Period;
  readonly vouchers: number;
  readonly entries: number;
  /** SHA-256 of vouchers, journal and statements, lower-case hex. */
  readonly sha256: string;
}

/** What the event of a book's archive carries. */
export interface ArchiveEventData {
  /** The months after `after` (none: all since the book was opened) up to `period` are in the archive. */
  'books.archived': {
    book: string;
    period: Period;
    after?: Period;
    vouchers: number;
    entries: number;
    sha256: string;
    place?: string;
  };
}

/**
 * Takes closed months over into the archive (会计档案归档): vouchers, journal and statements of everything up to `month` that is
 * not there yet, counted and with the hash by which `linli books verify` finds whatever is changed later. By the keeper of the
 * archive, in a book without one by its approver, whose clock for it ends with that (archive-clock.ts); never by who holds the money (Accounting Law, art. 35). Refused:
 * INVALID_DATA, ROLES_COLLIDE (who holds the money), ALREADY_DONE, BLOCKED (the month is not closed).
 */
export const booksArchive: ActKind<Data> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  lateExempt: true,
  who: ({ world, data: { book } }) => rolesOf(world.program, book, (def) => [def.archives ?? def.approves]),
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { month, place } = ctx.data;
    if (ctx.roles.has(book.def.cash)) return notForTheHolder();
    const after = book.state.closings?.archived;
    if (after !== undefined && month <= after) return already(after);
    const fact = ctx.world.facts.archive;
    if (!fact || fact.book !== book.def.book || fact.period !== month) return notClosed(book, month);
    const { vouchers, entries, sha256 } = fact;
    return [
      {
        type: 'books.archived',
        data: {
          ...{ book: book.def.book, period: month, vouchers, entries, sha256 },
          ...(after === undefined ? {} : { after }),
          ...(place === undefined ? {} : { place }),
        },
      },
      ...archivedInTime(ctx, book.def.book, month),
    ];
  },
};

/** Tells the door which months' vouchers and statements to count and hash before deciding. The data is not checked yet. */
export function neededArchive(act: {
  readonly type: string;
  readonly data?: unknown;
}): { readonly book: string; readonly month: Period } | undefined {
  const { book, month } = Object(act.data) as { book?: unknown; month?: unknown };
  if (act.type !== 'books.archive' || typeof book !== 'string' || typeof month !== 'string') return undefined;
  return { book: book.trim(), month };
}

function notForTheHolder(): Refusal {
  return refuse(
    'ROLES_COLLIDE',
    [
      '管钱的人不得兼管会计档案（会计法第三十五条）。',
      'Who holds the money does not keep the archive of the accounts (Accounting Law, art. 35).',
    ],
    [['由档案管理人办理', 'Let the keeper of the archive do it']],
  );
}

function already(after: Period): Refusal {
  return refuse(
    'ALREADY_DONE',
    [`${after} 及以前已经归档。`, `Everything up to ${after} is in the archive.`],
    [['选择之后结账的月份', 'Choose a month that was closed later']],
  );
}

function notClosed({ state }: OpenedBook, month: Period): Refusal {
  const last = state.closings?.month?.period;
  return refuse(
    'BLOCKED',
    [`${month} 没有结账。`, `No closing of ${month} is there.`],
    [
      last === undefined
        ? ['先结账（books.closeMonth）', 'Have it closed first (books.closeMonth)']
        : [`已结账到 ${last}`, `Closed up to ${last}`],
    ],
  );
}
