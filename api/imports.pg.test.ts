import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createImporter, type ImporterDeps } from '../activities/importer.ts';
import type { Outcome } from '../door/outcome.ts';
import { verify } from '../door/verify.ts';
import { type Login, openingOf, type Scene, setScene } from './scene.fixture.ts';
import { readSheet, readSheets } from './sheets/read.ts';
import { createSheetReader } from './sheets/reader.ts';
import { writeTables } from './sheets/write.ts';

const log = pino({ level: 'silent' });
let scene: Scene;
let close = async () => {};
beforeAll(async () => {
  // lists brought at one instant must meet at the store, not before
  const sheets = createSheetReader({ each: 8 });
  scene = await setScene({ sheets });
  close = () => Promise.all([scene.close(), sheets.close()]).then(() => {});
});
afterAll(() => close());
// each test begins with all its places free
beforeEach(async () => {
  await scene.sql`UPDATE imports SET forgotten_at = clock_timestamp() WHERE forgotten_at IS NULL AND status <> 'running'`;
});

const HEAD = ['本人姓名', '本人出生日期', '临时妈妈姓名', '困难与需要'];
const people = (n: number, from = 1) =>
  Array.from({ length: n }, (_, i) => [`周某${from + i}`, '1999-01-01', '邱某', '不愿出门']);

interface List {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly mapping: Readonly<Record<string, string | null>>;
  readonly rows: readonly {
    row: number;
    state: string;
    problems: { column: string | null; code: string; zh: string; en: string }[];
  }[];
}

const csvBytes = (rows: readonly (readonly string[])[]) => writeTables('csv', [{ columns: HEAD, rows }]);

async function bring(bytes: Uint8Array, more: Record<string, string> = {}, login: Login = 'caseworker', headers = {}) {
  const form = new FormData();
  form.set('file', new File([new Uint8Array(bytes)], 'list'));
  for (const [name, value] of Object.entries({ program: 'fule', unit: 'community-1', ...more })) form.set(name, value);
  return scene.ask(login, 'POST', '/imports', form, headers);
}
async function brought(bytes: Uint8Array, more: Record<string, string> = {}): Promise<List> {
  const response = await bring(bytes, more);
  expect(response.status, await response.clone().text()).toBe(201);
  return (await response.json()) as List;
}
const post = async (path: string, body?: unknown) => {
  const response = await scene.ask('caseworker', 'POST', path, body);
  return { status: response.status, body: (await response.json()) as List };
};
const look = async (id: string) => (await (await scene.ask('caseworker', 'GET', `/imports/${id}`)).json()) as List;
const importer = (door: ImporterDeps['door'] = scene.door, atOnce = 20) =>
  createImporter({ sql: scene.worker, door, log, atOnce });
async function untilDone(one = importer()): Promise<void> {
  while (await one.turn());
}
const casesOf = async (): Promise<number> => {
  const [row] = await scene.sql<{ n: number }[]>`SELECT count(*)::int AS n FROM cases`;
  return row?.n ?? 0;
};

test('a list is checked first: nothing is written, and every mistake is named with row and column', async () => {
  const before = await casesOf();
  const list = await brought(
    await csvBytes([
      ['周某', '1999年1月1日', '邱某', '不愿出门'],
      ['', '2001-02-30', '邱某', '不愿出门'],
      ['张某', '', '', ''],
      ['周某', '', '罗某', '同名'],
      ['邱某', '昨天', '', ''],
    ]),
  );
  expect(list.status).toBe('checked');
  expect(list.mapping).toEqual({
    本人姓名: 'party.beneficiary.name',
    本人出生日期: 'party.beneficiary.birthDate',
    临时妈妈姓名: 'party.companion.name',
    困难与需要: 'data.needs',
  });
  expect(list.counts).toMatchObject({ total: 5, ready: 1, refused: 3, duplicate: 1, opened: 0 });
  const wrong = list.rows.map(({ row, state, problems }) => [
    row,
    state,
    problems.map(({ column, code }) => `${column} ${code}`),
  ]);
  expect(wrong).toEqual([
    [3, 'refused', ['本人出生日期 INVALID_DATA']],
    [4, 'refused', ['null INVALID_DATA']],
    [5, 'duplicate', ['本人姓名 DUPLICATE']],
    // all that is wrong at once
    [6, 'refused', ['本人出生日期 INVALID_DATA', 'null INVALID_DATA']],
  ]);
  expect(list.rows[1]?.problems[0]).toMatchObject({
    zh: expect.stringContaining('临时妈妈'),
    en: expect.stringContaining('companion'),
  });
  expect(await casesOf()).toBe(before);
});

