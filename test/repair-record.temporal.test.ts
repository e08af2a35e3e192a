import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { archiveReader } from '../bin/audit/archive.ts';
import { historyReader } from '../bin/audit/histories.ts';
import { repairRecord } from '../bin/audit/repair.ts';
import { connect, type Sql } from '../db/client.ts';
import { verify } from '../door/verify.ts';
import fule from '../plugins/fule/program.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { overClearEvents } from './support/clear-events.ts';
import { testKeyring } from './support/keyring.ts';
import { freshDatabase, type TestDatabase } from './support/postgres.ts';
import { quietRuntime } from './support/quiet.ts';
import { createStage, type Stage, writeOrganisation } from './support/stage.ts';
import { stateOf } from './support/states.ts';
import { realTemporal } from './support/temporal.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

// PostgreSQL is restored to an earlier point while Temporal is not: the histories know better, and the record is put right.
const taskQueue = `repair-${randomUUID()}`;
const copyName = `test_copy_${randomUUID().slice(0, 8)}`;
let database: TestDatabase;
let restored: TestDatabase;
let stage: Stage;
const ids = { behind: '', closed: '', other: '' };
const sent: { id: string; type: string; data: unknown }[] = [];

beforeAll(async () => {
  quietRuntime();
  database = await freshDatabase();
  const sql = connect(database.url);
  await writeOrganisation(sql, fule);
  await sql.end();
  const first = await stageOn(database);
  for (const key of ['behind', 'closed', 'other'] as const) {
    ids[key] = await first.open();
    await note(first, ids[key], '备份以前');
    await first.witnessed(ids[key]);
  }
  await first.close();
  await administer((admin) => admin`CREATE DATABASE ${admin(copyName)} TEMPLATE ${admin(nameOf(database.url))}`);
  restored = {
    url: database.url.replace(/[^/]*$/, copyName),
    close: () => administer((admin) => admin`DROP DATABASE IF EXISTS ${admin(copyName)} WITH (FORCE)`),
  };

  // what is done after the backup is in the histories, and in the database that will be lost
  const second = await stageOn(database);
  for (const text of ['备份以后', '又一次']) await note(second, ids.behind, text);
  await second.act(ids.behind, 'caseworker', 'consent.give', { onBehalfOf: 'beneficiary', evidence: ['file'] });
  await second.act(ids.closed, 'caseworker', 'case.close', { data: { outcome: 'withdrew' }, reason: '本人退出' });
  await note(second, ids.other, '备份以后');
  for (const id of [ids.behind, ids.other]) await second.witnessed(id);
  await second.client.workflow.getHandle(caseWorkflowId(ids.closed)).result();
  await second.close();
  stage = await stageOn(restored);
});
afterAll(async () => {
  await stage.close();
  await Promise.all([restored.close(), database.close()]);
});

const stageOn = (on: TestDatabase) => createStage({ temporal: realTemporal(), database: on, taskQueue });
const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

async function note(on: Stage, caseId: string, text: string): Promise<void> {
  const act = { id: randomUUID(), type: 'note.add', data: { text } };
  await on.act(caseId, 'caseworker', act.type, act);
  sent.push(act);
}

async function administer(act: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  try {
    await act(sql);
  } finally {
    await sql.end();
  }
}

/** All that the tables hold of a case, but for what is the database's own. Events and state as they say it: each sealing is another. */
const tablesOf = async (sql: Sql, caseId: string) => ({
  ...(await overClearEvents(sql, (tx) => tablesIn(tx, caseId))),
  state: await stateOf(sql, caseId),
});

async function tablesIn(sql: Sql, caseId: string): Promise<Record<string, unknown>> {
  const tables = [
    'events',
    'items',
    'deadlines',
    'rungs',
    'messages',
    'accountability',
    'assignments',
    'person.parties',
    'book_keepers',
  ];
  const rows = await Promise.all(
    tables.map((table) =>
      sql.unsafe(`SELECT to_jsonb(t)::text AS row FROM ${table} t WHERE case_id = '${caseId}' ORDER BY 1`),
    ),
  );
  const [row] =
    await sql`SELECT outline::jsonb AS outline, status, stage, seq, head, next_due, wake_at, last_at, closed_at FROM cases WHERE case_id = ${caseId}`;
  const acts =
    await sql`SELECT act_id, type, status, first_seq, seq FROM acts WHERE case_id = ${caseId} ORDER BY act_id`;
  return {
    row,
    acts: acts.map((each) => ({ ...each })),
    ...Object.fromEntries(tables.map((table, n) => [table, rows[n]?.map((each) => each['row'])])),
  };
}

