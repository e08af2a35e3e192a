import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createImporter } from '../../activities/importer.ts';
import { type Login, type Scene, setScene, signIn } from '../scene.fixture.ts';
import { writeTables } from '../sheets/write.ts';

let scene: Scene;
let close = async () => {};
beforeAll(async () => {
  scene = await setScene();
  close = () => scene.close();
});
afterAll(() => close());

interface Visit {
  get(path: string): Promise<{ status: number; text: string; headers: Headers }>;
  /** Sends the form of a page that leads to `action`, with its hidden fields. */
  send(
    page: string,
    action: string,
    fields?: Record<string, string | File>,
  ): Promise<{ status: number; text: string; to: string }>;
}

async function visit(login: Login): Promise<Visit> {
  const cookie = await signIn(scene, login);
  const get: Visit['get'] = async (path) => {
    const response = await scene.app.request(path, { headers: { cookie, 'accept-language': 'zh-CN' } });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    get,
    async send(page, action, fields = {}) {
      const { text } = await get(page);
      const form =
        [...text.matchAll(/<form[^>]*action="([^"]+)"[\s\S]*?<\/form>/g)].find(([, to]) => to === action)?.[0] ?? '';
      const body = new FormData();
      for (const [, name = '', value = ''] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g))
        body.set(name, value);
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      const response = await scene.app.request(action, {
        method: 'POST',
        headers: { cookie, 'accept-language': 'zh-CN' },
        body,
      });
      return { status: response.status, text: await response.text(), to: response.headers.get('location') ?? '' };
    },
  };
}

const listFile = async (columns: readonly string[], rows: readonly (readonly string[])[]) =>
  new File([new Uint8Array(await writeTables('xlsx', [{ columns, rows }]))], '名单.xlsx');

