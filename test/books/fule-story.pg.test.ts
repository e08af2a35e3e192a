import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fule from '../../plugins/fule/program.ts';
import { sales } from '../../plugins/fule/scenarios.ts';
import { sold, takingsFen } from '../../plugins/fule/script.ts';
import { setTown, type Town } from '../support/town.ts';
import { balancesOf, expectBeancountAgrees, expectProof, exported, report } from './agreement.ts';
import { closeDay, closeMonth } from './closing.ts';

// 福乐: 2,590 yuan from handicraft over seven market days, a wrong entry put right in red ink, two payouts, two months closed.
// Reported is the sum alone; days, lines and payouts are our own.

const days = ['09-03', '09-05', '09-08', '09-12', '10-10', '10-17', '10-24'].map((day) => `2026-${day}`);
const book = 'earnings';
let town: Town;
let caseId: string;

/** What each side records of a sale, as the scenario has it. */
const sides = (sale: (typeof sales)[number]) =>
  sold(sale).map(({ type, data }) => ({ type, data })) as [object, object];

async function marketDay(n: number): Promise<void> {
  const sale = sales[n]!;
  const [cash, ledger] = sides(sale);
  town.at(`${days[n]} 16:00`);
  const recorded = await town.act('cash-holder', caseId, { ...cash });
  town.at(`${days[n]} 17:00`);
  await town.act('accountant', caseId, { ...ledger });
  if (sale.cashFen === undefined) return;
  town.at(`${days[n]} 17:30`);
  await town.act('secretary', caseId, { type: 'books.reconcile', data: { book } });
  await putRight(sale, entryOf(recorded));
}

const entryOf = (answer: object): string => {
  const { events } = answer as { events: { type: string; data: { entry: { id: string } } }[] };
  return events.find(({ type }) => type === 'cash.recorded')!.data.entry.id;
};

async function putRight({ cashFen: _, ...sale }: (typeof sales)[number], entry: string): Promise<void> {
  const { sourceDoc: target } = sale;
  const text = '两位数字写颠倒了，以单据为准';
  await town.act('cash-holder', caseId, { type: 'discrepancy.explain', target, data: { text } });
  const decision = { decision: 'correct', text: '按单据更正' };
  await town.act('secretary', caseId, { type: 'discrepancy.decide', target, data: decision });
  await town.act('cash-holder', caseId, { type: 'entry.reverse', target: entry, reason: '金额写错' });
  await town.act('cash-holder', caseId, { ...sides(sale)[0] });
}

