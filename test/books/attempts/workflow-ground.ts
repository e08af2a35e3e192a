import { expect } from 'vitest';
import type { Sql } from '../../../db/client.ts';
import fule from '../../../plugins/fule/program.ts';
import type { Program } from '../../../sdk/program.ts';
import { createStage, type Stage } from '../../support/stage.ts';
import { realTemporal } from '../../support/temporal.ts';

const [speak, ...later] = fule.stages as [Program['stages'][number], ...Program['stages']];

/** 福乐 with a second book of reviewed vouchers, and with a call whose answer stays out as long as the test likes. */
export const program: Program = {
  ...fule,
  roles: { ...fule.roles, reviewer: { name: ['复核人', 'reviewer'], post: 'director' } },
  stages: [
    {
      ...speak,
      items: [...speak.items, { call: 'tell', name: ['通知合作单位', 'tell the partner'], limit: '1 hour' }],
    },
    ...later,
  ],
  books: [
    ...fule.books,
    {
      ...{ book: 'donations', name: ['捐款', 'donations'], keeps: 'project funds', profile: 'vouchers' },
      ...{ cash: 'cashHolder', ledger: 'accountant', approves: 'secretary', confirms: 'beneficiary' },
      ...{ reviews: 'reviewer', channels: ['bank'], match: '3 working days', ladder: 'promise', closes: 'monthly' },
    },
  ],
};

/** Who keeps the money, who keeps the accounts, who approves, who reviews; by the post each holds. */
export const holders = {
  cashHolder: 'residents-representative',
  accountant: 'supervision-head',
  approver: 'secretary',
  reviewer: 'director',
} as const;

/** Linli with a worker and a real Temporal, and books with something of everything in them. */
export interface WorkflowGround {
  readonly stage: Stage;
  /** Lets the partner answer the calls that wait. */
  readonly answerCalls: () => void;
  /** A case with its books; answers its id once its workflow has witnessed all. */
  makeCase(): Promise<string>;
  /** The next honest act on the books, recorded and witnessed. */
  goOn(caseId: string): Promise<void>;
}

/** Builds it. Close its stage. */
export async function makeWorkflowGround(): Promise<WorkflowGround> {
  let answerCalls = (): void => {};
  const called = new Promise<void>((resolve) => {
    answerCalls = resolve;
  });
  const calls = { tell: () => called.then(() => ({ received: true })) };
  const stage = await createStage({ temporal: realTemporal(), program, calls });

  let serial = 0;
  return {
    stage,
    answerCalls,
    makeCase: () => makeCase(stage),
    async goOn(caseId) {
      serial += 1;
      const data = { ...entry('earnings', 'cash', `N-${serial}`), amountFen: 100 };
      await stage.act(caseId, holders.cashHolder, 'cash.record', { data });
      await stage.witnessed(caseId);
    },
  };
}

const entry = (book: string, channel: string, sourceDoc: string) => ({ book, channel, sourceDoc, direction: 'in' });

/** A case with its books in a stage of that program; answers its id once its workflow has witnessed all. */
export async function makeCase(stage: Stage): Promise<string> {
  const { cashHolder, accountant, approver } = holders;
  const caseId = await stage.open();
  const act = (as: string, type: string, more: Parameters<Stage['act']>[3]) => stage.act(caseId, as, type, more);
  const cash = (book: string, channel: string, sourceDoc: string, amountFen: number) =>
    act(cashHolder, 'cash.record', { data: { ...entry(book, channel, sourceDoc), amountFen } });
  const ledger = (book: string, channel: string, sourceDoc: string, amountFen: number) =>
    act(accountant, 'ledger.record', {
      data: { ...entry(book, channel, sourceDoc), lines: [{ text: '钥匙链', amountFen }] },
    });
  await act('caseworker', 'consent.give', { onBehalfOf: 'beneficiary', evidence: ['file'] });
  for (const body of ['party-branch', 'two-committees', 'residents-representatives']) {
    const data = { body, present: 9, for: 9, against: 0, abstain: 0, text: '同意' };
    await act('secretary', 'decision.record', { data, evidence: ['file'] });
  }
  await cash('earnings', 'cash', 'S-1', 10_000);
  await ledger('earnings', 'cash', 'S-1', 10_000);
  for (const amountFen of [200, 300, 50]) {
    const data = { book: 'earnings', channel: 'cash', amountFen, text: '生活费', witness: '邱某' };
    await act('caseworker', 'payout.request', { data, onBehalfOf: 'beneficiary' });
  }
  const payouts = await stage.sql<{ id: string }[]>`SELECT id FROM book_payouts WHERE case_id = ${caseId} ORDER BY id`;
  const [paid, approved] = payouts.map(({ id }) => id);
  for (const target of [paid!, approved!]) await act(approver, 'payout.approve', { target });
  const out = { ...entry('earnings', 'cash', 'P-1'), direction: 'out', amountFen: 200, payout: paid };
  await act(cashHolder, 'cash.record', { data: out });
  await cash('earnings', 'cash', 'D-1', 700);
  await ledger('earnings', 'cash', 'D-1', 600);
  await cash('earnings', 'cash', 'X-1', 40);
  await act(cashHolder, 'entry.reverse', { target: 'earnings.c.cash.4', reason: '记错' });
  const rice = { item: '大米', quantity: 2, unit: '袋', valueFen: 12_000, receivedBy: '周某', witness: '邱某' };
  await act(approver, 'gift.record', { data: { book: 'earnings', kind: 'inKind', anonymous: true, ...rice } });
  const claim = { book: 'earnings', amountFen: 800, paid: 'to others', helper: { name: '罗某' }, for: '材料' };
  await act(approver, 'advance.record', { data: { ...claim, sourceDoc: 'A-1' }, evidence: ['file'] });
  await cash('donations', 'bank', 'B-1', 5_000);
  await ledger('donations', 'bank', 'B-1', 5_000);
  await stage.witnessed(caseId);
  return caseId;
}

/** What a workflow's progress changes besides: it is no part of the record. */
const ofRuns = ['witnessed_seq', 'lagging_since', 'run_id', 'lease_until', 'tries', 'next_try', 'done_at']
  .map((column) => `- '${column}'`)
  .join(' ');

/** Every row about a case in one text: books, events, acts, state, read models, messages. */
export async function wholeRecord(sql: Sql, caseId: string): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.columns JOIN pg_tables ON schemaname = table_schema AND tablename = table_name
    WHERE table_schema IN ('public', 'person') AND column_name = 'case_id' AND table_name <> 'wakes' ORDER BY 1`;
  expect(tables.length).toBeGreaterThan(40);
  const each = tables.map(
    ({
      name,
    }) => `SELECT '${name}' AS name, count(*) || ' ' || md5(coalesce(string_agg(row, '' ORDER BY row), '')) AS sum
      FROM (SELECT md5((to_jsonb(t) ${ofRuns})::text) AS row FROM ${name} t WHERE case_id = $1) AS rows`,
  );
  const sums = await sql.unsafe<{ name: string; sum: string }[]>(each.join(' UNION ALL '), [caseId]);
  return sums.map(({ name, sum }) => `${name} ${sum}`).join('\n');
}
