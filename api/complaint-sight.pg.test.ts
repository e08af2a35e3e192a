import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealedFor } from '../db/queries/complaints.ts';
import { openPayloads } from '../db/sealed.ts';
import { changeOrganisation } from '../door/organisation.ts';
import { type Login, pageAs, type Scene, setScene } from './scene.fixture.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const words = '他答应的事没有办';

/** A case with a complaint; what its act and event are called. */
async function complained(about: string | undefined, by: Login = 'caseworker') {
  const caseId = await scene.openApproved();
  const data = { text: words, ...(about === undefined ? {} : { about }) };
  const answer: { act?: { id: string } } = await scene.act(by, caseId, { type: 'complaint.make', data });
  return { caseId, actId: answer.act?.id ?? '' };
}

/** Everything a login is answered about a case, in one text. */
async function told(login: Login, { caseId, actId }: { caseId: string; actId: string }): Promise<string> {
  const paths = [
    `/cases/${caseId}`,
    `/cases/${caseId}/plan`,
    `/cases/${caseId}/deadlines`,
    `/cases/${caseId}/timeline?limit=200`,
    `/cases/${caseId}/timeline?limit=2&cursor=${Buffer.from('[20]').toString('base64url')}`,
    `/cases/${caseId}/timeline?format=csv`,
    `/cases/${caseId}/acts/${actId}`,
    `/inbox?limit=200`,
  ];
  const answers = await Promise.all(paths.map((path) => scene.ask(login, 'GET', path)));
  const bodies = await Promise.all(answers.map((answer) => answer.text()));
  return [...bodies, await casePage(login, caseId)].join('\n');
}

const casePage = (login: Login, caseId: string) => pageAs(scene, login, `/cases/${caseId}`);

const seqs = async (login: Login, caseId: string) => {
  const answer = await scene.ask(login, 'GET', `/cases/${caseId}/timeline?limit=200`);
  return ((await answer.json()) as { items: { seq: number; type: string }[] }).items;
};

describe('emergencies folded together', () => {
  it('are each kept from whom that one is about, also where nobody was told of it alone', async () => {
    const caseId = await scene.openApproved();
    const report = async (text: string, about?: string) => {
      const data = { kind: 'harm', text, ...(about === undefined ? {} : { about }) };
      const { act, events } = (await scene.act('caseworker', caseId, {
        type: 'emergency.report',
        data,
      })) as unknown as {
        act: { id: string };
        events: { data: { told: unknown[]; into?: string } }[];
      };
      return { actId: act.id, ...events[0]!.data };
    };
    for (let n = 0; n < 11; n++) await report(`报告之${n}`, 'companion');
    const nobody = await report('没有写明是谁');
    const against = await report('关于书记的事', 'secretary');
    expect([nobody.told, against.told]).toEqual([[], []]);
    expect(nobody.into).toBe(against.into);
    const reads = async (login: Login, actId: string, text: string) =>
      (await told(login, { caseId, actId })).includes(text);
    for (const [login, first, second] of [
      ['caseworker', true, true],
      ['subDistrictHead', true, true],
      ['auditor', true, true],
      ['secretary', false, false],
      ['accountant', false, true],
      ['director', false, true],
    ] as const)
      expect([
        login,
        await reads(login, nobody.actId, '没有写明是谁'),
        await reads(login, against.actId, '关于书记的事'),
      ]).toEqual([login, first, second]);
    const close = { type: 'emergency.close', target: nobody.into, data: { text: '已处理' } };
    expect((await scene.ask('director', 'POST', `/cases/${caseId}/acts`, close)).status).not.toBe(200);
    await scene.act('subDistrictHead', caseId, close);
  });
});

describe('thousands of emergencies', () => {
  it('are each kept from whom they are about, and no more is read of them than that', async () => {
    const caseId = await scene.openApproved();
    for (const about of [['companion'], []])
      await scene.act('caseworker', caseId, {
        type: 'emergency.report',
        data: { kind: 'harm', text: '报'.repeat(5_000), ...(about.length > 0 ? { about } : {}) },
      });
    const stored = await scene.sql<{ seq: number; payload: Uint8Array }[]>`
      SELECT seq, payload FROM events WHERE case_id = ${caseId} AND type = 'emergency.reported'`;
    const said = (await openPayloads(scene.sql, stored, caseId)).map(({ seq, payload }) => ({
      seq,
      payload: Buffer.from(payload).toString('utf8'),
    }));
    // as they would be after years; the chain is not what is looked at here
    await scene.sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`
        INSERT INTO events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id,
          actor_post, act_id, program_hash)
        SELECT e.case_id, e.seq + 100 * n, e.type, e.header, e.hash, e.prev, convert_to(s.payload, 'UTF8'), e.recorded_at, e.occurred_at,
          e.actor_kind, e.actor_id, e.actor_post, e.act_id, e.program_hash
        FROM events e JOIN json_to_recordset(${JSON.stringify(said)}::text::json) AS s (seq bigint, payload text) ON s.seq = e.seq,
          generate_series(1, 2000) n WHERE e.case_id = ${caseId}`;
    });
    const kept = async (person: string) => (await sealedFor(scene.sql, caseId, { person })).seqs.length;
    // what names nobody is kept from who works on the case, and what names the companion from nobody in office
    expect([await kept('p-director'), await kept('p-caseworker')]).toEqual([2001, 0]);
  });
});

