import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMover } from '../../activities/mover.ts';
import { orgHistory } from '../../db/queries/org-history.ts';
import { Organisation } from '../../door/organisation.ts';
import { verifyOrganisation } from '../../door/verify-organisation.ts';
import { assignments } from '../scene.fixture.ts';
import { hiddenOf, setPages } from './organisation.fixture.ts';

let scene: Awaited<ReturnType<typeof setPages>>;
beforeAll(async () => {
  scene = await setPages();
});
afterAll(() => scene?.close());

const unit = (id: string) => `/organisation?unit=${id}`;
/** Answers for nothing in the cases, so that they stay unless they are named. */
const DIRECTOR = 'community-1-director';
const allMoved = async () => {
  const mover = createMover({ sql: scene.worker, door: scene.door, log: pino({ level: 'silent' }) });
  while ((await mover.turn()) > 0);
};

it('splits a unit: posts and single cases chosen, tried out, changed, done once, and watched', async () => {
  const [first, second] = [await scene.open(), await scene.open()];
  const admin = await scene.visit('admin');
  const path = '/organisation/units/community-1/split';
  const form = (await admin.get(path)).text;
  expect(form).toContain('岗位去向');
  expect(form).toContain(`name="case:${first}"`);
  const more = await admin.send(path, { step: 'more', zh1: '新安北社区' });
  expect(more.text).toMatch(/value="新安北社区"[\s\S]*新单位 2/);

  const wrongHead = await admin.send(path, { zh1: '新安北社区', head1: assignments.secretary });
  expect([wrongHead.status, wrongHead.text]).toEqual([422, expect.stringContaining('负责人岗位应在划出的岗位之中')]);
  expect(wrongHead.text).toContain('href="#f-head1"');
  const unknown = await admin.send(path, { zh1: '新安北社区', numbers1: '2026-999999' });
  expect([unknown.status, unknown.text]).toEqual([
    422,
    expect.stringContaining('这些案号不是本单位的未结个案：2026-999999'),
  ]);
  const wish = {
    ...{ zh1: '新安北社区', en1: 'North Xin’an', head1: DIRECTOR },
    ...{ [`post:${DIRECTOR}`]: '1', [`case:${second}`]: '1' },
  };
  const preview = await admin.send(path, wish);
  expect(preview.text).toMatch(/新安西路社区 → 新安北社区[\s\S]*未结个案<\/dt><dd>1<[\s\S]*岗位<\/dt><dd>1</);
  const kept = hiddenOf(preview.text);
  expect(kept).toMatchObject(wish);
  const back = await admin.post(path, { ...kept, step: 'edit' });
  expect(back.text).toContain('value="新安北社区"');
  expect((await admin.get(unit('subdistrict-1'))).text).not.toContain('新安北社区');

  const changed = await admin.post(path, { ...kept, shown: 'of another list', step: 'confirm' });
  expect([changed.status, changed.text]).toEqual([412, expect.stringContaining('清单在您确认之前有了变化')]);
  expect(hiddenOf(changed.text)).toMatchObject(kept);

  const done = await admin.post(path, { ...kept, step: 'confirm' });
  expect([done.status, done.location]).toEqual([303, `${unit('community-1')}&done=units%2Fsplit`]);
  expect(await admin.post(path, { ...kept, step: 'confirm' })).toEqual(done);
  const moving = await admin.get(unit('community-1'));
  expect([moving.text, moving.refresh]).toEqual([expect.stringContaining('已转 0 / 1'), '5']);
  await allMoved();
  const through = await admin.get(unit('community-1'));
  expect([through.text, through.refresh]).toEqual([expect.stringContaining('已转 1 / 1'), null]);
  const created = /unit=(community-[0-9a-f-]+-1)"/.exec(through.text)?.[1] ?? '';
  const north = (await admin.get(unit(created))).text;
  expect(north).toContain('王某 · 居民委员会主任');
  expect(north).toContain('新安西路社区拆分：新安北社区（岗位：居民委员会主任）');
});

