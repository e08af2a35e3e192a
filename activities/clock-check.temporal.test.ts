import { Client, Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { connect } from '../db/client.ts';
import { freshDatabase } from '../test/support/postgres.ts';
import { silentLog as log } from '../test/support/quiet.ts';
import { realTemporal } from '../test/support/temporal.ts';
import { createClockCheck } from './clock-check.ts';
import { temporalClock } from './temporal-clock.ts';

test('a real server tells its time, again and again, and a clock that is off is found', async () => {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 1 });
  const { address, namespace } = realTemporal();
  const connection = Connection.lazy({ address });
  try {
    let offMs = 0;
    const temporalMs = temporalClock(new Client({ connection, namespace }));
    const check = createClockCheck({ sql, log, temporalMs, nowMs: () => Date.now() + offMs });
    for (let n = 0; n < 3; n++) expect(Math.abs((await check.compare()).temporalMs!)).toBeLessThan(1_000);
    expect(check.mayFire()).toBe(true);
    offMs = 11 * 60_000;
    expect((await check.compare()).temporalMs).toBeGreaterThan(600_000);
    expect(check.mayFire()).toBe(false);
  } finally {
    await Promise.all([connection.close(), sql.end()]);
    await database.close();
  }
});

test('a server that is away gives no offset, and within seconds', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  const begin = performance.now();
  await expect(temporalClock(new Client({ connection }))()).rejects.toThrow();
  expect(performance.now() - begin).toBeLessThan(20_000);
  await connection.close();
});
