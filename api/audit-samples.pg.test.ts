import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTransactions } from '../db/transactions.ts';
import { engine } from '../door/engine.ts';
import { changeOrganisation } from '../door/organisation.ts';
import { rebuildCase } from '../door/rebuild.ts';
import { verifyOrganisation } from '../door/verify-organisation.ts';
import { drawSample } from '../engine/record/sample.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';
import type { BulletinView, SampleView } from './schemas/audit-samples.ts';

let now = new Date().toISOString();
let scene: Scene;
let cases: string[];
beforeAll(async () => {
  scene = await setScene({ now: () => now });
  cases = [];
  for (let n = 0; n < 6; n++) cases.push(await scene.openApproved());
}, 60_000);
afterAll(() => scene?.close());

const ask = async <T>(login: Login, method: string, path: string, body?: unknown, status = 200): Promise<T> => {
  const answer = await scene.ask(login, method, `/audit${path}`, body);
  const text = await answer.text();
  expect(`${answer.status} ${answer.status === status ? '' : text}`.trim(), path).toBe(String(status));
  return JSON.parse(text) as T;
};
const draw = (body: object, login: Login = 'auditor', status = 201) =>
  ask<SampleView>(login, 'POST', '/samples', body, status);
const bulletin = (id: string) => ask<BulletinView>('auditor', 'GET', `/samples/${id}/bulletin`);
const code = async (login: Login, caseId: string, act: object) => {
  const answer = await scene.ask(login, 'POST', `/cases/${caseId}/acts`, act);
  return answer.status === 200 ? 200 : ((await answer.json()) as { code: string }).code;
};
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const later = (days: number) => {
  now = new Date(Date.parse(now) + days * 86_400_000).toISOString();
};