test('192 households are opened once each in the background, in the order of the list', async () => {
  const before = await casesOf();
  const bytes = await writeTables('xlsx', [{ name: '名单', columns: HEAD, rows: people(192) }]);
  const list = await brought(bytes);
  expect(list.counts).toMatchObject({ total: 192, ready: 192 });
  expect((await post(`/imports/${list.id}/run`, {})).status).toBe(202);
  await untilDone();
  const done = await look(list.id);
  expect(done).toMatchObject({ status: 'done', counts: { opened: 192, ready: 0 } });
  expect(await casesOf()).toBe(before + 192);
  const rows = await scene.sql<{ cells: unknown; request: unknown; name: string; caseNo: string }[]>`
    SELECT r.cells, r.request, p.name, c.case_no AS "caseNo" FROM person.import_rows r JOIN cases c ON c.case_id = r.case_id
    JOIN person.parties p ON p.case_id = c.case_id AND p.role = 'beneficiary' WHERE r.import_id = ${list.id} ORDER BY r.row`;
  expect(rows.map(({ name }) => name)).toEqual(people(192).map(([name]) => name));
  expect(rows.map(({ caseNo }) => caseNo)).toEqual(rows.map(({ caseNo }) => caseNo).toSorted());
  expect(rows.every(({ cells, request }) => cells === null && request === null)).toBe(true);
  // the same list again: all are there, and none is opened unless that is wished
  const again = await brought(bytes);
  expect(again.counts).toMatchObject({ duplicate: 192, ready: 0 });
  await post(`/imports/${again.id}/run`, { duplicates: 'skip' });
  await untilDone();
  expect((await look(again.id)).counts).toMatchObject({ skipped: 192, opened: 0 });
  expect(await casesOf()).toBe(before + 192);
});

describe('a process that dies in the middle of a run', () => {
  const expireLease = (id: string) => scene.sql`
    UPDATE imports SET lease_until = clock_timestamp() - interval '1 s', next_try = clock_timestamp() WHERE id = ${id}`;

  test.each(['before it opens a row', 'after it opened a row'])('%s neither loses nor doubles one', async (when) => {
    const from = when.startsWith('before') ? 1_000 : 2_000;
    const before = await casesOf();
    const list = await brought(await csvBytes(people(30, from)));
    await post(`/imports/${list.id}/run`, {});
    let opened = 0;
    const dying: ImporterDeps['door'] = {
      async open(request) {
        opened += 1;
        if (opened === 7 && when.startsWith('before')) throw new Error('killed');
        const outcome = await scene.door.open(request);
        if (opened === 7) throw new Error('killed');
        return outcome;
      },
    };
    await expect(importer(dying, 10).turn()).rejects.toThrow('killed');
    // while the lease holds nobody else takes it
    expect(await importer().turn()).toBe(false);
    expect((await look(list.id)).counts).toMatchObject({ opened: 6, ready: 24 });
    await expireLease(list.id);
    await Promise.all([untilDone(importer(scene.door, 10)), untilDone(importer(scene.door, 10))]);
    expect(await look(list.id)).toMatchObject({ status: 'done', counts: { opened: 30 } });
    expect(await casesOf()).toBe(before + 30);
  });

  test('one list is taken at a time, though the store takes the table for an empty one', async () => {
    const lists = [await brought(await csvBytes(people(2, 91_000))), await brought(await csvBytes(people(2, 92_000)))];
    for (const { id } of lists) await post(`/imports/${id}/run`, {});
    await scene.sql`UPDATE pg_class SET reltuples = 0, relpages = 1 WHERE relname = 'imports'`;
    await importer(scene.door, 1).turn();
    const tried = await scene.sql`SELECT tries FROM imports WHERE status = 'running' ORDER BY next_try`;
    expect(tried).toEqual([{ tries: 0 }, { tries: 0 }]); // a list that goes on begins to count anew
    await untilDone();
  });

  test('two that run at once, the lease of one having run out, open each row once', async () => {
    const before = await casesOf();
    const list = await brought(await csvBytes(people(20, 3_000)));
    await post(`/imports/${list.id}/run`, {});
    const slow: ImporterDeps['door'] = {
      async open(request) {
        await expireLease(list.id);
        await importer(scene.door, 3).turn();
        return scene.door.open(request);
      },
    };
    await importer(slow, 20).turn();
    await untilDone();
    expect(await look(list.id)).toMatchObject({ status: 'done', counts: { opened: 20 } });
    expect(await casesOf()).toBe(before + 20);
  });
});

