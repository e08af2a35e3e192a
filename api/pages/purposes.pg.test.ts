import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDoor, type Door } from '../../door/door.ts';
import { changeOrganisation } from '../../door/organisation.ts';
import { installPrograms } from '../../door/programs.ts';
import fule from '../../plugins/fule/program.ts';
import { defineProgram } from '../../sdk/define-program.ts';
import type { Program } from '../../sdk/program.ts';
import { fuleOpening, recorded } from '../../test/support/door.ts';
import { stateOf } from '../../test/support/states.ts';
import { hashOf } from '../auth/tokens.ts';
import { type Scene, setScene } from '../scene.fixture.ts';

// 福乐 with something that hangs on a purpose of its own: photos for the press.

const base: Program = fule;
const withPress = defineProgram({
  ...base,
  id: 'fule-press',
  consent: { ...base.consent!, purposes: { press: ['用照片对外宣传', 'photos for the press'] } },
  stages: base.stages.map((stage, n) =>
    n > 0
      ? stage
      : {
          ...stage,
          items: [
            ...stage.items,
            { task: 'photo', name: ['拍宣传照', 'take a photo'], by: 'companion', optional: true, purpose: 'press' },
          ],
        },
  ),
});

let scene: Scene;
let door: Door;
const key = `linli_test_${randomUUID()}`;
beforeAll(async () => {
  scene = await setScene();
  const log = pino({ level: 'silent' });
  door = await createDoor({
    sql: scene.sql,
    programs: await installPrograms(scene.sql, [withPress]),
    log,
    connections: 2,
  });
  await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, (organisation) =>
    organisation.addPerson({ id: 'p-zhou', name: '周某' }),
  );
  await scene.sql`INSERT INTO api_keys (id, hash, role, person, unit)
    VALUES (${randomUUID()}, ${hashOf(key)}, 'party', 'p-zhou', 'community-1')`;
});
afterAll(async () => {
  await door?.end();
  await scene?.close();
});

async function opened(): Promise<string> {
  const parties = [
    { role: 'beneficiary', name: '周某', birthDate: '1999-01-01', person: 'p-zhou' },
    { role: 'companion', name: '邱某' },
  ];
  return recorded(await door.open(fuleOpening({ program: 'fule-press', parties }))).case.caseId;
}

const post = (path: string, fields: Record<string, string>, cookie = '') =>
  scene.app.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'zh-CN', cookie },
  });

/** His browser: reads pages, and sends the form of one filled in. */
async function browser() {
  const signIn = await post('/sign-in', { key });
  const cookie = (signIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const get = async (path: string) =>
    (await scene.app.request(path, { headers: { cookie, 'accept-language': 'zh-CN' } })).text();
  /** Reads a form; something may happen before it is sent. */
  const fill = async (path: string, fields: Record<string, string> = {}, meanwhile?: () => Promise<unknown>) => {
    const text = await get(path);
    await meanwhile?.();
    const hidden = Object.fromEntries(
      [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
    );
    return (await post(path.split('?')[0]!, { ...hidden, ...fields }, cookie)).status;
  };
  return { get, fill };
}

const vote = async (caseId: string) => {
  for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
    await scene.act('secretary', caseId, {
      ...{ type: 'decision.record', data: { body, present: 9, for: 8, against: 0, abstain: 1 } },
    });
};
const consentOf = async (caseId: string) => {
  const { status, consent } = await stateOf(scene.sql, caseId);
  return [status, consent?.purposes ?? (consent ? [] : undefined)];
};
const inboxOf = async (login: 'director' | 'secretary', caseId: string) => {
  const response = await scene.ask(login, 'GET', '/inbox?limit=200');
  const { items } = (await response.json()) as { items: { caseId: string; kind: string; text: string }[] };
  return items.filter((item) => item.caseId === caseId && item.kind === 'withdrawal').map(({ text }) => text);
};

describe('purposes on the page of one’s own voice', () => {
  it('are ticked with the consent, taken back alone, and agreed to again', async () => {
    const caseId = await opened();
    const voice = `/cases/${caseId}/voice`;
    const his = await browser();
    expect(await his.get(`${voice}/agree`)).toContain('用照片对外宣传');
    expect(await his.fill(`${voice}/agree`, { 'purpose-press': 'yes' })).toBe(303);
    await vote(caseId);
    expect(await consentOf(caseId)).toEqual(['open', ['press']]);
    const page = await his.get(voice);
    expect(page).toContain(`${voice}/withdraw?purpose=press`);
    expect(await his.get(`${voice}/withdraw?purpose=press`)).toContain('撤回这一项：用照片对外宣传');
    expect(await his.fill(`${voice}/withdraw?purpose=press`)).toBe(303);
    expect(await consentOf(caseId)).toEqual(['open', []]);
    const plan = await (await scene.ask('caseworker', 'GET', `/cases/${caseId}/plan`)).text();
    expect(plan).toContain('没有同意“用照片对外宣传”');
    expect(await his.get(voice)).toContain(`${voice}/agree?purpose=press`);
    expect(await his.fill(`${voice}/agree?purpose=press`)).toBe(303);
    expect(await consentOf(caseId)).toEqual(['open', ['press']]);
    const timeline = await (await scene.ask('caseworker', 'GET', `/cases/${caseId}/timeline?limit=200`)).text();
    expect(timeline).toContain('撤回同意（仅：用照片对外宣传）');
    expect(await inboxOf('director', caseId)).toEqual([]);
  });

  it('one alone does not become the whole consent where that was taken back meanwhile', async () => {
    const caseId = await opened();
    const voice = `/cases/${caseId}/voice`;
    const his = await browser();
    await his.fill(`${voice}/agree`);
    await vote(caseId);
    expect(await his.fill(`${voice}/agree?purpose=press`, {}, () => his.fill(`${voice}/withdraw`))).toBe(409);
    expect(await consentOf(caseId)).toEqual(['suspended', undefined]);
    // nor is the form of it shown any more
    expect(await his.get(`${voice}/agree?purpose=press`)).not.toContain('type="hidden" name="purpose"');
  });

  it('not ticked are not agreed to', async () => {
    const caseId = await opened();
    const his = await browser();
    expect(await his.fill(`/cases/${caseId}/voice/agree`)).toBe(303);
    expect(await consentOf(caseId)).toEqual(['proposed', []]);
  });
});

describe('a withdrawal brought by somebody else', () => {
  it('is in the inbox of the head of the unit at once, and in nobody else’s', async () => {
    const caseId = await opened();
    const his = await browser();
    await his.fill(`/cases/${caseId}/voice/agree`, { 'purpose-press': 'yes' });
    await vote(caseId);
    const brought = { type: 'consent.withdraw', onBehalfOf: 'beneficiary' };
    await scene.act('caseworker', caseId, { ...brought, data: { note: '他说照片不要了', purposes: ['press'] } });
    await scene.act('caseworker', caseId, { ...brought, data: { note: '他说不要了' } });
    const texts = await inboxOf('director', caseId);
    expect(texts).toHaveLength(2);
    expect(texts.join('\n')).toMatch(/有人代本人撤回了部分同意[\s\S]*|有人代本人撤回了同意/);
    expect(texts.join('\n')).not.toContain('周某');
    expect(await inboxOf('secretary', caseId)).toEqual([]);
    expect(await consentOf(caseId)).toEqual(['suspended', undefined]);
  });
});
