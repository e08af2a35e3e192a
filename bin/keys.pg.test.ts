import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../db/client.ts';
import { makeTestFolder, removeTestFolder } from '../test/support/folders.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { readConfig } from './config.ts';
import { converterToRead } from './converter-to-read.ts';
import { keysHere, openKeys } from './keys.ts';

let database: TestDatabase;
let sql: Sql;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  folder = makeTestFolder('keys');
});
afterAll(async () => {
  await sql.end();
  await database.close();
  removeTestFolder(folder);
});

test('who only looks makes no keys; once some are made they are needed', async () => {
  const dataDir = join(folder, 'one');
  const config = readConfig({ LINLI_DATA: dataDir });
  expect(await converterToRead(config, sql)).toBeUndefined();
  expect((await keysHere(config, sql, { begins: false })).yearly.exists()).toBe(false);
  expect(existsSync(dataDir)).toBe(false);
  expect(await sql`SELECT FROM data_keys`).toHaveLength(0);

  await openKeys(config, sql);
  expect(await converterToRead(config, sql)).toBeDefined();
  const elsewhere = readConfig({ LINLI_DATA: join(folder, 'two') });
  await expect(converterToRead(elsewhere, sql)).rejects.toThrow('LINLI_KEY_FILE');
});

test('no other yearly keys are made where copies of data keys tell of those that are missing', async () => {
  const dataDir = join(folder, 'three');
  const config = readConfig({ LINLI_DATA: dataDir });
  mkdirSync(dataDir);
  cpSync(join(folder, 'one/data-keys'), join(dataDir, 'data-keys'), { recursive: true });
  const restored = await freshDatabase();
  const there = connect(restored.url);
  try {
    await expect(openKeys(config, there)).rejects.toThrow('LINLI_KEY_FILE');
    expect(existsSync(join(dataDir, 'yearly-keys.json'))).toBe(false);
  } finally {
    await there.end();
    await restored.close();
  }
});