test('a list is brought, put right, imported and its leftovers taken away, by forms alone', async () => {
  const { get, send } = await visit('caseworker');
  expect((await get('/')).text).toContain('href="/imports"');
  const file = await listFile(
    ['户主', '出生', '陪伴', '备注'],
    [
      ['周某', '1999/1/1', '邱某', '不愿出门'],
      ['张某', '昨天', '邱某', '不愿出门'],
    ],
  );
  const brought = await send('/imports', '/imports', { file, program: 'fule', unit: 'community-1' });
  expect(brought.status).toBe(303);
  const page = await get(brought.to);
  expect(page.text).toContain('检查完毕，什么都还没有写入。');
  expect(page.text).toMatch(/第 3 行[\s\S]*临时妈妈/);
  // 户主 is known; the other columns are told
  const mapping = {
    m0: 'party.beneficiary.name',
    m1: 'party.beneficiary.birthDate',
    m2: 'party.companion.name',
    m3: 'data.needs',
  };
  await send(brought.to, `${brought.to}/check`, mapping);
  const checked = await get(brought.to);
  expect(checked.text).toContain('导入 1 行');
  expect(checked.text).toContain('出生：');
  expect((await send(brought.to, `${brought.to}/run`)).status).toBe(303);
  const running = await get(brought.to);
  expect(running.headers.get('refresh')).toBe('3');
  expect(running.text).toContain('正在导入');
  const importer = createImporter({ sql: scene.worker, door: scene.door, log: pino({ level: 'silent' }) });
  while (await importer.turn());
  const done = await get(brought.to);
  expect(done.headers.get('refresh')).toBe(null);
  expect(done.text).toContain('导入结束。');
  const errors =
    /href="(\/api\/v1\/imports\/[^"]+format=csv[^"]*)"/.exec(done.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect((await get(errors)).text).toContain('张某');
  await send(brought.to, `${brought.to}/forget`);
  expect((await get(brought.to)).text).toContain('名单内容已删除');
  expect((await get(brought.to)).text).not.toContain('张某');
  expect((await get('/')).text).toContain('周某');
});

test('a list that waits says so, since when and until when, and is tried again or stopped on its page', async () => {
  const { get, send } = await visit('caseworker');
  const file = await listFile(['本人姓名', '临时妈妈姓名', '困难与需要'], [['罗某', '邱某', '不愿出门']]);
  const brought = await send('/imports', '/imports', { file, program: 'fule', unit: 'community-1' });
  await send(brought.to, `${brought.to}/run`);
  const log = pino({ level: 'silent' });
  const refusal = {
    code: 'STORE_UNAVAILABLE',
    kind: 'unavailable',
    detail: ['数据库暂时不可用', 'away'],
    waysOut: [],
  } as const;
  const away = { open: async () => ({ status: 'refused', refusal }) as const };
  await createImporter({ sql: scene.worker, door: away, log }).turn();
  const waiting = await get(brought.to);
  for (const words of ['正在等待', '数据库暂时不可用', '下次自动重试', '现在重试', '停止导入'])
    expect(waiting.text).toContain(words);
  // it is not renewed under the hands of whoever works by keyboard
  expect(waiting.headers.get('refresh')).toBe('60');
  expect((await get('/imports')).text).toContain('等待中');
  expect((await send(brought.to, `${brought.to}/run`)).status).toBe(303);
  const importer = createImporter({ sql: scene.worker, door: scene.door, log });
  while (await importer.turn());
  const done = (await get(brought.to)).text;
  expect(done).toContain('导入结束。');
  expect(done).not.toContain('正在等待');
});

test('lists brought before are on pages of twenty', async () => {
  const { get } = await visit('admin');
  await scene.sql`
    INSERT INTO imports (id, kind, person, key, unit, body_hash, columns, mapping, status, forget_at, forgotten_at, created_at)
    SELECT 'earlier-' || n, 'organisation', 'p-admin', (SELECT id FROM api_keys WHERE person = 'p-admin' LIMIT 1), 'district-1',
      repeat('0', 64), '[]', '{}', 'done', now(), now(), now() - n * interval '1 h' FROM generate_series(1, 45) n`;
  const seen: number[] = [];
  let path: string | undefined = '/imports';
  while (path !== undefined) {
    const { text } = await get(path);
    seen.push(text.match(/href="\/imports\/earlier-/g)?.length ?? 0);
    path = /href="(\/imports\?cursor=[^"#]+)/.exec(text)?.[1];
  }
  expect(seen).toEqual([20, 20, 5]);
});

test('what goes wrong is said on the page, with the ways out', async () => {
  const { get, send } = await visit('caseworker');
  const file = new File([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0])], 'old.xls');
  const old = await send('/imports', '/imports', { file, program: 'fule', unit: 'community-1' });
  expect(old.status).toBe(422);
  expect(old.text).toContain('另存为 XLSX');
  const expired = await send('/imports', '/imports', { file, token: 'x' });
  expect(expired.status).toBe(403);
  expect((await get('/imports/nothing')).status).toBe(404);
  expect((await scene.app.request('/imports')).status).toBe(303);
});

test('only administrators are offered the organisation', async () => {
  expect((await (await visit('caseworker')).get('/imports')).text).not.toContain('organisation-file');
  const { get, send } = await visit('admin');
  const file = await listFile(
    ['单位编号', '单位名称', '上级单位'],
    [
      ['page-1', '页社区', 'subdistrict-1'],
      ['community-1', '', ''],
    ],
  );
  const brought = await send('/imports', '/imports', { file, kind: 'organisation' });
  // the page has two forms with that address: the second is the organisation's
  expect(brought.status).toBe(303);
  const page = await get(brought.to);
  expect(page.text).toContain('导入 1 行');
  expect(page.text).toContain('已有，不变');
  await send(brought.to, `${brought.to}/run`);
  const importer = createImporter({ sql: scene.worker, door: scene.door, log: pino({ level: 'silent' }) });
  while (await importer.turn());
  expect((await get(brought.to)).text).toContain('导入结束。');
});

test('a list of a megabyte comes in by its page', async () => {
  const { send } = await visit('caseworker');
  const row = `周某,邱某,${'不愿出门'.repeat(2_000)}\n`;
  const file = new File([`本人姓名,临时妈妈姓名,困难与需要\n${row.repeat(45)}`], '名单.csv');
  expect(file.size).toBeGreaterThan(1_000_000);
  const sent = await send('/imports', '/imports', { program: 'fule', unit: 'community-1', file });
  expect([sent.status, sent.to], sent.text.slice(0, 300)).toEqual([303, expect.stringMatching(/^\/imports\/.+/)]);
});
