import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeOrganisation } from '../../door/organisation.ts';
import { hashOf } from '../auth/tokens.ts';
import { approveMinor, openingOf, type Scene, setScene } from '../scene.fixture.ts';

let scene: Scene;
const keys: Record<string, string> = {};
beforeAll(async () => {
  scene = await setScene();
  for (const [id, name] of Object.entries({ 'p-zhou': '周某', 'p-luo': '罗某', 'p-qiu': '邱某' })) {
    keys[id] = `linli_test_${randomUUID()}`;
    await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, (organisation) =>
      organisation.addPerson({ id, name }),
    );
    await scene.sql`INSERT INTO api_keys (id, hash, role, person, unit)
      VALUES (${randomUUID()}, ${hashOf(keys[id]!)}, 'party', ${id}, 'community-1')`;
  }
});
afterAll(() => scene?.close());

const born = (years: number) => `${new Date().getUTCFullYear() - years}-01-01`;
const openFor = async (birthDate: string) => {
  const caseId = await scene.open({
    ...openingOf(),
    openedAt: undefined,
    parties: [
      { role: 'beneficiary', name: '周某', birthDate, person: 'p-zhou' },
      { role: 'guardian', name: '罗某', person: 'p-luo' },
      { role: 'companion', name: '邱某', person: 'p-qiu' },
    ],
  });
  if (birthDate > born(18)) await approveMinor(scene, caseId, ['p-qiu']);
  return caseId;
};

const post = (path: string, fields: Record<string, string>, headers: Record<string, string>) =>
  scene.app.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

/** A browser of one person: reads pages, and sends the form of a page filled in. */
async function browser(person: string) {
  const key = person === 'p-sub-district-head' ? scene.keyOf('subDistrictHead') : (keys[person] ?? '');
  const signIn = await post('/sign-in', { key }, {});
  const cookie = (signIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const get = async (path: string) => {
    const response = await scene.app.request(path, { headers: { cookie, 'accept-language': 'zh-CN' } });
    return { status: response.status, text: await response.text() };
  };
  const hidden = (text: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  const fill = async (path: string, fields: Record<string, string> = {}) => {
    const { text } = await get(path);
    const own = { token: hidden(text, 'token'), key: hidden(text, 'key'), id: hidden(text, 'id') };
    const [plain] = path.split('?');
    const send = () => post(plain!, { ...own, ...fields }, { cookie, 'accept-language': 'zh-CN' });
    const response = await send();
    return { status: response.status, text: await response.text(), again: send };
  };
  return { get, fill, cookie };
}

describe('the page of one’s own voice', () => {
  it('asks him, takes his yes, and later lets him take it back', async () => {
    const caseId = await openFor(born(30));
    const his = await browser('p-zhou');
    const base = `/cases/${caseId}/voice`;
    expect((await his.get(`/cases/${caseId}`)).text).toContain(base);
    const before = await his.get(base);
    expect(before.text).toContain('想请您决定');
    for (const each of ['agree', 'refuse', 'complain', 'emergency']) expect(before.text).toContain(`${base}/${each}`);
    expect(before.text).not.toContain(`${base}/withdraw`);
    const agreed = await his.fill(`${base}/agree`);
    expect(agreed.status).toBe(303);
    // the same form sent twice is one act
    expect((await agreed.again()).status).toBe(303);
    const after = await his.get(`${base}?done=yes`);
    expect(after.text).toContain('已经收到您的话');
    expect(after.text).toContain(`${base}/withdraw`);
    expect((await his.fill(`${base}/withdraw`, { note: '不想继续' })).status).toBe(303);
    const consents =
      await scene.sql`SELECT type FROM events WHERE case_id = ${caseId} AND type LIKE 'consent.%' ORDER BY seq`;
    expect(consents.map((each) => each['type'])).toEqual(['consent.given', 'consent.withdrawn']);
  });

  it('asks a guardian what the child says, and says what is missing in plain words', async () => {
    const caseId = await openFor(born(10));
    const base = `/cases/${caseId}/voice`;
    const child = await (await browser('p-zhou')).get(base);
    expect(child.text).toContain('由您的监护人决定');
    expect(child.text).not.toContain(`${base}/agree`);
    const hers = await browser('p-luo');
    const refused = await hers.fill(`${base}/agree`);
    expect([refused.status, refused.text.includes('须听取本人意见')]).toEqual([422, true]);
    expect((await hers.fill(`${base}/agree`, { heard: '他愿意', separate: 'yes' })).status).toBe(303);
  });

  it('takes a complaint, shows its answer, and keeps both from whom it is about', async () => {
    const caseId = await openFor(born(30));
    const base = `/cases/${caseId}/voice`;
    const his = await browser('p-zhou');
    expect((await his.get(`${base}/complain`)).text).toContain('临时妈妈 邱某');
    expect((await his.fill(`${base}/complain`, { text: '她很久没有来', about: 'companion' })).status).toBe(303);
    expect((await his.get(base)).text).toMatch(/她很久没有来[\s\S]*等待答复/);
    const [event] = await scene.sql<
      { id: string }[]
    >`SELECT about AS id FROM messages WHERE case_id = ${caseId} AND kind = 'complaint'`;
    const head = await browser('p-sub-district-head');
    expect((await head.get(base)).text).toMatch(/等您答复[\s\S]*她很久没有来/);
    expect((await his.get(base)).text).not.toContain('等您答复');
    expect((await his.fill(`${base}/answer?id=${event!.id}`, { text: '我自己答复' })).status).toBe(403);
    expect((await head.fill(`${base}/answer?id=${event!.id}`, { text: '已经换人' })).status).toBe(303);
    expect((await head.get(base)).text).not.toContain('等您答复');
    expect((await his.get(base)).text).toContain('已经换人');
    expect((await his.fill(`${base}/appeal?id=${event!.id}`, { text: '还是没有来' })).status).toBe(303);
    const hers = await browser('p-qiu');
    for (const path of [base, `/cases/${caseId}`]) {
      const { status, text } = await hers.get(path);
      expect(status).toBe(200);
      for (const word of ['她很久没有来', '已经换人', '还是没有来'])
        expect([path, word, text.includes(word)]).toEqual([path, word, false]);
    }
  });

  it('calls for help, refuses a form of another page, and knows nothing of cases of others', async () => {
    const caseId = await openFor(born(30));
    const base = `/cases/${caseId}/voice`;
    const his = await browser('p-zhou');
    expect((await his.fill(`${base}/emergency`, { kind: 'danger', text: '有人要打我' })).status).toBe(303);
    expect((await his.get(base)).text).toMatch(/有人要打我[\s\S]*正在处理/);
    const head = await browser('p-sub-district-head');
    const [told] = await scene.sql<
      { id: string }[]
    >`SELECT about AS id FROM messages WHERE case_id = ${caseId} AND kind = 'emergency'`;
    expect((await head.fill(`${base}/settle?id=${told!.id}`, { text: '民警已到场' })).status).toBe(303);
    expect((await his.get(base)).text).toMatch(/有人要打我[\s\S]*已办结/);
    expect((await his.fill(`${base}/emergency`, { token: 'x', kind: 'danger', text: 'y' })).status).toBe(403);
    expect((await his.fill(`${base}/emergency`, { kind: 'other', text: 'y' })).status).toBe(422);
    expect((await his.get(`${base}/nonsense`)).status).toBe(404);
    const others = await scene.open();
    expect((await his.get(`/cases/${others}/voice`)).status).toBe(404);
    expect((await scene.app.request(base)).headers.get('location')).toContain('/sign-in');
  });
});
