import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeOrganisation } from '../door/organisation.ts';
import { hashOf } from './auth/tokens.ts';
import { approveMinor, openingOf, type Scene, setScene } from './scene.fixture.ts';

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

type Who = 'p-zhou' | 'p-luo' | 'p-qiu' | 'caseworker' | 'secretary' | 'subDistrictHead' | 'districtHead' | 'auditor';

const ask = (who: Who, method: string, path: string, body?: unknown) =>
  who.startsWith('p-')
    ? scene.ask(undefined, method, path, body, { authorization: `Bearer ${keys[who]}` })
    : scene.ask(who as 'caseworker', method, path, body);

/** A case of somebody with a login, whose companion and guardian have one too. */
const openFor = async (birthDate: string) => {
  const caseId = await scene.open({
    ...openingOf(),
    openedAt: undefined,
    parties: [
      { role: 'beneficiary', name: '周某', birthDate, person: 'p-zhou' },
      { role: 'guardian', name: '罗某', person: 'p-luo', guardian: { kind: 'parent', from: '2020-01-01' } },
      { role: 'companion', name: '邱某', person: 'p-qiu' },
    ],
  });
  if (birthDate > born(18)) await approveMinor(scene, caseId, ['p-qiu']);
  return caseId;
};

async function does(who: Who, caseId: string, act: Record<string, unknown>) {
  const response = await ask(who, 'POST', `/cases/${caseId}/acts`, act);
  const body = (await response.json()) as { code?: string; events?: { type: string; data: Record<string, never> }[] };
  return { status: response.status, code: body.code, events: body.events ?? [] };
}

/** All that a login is answered about a case, in one text. */
async function told(who: Who, caseId: string, actIds: readonly string[] = []): Promise<string> {
  const paths = [
    ...['', '/plan', '/deadlines', '/timeline?limit=200', '/timeline?format=csv'].map(
      (each) => `/cases/${caseId}${each}`,
    ),
    ...['/inbox?limit=200', '/inbox/deliveries', '/tasks?limit=200', '/cases', '/accountability'],
    ...actIds.map((id) => `/cases/${caseId}/acts/${id}`),
  ];
  const answers = await Promise.all(paths.map((path) => ask(who, 'GET', path)));
  return (await Promise.all(answers.map((answer) => answer.text()))).join('\n');
}

const born = (years: number) => `${new Date().getUTCFullYear() - years}-01-01`;

