import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scene, setScene } from '../../api/scene.fixture.ts';
import { connect, type Sql } from '../../db/client.ts';
import { archiveFigures } from '../../db/queries/archive.ts';
import { casesSetAside } from '../../db/queries/readiness.ts';
import { unsignedSeconds } from '../../db/queries/record-log.ts';
import { restorePending } from '../../db/queries/restores.ts';
import { outboxFigures } from '../../db/queries/sendings.ts';
import { giveKeys, keysOf } from '../../db/sealed.ts';
import { openToSight, type Sight, seeAs, walled, withSight } from '../../db/walled.ts';
import { verify } from '../../door/verify.ts';

let scene: Scene;
let url: string;
/** The client of the API, whose every statement says who reads. Few connections, which many readers share. */
let api: Sql;
/** Its login without saying anything. */
let bare: Sql;
let here: string;
let there: string;
let document: string;

const head: Sight = { person: 'p-director', unit: undefined };
const admin: Sight = { person: 'p-admin', unit: 'district-1', people: true };
const headThere: Sight = { person: 'p-director-2', unit: undefined };
const caseworkerThere: Sight = { person: 'p-caseworker-2', unit: 'community-2' };
const nobody: Sight = { person: 'p-of-nowhere', unit: undefined };
const district: Sight = { person: 'p-auditor', unit: 'district-1' };

beforeAll(async () => {
  scene = await setScene();
  url = scene.databaseUrl;
  bare = connect(url, { max: 1, role: 'linli_api' });
  api = walled(connect(url, { max: 1, role: 'linli_api' }), { lanes: 2 });
  here = await scene.openApproved();
  const answer = await scene.ask('otherCaseworker', 'POST', '/cases', {
    program: 'fule',
    unit: 'community-2',
    data: { needs: '独居' },
    parties: [
      { role: 'beneficiary', name: '罗某', birthDate: '1950-01-01' },
      { role: 'companion', name: '钱某' },
    ],
    assignments: {},
  });
  there = ((await answer.json()) as { id: string }).id;
  document = randomUUID();
  await scene.sql`INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
    VALUES (${document}, ${here}, ${'0'.repeat(64)}, 1, 'image/png', 'photo', 'p-caseworker', now())`;
  await scene.sql.begin((tx) => [
    tx`SET LOCAL session_replication_role = replica`,
    tx`INSERT INTO outbox (id, delivery_id, endpoint_id, personal, count, text_zh, text_en, case_id, urgent, created_at, due_at)
      VALUES ('waits', 'made up', 'made up', true, 1, '有一件事', 'something', ${here}, false, now(), now())`,
  ]);
});

afterAll(async () => {
  await api.end();
  await bare.end();
  await scene.close();
});

/** Every table that names a case, by the catalogue: a new one is among them by itself. */
const tablesOfCases = () =>
  scene.sql<{ table: string }[]>`
    SELECT table_schema || '.' || table_name AS "table" FROM information_schema.columns c JOIN information_schema.tables t
      USING (table_schema, table_name)
    WHERE column_name = 'case_id' AND table_schema IN ('public', 'person') AND table_type = 'BASE TABLE' ORDER BY 1`;

/** Ids and times alone, of which the API tells counts over all units. */
const OPEN = new Set(['public.calendar_effects', 'public.case_moves']);

/** The cases a query without any condition shows, by table. */
async function careless(sight: Sight | undefined): Promise<Map<string, string[]>> {
  const seen = new Map<string, string[]>();
  for (const { table } of await tablesOfCases()) {
    if (OPEN.has(table)) continue;
    const [right] = await scene.sql<
      { reads: boolean }[]
    >`SELECT has_table_privilege('linli_api', ${table}, 'SELECT') AS reads`;
    if (!right?.reads) continue;
    const rows = await withSight(
      () => api.unsafe(`SELECT DISTINCT case_id AS id FROM ${table}`).then((all) => all),
      sight,
    );
    seen.set(
      table,
      rows.flatMap(({ id }) => (id === null || id === undefined ? [] : [String(id)])),
    );
  }
  return seen;
}

test('every table that names a case, and every one with words of people, is behind the wall, for its owner too', async () => {
  const open = await scene.sql<{ table: string }[]>`
    SELECT c.oid::regclass::text AS "table" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND (n.nspname = 'person' OR n.nspname = 'public' AND EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'case_id' AND NOT a.attisdropped))
      AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity OR 2 <> (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname IN ('owner', 'work')))`;
  expect(open).toEqual([]);
});

test('a view shows what its reader may see, not what its owner may', async () => {
  const loose = await scene.sql`
    SELECT oid::regclass::text AS view FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace IN ('public'::regnamespace, 'person'::regnamespace)
      AND NOT coalesce(reloptions, '{}') && ARRAY['security_invoker=true']`;
  expect(loose).toEqual([]);
});

