import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sql } from '../db/client.ts';
import { addMs } from '../engine/time/civil.ts';
import { keepDocument } from '../test/support/documents.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, recorded } from '../test/support/door.ts';
import { changeState } from '../test/support/states.ts';
import { GENESIS } from './chain.ts';
import type { WitnessedEvent } from './outcome.ts';
import { verify } from './verify.ts';
import type { WitnessedRun } from './verify-histories.ts';
import { type OrgFinding, verifyOrganisation } from './verify-organisation.ts';

let bench: DoorBench;
beforeAll(async () => {
  bench = await doorBench();
});
afterAll(() => bench.close());

/** A case that lay open for a fortnight: visits missed, people told, two notes, a document, something said late. */
async function livedCase(): Promise<string> {
  const openedAt = addMs(new Date().toISOString(), -14 * 86_400_000);
  const { caseId } = recorded(await bench.door.open(fuleOpening({ openedAt }))).case;
  recorded(await bench.door.act(actOn(caseId, 'note.add', { data: { text: '来访' } })));
  recorded(await bench.door.act(actOn(caseId, 'note.add', { data: { text: '再访' } })));
  const evidence = [await keepDocument(bench.sql, caseId)];
  const late = { occurredAt: addMs(new Date().toISOString(), -10 * 86_400_000), reason: '补记' };
  recorded(await bench.door.act(actOn(caseId, 'document.attach', { evidence, ...late })));
  return caseId;
}

/** What a database administrator does: without triggers and foreign keys. */
async function tamper(change: (sql: Sql) => PromiseLike<unknown>): Promise<void> {
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await change(tx as unknown as Sql);
  });
}

/** What Temporal would hold of a case, read from the record as it is now. */
async function historyOf(caseId: string): Promise<WitnessedRun[]> {
  let at = { seq: 0, head: GENESIS };
  const events: WitnessedEvent[] = [];
  for (let more = true; more; ) {
    const page = await bench.door.advance({ caseId, ...at });
    if ('recordBehind' in page) throw new Error('the record is behind');
    events.push(...page.events);
    at = { seq: page.seq, head: page.head };
    more = page.more;
  }
  return [{ runId: 'r', running: true, start: { seq: 0, head: GENESIS }, events, end: at, frozen: false }];
}

describe('what was not touched holds', () => {
  test('alone, and against its history', async () => {
    const caseId = await livedCase();
    const runs = await historyOf(caseId);
    const proof = await verify(bench.sql, { caseId, histories: async () => runs });
    expect(proof.findings).toEqual([]);
    expect(proof.checked).toMatchObject({ cases: 1, runs: 1, witnessed: proof.checked.events });
    expect(proof.checked.events).toBeGreaterThan(15);
  });

  test('all of it, with the organisation', async () => {
    await livedCase();
    expect((await verify(bench.sql)).findings).toEqual([]);
  });

  test('a case that is not there does not', async () => {
    expect((await verify(bench.sql, { caseId: 'none' })).holds).toBe(false);
  });
});

