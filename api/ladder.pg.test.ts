import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveries } from '../door/deliveries.ts';
import { verifyOrganisation } from '../door/verify-organisation.ts';
import { toDate } from '../engine/time/civil.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

type Json = Record<string, unknown>;
const ask = async (login: Login, method: string, path: string, body?: unknown) => {
  const response = await scene.ask(login, method, path, body);
  const text = await response.text();
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Json };
};
const code = ({ status, body }: { status: number; body: Json }) =>
  status < 300 ? status : `${status} ${body['code']}`;
const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

describe('/substitutions', () => {
  it.each<[string, Login, Record<string, unknown>, unknown]>([
    ['by the administrator alone', 'director', {}, '403 FORBIDDEN'],
    ['never of a post that keeps money', 'admin', { post: 'community-1-residents-representative' }, '409 NO_DEPUTY'],
    ['never of the holder by himself', 'admin', { person: 'p-secretary' }, '422 INVALID_DATA'],
    ['never back in time', 'admin', { from: soon(-60) }, '422 INVALID_DATA'],
    ['never the wrong way round', 'admin', { from: soon(60), until: soon(30) }, '422 INVALID_DATA'],
    ['of a post that is there', 'admin', { post: 'nothing' }, '422 UNKNOWN_ASSIGNMENT'],
    ['by a person that is there', 'admin', { person: 'nobody' }, '422 UNKNOWN_ASSIGNMENT'],
  ])('are made %s', async (_, login, change, result) => {
    const body = { post: 'community-1-secretary', person: 'p-director-2', ...change };
    expect(code(await ask(login, 'POST', '/substitutions', body))).toBe(result);
  });

  it('let a deputy read, be told and act from then on, beside the holder, until they end', async () => {
    const caseId = await scene.openApproved();
    const note = (text: string) =>
      ask('stranger', 'POST', `/cases/${caseId}/acts`, { type: 'note.add', data: { text } });
    expect(code(await note('x'))).toBe('404 NOT_FOUND');
    const wish = { post: 'community-1-secretary', person: 'p-director-2', until: soon(60) };
    const made = await ask('admin', 'POST', '/substitutions', wish);
    expect([made.status, made.body]).toMatchObject([201, { post: wish.post, person: wish.person, until: wish.until }]);
    expect(code(await ask('admin', 'POST', '/substitutions', { ...wish, person: 'p-auditor' }))).toBe('409 POST_HELD');
    const at = encodeURIComponent(soon(1));
    expect((await ask('auditor', 'GET', `/substitutions?post=${wish.post}&at=${at}`)).body['items']).toHaveLength(1);

    expect(code(await note('代理走访'))).toBe(200);
    const [event] =
      await scene.sql`SELECT actor_id, actor_post FROM events WHERE case_id = ${caseId} AND type = 'note.added'`;
    expect(event).toEqual({ actor_id: 'p-director-2', actor_post: 'community-1-secretary' });
    await scene.act('caseworker', caseId, { type: 'deadline.nudge', target: 'speak' });
    const inbox = async (login: Login) => (await ask(login, 'GET', '/inbox')).body['items'] as Json[];
    const nudges = async (login: Login) =>
      (await inbox(login)).filter((each) => each['caseId'] === caseId && each['kind'] === 'nudge');
    expect(await nudges('secretary')).toHaveLength(1);
    const [told] = await nudges('stranger');
    expect(told).toMatchObject({ post: null, person: 'p-director-2', deputyFor: wish.post });
    expect(code(await ask('stranger', 'POST', `/inbox/${told!['id']}/acknowledge`))).toBe(200);

    const payout = { type: 'payout.request', data: { book: 'earnings', amountFen: 100, channel: 'cash', text: 'x' } };
    expect(code(await ask('stranger', 'POST', `/cases/${caseId}/acts`, payout))).toBe('403 FORBIDDEN');

    const end = await ask('admin', 'POST', `/substitutions/${made.body['id']}/end`, {});
    expect([end.status, String(end.body['until']) < wish.until]).toEqual([200, true]);
    expect(code(await note('y'))).toBe('404 NOT_FOUND');
    const types = await scene.sql`SELECT type FROM org_events ORDER BY seq DESC LIMIT 2`;
    expect(types.map(({ type }) => type)).toEqual(['substitution.ended', 'substitution.made']);
  });
});

