import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../door/verify.ts';
import fule from '../../plugins/fule/program.ts';
import { defineProgram } from '../../sdk/define-program.ts';
import type { Program } from '../../sdk/program.ts';
import { programHash } from '../../sdk/program-hash.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, recorded, secretary } from '../../test/support/door.ts';
import { migrateCases, migrationId, undoMigration } from './migrate.ts';
import { orphans } from './orphans.ts';

const MANY = 50;
const log = pino({ level: 'silent' });

/** Another name for the stage, the handicraft and the companion; one task more, and no diary of the mood. */
const next: Program = defineProgram(
  JSON.parse(
    JSON.stringify({ ...fule, version: '2.0.0' })
      .replaceAll('"craft"', '"handicraft"')
      .replaceAll('"speak"', '"talk"')
      .replaceAll('"companion"', '"friend"')
      .replace('{"task":"meet"', '{"task":"greet","name":["问候","greet"],"by":"friend"},{"task":"meet"'),
  ) as Program,
);
const mapping = { stages: { speak: 'talk' }, items: { craft: 'handicraft' }, roles: { companion: 'friend' } };
const wish = { program: 'fule', version: '2.0.0', by: 'p-director', reason: '第二版' };

let bench: DoorBench;
let cases: string[];
beforeAll(async () => {
  bench = await doorBench();
  cases = [];
  for (let n = 0; n < MANY; n++) {
    const { case: opened } = recorded(await bench.door.open(fuleOpening()));
    cases.push(opened.caseId);
    await bench.door.acts(opened.caseId, [
      actOn(opened.caseId, 'consent.give', { onBehalfOf: 'beneficiary', data: { witness: '邱某' } }),
      ...(
        [
          ['party-branch', 24],
          ['two-committees', 9],
          ['residents-representatives', 41],
        ] as const
      ).map(([body, present]) =>
        actOn(opened.caseId, 'decision.record', {
          actor: secretary,
          data: { body, present, for: present, against: 0, abstain: 0, text: '同意' },
        }),
      ),
    ]);
  }
}, 300_000);
afterAll(() => bench?.close());

const stores = () => ({ sql: bench.sql, log, installed: [fule, next] });
const versions = async () =>
  (
    await bench.sql<{ version: string; n: number }[]>`
    SELECT program_version AS version, count(*)::int AS n FROM cases GROUP BY program_version ORDER BY 1`
  ).map(({ version, n }) => `${version}: ${n}`);
const clocks = () => bench.sql<{ id: string; due: string }[]>`
  SELECT case_id || ' ' || due_at::text AS id, due_at::text AS due FROM deadlines WHERE state = 'running' AND of = 'stage' ORDER BY 1`;

describe('50 running cases', () => {
  test('are refused with every place named where the mapping says nothing, and stay', async () => {
    const { cases: tried } = await migrateCases(stores(), { ...wish, mapping: {}, dryRun: true });
    expect(tried).toHaveLength(MANY);
    for (const { refused } of tried) {
      expect(refused?.code).toBe('INVALID_DATA');
      expect(refused?.paths.map((path) => path.split(':')[0])).toEqual(
        expect.arrayContaining([
          'data.mapping.stages.speak',
          'data.mapping.items.craft',
          'data.mapping.roles.companion',
        ]),
      );
    }
    expect(await versions()).toEqual([`${fule.version}: 50`]);
  });

  test('a dry run says what would change, and keeps nothing', async () => {
    const { cases: tried } = await migrateCases(stores(), { ...wish, mapping, dryRun: true });
    for (const each of tried) {
      expect(each.refused).toBeUndefined();
      expect(each).toMatchObject({ from: fule.version, deadlinesMoved: 0, itemsDropped: [], itemsOpened: ['greet'] });
    }
    expect(await versions()).toEqual([`${fule.version}: 50`]);
  });

  test('go over in batches, every clock as promised, and the record verifies', async () => {
    const before = await clocks();
    const first = await migrateCases(stores(), { ...wish, mapping, batch: 20 });
    expect([first.cases.length, first.remaining]).toEqual([20, 30]);
    expect(await versions()).toEqual([`${fule.version}: 30`, '2.0.0: 20']);
    const rest = await migrateCases(stores(), { ...wish, mapping });
    expect(rest.cases).toHaveLength(30);
    expect(rest.id).toBe(migrationId('fule', programHash(next), mapping));
    expect(await versions()).toEqual(['2.0.0: 50']);
    expect((await migrateCases(stores(), { ...wish, mapping })).cases).toEqual([]);
    expect((await clocks()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect((await verify(bench.sql)).findings).toEqual([]);
    const greeted = await bench.door.act(
      actOn(cases[0]!, 'task.complete', { target: 'greet', onBehalfOf: 'friend', data: { witness: '李某' } }),
    );
    // the door of the bench has the version from the record
    expect(recorded(greeted).case.program.version).toBe('2.0.0');
  });

  test('and come back by a new act each, with nothing erased', async () => {
    const before = await clocks();
    const events = async () => Number((await bench.sql`SELECT count(*) AS n FROM events`)[0]?.['n']);
    const were = await events();
    const id = migrationId('fule', programHash(next), mapping);
    const tried = await undoMigration(stores(), { id, by: 'p-director', reason: '撤回', dryRun: true });
    expect(tried.cases).toHaveLength(MANY);
    const undone = await undoMigration(stores(), { id, by: 'p-director', reason: '撤回' });
    expect(undone.cases.filter(({ refused }) => refused)).toEqual([]);
    expect(await versions()).toEqual([`${fule.version}: 50`]);
    expect(await events()).toBeGreaterThan(were);
    expect((await clocks()).map(({ id: each }) => each)).toEqual(before.map(({ id: each }) => each));
    expect((await undoMigration(stores(), { id, by: 'p-director', reason: '撤回' })).cases).toEqual([]);
    expect((await verify(bench.sql)).findings).toEqual([]);
  });

  test('a release without their program is named as what would orphan them', async () => {
    const none = { byId: () => undefined, calls: () => ({}) };
    expect(await orphans(bench.sql, none)).toEqual([
      expect.stringMatching(new RegExp(`fule ${fule.version} .*50 running case.*not installed`)),
    ]);
    const all = { byId: (id: string) => (id === 'fule' ? fule : undefined), calls: () => ({}) };
    expect(await orphans(bench.sql, all)).toEqual([]);
    expect(await orphans(bench.sql, all, new Set())).toEqual([expect.stringMatching(/neither installed nor kept/)]);
  });
});
