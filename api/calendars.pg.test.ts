import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProjector } from '../activities/projector.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

interface Year {
  readonly revision: number;
  readonly provisional: boolean;
  readonly calendar: string;
  readonly source: readonly { number?: string; url?: string }[];
  readonly days: readonly { date: string; name: string; off: boolean }[];
  readonly loadedBy: { id: string } | null;
  readonly projection: { state: string; affected: number; done: number } | null;
  readonly code?: string;
  readonly errors?: readonly { path: string; message: string }[];
}

const put = async (login: Login, path: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await scene.ask(login, 'PUT', `/calendars/${path}`, body, headers);
  return { status: response.status, etag: response.headers.get('etag'), body: (await response.json()) as Year };
};
const get = async (path: string, login: Login = 'caseworker') => {
  const response = await scene.ask(login, 'GET', `/calendars/${path}`);
  return { status: response.status, etag: response.headers.get('etag'), body: (await response.json()) as Year };
};
const newYear = (year: number, ...more: readonly object[]) => ({
  year,
  source: [{ number: '国办发明电〔2026〕9号', url: 'https://www.gov.cn/zhengce/1.htm' }],
  days: [{ date: `${year}-01-01`, name: '元旦', off: true }, ...more],
});

describe('GET /calendars/{year}', () => {
  it('gives the official years with their sources', async () => {
    const { status, etag, body } = await get('2026');
    expect([status, etag]).toEqual([200, '"1"']);
    expect(body).toMatchObject({ revision: 1, provisional: false, loadedBy: { id: 'linli' } });
    expect(body.source.map(({ number }) => number)).toEqual(['国办发明电〔2025〕7号']);
    expect(body.days.filter(({ off }) => !off).length).toBe(6);
  });

  it('says that a year without a record is provisional, with the holidays of the law', async () => {
    const { etag, body } = await get('2032');
    expect(etag).toBe('"0"');
    expect(body).toMatchObject({ revision: 0, provisional: true, source: [], projection: null });
    expect(body.days.length).toBe(13);
  });

  it('knows an area by its unit', async () => {
    expect((await get('2026?area=community-1')).body).toMatchObject({ revision: 0, provisional: false, days: [] });
    expect((await get('2026?area=nowhere')).status).toBe(404);
    expect((await get('1066')).status).toBe(422);
    expect((await scene.ask(undefined, 'GET', '/calendars/2026')).status).toBe(401);
  });
});