/** He asks for money, the secretary approves, it is paid and recorded by both, and he confirms it before a witness. */
async function payOut(amountFen: number, sourceDoc: string, day: string): Promise<void> {
  const text = '手工收入交给本人';
  town.at(`${day} 10:00`);
  const data = { book, channel: 'cash', amountFen, text, witness: '邱某' };
  await town.act('caseworker', caseId, { type: 'payout.request', onBehalfOf: 'beneficiary', data });
  const { payouts } = (await town.read('secretary', `/cases/${caseId}/books`)) as {
    payouts: { id: string; state: string }[];
  };
  const target = payouts.find(({ state }) => state === 'requested')!.id;
  await town.act('secretary', caseId, { type: 'payout.approve', target });
  const common = { book, direction: 'out', sourceDoc, channel: 'cash', payout: target };
  await town.act('cash-holder', caseId, { type: 'cash.record', data: { ...common, amountFen, text } });
  await town.act('accountant', caseId, { type: 'ledger.record', data: { ...common, lines: [{ text, amountFen }] } });
  const confirmed = { type: 'payout.confirm', target, onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  await town.act('caseworker', caseId, confirmed);
}

beforeAll(async () => {
  town = await setTown([fule]);
  town.at('2026-08-31 09:00');
  caseId = await town.open({
    ...{ program: 'fule', unit: 'community-1', data: { needs: '行动不便，没有收入' } },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
  });
  const consent = { type: 'consent.give', onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  await town.act('caseworker', caseId, consent);
  for (const body of ['party-branch', 'two-committees', 'residents-representatives']) {
    const data = { body, present: 9, for: 9, against: 0, abstain: 0, text: '同意帮扶方案' };
    await town.act('secretary', caseId, { type: 'decision.record', data });
  }
  let held = 0;
  for (const n of [0, 1, 2, 3]) {
    await marketDay(n);
    held += takingsFen(sales[n]!);
    await closeDay(town, caseId, book, days[n]!, { cash: held });
  }
  await payOut(100_000, 'ZF-01', '2026-09-25');
  held -= 100_000;
  await closeDay(town, caseId, book, '2026-09-25', { cash: held });
  town.at('2026-10-09 09:00');
  await closeMonth(town, caseId, { book, month: '2026-09', last: '2026-09-30' }, { cash: held });
  for (const n of [4, 5, 6]) {
    await marketDay(n);
    held += takingsFen(sales[n]!);
    await closeDay(town, caseId, book, days[n]!, { cash: held });
  }
  await payOut(held, 'ZF-02', '2026-10-30');
  await closeDay(town, caseId, book, '2026-10-30', { cash: 0 });
  town.at('2026-11-03 09:00');
  await closeMonth(town, caseId, { book, month: '2026-10', last: '2026-10-31' }, { cash: 0 });
}, 120_000);
afterAll(() => town?.close());

describe('the story of 2,590 yuan', () => {
  it('is in both books to the last fen, and all of it was paid to him', async () => {
    const { accounts, channels, entries, vouchers } = await balancesOf(town, caseId);
    expect(accounts.map(({ account, fen }) => [account, fen])).toEqual([
      ['1001', 0],
      ['2601', 0],
    ]);
    expect(channels).toEqual([{ channel: 'cash', fen: 0 }]);
    expect([entries, vouchers]).toEqual([11, 9]);
    const [came] = await town.sql`
      SELECT (SELECT sum(amount_fen) FROM cash_entries WHERE case_id = ${caseId} AND direction = 'in')::bigint AS cash,
        (SELECT sum(amount_fen) FROM vouchers WHERE case_id = ${caseId} AND direction = 'in')::bigint AS ledger,
        (SELECT sum(amount_fen) FROM book_payouts WHERE case_id = ${caseId} AND state = 'confirmed')::bigint AS paid`;
    expect(came).toEqual({ cash: 259_000, ledger: 259_000, paid: 259_000 });
  });

  it('is told the same by every report', async () => {
    const journal = await report(town, caseId, 'cash-journal', 'year=2026');
    expect(journal.tables[0]!.rows.at(-1)!.cells).toMatchObject({ inFen: 259_000, outFen: 259_000, balanceFen: 0 });
    const september = await report(town, caseId, 'statement', 'month=2026-09');
    const fact = (key: string) => september.facts.find((each) => each.key === key)?.value;
    expect([fact('closingFen'), fact('closingInWords')]).toEqual([30_500, '人民币叁佰零伍元整']);
    const uses = await report(town, caseId, 'sources-and-uses', 'year=2026');
    const totals = uses.tables[0]!.rows.filter(({ kind }) => kind === 'total').map(({ cells }) => cells['amountFen']);
    expect(totals).toEqual([259_000, 259_000, 0]);
    for (const period of ['month=2026-09', 'month=2026-10', 'year=2026']) {
      expect((await report(town, caseId, 'sub-ledger', period)).notes).toContain('各户之和等于总账。');
      expect((await report(town, caseId, 'trial-balance', period)).notes[0]).toContain('试算平衡');
    }
  });

  it('proves itself from the tables', () => expectProof(town, caseId));

  it(
    'is read by the real beancount, which agrees on every balance',
    () => expectBeancountAgrees(town, caseId),
    400_000,
  );

  it('shows red ink as it is, and is exported to who may read it alone', async () => {
    const cash = await exported(town, caseId, 'cash');
    expect(cash).toMatch(/#red\n {2}entry: "4"\n {2}paper: "SJ-03"[^#]*?Assets:1001-Cash-On-Hand {2}-350\.00 CNY/);
    expect(cash).not.toMatch(/周某|罗某/);
    const path = `/cases/${caseId}/books/journal.beancount`;
    expect((await town.ask('director-2', 'GET', path)).status).toBe(404);
    expect((await town.ask('secretary', 'GET', `${path}?book=other`)).status).toBe(404);
    expect((await town.ask('secretary', 'GET', `${path}?month=2026-13`)).status).toBe(422);
  });

  it('tells no keeper the other’s figure before he has recorded his own', async () => {
    town.at('2026-11-04 10:00');
    const data = { book, direction: 'in', channel: 'cash', sourceDoc: 'SJ-08' };
    await town.act('cash-holder', caseId, { type: 'cash.record', data: { ...data, amountFen: 12_345 } });
    const path = `/cases/${caseId}/books/journal.beancount?year=2026&side=`;
    const cash = await (await town.ask('accountant', 'GET', `${path}cash`)).text();
    expect(cash).not.toMatch(/123\.45|SJ-08/);
    expect(cash).toContain('2026-11-01 balance Assets:1001-Cash-On-Hand  0.00');
    expect(cash).not.toContain('2026-12-01 balance');
    const own = await (await town.ask('cash-holder', 'GET', `${path}cash`)).text();
    expect(own).toContain('123.45');
    const other = { ...data, sourceDoc: 'SJ-09', lines: [{ text: '钥匙链', amountFen: 54_321 }] };
    await town.act('accountant', caseId, { type: 'ledger.record', data: other });
    const ledger = await (await town.ask('cash-holder', 'GET', `${path}ledger`)).text();
    expect(ledger).not.toMatch(/543\.21|SJ-09/);
    expect(ledger).toContain('2026-11-01 balance Liabilities:2601-Entrusted-Liabilities  0.00');
    expect(ledger).not.toContain('2026-12-01 balance');
  });
});