describe('a sample', () => {
  it('is drawn again by anybody from seed, frame and size', async () => {
    const sample = await draw({ size: 3 });
    const frame = await (await scene.ask('auditor', 'GET', `/audit/samples/${sample.id}/frame`)).text();
    expect(hash(frame)).toBe(sample.frame.hash);
    expect(frame).toBe(
      [...cases]
        .sort()
        .map((each) => `${each}\n`)
        .join(''),
    );
    expect(sample.frame.count).toBe(6);
    // by hand, as the documentation says it
    const lots = frame
      .trimEnd()
      .split('\n')
      .map((each) => ({ each, lot: hash(`${sample.seed}\n${each}`) }));
    const byHand = lots.sort((one, other) => (one.lot < other.lot ? -1 : 1)).slice(0, 3);
    expect(sample.cases.map(({ id }) => id)).toEqual(byHand.map(({ each }) => each));
    expect(await ask<SampleView>('auditor', 'GET', `/samples/${sample.id}`)).toEqual(sample);
    expect(hash(sample.seed)).toBe(sample.seedHash);
    const again = await draw({ size: 3, seed: sample.seed });
    expect(again.id).not.toBe(sample.id);
    expect(again.cases.map(({ id }) => id)).toEqual(sample.cases.map(({ id }) => id));
    const other = await draw({ size: 3 });
    expect(other.seed).not.toBe(sample.seed);
  });

  it('is drawn once for an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'the-same' };
    const once = await (await scene.ask('auditor', 'POST', '/audit/samples', { size: 2 }, headers)).json();
    const twice = await scene.ask('auditor', 'POST', '/audit/samples', { size: 2 }, headers);
    expect(await twice.json()).toEqual(once);
    expect(twice.headers.get('idempotency-replayed')).toBe('true');
    expect((await scene.ask('auditor', 'POST', '/audit/samples', { size: 3 }, headers)).status).toBe(422);
  });

  it('cannot be changed unseen: neither the frame, nor the seed, nor the cases, nor its place in the chain', async () => {
    const { id } = await draw({ size: 2, unit: 'community-1', program: 'fule', statuses: ['open'] });
    expect(await verifyOrganisation(scene.sql)).toEqual([]);
    for (const table of ['audit_samples', 'audit_sample_cases'])
      await expect(scene.sql`UPDATE ${scene.sql(table)} SET unit = 'community-2'`).rejects.toThrow();
    const [kept] = await scene.sql<
      { seed: string; frame: string }[]
    >`SELECT seed, frame FROM audit_samples WHERE id = ${id}`;
    const outside = cases.find((each) => !drawSample(kept!.seed, cases, 2).includes(each))!;
    const changes = [
      scene.sql`UPDATE audit_samples SET seed = 'x', seed_hash = ${hash('x')} WHERE id = ${id}`,
      scene.sql`UPDATE audit_samples SET frame = ${`${outside}\n`}, frame_hash = ${hash(`${outside}\n`)}, frame_count = 1 WHERE id = ${id}`,
      scene.sql`UPDATE audit_samples SET size = 1 WHERE id = ${id}`,
      scene.sql`UPDATE audit_sample_cases SET case_id = ${outside} WHERE sample = ${id} AND position = 1`,
      scene.sql`DELETE FROM audit_sample_cases WHERE sample = ${id} AND position = 2`,
    ];
    for (const change of changes) {
      await scene.sql
        .begin(async (tx) => {
          await tx`SET LOCAL session_replication_role = replica`;
          await tx`${change}`;
          const found = await verifyOrganisation(tx as never);
          expect(found.map(({ what }) => what).join()).toContain(`samples ${id} is not what the events lead to`);
          throw new Error('take it back');
        })
        .catch((error: Error) => expect(error.message).toBe('take it back'));
    }
    expect(await verifyOrganisation(scene.sql)).toEqual([]);
  });

  it('is not told to those whose work is inspected', async () => {
    const { id, seed } = await draw({ size: 2 });
    for (const login of ['caseworker', 'director', 'admin', 'districtHead'] as const) {
      for (const path of ['/samples', `/samples/${id}`, `/samples/${id}/frame`, `/samples/${id}/bulletin`])
        expect((await scene.ask(login, 'GET', `/audit${path}`)).status).toBe(403);
      await draw({ size: 2 }, login, 403);
    }
    const [event] = await scene.sql<{ payload: Uint8Array }[]>`
      SELECT payload FROM org_events WHERE type = 'sample.drawn' ORDER BY seq DESC LIMIT 1`;
    const payload = Buffer.from(event!.payload).toString('utf8');
    expect(payload).toContain(hash(seed));
    expect(payload).not.toContain(seed);
    for (const each of cases) expect(payload).not.toContain(each);
  });

  it('is refused where nothing can be drawn', async () => {
    await draw({ size: 2, unit: 'community-2' }, 'auditor', 422);
    await draw({ size: 2, unit: 'nowhere' }, 'auditor', 404);
    await draw({ size: 0 }, 'auditor', 422);
    await draw({ size: 201 }, 'auditor', 422);
    expect((await scene.ask('auditor', 'GET', '/audit/samples/none')).status).toBe(404);
  });
});

