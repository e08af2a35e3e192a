import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createImporter } from '../activities/importer.ts';
import { changeOrganisation } from '../door/organisation.ts';
import { verify } from '../door/verify.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';
import { readSheets } from './sheets/read.ts';
import { type Table, writeTables } from './sheets/write.ts';

const log = pino({ level: 'silent' });
let scene: Scene;
let close = async () => {};
beforeAll(async () => {
  scene = await setScene();
  close = () => scene.close();
});
afterAll(() => close());

interface List {
  readonly id: string;
  readonly status: string;
  readonly stopped: { readonly zh: string } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly rows: readonly {
    sheet: string;
    row: number;
    problems: { column: string | null; code: string; zh: string }[];
  }[];
}

async function bring(tables: readonly [Table, ...Table[]], login: Login = 'admin', format: 'csv' | 'xlsx' = 'xlsx') {
  const form = new FormData();
  form.set('file', new File([new Uint8Array(await writeTables(format, tables))], 'list'));
  return scene.ask(login, 'POST', '/organisation/imports', form);
}
async function brought(...tables: [Table, ...Table[]]): Promise<List> {
  const response = await bring(tables);
  expect(response.status, await response.clone().text()).toBe(201);
  return (await response.json()) as List;
}
async function run(id: string): Promise<{ status: number; list: List }> {
  const { status } = await scene.ask('admin', 'POST', `/imports/${id}/run`, {});
  const importer = createImporter({ sql: scene.worker, door: scene.door, log });
  while (await importer.turn());
  return { status, list: (await (await scene.ask('admin', 'GET', `/imports/${id}`)).json()) as List };
}
const events = async (): Promise<number> => {
  const [row] = await scene.sql<{ n: number }[]>`SELECT max(seq)::int AS n FROM org_events`;
  return row?.n ?? 0;
};
const table = (columns: readonly string[], rows: readonly (readonly string[])[], name?: string): Table => ({
  columns,
  rows,
  ...(name === undefined ? {} : { name }),
});

const secretaries = table(
  ['单位编号', '单位名称', '上级单位', '岗位类别', '人员编号', '姓名', '任职起'],
  Array.from({ length: 309 }, (_, n) => [
    ...[`branch-${n + 1}`, `第${n + 1}社区`, 'subdistrict-1', '书记', `s-${n + 1}`, `张某${n + 1}`, '2019-05-06'],
  ]),
);

