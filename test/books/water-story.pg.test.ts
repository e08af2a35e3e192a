import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advancesOn } from '../../db/queries/book-registers.ts';
import { prepareBeancount, readBeancount } from '../oracle/beancount.ts';
import water from '../support/programs/water/program.ts';
import { type Json, setTown, type Town } from '../support/town.ts';
import { balancesOf, expectBeancountAgrees, expectProof, exported, type ReportJson, report } from './agreement.ts';
import { closeDay, closeMonth, type Held } from './closing.ts';

// The water retrofit: 192 households pay 1,500 yuan each, the district adds a subsidy, and the director of the residents'
// committee advances the fees of households that could not be reached. Reported are these; the amount of the subsidy, how many
// households he advanced for, the costs and the days are our own (the year too: the software's organisation begins later).

const book = 'project';
const FEE = 150_000;
const HOUSEHOLDS = 192;
const LATE = 4;
const SUBSIDY = 16_000_000;
const keys = Array.from({ length: HOUSEHOLDS }, (_, n) => `H-${String(n + 1).padStart(3, '0')}`);
const late = keys.slice(-LATE);

let town: Town;
let caseId: string;
const held: { cash: number; bank: number } = { cash: 0, bank: 0 };
/** What was owed to helpers while it was. */
let owed: ReportJson;

/** A movement of money as both sides write it. */
interface Movement {
  readonly sourceDoc: string;
  readonly direction: 'in' | 'out';
  readonly channel: 'cash' | 'bank';
  readonly amountFen: number;
  readonly text: string;
  /** Of both sides, beside the amount. */
  readonly more?: Json;
  /** The cash holder's list. */
  readonly list?: Json;
  /** The accountant's lines, where it is not one of the whole amount. */
  readonly lines?: readonly Json[];
  readonly line?: Json;
}

/** The cash holder records, the accountant makes the voucher, the reviewer posts it. */
async function both(movement: Movement): Promise<void> {
  const { sourceDoc, direction, channel, amountFen, text, more = {}, list = {} } = movement;
  const common = { book, sourceDoc, direction, channel, ...more };
  await town.act('cash-holder', caseId, { type: 'cash.record', data: { ...common, amountFen, text, ...list } });
  await voucher(movement);
  held[channel] += direction === 'in' ? amountFen : -amountFen;
}

async function voucher({
  sourceDoc,
  direction,
  channel,
  amountFen,
  text,
  more = {},
  lines,
  line,
}: Movement): Promise<void> {
  const data = { book, sourceDoc, direction, channel, ...more, lines: lines ?? [{ text, amountFen, ...line }] };
  await town.act('accountant', caseId, { type: 'ledger.record', data });
  await reviewed();
}

async function reviewed(): Promise<void> {
  const { items } = (await town.read('caseworker', `/cases/${caseId}/books/drafts`)) as { items: { id: string }[] };
  await town.act('caseworker', caseId, { type: 'voucher.review', target: items[0]!.id, data: { approve: true } });
}

/** Receipts of households, as both sides list them. */
const receiptsOf = (payers: readonly string[]) =>
  payers.map((payer) => ({ payer, amountFen: FEE, receipt: `SJ-${payer.slice(2)}` }));
const feeOf = (payers: readonly string[], rest: Pick<Movement, 'sourceDoc' | 'channel'>): Movement => ({
  ...{ ...rest, direction: 'in', amountFen: payers.length * FEE, text: '住户改造费' },
  list: { lines: receiptsOf(payers) },
  lines: receiptsOf(payers).map((each) => ({ ...each, text: `改造费 ${each.payer}`, kind: 'fee' })),
});
const paid = (sourceDoc: string, amountFen: number, text: string, kind: string, channel: 'cash' | 'bank' = 'bank') =>
  both({ sourceDoc, direction: 'out', channel, amountFen, text, line: { kind } });
const endOf = (day: string) => closeDay(town, caseId, book, day, held);
const monthEnd = async (month: string, last: string, on: string) => {
  town.at(`${on} 09:00`);
  await closeMonth(town, caseId, { book, month, last }, { ...held } satisfies Held);
};

/** The director pays for four households whom nobody reaches; the money comes into the book and stays his. */
async function advanced(): Promise<string> {
  const amountFen = LATE * FEE;
  const data = {
    ...{ book, amountFen, paid: 'into the book', sourceDoc: 'DF-1', for: '代交改造费', households: late },
    helper: { name: '王某', person: 'p-director' },
  };
  await town.act('secretary', caseId, { type: 'advance.record', data });
  const { items } = (await town.read('secretary', `/cases/${caseId}/books/advances`)) as { items: { id: string }[] };
  const { id } = items[0]!;
  const money = { sourceDoc: 'DF-2', direction: 'in', channel: 'cash', amountFen, text: '垫付改造费' } as const;
  await both({ ...money, more: { advance: id }, line: { kind: 'advance' } });
  return id;
}

