import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readKeys } from '../bin/keys-file.ts';
import { clearTestFolder, makeTestFolder, removeTestFolder, sweepTestFolders } from './support/folders.ts';
import { cleanEnvironment, endLinli, type LinliProcess, startLinli } from './support/linli.ts';

// A whole Linli, its backup by the command, the loss of the database, the restore by the command, and the start after it.
const root = join(import.meta.dirname, '..');
let dataDir: string;
let fresh: string;
let backups: string;
let linli: LinliProcess | undefined;

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  [dataDir, fresh, backups] = [makeTestFolder('backup'), makeTestFolder('fresh'), makeTestFolder('backups')];
  linli = await startLinli({ LINLI_DATA: dataDir, LINLI_PORT: '8590' });
}, 240_000);
afterAll(async () => {
  await endLinli(linli, dataDir);
  await clearTestFolder(fresh);
  removeTestFolder(backups);
}, 120_000);

interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Not `spawnSync`: the Linli beside it writes into pipes that somebody has to empty. */
function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...said }));
  });
}

const command = (data: string, ...args: string[]) =>
  run(process.execPath, ['bin/run.mjs', ...args], {
    cwd: root,
    env: { ...cleanEnvironment(), LINLI_DATA: data, LINLI_PORT: '8590' },
  });
const at = (name: string) => join(backups, name);

