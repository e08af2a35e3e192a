import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { connect, type Sql } from '../db/client.ts';
import { bookBalances, compareBooks } from '../db/queries/books.ts';
import fule from '../plugins/fule/program.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { createDoor, type Door } from './door.ts';
import type { Outcome } from './outcome.ts';
import { installPrograms } from './programs.ts';

// The books through the real door: what the acts of the engine lead to in the tables, under load and against the rules.

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
  door = await createDoor({ sql, programs: await installPrograms(sql, [fule]), log: pino({ level: 'silent' }) });
});

afterAll(async () => {
  await door.end();
  await sql.end();
  await database.close();
});

const actor = (post: string) => ({
  kind: 'person' as const,
  id: `of-${post}`,
  logins: post === 'secretary' ? [{ role: 'caseworker', unit: 'community-1' }] : [],
});

function act(caseId: string, post: string, type: string, rest: Record<string, unknown>): Promise<Outcome> {
  return door.act({ caseId, act: { id: randomUUID(), type, actor: actor(post), ...rest } });
}

async function openCase(): Promise<string> {
  const opened = await door.open({
    actId: randomUUID(),
    actor: actor('secretary'),
    program: 'fule',
    unit: 'community-1',
    data: { needs: '行动不便' },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
    assignments: { secretary: 'secretary', cashHolder: 'residents-representative', accountant: 'supervision-head' },
  });
  if (opened.status === 'refused') throw new Error(opened.refusal.detail[1]);
  const { caseId } = opened.case;
  const consent = { onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  expect(code(await act(caseId, 'secretary', 'consent.give', consent))).toBe('recorded');
  for (const body of fule.approval!.votes) {
    const data = { body, present: 9, for: 9, against: 0, abstain: 0 };
    expect(code(await act(caseId, 'secretary', 'decision.record', { data }))).toBe('recorded');
  }
  return caseId;
}

const code = (outcome: Outcome) => (outcome.status === 'refused' ? outcome.refusal.code : outcome.status);
const cash = (caseId: string, sourceDoc: string, amountFen: number, direction = 'in') =>
  act(caseId, 'residents-representative', 'cash.record', {
    data: { book: 'earnings', direction, amountFen, sourceDoc, channel: 'cash' },
  });
const ledger = (caseId: string, sourceDoc: string, amountFen: number) =>
  act(caseId, 'supervision-head', 'ledger.record', {
    data: { book: 'earnings', direction: 'in', sourceDoc, channel: 'cash', lines: [{ text: '笔筒', amountFen }] },
  });

test('both sides, a difference, red ink, and a payout: the tables hold it and the proof holds', async () => {
  const caseId = await openCase();
  expect(code(await cash(caseId, 'S-1', 30_500))).toBe('recorded');
  expect(code(await cash(caseId, 'S-1', 30_500))).toBe('SAME_DOCUMENT');
  expect(code(await cash(caseId, 'S-2', 30_501, 'out'))).toBe('NOT_ENOUGH_MONEY');
  const wrong = await ledger(caseId, 'S-1', 35_000);
  if (wrong.status === 'refused') throw new Error(wrong.refusal.detail[1]);
  expect(wrong.events.map((event) => event.type)).toContain('discrepancy.found');
  const voucher = wrong.events.find((event) => event.type === 'ledger.recorded')!.data.entry.id;
  expect(code(await act(caseId, 'residents-representative', 'entry.reverse', { target: voucher, reason: 'x' }))).toBe(
    'FORBIDDEN',
  );
  expect(code(await act(caseId, 'supervision-head', 'entry.reverse', { target: voucher }))).toBe('REASON_MISSING');
  expect(code(await act(caseId, 'supervision-head', 'entry.reverse', { target: voucher, reason: '记错' }))).toBe(
    'recorded',
  );
  expect(code(await act(caseId, 'supervision-head', 'entry.reverse', { target: voucher, reason: '记错' }))).toBe(
    'ALREADY_DONE',
  );
  expect(code(await ledger(caseId, 'S-1', 30_500))).toBe('recorded');

  const asked = { book: 'earnings', channel: 'cash', amountFen: 500, text: '零用', witness: '邱某' };
  const ask = { data: asked, onBehalfOf: 'beneficiary' };
  for (const onBehalfOf of ['nonsense', 'guardian', 'companion'])
    expect(code(await act(caseId, 'secretary', 'payout.request', { data: asked, onBehalfOf }))).toBe('INVALID_DATA');
  const own = { ...ask, data: { ...asked, witness: 'supervision - head' } };
  expect(code(await act(caseId, 'supervision-head', 'payout.request', own))).toBe('EVIDENCE_MISSING');
  expect(code(await act(caseId, 'secretary', 'payout.request', ask))).toBe('recorded');
  expect(code(await act(caseId, 'secretary', 'payout.approve', {}))).toBe('ROLES_COLLIDE');
  expect(code(await cash(caseId, 'P-1', 500, 'out'))).toBe('BLOCKED');
  expect(code(await act(caseId, 'director', 'payout.approve', {}))).toBe('recorded');
  expect(code(await cash(caseId, 'P-1', 500, 'out'))).toBe('recorded');
  const confirm = { onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  expect(code(await act(caseId, 'residents-representative', 'payout.confirm', confirm))).toBe('ROLES_COLLIDE');
  expect(code(await act(caseId, 'secretary', 'payout.confirm', confirm))).toBe('recorded');
  expect(code(await act(caseId, 'secretary', 'books.reconcile', { data: { book: 'earnings' } }))).toBe('recorded');
  expect(await bookBalances(sql, caseId)).toMatchObject([{ cashFen: 30_000, ledgerFen: 30_500 }, {}]);
  expect(await compareBooks(sql, caseId)).toMatchObject([
    { matched: 1, differences: [{ sourceDoc: 'P-1', why: 'missing' }] },
  ]);
  expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [], openDiscrepancies: 1 });
});