describe('an edit behind the triggers is found', () => {
  type Edit = readonly [what: string, rule: string, edit: (sql: Sql, id: string) => PromiseLike<unknown>];
  const table: readonly Edit[] = [
    [
      'another payload',
      'chain',
      (sql, id) => sql`UPDATE events SET payload = payload || ' ' WHERE case_id = ${id} AND seq = 3`,
    ],
    [
      'another time in the column',
      'chain',
      (sql, id) =>
        sql`UPDATE events SET occurred_at = occurred_at - interval '1 day' WHERE case_id = ${id} AND seq = 3`,
    ],
    ['an event taken away', 'chain', (sql, id) => sql`DELETE FROM events WHERE case_id = ${id} AND seq = 3`],
    [
      'the last event taken away',
      'chain',
      (sql, id) =>
        sql`DELETE FROM events WHERE case_id = ${id} AND seq = (SELECT seq FROM cases WHERE case_id = ${id})`,
    ],
    [
      'a header that says somebody else',
      'chain',
      (sql, id) => sql`
      UPDATE events SET header = convert_to(replace(convert_from(header, 'UTF8'), 'p-caseworker', 'p-secretary'), 'UTF8'),
        hash = encode(sha256(convert_to(replace(convert_from(header, 'UTF8'), 'p-caseworker', 'p-secretary'), 'UTF8')), 'hex')
      WHERE case_id = ${id} AND seq = 1`,
    ],
    [
      'another state',
      'state',
      (sql, id) => changeState({ keyed: bench.sql, write: sql }, id, (state) => ({ ...state, imported: true })),
    ],
    [
      'another due date',
      'case row',
      (sql, id) => sql`UPDATE cases SET next_due = next_due + interval '1 year' WHERE case_id = ${id}`,
    ],
    ['a case that never wakes', 'case row', (sql, id) => sql`UPDATE cases SET wake_at = NULL WHERE case_id = ${id}`],
    [
      'a missed visit that is done',
      'read models',
      (sql, id) => sql`UPDATE items SET state = 'done' WHERE case_id = ${id} AND item_id = 'visit-1'`,
    ],
    ['a rung that did not fire', 'read models', (sql, id) => sql`DELETE FROM rungs WHERE case_id = ${id}`],
    ['a message nobody got', 'read models', (sql, id) => sql`DELETE FROM messages WHERE case_id = ${id}`],
    [
      'an acknowledgement nobody made',
      'read models',
      (sql, id) =>
        sql`UPDATE messages SET acknowledged_at = now(), acknowledged_by = 'p-secretary' WHERE case_id = ${id}`,
    ],
    [
      'a record of accountability decided by nobody',
      'read models',
      (sql, id) =>
        sql`UPDATE accountability SET outcome = '提醒', decided_by = 'p-district-head' WHERE case_id = ${id}`,
    ],
    [
      'a record of accountability taken back',
      'read models',
      (sql, id) => sql`DELETE FROM accountability WHERE case_id = ${id}`,
    ],
    [
      'another name',
      'read models',
      (sql, id) => sql`UPDATE person.parties SET name = '王某' WHERE case_id = ${id} AND role = 'companion'`,
    ],
    [
      'a deadline that moved',
      'read models',
      (sql, id) => sql`UPDATE deadlines SET due_at = due_at + interval '1 year' WHERE case_id = ${id}`,
    ],
    [
      'a role filled otherwise',
      'read models',
      (sql, id) =>
        sql`UPDATE assignments SET post = 'community-1-director' WHERE case_id = ${id} AND role = 'secretary'`,
    ],
    ['an act that was not', 'acts', (sql, id) => sql`DELETE FROM acts WHERE case_id = ${id} AND type = 'note.add'`],
    ...Object.entries({
      'another kind of actor': "actor_kind = 'system'",
      'another actor': "actor_id = 'p-secretary'",
      'another post': "actor_post = 'community-1-director'",
      'another recorded time': "recorded_at = recorded_at - interval '1 day'",
      'that is said to have been on time': 'occurred_at = recorded_at',
      'of another type': "type = 'note.add'",
      'called by its event': "type = 'document.attached'",
    }).map(
      ([what, set]): Edit => [
        `an act ${what}`,
        'acts',
        (sql, id) => sql.unsafe(`UPDATE acts SET ${set} WHERE case_id = $1 AND type = 'document.attach'`, [id]),
      ],
    ),
    [
      'a document exchanged, and its row',
      'documents',
      (sql, id) => sql`
        WITH other AS (UPDATE document_contents SET bytes = 'x' WHERE document_id IN (SELECT id FROM documents WHERE case_id = ${id}))
        UPDATE documents SET sha256 = encode(sha256('x'), 'hex'), size_bytes = 1 WHERE case_id = ${id}`,
    ],
    [
      'a document taken away, and its row',
      'documents',
      (sql, id) => sql`
        WITH gone AS (DELETE FROM document_contents WHERE document_id IN (SELECT id FROM documents WHERE case_id = ${id}))
        DELETE FROM documents WHERE case_id = ${id}`,
    ],
    [
      'a document without its bytes',
      'documents',
      (sql, id) => sql`
      INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
      VALUES (${`d-${id}`}, ${id}, ${'00'.repeat(32)}, 1, 'text/plain', 'file', 'p-caseworker', now())`,
    ],
    [
      'a balance that is not the sum',
      'books',
      (sql, id) => sql`UPDATE book_counters SET balance_fen = 100 WHERE case_id = ${id}`,
    ],
  ];

  test.each(table)('%s', async (_what, rule, edit) => {
    const caseId = await livedCase();
    await tamper((sql) => edit(sql, caseId));
    const { holds, findings } = await verify(bench.sql, { caseId });
    expect(holds).toBe(false);
    expect(new Set(findings.map((finding) => finding.caseId))).toEqual(new Set([caseId]));
    expect(findings.map((finding) => finding.rule)).toContain(rule);
    expect(JSON.stringify(findings)).not.toMatch(/[周邱王]某/);
  });

  test('a case whose row was taken away', async () => {
    const caseId = await livedCase();
    await tamper((sql) => sql`DELETE FROM cases WHERE case_id = ${caseId}`);
    const { findings } = await verify(bench.sql);
    expect(findings).toContainEqual({ rule: 'case row', caseId, what: 'the case has events and no row' });
  });
});