async function ask(data: string, method: string, path: string, body?: object) {
  const key = readKeys(data)?.keys.find(({ role, unit }) => role === 'caseworker' && unit === 'community-1')?.key;
  const response = await fetch(`${linli?.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function open(data: string): Promise<string> {
  const { status, body } = await ask(data, 'POST', '/cases', {
    ...{ program: 'fule', unit: 'community-1', data: { needs: '行动不便' } },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
  });
  expect(status).toBe(201);
  return String(body['id']);
}

async function witnessed(data: string, caseId: string): Promise<void> {
  const note = await ask(data, 'POST', `/cases/${caseId}/acts`, { type: 'note.add', data: { text: '记' } });
  expect(note.status, JSON.stringify(note.body)).toBe(200);
  const { id } = note.body['act'] as { id: string };
  const seen = async () => (await ask(data, 'GET', `/cases/${caseId}/acts/${id}`)).body['witnessed'];
  await expect.poll(seen, { timeout: 60_000 }).toBe(true);
}

const ready = async () => {
  const response = await fetch(`${linli?.url}/readyz`);
  return { code: response.status, ...((await response.json()) as { frozenCases: number; restorePending: boolean }) };
};

/** How many events of the log this machine's key has signed. */
const signedUpTo = (data: string) =>
  (JSON.parse(readFileSync(join(data, 'log-key.pem.signed'), 'utf8')) as { size: number }).size;

test('a backup is taken while it runs, holds, and lies apart from its keys', async () => {
  const caseId = await open(dataDir);
  await witnessed(dataDir, caseId);
  expect((await command(dataDir, 'backup')).status).toBe(2);
  const taken = await command(dataDir, 'backup', '--to', at('one'), '--keys-to', at('keys'), '--json');
  expect(taken.stderr + taken.stdout).toContain('"keys"');
  expect(JSON.parse(taken.stdout)).toMatchObject({
    record: { cases: 1 },
    histories: 1,
    yearlyKeysCopied: true,
    sealed: true,
    signed: true,
  });
  expect(JSON.parse(taken.stdout).keys).toEqual(expect.arrayContaining(['log-key.pem', 'keys.json']));
  const verified = await command(dataDir, 'backup', 'verify', at('one'));
  expect(verified).toMatchObject({ status: 0, stdout: expect.stringContaining('✓ signed with the key of the log') });
  expect(verified.stdout).not.toContain('not looked at');
  expect((await run('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: at('one') })).status).toBe(0);
  // nothing is overwritten
  expect((await command(dataDir, 'backup', '--to', at('one'), '--keys-elsewhere')).stderr).toContain('not empty');
  const alone = await command(dataDir, 'backup', '--to', at('alone'));
  expect(alone).toMatchObject({ status: 1, stderr: expect.stringContaining('--keys-elsewhere') });
  expect(existsSync(at('alone'))).toBe(false);
  expect((await command(dataDir, 'restore', '--from', at('one'))).stderr).toContain('Linli runs on');
}, 300_000);

test('an empty data folder takes all of it, on a machine without the old Temporal', async () => {
  await endLinli(linli, undefined);
  const restored = await command(fresh, 'restore', '--from', at('one'), '--keys-from', at('keys'), '--json');
  expect({ status: restored.status, said: restored.stderr }).toMatchObject({ status: 0 });
  expect(JSON.parse(restored.stdout)).toMatchObject({ holds: true, record: { cases: 1 } });
  expect((await command(fresh, 'restore', '--from', at('one'))).stderr).toContain('not empty');
  linli = await startLinli({ LINLI_DATA: fresh, LINLI_PORT: '8590' });
  await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ code: 200, frozenCases: 0, restorePending: false });
  expect(readFileSync(join(fresh, 'logs/linli.log'), 'utf8')).toContain('RESTORED');
  const { items } = (await ask(fresh, 'GET', '/cases')).body as { items: { id: string }[] };
  expect(items).toHaveLength(1);
  await witnessed(fresh, items[0]!.id);
  expect((await command(fresh, 'audit', 'verify')).stdout).toContain('the record holds');
  await endLinli(linli, undefined);
}, 300_000);

test('the database alone is lost: its Temporal knows better, and the record is put right', async () => {
  linli = await startLinli({ LINLI_DATA: dataDir, LINLI_PORT: '8590' });
  const { items } = (await ask(dataDir, 'GET', '/cases')).body as { items: { id: string }[] };
  const before = signedUpTo(dataDir);
  await witnessed(dataDir, items[0]!.id); // after the backup
  const later = await open(dataDir);
  await witnessed(dataDir, later);
  await expect.poll(() => signedUpTo(dataDir), { timeout: 60_000 }).toBeGreaterThan(before);
  await endLinli(linli, undefined);
  const elsewhere = existsSync(join(dataDir, 'postgres.path'))
    ? readFileSync(join(dataDir, 'postgres.path'), 'utf8').trim()
    : join(dataDir, 'postgres');
  rmSync(elsewhere, { recursive: true, force: true });
  const restored = await command(dataDir, 'restore', '--from', at('one'));
  expect({ status: restored.status, said: restored.stderr }).toMatchObject({ status: 0 });
  expect(restored.stdout).toContain('restored as of');
  expect(restored.stdout).toContain('has signed the log further');

  linli = await startLinli({ LINLI_DATA: dataDir, LINLI_PORT: '8590' });
  await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ code: 200, frozenCases: 1, restorePending: false });
  const repaired = await command(dataDir, 'repair-record', '--write');
  expect({ status: repaired.status, said: repaired.stdout + repaired.stderr }).toMatchObject({ status: 0 });
  expect(repaired.stdout).toContain('1 cases that Temporal knows were missing altogether');
  await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ frozenCases: 0 });
  for (const id of [items[0]!.id, later]) await witnessed(dataDir, id);
  // the key had signed a log that went further: that is told until somebody takes it upon himself, and stays written down
  const verify = () => command(dataDir, 'audit', 'verify');
  const told = await verify();
  expect(told.stdout.match(/^✗ [a-z]+: .*$/gmu)).toEqual([expect.stringContaining('what was signed here last')]);
  expect(told.stdout).toContain('linli audit accept-restore');
  const accepted = await command(dataDir, 'audit', 'accept-restore');
  expect(accepted).toMatchObject({ status: 0, stdout: expect.stringContaining('given up') });
  expect((await command(dataDir, 'audit', 'accept-restore')).stdout).toContain('nothing to give up');
  await expect.poll(() => existsSync(join(dataDir, 'log-key.pem.signed')), { timeout: 90_000 }).toBe(true);
  const after = await verify();
  expect(after).toMatchObject({ status: 0, stdout: expect.stringContaining('the record holds') });
  expect(after.stdout).toContain('given up after the restore');
}, 300_000);
