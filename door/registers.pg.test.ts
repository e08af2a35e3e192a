import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { connect, type Sql } from '../db/client.ts';
import { advances, gifts, households } from '../db/queries/book-registers.ts';
import { bookBalances, compareBooks } from '../db/queries/books.ts';
import fule from '../plugins/fule/program.ts';
import { problemsOf } from '../sdk/problems.ts';
import type { Program } from '../sdk/program.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { createDoor, type Door } from './door.ts';
import type { Outcome } from './outcome.ts';
import { installPrograms } from './programs.ts';

// Gifts, helpers' advances, fees of many households and the allowance through the real door, proven from the tables.

const earnings = fule.books[0]!;
const program = {
  ...fule,
  id: 'registers',
  roles: { ...fule.roles, reviewer: { name: ['复核人', 'reviewer'], post: 'director' } },
  apart: fule.apart.map((set, n) => (n === 0 ? [...set, 'reviewer'] : set)),
  fields: {
    ...fule.fields,
    householdSize: { name: ['家庭人数', 'size of the household'], kind: 'number' },
    allowanceFen: { name: ['每月低保金（分）', 'allowance a month, in fen'], kind: 'number' },
  },
  books: [
    {
      ...earnings,
      allowance: {
        ...{
          standardFen: 60_000,
          disregardFen: 20_000,
          counts: 'payouts',
          household: 'householdSize',
          drawn: 'allowanceFen',
        },
        source: { name: ['某区低保实施细则', 'rules of a district'], date: '2026-07-01' },
      },
    },
    {
      ...earnings,
      book: 'works',
      name: ['水管改造', 'water pipes'],
      keeps: 'project funds',
      channels: ['cash', 'bank'],
    },
    {
      ...earnings,
      ...{
        book: 'fund',
        name: ['专项资金', 'project fund'],
        keeps: 'project funds',
        profile: 'vouchers',
        reviews: 'reviewer',
      },
    },
  ],
} as unknown as Program;

let database: TestDatabase;
let sql: Sql;
let door: Door;
const posts = ['secretary', 'residents-representative', 'supervision-head', 'director'];

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  await sql`INSERT INTO units (id, level, name_zh, name_en) VALUES ('community-1', 'community', '社区', 'community')`;
  for (const post of posts) {
    await sql`INSERT INTO posts (id, kind, unit, name_zh, name_en) VALUES (${post}, ${post}, 'community-1', ${post}, ${post})`;
    await sql`INSERT INTO person.people (id, name) VALUES (${`of-${post}`}, ${post})`;
    await sql`INSERT INTO appointments (id, post, person, from_at) VALUES (${post}, ${post}, ${`of-${post}`}, now() - interval '1 year')`;
  }
  await sql`UPDATE units SET head_post = 'director'`;
  door = await createDoor({ sql, programs: await installPrograms(sql, [program]), log: pino({ level: 'silent' }) });
});

afterAll(async () => {
  await door?.end();
  await sql?.end();
  await database?.close();
});

const actor = (post: string) => ({
  kind: 'person' as const,
  id: `of-${post}`,
  logins: post === 'secretary' ? [{ role: 'caseworker', unit: 'community-1' }] : [],
});

function act(caseId: string, post: string, type: string, rest: Record<string, unknown>): Promise<Outcome> {
  return door.act({ caseId, act: { id: randomUUID(), type, actor: actor(post), ...rest } });
}

const code = (outcome: Outcome) =>
  outcome.status === 'refused' ? `${outcome.refusal.code}: ${outcome.refusal.detail[1]}` : outcome.status;
const done = async (outcome: Promise<Outcome>) => expect(code(await outcome)).toBe('recorded');
const refused = async (outcome: Promise<Outcome>, why: string) =>
  expect(code(await outcome)).toMatch(new RegExp(`^${why}`));