test('an act of a type that only a later release knows is not judged; one found again may be called by its event and have its time', async () => {
  const caseId = await livedCase();
  const set = (columns: string) =>
    tamper((sql) =>
      sql.unsafe(
        `UPDATE acts SET ${columns} WHERE case_id = $1 AND act_id = (SELECT act_id FROM events WHERE case_id = $1 AND type = 'document.attached' LIMIT 1)`,
        [caseId],
      ),
    );
  const [event] = await bench.sql<{ seq: number }[]>`
    SELECT seq FROM events WHERE case_id = ${caseId} AND type = 'document.attached' LIMIT 1`;
  await set("type = 'document.shred'");
  const unknown = await verify(bench.sql, { caseId });
  expect(unknown.findings).toEqual([]);
  expect(unknown.unproven).toEqual([{ caseId, from: event!.seq, to: event!.seq, why: 'type unknown' }]);
  await set(`type = 'document.attached', body_hash = '${'0'.repeat(64)}'`);
  expect(await verify(bench.sql, { caseId })).toMatchObject({ findings: [], unproven: [] });
});

test('the name by which an act woke the workflow is that of its type', async () => {
  const caseId = await livedCase();
  const [act] = await bench.sql<{ id: string }[]>`
    SELECT act_id AS id FROM acts WHERE case_id = ${caseId} AND type = 'document.attach' LIMIT 1`;
  const none = { seq: 0, head: GENESIS };
  const run = { runId: 'r', running: true, start: none, events: [], end: none, frozen: false };
  const woken = async (...types: string[]) =>
    (
      await verify(bench.sql, {
        caseId,
        histories: async () => [{ ...run, acts: types.map((type) => [act!.id, type] as const) }],
      })
    ).findings.filter(({ what }) => what.includes('another type'));
  expect(await woken()).toEqual([]);
  expect(await woken('document.attach')).toEqual([]);
  expect(await woken('note.add', 'document.attach')).toEqual([]);
  expect(await woken('note.add')).toMatchObject([
    { rule: 'history', what: `act ${act!.id} woke its workflow as one of another type` },
  ]);
});