async function frozen(caseId: string): Promise<void> {
  const rows = () => stage.sql`SELECT FROM cases WHERE case_id = ${caseId} AND frozen_at IS NOT NULL`;
  await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(1);
}

const repair = (caseId: string, write: boolean) =>
  repairRecord({ sql: stage.sql, client: stage.client, caseId, write });

/**
 * The workflow takes the signal that lets it go in a moment after the repair. Documents that came after the backup are in no history:
 * that they are gone is said as long as they are.
 */
async function holds(caseId: string, documentsLost = 0): Promise<void> {
  const stores = {
    histories: historyReader(stage.client),
    archive: archiveReader(stage.sql, { converter: stage.client.options.loadedDataConverter }),
  };
  const findings = async () => (await verify(stage.sql, { caseId, ...stores })).findings;
  await expect
    .poll(findings, { timeout: 60_000 })
    .toEqual(
      Array.from({ length: documentsLost }, () =>
        expect.objectContaining({ rule: 'documents', what: expect.stringContaining('is absent') }),
      ),
    );
}

test('a case that is behind is as it was, and goes on', async () => {
  const caseId = ids.behind;
  await stage.client.workflow.getHandle(caseWorkflowId(caseId)).signal('note.add', 'after the restore');
  await frozen(caseId);
  const before = await tablesOf(stage.sql, caseId);
  const [said] = await repair(caseId, false);
  expect(said).toMatchObject({ written: false, held: [] });
  expect(said?.refused).toBeUndefined();
  expect(said?.missing).toBeGreaterThanOrEqual(3);
  expect(await tablesOf(stage.sql, caseId)).toEqual(before);

  expect(await repair(caseId, true)).toEqual([{ caseId, missing: said?.missing, written: true, held: [] }]);
  const lost = connect(database.url);
  await testKeyring(lost);
  expect(await tablesOf(stage.sql, caseId)).toEqual(await tablesOf(lost, caseId));
  await lost.end();
  await holds(caseId, 1);
  const again = sent.find(({ data }) => (data as { text: string }).text === '又一次')!;
  expect(await stage.tryAct(caseId, 'caseworker', again.type, again)).toMatchObject({
    status: 'recorded',
    replayed: true,
  });
  await note(stage, caseId, '修复以后');
  await stage.witnessed(caseId);
  await holds(caseId, 1);
  expect(await repair(caseId, true)).toEqual([]);
});

test('a case that had been closed since is closed again', async () => {
  const caseId = ids.closed;
  await stage.sql`UPDATE cases SET wake_at = now() - interval '20 s' WHERE case_id = ${caseId}`;
  await stage.worker!.sweeper.sweep();
  await frozen(caseId);
  expect(await repair(caseId, true)).toMatchObject([{ written: true }]);
  expect(await stage.sql`SELECT status FROM cases WHERE case_id = ${caseId}`).toEqual([{ status: 'closed' }]);
  await stage.client.workflow.getHandle(caseWorkflowId(caseId)).result();
  await holds(caseId);
});

test('a case in which something else was done since stays frozen, until that is given up', async () => {
  const caseId = ids.other;
  await note(stage, caseId, '恢复以后');
  const since = sent.at(-1)!;
  await frozen(caseId);
  const before = await tablesOf(stage.sql, caseId);
  const [said] = await repair(caseId, true);
  expect(said?.refused).toContain('something else');
  expect(await tablesOf(stage.sql, caseId)).toEqual(before);
  const { sql, client } = stage;
  await expect(repairRecord({ sql, client, write: true, giveUpSince: true })).rejects.toThrow('--case');

  // its worker has no right to it any more: it is left for people, under its id
  const [done] = await repairRecord({ sql, client, caseId, write: true, giveUpSince: true });
  expect(done).toMatchObject({ written: true, givenUp: { events: 1 } });
  expect(done?.settled).toMatchObject([
    { id: since.id, type: 'note.add', came: 'left', why: expect.stringMatching(/^[A-Z_]+$/) },
  ]);
  await holds(caseId);
  expect(await stage.tryAct(caseId, 'caseworker', since.type, since)).toMatchObject({ status: 'recorded' });
  await stage.witnessed(caseId);
  await holds(caseId);
});
