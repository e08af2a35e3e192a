import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dueDay } from '../pages/dates.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';

let scene: Scene;
let caseId: string;
beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
});
afterAll(() => scene?.close());

interface Feed {
  readonly id: string;
  readonly url: string;
  readonly lastUsedAt: string | null;
}

const make = async (login: Login, body: object = {}, headers = {}): Promise<Feed> => {
  const response = await scene.ask(login, 'POST', '/calendar-feeds', body, headers);
  expect(response.status).toBe(201);
  return (await response.json()) as Feed;
};
const read = (url: string, headers: Record<string, string> = {}) =>
  scene.app.request(new URL(url).pathname, { headers });
const eventsOf = async (url: string) => {
  const response = await read(url);
  expect(response.status).toBe(200);
  const calendar = new ICAL.Component(ICAL.parse(await response.text()) as unknown as unknown[]);
  return calendar.getAllSubcomponents('vevent').map((each) => new ICAL.Event(each));
};

describe('a calendar feed', () => {
  it('shows every open deadline of its owner on its day, by case number and name of the thing alone', async () => {
    const { url } = await make('secretary');
    expect(url).toMatch(/^http:\/\/localhost\/calendar\/[\w-]{43}\.ics$/);
    const events = await eventsOf(url);
    const response = await scene.ask('secretary', 'GET', '/tasks?limit=200');
    const { items } = (await response.json()) as {
      items: { id: string; case: { id: string; caseNo: string }; dueAt: string | null; name: string }[];
    };
    const dated = items.filter(({ dueAt }) => dueAt !== null);
    expect(dated.length).toBeGreaterThan(3);
    for (const task of dated) {
      const its = events.filter(({ uid }) => uid.startsWith(`${task.case.id}.${task.id}`));
      expect(its.map(({ startDate }) => startDate.toString().slice(0, 10))).toContain(dueDay(task.dueAt!));
      for (const { summary } of its) expect(summary).toContain(task.case.caseNo);
    }
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length);
    const text = await (await read(url)).text();
    for (const secret of ['周某', '邱某', '张某', '车祸', 'p-secretary']) expect(text).not.toContain(secret);
    expect(text).not.toContain('TZID');
    // the planned visits to come, and not only what is open
    const planned = events.filter(({ sequence, startDate }) => sequence === 0 && startDate.toJSDate() > new Date());
    expect(planned.length).toBeGreaterThan(3);
    expect(events.filter(({ sequence }) => sequence >= 1).length).toBeGreaterThan(3);
  });

  it('means days as dates, and marks what hangs on a year without calendar', async () => {
    const { url } = await make('secretary', { months: 12 });
    const events = await eventsOf(url);
    const days = events.filter(({ startDate }) => startDate.isDate);
    expect(days.length).toBeGreaterThan(10);
    const rows = await scene.sql<{ id: string; date: string; provisional: boolean; generation: number }[]>`
      SELECT deadline_id AS id, data ->> 'dueDate' AS date, provisional, generation FROM deadlines
      WHERE case_id = ${caseId} AND state = 'running' AND data ->> 'dueDate' IS NOT NULL AND of <> 'duty'`;
    for (const { id, date, provisional, generation } of rows) {
      const found = events.find(({ uid }) => uid === `${caseId}.${id}@linli`);
      if (!found) continue;
      expect(found.startDate.toString()).toBe(date);
      expect(found.summary.includes('暂定')).toBe(provisional);
      expect(found.component.getFirstPropertyValue('status')).toBe(provisional ? 'TENTATIVE' : 'CONFIRMED');
      expect(found.sequence).toBe(generation);
    }
  });

  it('forgets what is done, and counts up what is moved', async () => {
    const { url } = await make('secretary');
    const stage = (await eventsOf(url)).find(({ uid }) => uid.startsWith(`${caseId}.stage:`))!;
    await scene.act('subDistrictHead', caseId, {
      ...{ type: 'stage.extend', target: stage.uid.split(':')[1]!.replace(/\.\d+@linli$/, '') },
      ...{ reason: '天气不好', data: { budget: '3 working days' } },
    });
    const later = (await eventsOf(url)).find(({ uid }) => uid === stage.uid)!;
    expect(later.sequence).toBe(stage.sequence + 1);
    expect(later.startDate.compare(stage.startDate)).toBeGreaterThan(0);
    const other = await scene.openApproved();
    const ofOther = async () => (await eventsOf(url)).filter(({ uid }) => uid.startsWith(other));
    const before = await ofOther();
    await scene.act('caseworker', other, { type: 'task.skip', target: 'meet', reason: '由家人陪同' });
    const skipped = before.filter(({ uid }) => uid.includes('.meet-'));
    expect(skipped.length).toBe(1);
    expect((await ofOther()).map(({ uid }) => uid)).not.toContain(skipped[0]!.uid);
    await scene.act('secretary', other, { type: 'case.close', reason: '本人退出', data: { outcome: 'withdrew' } });
    expect((await ofOther()).filter(({ uid }) => uid.includes('stage:'))).toEqual([]);
  });

  it('shows what its owner stands in for, and what was given to him by name', async () => {
    const id = await scene.openApproved();
    const { url } = await make('cashHolder');
    const ofCase = async () => (await eventsOf(url)).filter(({ uid }) => uid.startsWith(id));
    expect(await ofCase()).toEqual([]);
    await scene.act('secretary', id, { type: 'task.assign', target: 'meet', data: { to: 'p-cash-holder' } });
    expect((await ofCase()).map(({ uid }) => uid)).toEqual([`${id}.meet-1@linli`]);
    await scene.sql`INSERT INTO substitutions (id, post, person, from_at)
      VALUES ('in-for', 'community-1-secretary', 'p-cash-holder', now())`;
    expect((await ofCase()).length).toBeGreaterThan(10);
    await scene.sql`UPDATE substitutions SET until_at = now() WHERE id = 'in-for'`;
    expect(await ofCase()).toHaveLength(1);
  });

  it('answers 304 to its ETag, and keeps what lies on the way from keeping it', async () => {
    const { url } = await make('secretary');
    const first = await read(url);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(first.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    const etag = first.headers.get('etag') ?? '';
    const again = await read(url, { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    await scene.openApproved();
    expect((await read(url, { 'if-none-match': etag })).status).toBe(200);
  });

  it('is its owner’s to list, renew and revoke; a dead address tells nothing', async () => {
    const { id, url } = await make('accountant');
    expect((await scene.ask('cashHolder', 'DELETE', `/calendar-feeds/${id}`)).status).toBe(404);
    const list = async () =>
      (await (await scene.ask('accountant', 'GET', '/calendar-feeds')).json()) as { items: Feed[] };
    expect((await list()).items).toMatchObject([{ id, url: null, lastUsedAt: null }]);
    await read(url);
    expect((await list()).items[0]!.lastUsedAt).toMatch(/Z$/);

    const key = { 'idempotency-key': 'renew-1' };
    const renewed = (await (
      await scene.ask('accountant', 'POST', `/calendar-feeds/${id}/rotate`, undefined, key)
    ).json()) as Feed;
    const same = (await (
      await scene.ask('accountant', 'POST', `/calendar-feeds/${id}/rotate`, undefined, key)
    ).json()) as Feed;
    expect(same.url).toBe(renewed.url);
    expect(renewed.url).not.toBe(url);
    expect((await read(renewed.url)).status).toBe(200);

    expect((await scene.ask('accountant', 'DELETE', `/calendar-feeds/${id}`)).status).toBe(204);
    const dead = await Promise.all(
      [url, renewed.url, 'http://localhost/calendar/x.ics', `http://localhost/calendar/${'A'.repeat(43)}.ics`].map(
        async (each) => {
          const response = await read(each);
          return [response.status, await response.text(), response.headers.get('cache-control')];
        },
      ),
    );
    expect(dead[0]![0]).toBe(404);
    expect(new Set(dead.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(
      await scene.sql`SELECT FROM calendar_feeds WHERE hash = ${url.slice(-47, -4)} OR nonce = ${url}`,
    ).toHaveLength(0);
  });

  it('is made once under an Idempotency-Key, and told only to who made it', async () => {
    const key = { 'idempotency-key': 'feed-1' };
    const one = await make('districtHead', { months: 2 }, key);
    expect((await make('districtHead', { months: 2 }, key)).url).toBe(one.url);
    const other = await scene.ask('districtHead', 'POST', '/calendar-feeds', { months: 5 }, key);
    expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('ends with its owner’s last key, and takes no more questions than a calendar program has', async () => {
    const { url } = await make('otherCaseworker');
    const answers = await Promise.all(Array.from({ length: 25 }, () => read(url)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBe(5);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    await scene.sql`UPDATE api_keys SET revoked_at = now() WHERE person = 'p-caseworker-2'`;
    expect((await read(url)).status).toBe(404);
  });

  it('takes no more than ten a person', async () => {
    for (let n = 0; n < 10; n++) await make('subDistrictHead');
    const response = await scene.ask('subDistrictHead', 'POST', '/calendar-feeds', {});
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([409, 'LIMIT_REACHED']);
  });
});