test('a case taken away altogether is missed by its workflow', async () => {
  const caseId = await livedCase();
  const witnessedCases = async function* () {
    yield* [caseId, caseId, 'vanished'];
  };
  const { findings } = await verify(bench.sql, { witnessedCases });
  expect(findings.filter(({ rule }) => rule === 'history')).toEqual([
    { rule: 'history', caseId: 'vanished', what: 'there is a workflow and no such case in the record' },
  ]);
});

test.each([
  [
    'a holder put into a post',
    (sql: Sql) => sql`UPDATE appointments SET person = 'p-caseworker' WHERE post = 'community-1-secretary'`,
  ],
  [
    'an appointment antedated',
    (sql: Sql) =>
      sql`UPDATE appointments SET from_at = from_at - interval '1 day' WHERE post = 'community-1-secretary'`,
  ],
  [
    'a post under another unit',
    (sql: Sql) => sql`UPDATE posts SET unit = 'district-1' WHERE id = 'community-1-secretary'`,
  ],
  ['a unit without its head', (sql: Sql) => sql`UPDATE units SET head_post = NULL WHERE id = 'community-1'`],
  ['another payload in its chain', (sql: Sql) => sql`UPDATE org_events SET payload = payload || ' ' WHERE seq = 2`],
  [
    'a payload that is no JSON',
    (sql: Sql) => sql`UPDATE org_events SET payload = convert_to('x', 'UTF8') WHERE seq = 2`,
  ],
  [
    'a payload that says nothing',
    (sql: Sql) => sql`UPDATE org_events SET payload = convert_to('{}', 'UTF8') WHERE seq = 2`,
  ],
  [
    'a header that is no JSON',
    (sql: Sql) =>
      sql`UPDATE org_events SET header = convert_to('x', 'UTF8'), hash = encode(sha256(convert_to('x', 'UTF8')), 'hex')
        WHERE seq = 2`,
  ],
  [
    'another time in its chain',
    (sql: Sql) => sql`UPDATE org_events SET recorded_at = recorded_at - interval '1 day' WHERE seq = 2`,
  ],
])('the organisation: %s is found', async (_what, edit) => {
  expect(await verifyOrganisation(bench.sql)).toEqual([]);
  let found: readonly OrgFinding[] = [];
  const undone = new Error('undone');
  await tamper(async (sql) => {
    await edit(sql);
    found = await verifyOrganisation(sql);
    throw undone;
  }).catch((error) => expect(error).toBe(undone));
  expect(found).not.toEqual([]);
});

describe('the history of the workflow', () => {
  test('knows better than a record that was cut and says nothing of it', async () => {
    const caseId = await livedCase();
    const runs = await historyOf(caseId);
    await tamper(
      (sql) =>
        sql`DELETE FROM events WHERE case_id = ${caseId} AND seq = (SELECT seq FROM cases WHERE case_id = ${caseId})`,
    );
    const { findings } = await verify(bench.sql, { caseId, histories: async () => runs });
    expect(findings.some(({ rule, what }) => rule === 'history' && what.includes('the record lacks'))).toBe(true);
  });

  test('that is itself altered, frozen or gone is a finding', async () => {
    const caseId = await livedCase();
    const [run] = await historyOf(caseId);
    const rules = async (runs: readonly WitnessedRun[]) => {
      const { findings } = await verify(bench.sql, { caseId, histories: async () => runs });
      return findings.map(({ rule, seq }) => [rule, seq]);
    };
    const [first, ...rest] = run!.events;
    const forged = { ...first!, header: { ...first!.header, type: 'case.closed' } };
    expect(await rules([{ ...run!, events: [forged, ...rest] }])).toEqual([['history', 1]]);
    expect(await rules([{ ...run!, frozen: true }])).toEqual([['history', run!.end.seq]]);
    expect(await rules([{ ...run!, start: { seq: 2, head: GENESIS } }])).toEqual([['history', 2]]);
    expect(await rules([])).toEqual([['history', undefined]]);
  });
});
