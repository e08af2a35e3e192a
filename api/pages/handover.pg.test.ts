import { afterAll, beforeAll, expect, it } from 'vitest';
import { findOrphans } from '../../db/queries/owners.ts';
import { assignments } from '../scene.fixture.ts';
import { hiddenOf, setPages } from './organisation.fixture.ts';

let scene: Awaited<ReturnType<typeof setPages>>;
beforeAll(async () => {
  scene = await setPages();
});
afterAll(() => scene?.close());

it('shows everything that goes over, and does it in one act: now, on a day to come, or to the head above', async () => {
  await scene.openApproved();
  const admin = await scene.visit('admin');
  const post = `/organisation/posts/${assignments.secretary}`;
  const path = /\/organisation\/appointments\/[^/"]+\/handover/.exec((await admin.get(post)).text)?.[0] ?? '';
  // whoever may see the list and not do it has no form
  for (const login of ['secretary', 'director', 'auditor'] as const) {
    const seen = await (await scene.visit(login)).get(path);
    expect([seen.status, seen.text]).toEqual([200, expect.stringContaining('交接清单')]);
    expect(seen.text).not.toContain(`action="${path}"`);
  }
  const stranger = await scene.visit('stranger');
  expect((await stranger.get(path)).status).toBe(403);
  expect((await stranger.post(path, { seen: 'yes' })).status).toBe(403);

  const form = (await admin.get(path)).text;
  expect(form).toMatch(/经办个案<\/dt><dd>1</);
  expect(form).toContain('一切由上级负责人接手：居民委员会主任');
  const unseen = await admin.send(path, { to: 'p-director-2' });
  expect([unseen.status, unseen.text]).toEqual([422, expect.stringContaining('请先核对清单')]);
  const pledge = await admin.send(path, { seen: 'yes', pledge: '件件有着落' });
  expect([pledge.status, pledge.text]).toEqual([422, expect.stringContaining('没有接任人，就没有人签责任书')]);
  // no request for programs among the ways out
  expect(pledge.text).not.toMatch(/POST \/|填写 to/);
  const past = await admin.send(path, { seen: 'yes', to: 'p-director-2', at: '2020-01-01' });
  expect([past.status, past.text]).toEqual([422, expect.stringContaining('任免不能倒签')]);

  const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  const eve = new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
  const wish = { seen: 'yes', to: 'p-director-2', at: day, reason: '届满换届', pledge: '件件有着落' };
  const done = await admin.send(path, wish);
  expect([done.status, done.location]).toEqual([303, `${post}?done=appointments%2Fhandover`]);
  const after = (await admin.get(post)).text;
  expect(after).toMatch(new RegExp(`张某[\\s\\S]*至 ${eve} 24:00[\\s\\S]*接任：孙某`));
  expect(after).toMatch(/社区党支部书记交接：张某 → 孙某/);
  expect(await findOrphans(scene.sql)).toMatchObject({ orphans: [] });
});

it('is done only as it was shown: what has come to the post meanwhile is shown first', async () => {
  const admin = await scene.visit('admin');
  const post = `/organisation/posts/${assignments.accountant}`;
  const path = /\/organisation\/appointments\/[^/"]+\/handover/.exec((await admin.get(post)).text)?.[0] ?? '';
  const old = hiddenOf((await admin.get(path)).text);
  await scene.openApproved();
  const late = await admin.post(path, { ...old, seen: 'yes' });
  expect([late.status, late.text]).toEqual([412, expect.stringContaining('清单在您确认之前有了变化')]);
  expect(late.text).not.toMatch(/name="seen"[^>]*checked/);
  expect((await admin.post(path, { ...hiddenOf(late.text), seen: 'yes' })).status).toBe(303);
});

it('names the books that freeze', async () => {
  const admin = await scene.visit('admin', 'en');
  const post = `/organisation/posts/${assignments.cashHolder}`;
  const path = /\/organisation\/appointments\/[^/"]+\/handover/.exec((await admin.get(post)).text)?.[0] ?? '';
  const form = (await admin.get(path)).text;
  expect(form).toContain('These sides of books freeze');
  // who keeps the organisation is told how many; whose case it is, the head above reads
  expect(form).not.toContain('cash side');
  expect((await (await scene.visit('director', 'en')).get(path)).text).toContain('cash side');
  const done = await admin.send(path, { seen: 'yes' });
  expect(done.status).toBe(303);
  expect((await admin.get(post)).text).toContain('vacant');
});