describe('a query that forgot its condition', () => {
  test('shows nothing of any case where nobody is said to read', async () => {
    for (const [table, cases] of await careless(undefined)) expect([table, cases]).toEqual([table, []]);
    for (const { table } of await tablesOfCases()) {
      if (OPEN.has(table)) continue;
      const [right] = await scene.sql<
        { reads: boolean }[]
      >`SELECT has_table_privilege('linli_api', ${table}, 'SELECT') AS reads`;
      if (right?.reads)
        expect([table, await bare.unsafe(`SELECT FROM ${table} WHERE case_id IS NOT NULL`)]).toEqual([table, []]);
    }
    expect(await bare`SELECT FROM person.people`).toEqual([]);
  });

  test.each([
    ['whoever has to do with no case', nobody],
    ['the head of the other unit', headThere],
    ['a caseworker of the other unit', caseworkerThere],
  ])('shows %s nothing of this unit', async (_, sight) => {
    for (const [table, cases] of await careless(sight))
      expect([table, cases]).toEqual([table, cases.filter((id) => id !== here)]);
  });

  test('shows the head of each unit its cases, and who is above both', async () => {
    const cases = async (sight: Sight) => [...((await careless(sight)).get('public.cases') ?? [])].sort();
    expect(await cases(head)).toEqual([here]);
    expect(await cases(headThere)).toEqual([there]);
    expect(await cases(caseworkerThere)).toEqual([there]);
    expect(await cases(district)).toEqual([here, there].sort());
    const events = (await careless(head)).get('public.events');
    expect(events).toEqual([here]);
  });

  test('shows names of parties to whom the case is in sight alone', async () => {
    const names = async (sight: Sight) =>
      (await withSight(() => api<{ name: string }[]>`SELECT name FROM person.parties`.then((all) => all), sight)).map(
        ({ name }) => name,
      );
    expect((await names(head)).sort()).toEqual(['周某', '邱某'].sort());
    expect((await names(headThere)).sort()).toEqual(['罗某', '钱某'].sort());
    expect(await names(nobody)).toEqual([]);
    await scene.sql`INSERT INTO person.people (id, name) VALUES ('p-new', '何某') ON CONFLICT DO NOTHING`;
    const known = (sight: Sight) =>
      withSight(() => api`SELECT FROM person.people WHERE id = 'p-new'`.then((all) => all.length), sight);
    expect([await known(head), await known(admin)]).toEqual([0, 1]);
  });

  test('leaks nothing by an error either: what a condition computes is computed of rows in sight alone', async () => {
    const asks = () =>
      api`SELECT case_id FROM cases WHERE 1 / (CASE WHEN case_id = ${here} THEN 0 ELSE 1 END) = 1`.then((all) => all);
    await expect(withSight(asks, head)).rejects.toThrow('division by zero');
    expect(await withSight(asks, headThere)).toEqual([{ case_id: there }]);
  });

  test('is told nothing of another unit’s row by a key that is taken', async () => {
    const adds = () =>
      api`INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
        VALUES (${document}, ${there}, ${'0'.repeat(64)}, 1, 'image/png', 'photo', 'x', now())`.then((all) => all);
    const error = await withSight(adds, headThere).catch(
      (thrown: unknown) => thrown as { code: string; detail?: string },
    );
    expect(error).toMatchObject({ code: '23505' });
    expect((error as { detail?: string }).detail).toBeUndefined();
  });

  test('writes into no case out of sight', async () => {
    const adds = () =>
      api`INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
        VALUES (${randomUUID()}, ${here}, ${'0'.repeat(64)}, 1, 'image/png', 'photo', 'x', now())`.then((all) => all);
    await expect(withSight(adds, headThere)).rejects.toThrow('row-level security');
    await withSight(adds, head);
  });
});