async function openCase(): Promise<string> {
  const opened = await door.open({
    ...{ actId: randomUUID(), actor: actor('secretary'), program: 'registers', unit: 'community-1' },
    data: { needs: '行动不便', householdSize: 2, allowanceFen: 100_000 },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
    assignments: {
      secretary: 'secretary',
      cashHolder: 'residents-representative',
      accountant: 'supervision-head',
      reviewer: 'director',
    },
  });
  if (opened.status === 'refused') throw new Error(opened.refusal.detail[1]);
  const { caseId } = opened.case;
  await done(act(caseId, 'secretary', 'consent.give', { onBehalfOf: 'beneficiary', data: { witness: '邱某' } }));
  for (const body of program.approval!.votes) {
    const data = { body, present: 9, for: 9, against: 0, abstain: 0 };
    await done(act(caseId, 'secretary', 'decision.record', { data }));
  }
  return caseId;
}

const works = { book: 'works', direction: 'in', channel: 'cash' };
const cash = (caseId: string, sourceDoc: string, amountFen: number, more: object = {}) =>
  act(caseId, 'residents-representative', 'cash.record', { data: { ...works, sourceDoc, amountFen, ...more } });
const ledger = (caseId: string, sourceDoc: string, lines: readonly object[], more: object = {}) =>
  act(caseId, 'supervision-head', 'ledger.record', { data: { ...works, sourceDoc, lines, ...more } });
const held = async (caseId: string) => expect((await verifyBooks(sql, { caseId })).findings).toEqual([]);

const FEE = 150_000;
const household = (n: number) => ({ payer: `3-${n}`, amountFen: FEE, receipt: `SJ-${String(n).padStart(4, '0')}` });
const listed = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => household(from + n));
const asFees = (list: readonly object[]) => list.map((each) => ({ ...each, text: '改造费', kind: 'fee' }));

test('the program of these tests is a sound one', () => {
  expect(problemsOf(program)).toEqual([]);
});

test('192 households at 1,500 yuan: one act a side, three of them advanced, a subsidy, everything repaid to the last fen', async () => {
  const caseId = await openCase();
  const paid = listed(1, 189);
  await done(cash(caseId, 'F-1', 189 * FEE, { lines: paid }));
  await done(ledger(caseId, 'F-1', asFees(paid)));

  const helper = { name: '罗某' };
  const claim = { book: 'works', amountFen: 3 * FEE, paid: 'into the book', helper, for: '改造费', sourceDoc: 'D-1' };
  const claimed = { ...claim, households: ['3-190', '3-191', '3-192'] };
  await refused(act(caseId, 'residents-representative', 'advance.record', { data: claimed }), 'FORBIDDEN');
  await done(act(caseId, 'secretary', 'advance.record', { data: claimed }));
  const [{ id } = { id: '' }] = await advances(sql, caseId, { limit: 10 });
  await done(cash(caseId, 'D-1', 3 * FEE, { advance: id }));
  await done(ledger(caseId, 'D-1', [{ text: '罗某垫付', amountFen: 3 * FEE, kind: 'advance' }], { advance: id }));

  const subsidy = { text: '区财政补助', amountFen: 50_000_000, kind: 'subsidy', purpose: '水管改造' };
  await done(cash(caseId, 'B-1', 50_000_000, { channel: 'bank' }));
  await refused(ledger(caseId, 'B-1', [{ ...subsidy, purpose: undefined }], { channel: 'bank' }), 'INVALID_DATA');
  await done(ledger(caseId, 'B-1', [subsidy], { channel: 'bank' }));
  await refused(cash(caseId, 'M-1', 70_000_000, { direction: 'out', channel: 'bank' }), 'NOT_ENOUGH_MONEY');
  await done(cash(caseId, 'M-1', 40_000_000, { direction: 'out', channel: 'bank' }));
  await done(
    ledger(caseId, 'M-1', [{ text: '管材', amountFen: 40_000_000, kind: 'material' }], {
      direction: 'out',
      channel: 'bank',
    }),
  );

  // the last three pay, and the helper has his money back in two parts
  const last = listed(190, 192);
  await done(cash(caseId, 'F-2', 3 * FEE, { lines: last }));
  await done(ledger(caseId, 'F-2', asFees(last)));
  const repay = (side: string, amountFen: number, sourceDoc: string) =>
    act(caseId, side === 'cash' ? 'residents-representative' : 'supervision-head', 'advance.repay', {
      target: id,
      data: { side, channel: 'cash', amountFen, sourceDoc },
    });
  for (const [sourceDoc, amountFen] of [
    ['R-1', 100_000],
    ['R-2', 350_000],
  ] as const) {
    await done(repay('cash', amountFen, sourceDoc));
    await refused(repay('cash', 400_000, 'R-9'), 'MORE_THAN_OWED');
    await done(repay('ledger', amountFen, sourceDoc));
  }
  await refused(repay('cash', 1, 'R-3'), 'NOT_OPEN');

  expect(await advances(sql, caseId, { limit: 10 })).toMatchObject([
    { no: 1, helper: '罗某', cashInFen: 450_000, cashOutFen: 450_000, ledgerOutFen: 450_000, how: 'repaid' },
  ]);
  const balances = (await bookBalances(sql, caseId)).filter(({ book }) => book === 'works');
  expect(balances.map(({ channel, cashFen, ledgerFen }) => [channel, cashFen, ledgerFen])).toEqual([
    ['bank', 10_000_000, 10_000_000],
    ['cash', 192 * FEE, 192 * FEE],
  ]);
  const comparison = (await compareBooks(sql, caseId)).find(({ book }) => book === 'works');
  expect(comparison).toMatchObject({ matched: 7, differences: [] });
  const rows = await households(sql, caseId, { limit: 500 });
  expect(rows).toHaveLength(192);
  expect(
    rows.every(({ cashFen, ledgerFen, payer, ledgerPayer }) => cashFen === ledgerFen && payer === ledgerPayer),
  ).toBe(true);
  const [owed] = await sql<
    [{ fen: number }]
  >`SELECT sum(CASE side WHEN 'credit' THEN amount_fen ELSE -amount_fen END)::bigint AS fen
    FROM voucher_lines WHERE case_id = ${caseId} AND account = '2209'`;
  expect(owed.fen).toBe(0);
  await held(caseId);
});

