import { expect, test } from 'vitest';
import { connect } from '../db/client.ts';
import { freshDatabase } from '../test/support/postgres.ts';
import { silentLog as log } from '../test/support/quiet.ts';
import { createClockCheck } from './clock-check.ts';

test('a clock ten minutes off fires nothing, one that agrees does', async () => {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 1 });
  try {
    let offMs = 0;
    const check = createClockCheck({ sql, log, nowMs: () => Date.now() + offMs });
    expect(Math.abs(await check.compare())).toBeLessThan(1_000);
    expect(check.mayFire()).toBe(true);
    offMs = -11 * 60_000;
    expect(await check.compare()).toBeLessThan(-600_000);
    expect(check.mayFire()).toBe(false);
    offMs = 2 * 60_000; // an alarm, and work goes on
    await check.compare();
    expect(check.mayFire()).toBe(true);
  } finally {
    await sql.end();
    await database.close();
  }
});