describe('who reads is said in a transaction and goes with it', () => {
  test('many readers over two connections, at once and in turns, each see theirs', async () => {
    const ask = (sight: Sight | undefined) =>
      withSight(async () => {
        const [first] = await Promise.all([api`SELECT case_id FROM cases`, api`SELECT 1`]);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        const then = await api`SELECT case_id FROM cases`;
        return [first, then].map((rows) => rows.map((row) => row['case_id']));
      }, sight);
    const asked = Array.from({ length: 120 }, (_, n) => [head, headThere, undefined, nobody][n % 4]);
    const answers = await Promise.all(asked.map(ask));
    const whose = new Map<Sight | undefined, unknown>([
      [head, [[here], [here]]],
      [headThere, [[there], [there]]],
      [undefined, [[], []]],
      [nobody, [[], []]],
    ]);
    for (const [n, answer] of answers.entries()) expect(answer).toEqual(whose.get(asked[n]));
  });

  test('nothing of it is left on the connection', async () => {
    const one = walled(connect(url, { max: 1, role: 'linli_api' }), { lanes: 1 });
    const left = () =>
      one`SELECT current_setting('linli.person', true) AS person, current_setting('linli.cases', true) AS cases`.then(
        ([row]) => row,
      );
    const [seen] = await withSight(() => one`SELECT case_id FROM cases`.then((all) => all), head);
    expect(seen).toEqual({ case_id: here });
    expect(await withSight(left)).toMatchObject({ person: '', cases: '{}' });
    expect(await left()).toMatchObject({ person: '', cases: '{}' });
    await expect(withSight(() => one`SELECT 1 / 0`.then((all) => all), head)).rejects.toThrow('division');
    expect(await left()).toMatchObject({ person: '', cases: '{}' });
    expect(await one`SELECT case_id FROM cases`).toEqual([]);
    await one.end();
  });

  test('who signs in in the middle of a request is seen from then on', async () => {
    const seen = await withSight(async () => {
      const before = await api`SELECT case_id FROM cases`;
      seeAs(head);
      const after = await api`SELECT case_id FROM cases`;
      seeAs(headThere);
      return [before, after, await api`SELECT case_id FROM cases`].map((rows) => rows.length && rows[0]!['case_id']);
    });
    expect(seen).toEqual([0, here, there]);
  });

  test('a case that an emergency opens is seen for that request', async () => {
    const seen = await withSight(async () => {
      openToSight(here);
      return api`SELECT case_id FROM cases`;
    }, nobody);
    expect(seen).toEqual([{ case_id: here }]);
    expect(await withSight(() => api`SELECT case_id FROM cases`.then((all) => all), nobody)).toEqual([]);
  });

  test('what is not known to write cannot: it is read only', async () => {
    await expect(
      withSight(() => api.unsafe(`SELECT set_config('linli.x', '1', false), lo_create(0)`).then((all) => all), head),
    ).rejects.toThrow('read-only transaction');
  });

  test('a statement that fails takes nothing along that is asked after it', async () => {
    await withSight(async () => {
      await expect(api`SELECT 1 / 0`).rejects.toThrow('division');
      expect(await api`SELECT case_id FROM cases`).toEqual([{ case_id: here }]);
    }, head);
  });

  test('a connection that is lost is replaced', async () => {
    const one = walled(connect(url, { max: 1, role: 'linli_api', name: 'linli lost' }), { lanes: 1 });
    expect(await withSight(() => one`SELECT case_id FROM cases`.then((all) => all), head)).toHaveLength(1);
    await scene.sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'linli lost'`;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await withSight(() => one`SELECT case_id FROM cases`.then((all) => all), head)).toHaveLength(1);
    await one.end();
  });

  test.each([
    ['what is read', 'SELECT pg_sleep(20)'],
    ['what is written', 'SELECT pg_advisory_xact_lock(7), pg_sleep(20)'],
  ])('of a connection that is lost under way %s is refused, and it is replaced', async (_, slow) => {
    const one = walled(connect(url, { max: 1, role: 'linli_api', name: 'linli cut' }), { lanes: 2 });
    for (let round = 0; round < 3; round += 1) {
      const asked = withSight(
        () =>
          Promise.allSettled([
            one.unsafe(slow),
            one`SELECT case_id FROM cases WHERE unit <> ${`none ${round}`}`,
            one`SELECT 1`,
          ]),
        head,
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      await scene.sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'linli cut' AND wait_event = 'PgSleep'`;
      const [first] = await asked;
      expect(String(first?.status === 'rejected' && first.reason)).toContain('connection to the database was lost');
    }
    expect(await withSight(() => one`SELECT case_id FROM cases`.then((all) => all), head)).toHaveLength(1);
    await one.end();
  });

  test('what the database does not answer is given up', async () => {
    const one = walled(connect(url, { max: 1, role: 'linli_api' }), { lanes: 1, deadlineMs: 300 });
    await expect(withSight(() => one`SELECT pg_sleep(20)`.then((all) => all), head)).rejects.toThrow('within 300 ms');
    expect(await withSight(() => one`SELECT case_id FROM cases`.then((all) => all), head)).toHaveLength(1);
    await one.end();
  });
});

test('what is read for nobody in particular is read by other roles: figures are counted as linli_read, a case is verified as linli_door', async () => {
  const house = giveKeys(connect(url, { max: 1, role: 'linli_read' }), keysOf(scene.sql));
  const door = giveKeys(connect(url, { max: 1, role: 'linli_door' }), keysOf(scene.sql));
  const { findings } = await verify(door, { caseId: here });
  // but for the documents made up here
  expect(findings.filter(({ rule }) => rule !== 'documents')).toEqual([]);
  await door.end();
  await Promise.all([
    ...[outboxFigures(house), archiveFigures(house, 1_000), unsignedSeconds(house)],
    ...[casesSetAside(house), restorePending(house)],
  ]);
  await house.end();
});

test('the role of the API takes no wall down', async () => {
  for (const statement of [
    'SET row_security = off; SELECT FROM cases',
    'ALTER TABLE cases NO FORCE ROW LEVEL SECURITY',
    'DROP POLICY sight ON cases',
    'CREATE POLICY mine ON cases USING (true)',
  ])
    await expect(
      bare
        .unsafe(`BEGIN; ${statement}; ROLLBACK`)
        .simple()
        .finally(() => bare.unsafe('ROLLBACK')),
    ).rejects.toThrow(/row-level security|must be owner|permission denied/);
});
