import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Login, openingOf, type Scene, setScene } from '../scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
});

/** Signs in and gives the cookie. */
async function signedIn(login: Login): Promise<string> {
  const response = await scene.app.request(
    '/sign-in',
    form({ key: scene.keyOf(login), back: '/' }, { origin: 'http://localhost' }),
  );
  expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
  const cookie = response.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Lax/);
  return cookie.split(';')[0] ?? '';
}

const page = async (cookie: string, path: string, language = 'zh-CN') => {
  const response = await scene.app.request(path, { headers: { cookie, 'accept-language': language } });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('the pages', () => {
  it('ask for a key, refuse a wrong one, and let a right one in', async () => {
    expect((await scene.app.request('/')).headers.get('location')).toBe('/sign-in');
    const wrong = await scene.app.request('/sign-in', form({ key: 'linli_wrong_key_0123456789' }));
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain('这个密钥无效');
    const home = await page(await signedIn('secretary'), '/');
    expect(home.status).toBe(200);
    expect(home.text).toMatch(/^<!DOCTYPE html><html lang="zh-CN">/);
    expect(home.text).toContain('张某 · 社区党支部书记');
    expect(home.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
  });

  it('show today’s cases, and a case with plan and timeline in both languages', async () => {
    const caseId = await scene.openApproved();
    const cookie = await signedIn('secretary');
    const home = await page(cookie, '/');
    expect(home.text).toContain(`/cases/${caseId}`);
    expect(home.text).toMatch(/逾期 \d+ 天/);
    expect((await page(cookie, '/?cursor=cut-off')).text).toContain(`/cases/${caseId}`);
    const zh = await page(cookie, `/cases/${caseId}`);
    expect(zh.text).toContain('第一步：开口说话');
    expect(zh.text).toContain('方案批准');
    const en = await page(cookie, `/cases/${caseId}`, 'en');
    expect(en.text).toContain('Stage 1: speak');
    expect(en.text).toContain('The plan is approved');
    expect((await page(await signedIn('stranger'), `/cases/${caseId}`)).status).toBe(404);
    expect((await page(cookie, '/cases/nothing')).status).toBe(404);
  });

  it('keep what people write inert', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const caseId = await scene.open({
      parties: [
        { role: 'beneficiary', name },
        { role: 'companion', name: '"><script>alert(2)</script>' },
      ],
    });
    await scene.act('caseworker', caseId, { type: 'note.add', data: { text: '</p><script>alert(3)</script>' } });
    const cookie = await signedIn('caseworker');
    for (const path of ['/', `/cases/${caseId}`]) {
      const { text } = await page(cookie, path);
      expect(text).not.toMatch(/<img src=x|<script/);
      expect(text).toContain('&lt;img src=x');
    }
  });

  it('end a session at once, only by a form of their own', async () => {
    const cookie = await signedIn('cashHolder');
    const token = /name="token" value="([^"]+)"/.exec((await page(cookie, '/')).text)?.[1] ?? '';
    const post = (fields: Record<string, string>, headers = {}) =>
      scene.app.request('/sign-out', form(fields, { cookie, ...headers }));
    expect((await post({ token }, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ token: 'wrong' })).status).toBe(403);
    expect((await page(cookie, '/')).status).toBe(200);
    expect((await post({ token })).headers.get('location')).toBe('/sign-in');
    expect((await page(cookie, '/')).status).toBe(303);
  });

  it('let a session read the API, and change something only with the token of the page', async () => {
    const cookie = await signedIn('caseworker');
    const token = /name="token" value="([^"]+)"/.exec((await page(cookie, '/')).text)?.[1] ?? '';
    expect((await scene.app.request('/api/v1/cases', { headers: { cookie } })).status).toBe(200);
    const open = (headers: Record<string, string>) =>
      scene.app.request('/api/v1/cases', {
        method: 'POST',
        body: JSON.stringify(openingOf()),
        headers: { cookie, 'content-type': 'application/json', ...headers },
      });
    expect((await open({})).status).toBe(403);
    expect((await open({ 'x-csrf-token': 'wrong' })).status).toBe(403);
    expect((await open({ 'x-csrf-token': token })).status).toBe(201);
  });

  it('end with the key they were opened with', async () => {
    const cookie = await signedIn('admin');
    await scene.sql`UPDATE api_keys SET revoked_at = now() WHERE person = 'p-admin'`;
    expect((await page(cookie, '/')).status).toBe(303);
    expect((await scene.ask('admin', 'GET', '/cases')).status).toBe(401);
  });

  it('lead back only to themselves, whatever they are told', async () => {
    for (const back of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/a\r\nb: c',
    ]) {
      const response = await scene.app.request(`/language?to=en&back=${encodeURIComponent(back)}`);
      expect(response.headers.get('location')).toBe('/');
    }
  });

  it('serve the reference of the API with nothing from elsewhere', async () => {
    for (const path of ['/docs', '/docs/errors', '/sign-in']) {
      const { text } = await page('', path);
      expect(text.match(/(?:src|href)="https?:[^"]*"/g)).toBeNull();
    }
    expect((await page('', '/docs')).text).toContain('/api/v1/cases/{caseId}/acts');
    expect((await page('', '/docs/errors')).text).toContain('id="CASE_STUCK"');
  });
});
