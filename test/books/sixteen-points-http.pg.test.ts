import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Login, type Scene, setScene } from '../../api/scene.fixture.ts';
import { verifyBooks } from '../../db/books-verify.ts';
import { bookStatements } from './attempts/rows-of-books.ts';

// Attempts to break each of the sixteen points over HTTP, through the real application and its door, and through the door
// itself, as a workflow or a misled caller would: every one is answered with its refusal, and the books stay as they were.

type Json = Record<string, unknown>;
interface Attempt {
  readonly point: number;
  readonly who: Login;
  readonly tries: string;
  readonly act: () => Json;
  /** The code of the refusal. */
  readonly refused: string | readonly string[];
}

let scene: Scene;
let caseId: string;
let before: string;
const ids: { paid?: string; approved?: string; asked?: string; own?: string; gift?: string; advance?: string } = {};

const book = { book: 'earnings', direction: 'in', channel: 'cash' };
const cash = (sourceDoc: string, amountFen: unknown, more: Json = {}) => ({
  type: 'cash.record',
  data: { ...book, sourceDoc, amountFen, ...more },
});
const ledger = (sourceDoc: string, amountFen: unknown, more: Json = {}) => ({
  type: 'ledger.record',
  data: { ...book, sourceDoc, lines: [{ text: '钥匙链', amountFen }], ...more },
});
const asking = (amountFen: unknown, more: Json = {}, data: Json = {}) => ({
  type: 'payout.request',
  data: { book: 'earnings', channel: 'cash', amountFen, text: '生活费', ...data },
  ...more,
});
const ofBeneficiary = { onBehalfOf: 'beneficiary' };
const witnessed = { witness: '邱某' };

beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  await scene.act('cashHolder', caseId, cash('S-1', 10_000));
  await scene.act('accountant', caseId, ledger('S-1', 10_000));
  const payout = async (amountFen: number, login: Login = 'caseworker') => {
    await scene.act(
      login,
      caseId,
      asking(amountFen, login === 'secretary' ? {} : ofBeneficiary, login === 'secretary' ? {} : witnessed),
    );
    const [row] = await scene.sql<{ id: string }[]>`SELECT id FROM book_payouts WHERE amount_fen = ${amountFen}`;
    return row!.id;
  };
  ids.paid = await payout(200);
  ids.approved = await payout(300);
  ids.asked = await payout(50);
  ids.own = await payout(60, 'secretary');
  for (const target of [ids.paid, ids.approved])
    await scene.act('secretary', caseId, { type: 'payout.approve', target });
  await scene.act('cashHolder', caseId, cash('P-1', 200, { direction: 'out', payout: ids.paid }));
  await scene.act('cashHolder', caseId, cash('D-1', 700));
  await scene.act('accountant', caseId, ledger('D-1', 600));
  await scene.act('cashHolder', caseId, cash('X-1', 40));
  await scene.act('cashHolder', caseId, { type: 'entry.reverse', target: 'earnings.c.cash.4', reason: '记错' });
  before = await bookStatements(scene.sql, caseId);
});
afterAll(() => scene?.close());

