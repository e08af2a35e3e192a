import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/client.ts';
import { logOrigin } from '../../door/log/checkpoint.ts';
import { verifyLog } from '../../door/log/verify.ts';
import { verifierText } from '../../engine/record/note.ts';
import { bareCase } from '../../test/support/bare-cases.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { recordLogOver } from '../../test/support/record-log.ts';
import { givenUpOf } from '../given-up.ts';
import { type LogKeyFiles, logKeyFiles } from '../log-key.ts';
import { acceptRestore } from './accept-restore.ts';

// What a key has signed of a log that is gone is given up only where a restore explains it.
let database: TestDatabase;
let sql: Sql;
let folder: string;
let file: string;
let origin: string;
let signing: LogKeyFiles;
beforeEach(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 3 });
  folder = makeTestFolder('accept');
  file = join(folder, 'log-key.pem');
  signing = logKeyFiles(file);
  origin = await logOrigin(sql);
  await log();
});
afterEach(async () => {
  await sql.end();
  await database.close();
  removeTestFolder(folder);
});

/** Whatever the database brings is logged, and signed. */
async function log(): Promise<void> {
  const loop = recordLogOver(sql, { signing, checkpoints: { everyMs: 0, quietMs: 0 } });
  await loop.turn();
  await loop.stop();
}
/** As if much more had been signed, at this time. */
function signedFurther(at: string): void {
  signing.remember(origin, { size: 9_000, root: Buffer.alloc(32, 7) });
  utimesSync(`${file}.signed`, new Date(at), new Date(at));
}
const restoreFound = (comparedAt: string | null) => sql`
  INSERT INTO restores (n, found_at, why, listed_at, lost, compared_at)
  VALUES (1, '2026-11-23T01:00:00Z', 'a test', '2026-11-23T01:00:00Z', '[]', ${comparedAt})`;
const signedHere = async () => {
  const tree = signing.remembered(origin);
  const { findings } = await verifyLog(sql, { signed: { key: verifierText(signing.here(origin)!), tree } });
  return findings;
};

test('a log that begins with what was signed has nothing to give up', async () => {
  await restoreFound('2026-11-23T01:05:00Z');
  expect(await acceptRestore(sql, file)).toBeUndefined();
  expect(existsSync(`${file}.signed`)).toBe(true);
});

test('what no restore explains is not given up', async () => {
  signedFurther('2026-11-23T00:59:00Z');
  await expect(acceptRestore(sql, file)).rejects.toThrow('never found restored');
  await restoreFound(null);
  await expect(acceptRestore(sql, file)).rejects.toThrow('still being compared');
  await sql`UPDATE restores SET compared_at = found_at`;
  signedFurther('2026-11-23T01:01:00Z');
  await expect(acceptRestore(sql, file)).rejects.toThrow('noticed before that');
  expect(signing.remembered(origin)).toMatchObject({ size: 9_000 });
});

test('while the histories of a held case are unread it is given up only by who says that he knows', async () => {
  await bareCase(sql, { seq: 1, witnessedSeq: 1, frozen: true });
  signedFurther('2026-11-23T00:59:00Z');
  await restoreFound('2026-11-23T01:05:00Z');
  await expect(acceptRestore(sql, file)).rejects.toThrow('1 held cases are not read yet');
  expect(signing.remembered(origin)).toMatchObject({ size: 9_000 });
  expect(await acceptRestore(sql, file, { unread: true })).toMatchObject({ givenUp: { size: 9_000 }, frozen: 1 });
});

test('after a restore it is given up once, stays written down, and the log is signed again', async () => {
  signedFurther('2026-11-23T00:59:00Z');
  await restoreFound('2026-11-23T01:05:00Z');
  expect(await signedHere()).toMatchObject([{ what: expect.stringContaining('what was signed here last') }]);
  const accepted = await acceptRestore(sql, file);
  expect(accepted).toMatchObject({ givenUp: { size: 9_000, root: '07'.repeat(32) }, frozen: 0 });
  expect(givenUpOf(file, origin)).toEqual([accepted?.givenUp]);
  expect(givenUpOf(file, 'linli/another')).toEqual([]);
  expect(await acceptRestore(sql, file)).toBeUndefined();
  await log();
  expect(await signedHere()).toEqual([]);
});