describe('a finding', () => {
  const inspect = (caseId: string, sample: string, findings: object[] = []) =>
    scene.act('auditor', caseId, { type: 'inspection.record', data: { sample, method: 'phone', findings } });

  it('becomes a task with a deadline, is answered, sent back, answered again and accepted', async () => {
    const sample = await draw({ size: 6 });
    const caseId = sample.cases[0]!.id;
    await inspect(caseId, sample.id, [{ text: '周某说上月没有人上门', within: '5 working days' }]);
    await inspect(sample.cases[1]!.id, sample.id);
    const tasks = await (await scene.ask('secretary', 'GET', '/tasks?limit=200')).json();
    const task = (tasks as { items: { id: string; caseId: string; kind: string; dueAt: string }[] }).items.find(
      (each) => each.kind === 'finding',
    )!;
    expect(task.dueAt > now).toBe(true);
    const inbox = JSON.stringify(await (await scene.ask('secretary', 'GET', '/inbox')).json());
    expect(inbox).toContain('督查发现问题');
    const before = await bulletin(sample.id);
    expect(before.numbers).toMatchObject({ drawn: 6, inspected: 2, inOrder: 1, findings: 1, asked: 1, accepted: 0 });
    // whom the help is for is not named where it is posted
    expect(before.findings[0]!.text).toBe('〔当事人〕说上月没有人上门');
    expect(before.findings[0]).toMatchObject({ state: 'asked', postName: expect.stringMatching(/./), sentBack: 0 });

    const finding = before.findings[0]!.id;
    const answer = { type: 'finding.answer', target: finding, data: { text: '已补上门并道歉' } };
    expect(await code('auditor', caseId, answer)).toBe('FORBIDDEN');
    expect(await code('cashHolder', caseId, answer)).toBe('FORBIDDEN');
    expect(await code('auditor', caseId, { type: 'finding.accept', target: finding })).toBe('NOT_OPEN');
    expect(
      await code('director', caseId, {
        type: 'deadline.requestExtension',
        target: finding,
        reason: '忙',
        data: { budget: '5 days' },
      }),
    ).toBe('BLOCKED');
    await scene.act('secretary', caseId, answer);
    expect(await code('secretary', caseId, answer)).toBe('ALREADY_DONE');
    expect(await code('secretary', caseId, { type: 'finding.accept', target: finding })).toBe('FORBIDDEN');
    expect((await bulletin(sample.id)).numbers).toMatchObject({ answered: 1, asked: 0 });
    await scene.act('auditor', caseId, { type: 'finding.return', target: finding, data: { text: '没有照片' } });
    expect((await bulletin(sample.id)).numbers).toMatchObject({ answered: 0, asked: 1, sentBack: 1 });
    await scene.act('caseworker', caseId, { ...answer, data: { text: '照片已补' } });
    await scene.act('auditor', caseId, { type: 'finding.accept', target: finding });
    const after = await bulletin(sample.id);
    expect(after.numbers).toMatchObject({ findings: 1, accepted: 1, answered: 0, asked: 0, overdue: 0, late: 0 });
    expect(after.findings[0]).toMatchObject({ answer: '照片已补', state: 'accepted' });
    expect(await code('auditor', caseId, { type: 'finding.accept', target: finding })).toBe('NOT_OPEN');
  });

  it('climbs its ladder, outlives the case, and leads to a record of accountability', async () => {
    const sample = await draw({ size: 6 });
    const caseId = cases[5]!;
    await inspect(caseId, sample.id, [{ text: '台账缺签字' }, { text: '公示没有照片' }]);
    await scene.act('caseworker', caseId, {
      type: 'case.close',
      reason: '本人自立',
      data: { outcome: 'selfReliant', followUp: false },
    });
    later(40);
    await scene.door.project(caseId);
    const { numbers, findings } = await bulletin(sample.id);
    expect(numbers).toMatchObject({ findings: 2, overdue: 2, late: 2 });
    const rungs = await scene.sql<{ tell: string }[]>`
      SELECT r.tell FROM rungs r JOIN deadlines d USING (case_id, deadline_id)
      WHERE r.case_id = ${caseId} AND d.of = 'finding' AND d.deadline_id = ${findings[0]!.id} ORDER BY r.fired_at, r.rung`;
    expect(rungs.map(({ tell }) => tell)).toEqual(['holder', 'unit', 'sub-district', 'district']);
    const records =
      await scene.sql`SELECT FROM accountability WHERE case_id = ${caseId} AND deadline_id = ${findings[0]!.id}`;
    expect(records).toHaveLength(1);
    await scene.act('secretary', caseId, { type: 'finding.answer', target: findings[0]!.id, data: { text: '已补签' } });
    expect((await bulletin(sample.id)).numbers).toMatchObject({ answered: 1, overdue: 1, late: 2 });
  });

  it('is for a case of the sample, by an auditor who has no other part in it', async () => {
    const sample = await draw({ size: 1 });
    const other = cases.find((each) => each !== sample.cases[0]!.id)!;
    const record = { type: 'inspection.record', data: { sample: sample.id, method: 'site' } };
    expect(await code('auditor', other, record)).toBe('INVALID_DATA');
    expect(await code('director', sample.cases[0]!.id, record)).toBe('FORBIDDEN');
    expect(await code('auditor', other, { ...record, data: { method: 'site' } })).toBe(200);
    const caseId = cases[4]!;
    const role = { method: 'site', findings: [{ text: '问题', answers: 'nobody' }] };
    expect(await code('auditor', caseId, { type: 'inspection.record', data: role })).toBe('INVALID_DATA');
    await changeOrganisation(scene.sql, { kind: 'system', id: 'test' }, async (organisation) => {
      await organisation.handOver('community-1-secretary', 'p-auditor', now);
    });
    later(0.01);
    expect(await code('auditor', caseId, { type: 'inspection.record', data: { method: 'site' } })).toBe(
      'ROLES_COLLIDE',
    );
  });

  it('leaves tables that a rebuild makes again', async () => {
    const [{ count }] = (await scene.sql`SELECT count(*)::int FROM items WHERE kind = 'finding'`) as unknown as [
      { count: number },
    ];
    expect(count).toBeGreaterThan(2);
    const transactions = createTransactions(scene.sql, { lanes: 1 });
    try {
      for (const caseId of cases)
        expect((await rebuildCase({ transactions, engine }, caseId, false)).differences).toEqual([]);
    } finally {
      await transactions.end();
    }
  });
});

