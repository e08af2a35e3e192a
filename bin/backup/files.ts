import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type FileKey, seal } from '../seal.ts';

/** The list of all files with their SHA-256, as `sha256sum` writes and reads it. Written last: without it a folder is no backup. */
export const SUMS = 'SHA256SUMS';

/** The list, signed with the key of the log: see `signature.ts`. */
export const SIGNED_SUMS = 'SHA256SUMS.note';

/** How a folder is called while it is made or taken away: it is no backup. */
export const UNFINISHED = /\.unfinished-\d+$/;

/** The name of a folder while this process makes it or takes it away. */
export const unfinished = (at: string): string => `${at}.unfinished-${process.pid}`;

/** How the name of a sealed file ends. */
const SEALED = '.sealed';

/** A file as it was written: sizes in bytes, `rows` = lines before packing. */
export interface WrittenFile {
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly rows: number;
}

/** A folder that appears under its name only when everything is in it and on the disk. */
export interface FolderInMaking {
  /** Where it is being made. */
  readonly path: string;
  /** Writes a file from a stream, packed with gzip where its name ends in `.gz`, and then sealed where the folder has a key. */
  write(file: string, content: Readable): Promise<WrittenFile>;
  /** Writes a text as it is. */
  writeText(file: string, text: string): Promise<WrittenFile>;
  /** Writes the list of sums, and what `sign` makes of it beside it, and gives the folder its name. */
  finish(sign?: (sums: string) => string): Promise<void>;
  /** Takes away what was made, also when it has its name already. */
  discard(): Promise<void>;
}

/** Begins a folder that must not be there yet, or must be empty; its owner alone may enter it. `key`: it seals the files. Throws where something lies there. */
export async function makeFolder(target: string, key?: FileKey): Promise<FolderInMaking> {
  const at = resolve(target);
  if (existsSync(at) && (await readdir(at)).length > 0)
    throw new Error(`${at} is not empty. Nothing is overwritten. Way out: name a folder that is not there yet.`);
  const path = unfinished(at);
  await mkdir(dirname(at), { recursive: true });
  await mkdir(path, { mode: 0o700 });
  const sums = new Map<string, string>();
  let finished = false;

  async function put(name: string, content: Readable, sealing: FileKey | undefined): Promise<WrittenFile> {
    const file = sealing ? `${name}${SEALED}` : name;
    const to = join(path, file);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    const lines = counting();
    const packed = name.endsWith('.gz') ? createGzip({ level: 3 }) : new PassThrough();
    const sealed = async function* (bytes: AsyncIterable<Buffer>) {
      yield* sealing ? seal(bytes, { key: sealing, file }) : bytes;
    };
    const written = hashing();
    const out = createWriteStream(to, { mode: 0o600, flush: true, flags: 'wx' });
    await pipeline(content, lines.stream, packed, sealed, written.stream, out);
    const { sizeBytes, sha256 } = written.told();
    sums.set(file, sha256);
    return { file, sizeBytes, sha256, rows: lines.told() };
  }

  return {
    path,
    write: (file, content) => put(file, content, key),
    writeText: (file, text) => put(file, Readable.from([Buffer.from(text)]), undefined),
    async finish(sign) {
      const lines = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, sum]) => `${sum}  ${file}\n`);
      await writeFile(join(path, SUMS), lines.join(''), { mode: 0o600, flush: true });
      const note = sign?.(lines.join(''));
      if (note !== undefined) await writeFile(join(path, SIGNED_SUMS), note, { mode: 0o600, flush: true });
      for (const folder of await foldersIn(path)) await flushFolder(folder);
      if (existsSync(at)) await rmdir(at);
      await rename(path, at);
      finished = true;
      await flushFolder(dirname(at));
    },
    discard: () => rm(finished ? at : path, { recursive: true, force: true }),
  };
}

/** What does not hold of the files of a folder: each has the sum the list names, and no other file lies there. */
export async function checkFiles(folder: string): Promise<string[]> {
  const list = await readFile(join(folder, SUMS), 'utf8').catch(() => undefined);
  if (list === undefined) return [`there is no ${SUMS}: this is no backup, or one that was broken off`];
  const wanted = new Map<string, string>();
  const findings: string[] = [];
  for (const line of list.split('\n').filter(Boolean)) {
    const found = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line);
    if (found) wanted.set(found[2]!, found[1]!);
    else findings.push(`${SUMS} has a line that cannot be read`);
  }
  if (!list.endsWith('\n')) findings.push(`${SUMS} is cut off`);
  const there = new Set(await filesIn(folder));
  for (const list of [SUMS, SIGNED_SUMS]) there.delete(list);
  for (const file of there) if (!wanted.has(file)) findings.push(`${file} does not belong to it`);
  for (const [file, sum] of wanted) {
    if (!there.has(file)) findings.push(`${file} is missing`);
    else if ((await sumOf(join(folder, file))) !== sum) findings.push(`${file} is not what was written`);
  }
  return findings;
}

/** Whether one file of a folder has the sum its list names. */
export async function isAsWritten(folder: string, file: string): Promise<boolean> {
  const list = await readFile(join(folder, SUMS), 'utf8').catch(() => '');
  return list.split('\n').includes(`${await sumOf(join(folder, file))}  ${file}`);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return [...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name)), folder];
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

function hashing() {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, told: () => ({ sizeBytes, sha256: hash.digest('hex') }) };
}

function counting() {
  let rows = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1;
      done(null, chunk);
    },
  });
  return { stream, told: () => rows };
}

/** Has what was renamed in a folder, or taken away, be on the disk. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be flushed there
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
