import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { logOrigin } from '../../door/log/checkpoint.ts';
import { type DoorBench, doorBench, fuleOpening, recorded } from '../../test/support/door.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { silentLog } from '../../test/support/quiet.ts';
import { recordLogOver } from '../../test/support/record-log.ts';
import { takeBackup } from '../backup/backup.ts';
import { readConfig } from '../config.ts';
import type { CommandContext } from '../context.ts';
import { copiesHere, keyCopies } from '../key-copies.ts';
import { logKeyFiles } from '../log-key.ts';
import { yearlyKeysIn } from '../yearly-keys.ts';
import { register as backup } from './backup.ts';
import { register as restore } from './restore.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

// what the command says of a restore on a machine that has none of the keys, or not all
let bench: DoorBench;
let folder: string;
let from: string;
let caseId: string;
const made: string[] = [];

beforeAll(async () => {
  folder = makeTestFolder('restore-command');
  bench = await doorBench();
  caseId = recorded(await bench.door.open(fuleOpening())).case.caseId;
  await bench.sql`UPDATE cases SET witnessed_seq = seq`;
  from = join(folder, 'backup');
  const config = readConfig({ LINLI_DATA: join(folder, 'data') });
  await takeBackup({ databaseUrl: bench.url, client: undefined, config, to: from, inClear: true, say: () => {} });
});
afterAll(async () => {
  await bench.close();
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  for (const name of made) await admin.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
  removeTestFolder(folder);
});
afterEach(() => {
  process.exitCode = undefined;
});

async function emptyDatabase(): Promise<string> {
  const name = `empty_${randomUUID().slice(0, 8)}`;
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`CREATE DATABASE ${name} TEMPLATE template0`);
  await admin.end();
  made.push(name);
  return bench.url.replace(/[^/]*$/, name);
}

async function run(dataDir: string, ...words: string[]) {
  const url = await emptyDatabase();
  const lines: string[] = [];
  const keys = dataDir === 'graves' ? { LINLI_KEY_FOLDER: join(folder, dataDir, 'data-keys') } : {};
  const config = readConfig({ LINLI_DATA: join(folder, dataDir), DATABASE_URL: url, ...keys });
  const context: CommandContext = {
    ...{ config: () => config, log: silentLog, say: () => {}, temporal: () => undefined },
    print: (text) => void lines.push(text),
    withDatabase: (act) => act(url),
  };
  const program = new Command();
  for (const register of [backup, restore]) register(program, context);
  await program.parseAsync(words, { from: 'user' });
  const told = { exitCode: process.exitCode, text: lines.join('\n') };
  process.exitCode = undefined;
  return told;
}

test('without any key the restore does not say that the record holds, but what was not proven', async () => {
  const { exitCode, text } = await run('none', 'restore', '--from', from, '--without-keys');
  expect(exitCode).toBe(3);
  expect(text).toMatch(/^\? restored as of .*the rest was not proven$/m);
  expect(text).toContain('! the data keys of 1 of 1 cases are not here');
  expect(text).toMatch(/^\? \d+ events of 1 cases cannot be read here/m);
  expect(text).toContain('the histories of 1 cases are encrypted with keys that are not here');
  expect(text).toContain('! not signed');
  const json = JSON.parse((await run('none', 'restore', '--from', from, '--without-keys', '--json')).text);
  expect(json).toMatchObject({ outcome: 'unproven', holds: false, findings: [], keyless: [caseId] });
  expect(json.unread).toEqual([{ caseId, events: expect.any(Number) }]);
});

test('what says of a case that it is destroyed and is damaged, or that nobody has signed, is told at the end of the restore', async () => {
  const graves = join(folder, 'graves/data-keys');
  mkdirSync(graves, { recursive: true });
  const file = join(graves, `${caseId}.destroyed.json`);
  writeFileSync(file, '{');
  const damaged = await run('graves', 'restore', '--from', from, '--without-keys');
  expect(damaged.exitCode).toBe(1);
  expect(damaged.text).toMatch(/restored as of .*: 1 cases/);
  expect(damaged.text).toContain(`✗ case ${caseId}: nothing is destroyed: ${file} is damaged`);
  rmSync(file);
  keyCopies(graves).bury!({ caseId, headers: [], certificate: '{}' });
  const { destroyedAgain } = JSON.parse(
    (await run('graves', 'restore', '--from', from, '--without-keys', '--json')).text,
  ) as { destroyedAgain: unknown };
  expect(destroyedAgain).toEqual([{ caseId, what: 'refused', why: expect.stringContaining(`${file} is not signed`) }]);
});

test('with yearly keys, and the data keys lost for good, each event that nobody can read is a finding', async () => {
  yearlyKeysIn(join(folder, 'others/yearly-keys.json')).begin();
  const { exitCode, text } = await run('others', 'restore', '--from', from, '--without-keys', '--in-clear');
  expect(exitCode).toBe(1);
  expect(text).toContain(`✗ chain: case ${caseId} event 1: the payload cannot be read: key unknown`);
});