test('where vouchers are reviewed: households, an advance and its repayment are what was reviewed', async () => {
  const caseId = await openCase();
  const fund = { book: 'fund' };
  const posted = async (sourceDoc: string, lines: readonly object[], more: object = {}) => {
    await done(ledger(caseId, sourceDoc, lines, { ...fund, ...more }));
    const [{ id } = { id: '' }] = await sql<{ id: string }[]>`
      SELECT id FROM voucher_drafts WHERE case_id = ${caseId} AND state = 'waiting'`;
    await done(act(caseId, 'director', 'voucher.review', { target: id, data: { approve: true } }));
  };
  await done(cash(caseId, 'F-1', 2 * FEE, { ...fund, lines: listed(1, 2) }));
  await posted('F-1', asFees(listed(1, 2)));
  const claim = {
    book: 'fund',
    amountFen: FEE,
    paid: 'into the book',
    helper: { name: '罗某' },
    for: 'x',
    sourceDoc: 'D-1',
  };
  await done(act(caseId, 'secretary', 'advance.record', { data: claim }));
  const [{ id: advance } = { id: '' }] = await advances(sql, caseId, { limit: 1 });
  await done(cash(caseId, 'D-1', FEE, { ...fund, advance }));
  await posted('D-1', [{ text: 'x', amountFen: FEE, kind: 'advance' }], { advance });
  await refused(act(caseId, 'secretary', 'case.close', { data: { outcome: 'moved' } }), 'BLOCKED');
  await done(cash(caseId, 'R-1', FEE, { ...fund, advance, direction: 'out' }));
  await posted('R-1', [{ text: 'x', amountFen: FEE, kind: 'repayment' }], { advance, direction: 'out' });
  expect(await advances(sql, caseId, { limit: 1 })).toMatchObject([
    { how: 'repaid', ledgerInFen: FEE, ledgerOutFen: FEE },
  ]);
  await held(caseId);
  await done(act(caseId, 'secretary', 'case.close', { data: { outcome: 'moved' } }));
});

