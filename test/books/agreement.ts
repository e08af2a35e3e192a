import { expect } from 'vitest';
import { verifyBooks } from '../../db/books-verify.ts';
import { prepareBeancount, readBeancount } from '../oracle/beancount.ts';
import type { Town } from '../support/town.ts';

/** A report of a case as JSON has it. */
export interface ReportJson {
  readonly facts: { readonly key: string; readonly value: unknown }[];
  readonly tables: {
    readonly key: string;
    readonly rows: { readonly kind: string; readonly cells: Record<string, number | string | null> }[];
  }[];
  readonly notices: string[];
  readonly notes: string[];
}

/** Reads a report as the secretary. */
export async function report(town: Town, caseId: string, key: string, query: string): Promise<ReportJson> {
  return (await town.read('secretary', `/cases/${caseId}/books/reports/${key}?${query}`)) as unknown as ReportJson;
}

/** What the tables of the books say, counted anew: of each account (and person), and of each channel of the cash side. */
export async function balancesOf(town: Town, caseId: string) {
  const accounts = await town.sql<{ account: string; party: string | null; fen: number }[]>`
    SELECT account, party, sum(CASE side WHEN 'debit' THEN amount_fen ELSE -amount_fen END)::bigint AS fen
    FROM voucher_lines WHERE case_id = ${caseId} GROUP BY account, party ORDER BY account, party`;
  const channels = await town.sql<{ channel: string; fen: number }[]>`
    SELECT channel, sum(CASE direction WHEN 'in' THEN amount_fen ELSE -amount_fen END)::bigint AS fen
    FROM cash_entries WHERE case_id = ${caseId} GROUP BY channel ORDER BY channel`;
  const [counted] = await town.sql<[{ vouchers: number; entries: number }]>`
    SELECT (SELECT count(*) FROM vouchers WHERE case_id = ${caseId}) AS vouchers,
      (SELECT count(*) FROM cash_entries WHERE case_id = ${caseId}) AS entries`;
  return { accounts, channels, ...counted };
}

/** The export of one side of the books, as the secretary may have it. */
export async function exported(town: Town, caseId: string, side: 'ledger' | 'cash', year = '2026'): Promise<string> {
  const path = `/cases/${caseId}/books/journal.beancount?side=${side}&year=${year}`;
  const response = await town.ask('secretary', 'GET', path);
  expect(response.status).toBe(200);
  return response.text();
}

const channelCodes: Readonly<Record<string, string>> = { cash: '1001', bank: '1002', wechat: '1009' };

/** Accounts that do not stand at nothing, by the number in their name. */
function byCode(balances: Readonly<Record<string, number>>): Record<string, number> {
  const own = Object.entries(balances).filter(([name, fen]) => /^\w+:\d{4}/.test(name) && fen !== 0);
  return Object.fromEntries(own.map(([name, fen]) => [/:(\d{4})/.exec(name)![1]!, fen]));
}

/**
 * The real beancount reads both sides without a complaint, finds every voucher and every movement, and every balance is the
 * tables' and the trial balance's; one fen more or less anywhere, and it objects.
 */
export async function expectBeancountAgrees(town: Town, caseId: string): Promise<void> {
  const python = prepareBeancount();
  const tables = await balancesOf(town, caseId);
  const ledger = await exported(town, caseId, 'ledger');
  const read = readBeancount(python, ledger);
  expect(read.errors).toEqual([]);
  expect(read.transactions).toBe(tables.vouchers);
  expect(read.assertions).toBeGreaterThanOrEqual(8 * 2);
  const standing = tables.accounts.filter(({ fen }) => fen !== 0).map(({ account, fen }) => [account, fen]);
  expect(byCode(read.balances)).toEqual(Object.fromEntries(standing));
  const { rows } = (await report(town, caseId, 'trial-balance', 'year=2026')).tables[0]!;
  const trial = rows
    .filter(({ kind }) => kind === 'entry')
    .map(
      ({ cells }) => [cells['account'], Number(cells['closingDebitFen']) - Number(cells['closingCreditFen'])] as const,
    )
    .filter(([, fen]) => fen !== 0);
  expect(byCode(read.balances)).toEqual(Object.fromEntries(trial));

  const cash = await exported(town, caseId, 'cash');
  const journals = readBeancount(python, cash);
  expect(journals.errors).toEqual([]);
  expect(journals.transactions).toBe(tables.entries);
  const held = tables.channels.filter(({ fen }) => fen !== 0).map(({ channel, fen }) => [channelCodes[channel], fen]);
  expect(byCode(journals.balances)).toEqual(Object.fromEntries(held));

  for (const text of [ledger, cash]) {
    const changed = text.replace(
      / (\d+\.\d)(\d) CNY/,
      (_, head: string, last: string) => ` ${head}${(Number(last) + 1) % 10} CNY`,
    );
    expect(changed).not.toBe(text);
    expect(readBeancount(python, changed).errors.length).toBeGreaterThan(0);
    const asserted = text.replace(
      /(balance \S+ {2}-?\d+\.\d)\d ~/,
      (all, head: string) => `${head}${(Number(all.at(-3)) + 1) % 10} ~`,
    );
    expect(asserted).not.toBe(text);
    expect(readBeancount(python, asserted).errors).toHaveLength(1);
  }
}

/** The tables prove themselves. */
export async function expectProof(town: Town, caseId: string): Promise<void> {
  expect(await verifyBooks(town.sql, { caseId })).toMatchObject({ holds: true, findings: [], openDiscrepancies: 0 });
}