test('backup verify says what it has not looked at, and demands the signature it is told of', async () => {
  yearlyKeysIn(join(folder, 'sealing/yearly-keys.json')).begin();
  const sealed = join(folder, 'sealed');
  const config = readConfig({ LINLI_DATA: join(folder, 'sealing') });
  await takeBackup({ databaseUrl: bench.url, client: undefined, config, to: sealed, say: () => {} });
  const outside = await run('none', 'backup', 'verify', sealed);
  expect(outside).toMatchObject({
    exitCode: 3,
    text: expect.stringContaining('? what the files hold was not looked at'),
  });
  expect(outside.text).toContain('? 备份未证实');
  const inside = await run('sealing', 'backup', 'verify', sealed, '--json');
  const unsigned = { outcome: 'unproven', holds: false, opened: true, findings: [], signature: { known: false } };
  expect([inside.exitCode, JSON.parse(inside.text)]).toMatchObject([3, unsigned]);
  // what was destroyed since is still in it, and is named: the keys beside it tell
  expect(JSON.parse(inside.text).destroyedSince).toEqual([]);
  copiesHere(config)!.bury!({ caseId, headers: [], certificate: '{}' });
  const keysTo = join(folder, 'keys');
  await takeBackup({
    databaseUrl: bench.url,
    client: undefined,
    config,
    to: join(folder, 'later'),
    keysTo,
    say: () => {},
  });
  const since = await run('sealing', 'backup', 'verify', sealed, '--keys-from', keysTo);
  expect(since.text).toMatch(new RegExp(`^! 1 cases were destroyed since.*${caseId}`, 'm'));
  const listed = (await run('sealing', 'backup', 'list', folder)).text;
  expect(listed).toMatch(/^✓ sealed \(backup\) as of .*, kept until 2\d{3}-\d\d-\d\d$/m);
  expect(listed).toMatch(/^✓ keys \(keys\) as of /m);
  const none = ['backup', '--to', join(folder, 'none'), '--keys-elsewhere', '--record-only', '--keep-days', '0'];
  await expect(run('sealing', ...none)).rejects.toThrow('0 is no number of days');
  const nowhere = ['restore', '--from', sealed, '--keys-from', keysTo, '--without-keys'];
  await expect(run('sealing', ...nowhere)).rejects.toThrow('name a folder with LINLI_KEY_FOLDER');
  const signed = await run('sealing', 'backup', 'verify', sealed, '--log-key', 'linli/x+00000000+AA==');
  expect(signed).toMatchObject({ exitCode: 1, text: expect.stringContaining('✗ it is not signed with the key') });
});

test('a log that ends before what was signed here is no finding of a restore, and another one is', async () => {
  const signing = logKeyFiles(join(folder, 'signing/log-key.pem'));
  const loop = recordLogOver(bench.sql, { signing, checkpoints: { everyMs: 0, quietMs: 0 } });
  await loop.turn();
  await loop.stop();
  const origin = await logOrigin(bench.sql);
  const size = signing.remembered(origin)!.size;
  expect(size).toBeGreaterThan(0);
  const to = join(folder, 'signed');
  const config = readConfig({ LINLI_DATA: join(folder, 'signing') });
  await takeBackup({ databaseUrl: bench.url, client: undefined, config, to, inClear: true, say: () => {} });
  expect(await run('signing', 'backup', 'verify', to)).toMatchObject({
    exitCode: undefined,
    text: expect.stringContaining('✓ 备份完整'),
  });
  const restored = (...more: string[]) => run('signing', 'restore', '--from', to, '--without-keys', ...more);
  signing.remember(origin, { size: size + 9_000, root: Buffer.alloc(32, 7) });
  const shorter = await restored();
  expect(shorter).toMatchObject({ exitCode: 3, text: expect.stringContaining('signed the log further') });
  expect(shorter.text).not.toContain('✗');
  signing.remember(origin, { size, root: Buffer.alloc(32, 7) });
  const { exitCode, text } = await restored();
  expect(text).toContain('what was signed here last: the events signed are not those of the log');
  expect(exitCode).toBe(1);
  expect(text).not.toContain('signed the log further');
  // without its signature it is restored by who says so alone, and is not proven; so is one in clear where others are sealed
  rmSync(join(to, 'SHA256SUMS.note'));
  signing.remember(origin, { size: size + 9_000, root: Buffer.alloc(32, 7) });
  await expect(restored()).rejects.toThrow('is not signed, and the key of the log that is here is');
  yearlyKeysIn(join(folder, 'signing/yearly-keys.json')).begin();
  await expect(restored('--unsigned')).rejects.toThrow('lies in clear, no known key has signed it');
  expect((await restored('--unsigned', '--in-clear')).text).toContain('! not signed');
});
