import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, type Sql } from '../db/client.ts';
import { freshDatabase } from '../test/support/postgres.ts';
import { silentLog as log } from '../test/support/quiet.ts';
import { createClockCheck } from './clock-check.ts';

const minuteMs = 60_000;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let sql: Sql;

beforeEach(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 1 });
});

afterEach(async () => {
  await sql.end();
  await database.close();
});

test('a clock ten minutes off fires nothing, one that agrees does', async () => {
  let offMs = 0;
  const check = createClockCheck({ sql, log, nowMs: () => Date.now() + offMs });
  expect(Math.abs((await check.compare()).databaseMs!)).toBeLessThan(1_000);
  expect(check.mayFire()).toBe(true);
  offMs = -11 * minuteMs;
  expect((await check.compare()).databaseMs).toBeLessThan(-10 * minuteMs);
  expect(check.mayFire()).toBe(false);
  offMs = 2 * minuteMs; // an alarm, and work goes on
  await check.compare();
  expect(check.mayFire()).toBe(true);
});

test("Temporal's clock counts as well, as long as it answers", async () => {
  let ask = async () => Date.now() + 11 * minuteMs;
  const check = createClockCheck({ sql, log, temporalMs: () => ask() });
  expect((await check.compare()).temporalMs).toBeLessThan(-10 * minuteMs);
  expect(check.mayFire()).toBe(false);
  ask = () => Promise.reject(new Error('away'));
  expect((await check.compare()).temporalMs).toBeUndefined();
  expect(check.mayFire()).toBe(true);
});

test('a process that was stopped in the middle of a comparison is not off', async () => {
  let calls = 0;
  const check = createClockCheck({ sql, log, nowMs: () => Date.now() + (calls++ === 0 ? -60 : 0) * minuteMs });
  expect(Math.abs((await check.compare()).databaseMs ?? Number.NaN)).toBeLessThan(1_000);
  expect(check.mayFire()).toBe(true);
});

test('what was found stands while the database does not answer', async () => {
  const away = connect(database.url, { max: 1 });
  const check = createClockCheck({ sql: away, log, nowMs: () => Date.now() - 11 * minuteMs });
  await check.start();
  check.stop();
  expect(check.mayFire()).toBe(false);
  await away.end();
  expect((await check.compare()).databaseMs).toBeUndefined();
  expect(check.mayFire()).toBe(false);
});
