import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { overClearEvents } from '../test/support/clear-events.ts';
import { type Json, openVouchers } from './books.fixture.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

// Books with reviewed vouchers over HTTP, through the real door: review, match by hand, money of several persons, codes.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene({}, join(import.meta.dirname, '../test/support/programs'));
});
afterAll(() => scene?.close());

const reviewer: Login = 'director';

const open = () => openVouchers(scene);

const read = async (login: Login, path: string) => (await (await scene.ask(login, 'GET', path)).json()) as Json;
const items = async (login: Login, path: string) => (await read(login, path))['items'] as Json[];
const code = async (login: Login, caseId: string, act: Json, path = `/cases/${caseId}/acts`) => {
  const response = await scene.ask(login, 'POST', path, act);
  return response.status === 200 ? 200 : ((await response.json()) as { code: string }).code;
};

const cash = (sourceDoc: string, amountFen: number, more: Json = {}) => ({
  type: 'cash.record',
  data: { book: 'kept', direction: 'in', channel: 'cash', sourceDoc, amountFen, ...more },
});
const ledger = (sourceDoc: string, shares: Record<string, number>, more: Json = {}) => ({
  type: 'ledger.record',
  data: {
    ...{ book: 'kept', direction: 'in', channel: 'cash', sourceDoc },
    lines: Object.entries(shares).map(([party, amountFen]) => ({ text: '笔筒', amountFen, party })),
    ...more,
  },
});
const waiting = async (caseId: string) => (await items(reviewer, `/cases/${caseId}/books/drafts`))[0]?.['id'] as string;
const review = async (caseId: string, approve = true) =>
  code(reviewer, caseId, {
    type: 'voucher.review',
    target: await waiting(caseId),
    data: { approve, ...(approve ? {} : { text: '摘要不清' }) },
  });
const holds = async (caseId: string) =>
  expect(await verifyBooks(scene.sql, { caseId })).toMatchObject({ holds: true, findings: [] });

/** Puts another person into the reviewer's post. */
async function appoint(person: string): Promise<void> {
  const post = 'community-1-director';
  const [held] = (await items('admin', `/appointments?post=${post}&limit=200`)).filter(({ until }) => until === null);
  expect((await scene.ask('admin', 'POST', `/appointments/${held?.['id']}/end`, {})).status).toBe(200);
  expect((await scene.ask('admin', 'POST', '/appointments', { post, person })).status).toBe(201);
}

/** 600 and 400 fen of two households, recorded by both sides and reviewed. */
async function withMoney() {
  const opened = await open();
  const { caseId, persons } = opened;
  await scene.act('cashHolder', caseId, cash('S-1', 1000));
  await scene.act('accountant', caseId, ledger('S-1', { [persons[0]!]: 600, [persons[1]!]: 400 }));
  expect(await review(caseId)).toBe(200);
  return opened;
}

/** A payout of the first household that is approved. */
async function withPayout() {
  const opened = await withMoney();
  const { caseId, persons } = opened;
  const data = { book: 'kept', channel: 'cash', amountFen: 500, text: '生活费', party: persons[0], witness: '罗某' };
  await scene.act('accountant', caseId, { type: 'payout.request', onBehalfOf: persons[0], data });
  const [payout] = (await read('secretary', `/cases/${caseId}/books`))['payouts'] as { id: string }[];
  expect(payout).toMatchObject({ party: persons[0] });
  await scene.act('secretary', caseId, { type: 'payout.approve', target: payout!.id });
  return { ...opened, payout: payout!.id };
}