const forbidden = ['FORBIDDEN', 'FORBIDDEN_ROLE', 'NOT_FOUND'] as const;
const invalid = ['INVALID_DATA', 'INVALID_BODY', 'VALIDATION_FAILED', 'INVALID_ACT', 'INVALID_REQUEST'] as const;
const attempts: readonly Attempt[] = (
  [
    [1, 'secretary', 'The approver records money', () => cash('N-1', 5), forbidden],
    [
      1,
      'cashHolder',
      'The cash holder approves a payout',
      () => ({ type: 'payout.approve', target: ids.asked }),
      [...forbidden, 'ROLES_COLLIDE'],
    ],
    [
      1,
      'accountant',
      'The accountant approves a payout',
      () => ({ type: 'payout.approve', target: ids.asked }),
      [...forbidden, 'ROLES_COLLIDE'],
    ],
    [1, 'admin', 'The administrator records money', () => cash('N-1', 5), forbidden],
    [
      1,
      'admin',
      'The administrator approves a payout',
      () => ({ type: 'payout.approve', target: ids.asked }),
      forbidden,
    ],
    [
      1,
      'caseworker',
      'The cash holder is given the ledger too',
      () => ({
        type: 'party.change',
        target: 'accountant',
        data: { party: 'community-1-residents-representative' },
        reason: '换人',
      }),
      'ROLES_COLLIDE',
    ],
    [
      1,
      'caseworker',
      'The approver is made cash holder',
      () => ({ type: 'party.change', target: 'cashHolder', data: { party: 'community-1-secretary' }, reason: '换人' }),
      'ROLES_COLLIDE',
    ],
    [2, 'cashHolder', 'The cash holder records the ledger', () => ledger('N-1', 5), forbidden],
    [2, 'accountant', 'The accountant records money', () => cash('N-1', 5), forbidden],
    [
      2,
      'cashHolder',
      'The cash holder writes lines of accounts into the journal',
      () => cash('N-1', 5, { lines: [{ account: '1001', side: 'debit', amountFen: 5 }] }),
      invalid,
    ],
    [
      2,
      'accountant',
      'The accountant puts red ink on the journal',
      () => ({ type: 'entry.reverse', target: 'earnings.c.cash.1', reason: '记错' }),
      forbidden,
    ],
    [
      2,
      'cashHolder',
      'The cash holder puts red ink on a voucher',
      () => ({ type: 'entry.reverse', target: 'earnings.v.$period.1', reason: '记错' }),
      forbidden,
    ],
    [
      3,
      'cashHolder',
      'An entry without its source document',
      () => ({ type: 'cash.record', data: { ...book, amountFen: 5 } }),
      invalid,
    ],
    [4, 'cashHolder', 'An amount of nothing', () => cash('N-1', 0), invalid],
    [4, 'cashHolder', 'An amount below nothing', () => cash('N-1', -5), invalid],
    [4, 'cashHolder', 'Half a fen', () => cash('N-1', 0.5), invalid],
    [4, 'cashHolder', 'An amount beyond the bounds', () => cash('N-1', 10_000_000_000_001), invalid],
    [4, 'cashHolder', 'An amount as words', () => cash('N-1', '5'), invalid],
    [4, 'accountant', 'A line of half a fen', () => ledger('N-1', 0.5), invalid],
    [4, 'caseworker', 'A payout below nothing', () => asking(-5, ofBeneficiary, witnessed), invalid],
    [5, 'cashHolder', 'A number and a balance of his own', () => cash('N-1', 5, { no: 99, balanceFen: 99 }), invalid],
    [
      5,
      'cashHolder',
      'More goes out than is there',
      () => cash('N-1', 99_999_999, { direction: 'out' }),
      ['NOT_ENOUGH_MONEY', 'BLOCKED'],
    ],
    [5, 'cashHolder', 'The same document again', () => cash('S-1', 10_000), 'SAME_DOCUMENT'],
    [
      5,
      'cashHolder',
      'A day is closed that is not counted',
      () => ({ type: 'books.closeDay', data: { book: 'earnings', day: '$today' } }),
      ['BLOCKED', 'NOT_YET', 'BOOKS_REFUSED', 'INVALID_DATA'],
    ],
    [
      5,
      'accountant',
      'The accountant closes the day',
      () => ({ type: 'books.closeDay', data: { book: 'earnings', day: '$today' } }),
      forbidden,
    ],
    [
      6,
      'accountant',
      'A voucher that does not balance',
      () =>
        ledger('N-1', 5, {
          lines: [
            { text: 'x', amountFen: 5, account: '1001', side: 'debit' },
            { text: 'x', amountFen: 4, account: '2601', side: 'credit' },
          ],
        }),
      invalid,
    ],
    [
      6,
      'accountant',
      'An account the chart has not',
      () => ledger('N-1', 5, { lines: [{ text: 'x', amountFen: 5, account: '9999', side: 'credit' }] }),
      invalid,
    ],
    [6, 'accountant', 'A month of his own', () => ledger('N-1', 5, { period: '2020-01' }), invalid],
    [
      6,
      'accountant',
      'More lines than an act may carry',
      () => ledger('N-1', 5, { lines: Array.from({ length: 201 }, () => ({ text: 'x', amountFen: 1 })) }),
      invalid,
    ],
    [
      6,
      'secretary',
      'A voucher is reviewed where the book has no review',
      () => ({ type: 'voucher.review', target: 'earnings.w.1', data: { approve: true } }),
      [...forbidden, 'NOT_OPEN', 'INVALID_DATA'],
    ],
    [
      7,
      'cashHolder',
      'An entry is edited',
      () => ({ type: 'entry.change', target: 'earnings.c.cash.1', data: { amountFen: 1 } }),
      [...invalid, 'UNKNOWN_ACT', 'UNKNOWN_ACT_TYPE'],
    ],
    [
      7,
      'cashHolder',
      'An event is sent in place of an act',
      () => ({ type: 'cash.recorded', data: { entry: { id: 'x' } } }),
      [...invalid, 'UNKNOWN_ACT', 'UNKNOWN_ACT_TYPE'],
    ],
    [
      8,
      'cashHolder',
      'Red ink of red ink',
      () => ({ type: 'entry.reverse', target: 'earnings.c.cash.5', reason: '记错' }),
      'ALREADY_DONE',
    ],
    [
      8,
      'cashHolder',
      'A second reversal',
      () => ({ type: 'entry.reverse', target: 'earnings.c.cash.4', reason: '记错' }),
      'ALREADY_DONE',
    ],
    [
      8,
      'cashHolder',
      'Red ink without a reason',
      () => ({ type: 'entry.reverse', target: 'earnings.c.cash.1' }),
      ['REASON_MISSING', ...invalid],
    ],
    [
      8,
      'cashHolder',
      'Red ink of an entry that is not there',
      () => ({ type: 'entry.reverse', target: 'earnings.c.cash.99', reason: '记错' }),
      'NOT_OPEN',
    ],
    [
      9,
      'accountant',
      'The accountant counts the box',
      () => ({
        type: 'cash.count',
        data: { book: 'earnings', denominations: { '10000': 1 }, witness: 'p-cash-holder' },
      }),
      [...forbidden, 'ROLES_COLLIDE'],
    ],
    [
      9,
      'secretary',
      'A count nobody else was present at',
      () => ({ type: 'cash.count', data: { book: 'earnings', denominations: { '10000': 1 } } }),
      ['EVIDENCE_MISSING', ...invalid],
    ],
    [
      9,
      'cashHolder',
      'A count in notes that do not exist',
      () => ({ type: 'cash.count', data: { book: 'earnings', denominations: { '333': 1 } } }),
      invalid,
    ],
    [
      10,
      'cashHolder',
      'The cash holder matches by hand',
      () => ({
        type: 'books.match',
        data: { book: 'earnings', cash: ['earnings.c.cash.3'], ledger: ['earnings.v.$period.2'] },
      }),
      [...forbidden, 'ROLES_COLLIDE'],
    ],
    [
      10,
      'accountant',
      'The accountant matches by hand',
      () => ({
        type: 'books.match',
        data: { book: 'earnings', cash: ['earnings.c.cash.3'], ledger: ['earnings.v.$period.2'] },
      }),
      [...forbidden, 'ROLES_COLLIDE'],
    ],
    [
      10,
      'secretary',
      'Amounts that differ are matched',
      () => ({
        type: 'books.match',
        data: { book: 'earnings', cash: ['earnings.c.cash.3'], ledger: ['earnings.v.$period.2'] },
      }),
      'BLOCKED',
    ],
    [
      10,
      'cashHolder',
      'The cash holder decides on his own difference',
      () => ({ type: 'discrepancy.decide', target: 'D-1', data: { decision: 'carry', text: '就这样' } }),
      [...forbidden, 'ROLES_COLLIDE'],
    ],
    [
      10,
      'accountant',
      'The accountant decides on his own difference',
      () => ({ type: 'discrepancy.decide', target: 'D-1', data: { decision: 'carry', text: '就这样' } }),
      [...forbidden, 'ROLES_COLLIDE'],
    ],
    [
      10,
      'director',
      'The head decides in place of an approver who may',
      () => ({ type: 'discrepancy.decide', target: 'D-1', data: { decision: 'carry', text: '就这样' } }),
      forbidden,
    ],
    [
      11,
      'accountant',
      'A month that is not over is closed',
      () => ({ type: 'books.closeMonth', data: { book: 'earnings', month: '$period' } }),
      ['NOT_YET', 'BLOCKED', 'INVALID_DATA', 'TOO_EARLY'],
    ],
    [
      11,
      'cashHolder',
      'The cash holder closes the month',
      () => ({ type: 'books.closeMonth', data: { book: 'earnings', month: '$period' } }),
      forbidden,
    ],
    [
      12,
      'cashHolder',
      'The payer confirms for the beneficiary',
      () => ({ type: 'payout.confirm', target: ids.paid, ...ofBeneficiary, data: witnessed }),
      'ROLES_COLLIDE',
    ],
    [
      12,
      'caseworker',
      'Somebody confirms for the beneficiary, without a witness',
      () => ({ type: 'payout.confirm', target: ids.paid, ...ofBeneficiary }),
      'EVIDENCE_MISSING',
    ],
    [
      12,
      'caseworker',
      'A code is guessed',
      () => ({ type: 'payout.confirm', target: ids.paid, ...ofBeneficiary, data: { code: '12345678' } }),
      'CODE_WRONG',
    ],
    [
      12,
      'caseworker',
      'Money is confirmed that was not paid',
      () => ({ type: 'payout.confirm', target: ids.approved, ...ofBeneficiary, data: witnessed }),
      'BLOCKED',
    ],
    [13, 'cashHolder', 'Money leaves without a payout', () => cash('N-1', 5, { direction: 'out' }), 'BLOCKED'],
    [
      13,
      'cashHolder',
      'Money leaves by a payout nobody approved',
      () => cash('N-1', 50, { direction: 'out', payout: ids.asked }),
      'BLOCKED',
    ],
    [
      13,
      'cashHolder',
      'More leaves than was approved',
      () => cash('N-1', 301, { direction: 'out', payout: ids.approved }),
      'BLOCKED',
    ],
    [
      13,
      'cashHolder',
      'A payout is paid twice',
      () => cash('N-1', 200, { direction: 'out', payout: ids.paid }),
      'BLOCKED',
    ],
    [
      13,
      'secretary',
      'Who asked for a payout approves it',
      () => ({ type: 'payout.approve', target: ids.own }),
      'ROLES_COLLIDE',
    ],
    [
      13,
      'secretary',
      'Who asked approves it on behalf of another',
      () => ({ type: 'payout.approve', target: ids.own, ...ofBeneficiary }),
      ['ROLES_COLLIDE', ...invalid, ...forbidden],
    ],
    [
      13,
      'accountant',
      'Money that comes in is called a payout',
      () => ledger('N-1', 5, { payout: ids.approved }),
      invalid,
    ],
    [
      13,
      'accountant',
      'A payout is written off for more than it is',
      () => ledger('N-1', 9999, { direction: 'out', payout: ids.paid }),
      'MORE_THAN_PAYOUT',
    ],
    [
      13,
      'caseworker',
      "A payout is asked for in the cash holder's name",
      () => asking(5, { onBehalfOf: 'cashHolder' }, witnessed),
      invalid,
    ],
    [
      14,
      'cashHolder',
      'A gift in kind is booked as money',
      () => ({
        type: 'gift.record',
        data: {
          book: 'earnings',
          kind: 'inKind',
          anonymous: true,
          item: '米',
          quantity: 1,
          unit: '袋',
          valueFen: 5,
          receivedBy: '周某',
          witness: '邱某',
          channel: 'cash',
          amountFen: 5,
        },
      }),
      invalid,
    ],
    [
      14,
      'secretary',
      'A gift nobody saw',
      () => ({
        type: 'gift.record',
        data: {
          book: 'earnings',
          kind: 'inKind',
          anonymous: true,
          item: '米',
          quantity: 1,
          unit: '袋',
          valueFen: 5,
          receivedBy: '周某',
        },
      }),
      'EVIDENCE_MISSING',
    ],
    [
      14,
      'secretary',
      'A gift of less than nothing',
      () => ({
        type: 'gift.record',
        data: {
          book: 'earnings',
          kind: 'inKind',
          anonymous: true,
          item: '米',
          quantity: -1,
          unit: '袋',
          valueFen: -5,
          receivedBy: '周某',
          witness: '邱某',
        },
      }),
      invalid,
    ],
    [
      14,
      'secretary',
      'An anonymous giver with a name',
      () => ({
        type: 'gift.record',
        data: {
          book: 'earnings',
          kind: 'inKind',
          anonymous: true,
          giver: { kind: 'person', name: '张某' },
          item: '米',
          quantity: 1,
          unit: '袋',
          valueFen: 5,
          receivedBy: '周某',
          witness: '邱某',
        },
      }),
      invalid,
    ],
    [
      15,
      'cashHolder',
      'The cash holder registers an advance',
      () => ({
        type: 'advance.record',
        data: {
          book: 'earnings',
          amountFen: 5,
          paid: 'to others',
          helper: { name: '罗某' },
          for: '材料',
          sourceDoc: 'A-1',
        },
      }),
      forbidden,
    ],
    [
      15,
      'secretary',
      'A helper registers his own claim',
      () => ({
        type: 'advance.record',
        data: {
          book: 'earnings',
          amountFen: 5,
          paid: 'to others',
          helper: { name: '张某', person: 'p-secretary' },
          for: '材料',
          sourceDoc: 'A-1',
        },
      }),
      'ROLES_COLLIDE',
    ],
    [
      15,
      'cashHolder',
      'An advance is repaid that nobody made',
      () => ({
        type: 'advance.repay',
        target: 'earnings.a.99',
        data: { channel: 'cash', amountFen: 5, sourceDoc: 'N-1' },
      }),
      ['NOT_OPEN', ...invalid],
    ],
    [
      16,
      'cashHolder',
      'An entry in the name of another, in the body',
      () => ({ ...cash('N-1', 5), actor: { kind: 'system', id: 'p-secretary' } }),
      invalid,
    ],
    [
      16,
      'cashHolder',
      'An entry recorded by another, in its data',
      () => cash('N-1', 5, { recordedBy: 'p-secretary', actorKind: 'system' }),
      invalid,
    ],
    [16, 'stranger', 'Somebody of another community records money', () => cash('N-1', 5), forbidden],
    [16, 'auditor', 'The auditor records money', () => cash('N-1', 5), forbidden],
  ] as const
).map(([point, who, tries, act, refused]) => ({ point, who, tries, act, refused }) as Attempt);