describe('a complaint', () => {
  it.each([
    ['by role', 'secretary', 'secretary'],
    ['by post', 'community-1-secretary', 'secretary'],
    ['by person', 'p-director', 'director'],
    ['by the head’s post', 'community-1-director', 'director'],
    ['by a money role', 'cashHolder', 'cashHolder'],
  ] as const)('is kept from whoever it is about (%s)', async (_how, about, login) => {
    const one = await complained(about);
    const text = await told(login, one);
    expect(text.includes('方案批准')).toBe(true);
    expect(text.includes(words)).toBe(false);
    expect(/complaint|投诉/.test(text)).toBe(false);
    expect((await scene.ask(login, 'GET', `/cases/${one.caseId}/acts/${one.actId}`)).status).toBe(404);
    for (const other of ['caseworker', 'subDistrictHead', 'auditor', 'accountant'] as const)
      expect(await told(other, one), other).toContain(words);
  });

  it('is kept from whom it names by name; about a name nobody has it is not taken', async () => {
    await scene.sql`UPDATE person.people SET name = '罗 主任' WHERE id = 'p-director'`;
    const one = await complained('罗主任');
    expect(await told('director', one)).not.toContain(words);
    expect(await told('auditor', one)).toContain(words);
    const unknown = { type: 'complaint.make', data: { text: words, about: '罗主人' } };
    const answer = await scene.ask('caseworker', 'POST', `/cases/${one.caseId}/acts`, unknown);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('data.about');
  });

  it('leaves no gap in numbers on the case page', async () => {
    const { caseId } = await complained('secretary');
    expect(await casePage('secretary', caseId)).not.toMatch(/<li[^>]* value=/);
  });

  it('leaves the rest of the record to them, in order', async () => {
    const { caseId } = await complained('secretary');
    const all = await seqs('auditor', caseId);
    const seen = await seqs('secretary', caseId);
    expect(seen).toEqual(all.filter(({ type }) => type !== 'complaint.made'));
  });

  it('about nobody in particular is for who spoke, who was told and auditors, and for nobody who works on the case', async () => {
    const one = await complained(undefined, 'accountant');
    for (const login of ['accountant', 'subDistrictHead', 'auditor'] as const)
      expect([login, (await told(login, one)).includes(words)]).toEqual([login, true]);
    for (const login of ['secretary', 'caseworker', 'director', 'cashHolder'] as const) {
      const text = await told(login, one);
      expect([login, text.includes('方案批准'), text.includes(words), /complaint|投诉/.test(text)]).toEqual([
        ...[login, true, false, false],
      ]);
    }
  });

  it('may be read again by whoever made it', async () => {
    expect(await told('secretary', await complained('secretary', 'secretary'))).toContain(words);
  });

  it('is not read later in another post either, nor acknowledged; whoever comes after him reads it', async () => {
    const one = await complained('p-sub-district-head');
    const inbox = (await (await scene.ask('districtHead', 'GET', '/inbox?limit=200')).json()) as {
      items: { id: string; kind: string; caseId: string }[];
    };
    const message = inbox.items.find(({ kind, caseId }) => kind === 'complaint' && caseId === one.caseId);
    if (!message) throw new Error('nobody was told');
    const now = new Date().toISOString();
    await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, async (organisation) => {
      await organisation.handOver('district-1-head', 'p-sub-district-head', now);
      await organisation.handOver('subdistrict-1-head', 'p-director-2', now);
    });
    const text = await told('subDistrictHead', one);
    expect(text.includes('方案批准')).toBe(true);
    expect(text.includes(words)).toBe(false);
    expect(text.includes(message.id)).toBe(false);
    const acknowledge = (login: Login) => scene.ask(login, 'POST', `/inbox/${message.id}/acknowledge`);
    expect((await acknowledge('subDistrictHead')).status).toBe(404);
    expect(await told('stranger', one)).toContain(words);
  });
});
