import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sql } from '../db/client.ts';
import { keysOf, openJsonEach, type StateRow, statePlace } from '../db/sealed.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { addMs } from '../engine/time/civil.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { changeState } from '../test/support/states.ts';
import { countLot, drawing } from './count-lot.ts';
import { engine } from './engine.ts';
import { rebuildCase } from './rebuild.ts';
import { verify } from './verify.ts';

let bench: DoorBench;
let transactions: Transactions;
beforeAll(async () => {
  bench = await doorBench();
  transactions = createTransactions(bench.sql, { lanes: 1, deadlineMs: 60_000 });
});
afterAll(async () => {
  await transactions.end();
  await bench.close();
});

/** A case that lay open for a fortnight: visits missed, people told, one message acknowledged, one effect. */
async function livedCase(): Promise<string> {
  const openedAt = addMs(new Date().toISOString(), -14 * 86_400_000);
  const { caseId } = recorded(await bench.door.open(fuleOpening({ openedAt }))).case;
  recorded(await bench.door.act(actOn(caseId, 'note.add', { data: { text: '来访' } })));
  const [told] = await bench.sql<{ id: string; person: string }[]>`
    SELECT id, person FROM messages WHERE case_id = ${caseId} AND person IS NOT NULL ORDER BY id LIMIT 1`;
  if (told)
    recorded(
      await bench.door.act(actOn(caseId, 'message.acknowledge', { target: told.id, actor: person(told.person) })),
    );
  return caseId;
}

const rebuild = async (caseId: string, write: boolean) =>
  rebuildCase({ transactions, engine: drawing(engine, await countLot(bench.sql)) }, caseId, write);

async function tamper(change: (sql: Sql) => PromiseLike<unknown>): Promise<void> {
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await change(tx as unknown as Sql);
  });
}

const tables = [
  'cases',
  'person.parties',
  'assignments',
  'items',
  'deadlines',
  'rungs',
  'messages',
  'accountability',
  'transfers',
  'book_keepers',
  'effects',
  'events',
  'acts',
];

/** All that the tables hold of a case, as text. */
async function all(caseId: string): Promise<Record<string, unknown>> {
  const pairs = await Promise.all(
    tables.map(async (table) => {
      const rows = await bench.sql.unsafe(
        `SELECT to_jsonb(t)::text AS row FROM ${table} t WHERE case_id = '${caseId}' ORDER BY 1`,
      );
      return [table, rows.map((each) => each['row'] as string)] as const;
    }),
  );
  // a state is sealed anew each time it is written
  const [row] = await bench.sql<
    StateRow[]
  >`SELECT case_id AS "caseId", seq, state FROM cases WHERE case_id = ${caseId}`;
  const [state] = await openJsonEach(keysOf(bench.sql), [{ place: statePlace(caseId, row!.seq), stored: row!.state }]);
  const sealed = JSON.stringify(row!.state);
  const { cases, ...others } = Object.fromEntries(pairs) as Record<string, string[]>;
  return { ...others, cases: cases!.map((text) => text.replace(sealed, 'sealed')), state };
}

type Edit = (sql: Sql, id: string) => PromiseLike<unknown>;
const edits: readonly (readonly [what: string, edit: Edit])[] = [
  [
    'another state',
    (sql, id) => changeState({ keyed: bench.sql, write: sql }, id, (state) => ({ ...state, imported: true })),
  ],
  ['no state at all', (sql, id) => sql`UPDATE cases SET state = '{}' WHERE case_id = ${id}`],
  ['a state that no key opens', (sql, id) => sql`UPDATE cases SET state = '"AQID"' WHERE case_id = ${id}`],
  ['another outline', (sql, id) => sql`UPDATE cases SET outline = '{"limited":true}' WHERE case_id = ${id}`],
  [
    'another status and due date',
    (sql, id) =>
      sql`UPDATE cases SET status = 'suspended', next_due = next_due + interval '1 year', wake_at = NULL WHERE case_id = ${id}`,
  ],
  [
    "a time that is not the last event's",
    (sql, id) => sql`UPDATE cases SET last_at = last_at + interval '1 year' WHERE case_id = ${id}`,
  ],
  ['another number', (sql, id) => sql`UPDATE cases SET case_no = case_no || '-x' WHERE case_id = ${id}`],
  ['another program', (sql, id) => sql`UPDATE cases SET program_hash = repeat('0', 64) WHERE case_id = ${id}`],
  ['parties taken away', (sql, id) => sql`DELETE FROM person.parties WHERE case_id = ${id}`],
  ['another name', (sql, id) => sql`UPDATE person.parties SET name = '王某', birth_date = NULL WHERE case_id = ${id}`],
  [
    'a role filled otherwise',
    (sql, id) => sql`UPDATE assignments SET post = 'community-1-director' WHERE case_id = ${id}`,
  ],
  [
    'items done',
    (sql, id) =>
      sql`UPDATE items SET state = 'done', done_at = now(), assignee_person = 'p-nobody' WHERE case_id = ${id}`,
  ],
  ['items taken away', (sql, id) => sql`DELETE FROM items WHERE case_id = ${id}`],
  [
    'an item that no event told',
    (sql, id) => sql`
    INSERT INTO items SELECT (json_populate_record(i, '{"item_id": "made-up"}')).* FROM items i WHERE case_id = ${id} LIMIT 1`,
  ],
  [
    'deadlines moved',
    (sql, id) => sql`UPDATE deadlines SET due_at = due_at + interval '1 year', data = '{}' WHERE case_id = ${id}`,
  ],
  ['deadlines taken away', (sql, id) => sql`DELETE FROM deadlines WHERE case_id = ${id}`],
  ['rungs taken away', (sql, id) => sql`DELETE FROM rungs WHERE case_id = ${id}`],
  [
    'records of accountability decided',
    (sql, id) => sql`UPDATE accountability SET outcome = '提醒', decided_by = 'p-nobody' WHERE case_id = ${id}`,
  ],
  ['records of accountability taken away', (sql, id) => sql`DELETE FROM accountability WHERE case_id = ${id}`],
  [
    'messages changed',
    (sql, id) =>
      sql`UPDATE messages SET text_zh = '无', acknowledged_at = NULL, acknowledged_by = NULL WHERE case_id = ${id}`,
  ],
  ['messages taken away', (sql, id) => sql`DELETE FROM messages WHERE case_id = ${id}`],
  [
    'a message that no event told',
    (sql, id) => sql`
    INSERT INTO messages SELECT (json_populate_record(m, '{"id": "made-up"}')).* FROM messages m WHERE case_id = ${id} LIMIT 1`,
  ],
  [
    'keepers of the books changed',
    (sql, id) => sql`UPDATE book_keepers SET keeper = 'p-nobody', waits = NOT waits WHERE case_id = ${id}`,
  ],
  ['keepers of the books taken away', (sql, id) => sql`DELETE FROM book_keepers WHERE case_id = ${id}`],
];

