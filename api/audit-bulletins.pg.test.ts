import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyOrganisation } from '../door/verify-organisation.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';
import type { BulletinHeadView, PublishedBulletinView } from './schemas/audit-bulletins.ts';
import type { SampleView } from './schemas/audit-samples.ts';

let scene: Scene;
let caseId: string;
let sample: SampleView;
const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const at = '/audit/published-bulletins';

beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  sample = (await (await scene.ask('auditor', 'POST', '/audit/samples', { size: 1 })).json()) as SampleView;
  await inspect('周某说上月没有人上门');
}, 60_000);
afterAll(() => scene?.close());

const inspect = (text: string) =>
  scene.act('auditor', caseId, {
    type: 'inspection.record',
    data: { sample: sample.id, method: 'phone', findings: [{ text }] },
  });
const publish = async (body: object, status = 201, login: Login = 'auditor') => {
  const answer = await scene.ask(login, 'POST', at, body);
  const text = await answer.text();
  expect(`${answer.status} ${answer.status === status ? '' : text}`.trim()).toBe(String(status));
  return JSON.parse(text) as PublishedBulletinView & { code?: string; waysOut?: string[] };
};
const read = async (id: string) => {
  const answer = await scene.ask('auditor', 'GET', `${at}/${id}`);
  expect(answer.status).toBe(200);
  return { text: await answer.text(), etag: answer.headers.get('etag') };
};

it('keeps what was published, byte by byte, whatever happens afterwards', async () => {
  const first = await publish({ sample: sample.id });
  expect(first.bulletin.findings.map(({ text }) => text)).toEqual(['〔当事人〕说上月没有人上门']);
  const before = await read(first.id);
  expect(before.text).toBe(canonicalJson(first));
  expect(before.etag).toBe(`"${hash(before.text)}"`);
  await inspect('台账缺两笔');
  expect(await read(first.id)).toEqual(before);
  const now = await (await scene.ask('auditor', 'GET', `/audit/samples/${sample.id}/bulletin`)).json();
  expect((now as { findings: unknown[] }).findings).toHaveLength(2);

  const refused = await publish({ sample: sample.id }, 409);
  expect(refused).toMatchObject({ code: 'ALREADY_DONE', waysOut: [expect.stringContaining(first.id)] });
  await publish({ sample: sample.id, corrects: first.id }, 422);
  const second = await publish({ sample: sample.id, corrects: first.id, reason: '漏列周某一项' });
  expect(second).toMatchObject({ corrects: first.id, reason: '漏列〔当事人〕一项' });
  expect(second.bulletin.findings).toHaveLength(2);
  expect(await read(first.id)).toEqual(before);
  await publish({ sample: sample.id, corrects: first.id, reason: '再改' }, 409);
  const list = (await (await scene.ask('auditor', 'GET', at)).json()) as { items: BulletinHeadView[] };
  expect(list.items.map(({ id, corrects, correctedBy }) => [id, corrects, correctedBy])).toEqual([
    [second.id, first.id, null],
    [first.id, null, second.id],
  ]);
});

it('is published once for an Idempotency-Key, and once of a month by whoever is first', async () => {
  const headers = { 'idempotency-key': 'the-month' };
  const once = await (await scene.ask('auditor', 'POST', at, { month, unit: 'community-1' }, headers)).text();
  const twice = await scene.ask('auditor', 'POST', at, { month, unit: 'community-1' }, headers);
  expect(await twice.text()).toBe(once);
  const all = await Promise.all([1, 2, 3].map(() => scene.ask('auditor', 'POST', at, { month })));
  expect(all.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  await publish({ month: '2199-12' }, 422);
  await publish({ month, sample: sample.id }, 422);
  await publish({ month, corrects: 'none', reason: '更正', unit: 'community-2' }, 422);
  await publish({ month, unit: 'nowhere' }, 404);
  await publish({ month }, 403, 'director');
  expect((await scene.ask('auditor', 'GET', `${at}/none`)).status).toBe(404);
  expect((await scene.ask('admin', 'GET', at)).status).toBe(403);
});

it('cannot be changed unseen', async () => {
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
  await expect(scene.sql`UPDATE audit_bulletins SET language = 'en'`).rejects.toThrow();
  const [row] = await scene.sql<{ id: string; content: Uint8Array }[]>`
    SELECT id, content FROM audit_bulletins WHERE corrects IS NOT NULL`;
  const { id } = row!;
  const other = Buffer.from(Buffer.from(row!.content).toString('utf8').replace('漏列', '多列'));
  const changes = [
    scene.sql`UPDATE audit_bulletins SET content = ${other}, hash = encode(sha256(${other}), 'hex') WHERE id = ${id}`,
    scene.sql`UPDATE audit_bulletins SET corrects = NULL WHERE id = ${id}`,
    scene.sql`UPDATE audit_bulletins SET published_at = published_at - interval '1 day' WHERE id = ${id}`,
    scene.sql`UPDATE audit_bulletins SET unit = 'community-2' WHERE id = ${id}`,
    scene.sql`DELETE FROM audit_bulletins WHERE id = ${id}`,
  ];
  for (const change of changes) {
    await scene.sql
      .begin(async (tx) => {
        await tx`SET LOCAL session_replication_role = replica`;
        await tx`DROP INDEX audit_bulletins_sample`;
        await tx`${change}`;
        expect((await verifyOrganisation(tx as never)).map(({ what }) => what).join()).toContain(`bulletins ${id}`);
        throw new Error('take it back');
      })
      .catch((error: Error) => expect(error.message).toBe('take it back'));
  }
  const [event] = await scene.sql<{ payload: Uint8Array }[]>`
    SELECT payload FROM org_events WHERE type = 'bulletin.published' ORDER BY seq LIMIT 1`;
  expect(Buffer.from(event!.payload).toString('utf8')).not.toContain('上门');
});