test('309 secretaries with their communities come from one sheet, and the same file again changes nothing', async () => {
  const before = await events();
  const list = await brought(secretaries);
  expect(list.counts).toMatchObject({ total: 309, ready: 309 });
  expect(await events()).toBe(before);
  expect((await run(list.id)).list).toMatchObject({ status: 'done', counts: { opened: 309 } });
  // a unit, a post, a person and an appointment each
  expect(await events()).toBe(before + 4 * 309);
  const [one] = await scene.sql<{ level: string; kind: string; name: string; person: string; from: string }[]>`
    SELECT u.level, p.kind, p.name_zh AS name, a.person, a.from_at AS "from" FROM units u
    JOIN posts p ON p.unit = u.id JOIN appointments a ON a.post = p.id WHERE u.id = 'branch-309'`;
  expect(one).toEqual({
    ...{
      level: 'community',
      kind: 'secretary',
      name: '社区党支部书记',
      person: 's-309',
      from: '2019-05-05T16:00:00.000Z',
    },
  });
  const [kept] = await scene.sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM person.import_rows WHERE import_id = ${list.id} AND coalesce(cells, request) IS NOT NULL`;
  expect(kept?.n).toBe(0);
  const again = await brought(secretaries);
  expect(again.counts).toMatchObject({ skipped: 309, ready: 0 });
  expect(again.rows).toEqual([]);
  expect((await run(again.id)).list.status).toBe('done');
  expect(await events()).toBe(before + 4 * 309);
  expect((await verify(scene.sql)).findings).toEqual([]);
}, 180_000);

test('several sheets in any order make one organisation', async () => {
  const list = await brought(
    table(['岗位编号', '人员编号'], [['new-1-secretary', 'n-1']], '任职'),
    table(['编号', '姓名'], [['n-1', '罗某']], '人员'),
    table(
      ['编号', '类别', '名称', '单位', '是否负责人'],
      [['new-1-secretary', 'secretary', '书记', 'new-1', '是']],
      '岗位',
    ),
    table(
      ['编号', '名称', '级别', '上级'],
      [
        ['new-1-grid', '一网格', '网格', 'new-1'],
        ['new-1', '新社区', '社区', 'subdistrict-1'],
      ],
      '单位',
    ),
  );
  expect(list.counts).toMatchObject({ total: 5, ready: 5 });
  const { list: done } = await run(list.id);
  expect(done).toMatchObject({ status: 'done', counts: { opened: 5 } });
  const [unit] = await scene.sql<{ head: string; above: string }[]>`
    SELECT head_post AS head, above FROM units WHERE id = 'new-1'`;
  expect(unit).toEqual({ head: 'new-1-secretary', above: 'subdistrict-1' });
});

test('every row that cannot be is named, and then nothing is imported', async () => {
  const before = await events();
  const columns = [
    '单位编号',
    '单位名称',
    '单位级别',
    '上级单位',
    '岗位编号',
    '岗位类别',
    '人员编号',
    '姓名',
    '任职起',
  ];
  const list = await brought(
    table(columns, [
      ['ok-1', '好社区', '', 'subdistrict-1', '', '书记', 'ok-p', '周某', ''],
      ['community-1', '别的名字', '', '', '', '', '', '', ''],
      ['lost-1', '没有上级', '社区', 'nowhere', '', '', '', '', ''],
      ['', '', '', '', 'community-1-secretary', '', 'ok-p', '', ''],
      ['', '', '', '', '', '', 'p-secretary', '另一个人', ''],
      ['', '', '', '', '', '', '', '没有编号', ''],
      ['community-1', '', '星系', '', '', '', '', '', '昨天'],
      ['loop-1', '甲', '社区', 'loop-2', '', '', '', '', ''],
      ['loop-2', '乙', '社区', 'loop-1', '', '', '', '', ''],
      ['beside-1', '同级街道', '街道', 'subdistrict-1', '', '', '', '', ''],
    ]),
  );
  expect(list.counts).toMatchObject({ ready: 1, refused: 9 });
  expect(
    list.rows.map(({ row, problems }) => [row, ...problems.map(({ column, code }) => `${column} ${code}`)]),
  ).toEqual([
    [3, '单位名称 DIFFERENT'],
    [4, '上级单位 UNKNOWN_UNIT'],
    [5, '岗位编号 POST_HELD'],
    [6, '姓名 DIFFERENT'],
    [7, '人员编号 INVALID_DATA'],
    [8, '单位级别 INVALID_DATA', '任职起 INVALID_DATA'],
    [9, '上级单位 UNKNOWN_UNIT'],
    [10, '上级单位 UNKNOWN_UNIT'],
    [11, '单位级别 INVALID_DATA'],
  ]);
  expect(list.rows[3]?.problems[0]?.zh).not.toContain('张某');
  expect((await run(list.id)).status).toBe(409);
  expect(await events()).toBe(before);
  const errors = await scene.ask('admin', 'GET', `/imports/${list.id}/errors?format=xlsx`);
  const [sheet] = await readSheets(new Uint8Array(await errors.arrayBuffer()));
  expect(sheet?.rows.length).toBe(9);
});

test('what has changed since the check stops the run, and nothing of it is written', async () => {
  const columns = ['单位编号', '单位名称', '上级单位', '岗位类别', '人员编号', '姓名'];
  const list = await brought(
    table(columns, [
      ['late-1', '晚社区', 'subdistrict-1', '书记', 'l-1', '周某'],
      ['late-2', '晚二社区', 'subdistrict-1', '', '', ''],
    ]),
  );
  const other = await brought(table(['单位编号', '单位名称', '上级单位'], [['late-2', '抢先', 'subdistrict-1']]));
  await run(other.id);
  const before = await events();
  const { list: stopped } = await run(list.id);
  expect(stopped).toMatchObject({
    status: 'stopped',
    counts: { opened: 0, failed: 1 },
    stopped: { zh: expect.stringContaining('什么都没有写入') },
  });
  expect(await events()).toBe(before);
  expect((await scene.ask('admin', 'POST', `/imports/${list.id}/run`, {})).status).toBe(409);
});

test('one that stopped with nothing amiss in it, for want of the right, can be let run again', async () => {
  const columns = ['单位编号', '单位名称', '上级单位'];
  const list = await brought(table(columns, [['later-1', '再试社区', 'subdistrict-1']]));
  await scene.ask('admin', 'POST', `/imports/${list.id}/run`, {});
  await scene.sql`UPDATE api_keys SET unit = 'community-1' WHERE person = 'p-admin'`;
  const importer = createImporter({ sql: scene.worker, door: scene.door, log });
  while (await importer.turn());
  await scene.sql`UPDATE api_keys SET unit = 'district-1' WHERE person = 'p-admin'`;
  const stopped = (await (await scene.ask('admin', 'GET', `/imports/${list.id}`)).json()) as List;
  expect(stopped).toMatchObject({ status: 'stopped', counts: { ready: 1, failed: 0 } });
  expect(await run(list.id)).toMatchObject({ status: 202, list: { status: 'done', counts: { opened: 1 } } });
});

test('a run waits for its turn, and reads what the change before it has left', async () => {
  const columns = ['单位编号', '单位名称', '上级单位'];
  await run((await brought(table(columns, [['going-1', '将撤社区', 'subdistrict-1']]))).id);
  const list = await brought(table(columns, [['under-1', '下级网格', 'going-1']]));
  await scene.ask('admin', 'POST', `/imports/${list.id}/run`, {});
  const importer = createImporter({ sql: scene.worker, door: scene.door, log });
  let running: Promise<unknown> = Promise.resolve();
  await changeOrganisation(scene.sql, { kind: 'person', id: 'p-admin' }, async (organisation) => {
    await organisation.turn();
    running = importer.turn();
    const waiting = () => scene.sql`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
    await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
    await organisation.closeUnit('going-1', new Date().toISOString());
  });
  await running;
  while (await importer.turn());
  const answer = (await (await scene.ask('admin', 'GET', `/imports/${list.id}`)).json()) as List;
  expect(answer).toMatchObject({ status: 'stopped', counts: { opened: 0, failed: 1 } });
});

