import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, type Sql } from '../db/client.ts';
import { bareCase } from '../test/support/bare-cases.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { silentLog } from '../test/support/quiet.ts';
import { realTemporal } from '../test/support/temporal.ts';
import { caseWorkflowId, GENESIS, SWEEP_SIGNAL } from '../workflows/names.ts';
import { readRun } from './run-history.ts';
import { createSweeper } from './sweeper.ts';

let database: TestDatabase;
let sql: Sql;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  const { address, namespace } = realTemporal();
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace });
});
afterAll(async () => {
  await Promise.all([connection.close(), sql.end()]);
  await database.close();
});
beforeEach(async () => {
  await sql`UPDATE cases SET lagging_since = NULL, wake_at = NULL`;
  await sql`DELETE FROM wakes`;
});

const sweeper = (over: { client?: Client } = {}) =>
  createSweeper({ sql, client, log: silentLog, taskQueue: 'nobody', ...over });

test('starts lost runs from what was witnessed, and cases never begun from the genesis', async () => {
  const fresh = await bareCase(sql, { seq: 1, witnessedSeq: 0, laggingFor: 20 });
  const old = await bareCase(sql, { seq: 3, witnessedSeq: 2, laggingFor: 20 });
  const asleep = await bareCase(sql, { seq: 1, witnessedSeq: 1, oversleptFor: 20 });
  const one = sweeper();
  expect(await one.sweep()).toBe(3);
  expect(one.counts()).toEqual({ lagging: 2, overslept: 1, woken: 3, failed: 0, followed: 0 });
  const inputs = await Promise.all([fresh, old, asleep].map(({ caseId }) => readRun(client, caseWorkflowId(caseId))));
  expect(inputs.map(({ input: { seq, head } }) => ({ seq, head }))).toEqual([
    { seq: 0, head: GENESIS },
    { seq: 2, head: old.hashes[1] },
    { seq: 1, head: asleep.hashes[0] },
  ]);
  const signal = inputs[0]?.history.events?.[1]?.workflowExecutionSignaledEventAttributes?.signalName;
  expect(signal).toBe(SWEEP_SIGNAL);
});

test('leaves alone what is in time, frozen or stuck', async () => {
  await bareCase(sql, { seq: 1, witnessedSeq: 0, laggingFor: 5, oversleptFor: 5 });
  await bareCase(sql, { seq: 1, witnessedSeq: 0, laggingFor: 99, frozen: true });
  await bareCase(sql, { seq: 1, witnessedSeq: 0, oversleptFor: 99, stuck: true });
  const one = sweeper();
  expect(await one.sweep()).toBe(0);
  expect(one.counts()).toMatchObject({ lagging: 0, overslept: 0 });
});

test('two sweepers never take the same case', async () => {
  for (let n = 0; n < 30; n++) await bareCase(sql, { seq: 1, witnessedSeq: 0, laggingFor: 20 });
  const sweepers = [sweeper(), sweeper(), sweeper()];
  const taken = await Promise.all(sweepers.map((each) => each.sweep()));
  expect(taken.reduce((a, b) => a + b)).toBe(30);
  expect(sweepers.reduce((sum, each) => sum + each.counts().lagging, 0)).toBe(30);
});

test('a case that somebody holds is found by the next turn: waiting for it, and it for the row, would be a deadlock', async () => {
  const { caseId } = await bareCase(sql, { seq: 1, witnessedSeq: 0, laggingFor: 20 });
  const one = sweeper();
  await sql.begin(async (tx) => {
    await tx`SELECT FROM cases WHERE case_id = ${caseId} FOR UPDATE`;
    expect(await one.sweep()).toBe(0);
  });
  expect(await one.sweep()).toBe(1);
});

test('a case that caught up is forgotten; one that cannot be woken is tried again later', async () => {
  const { caseId } = await bareCase(sql, { seq: 1, witnessedSeq: 0, laggingFor: 20 });
  const away = { withDeadline: () => Promise.reject(new Error('Temporal is away')) } as unknown as Client;
  const one = sweeper({ client: away });
  expect(await one.sweep()).toBe(1);
  expect(await one.sweep()).toBe(0); // leased
  expect(one.counts()).toMatchObject({ lagging: 1, woken: 0, failed: 1 });
  const [row] = await sql<{ tries: number; waits: boolean }[]>`
    SELECT tries, next_try > now() + interval '10 s' AS waits FROM wakes WHERE case_id = ${caseId}`;
  expect(row).toEqual({ tries: 1, waits: true });
  await sql`UPDATE cases SET lagging_since = NULL WHERE case_id = ${caseId}`;
  await one.sweep();
  expect(await sql`SELECT FROM wakes`).toHaveLength(0);
});

test('who follows a wheel waits while it has more to fire, but a minute at most', async () => {
  const fired = await bareCase(sql, { seq: 2, witnessedSeq: 1, laggingFor: 1 });
  const due = await bareCase(sql, { seq: 1, witnessedSeq: 1, oversleptFor: 1 });
  await sql`INSERT INTO wheels (unit, turned_at) SELECT unit, now() FROM cases WHERE case_id = ${due.caseId} ON CONFLICT DO NOTHING`;
  await sql`INSERT INTO wakes (case_id, why, found_at, next_try) VALUES (${fired.caseId}, 'fired', now(), now())`;
  const one = sweeper();
  expect(await one.sweep()).toBe(0);
  await sql`UPDATE wakes SET found_at = now() - interval '61 s'`;
  expect(await one.sweep()).toBe(1);
  await sql`UPDATE wakes SET found_at = now(), next_try = now(), lease_until = NULL`;
  expect(await one.sweep()).toBe(0);
  await sql`UPDATE cases SET wake_at = NULL WHERE case_id = ${due.caseId}`;
  expect(await one.sweep()).toBe(1);
});