describe('a voucher under review', () => {
  it('is the reviewer’s task, hidden from the cash holder, and posted with both names', async () => {
    const { caseId, persons } = await open();
    const made = ledger('S-1', { [persons[0]!]: 71_234 });
    await scene.act('accountant', caseId, made);
    const tasks = await items(reviewer, '/tasks');
    expect(tasks.filter((task) => (task['case'] as Json)['id'] === caseId && task['kind'] === 'review')).toMatchObject([
      { key: 'kept', by: 'reviewer' },
    ]);
    expect(await items('accountant', `/cases/${caseId}/books/drafts`)).toMatchObject([{ amountFen: 71_234 }]);
    for (const path of [
      '/books/drafts',
      '/timeline?limit=200',
      '/books',
      '/books/accounts',
      '/deadlines',
      '/books/persons',
    ])
      expect(await (await scene.ask('cashHolder', 'GET', `/cases/${caseId}${path}`)).text(), path).not.toMatch(
        /71234|712\.34/,
      );
    for (const login of ['accountant', 'cashHolder', 'secretary', 'caseworker'] as const) {
      const act = { type: 'voucher.review', target: await waiting(caseId), data: { approve: true } };
      expect(await code(login, caseId, act), login).toBe('FORBIDDEN');
    }
    expect(await review(caseId, false)).toBe(200);
    expect(await waiting(caseId)).toBeUndefined();
    await scene.act('accountant', caseId, made);
    expect(await review(caseId)).toBe(200);
    expect(await items('auditor', `/cases/${caseId}/books/accounts`)).toMatchObject([
      { no: 1, recordedBy: 'p-accountant', reviewedBy: 'p-director' },
    ]);
    expect(await code('cashHolder', caseId, cash('S-1', 71_234))).toBe(200);
    expect(await items('auditor', `/cases/${caseId}/books/drafts?state=all`)).toMatchObject([
      { state: 'posted' },
      { state: 'returned' },
    ]);
    const timeline = await (await scene.ask('auditor', 'GET', `/cases/${caseId}/timeline?limit=200`)).text();
    expect(timeline).toContain('凭证待复核：单据 S-1，收 712.34 元');
    expect(timeline).toContain('凭证退回重做：单据 S-1。摘要不清');
    await holds(caseId);
  });

  it('falls due, and the ladder tells of it without its figure', async () => {
    const { caseId, persons } = await open();
    await scene.act('accountant', caseId, ledger('S-1', { [persons[0]!]: 500 }));
    const [clock] = (await items(reviewer, `/cases/${caseId}/deadlines`)).filter(({ name }) =>
      String(name).includes('等待复核'),
    );
    expect(clock).toMatchObject({ of: 'discrepancy', rungs: [{}, {}, {}] });
  });

  it('two duties on one book are refused when the case is opened', async () => {
    const response = await scene.ask('caseworker', 'POST', '/cases', {
      ...{ program: 'vouchers', unit: 'community-1', data: { need: 'x' } },
      parties: [{ role: 'households', name: '周某' }],
      assignments: { reviewer: 'community-1-secretary' },
    });
    expect([response.status, ((await response.json()) as Json)['code']]).toEqual([422, 'ROLES_NOT_APART']);
  });

  it('no substitution, later assignment or second post brings two duties together', async () => {
    const { caseId, persons } = await open();
    await scene.act('accountant', caseId, ledger('S-1', { [persons[0]!]: 500 }));
    const data = { role: 'reviewer', party: { person: 'p-accountant' } };
    expect(await code('secretary', caseId, { type: 'party.change', reason: '换人', data })).toBe('ROLES_COLLIDE');
    const target = await waiting(caseId);
    // an appointment that makes the accountant the reviewer as well: what he does then is refused
    await appoint('p-accountant');
    try {
      const act = { type: 'voucher.review', target, data: { approve: true } };
      expect(await code('accountant', caseId, act)).toBe('ROLES_COLLIDE');
      expect(await code('accountant', caseId, ledger('S-2', { [persons[0]!]: 500 }))).toBe('ROLES_COLLIDE');
    } finally {
      await appoint('p-director');
    }
    expect(await review(caseId)).toBe(200);
    await holds(caseId);
  });
});