describe('working hours of a unit', () => {
  it('are set by its administrator and hold for rungs planned from then on', async () => {
    const path = '/units/community-1/hours';
    expect(code(await ask('director', 'PUT', path, { hours: { from: '10:00', to: '16:00' } }))).toBe('403 FORBIDDEN');
    expect(code(await ask('admin', 'PUT', path, { hours: { from: '16:00', to: '10:00' } }))).toBe('422 INVALID_DATA');
    expect(code(await ask('admin', 'PUT', '/units/nowhere/hours', { hours: null }))).toBe('404 NOT_FOUND');
    const set = await ask('admin', 'PUT', path, { hours: { from: '10:30', to: '16:00' } });
    expect(set.body).toMatchObject({ id: 'community-1', hours: { from: '10:30', to: '16:00' } });
    const caseId = await scene.openApproved();
    const [row] = await scene.sql`SELECT data FROM deadlines WHERE case_id = ${caseId} AND "of" = 'stage'`;
    const times = (row!['data'].rungs as { at: string; tell: string }[]).map(
      ({ at, tell }) => `${tell} ${at.slice(11, 16)}`,
    );
    expect(times.slice(0, 3)).toEqual(['holder 02:30', 'holder 02:30', 'unit 02:30']);
    expect((await ask('admin', 'PUT', path, { hours: null })).body).toMatchObject({
      hours: { from: '09:00', to: '17:00' },
    });
  });
});

describe('the inbox', () => {
  it('shows what was brought, and why', async () => {
    const caseId = await scene.openApproved();
    await createDeliveries({ sql: scene.worker, settleMs: 0 }).turn();
    const { items } = (await ask('secretary', 'GET', '/inbox')).body as unknown as { items: Json[] };
    const own = items.filter((each) => each['caseId'] === caseId);
    expect(own.length).toBeGreaterThan(3);
    for (const each of own) expect(each).toMatchObject({ brought: 1, broughtWhy: 'first' });
    const brought = (await ask('secretary', 'GET', '/inbox/deliveries?lang=en')).body as unknown as { items: Json[] };
    expect(brought.items[0]).toMatchObject({ kind: 'digest', text: expect.stringContaining('messages: ') });
    expect((brought.items[0]!['messages'] as { why: string }[]).length).toBe(brought.items[0]!['count']);
    expect((await ask('stranger', 'GET', '/inbox/deliveries')).body).toEqual({ items: [], nextCursor: null });
  });
});

