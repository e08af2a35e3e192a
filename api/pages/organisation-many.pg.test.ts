import { afterAll, beforeAll, expect, it } from 'vitest';
import { setPages } from './organisation.fixture.ts';

// A district of many units: none is out of reach only because others come before it in a list.

let scene: Awaited<ReturnType<typeof setPages>>;
beforeAll(async () => {
  scene = await setPages();
});
afterAll(() => scene?.close());

const POST = '/organisation/posts/community-1-director/move';
const grids = (prefix: string, closed: boolean) => scene.sql`
  INSERT INTO units (id, level, name_zh, name_en, above, closed_at)
  SELECT ${prefix} || n, 'grid', '网格' || ${prefix} || n, 'Grid ' || ${prefix} || n, 'community-2',
    CASE WHEN ${closed} THEN now() END FROM generate_series(1, 501) n`;

it('leaves closed units out of the list, and lets a unit be named where the open ones are too many for one', async () => {
  const admin = await scene.visit('admin');
  await grids('a-closed-', true);
  const listed = (await admin.get(POST)).text;
  expect(listed).toContain('<option value="community-2">');
  expect(listed).not.toContain('a-closed-');

  await grids('b-open-', false);
  expect((await admin.get('/organisation?unit=community-2')).text).toContain('community-2/merge"');
  const named = (await admin.get(POST)).text;
  expect(named).not.toContain('<option value="community-2">');
  expect(named).toContain('写单位名称或编号');
  const unknown = await admin.send(POST, { to: '没有的社区' });
  expect([unknown.status, unknown.text]).toEqual([422, expect.stringContaining('没有这个单位')]);
  const closed = await admin.send(POST, { to: 'a-closed-1' });
  expect(closed.status).toBe(422);
  expect((await admin.send(POST, { to: '网格b-open-501' })).text).toContain('b-open-501');
  const merge = await admin.send('/organisation/units/b-open-1/merge', { into: 'b-open-501' });
  expect([merge.status, merge.text]).toEqual([200, expect.stringContaining('b-open-501')]);
});
