import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMover } from '../../activities/mover.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const origin = { origin: 'http://localhost' };
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  scene.app.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...origin, ...headers },
  });

async function signedIn(login: Login): Promise<string> {
  const response = await post('/sign-in', { key: scene.keyOf(login), back: '/' });
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
const page = async (cookie: string, path: string, language = 'zh-CN') => {
  const response = await scene.app.request(path, { headers: { cookie, 'accept-language': language } });
  return { status: response.status, text: await response.text() };
};
const token = (html: string) => /name="token" value="([^"]+)"/.exec(html)?.[1] ?? '';

it('shows everybody the tree with holders and deputies, and forms to administrators only', async () => {
  const substitution = { post: 'community-1-secretary', person: 'p-director' };
  expect((await scene.ask('admin', 'POST', '/substitutions', substitution)).status).toBe(201);
  const cookie = await signedIn('caseworker');
  const own = await page(cookie, '/organisation');
  expect(own.text).toContain('<h1>新安西路社区');
  expect(own.text).toContain('任职：张某');
  expect(own.text).toContain('代理：王某');
  expect(own.text).not.toContain('action="/organisation');
  expect((await page(cookie, '/organisation?unit=nowhere')).status).toBe(404);
  const top = await page(await signedIn('admin'), '/organisation', 'en');
  expect(top.text).toContain('Jiyuan Road Sub-district');
  expect(top.text).toContain('West Xin’an Road Community');
  expect(top.text).toContain('action="/organisation/units/district-1/rename"');
  expect((await scene.app.request('/organisation')).headers.get('location')).toMatch(/^\/sign-in/);
});

it('renames, adds, moves and merges from its forms, each once, and says what was refused', async () => {
  await scene.open();
  const cookie = await signedIn('admin');
  const home = await page(cookie, '/organisation?unit=community-1');
  const csrf = token(home.text);
  const send = (path: string, fields: Record<string, string>, key = crypto.randomUUID()) =>
    post(`/organisation/${path}`, { token: csrf, key, ...fields }, { cookie, 'accept-language': 'zh-CN' });

  const forged = await send('units/community-1/rename', { token: 'x', zh: '别名' });
  expect([forged.status, await forged.text()]).toEqual([403, expect.stringContaining('表单已过期')]);
  const caseworker = await signedIn('caseworker');
  const theirs = token((await page(caseworker, '/organisation')).text);
  const refused = await post(
    '/organisation/units/community-1/rename',
    { token: theirs, key: crypto.randomUUID(), zh: '别名' },
    { cookie: caseworker },
  );
  expect(refused.status).toBe(403);
  expect((await send('units/community-1/paint', {})).status).toBe(404);

  expect((await send('units/community-1/rename', { zh: '新安社区', en: 'Xin’an' })).status).toBe(303);
  const key = crypto.randomUUID();
  for (let n = 0; n < 2; n += 1) {
    const added = await send('units/community-1/posts', { zh: '网格员', kind: 'grid-worker' }, key);
    expect(added.headers.get('location')).toBe('/organisation?unit=community-1');
  }
  const shown = await page(cookie, '/organisation?unit=community-1');
  expect(shown.text).toContain('<h1>新安社区');
  expect(shown.text.match(/<strong>网格员/g)).toHaveLength(1);

  const closing = await send('posts/community-1-secretary/close', { unit: 'community-1' });
  expect([closing.status, await closing.text()]).toEqual([409, expect.stringContaining('这个岗位还负责 1 件未结个案')]);

  const preview = await send('units/community-1/merge', { into: 'community-2' });
  const text = await preview.text();
  expect([preview.status, text]).toEqual([200, expect.stringContaining('新安社区 → 洛宁路社区')]);
  expect(text).toMatch(/未结个案<\/dt><dd>1</);
  const merged = await send('units/community-1/merge', { into: 'community-2', confirm: 'yes' });
  expect(merged.headers.get('location')).toBe('/organisation?unit=community-2');
  const gone = await page(cookie, '/organisation?unit=community-1');
  expect(gone.text).toContain('已撤并，并入');
  expect(gone.text).toContain('已转 0 / 1');
  const mover = createMover({ sql: scene.sql, door: scene.door, log: pino({ level: 'silent' }) });
  while ((await mover.turn()) > 0);
  expect((await page(cookie, '/organisation?unit=community-1')).text).toContain('已转 1 / 1');
  expect((await page(cookie, '/organisation?unit=community-2')).text).toContain('已并入本单位');
});