const filled = (act: Json): Json => {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString();
  return JSON.parse(
    JSON.stringify(act).replaceAll('$period', today.slice(0, 7)).replaceAll('$today', today.slice(0, 10)),
  ) as Json;
};
const codes = ({ refused }: Attempt) => (typeof refused === 'string' ? [refused] : refused);

test('every point is tried', () => {
  expect([...new Set(attempts.map(({ point }) => point))]).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
});

test.each(attempts.map((attempt) => [attempt.point, attempt.who, attempt.tries, attempt] as const))(
  'point %i over HTTP, %s: %s',
  async (_, who, __, attempt) => {
    const response = await scene.ask(who, 'POST', `/cases/${caseId}/acts`, filled(attempt.act()));
    const { code } = (await response.json()) as { code: string };
    expect(codes(attempt)).toContain(code);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(await bookStatements(scene.sql, caseId)).toBe(before);
  },
);

test.each(attempts.map((attempt) => [attempt.point, attempt.tries, attempt] as const))(
  'point %i through the door, by the system, and by somebody unknown: %s',
  async (_, __, attempt) => {
    const act = filled(attempt.act()) as { type: string };
    for (const actor of [
      { kind: 'system' as const, id: 'p-cash-holder', logins: [] },
      { kind: 'person' as const, id: 'nobody', logins: [] },
      { kind: 'person' as const, id: 'P-CASH-HOLDER', logins: [{ role: 'admin', unit: 'district-1' }] },
    ]) {
      const { actor: _actor, ...rest } = act as Json;
      const tried = { ...rest, id: randomUUID(), type: act.type, actor };
      const outcome = await scene.door
        .act({ caseId, act: tried as never })
        .catch((error: unknown) => ({ status: 'thrown', error }));
      expect(outcome.status, `${actor.kind} ${actor.id}`).not.toBe('recorded');
    }
    expect(await bookStatements(scene.sql, caseId)).toBe(before);
  },
);