test('a household swapped for another is a difference though the sums agree; a receipt stands once', async () => {
  const caseId = await openCase();
  const list = listed(1, 3);
  await done(cash(caseId, 'F-1', 3 * FEE, { lines: list }));
  const other = list.map((each, n) => (n === 1 ? { ...each, payer: '9-9' } : each));
  const found = await ledger(caseId, 'F-1', asFees(other));
  if (found.status === 'refused') throw new Error(found.refusal.detail[1]);
  expect(found.events.find(({ type }) => type === 'discrepancy.found')).toMatchObject({ data: { why: 'receipts' } });
  const [works1] = (await compareBooks(sql, caseId)).filter(({ book }) => book === 'works');
  expect(works1!.differences).toMatchObject([{ sourceDoc: 'F-1', why: 'receipts' }]);
  await refused(
    cash(caseId, 'F-2', FEE, { lines: [household(2)] }),
    'SAME_DOCUMENT: Receipt SJ-0002 is recorded on this side already, in document F-1.',
  );
  await refused(ledger(caseId, 'F-2', asFees([household(2)])), 'SAME_DOCUMENT: Receipt SJ-0002');
  const reversed = {
    target: 'works.v.'.concat(new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7), '.1'),
    reason: '记错',
  };
  await done(act(caseId, 'supervision-head', 'entry.reverse', reversed));
  await done(ledger(caseId, 'F-1', asFees(list)));
  await held(caseId);
});

test('gifts in money and in kind, one of them taken back, anonymous ones numbered, and thanks given', async () => {
  const caseId = await openCase();
  const rice = {
    book: 'earnings',
    kind: 'inKind',
    item: '大米',
    quantity: 2.5,
    unit: '袋',
    valueFen: 12_000,
    receivedBy: '周某',
    witness: '邱某',
  };
  const kind = (more: object) => act(caseId, 'secretary', 'gift.record', { data: { ...rice, ...more } });
  const money = (sourceDoc: string, more: object) =>
    act(caseId, 'residents-representative', 'gift.record', {
      data: { book: 'earnings', kind: 'cash', channel: 'cash', amountFen: 20_000, sourceDoc, ...more },
    });
  await done(kind({ anonymous: true }));
  await done(kind({ giver: { kind: 'unit', name: '某商会', contact: '某路 1 号' }, item: '食用油' }));
  await done(money('G-1', { anonymous: true }));
  await done(money('G-2', { giver: { kind: 'person', name: '罗某' } }));
  for (const sourceDoc of ['G-1', 'G-2']) {
    const data = {
      ...{ book: 'earnings', direction: 'in', channel: 'cash', sourceDoc },
      lines: [{ text: '捐款', amountFen: 20_000, kind: 'gift' }],
    };
    await done(act(caseId, 'supervision-head', 'ledger.record', { data }));
  }
  const before = await gifts(sql, caseId, { limit: 10 });
  const year = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 4);
  expect(before.map(({ no, giver, anonymousYear, anonymousN }) => [no, giver, anonymousYear, anonymousN])).toEqual([
    [1, null, year, 1],
    [2, '某商会', null, null],
    [3, null, year, 2],
    [4, '罗某', null, null],
  ]);
  await refused(act(caseId, 'secretary', 'gift.reverse', { target: before[2]!.id, reason: 'x' }), 'BLOCKED');
  await done(act(caseId, 'secretary', 'gift.reverse', { target: before[0]!.id, reason: '登记重复' }));
  await refused(act(caseId, 'secretary', 'gift.reverse', { target: before[0]!.id, reason: 'x' }), 'ALREADY_DONE');
  await done(act(caseId, 'residents-representative', 'entry.reverse', { target: before[3]!.entry!, reason: '退回' }));
  await done(act(caseId, 'secretary', 'gift.thank', { target: before[1]!.id, data: { how: 'letter' } }));
  await done(act(caseId, 'secretary', 'gift.thank', { data: { how: 'notice' } }));
  await refused(act(caseId, 'secretary', 'gift.thank', {}), 'NOT_OPEN');
  const after = await gifts(sql, caseId, { limit: 10 });
  expect(
    after.map(({ no, valueFen, quantity, reverses, thankedHow }) => [no, valueFen, quantity, reverses, thankedHow]),
  ).toEqual([
    [1, 12_000, 2.5, null, null],
    [2, 12_000, 2.5, null, 'letter'],
    [3, 20_000, null, null, 'notice'],
    [4, 20_000, null, null, null],
    [5, -12_000, -2.5, before[0]!.id, null],
    [6, -20_000, null, before[3]!.id, null],
  ]);
  const open = await sql`SELECT FROM items WHERE case_id = ${caseId} AND key = 'books.thanks' AND state = 'open'`;
  expect(open).toHaveLength(0);
  await held(caseId);
});