describe('/accountability', () => {
  it('gives the yearly report of a post, with the records of that year', async () => {
    const caseId = await scene.openApproved();
    const [visit] =
      await scene.sql`SELECT id, due_at FROM accountability WHERE case_id = ${caseId} ORDER BY due_at LIMIT 1`;
    const year = Number(toDate(new Date(Date.parse(visit!['due_at']) - 1).toISOString()).slice(0, 4));
    const before = new Date(Date.parse(visit!['due_at']) - 3_600_000).toISOString();
    const late = {
      type: 'task.complete',
      target: visit!['id'].split('.')[0],
      occurredAt: before,
      reason: '走访日记后补',
    };
    await scene.act('caseworker', caseId, { ...late, data: { fields: { mood: '平稳' } } });
    await scene.act('secretary', caseId, {
      type: 'accountability.answer',
      target: visit!['id'],
      data: { text: '当时在外开会' },
    });
    await scene.act('director', caseId, {
      type: 'accountability.decide',
      target: visit!['id'],
      data: { outcome: 'excused' },
    });
    const path = `/accountability?post=community-1-secretary&year=${year}`;
    const { report, items } = (await ask('secretary', 'GET', path)).body as unknown as { report: Json; items: Json[] };
    expect(report).toMatchObject({
      post: 'community-1-secretary',
      year,
      holders: [{ person: 'p-secretary', deputy: false }, { deputy: true }],
    });
    const counts = report['counts'] as Record<string, number>;
    expect(counts['recordedLate']).toBe(1);
    expect(counts['overdue']! + counts['open']!).toBeGreaterThan(0);
    const [all] = await scene.sql`SELECT count(*) AS n FROM deadlines WHERE answering_post = 'community-1-secretary'
      AND due_at <= ${`${year}-12-31T16:00:00.000Z`} AND due_at > ${`${year - 1}-12-31T16:00:00.000Z`}`;
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(all!['n']);
    expect(items.find(({ id, caseId: of }) => id === visit!['id'] && of === caseId)).toMatchObject({
      result: 'done in time, recorded late',
      outcome: 'excused',
    });
    const zh = await (await scene.ask('secretary', 'GET', `${path}&format=text`)).text();
    expect(zh).toContain(`${year} 年述职报告`);
    expect(zh).toContain('结果：按期办结，补录较晚');
    expect(zh).toContain('说明：当时在外开会');
    const en = await (await scene.ask('secretary', 'GET', `${path}&format=text&lang=en`)).text();
    expect(en).toContain('Result: done in time, recorded late');
    expect(en).toContain('(deputy)');
    const foreign = (await ask('stranger', 'GET', path)).body as unknown as {
      report: { counts: Record<string, number> };
      items: Json[];
    };
    expect([foreign.items, Object.values(foreign.report.counts)]).toEqual([[], [0, 0, 0, 0, 0, 0]]);
    expect((await ask('secretary', 'GET', `/accountability?year=${year - 5}`)).body['items']).toEqual([]);
    expect(code(await ask('secretary', 'GET', '/accountability?format=text'))).toBe('422 INVALID_DATA');
    expect(code(await ask('secretary', 'GET', `/accountability?post=${randomUUID()}&year=${year}`))).toBe(
      '404 NOT_FOUND',
    );
  });
});

it('every change of hours and deputies is what the chain of the organisation leads to', async () => {
  const body = { post: 'community-2-secretary', person: 'p-director', from: soon(60), until: soon(120) };
  const later = await ask('admin', 'POST', '/substitutions', body);
  expect(code(await ask('admin', 'POST', `/substitutions/${later.body['id']}/end`, {}))).toBe(200);
  await ask('admin', 'PUT', '/units/community-2/hours', { hours: { from: '08:30', to: '12:00' } });
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
  await scene.sql`UPDATE units SET hours_to = '12:30' WHERE id = 'community-2'`;
  await scene.sql`UPDATE substitutions SET person = 'p-auditor' WHERE id = ${String(later.body['id'])}`;
  expect((await verifyOrganisation(scene.sql)).map(({ what }) => what)).toEqual([
    'units community-2 is not what the events lead to',
    expect.stringMatching(/^substitutions community-2-secretary from .* is not what the events lead to$/),
  ]);
});

it('what nobody in office could be told lies with the administrators of the highest unit', async () => {
  const caseId = await scene.open();
  await scene.sql`UPDATE appointments SET until_at = clock_timestamp()
    WHERE post IN ('subdistrict-1-head', 'district-1-head') AND until_at IS NULL`;
  const body = { post: 'community-2-secretary', person: 'p-director', from: soon(200), until: soon(220) };
  expect((await ask('admin', 'POST', '/substitutions', body)).status).toBe(201); // the organisation is read anew
  await scene.act('caseworker', caseId, { type: 'complaint.make', data: { text: '没有人管' } });
  const complaints = async (login: Login) =>
    ((await ask(login, 'GET', '/inbox')).body['items'] as Json[]).filter(
      (each) => each['caseId'] === caseId && each['kind'] === 'complaint',
    );
  expect((await complaints('admin')).map(({ post, person, unit }) => [post, person, unit])).toEqual([
    [null, null, 'district-1'],
  ]);
  expect([await complaints('director'), await complaints('auditor')]).toEqual([[], []]);
});
