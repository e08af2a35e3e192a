import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { expect, inject, test, vi } from 'vitest';
import { historiesOf } from '../bin/audit/told.ts';
import { connect, type Sql } from '../db/client.ts';
import { lastRestore } from '../db/queries/restores.ts';
import { roleOfPart } from '../db/roles.ts';
import { createTransactions } from '../db/transactions.ts';
import { holdEverything } from '../door/hold.ts';
import fule from '../plugins/fule/program.ts';
import { cloneDatabase } from '../test/support/clone.ts';
import { testKeyring } from '../test/support/keyring.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { silentLog as log } from '../test/support/quiet.ts';
import { createStage, writeOrganisation } from '../test/support/stage.ts';
import { realTemporal } from '../test/support/temporal.ts';
import { clientConverter } from './data-converter.ts';
import { createStoreComparer } from './store-comparer.ts';

vi.setConfig({ testTimeout: 240_000 });

/** Turns one byte of the wrapped key of a case, or turns it back. */
const turnKey = (sql: Sql, caseId: string) =>
  sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    const done = await tx`
      UPDATE data_keys SET wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 255) WHERE owner = ${caseId}`;
    if (done.count !== 1) throw new Error('the case has no key');
  });

test('a case whose histories cannot be read stays held, the others are compared, and it is tried again', async () => {
  const stage = await createStage({ temporal: realTemporal() });
  const { sql, taskQueue } = stage;
  const cases = [await stage.open(), await stage.open(), await stage.open()];
  for (const caseId of cases) await stage.witnessed(caseId);
  const damaged = cases[1]!;
  const transactions = createTransactions(sql, { lanes: 1 });
  const { address, namespace } = realTemporal();
  const connection = await Connection.connect({ address });
  // a process that has seen no key yet
  const dataConverter = clientConverter(await testKeyring(sql));
  const client = new Client({ connection, namespace, dataConverter });
  const histories = historiesOf(sql, client);
  /** Cases for which Temporal does not answer just now. */
  const hiccups = new Set<string>();
  const told = async (caseId: string) => {
    if (hiccups.has(caseId)) throw new Error('away', { cause: Object.assign(new Error('deadline'), { code: 4 }) });
    return histories(caseId);
  };
  const comparer = createStoreComparer({ sql, client, log, taskQueue, told, againEveryMs: 0 });
  const held = async () =>
    (await sql`SELECT case_id FROM cases WHERE frozen_at IS NOT NULL`).map((row) => row['case_id']);
  try {
    const hold = { why: 'a test', seen: { n: 0, nonce: null }, next: { n: 1, nonce: 'x' } };
    for (const caseId of cases) await turnKey(sql, caseId);
    expect(await transactions.run((tx) => holdEverything(tx, hold))).toBe(true);
    // where none can be read it is the machine that lacks something: all wait
    await expect(comparer.turn()).rejects.toThrow('3 held cases cannot be read');
    expect((await lastRestore(sql))?.comparedAt).toBeNull();
    for (const caseId of cases) if (caseId !== damaged) await turnKey(sql, caseId);
    // an error that passes says nothing of the case: nothing counts as compared, though others can be read
    hiccups.add(cases[2]!);
    await expect
      .poll(() => comparer.turn().then(String, String), { timeout: 60_000 })
      .toContain('1 cases could not be');
    await expect.poll(held).toHaveLength(2);
    expect((await lastRestore(sql))?.comparedAt).toBeNull();
    hiccups.clear();
    await expect.poll(() => comparer.turn().then(held, held), { timeout: 60_000 }).toEqual([damaged]);
    expect((await lastRestore(sql))?.comparedAt).not.toBeNull();
    await turnKey(sql, damaged);
    await expect.poll(() => comparer.turn().then(held), { timeout: 60_000 }).toEqual([]);
  } finally {
    await comparer.stop();
    await transactions.end();
    await connection.close();
    await stage.close();
  }
});

test('an act that was answered, woke its workflow and was not witnessed before the database was put back is listed, though the case agrees', async () => {
  const database = await freshDatabase();
  const owner = connect(database.url);
  await writeOrganisation(owner, fule);
  await owner.end();
  const taskQueue = `answered-${randomUUID()}`;
  const stageOn = (on: TestDatabase, worker?: false) =>
    createStage({ temporal: realTemporal(), database: on, taskQueue, ...(worker === false ? { worker } : {}) });
  const first = await stageOn(database);
  const caseId = await first.open();
  await first.act(caseId, 'caseworker', 'note.add', { data: { text: '备份以前' } });
  await first.witnessed(caseId);
  await first.close();
  const restored = await cloneDatabase(inject('postgresUrl'), new URL(database.url).pathname.slice(1));
  // nobody takes the signal in before the database is lost
  const second = await stageOn(database, false);
  const act = { id: randomUUID(), data: { text: '答复以后' } };
  await second.act(caseId, 'caseworker', 'note.add', act);
  await second.waker.flush();
  await second.close();

  const stage = await stageOn(restored);
  const sql = connect(restored.url, { role: roleOfPart('worker') });
  const transactions = createTransactions(stage.sql, { lanes: 1 });
  const comparer = createStoreComparer({
    ...{ sql, client: stage.client, log, taskQueue },
    told: historiesOf(stage.sql, stage.client),
  });
  try {
    const hold = { why: 'a test', seen: { n: 0, nonce: null }, next: { n: 1, nonce: 'x' } };
    expect(await transactions.run((tx) => holdEverything(tx, hold))).toBe(true);
    await expect.poll(() => comparer.turn().then(String, String), { timeout: 60_000 }).toBe('false');
    expect(await stage.sql`SELECT FROM cases WHERE frozen_at IS NOT NULL`).toHaveLength(0);
    const lost = { caseId, id: act.id, type: 'note.add', again: false };
    expect((await lastRestore(stage.sql))?.answered).toEqual([lost]);
    // whoever looks again says the same once
    await stage.sql`UPDATE restores SET compared_at = NULL`;
    await stage.sql`UPDATE cases SET frozen_at = now()`;
    await expect.poll(() => comparer.turn().then(String, String), { timeout: 60_000 }).toBe('false');
    expect((await lastRestore(stage.sql))?.answered).toEqual([lost]);
    await stage.act(caseId, 'caseworker', 'note.add', act);
    expect((await lastRestore(stage.sql))?.answered).toEqual([{ ...lost, again: true }]);
  } finally {
    await comparer.stop();
    await transactions.end();
    await sql.end();
    await stage.close();
    await Promise.all([restored.close(), database.close()]);
  }
});
