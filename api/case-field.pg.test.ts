import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Login, pageAs, type Scene, setScene, signIn } from './scene.fixture.ts';

// Sensitive fields: masked in every answer, in clear for whoever says what for, and on record then.

const ID_NUMBER = '11010519491231002X';
const DIAGNOSIS = '肢体残疾二级';

let scene: Scene;
let caseId: string;
let actId: string;
beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  const correct = {
    type: 'data.correct',
    reason: '补录',
    data: { fields: { idNumber: ID_NUMBER, diagnosis: DIAGNOSIS } },
  };
  const answer = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, correct);
  const told = (await answer.json()) as { act: { id: string } };
  expect([answer.status, JSON.stringify(told)]).toEqual([200, expect.not.stringContaining(DIAGNOSIS)]);
  actId = told.act.id;
});
afterAll(() => scene?.close());

const field = async (login: Login, key: string, query = '', headers: Record<string, string> = {}) => {
  const answer = await scene.ask(login, 'GET', `/cases/${caseId}/fields/${key}${query}`, undefined, headers);
  return [answer.status, (await answer.json()) as Record<string, unknown>] as const;
};
const noted = async () => {
  const answer = await scene.ask('auditor', 'GET', `/audit/access-log?case=${caseId}&kind=sensitive`);
  return ((await answer.json()) as { items: { person: string; purpose: string; things: unknown; status: number }[] })
    .items;
};

describe('a sensitive field', () => {
  test('is masked in the case, its pages and its timeline', async () => {
    for (const path of ['', '/timeline?limit=200', '/plan', `/acts/${actId}`]) {
      const text = await (await scene.ask('secretary', 'GET', `/cases/${caseId}${path}`)).text();
      expect(text).not.toContain(ID_NUMBER);
      expect(text).not.toContain(DIAGNOSIS);
    }
    const view = (await (await scene.ask('secretary', 'GET', `/cases/${caseId}`)).json()) as { data: unknown };
    expect(view.data).toMatchObject({ idNumber: '******', diagnosis: '******' });
    const page = await pageAs(scene, 'secretary', `/cases/${caseId}`);
    expect(page).toContain('******');
    expect(page).not.toContain(ID_NUMBER);
    expect(page).not.toContain(DIAGNOSIS);
  });

  test('is told to who says what for, and the access log has it', async () => {
    const before = (await noted()).length;
    const [status, asked] = await field('secretary', 'idNumber');
    expect([status, asked['errors']]).toEqual([
      422,
      [{ path: 'purpose', message: expect.stringContaining('identity') }],
    ]);
    expect(await field('secretary', 'idNumber', '?purpose=identity')).toEqual([
      200,
      { field: 'idNumber', value: ID_NUMBER },
    ]);
    expect(await field('secretary', 'diagnosis', '', { 'Linli-Purpose': 'care' })).toMatchObject([
      200,
      { value: DIAGNOSIS },
    ]);
    expect((await noted()).slice(0, -before || undefined)).toMatchObject([
      { person: 'p-secretary', purpose: 'care', things: { field: 'diagnosis' }, status: 200 },
      { person: 'p-secretary', purpose: 'identity', things: { field: 'idNumber' }, status: 200 },
    ]);
  });

  test('is not told by a dry run either', async () => {
    const correct = { type: 'data.correct', reason: '补录', data: { fields: { diagnosis: '听力残疾' } } };
    const text = await (await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts?dryRun=true`, correct)).text();
    expect(text).toContain('******');
    expect(text).not.toContain('听力残疾');
  });

  test('is null while it is not filled in; others, and made-up purposes, are refused', async () => {
    expect(await field('secretary', 'telephone', '?purpose=contact')).toMatchObject([200, { value: null }]);
    for (const key of ['needs', 'none', 'constructor', '__proto__'])
      expect((await field('secretary', key, '?purpose=contact'))[0], key).toBe(404);
    expect((await field('secretary', 'idNumber', '?purpose=curiosity'))[0]).toBe(422);
    expect((await field('stranger', 'idNumber', '?purpose=identity'))[0]).toBe(404);
  });

  test('has a page that asks what for before it shows anything, and a link states nothing', async () => {
    const path = `/cases/${caseId}/fields/diagnosis`;
    const form = await pageAs(scene, 'secretary', `${path}?purpose=care`);
    expect(form).toContain('就医照护');
    expect(form).not.toContain(DIAGNOSIS);
    const cookie = await signIn(scene, 'secretary');
    const token = /name="token" value="([^"]*)"/.exec(
      await (await scene.app.request(path, { headers: { cookie } })).text(),
    )?.[1];
    const send = (values: Record<string, string>) =>
      scene.app.request(path, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(values).toString(),
      });
    const before = (await noted()).length;
    expect((await send({ purpose: 'care' })).status).toBe(303);
    expect((await send({ token: token ?? '', purpose: '' })).status).toBe(303);
    expect(await noted()).toHaveLength(before);
    expect(await (await send({ token: token ?? '', purpose: 'care' })).text()).toContain(DIAGNOSIS);
    expect((await noted())[0]).toMatchObject({ purpose: 'care', things: { field: 'diagnosis' } });
  });

  test('is not told by what another unit is given', async () => {
    const refer = {
      type: 'case.refer',
      reason: '请协助',
      data: {
        unit: 'community-2',
        program: 'other',
        text: '请核实',
        consent: 'given',
        witness: '赵某某',
        data: { illness: '高血压', diagnosis: '听力残疾' },
      },
    };
    const made = await scene.ask('secretary', 'POST', `/cases/${caseId}/acts`, refer);
    const told = await made.text();
    expect([made.status, told]).toEqual([200, expect.stringContaining('transfer.offered')]);
    for (const text of [
      told,
      await (await scene.ask('secretary', 'GET', `/cases/${caseId}/timeline?limit=200`)).text(),
    ]) {
      expect(text).not.toContain('高血压');
      expect(text).not.toContain('听力残疾');
    }
  });

  test('is checked as what it is', async () => {
    const wrong = {
      type: 'data.correct',
      reason: '补录',
      data: { fields: { idNumber: '110105194912310021', telephone: '家里没有' } },
    };
    const answer = await scene.ask('caseworker', 'POST', `/cases/${caseId}/acts`, wrong);
    const { errors } = (await answer.json()) as { errors: { path: string }[] };
    expect([answer.status, errors.map(({ path }) => path).sort()]).toEqual([
      422,
      ['data.fields.idNumber', 'data.fields.telephone'],
    ]);
  });
});