async function repaid(target: string, amountFen: number, sourceDoc: string): Promise<void> {
  const data = { channel: 'cash', amountFen, sourceDoc };
  await town.act('cash-holder', caseId, { type: 'advance.repay', target, data: { side: 'cash', ...data } });
  await town.act('accountant', caseId, { type: 'advance.repay', target, data: { side: 'ledger', ...data } });
  await reviewed();
  held.cash -= amountFen;
}

/** The accountant has put materials under office costs: red ink, reviewed like any voucher, and then the right one. */
async function wrongAccount(): Promise<void> {
  const bought = {
    sourceDoc: 'CL-1',
    direction: 'out',
    channel: 'bank',
    amountFen: 9_000_000,
    text: '水表和管材',
  } as const;
  await both({ ...bought, line: { kind: 'office' } });
  const { items } = (await town.read('secretary', `/cases/${caseId}/books/accounts`)) as {
    items: { id: string; sourceDoc: string }[];
  };
  const { id } = items.find(({ sourceDoc }) => sourceDoc === 'CL-1')!;
  await town.act('accountant', caseId, { type: 'entry.reverse', target: id, reason: '科目用错' });
  await reviewed();
  await voucher({ ...bought, line: { kind: 'material' } });
}

beforeAll(async () => {
  town = await setTown([water]);
  town.at('2026-04-11 19:00');
  caseId = await town.open({ program: 'water', unit: 'community-1', data: { need: '自备井停水' } });
  town.at('2026-04-13 10:00');
  const subsidy = { kind: 'subsidy', purpose: '家属院一户一表改造' };
  const fromDistrict = {
    sourceDoc: 'BZ-1',
    direction: 'in',
    channel: 'bank',
    amountFen: SUBSIDY,
    text: '区财政补助',
  } as const;
  await both({ ...fromDistrict, line: subsidy });
  await endOf('2026-04-13');
  town.at('2026-04-20 15:00');
  await both(feeOf(keys.slice(0, -LATE), { sourceDoc: 'SF-1', channel: 'bank' }));
  await endOf('2026-04-20');
  town.at('2026-04-22 15:00');
  const advance = await advanced();
  await endOf('2026-04-22');
  await monthEnd('2026-04', '2026-04-30', '2026-05-06');
  town.at('2026-05-06 14:00');
  await paid('GC-1', 20_000_000, '工程款首付', 'work');
  await endOf('2026-05-06');
  town.at('2026-05-08 14:00');
  await wrongAccount();
  owed = await report(town, caseId, 'advances', 'month=2026-05');
  await endOf('2026-05-08');
  await monthEnd('2026-05', '2026-05-31', '2026-06-02');
  town.at('2026-06-10 14:00');
  await both(feeOf(late, { sourceDoc: 'SF-2', channel: 'cash' }));
  await endOf('2026-06-10');
  town.at('2026-06-12 10:00');
  await repaid(advance, 400_000, 'GH-1');
  await endOf('2026-06-12');
  town.at('2026-06-15 10:00');
  await repaid(advance, 200_000, 'GH-2');
  await endOf('2026-06-15');
  await monthEnd('2026-06', '2026-06-30', '2026-07-02');
  town.at('2026-07-08 10:00');
  await paid('GC-2', 15_200_000, '工程款结清', 'work');
  await paid('SC-1', 600_000, '送水车', 'water', 'cash');
  await endOf('2026-07-08');
  await monthEnd('2026-07', '2026-07-31', '2026-08-03');
}, 180_000);
afterAll(() => town?.close());

