import type { AdvanceRow, GiftRow, HouseholdRow } from '../../db/queries/book-registers.ts';
import type { State } from '../../engine/state.ts';
import { daysBetween } from '../../engine/time/civil.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import type { BookSight } from '../book-sight.ts';
import type { Language } from '../language.ts';
import { anonymousName } from '../register-text.ts';
import { ageOf } from '../reports/ages.ts';
import type { BookAdvanceView, BookGiftView, BookHouseholdView } from '../schemas/book-registers.ts';
import { plainYuan } from '../sheets/plain-yuan.ts';

/** A gift; one of money whose paper the caller has yet to record himself has no value. */
export function giftView(row: GiftRow, sight: BookSight): BookGiftView {
  const { seq, anonymousYear, anonymousN, evidence, ...rest } = row;
  const hidden = row.sourceDoc !== null && sight.hides(row.book, 'cash', row.sourceDoc, seq);
  const anonymous =
    anonymousYear === null || anonymousN === null ? undefined : anonymousName({ year: anonymousYear, n: anonymousN });
  return {
    ...rest,
    giver: anonymous ?? row.giver,
    valueFen: hidden ? null : row.valueFen,
    evidence: [...(evidence ?? [])],
    hidden,
  };
}

/** An advance on a day: how old it is, when it is due, and what is open of it. */
export function advanceView(
  row: AdvanceRow,
  state: Pick<State, 'books' | 'deadlines'>,
  sight: BookSight,
  today: CalendarDate,
): BookAdvanceView {
  const { seq, how, households, ...rest } = row;
  const { book, sourceDoc } = row;
  const noCash = sight.hidesBalance(book, 'cash');
  const noLedger = sight.hidesBalance(book, 'ledger');
  const claimHidden = sight.hides(book, 'cash', sourceDoc, seq) || sight.hides(book, 'ledger', sourceDoc, seq);
  const open = row.settledAt === null;
  const ageDays = open ? Math.max(0, daysBetween(row.occurredDate, today)) : null;
  const clock = state.books[book]?.advances?.open[row.id]?.clock;
  return {
    ...rest,
    households: [...(households ?? [])],
    amountFen: claimHidden ? null : row.amountFen,
    cashInFen: noCash ? null : row.cashInFen,
    cashOutFen: noCash ? null : row.cashOutFen,
    ledgerInFen: noLedger ? null : row.ledgerInFen,
    ledgerOutFen: noLedger ? null : row.ledgerOutFen,
    openFen: noCash || claimHidden ? null : open ? row.amountFen - row.cashOutFen : 0,
    ageDays,
    age: ageDays === null ? null : ageOf(ageDays).age,
    dueAt: (clock === undefined ? undefined : state.deadlines[clock]?.dueAt) ?? null,
    state: how ?? 'open',
  };
}

/** A household's receipt as far as the caller may see it; undefined where it is only the other side's, which he has yet to record. */
export function householdView(row: HouseholdRow, sight: BookSight): BookHouseholdView | undefined {
  const { book, sourceDoc, receipt, payer, ledgerPayer, cashSeq, ledgerSeq } = row;
  const noCash = cashSeq !== null && sight.hides(book, 'cash', sourceDoc, cashSeq);
  const noLedger = ledgerSeq !== null && sight.hides(book, 'ledger', sourceDoc, ledgerSeq);
  const cashFen = noCash ? null : row.cashFen;
  const ledgerFen = noLedger ? null : row.ledgerFen;
  if (cashFen === null && ledgerFen === null) return undefined;
  const state =
    cashFen === null
      ? 'ledger only'
      : ledgerFen === null
        ? 'cash only'
        : cashFen !== ledgerFen
          ? 'amount'
          : payer === ledgerPayer
            ? 'agreed'
            : 'payer';
  return { book, sourceDoc, receipt, payer: noCash ? ledgerPayer : (payer ?? ledgerPayer), cashFen, ledgerFen, state };
}

type Table = (string | number | null)[][];

const GIFT_COLUMNS = {
  zh: [
    '编号',
    '日期',
    '账簿',
    '种类',
    '捐赠人',
    '物品',
    '数量',
    '单位',
    '金额或估价（元）',
    '用途',
    '接收人',
    '单据',
    '致谢日期',
    '更正',
  ],
  en: [
    'No.',
    'Date',
    'Book',
    'Kind',
    'Giver',
    'Item',
    'Quantity',
    'Unit',
    'Yuan',
    'Purpose',
    'Received by',
    'Document',
    'Thanked',
    'Corrects',
  ],
} as const;

/** The register of gifts as a table for a spreadsheet, amounts in yuan. */
export function giftTable(gifts: readonly BookGiftView[], language: Language): Table {
  const kinds = { cash: ['现金捐赠', 'money'], inKind: ['实物捐赠', 'in kind'] } as const;
  return [
    [...GIFT_COLUMNS[language]],
    ...gifts.map((g) => [
      ...[g.no, g.occurredDate, g.book, kinds[g.kind][language === 'zh' ? 0 : 1], g.giver ?? '', g.item ?? ''],
      ...[g.quantity, g.unit ?? '', plainYuan(g.valueFen), g.purpose ?? '', g.receivedBy ?? '', g.sourceDoc ?? ''],
      ...[g.thankedDate ?? '', g.reverses ?? ''],
    ]),
  ];
}

const ADVANCE_COLUMNS = {
  zh: [
    '编号',
    '日期',
    '账簿',
    '垫付人',
    '事由',
    '户数',
    '单据',
    '垫付金额（元）',
    '已归还（元）',
    '未归还（元）',
    '天数',
    '账龄',
    '到期',
    '状态',
  ],
  en: [
    'No.',
    'Date',
    'Book',
    'Helper',
    'For',
    'Households',
    'Document',
    'Yuan',
    'Repaid',
    'Open',
    'Days',
    'Age',
    'Due',
    'State',
  ],
} as const;

/** The register of advances with their ages as a table for a spreadsheet, amounts in yuan. */
export function advanceTable(advances: readonly BookAdvanceView[], language: Language): Table {
  return [
    [...ADVANCE_COLUMNS[language]],
    ...advances.map((a) => [
      ...[
        a.no,
        a.occurredDate,
        a.book,
        a.helper ?? '',
        a.text,
        a.households.length,
        a.sourceDoc,
        plainYuan(a.amountFen),
      ],
      ...[plainYuan(a.cashOutFen), plainYuan(a.openFen), a.ageDays, a.age ?? '', a.dueAt ?? '', a.state],
    ]),
  ];
}

const HOUSEHOLD_COLUMNS = {
  zh: ['账簿', '单据', '收据', '住户', '现金（元）', '总账（元）', '状态'],
  en: ['Book', 'Document', 'Receipt', 'Household', 'Cash (yuan)', 'Ledger (yuan)', 'State'],
} as const;

/** Receipts of households as a table for a spreadsheet, amounts in yuan. */
export function householdTable(households: readonly BookHouseholdView[], language: Language): Table {
  return [
    [...HOUSEHOLD_COLUMNS[language]],
    ...households.map((h) => [
      ...[h.book, h.sourceDoc, h.receipt, h.payer ?? '', plainYuan(h.cashFen), plainYuan(h.ledgerFen), h.state],
    ]),
  ];
}