it('merges a unit into one of its level or a higher one, after showing what goes along', async () => {
  const admin = await scene.visit('admin');
  const path = '/organisation/units/community-1/merge';
  const form = (await admin.get(path)).text;
  expect(form).toContain('<option value="community-2">');
  expect(form).not.toContain('<option value="community-1">');
  const preview = await admin.send(path, { into: 'community-2' });
  expect([preview.status, preview.text]).toEqual([200, expect.stringContaining('新安西路社区 → 洛宁路社区')]);
  expect(preview.text).toMatch(/未结个案<\/dt><dd>1</);
  const merged = await admin.post(path, { ...hiddenOf(preview.text), step: 'confirm' });
  expect(merged.location).toBe(`${unit('community-2')}&done=units%2Fmerge`);
  const gone = (await admin.get(unit('community-1'))).text;
  expect(gone).toContain('已撤并，归入');
  expect(gone).toContain('已转 0 / 1');
  expect(gone).not.toContain('/organisation/units/community-1/');
  // what is under way is shown, however much was through before and whatever the ids; slowly while it waits for a repair
  await scene.sql`
    INSERT INTO unit_moves (id, kind, unit, found, began_at, done_at)
    SELECT ' ' || n, 'merge', 'community-2', 0, now() - interval '1 day', now() FROM generate_series(1, 30) n`;
  const under = await admin.get(unit('community-2'));
  expect([under.text, under.refresh]).toEqual([expect.stringContaining('已转 0 / 1'), '5']);
  await scene.sql`DELETE FROM unit_moves WHERE id LIKE ' %'`;
  const left = scene.sql`case_id IN (SELECT case_id FROM case_moves WHERE done_at IS NULL)`;
  await scene.sql`UPDATE cases SET frozen_at = now(), frozen_seq = 1, frozen_head = 'x' WHERE ${left}`;
  expect((await admin.get(unit('community-2'))).refresh).toBe('60');
  await scene.sql`UPDATE cases SET frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL WHERE ${left}`;
  await allMoved();
  expect((await admin.get(unit('community-2'))).text).toContain('新安西路社区并入洛宁路社区');
  const again = await admin.send(path, { into: 'community-2' });
  expect([again.status, again.text]).toEqual([409, expect.stringContaining('已撤并')]);
  expect(await verifyOrganisation(scene.sql)).toEqual([]);
});

it('finds what the history says of a unit by an index, whatever the ids are written in', async () => {
  const id = '社区:北/1@x';
  await scene.sql.begin(async (tx) => {
    await new Organisation(tx as never, { kind: 'person', id: 'p-admin' }).addPerson({ id, name: '何某' });
  });
  const found = await orgHistory(scene.sql, [id, 'nobody'], { limit: 5 });
  expect(found.map(({ type }) => type)).toEqual(['person.added']);
  expect(await orgHistory(scene.sql, ['社区'], { limit: 5 })).toEqual([]);
  const whole = await orgHistory(scene.sql, ['community-1'], { limit: 500 });
  const [{ n }] = await scene.sql<[{ n: number }]>`
    SELECT count(*)::int AS n FROM org_events WHERE position('"community-1"'::bytea IN payload) > 0`;
  expect([whole.length, whole.length > 5]).toEqual([n, true]);
  const plan = await scene.sql.begin(async (tx) => {
    await tx`SET LOCAL enable_seqscan = off`;
    return tx`EXPLAIN SELECT seq FROM org_events WHERE org_subjects(payload) && ARRAY['community-1']`;
  });
  expect(JSON.stringify(plan)).toContain('org_events_subjects');
});

it('still shows the history where a record of it was altered by hand', async () => {
  await scene.sql`ALTER TABLE org_events DISABLE TRIGGER ALL`;
  await scene.sql`UPDATE org_events SET payload = convert_to('no JSON: "community-2"', 'UTF8') WHERE type = 'unit.merged'`;
  await scene.sql`ALTER TABLE org_events ENABLE TRIGGER ALL`;
  const shown = await (await scene.visit('admin')).get(unit('community-2'));
  expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('这条记录无法读取')]);
});