describe('192 households with 1,500 yuan each, a subsidy and advances', () => {
  it('are in both books to the last fen, and all is spent', async () => {
    expect(held).toEqual({ cash: 0, bank: 0 });
    const { accounts, channels } = await balancesOf(town, caseId);
    expect(accounts.map(({ account, fen }) => [account, fen])).toEqual([
      ['1001', 0],
      ['1002', 0],
      ['2209', 0],
      ['4401', -SUBSIDY],
      ['4901', -HOUSEHOLDS * FEE],
      ['5101', SUBSIDY + HOUSEHOLDS * FEE],
      ['5201', 0],
    ]);
    expect(HOUSEHOLDS * FEE).toBe(28_800_000);
    expect(channels.map(({ fen }) => fen)).toEqual([0, 0]);
  });

  it('stand household by household on both sides, and make the account of fees', async () => {
    for (const side of ['cash', 'ledger']) {
      const rows = await town.sql<{ payer: string; fen: number }[]>`
        SELECT payer, sum(amount_fen)::bigint AS fen FROM ${side === 'cash' ? town.sql`cash_lines` : town.sql`voucher_lines`}
        WHERE case_id = ${caseId} AND payer IS NOT NULL GROUP BY payer ORDER BY payer`;
      expect(rows.map(({ payer, fen }) => [payer, fen])).toEqual(keys.map((key) => [key, FEE]));
    }
  });

  it('leave nothing owed to the helper: the register, its account and the ages agree', async () => {
    const { items } = (await town.read('secretary', `/cases/${caseId}/books/advances`)) as { items: Json[] };
    expect(items).toMatchObject([{ amountFen: LATE * FEE }]);
    expect(JSON.stringify(items)).toContain('settled');
    expect(owed.tables[0]!.rows.at(-1)!.cells).toMatchObject({
      amountFen: LATE * FEE,
      repaidFen: 0,
      days30Fen: LATE * FEE,
    });
    const now = await report(town, caseId, 'advances', 'month=2026-08');
    expect(now.tables[0]!.rows.at(-1)!.cells).toMatchObject({ amountFen: 0 });
    const balance = await report(town, caseId, 'trial-balance', 'month=2026-05');
    const row = balance.tables[0]!.rows.find(({ cells }) => cells['account'] === '2209');
    expect(row?.cells['closingCreditFen']).toBe(LATE * FEE);
  });

  it('are owed in the ages of a past month as they were when it ended', async () => {
    const ended = async (month: string) =>
      (await report(town, caseId, 'advances', `month=${month}`)).tables[0]!.rows.at(-1)!;
    const all = LATE * FEE;
    expect((await ended('2026-04')).cells).toMatchObject({
      amountFen: all,
      repaidFen: 0,
      days30Fen: all,
      days90Fen: 0,
    });
    expect((await ended('2026-05')).cells).toMatchObject({
      amountFen: all,
      repaidFen: 0,
      days30Fen: 0,
      days90Fen: all,
    });
    expect((await ended('2026-06')).cells).toMatchObject({ amountFen: 0, repaidFen: 0 });
    const [half] = await advancesOn(town.sql, caseId, { book, day: '2026-06-14', limit: 5 });
    expect(half).toMatchObject({ cashOutFen: 400_000, ledgerOutFen: 400_000 });
    expect(await advancesOn(town.sql, caseId, { book, day: '2026-04-21', limit: 5 })).toEqual([]);
  });

  it('stand in reports that say whether their month is closed', async () => {
    const told = async (query: string) => (await report(town, caseId, 'trial-balance', query)).notices;
    expect(await told('month=2026-07')).toEqual([]);
    expect(await told('month=2026-08')).toEqual(['本月尚未结账，数字还可能变动。']);
    expect(await told('year=2026')).toEqual(['2026年8月起尚未结账，数字还可能变动。']);
  });

  it('come from and go to the same sum', async () => {
    const { tables } = await report(town, caseId, 'sources-and-uses', 'year=2026');
    const totals = tables[0]!.rows.filter(({ kind }) => kind === 'total').map(({ cells }) => cells['amountFen']);
    const all = SUBSIDY + HOUSEHOLDS * FEE + LATE * FEE;
    expect(totals).toEqual([all, all, 0]);
    for (const month of ['04', '05', '06', '07']) {
      expect((await report(town, caseId, 'trial-balance', `month=2026-${month}`)).notes[0]).toContain('试算平衡');
    }
  });

  it('prove themselves from the tables', () => expectProof(town, caseId));

  it(
    'are read by the real beancount, which agrees on every balance',
    () => expectBeancountAgrees(town, caseId),
    400_000,
  );

  it('go over to the net assets with the year, in the export as well', async () => {
    town.at('2027-01-05 09:00');
    await closeMonth(town, caseId, { book, month: '2026-12', last: '2026-12-31' }, { ...held });
    const python = prepareBeancount();
    const old = readBeancount(python, await exported(town, caseId, 'ledger', '2026'));
    expect(old).toMatchObject({ errors: [], balances: {} });
    town.at('2027-01-08 09:00');
    const more = { sourceDoc: 'LX-1', direction: 'in', channel: 'bank', amountFen: 12_345, text: '利息' } as const;
    await both({ ...more, line: { kind: 'otherIncome' } });
    const december = await report(town, caseId, 'trial-balance', 'month=2026-12');
    const january = await report(town, caseId, 'trial-balance', 'month=2027-01');
    for (const { tables, notes } of [december, january]) {
      expect(notes[0]).toContain('试算平衡');
      expect(tables[0]!.rows.length).toBeGreaterThan(3);
    }
    const left = (of: typeof december, column: string) =>
      of.tables[0]!.rows.flatMap(({ kind, cells }) =>
        kind === 'entry' && /^[45]/.test(String(cells['account'])) ? [cells[column]] : [],
      );
    for (const side of ['Debit', 'Credit']) {
      expect(left(december, `closing${side}Fen`).every((fen) => !fen)).toBe(true);
      expect(left(january, `opening${side}Fen`).every((fen) => !fen)).toBe(true);
    }
    const text = await exported(town, caseId, 'ledger', '2027');
    expect(readBeancount(python, text)).toMatchObject({
      errors: [],
      transactions: 1,
      balances: { 'Assets:1002-Bank-Deposits': 12_345, 'Income:4901-Other-Income': -12_345 },
    });
    await expectProof(town, caseId);
  });
});