describe('their own voice over HTTP', () => {
  it('a child’s guardian consents, heard and separately; the child refuses nothing away', async () => {
    const caseId = await openFor(born(10));
    expect(await does('p-zhou', caseId, { type: 'consent.give' })).toMatchObject({ status: 409, code: 'OTHER_VOICE' });
    const bare = { type: 'consent.give', data: { witness: '王某' } };
    expect(await does('p-luo', caseId, bare)).toMatchObject({ status: 422, code: 'INVALID_DATA' });
    const full = { type: 'consent.give', data: { heard: '他说愿意', separate: true } };
    expect(await does('p-luo', caseId, full)).toMatchObject({ status: 200 });
    expect(await told('caseworker', caseId)).toContain('听取本人意见：他说愿意');
    expect(await does('p-zhou', caseId, { type: 'consent.withdraw' })).toMatchObject({ status: 200 });
  });

  it('says how a guardian came to be one, and of nobody else', async () => {
    const caseId = await openFor(born(10));
    const shown = (await (await ask('caseworker', 'GET', `/cases/${caseId}`)).json()) as {
      parties: { role: string; guardian: unknown }[];
    };
    expect(shown.parties.map(({ role, guardian }) => [role, guardian])).toEqual([
      ['beneficiary', null],
      ['guardian', { kind: 'parent', basis: null, from: '2020-01-01', until: null }],
      ['companion', null],
    ]);
    const parties = [
      { role: 'beneficiary', name: '周某', guardian: { kind: 'parent' } },
      { role: 'companion', name: '邱某' },
    ];
    expect((await ask('caseworker', 'POST', '/cases', { ...openingOf(), parties })).status).toBe(422);
  });

  it('a refusal rests, and says so', async () => {
    const caseId = await openFor(born(30));
    expect(await does('p-zhou', caseId, { type: 'consent.refuse', data: { note: '不需要' } })).toMatchObject({
      status: 200,
    });
    const again = { type: 'consent.give', onBehalfOf: 'beneficiary', data: { witness: '王某' } };
    expect(await does('caseworker', caseId, again)).toMatchObject({ status: 409, code: 'CONSENT_RESTS' });
    expect(await told('caseworker', caseId)).toContain('表示不同意：不需要');
  });

  it('a complaint, its reminders, its answer and its appeal reach everyone but whom it is about', async () => {
    const caseId = await openFor(born(30));
    const words = '他答应的事没有办';
    const made = await does('p-zhou', caseId, { type: 'complaint.make', data: { text: words, about: 'companion' } });
    const id = String(made.events[0]?.data['id']);
    const answer = { type: 'complaint.answer', target: id, data: { text: '已约谈并改派' } };
    expect(await does('secretary', caseId, answer)).toMatchObject({ status: 403 });
    expect(await does('subDistrictHead', caseId, answer)).toMatchObject({ status: 200 });
    const appeal = { type: 'complaint.appeal', target: id, data: { text: '不同意这个答复' } };
    expect(await does('p-zhou', caseId, appeal)).toMatchObject({ status: 200 });
    const acts = await scene.sql<
      { id: string }[]
    >`SELECT act_id AS id FROM acts WHERE case_id = ${caseId} AND type LIKE 'complaint%'`;
    const ids = acts.map((each) => each.id);
    const zhou = await told('p-zhou', caseId);
    for (const text of [words, '已约谈并改派', '不同意这个答复', '您的投诉已有答复']) expect(zhou).toContain(text);
    const qiu = await told('p-qiu', caseId, ids);
    expect(qiu).toContain('立案');
    for (const text of [words, '已约谈并改派', '不同意', id, 'complaint', '投诉'])
      expect([text, qiu.includes(text)]).toEqual([text, false]);
    for (const each of ids) expect((await ask('p-qiu', 'GET', `/cases/${caseId}/acts/${each}`)).status).toBe(404);
    expect(await does('p-qiu', caseId, answer)).toMatchObject({ status: 409, code: 'NOT_OPEN' });
    const dry = await ask('p-qiu', 'POST', `/cases/${caseId}/acts?dryRun=true`, answer);
    expect(((await dry.json()) as { code: string }).code).toBe('NOT_OPEN');
    const verification = await ask('auditor', 'POST', '/audit/verifications', { case: caseId });
    expect(await verification.text()).not.toContain(words);
  });

  it('an emergency is hidden from whom it names, and closed by whom it was told', async () => {
    const caseId = await openFor(born(30));
    const report = {
      type: 'emergency.report',
      data: { kind: 'abuse', text: '晚上有人打他', about: ['companion', 'secretary'] },
    };
    const made = await does('p-luo', caseId, report);
    expect(made.status).toBe(200);
    const id = String(made.events[0]?.data['id']);
    for (const who of ['p-qiu', 'secretary'] as const) {
      const text = await told(who, caseId);
      for (const part of ['晚上有人打他', 'emergency', '紧急', id])
        expect([who, part, text.includes(part)]).toEqual([who, part, false]);
      expect(await does(who, caseId, { type: 'emergency.close', target: id, data: { text: 'x' } })).toMatchObject({
        code: 'NOT_OPEN',
      });
    }
    expect(await told('subDistrictHead', caseId)).toContain('晚上有人打他');
    const inbox = (await (await ask('subDistrictHead', 'GET', '/inbox?limit=200')).json()) as {
      items: { id: string; caseId: string; kind: string }[];
    };
    const message = inbox.items.find((each) => each.kind === 'emergency' && each.caseId === caseId);
    expect((await ask('subDistrictHead', 'POST', `/inbox/${message?.id}/acknowledge`)).status).toBe(200);
    expect(await told('secretary', caseId)).not.toContain(String(message?.id));
    expect(
      await does('subDistrictHead', caseId, { type: 'emergency.close', target: id, data: { text: '已处置' } }),
    ).toMatchObject({ status: 200 });
  });

  it('what cannot be written is said: audio and video are taken as documents, and prove', async () => {
    const caseId = await openFor(born(30));
    const wave = new Uint8Array(44);
    wave.set(new TextEncoder().encode('RIFF'), 0);
    wave.set(new TextEncoder().encode('WAVEfmt '), 8);
    const form = new FormData();
    form.set('file', new File([wave], '录音.wav'));
    const upload = await ask('caseworker', 'POST', `/cases/${caseId}/documents`, form);
    const document = (await upload.json()) as { id: string; mediaType: string; kind: string };
    expect([upload.status, document]).toMatchObject([201, { mediaType: 'audio/wav', kind: 'file' }]);
    const download = await ask('caseworker', 'GET', `/cases/${caseId}/documents/${document.id}`);
    expect(download.headers.get('content-disposition')).toContain('.wav');
    const consent = { type: 'consent.give', onBehalfOf: 'beneficiary', evidence: [document.id] };
    expect(await does('caseworker', caseId, consent)).toMatchObject({ status: 200 });
  });
});