test('what a payout may do to the allowance is shown, acknowledged and kept; what was paid this month counts', async () => {
  const caseId = await openCase();
  const book = { book: 'earnings', direction: 'in', channel: 'cash' };
  await done(
    act(caseId, 'residents-representative', 'cash.record', { data: { ...book, sourceDoc: 'S-1', amountFen: 90_000 } }),
  );
  const ask = (amountFen: number, more: object = {}) =>
    act(caseId, 'secretary', 'payout.request', {
      onBehalfOf: 'beneficiary',
      data: { book: 'earnings', channel: 'cash', amountFen, text: '零用', witness: '邱某', ...more },
    });
  await done(ask(20_000));
  await done(act(caseId, 'director', 'payout.approve', {}));
  await refused(ask(5_000), 'ALLOWANCE_AFFECTED: reckoned to lower the month');
  const dry = await door.dryRun({
    caseId,
    act: {
      ...{ id: 'dry-run', type: 'payout.request', actor: actor('secretary'), onBehalfOf: 'beneficiary' },
      data: { book: 'earnings', channel: 'cash', amountFen: 5_000, text: '零用', witness: '邱某', allowanceSeen: true },
    },
  });
  expect(dry).toMatchObject({
    events: [{ data: { allowance: { verdict: 'lower', lessFen: 5_000, receivedFen: 20_000 } } }],
  });
  await done(ask(5_000, { allowanceSeen: true }));
  const [second] = await sql<{ id: string; lessFen: number }[]>`
    SELECT id, (allowance ->> 'lessFen')::int AS "lessFen" FROM book_payouts WHERE case_id = ${caseId} AND state = 'requested'`;
  expect(second).toMatchObject({ lessFen: 5_000 });
  await refused(act(caseId, 'director', 'payout.approve', { target: second!.id }), 'ALLOWANCE_AFFECTED');
  await done(act(caseId, 'director', 'payout.approve', { target: second!.id, data: { allowanceSeen: true } }));
  await held(caseId);
});

// each breaks one rule behind the triggers, and the proof finds it
test.each([
  ['gifts and advances are numbered without gap', `UPDATE book_gifts SET no = 9 WHERE case_id = $1 AND no = 1`],
  [
    'givers without a name are numbered without gap',
    `UPDATE book_gifts SET anonymous_n = 7 WHERE case_id = $1 AND no = 1`,
  ],
  [
    'a gift of money is what the journal took in',
    `UPDATE book_gifts SET value_fen = 1 WHERE case_id = $1 AND kind = 'cash'`,
  ],
  [
    'a counter entry mirrors one gift, once',
    `UPDATE book_gifts SET value_fen = -1 WHERE case_id = $1 AND reverses IS NOT NULL`,
  ],
  [
    'no more is repaid than was advanced, and settled is settled',
    `UPDATE book_advances SET amount_fen = 50 WHERE case_id = $1`,
  ],
  [
    'what is owed to helpers is what the vouchers say',
    `UPDATE voucher_lines SET account = '4901' WHERE case_id = $1 AND account = '2209'`,
  ],
  [
    'households make the amount, a receipt stands once a side',
    `UPDATE cash_lines SET amount_fen = 1 WHERE case_id = $1`,
  ],
  ['every gift is what its event tells', `UPDATE book_gifts SET item = '面粉' WHERE case_id = $1 AND no = 1`],
  ['thanks are what their events tell', `DELETE FROM book_gift_thanks WHERE case_id = $1`],
  ['every advance is what its events tell', `UPDATE book_advances SET text = 'y' WHERE case_id = $1`],
  [
    'entries name the advances and households their events tell',
    `UPDATE cash_lines SET payer = '9-9' WHERE case_id = $1`,
  ],
])('the proof finds what breaks: %s', async (rule, statement) => {
  caseOfAll ??= await everything();
  const caseId = caseOfAll;
  await held(caseId);
  const found = await sql
    .begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
      const proof = await verifyBooks(tx as unknown as Sql, { caseId });
      throw Object.assign(new Error('undo'), { rules: proof.findings.map((each) => each.rule) });
    })
    .catch((error: { rules?: string[] }) => error.rules ?? Promise.reject(error));
  expect(found).toContain(rule);
});

