import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { sharedFields } from '../../api/dossier/archive.ts';

/** A file is no archive of the documented form. Its message says why. */
export class ArchiveProblem extends Error {
  override readonly name = 'ArchiveProblem';
  readonly zh: string;
  constructor(zh: string, en: string) {
    super(en);
    this.zh = zh;
  }
}

/** A file in the archive. */
export interface Entry {
  readonly path: string;
  readonly bytes: number;
  readonly crc: number;
  /** Where its content begins. */
  readonly at: number;
}

const MOST_DIRECTORY = 64 * 1024 * 1024;
/** What is read as a whole: tables and pages. Documents are read in pieces. */
const MOST_WHOLE = 256 * 1024 * 1024;
const PIECE = 1024 * 1024;

/**
 * A dossier's archive on disk. Opening checks every byte that is not content against the documented form (docs/dossier.md):
 * nothing is compressed, nothing overlaps or lies between entries, no path leads anywhere. Throws {@link ArchiveProblem}.
 */
export class Archive {
  readonly entries: readonly Entry[];
  readonly #file: number;
  readonly #byPath: ReadonlyMap<string, Entry>;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    try {
      this.entries = this.#directory(fstatSync(this.#file).size);
      this.#byPath = new Map(this.entries.map((entry) => [entry.path, entry]));
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The content of a file; undefined when there is none of that path. Throws where it is too large to be read as a whole. */
  read(path: string): Buffer | undefined {
    const entry = this.#byPath.get(path);
    if (!entry) return undefined;
    if (entry.bytes > MOST_WHOLE)
      throw new ArchiveProblem(`${path} 太大，不能读入`, `${path} is too large to be read as a whole`);
    return this.#bytes(entry.at, entry.bytes);
  }

  /** SHA-256 of a file's content, and whether its CRC-32 is the one the directory says. Reads it in pieces. */
  digest({ at, bytes, crc }: Entry): { readonly sha256: string; readonly intact: boolean } {
    const hash = createHash('sha256');
    let sum = 0;
    for (let done = 0; done < bytes; done += PIECE) {
      const piece = this.#bytes(at + done, Math.min(PIECE, bytes - done));
      hash.update(piece);
      sum = crc32(piece, sum);
    }
    return { sha256: hash.digest('hex'), intact: sum === crc };
  }

  #bytes(at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const n = readSync(this.#file, bytes, done, length - done, at + done);
      if (n === 0) throw broken();
      done += n;
    }
    return bytes;
  }

  #directory(size: number): Entry[] {
    if (size < 22 || size > 0xffff_ffff) throw broken();
    const end = this.#bytes(size - 22, 22);
    const [count, listed, from] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
    const expected = Buffer.alloc(22);
    expected.writeUInt32LE(0x06054b50, 0);
    expected.writeUInt16LE(count, 8);
    expected.writeUInt16LE(count, 10);
    expected.writeUInt32LE(listed, 12);
    expected.writeUInt32LE(from, 16);
    if (!end.equals(expected) || from + listed + 22 !== size || listed > MOST_DIRECTORY) throw broken();
    const directory = this.#bytes(from, listed);
    const entries: Entry[] = [];
    const seen = new Set<string>();
    let [at, offset] = [0, 0];
    for (let n = 0; n < count; n++) {
      if (at + 46 > listed) throw broken();
      const length = directory.readUInt16LE(at + 28);
      const bytes = directory.readUInt32LE(at + 24);
      const crc = directory.readUInt32LE(at + 16);
      if (at + 46 + length > listed) throw broken();
      const name = directory.subarray(at + 46, at + 46 + length);
      const shared = sharedFields(crc, bytes, length);
      const listing = Buffer.concat([Buffer.from('504b01021400', 'hex'), shared, Buffer.alloc(14), name]);
      listing.writeUInt32LE(offset, 42);
      if (!directory.subarray(at, at + 46 + length).equals(listing)) throw broken();
      const local = Buffer.concat([Buffer.from('504b0304', 'hex'), shared, name]);
      if (offset + local.length + bytes > from) throw broken();
      if (!this.#bytes(offset, local.length).equals(local)) throw broken();
      const path = pathOf(name, seen);
      entries.push({ path, bytes, crc, at: offset + local.length });
      offset += local.length + bytes;
      at += 46 + length;
    }
    if (at !== listed || offset !== from) throw broken();
    return entries;
  }
}

const SEGMENT = /^[\p{L}\p{N}_-][\p{L}\p{N}._-]*$/u;

/** A path that leads nowhere but below the archive, and is there once. */
function pathOf(name: Buffer, seen: Set<string>): string {
  const path = name.toString('utf8');
  const plain = Buffer.from(path, 'utf8').equals(name) && path.split('/').every((segment) => SEGMENT.test(segment));
  const key = path.normalize('NFC').toLowerCase();
  if (!plain || name.length > 200 || seen.has(key))
    throw new ArchiveProblem(
      '压缩包里有不允许的或重复的路径',
      'the archive has a path that is not allowed, or one twice',
    );
  seen.add(key);
  return path;
}

function broken(): ArchiveProblem {
  return new ArchiveProblem(
    '压缩包不是案卷规定的样式：被截断、改动，或由别的程序重新打包过',
    'the archive is not of the documented form: cut, changed, or packed anew by another program',
  );
}