describe('PUT /calendars/{year}', () => {
  it('is for administrators', async () => {
    for (const login of ['caseworker', 'auditor', 'districtHead'] as const)
      expect((await put(login, '2028', newYear(2028))).status, login).toBe(403);
    expect((await get('2028')).body.revision).toBe(0);
  });

  it('loads a year, takes the same again, and refuses what was made on an older revision', async () => {
    const first = await put('admin', '2028', newYear(2028), { 'if-match': '"0"' });
    expect([first.status, first.etag]).toEqual([200, '"1"']);
    expect(first.body).toMatchObject({ revision: 1, provisional: false, loadedBy: { id: 'p-admin' } });
    expect((await put('admin', '2028', newYear(2028), { 'if-match': '"0"' })).body.revision).toBe(1);
    const changed = newYear(2028, { date: '2028-01-03', name: '元旦', off: true });
    const stale = await put('admin', '2028', changed, { 'if-match': '"0"' });
    expect([stale.status, stale.body.code]).toEqual([412, 'STALE_REVISION']);
    const second = await put('admin', '2028', changed, { 'if-match': '"1"' });
    expect(second.body.revision).toBe(2);
    expect(second.body.calendar).not.toBe(first.body.calendar);
    expect((await get('2028')).body.calendar).toBe(second.body.calendar);
  });

  it('takes the form of holiday-cn', async () => {
    const { status, body } = await put('admin', '2029', {
      $schema: 'https://example.org/schema.json',
      $id: 'https://example.org/2029.json',
      year: 2029,
      papers: ['https://www.gov.cn/zhengce/2.htm'],
      days: [
        { name: '元旦', date: '2029-01-01', isOffDay: true },
        { name: '元旦', date: '2029-01-06', isOffDay: false },
      ],
    });
    expect(status).toBe(200);
    expect(body.source).toEqual([{ url: 'https://www.gov.cn/zhengce/2.htm' }]);
    expect(body.days.map(({ date, off }) => [date, off])).toEqual([
      ['2029-01-01', true],
      ['2029-01-06', false],
    ]);
  });

  it.each([
    [
      'a date outside the year',
      newYear(2030, { date: '2031-01-01', name: '元旦', off: true }),
      'days[1].date',
      '2031-01-01',
    ],
    ['a day twice', newYear(2030, { date: '2030-01-01', name: '元旦', off: true }), 'days[1].date', 'twice'],
    [
      'a working day that is one',
      newYear(2030, { date: '2030-01-02', name: '元旦', off: false }),
      'days[1].off',
      'already',
    ],
    ['no date at all', newYear(2030, { date: '2030-02-30', name: '春节', off: true }), 'days[1].date', 'date'],
    ['another year than the address', newYear(2029), 'year', '2030'],
    ['a field nobody knows', { ...newYear(2030), more: 1 }, '', ''],
    ['no days', { year: 2030, source: [] }, 'days', ''],
  ])('refuses %s and says where', async (_, body, path, words) => {
    const { status, body: answer } = await put('admin', '2030', body, { 'accept-language': 'en' });
    expect([status, answer.code]).toEqual([422, 'INVALID_DATA']);
    expect(answer.errors?.map((error) => error.path)).toContain(path);
    expect(answer.errors?.some(({ message }) => message.includes(words))).toBe(true);
    expect((await get('2030')).body.revision).toBe(0);
  });

  it('lays the days of an area over the country’s', async () => {
    const festival = { year: 2026, source: [], days: [{ date: '2026-12-24', name: '地方节日', off: true }] };
    expect((await put('admin', '2026?area=nowhere', festival)).status).toBe(404);
    expect((await put('caseworker', '2026?area=community-2', festival)).status).toBe(403);
    const { status, body } = await put('admin', '2026?area=community-2', festival);
    expect([status, body.revision, body.provisional]).toEqual([200, 1, false]);
    expect(body.calendar).not.toBe((await get('2026')).body.calendar);
    expect((await get('2026')).body.revision).toBe(1);
  });
});

describe('deadlines after a load', () => {
  it('are explained by the calendar that holds now, and the load tells how far it has come', async () => {
    const caseId = await scene.open();
    const before = await deadlines(caseId);
    const crossing = before.find(({ provisional }) => provisional);
    const today = new Date().toISOString().slice(0, 4);
    const year = Number((crossing ?? before[0]!).dueAt.slice(0, 4));
    const record = newYear(year === Number(today) ? year + 1 : year);
    const loaded = await put('admin', String(record.year), record);
    expect(loaded.body.projection).toMatchObject({ state: 'waiting', done: 0 });
    const projector = createProjector({ sql: scene.worker, door: scene.door, log: pino({ level: 'silent' }) });
    const state = async () => {
      await projector.turn();
      return (await get(String(record.year))).body.projection?.state;
    };
    await expect.poll(state, { timeout: 20_000 }).toBe('done');
    const { affected, done } = (await get(String(record.year))).body.projection!;
    expect(done).toBe(affected);
    const { calendar } = (await get(String(record.year))).body;
    for (const { id, dueDate } of await deadlines(caseId)) {
      const explained = await scene.ask('caseworker', 'GET', `/cases/${caseId}/deadlines/${id}/explain`);
      const answer = (await explained.json()) as { calendar: string; due: string };
      expect(answer.calendar).toBe(calendar);
      if (dueDate) expect(answer.due).toBe(dueDate);
    }
  });
});

async function deadlines(caseId: string) {
  const answer = await scene.ask('caseworker', 'GET', `/cases/${caseId}/deadlines`);
  const { items } = (await answer.json()) as {
    items: { id: string; dueAt: string; dueDate: string | null; provisional: boolean }[];
  };
  return items;
}

it('reads and loads the first and the last of the years there are', async () => {
  for (const year of [1900, 2999]) {
    expect((await get(`${year}?area=community-1`)).status).toBe(200);
    const loaded = await put('admin', `${year}?area=community-1`, { year, days: [] });
    expect([loaded.status, loaded.body.revision]).toEqual([200, 1]);
  }
});
