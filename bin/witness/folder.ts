import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type NoteVerifier, parseVerifier, verifierText } from '../../engine/record/note.ts';

/** A checkpoint as a witness keeps it, with the proof that the log had only grown since the one before. */
export interface KeptNote {
  /** When it was seen, by the witness's own clock. */
  readonly seenAt: string;
  /** Its number at the server; a hint for asking on, not signed. */
  readonly number: number;
  readonly note: string;
  /** 64 hexadecimal digits each. */
  readonly path: readonly string[];
}

/** A key the witness trusts, and why: it was given, the first one seen, or announced by the one before it. */
export interface TrustedKey {
  readonly since: string;
  readonly why: 'given' | 'first' | 'announced';
  readonly key: string;
}

/** Raised for a folder whose files are not what a witness writes. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** What a witness keeps: files to which lines are only ever added, each on the disk before anything goes on. */
export interface WitnessFolder {
  /** The key that is trusted now; undefined in a new folder. */
  trusted(): NoteVerifier | undefined;
  trust(key: NoteVerifier, why: TrustedKey['why']): void;
  /** The newest checkpoint kept. */
  last(): KeptNote | undefined;
  keep(note: KeptNote): void;
  /** Puts what is wrong, and the notes that show it, into a file of its own; answers its name. */
  accuse(evidence: object): string;
}

const KEYS = 'keys.jsonl';
const notesFile = /^checkpoints-\d{4}-\d\d\.jsonl$/;

/** Opens a folder, or begins one. Throws `FolderError` for files that somebody else has written into. */
export function witnessFolder(folder: string, now: () => Date): WitnessFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let key = keysIn(folder).at(-1)?.key;
  let newest = notesIn(folder, notesFiles(folder).slice(-1)).at(-1);
  return {
    trusted: () => (key === undefined ? undefined : parseVerifier(key)),
    trust(verifier, why) {
      key = verifierText(verifier);
      addLine(join(folder, KEYS), { since: now().toISOString(), why, key } satisfies TrustedKey);
    },
    last: () => newest,
    keep(note) {
      // a clock that goes back adds to the newest file
      const file = [`checkpoints-${now().toISOString().slice(0, 7)}.jsonl`, ...notesFiles(folder)].sort().at(-1)!;
      addLine(join(folder, file), note);
      newest = note;
    },
    accuse(evidence) {
      const name = `evidence-${now().toISOString().replaceAll(':', '-')}`;
      const n = readdirSync(folder).filter((each) => each.startsWith(name)).length;
      const file = join(folder, `${name}${n === 0 ? '' : `-${n + 1}`}.json`);
      write(file, `${JSON.stringify(evidence, undefined, 2)}\n`, 'wx');
      return file;
    },
  };
}

/** Everything a witness has kept, oldest first, for whoever compares it with the record. Throws `FolderError`. */
export function readWitness(folder: string): { readonly keys: TrustedKey[]; readonly notes: KeptNote[] } {
  if (!existsSync(join(folder, KEYS))) throw new FolderError(`${folder} is not the folder of a witness.`);
  return { keys: keysIn(folder), notes: notesIn(folder, notesFiles(folder)) };
}

const notesFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => notesFile.test(name))
    .sort();

const keysIn = (folder: string): TrustedKey[] => linesOf(join(folder, KEYS)).map((line) => line as TrustedKey);

const notesIn = (folder: string, files: readonly string[]): KeptNote[] =>
  files.flatMap((file) => linesOf(join(folder, file))).map((line) => line as KeptNote);

/** The lines of a file. What a crash left of a last line is no line. */
function linesOf(file: string): unknown[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line, n) => {
    const value = parsed(line);
    if (isLine(value)) return [value];
    // the next line was begun anew after it
    if (line.startsWith('{') && value === undefined) return [];
    throw new FolderError(`Line ${n + 1} of ${file} was not written by a witness.`);
  });
}

function isLine(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const line = value as Record<string, unknown>;
  return typeof line['key'] === 'string' || (typeof line['note'] === 'string' && Number.isSafeInteger(line['number']));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What a crash may have left of a line stays a line of its own. */
function addLine(file: string, line: object): void {
  write(file, `${isTorn(file) ? '\n' : ''}${JSON.stringify(line)}\n`, 'a');
}

function isTorn(file: string): boolean {
  if (!existsSync(file)) return false;
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 10;
  } finally {
    closeSync(handle);
  }
}

/** Writes so that it is on the disk, the name of a new file too. */
function write(file: string, text: string, flag: 'a' | 'wx'): void {
  const isNew = !existsSync(file);
  flushed(file, flag, text);
  if (isNew && process.platform !== 'win32') flushed(dirname(file), 'r');
}

function flushed(path: string, flag: string, text = ''): void {
  const handle = openSync(path, flag, 0o600);
  try {
    if (text) writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