describe('a match by hand', () => {
  it('brings several receipts and one line of the bank together, and comes apart by red ink', async () => {
    const { caseId } = await open();
    const bank = { book: 'funds', channel: 'bank', direction: 'in' };
    await scene.act('cashHolder', caseId, {
      type: 'cash.record',
      data: { ...bank, sourceDoc: 'BANK-7', amountFen: 1000 },
    });
    for (const [sourceDoc, amountFen] of [
      ['R-1', 600],
      ['R-2', 400],
    ] as const) {
      const lines = [{ text: '补助', amountFen, account: '4401' }];
      await scene.act('accountant', caseId, { type: 'ledger.record', data: { ...bank, sourceDoc, lines } });
      expect(await review(caseId)).toBe(200);
    }
    const vouchers = (await items('auditor', `/cases/${caseId}/books/accounts`)).map(({ id }) => id);
    const act = { type: 'books.match', data: { book: 'funds', cash: ['funds.c.bank.1'], ledger: vouchers } };
    for (const login of ['cashHolder', 'accountant', 'caseworker'] as const)
      expect(await code(login, caseId, act)).toBe('FORBIDDEN');
    expect(await code(reviewer, caseId, act)).toBe('ROLES_COLLIDE');
    expect(await code('secretary', caseId, { ...act, data: { ...act.data, ledger: vouchers.slice(1) } })).toBe(
      'BLOCKED',
    );
    expect(await code('secretary', caseId, act)).toBe(200);
    const compared = await read('auditor', `/cases/${caseId}/books/reconciliations`);
    expect((compared['now'] as Json[]).find(({ book }) => book === 'funds')).toMatchObject({
      matched: 3,
      differences: [],
    });
    await holds(caseId);
    await scene.act('accountant', caseId, { type: 'entry.reverse', target: vouchers[1], reason: '记错' });
    expect(await review(caseId)).toBe(200);
    const after = await read('auditor', `/cases/${caseId}/books/reconciliations`);
    const { differences } = (after['now'] as { book: string; differences: Json[] }[]).find(
      ({ book }) => book === 'funds',
    )!;
    expect(differences.map(({ sourceDoc }) => sourceDoc)).toEqual(['BANK-7', 'R-1']);
    await holds(caseId);
  });
});

describe('money of several persons', () => {
  it('is kept apart for each, and nobody is paid from another’s', async () => {
    const { caseId, persons, payout } = await withPayout();
    expect(await items('auditor', `/cases/${caseId}/books/persons`)).toEqual([
      { book: 'kept', party: persons[0], recordedFen: 600, paidFen: 0, leftFen: 600 },
      { book: 'kept', party: persons[1], recordedFen: 400, paidFen: 0, leftFen: 400 },
    ]);
    const data = { book: 'kept', channel: 'cash', amountFen: 401, text: 'x', witness: '罗某' };
    expect(await code('accountant', caseId, { type: 'payout.request', onBehalfOf: persons[1], data })).toBe(
      'INVALID_DATA',
    );
    await scene.act('accountant', caseId, {
      type: 'payout.request',
      onBehalfOf: persons[1],
      data: { ...data, party: persons[1] },
    });
    const [more] = (await read('secretary', `/cases/${caseId}/books`))['payouts'] as { id: string }[];
    expect(await code('secretary', caseId, { type: 'payout.approve', target: more!.id })).toBe('NOT_ENOUGH_MONEY');
    await scene.act('cashHolder', caseId, cash('P-1', 500, { direction: 'out', payout }));
    await scene.act('accountant', caseId, ledger('P-1', { [persons[0]!]: 500 }, { direction: 'out', payout }));
    expect(await review(caseId)).toBe(200);
    expect(await items('auditor', `/cases/${caseId}/books/persons`)).toMatchObject([
      { recordedFen: 600, paidFen: 500, leftFen: 100 },
      { recordedFen: 400, paidFen: 0, leftFen: 400 },
    ]);
    await holds(caseId);
  });
});

