import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TEMPORAL_CLI_VERSION, temporalCliPath } from './binaries.mjs';

let folder: string;
let mirror: Server;
let downloads: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'linli-binaries-'));
  // nothing on the PATH but what unpacks: no Temporal of the machine's own, no Python
  mkdirSync(join(folder, 'bin'));
  for (const name of ['tar', 'gzip', 'sh', 'echo']) {
    const { stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    if (stdout.startsWith('/')) symlinkSync(stdout.trim(), join(folder, 'bin', name));
  }
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('LINLI_CACHE', join(folder, 'cache'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await serveMirror(TEMPORAL_CLI_VERSION);
});

afterEach(() => {
  mirror.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

test('a download is unpacked, tried and kept; the next one comes from the cache', async () => {
  const path = await temporalCliPath();
  expect(path.startsWith(join(folder, 'cache'))).toBe(true);
  expect(await temporalCliPath()).toBe(path);
  expect(downloads).toBe(1);
  expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
});

test('a kept program that has changed is fetched again', async () => {
  const path = await temporalCliPath();
  const { size } = statSync(path);
  appendFileSync(path, '# changed');
  expect(await temporalCliPath()).toBe(path);
  expect(downloads).toBe(2);
  expect(statSync(path).size).toBe(size);
});

test('two at once end with one intact program', async () => {
  const [one, two] = await Promise.all([temporalCliPath(), temporalCliPath()]);
  expect(one).toBe(two);
  expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
});

test('the pinned version on the PATH is used as it is, another one is not', async () => {
  writeProgram(join(folder, 'bin/temporal'), '1.0.0');
  expect(await temporalCliPath()).toContain(join(folder, 'cache'));
  writeProgram(join(folder, 'bin/temporal'), TEMPORAL_CLI_VERSION);
  expect(await temporalCliPath()).toBe(join(folder, 'bin/temporal'));
});

test('a program that says another version is refused, and the ways out are told', async () => {
  mirror.close();
  await serveMirror('9.9.9');
  await expect(temporalCliPath()).rejects.toThrow(/does not run on this machine/);
  mirror.close();
  await expect(temporalCliPath()).rejects.toThrow(/ECONNREFUSED.*no Python 3.*Ways out/s);
  expect(readdirSync(join(folder, 'cache'))).toEqual([]);
});

/** Answers as Temporal's download service does: where the archive is, and the archive. */
async function serveMirror(version: string): Promise<void> {
  const source = join(folder, `source-${version}`);
  writeProgram(join(source, 'temporal'), version);
  spawnSync('tar', ['-czf', join(folder, 'archive.tar.gz'), '-C', source, 'temporal']);
  const archive = readFileSync(join(folder, 'archive.tar.gz'));
  downloads = 0;
  mirror = createServer((request, response) => {
    const isQuestion = request.url?.startsWith('/cli/') === true;
    if (!isQuestion) downloads += 1;
    const archiveUrl = `http://${request.headers.host}/archive.tar.gz`;
    response.end(isQuestion ? JSON.stringify({ archiveUrl, fileToExtract: 'temporal' }) : archive);
  });
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('LINLI_TEMPORAL_DOWNLOAD', `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`);
}

function writeProgram(file: string, version: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho 'temporal version ${version} (stand-in)'\n`, { mode: 0o755 });
}
