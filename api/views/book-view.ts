import type { BalanceRow, EntryRow } from '../../db/queries/books.ts';
import type { Side } from '../../engine/books/entry.ts';
import type { State } from '../../engine/state.ts';
import type { KeeperView } from '../book-keepers.ts';
import type { BookSight } from '../book-sight.ts';
import { type Language, pick } from '../language.ts';
import type { BookEntryView } from '../schemas/books.ts';
import { plainYuan } from '../sheets/plain-yuan.ts';

/** Books with their channels; a side that may not be seen yet has no figures. */
export function balanceViews(
  rows: readonly BalanceRow[],
  state: State,
  sight: BookSight,
  language: Language,
  keepers: ReadonlyMap<string, readonly KeeperView[]> = new Map(),
) {
  return [...new Set(rows.map(({ book }) => book))].map((book) => {
    const own = rows.filter((row) => row.book === book);
    const noCash = sight.hidesBalance(book, 'cash');
    const noLedger = sight.hidesBalance(book, 'ledger');
    const first = own[0];
    return {
      book,
      name: first ? pick([first.nameZh, first.nameEn], language) : book,
      keeps: first?.keeps ?? '',
      cashFen: noCash ? null : own.reduce((sum, { cashFen }) => sum + cashFen, 0),
      ledgerFen: noLedger ? null : own.reduce((sum, { ledgerFen }) => sum + ledgerFen, 0),
      channels: own.map((row) => ({
        channel: row.channel,
        cashFen: noCash ? null : row.cashFen,
        cashEntries: noCash ? null : row.cashEntries,
        ledgerFen: noLedger ? null : row.ledgerFen,
        vouchers: noLedger ? null : row.vouchers,
      })),
      openDocuments: Object.keys(state.books[book]?.open ?? {}).length,
      openDiscrepancies: Object.keys(state.books[book]?.discrepancies ?? {}).length,
      keepers: (keepers.get(book) ?? []).map((each) => ({ ...each })),
    };
  });
}

/**
 * An entry of either side. Hidden, it tells that something was recorded on this paper, but not how much; later ones of the
 * channel then have no balance, from which that could be counted back.
 */
export function entryView(row: EntryRow, side: Side, sight: BookSight): BookEntryView {
  const { seq, lines, ...rest } = row;
  const hidden = sight.hides(row.book, side, row.sourceDoc, seq);
  if (hidden) return { ...rest, amountFen: null, balanceFen: null, text: null, payout: null, hidden };
  const { channel } = row;
  return {
    ...rest,
    balanceFen: sight.hidesBalance(row.book, side, { channel, seq }) ? null : row.balanceFen,
    hidden,
    ...(lines ? { lines: lines.map((line) => ({ ...line })) } : {}),
  };
}

const ENTRY_COLUMNS = {
  zh: [
    '编号',
    '日期',
    '账簿',
    '渠道',
    '单据',
    '收支',
    '金额（元）',
    '余额（元）',
    '摘要',
    '冲销',
    '记账人',
    '记录时间',
    '入账日期',
    '补记',
  ],
  en: [
    'Id',
    'Date',
    'Book',
    'Channel',
    'Document',
    'In/out',
    'Yuan',
    'Balance',
    'Text',
    'Reverses',
    'Recorded by',
    'Recorded',
    'Booked on',
    'Late',
  ],
} as const;

const LATE: Readonly<Record<Language, string>> = { zh: '是', en: 'yes' };

/** Entries as a table for a spreadsheet, amounts in yuan. */
export function entryTable(entries: readonly BookEntryView[], language: Language): (string | number | null)[][] {
  return [
    [...ENTRY_COLUMNS[language]],
    ...entries.map((e) => [
      e.id,
      e.occurredDate,
      e.book,
      e.channel,
      e.sourceDoc,
      e.direction,
      plainYuan(e.amountFen),
      plainYuan(e.balanceFen),
      e.text ?? e.lines?.map(({ text }) => text).join('; ') ?? '',
      e.reverses ?? '',
      e.recordedBy,
      e.recordedAt,
      e.bookedDate,
      e.late ? LATE[language] : '',
    ]),
  ];
}

const DIFFERENCE_COLUMNS = {
  zh: ['账簿', '单据', '原因', '现金（元）', '总账（元）', '差异编号'],
  en: ['Book', 'Document', 'Why', 'Cash (yuan)', 'Ledger (yuan)', 'Discrepancy'],
} as const;

interface Compared {
  readonly book: string;
  readonly differences: readonly {
    readonly sourceDoc: string;
    readonly why: string;
    readonly cashFen: number | null;
    readonly ledgerFen: number | null;
    readonly discrepancy: string | null;
  }[];
}

/** Where both books differ now, as a table for a spreadsheet. */
export function reconciliationTable(compared: readonly Compared[], language: Language): (string | number | null)[][] {
  return [
    [...DIFFERENCE_COLUMNS[language]],
    ...compared.flatMap(({ book, differences }) =>
      differences.map((one) => [
        book,
        one.sourceDoc,
        one.why,
        plainYuan(one.cashFen),
        plainYuan(one.ledgerFen),
        one.discrepancy ?? '',
      ]),
    ),
  ];
}