describe('a code that confirms a payout', () => {
  const give = async (login: Login, caseId: string, payout: string, way = 'slip', key?: string) => {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const response = await scene.ask(login, 'POST', `/cases/${caseId}/payouts/${payout}/code`, { way }, headers);
    return { status: response.status, body: (await response.json()) as Json };
  };
  const confirm = (
    login: Login,
    { caseId, payout, persons }: { caseId: string; payout: string; persons: string[] },
    typed: string,
  ) => code(login, caseId, { type: 'payout.confirm', target: payout, onBehalfOf: persons[0], data: { code: typed } });

  it('is shown once to who gives it out, confirms once, and stands nowhere in clear', async () => {
    const paid = await withPayout();
    const { caseId, payout } = paid;
    for (const login of ['cashHolder', 'accountant'] as const)
      expect((await give(login, caseId, payout)).status).toBe(403);
    expect((await give('stranger', caseId, payout)).status).toBe(404);
    const given = await give('secretary', caseId, payout, 'slip', 'once');
    expect(given.body).toMatchObject({ way: 'slip', code: expect.stringMatching(/^\d{8}$/), sentTo: null });
    expect((await give('secretary', caseId, payout, 'slip', 'once')).body).toMatchObject({ code: null });
    const typed = given.body['code'] as string;
    expect(await confirm('caseworker', paid, typed)).toBe('BLOCKED');
    await scene.act('cashHolder', caseId, cash('P-1', 500, { direction: 'out', payout }));
    expect(await confirm('secretary', paid, typed)).toBe('ROLES_COLLIDE');
    expect(await confirm('cashHolder', paid, typed)).toBe('ROLES_COLLIDE');
    expect(await confirm('caseworker', paid, typed)).toBe(200);
    expect(await confirm('caseworker', paid, typed)).toBe('NOT_OPEN');
    const record = await (await scene.ask('auditor', 'GET', `/cases/${caseId}/timeline?limit=200`)).text();
    expect(record).toContain('凭确认码');
    const [stored] = await overClearEvents(
      scene.sql,
      (tx) => tx`SELECT string_agg(convert_from(payload, 'UTF8'), '') AS all FROM events WHERE case_id = ${caseId}`,
    );
    const [kept] =
      await scene.sql`SELECT json_agg(c)::text AS all FROM person.payout_codes c WHERE case_id = ${caseId}`;
    for (const text of [record, stored!['all'], kept!['all']]) expect(text).not.toContain(typed);
    await holds(caseId);
  });

  it('holds for five tries, also of those that were refused, and a dry run tries none', async () => {
    const paid = await withPayout();
    const { caseId, payout, persons } = paid;
    const { body } = await give('secretary', caseId, payout);
    const typed = body['code'] as string;
    const wrong = typed === '00000000' ? '00000001' : '00000000';
    await scene.act('cashHolder', caseId, cash('P-1', 500, { direction: 'out', payout }));
    const act = { type: 'payout.confirm', target: payout, onBehalfOf: persons[0], data: { code: typed } };
    for (let i = 0; i < 7; i++)
      expect(await code('caseworker', caseId, act, `/cases/${caseId}/acts?dryRun=true`)).toBe('CODE_WRONG');
    for (let i = 0; i < 5; i++) expect(await confirm('caseworker', paid, wrong)).toBe('CODE_WRONG');
    expect(await confirm('caseworker', paid, typed)).toBe('CODE_WRONG');
    const again = await give('secretary', caseId, payout);
    expect(await confirm('caseworker', paid, again.body['code'] as string)).toBe(200);
  });

  it('goes to a verified address of the person, in a text that says what it is for', async () => {
    const paid = await withPayout();
    const { caseId, payout, persons } = paid;
    expect((await give('secretary', caseId, payout, 'channel')).body).toMatchObject({ code: 'BLOCKED' });
    await scene.sql`INSERT INTO person.people (id, name) VALUES ('p-household', '周某')`;
    await scene.act('secretary', caseId, {
      type: 'party.change',
      target: persons[0],
      reason: '登记身份',
      data: { party: { person: 'p-household' } },
    });
    await scene.sql`
      INSERT INTO person.channel_endpoints (id, person, channel, settings, hint, request_hash, language, trusted, digest, created_by, created_at, verified_at)
      VALUES ('e-1', 'p-household', 'sms', '{"phone":"13800000000"}', '138••••0000', ${'0'.repeat(64)}, 'zh', false, 'atOnce', 'p-household', now(), now())`;
    const given = await give('secretary', caseId, payout, 'channel');
    expect(given.body).toMatchObject({ way: 'channel', code: null, sentTo: '138••••0000' });
    const [lent] = await scene.sql`SELECT code FROM person.channel_endpoints WHERE id = 'e-1'`;
    const [sent] = await scene.sql`SELECT kind, text_zh FROM sendings WHERE endpoint_id = 'e-1'`;
    expect(sent).toMatchObject({ kind: 'code', text_zh: expect.stringContaining('{code}') });
    await scene.act('cashHolder', caseId, cash('P-1', 500, { direction: 'out', payout }));
    expect(await confirm('secretary', paid, lent!['code'] as string)).toBe(200);
  });
});