describe('what was broken behind the triggers is as it was', () => {
  test.each(edits)('%s', async (_what, edit) => {
    const caseId = await livedCase();
    expect((await rebuild(caseId, true)).differences).toEqual([]);
    const before = await all(caseId);
    await tamper((sql) => edit(sql, caseId));
    const broken = await all(caseId);
    expect(broken).not.toEqual(before);
    expect((await verify(bench.sql, { caseId })).holds).toBe(false);

    const said = await rebuild(caseId, false);
    expect(said).toMatchObject({ written: false, held: [] });
    expect(said.differences.length).toBeGreaterThan(0);
    expect(JSON.stringify(said)).not.toMatch(/[周邱王]某/);
    expect(await all(caseId)).toEqual(broken);

    expect(await rebuild(caseId, true)).toMatchObject({ written: true, differences: said.differences });
    expect(await all(caseId)).toEqual(before);
    expect((await verify(bench.sql, { caseId })).findings).toEqual([]);
    recorded(await bench.door.act(actOn(caseId, 'note.add', { data: { text: '又来访' } })));
  });

  test('all of it at once', async () => {
    const caseId = await livedCase();
    const before = await all(caseId);
    await tamper(async (sql) => {
      for (const table of tables.slice(1, 10)) await sql.unsafe(`DELETE FROM ${table} WHERE case_id = '${caseId}'`);
      await sql`UPDATE cases SET state = 'null', stage = 'x', status = 'closed' WHERE case_id = ${caseId}`;
    });
    await rebuild(caseId, true);
    expect(await all(caseId)).toEqual(before);
  });
});

test('a case whose chain does not hold is left alone', async () => {
  const edits: Edit[] = [
    (sql, id) => sql`UPDATE events SET payload = payload || ' ' WHERE case_id = ${id} AND seq = 3`,
    (sql, id) => sql`DELETE FROM events WHERE case_id = ${id} AND seq = (SELECT seq FROM cases WHERE case_id = ${id})`,
  ];
  for (const edit of edits) {
    const caseId = await livedCase();
    await tamper((sql) => edit(sql, caseId));
    await tamper((sql) => sql`UPDATE cases SET status = 'closed' WHERE case_id = ${caseId}`);
    const broken = await all(caseId);
    const said = await rebuild(caseId, true);
    expect(said.refused).toMatch(/^its chain does not hold/);
    expect(await all(caseId)).toEqual(broken);
  }
});

test('it waits for whoever holds the case, and they for it', async () => {
  const caseId = await livedCase();
  await tamper((sql) => sql`UPDATE cases SET status = 'closed' WHERE case_id = ${caseId}`);
  const acts = Array.from({ length: 8 }, (_, n) =>
    bench.door.act(actOn(caseId, 'note.add', { data: { text: `同时 ${n}` } })),
  );
  const [rebuilt, ...outcomes] = await Promise.all([rebuild(caseId, true), ...acts]);
  for (const each of outcomes) recorded(each);
  expect(rebuilt.refused).toBeUndefined();
  expect((await verify(bench.sql, { caseId })).findings).toEqual([]);
});