let caseOfAll: string | undefined;
async function everything(): Promise<string> {
  const caseId = await openCase();
  const rice = {
    book: 'works',
    kind: 'inKind',
    item: '大米',
    quantity: 1,
    unit: '袋',
    valueFen: 100,
    receivedBy: '周某',
    witness: '邱某',
  };
  for (const _ of [1, 2]) await done(act(caseId, 'secretary', 'gift.record', { data: { ...rice, anonymous: true } }));
  const [first] = await gifts(sql, caseId, { limit: 1 });
  await done(act(caseId, 'secretary', 'gift.thank', { target: first!.id }));
  const data = { book: 'works', kind: 'cash', channel: 'cash', amountFen: 500, sourceDoc: 'G-1', anonymous: true };
  await done(act(caseId, 'residents-representative', 'gift.record', { data }));
  const [, second] = await gifts(sql, caseId, { limit: 2 });
  await done(act(caseId, 'secretary', 'gift.reverse', { target: second!.id, reason: 'x' }));
  const claim = {
    book: 'works',
    amountFen: 100,
    paid: 'into the book',
    helper: { name: '罗某' },
    for: 'x',
    sourceDoc: 'D-1',
  };
  await done(act(caseId, 'secretary', 'advance.record', { data: claim }));
  const [{ id } = { id: '' }] = await advances(sql, caseId, { limit: 1 });
  await done(cash(caseId, 'D-1', 100, { advance: id }));
  await done(ledger(caseId, 'D-1', [{ text: 'x', amountFen: 100 }], { advance: id }));
  await done(cash(caseId, 'F-1', 2 * FEE, { lines: listed(1, 2) }));
  return caseId;
}

test.each([
  ['a gift changes', 'linli_door', `UPDATE book_gifts SET value_fen = 1`],
  ['a gift vanishes', 'linli_door', `DELETE FROM book_gifts`],
  [
    'a number is left out',
    undefined,
    `INSERT INTO book_gifts SELECT case_id, 'works.g.99', book, 77, kind, giver_kind, NULL, NULL, item, quantity, unit, value_fen,
    channel, entry, source_doc, purpose, occurred_date, evidence, NULL, recorded_by, actor_kind, recorded_at, act_id, seq FROM book_gifts WHERE case_id = $1 AND no = 1`,
  ],
  ['an advance changes', 'linli_door', `UPDATE book_advances SET amount_fen = 1`],
  [
    'an advance is settled that is not repaid',
    'linli_door',
    `UPDATE book_advances SET settled_at = now(), how = 'repaid' WHERE case_id = $1`,
  ],
  [
    'the accountant lists households in the journal',
    'linli_ledger',
    `INSERT INTO cash_lines SELECT case_id, entry, 9, book, payer, 1, 'SJ-9' FROM cash_lines WHERE case_id = $1 LIMIT 1`,
  ],
  [
    'the door does',
    'linli_door',
    `INSERT INTO cash_lines SELECT case_id, entry, 9, book, payer, 1, 'SJ-9' FROM cash_lines WHERE case_id = $1 LIMIT 1`,
  ],
  [
    'a household is added later',
    'linli_cash',
    `INSERT INTO cash_lines SELECT case_id, entry, 9, book, payer, 1, 'SJ-9' FROM cash_lines WHERE case_id = $1 LIMIT 1`,
  ],
])('the database refuses it where %s', async (_, role, statement) => {
  caseOfAll ??= await everything();
  const caseId = caseOfAll;
  await expect(
    sql.begin(async (tx) => {
      if (role) await tx.unsafe(`SET LOCAL ROLE ${role}`);
      await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
      throw new Error('it was let through');
    }),
  ).rejects.toThrow(
    /permission denied|is refused|next number|settled|never|no more households|changes|not permitted|refuse/,
  );
});