test('a run can be cancelled between batches, and goes on when it is let run again', async () => {
  const before = await casesOf();
  const list = await brought(await csvBytes(people(25, 4_000)));
  await post(`/imports/${list.id}/run`, {});
  expect(await importer(scene.door, 10).turn()).toBe(true);
  expect((await post(`/imports/${list.id}/cancel`)).body).toMatchObject({
    status: 'cancelled',
    counts: { opened: 10, ready: 15 },
  });
  await untilDone();
  expect(await casesOf()).toBe(before + 10);
  await post(`/imports/${list.id}/run`, {});
  await untilDone();
  expect(await look(list.id)).toMatchObject({ status: 'done', counts: { opened: 25 } });
});

test('what was refused can be mended in the file of errors and brought again', async () => {
  const list = await brought(
    await csvBytes([
      ['周某5000', '1999-01-01', '邱某', '=1+1'],
      ['周某5001', '昨天', '邱某', '不愿出门'],
    ]),
  );
  await post(`/imports/${list.id}/run`, {});
  await untilDone();
  for (const format of ['xlsx', 'csv']) {
    const response = await scene.ask('caseworker', 'GET', `/imports/${list.id}/errors?format=${format}`);
    expect(response.status).toBe(200);
    const sheet = await readSheet(new Uint8Array(await response.arrayBuffer()));
    expect(sheet.columns).toEqual([...HEAD, '原行号', '原因']);
    expect(sheet.rows.map(({ cells }) => [cells['本人姓名'], cells['原行号'], cells['原因']])).toEqual([
      ['周某5001', '3', expect.stringContaining('本人出生日期：')],
    ]);
    const mended = sheet.rows.map(({ cells }) =>
      sheet.columns.map((column) => (column === '本人出生日期' ? '1999/1/2' : (cells[column] ?? ''))),
    );
    const again = await brought(await writeTables('csv', [{ columns: sheet.columns, rows: mended }]));
    expect(again.counts).toMatchObject({ total: 1, ready: 1 });
  }
  await post(`/imports/${list.id}/forget`);
  const [kept] = await scene.sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM person.import_rows WHERE import_id = ${list.id} AND coalesce(cells, problems, request) IS NOT NULL`;
  expect(kept?.n).toBe(0);
});

test('a file as Excel writes it in China, with columns called otherwise, is mapped by hand', async () => {
  // 户主,出生,陪伴,备注\n周某6000,1999/1/1,邱某,不愿出门\n in GBK
  const gbk = Buffer.from(
    'bba7d6f72cb3f6c9fa2cc5e3b0e92cb1b8d7a20ad6dcc4b3363030302c313939392f312f312cc7f1c4b32cb2bbd4b8b3f6c3c50a',
    'hex',
  );
  const list = await brought(gbk);
  expect(list.mapping).toEqual({ 户主: 'party.beneficiary.name', 出生: null, 陪伴: null, 备注: null });
  expect(list.counts).toMatchObject({ refused: 1 });
  const mapping = { 出生: 'party.beneficiary.birthDate', 陪伴: 'party.companion.name', 备注: 'data.needs' };
  const checked = await post(`/imports/${list.id}/check`, { mapping });
  expect(checked.body).toMatchObject({ mapping: { 户主: 'party.beneficiary.name', ...mapping }, counts: { ready: 1 } });
  for (const wrong of [{ 没有: null }, { 备注: 'data.moon' }, { 备注: 'data.needs', 陪伴: 'data.needs' }])
    expect((await post(`/imports/${list.id}/check`, { mapping: wrong })).status).toBe(422);
});

test('a list is its owner’s, who may open cases there', async () => {
  const bytes = await csvBytes(people(2, 7_000));
  expect((await bring(bytes, {}, 'otherCaseworker')).status).toBe(403);
  expect((await bring(bytes, { unit: 'moon' })).status).toBe(422);
  expect((await bring(bytes, { program: 'moon' })).status).toBe(422);
  expect((await bring(new Uint8Array([1, 2, 3, 0, 255]))).status).toBe(422);
  expect((await scene.ask('caseworker', 'POST', '/imports', {})).status).toBe(415);
  const garbage = { 'content-type': 'multipart/form-data; boundary=x' };
  expect((await scene.ask('caseworker', 'POST', '/imports', 'garbage', garbage)).status).toBe(400);
  expect((await bring(bytes, { mapping: '{"本人姓名": 5}' })).status).toBe(422);
  expect((await bring(bytes, { sheet: '没有' })).status).toBe(422);
  expect((await bring(new Uint8Array(8 * 1024 * 1024 + 1))).status).toBe(413);
  const list = await brought(bytes);
  for (const path of ['', '/rows', '/errors'])
    expect((await scene.ask('otherCaseworker', 'GET', `/imports/${list.id}${path}`)).status).toBe(404);
  expect((await scene.ask('otherCaseworker', 'POST', `/imports/${list.id}/run`, {})).status).toBe(404);
});

test('the same key brings the same list once, and another file under it is refused', async () => {
  const headers = { 'idempotency-key': 'list-1' };
  const one = (await (await bring(await csvBytes(people(1, 8_000)), {}, 'caseworker', headers)).json()) as List;
  const again = await bring(await csvBytes(people(1, 8_000)), {}, 'caseworker', headers);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(((await again.json()) as List).id).toBe(one.id);
  expect((await bring(await csvBytes(people(2, 8_000)), {}, 'caseworker', headers)).status).toBe(422);
});

test('a run stops when the key of who let it run is revoked', async () => {
  const list = await brought(await csvBytes(people(3, 9_000)));
  await post(`/imports/${list.id}/run`, {});
  await scene.sql`UPDATE api_keys SET revoked_at = clock_timestamp() WHERE person = 'p-caseworker'`;
  await untilDone();
  await scene.sql`UPDATE api_keys SET revoked_at = NULL WHERE person = 'p-caseworker'`;
  const stopped = await look(list.id);
  expect(stopped).toMatchObject({
    status: 'stopped',
    counts: { opened: 0, ready: 3 },
    stopped: { zh: expect.stringContaining('密钥') },
  });
});

test('whoever may open no case there is told so before the file is read, and one row elsewhere changes nothing', async () => {
  expect((await bring(new Uint8Array([1, 2, 3, 0, 255]), {}, 'otherCaseworker')).status).toBe(403);
  const columns = [...HEAD, '单位'];
  const rows = [
    [...people(1, 10_000)[0]!, 'moon'],
    [...people(1, 10_001)[0]!, 'community-2'],
  ];
  const mixed = await writeTables('csv', [{ columns, rows }]);
  expect((await bring(mixed)).status).toBe(403);
});

test('a file whose first row names nothing is refused, and a heading is forgotten with its rows', async () => {
  expect(
    (await bring(await writeTables('csv', [{ columns: ['周某', '13800000000'], rows: [['邱某', '1']] }]))).status,
  ).toBe(422);
  const list = await brought(await csvBytes(people(1, 10_100)));
  await post(`/imports/${list.id}/forget`);
  const [kept] = await scene.sql`SELECT columns, mapping FROM imports WHERE id = ${list.id}`;
  expect(kept).toEqual({ columns: [], mapping: {} });
});

test('of a duplicate the number of its case is told, except of a child’s', async () => {
  const year = new Date().getUTCFullYear();
  const told = async (name: string, birthDate: string) => {
    const parties = [
      { role: 'beneficiary', name, birthDate },
      { role: 'companion', name: '邱某' },
    ];
    await scene.open({ ...openingOf(), parties });
    const list = await brought(await csvBytes([[name, birthDate, '邱某', '不愿出门']]));
    expect(list.counts).toMatchObject({ duplicate: 1 });
    return list.rows[0]?.problems[0]?.zh;
  };
  expect(await told('成年某', `${year - 30}-01-01`)).toMatch(/的个案：.+/);
  expect(await told('少年某', `${year - 10}-01-01`)).toBe('本单位已有同名同生日的人的个案');
});

test('a case opened since the check makes its row a duplicate', async () => {
  const one = await brought(await csvBytes(people(2, 10_200)));
  const two = await brought(await csvBytes(people(2, 10_200)));
  expect(two.counts).toMatchObject({ ready: 2 });
  for (const { id } of [one, two]) await post(`/imports/${id}/run`, {});
  await untilDone();
  expect((await look(one.id)).counts).toMatchObject({ opened: 2 });
  expect(await look(two.id)).toMatchObject({ status: 'done', counts: { opened: 0, skipped: 2 } });
});

test('two lists of the same people that run at one instant open each of them once', async () => {
  const before = await casesOf();
  const bytes = await csvBytes(people(12, 11_000));
  const lists = [await brought(bytes), await brought(bytes)];
  for (const { id } of lists) await post(`/imports/${id}/run`, {});
  await Promise.all([untilDone(), untilDone()]);
  const ended = await Promise.all(lists.map(({ id }) => look(id)));
  expect(ended.map(({ status }) => status)).toEqual(['done', 'done']);
  expect(ended.map(({ counts: { opened = 0, skipped = 0 } }) => opened + skipped)).toEqual([12, 12]);
  expect(ended.reduce((sum, { counts }) => sum + (counts['opened'] ?? 0), 0)).toBe(12);
  expect(await casesOf()).toBe(before + 12);
});

describe('a store that takes no row', () => {
  const away: ImporterDeps['door'] = {
    open: async () => ({
      status: 'refused',
      refusal: { code: 'STORE_UNAVAILABLE', kind: 'unavailable', detail: ['数据库暂时不可用', 'away'], waysOut: [] },
    }),
  };
  const waitingOf = async (id: string) =>
    ((await look(id)) as unknown as { waiting: { nextTryAt: string } | null }).waiting;

  test('makes the list wait, which shows; it is tried again at once where that is wished, and goes on', async () => {
    const list = await brought(await csvBytes(people(3, 12_000)));
    await post(`/imports/${list.id}/run`, {});
    expect(await importer(away).turn()).toBe(false);
    const waiting = await waitingOf(list.id);
    expect(waiting).toMatchObject({ zh: '数据库暂时不可用', en: 'away', since: expect.any(String) });
    expect(Date.parse(waiting?.nextTryAt ?? '')).toBeGreaterThan(Date.now());
    // not before its time
    expect(await importer().turn()).toBe(false);
    expect((await look(list.id)).counts).toMatchObject({ opened: 0, ready: 3 });
    expect((await post(`/imports/${list.id}/run`, {})).status).toBe(202);
    await untilDone();
    expect(await look(list.id)).toMatchObject({ status: 'done', waiting: null, counts: { opened: 3 } });
  });

  test('can be waited for no longer: the list is cancelled, or stops by itself after a day', async () => {
    const [one, two] = [
      await brought(await csvBytes(people(2, 12_100))),
      await brought(await csvBytes(people(2, 12_200))),
    ];
    for (const { id } of [one, two]) await post(`/imports/${id}/run`, {});
    for (const _ of [one, two]) await importer(away).turn();
    expect((await post(`/imports/${one.id}/cancel`)).body).toMatchObject({ status: 'cancelled', waiting: null });
    await scene.sql`
      UPDATE imports SET waiting_since = waiting_since - interval '25 hours', next_try = clock_timestamp() WHERE id = ${two.id}`;
    await importer(away).turn();
    const stopped = await look(two.id);
    expect(stopped).toMatchObject({ status: 'stopped', waiting: null, counts: { ready: 2 } });
    expect(stopped).toMatchObject({ stopped: { zh: expect.stringContaining('24 小时') } });
    for (const { id } of [one, two]) await post(`/imports/${id}/run`, {});
    await untilDone();
    for (const { id } of [one, two]) expect(await look(id)).toMatchObject({ status: 'done', counts: { opened: 2 } });
  });

  test('counts the day from the last row that came through', async () => {
    const list = await brought(await csvBytes(people(4, 12_300)));
    await post(`/imports/${list.id}/run`, {});
    await importer(away).turn();
    await scene.sql`
      UPDATE imports SET waiting_since = waiting_since - interval '25 hours', next_try = clock_timestamp() WHERE id = ${list.id}`;
    let opened = 0;
    const faltering: ImporterDeps['door'] = {
      open: (request, unless) => (++opened > 2 ? away.open(request) : scene.door.open(request, unless)),
    };
    await importer(faltering).turn();
    expect(await look(list.id)).toMatchObject({ status: 'running', counts: { opened: 2, ready: 2 } });
    await post(`/imports/${list.id}/cancel`);
  });
});

test('a row that is forbidden is no progress: with the next unavailable the list waits, ever longer', async () => {
  const list = await brought(await csvBytes(people(2, 12_400)));
  await post(`/imports/${list.id}/run`, {});
  const door: ImporterDeps['door'] = {
    open: async ({ parties }) => {
      const first = parties.some(({ name }) => name === '周某12400');
      const refusal = first
        ? ({ code: 'FORBIDDEN', kind: 'forbidden', detail: ['不可', 'no'], waysOut: [] } as const)
        : ({ code: 'STORE_UNAVAILABLE', kind: 'unavailable', detail: ['不可用', 'away'], waysOut: [] } as const);
      return { status: 'refused', refusal };
    },
  };
  const triesOf = async () =>
    (await scene.sql<{ tries: number }[]>`SELECT tries FROM imports WHERE id = ${list.id}`)[0]?.tries;
  await importer(door).turn();
  await scene.sql`
    UPDATE imports SET waiting_since = waiting_since - interval '25 hours', next_try = clock_timestamp() WHERE id = ${list.id}`;
  expect(await triesOf()).toBe(1);
  await importer(door).turn();
  expect(await triesOf()).toBe(2);
  expect(await look(list.id)).toMatchObject({ status: 'stopped', counts: { ready: 2 } });
});

test('who has lost the right to open meanwhile is told that, and not of whom there is a case', async () => {
  const [one, two] = [
    await brought(await csvBytes(people(1, 12_500))),
    await brought(await csvBytes(people(1, 12_500))),
  ];
  await post(`/imports/${one.id}/run`, {});
  await untilDone();
  await post(`/imports/${two.id}/run`, {});
  const outcomes: Outcome[] = [];
  const lost: ImporterDeps['door'] = {
    async open(request, unless) {
      const outcome = await scene.door.open(
        { ...request, actor: { kind: 'person', id: 'p-nobody', logins: [] } },
        unless,
      );
      outcomes.push(outcome);
      return outcome;
    },
  };
  await untilDone(importer(lost));
  expect(outcomes).toMatchObject([{ status: 'refused', refusal: { code: 'FORBIDDEN' } }]);
  expect(await look(two.id)).toMatchObject({ status: 'stopped', counts: { ready: 1 } });
});

test('a row at which the run breaks off again and again is given up, and the others are opened', async () => {
  const list = await brought(await csvBytes(people(3, 10_300)));
  await post(`/imports/${list.id}/run`, {});
  const breaking: ImporterDeps['door'] = {
    async open(request) {
      if (request.parties.some(({ name }) => name === '周某10301')) throw new TypeError('secret');
      return scene.door.open(request);
    },
  };
  for (let n = 0; n < 4; n++) {
    await expect(importer(breaking).turn()).rejects.toThrow();
    await scene.sql`UPDATE imports SET lease_until = NULL, next_try = clock_timestamp() WHERE id = ${list.id}`;
  }
  await untilDone(importer(breaking));
  const done = await look(list.id);
  expect(done).toMatchObject({ status: 'done', counts: { opened: 2, failed: 1 } });
  expect(JSON.stringify(done.rows)).toContain('TypeError');
  expect(JSON.stringify(done.rows)).not.toContain('secret');
});

test('a list none of whose rows may be opened any more stops, and what is left is in the file', async () => {
  const list = await brought(await csvBytes(people(2, 10_400)));
  await post(`/imports/${list.id}/run`, {});
  const refusing: ImporterDeps['door'] = {
    open: async () => ({
      status: 'refused',
      refusal: { code: 'FORBIDDEN', kind: 'forbidden', detail: ['不可', 'no'], waysOut: [] },
    }),
  };
  await untilDone(importer(refusing));
  expect(await look(list.id)).toMatchObject({ status: 'stopped', counts: { ready: 2, failed: 0 } });
  const response = await scene.ask('caseworker', 'GET', `/imports/${list.id}/errors?format=csv`);
  expect((await readSheet(new Uint8Array(await response.arrayBuffer()))).rows.length).toBe(2);
});

test('a list that has not come on for a week is stopped and forgotten', async () => {
  const list = await brought(await csvBytes(people(2, 10_500)));
  await post(`/imports/${list.id}/run`, {});
  await scene.sql`UPDATE imports SET forget_at = clock_timestamp() - interval '1 s' WHERE id = ${list.id}`;
  await untilDone();
  expect(await look(list.id)).toMatchObject({ status: 'stopped', forgotten: true, counts: { opened: 0 } });
});

describe('lists of one’s own', () => {
  const keep = (n: number) => scene.sql`
    INSERT INTO imports (id, kind, person, key, program, unit, body_hash, columns, mapping, status, forget_at, place)
    SELECT 'kept-' || n, 'cases', 'p-caseworker', (SELECT id FROM api_keys WHERE person = 'p-caseworker' LIMIT 1), 'fule',
      'community-1', repeat('0', 64), '[]', '{}', 'done', clock_timestamp() + interval '7 days', n FROM generate_series(1, ${n}) n`;

  test('are no more than twenty, also where several are brought at one instant', async () => {
    await scene.sql`UPDATE imports SET forgotten_at = clock_timestamp() WHERE forgotten_at IS NULL`;
    await keep(18);
    const bytes = await Promise.all(Array.from({ length: 5 }, (_, n) => csvBytes(people(1, 10_600 + n))));
    const answers = await Promise.all(bytes.map((each) => bring(each)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(await refused?.json()).toMatchObject({ code: 'LIMIT_REACHED' });
    // one that is emptied makes room for exactly one
    await post('/imports/kept-7/forget');
    const next = await Promise.all(bytes.slice(0, 2).map((each) => bring(each)));
    expect(next.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  test('are read page by page, the newest first', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let n = 0; cursor !== null && n < 50; n++) {
      const path = `/imports?limit=7${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const body = (await (await scene.ask('caseworker', 'GET', path)).json()) as {
        items: { id: string }[];
        nextCursor: string | null;
      };
      expect(body.items.length).toBe(body.nextCursor === null ? body.items.length : 7);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    const all = await scene.sql<{ id: string }[]>`
      SELECT id FROM imports WHERE person = 'p-caseworker' ORDER BY created_at DESC, id DESC`;
    expect(seen).toEqual(all.map(({ id }) => id));
    await scene.sql`UPDATE imports SET forgotten_at = clock_timestamp() WHERE forgotten_at IS NULL`;
  });
});

test('the template names the columns that are understood, and explains them', async () => {
  for (const language of ['zh', 'en']) {
    const path = `/programs/fule/import-template?format=xlsx&unit=community-1&lang=${language}`;
    const response = await scene.ask('caseworker', 'GET', path);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const sheets = await readSheets(bytes);
    const columns = sheets[0]?.columns ?? [];
    const row = columns.map((column) =>
      /姓名|name/.test(column) ? '周某' : /困难|needs/.test(column) ? '不愿出门' : '',
    );
    const list = await brought(await writeTables('csv', [{ columns, rows: [row] }]));
    expect(Object.values(list.mapping)).not.toContain(null);
    expect(sheets[1]?.rows.length).toBe(columns.length);
    expect(sheets[2]?.rows.some(({ cells }) => Object.values(cells).includes('community-1-secretary'))).toBe(true);
  }
});

test('all that was opened holds before an auditor', async () => {
  const proof = await verify(scene.sql);
  expect(proof.findings).toEqual([]);
}, 240_000);