describe('the month', () => {
  it('says what was inspected, and where nothing was', async () => {
    const month = now.slice(0, 7);
    const earlier = new Date(Date.parse(now) - 40 * 86_400_000).toISOString().slice(0, 7);
    const first = await ask<BulletinView>('auditor', 'GET', `/bulletins/${earlier}`);
    expect(first.numbers.inspected).toBeGreaterThan(1);
    expect(first.withoutInspection).toEqual([]);
    const none = await ask<BulletinView>('auditor', 'GET', '/bulletins/2099-01');
    expect(none.withoutInspection.map(({ unit }) => unit)).toEqual(['community-1']);
    expect((await ask<BulletinView>('auditor', 'GET', `/bulletins/${month}?unit=community-2`)).units).toEqual([]);
    expect((await scene.ask('auditor', 'GET', '/audit/bulletins/2026-13')).status).toBe(422);
    const list = await ask<{ items: { findings: number; drawn: number }[] }>('auditor', 'GET', '/samples?limit=200');
    expect(list.items.length).toBeGreaterThan(5);
  });
});

describe('a finding that cannot be read', () => {
  it('does not make its case one in order: the bulletin and the sample say so', async () => {
    const list = await ask<{ items: { id: string; findings: number; inspected: number }[] }>(
      'auditor',
      'GET',
      '/samples?limit=200',
    );
    const { id } = list.items.find(({ findings, inspected }) => findings === 1 && inspected === 2)!;
    const before = await bulletin(id);
    expect(before.numbers).toMatchObject({ inspected: 2, inOrder: 1, findings: 1 });
    expect(before.numbers.unread).toBeUndefined();
    await scene.sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`
        UPDATE events SET payload = set_byte(payload, length(payload) - 1, get_byte(payload, length(payload) - 1) # 1)
        WHERE type = 'finding.recorded' AND case_id = (SELECT case_id FROM cases WHERE case_no = ${before.findings[0]!.caseNo})`;
    });
    expect((await bulletin(id)).numbers).toMatchObject({ inspected: 2, inOrder: 1, findings: 0, unread: 1 });
    const sample = await ask<SampleView>('auditor', 'GET', `/samples/${id}`);
    expect(sample.cases.filter(({ unread }) => unread > 0).map(({ caseNo }) => caseNo)).toEqual([
      before.findings[0]!.caseNo,
    ]);
  });
});
