import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DoorBench, doorBench } from '../test/support/door.ts';
import { changeOrganisation } from './organisation.ts';
import { closeUnit, lockUnits, mergeUnits, splitUnit } from './unit-changes.ts';

// What becomes of the channels of a unit that is no more: nobody finds out only by what does not come.

const admin = { kind: 'person', id: 'p-admin' } as const;
let bench: DoorBench;
beforeEach(async () => {
  bench = await doorBench();
});
afterEach(() => bench.close());

const channel = (unit: string, change: { disabled?: boolean } = {}) => bench.sql`
  INSERT INTO person.channel_endpoints (id, unit, channel, settings, hint, request_hash, language, digest, created_by,
    created_at, verified_at, disabled_at, disabled_reason)
  VALUES (${randomUUID()}, ${unit}, 'wecom', '{}', '', '', 'zh', 'atOnce', 'p-admin', now(), now(),
    ${change.disabled ? new Date().toISOString() : null}, ${change.disabled ? 'byHand' : null})`;
const merge = (unit: string, into: string) =>
  changeOrganisation(bench.sql, admin, async (organisation, tx) => {
    const locked = await lockUnits(tx, [unit, into]);
    return mergeUnits({ tx, organisation }, randomUUID(), { from: locked.get(unit)!, to: locked.get(into)! });
  });
const part = () =>
  changeOrganisation(bench.sql, admin, async (organisation, tx) =>
    splitUnit(
      { tx, organisation },
      {
        ...{ id: randomUUID(), unit: 'community-1' },
        into: [{ id: 'part-1', name: ['新社区', 'new community'], posts: ['community-1-supervision-head'], cases: [] }],
      },
      (await lockUnits(tx, ['community-1'])).get('community-1')!,
    ),
  );
const notices = () => bench.sql<{ about: string; person: string; zh: string; en: string }[]>`
  SELECT about, person, text_zh AS zh, text_en AS en FROM messages WHERE kind = 'undelivered' ORDER BY person`;
const names = async () =>
  Object.fromEntries(
    (await bench.sql<{ id: string; zh: string }[]>`SELECT id, name_zh AS zh FROM units`).map(({ id, zh }) => [id, zh]),
  );

test('merged into a unit without channels: its head and administrators are told that they fall silent', async () => {
  await channel('community-2');
  await channel('community-2', { disabled: true });
  await merge('community-2', 'community-1');
  const told = await notices();
  const of = await names();
  expect(told.map(({ person }) => person)).toContain('p-director');
  expect(new Set(told.map(({ about }) => about))).toEqual(new Set(['unit:community-2:into:community-1']));
  for (const { zh, en } of told) {
    expect(zh).toBe(
      `“${of['community-2']}”已并入“${of['community-1']}”，原有的 1 个单位渠道不再收到新消息，而“${of['community-1']}”还没有单位渠道：有关消息现在只进入收件箱。请在“消息渠道”中为“${of['community-1']}”添加。`,
    );
    expect(en).toContain('The one channel of');
  }
  const reminders =
    await bench.sql`SELECT FROM reminders r JOIN messages m ON m.id = r.message_id WHERE m.kind = 'undelivered'`;
  expect(reminders).toHaveLength(told.length);
});

test('merged into a unit with channels: they say over how many it goes on', async () => {
  await channel('community-2');
  await channel('community-1');
  await merge('community-2', 'community-1');
  const [told] = await notices();
  expect(told?.zh).toContain('有关消息改由');
  expect(told?.zh).toContain('1 个渠道发送');
});

test('without channels nobody is told', async () => {
  await merge('community-2', 'community-1');
  expect(await notices()).toEqual([]);
});

test('split: the new unit’s channels are missing, and both sides are told', async () => {
  await channel('community-1');
  await part();
  const told = await notices();
  expect(told.map(({ person }) => person)).toContain('p-director');
  expect(new Set(told.map(({ about }) => about))).toEqual(new Set(['unit:part-1:from:community-1']));
  expect(told[0]?.zh).toContain('“新社区”还没有单位渠道');
});

test('split off and merged back before the first notice was read: the second one is told as well', async () => {
  await channel('community-1');
  await part();
  await channel('part-1');
  await merge('part-1', 'community-1');
  const told = (await notices()).filter(({ person }) => person === 'p-director');
  expect(told.map(({ about }) => about).sort()).toEqual([
    'unit:part-1:from:community-1',
    'unit:part-1:into:community-1',
  ]);
});

test('closed when nothing is left in it', async () => {
  await changeOrganisation(bench.sql, admin, (organisation) =>
    organisation.addUnit({ id: 'empty-1', level: 'grid', name: ['空网格', 'empty grid'], above: 'community-1' }),
  );
  await channel('empty-1');
  await changeOrganisation(bench.sql, admin, async (organisation, tx) =>
    closeUnit({ tx, organisation }, randomUUID(), (await lockUnits(tx, ['empty-1'])).get('empty-1')!),
  );
  const told = await notices();
  expect(told.length).toBeGreaterThan(0);
  expect(told[0]?.zh).toContain('“空网格”');
});