test('sixteen callers on both sides of one book: no gap, nothing lost, all matched', async () => {
  const caseId = await openCase();
  const docs = Array.from({ length: 96 }, (_, i) => i + 1);
  const answers = await Promise.all(
    Array.from({ length: 16 }, async (_, caller) => {
      const codes: string[] = [];
      for (const n of docs.slice((caller >> 1) * 12, (caller >> 1) * 12 + 12)) {
        codes.push(code(await (caller % 2 ? cash : ledger)(caseId, `S-${n}`, n)));
      }
      return codes;
    }),
  );
  expect(new Set(answers.flat())).toEqual(new Set(['recorded']));
  expect(await bookBalances(sql, caseId)).toMatchObject([
    { cashFen: 4_656, cashEntries: 96, ledgerFen: 4_656, vouchers: 96 },
    {},
  ]);
  expect(await compareBooks(sql, caseId)).toMatchObject([{ matched: 96, differences: [] }]);
  expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [], openDiscrepancies: 0 });
});

test('acts of both sides handed over together are recorded in order, in transactions of one side each', async () => {
  const caseId = await openCase();
  const request = (post: string, type: string, data: unknown) => ({
    caseId,
    act: { id: randomUUID(), type, actor: actor(post), data },
  });
  const requests = [1, 2, 3].flatMap((n) => [
    request('residents-representative', 'cash.record', {
      book: 'earnings',
      direction: 'in',
      amountFen: n,
      sourceDoc: `D-${n}`,
      channel: 'cash',
    }),
    request('supervision-head', 'ledger.record', {
      book: 'earnings',
      direction: 'in',
      sourceDoc: `D-${n}`,
      channel: 'cash',
      lines: [{ text: 'x', amountFen: n }],
    }),
  ]);
  const outcomes = await door.acts(caseId, requests);
  expect(outcomes.map(code)).toEqual(Array(6).fill('recorded'));
  expect(await compareBooks(sql, caseId)).toMatchObject([{ matched: 3, matchedFen: 6 }]);
});

test('a holder of two duties by a later appointment writes nothing more, on either side', async () => {
  const caseId = await openCase();
  expect(code(await cash(caseId, 'S-1', 100))).toBe('recorded');
  await sql`UPDATE appointments SET until_at = now() WHERE id = 'supervision-head'`;
  await sql`INSERT INTO appointments (id, post, person, from_at)
    SELECT 'again', 'supervision-head', 'of-residents-representative', until_at FROM appointments WHERE id = 'supervision-head'`;
  await sql`INSERT INTO org_events (seq, type, header, hash, prev, payload, recorded_at)
    SELECT coalesce(max(seq), 0) + 1, 'appointment', '\x01', encode(sha256('\x01'), 'hex'), coalesce(max(hash), repeat('0', 64)), '{}', now() FROM org_events`;
  expect(code(await cash(caseId, 'S-2', 100))).toBe('ROLES_COLLIDE');
  const data = {
    book: 'earnings',
    direction: 'in',
    sourceDoc: 'S-1',
    channel: 'cash',
    lines: [{ text: 'x', amountFen: 100 }],
  };
  expect(code(await act(caseId, 'residents-representative', 'ledger.record', { data }))).toBe('ROLES_COLLIDE');
  expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
});