test('numbers JSON cannot say exactly are refused before anything reads them', async () => {
  for (const number of ['9007199254740993', '1e30', '1E400', '-9007199254740993']) {
    const body = JSON.stringify(cash('N-1', 5)).replace('"amountFen":5', `"amountFen":${number}`);
    const response = await scene.ask('cashHolder', 'POST', `/cases/${caseId}/acts`, body, {
      'content-type': 'application/json',
    });
    expect([400, 422]).toContain(response.status);
  }
  expect(await bookStatements(scene.sql, caseId)).toBe(before);
});

test('appointments and substitutes bring nobody to a second duty on the book', async () => {
  const post = 'community-1-supervision-head';
  const sub = await scene.ask('accountant', 'POST', '/substitutions', {
    ...{
      post,
      person: 'p-cash-holder',
      from: new Date().toISOString(),
      until: new Date(Date.now() + 86_400_000).toISOString(),
    },
  });
  // whether or not the organisation lets a colleague stand in: on this book he stays who he is
  expect(sub.status).toBeLessThan(500);
  for (const act of [
    ledger('N-2', 5),
    { type: 'entry.reverse', target: filled({ t: 'earnings.v.$period.1' })['t'], reason: '记错' },
  ]) {
    const response = await scene.ask('cashHolder', 'POST', `/cases/${caseId}/acts`, act);
    expect(response.status).toBeGreaterThanOrEqual(400);
  }
  expect(await bookStatements(scene.sql, caseId)).toBe(before);
});

test('in the end the books hold', async () => {
  expect(await verifyBooks(scene.sql, { caseId })).toMatchObject({ holds: true, findings: [] });
});