test('nobody appoints himself by a list: neither when it is read nor when it runs', async () => {
  const self = (person: string) =>
    table(
      ['单位编号', '单位名称', '上级单位', '岗位类别', '人员编号'],
      [['own-1', '自任社区', 'subdistrict-1', '书记', person]],
    );
  const refused = await brought(self('p-admin'));
  expect(refused.rows.map(({ problems }) => problems.map(({ code, zh }) => [code, zh]))).toEqual([
    [['FORBIDDEN', '管理员不能任命自己']],
  ]);
  const list = await brought(self('p-district-head'));
  await scene.sql`UPDATE person.import_rows SET request = replace(request::text, 'p-district-head', 'p-admin')::json
    WHERE import_id = ${list.id}`;
  expect((await run(list.id)).list).toMatchObject({ status: 'stopped', counts: { opened: 0 } });
});

test('only an administrator imports, and only below his own unit', async () => {
  expect((await bring([secretaries], 'caseworker')).status).toBe(403);
  await scene.sql`UPDATE api_keys SET unit = 'community-1' WHERE person = 'p-admin'`;
  const list = await brought(
    table(
      ['单位编号', '单位名称', '上级单位'],
      [
        ['x-1', '外社区', 'subdistrict-1'],
        ['x-2', '内网格', 'community-1'],
      ],
    ),
  );
  expect(list.rows.map(({ row, problems }) => [row, problems[0]?.code])).toEqual([[2, 'FORBIDDEN']]);
  await scene.sql`UPDATE api_keys SET unit = 'district-1' WHERE person = 'p-admin'`;
});

test('the template is understood', async () => {
  const response = await scene.ask('admin', 'GET', '/organisation/import-template?format=xlsx&lang=zh');
  const sheets = await readSheets(new Uint8Array(await response.arrayBuffer()));
  const columns = sheets[0]?.columns ?? [];
  const cell = (column: string) => ({ 单位编号: 't-1', 单位名称: '模板社区', 上级单位: 'subdistrict-1' })[column] ?? '';
  const list = (await (await bring([table(columns, [columns.map(cell)])], 'admin', 'csv')).json()) as List & {
    mapping: Record<string, string | null>;
  };
  expect(Object.values(list.mapping)).not.toContain(null);
  expect(list.counts).toMatchObject({ ready: 1 });
});
