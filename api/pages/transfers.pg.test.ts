import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const cookies = new Map<Login, string>();

async function cookieOf(login: Login): Promise<string> {
  const known = cookies.get(login);
  if (known !== undefined) return known;
  const response = await post('/sign-in', { key: scene.keyOf(login), back: '/' }, '');
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  cookies.set(login, cookie);
  return cookie;
}

const post = (path: string, fields: Record<string, string>, cookie: string) =>
  scene.app.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost', cookie },
  });

const page = async (login: Login, path: string, language = 'zh-CN') => {
  const headers = { cookie: await cookieOf(login), 'accept-language': language };
  const response = await scene.app.request(path, { headers });
  return { status: response.status, text: await response.text() };
};

/** The fields of the form of a type on a page, as a browser would send them. */
function formOf(html: string, type: string, target?: string): Record<string, string> {
  const form = html
    .split('<form ')
    .slice(1)
    .map((each) => each.split('</form>')[0] ?? '')
    .find(
      (each) =>
        each.includes(`name="type" value="${type}"`) && (!target || each.includes(`name="target" value="${target}"`)),
    );
  if (form === undefined) throw new Error(`no form of ${type}`);
  const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(hidden.map(([, name, value]) => [name!, value!.replaceAll('&amp;', '&')]));
}

const submit = async (login: Login, fields: Record<string, string>) =>
  post('/transfers/act', fields, await cookieOf(login));

it('offers, refuses, offers again and accepts by the forms of those who may', async () => {
  const caseId = await scene.openApproved();
  const path = `/cases/${caseId}`;
  const shown = await page('secretary', path);
  const offer = {
    ...formOf(shown.text, 'case.offerTransfer'),
    unit: 'community-2',
    reason: '本人迁居',
    consent: 'given',
  };
  expect(shown.text).toContain('<option value="community-2">洛宁路社区</option>');
  expect(shown.text).not.toContain('<option value="community-1">');
  // without proof of the consent the door refuses, and the page says why and what to do
  const refused = await submit('secretary', offer);
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('代他人表示，需要材料或见证人');
  const sent = await submit('secretary', { ...offer, witness: '赵某某' });
  expect([sent.status, sent.headers.get('location')]).toEqual([303, path]);
  expect((await page('secretary', path)).text).toContain('case.revokeTransfer');

  const asked = await page('stranger', '/transfers?direction=in&state=offered');
  expect(asked.text).toContain('移交个案');
  expect(asked.text).toContain('本人迁居');
  for (const secret of ['周某', '邱某', '赵某某', '右腿']) expect(asked.text).not.toContain(secret);
  expect((await page('cashHolder', '/transfers?direction=in')).text).not.toContain('case.acceptTransfer');
  const no = { ...formOf(asked.text, 'case.refuseTransfer'), reason: '不在辖区' };
  expect(
    (
      await submit('secretary', {
        ...no,
        token: formOf((await page('secretary', path)).text, 'case.revokeTransfer')['token']!,
      })
    ).status,
  ).toBe(403);
  expect((await submit('stranger', { ...no, token: 'made-up' })).status).toBe(403);
  for (let n = 0; n < 2; n++) {
    const answer = await submit('stranger', no);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/transfers?direction=in&state=offered']);
  }
  expect((await page('secretary', path)).text).toContain('不在辖区');

  const again = formOf((await page('secretary', path)).text, 'case.offerTransfer');
  await submit('secretary', {
    ...again,
    unit: 'community-2',
    reason: '再次请求',
    consent: 'overridden',
    ground: '法定职责',
  });
  const choice = await page('stranger', '/transfers?direction=in&state=offered');
  expect(choice.text).toContain('<option value="community-2-secretary">社区党支部书记</option>');
  const yes = { ...formOf(choice.text, 'case.acceptTransfer'), 'assign.secretary': 'community-2-secretary' };
  expect((await submit('stranger', yes)).status).toBe(303);
  expect((await page('stranger', path)).text).toContain('个案转到洛宁路社区');
  expect((await page('secretary', path)).status).toBe(404);
  expect((await page('secretary', '/transfers?direction=out')).text).toContain('已接收');
});

it('puts a question before a level above, and answers it', async () => {
  const caseId = await scene.openApproved();
  const path = `/cases/${caseId}`;
  const up = {
    ...formOf((await page('secretary', path)).text, 'case.escalate'),
    to: 'sub-district',
    text: '请协调坡道',
  };
  expect((await submit('secretary', up)).status).toBe(303);
  expect((await page('secretary', path)).text).not.toContain('value="case.return"');
  const above = await page('subDistrictHead', path);
  expect(above.text).toContain('请协调坡道');
  expect((await submit('subDistrictHead', { ...formOf(above.text, 'case.return'), text: '已列支' })).status).toBe(303);
  expect((await page('secretary', path, 'en')).text).toContain('Answered by the sub-district');
});

it('refers one matter with what was ticked, and leaves who may do nothing without forms', async () => {
  const caseId = await scene.openApproved();
  const path = `/cases/${caseId}`;
  const form = formOf((await page('secretary', path)).text, 'case.refer');
  const refer = {
    ...{ ...form, unit: 'community-2', program: 'fule', text: '请协助走访', consent: 'given', witness: '赵某某' },
    ...{ 'party.beneficiary': 'yes', 'party.companion': 'yes', 'field.needs': 'yes' },
  };
  const { 'field.needs': _, ...less } = refer;
  expect((await submit('secretary', less)).status).toBe(422);
  expect((await submit('secretary', { ...refer, key: `${form['key']}-2` })).status).toBe(303);
  expect((await page('stranger', '/transfers?direction=in&state=offered')).text).toContain('请协助走访');
  const auditor = await page('auditor', path);
  expect(auditor.status).toBe(200);
  expect(auditor.text).not.toContain('<form method="post" action="/transfers/act"');
});
