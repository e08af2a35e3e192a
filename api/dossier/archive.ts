import { crc32 } from 'node:zlib';

/** A file of a dossier. */
export interface DossierFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const UTF8_NAMES = 0x0800;
/** 1 January 1980: an archive tells no time, so that the same record makes the same bytes. */
const NO_DATE = 0x21;
const MOST_BYTES = 0xffff_ffff;
const MOST_FILES = 0xffff;

/**
 * Packs files one after another as they come, none of them compressed: every byte of the archive follows from names and
 * contents (docs/dossier.md), and nothing in it grows when it is opened. Holds one file at a time. Throws `RangeError`
 * where the archive would be larger than 4 GiB or have more than 65,535 files.
 */
export async function* zipOf(files: AsyncIterable<DossierFile> | Iterable<DossierFile>): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for await (const { path, bytes } of files) {
    const name = Buffer.from(path, 'utf8');
    const shared = sharedFields(crc32(bytes), bytes.length, name.length);
    yield Buffer.concat([signature(LOCAL), shared, name]);
    yield bytes;
    directory.push(entryOf(shared, name, offset));
    offset += 30 + name.length + bytes.length;
    if (offset > MOST_BYTES || directory.length > MOST_FILES)
      throw new RangeError(
        'A dossier holds at most 4 GiB in 65,535 files: documents have to be handed over beside it.',
      );
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  yield Buffer.concat([listed, signature(END), end]);
}

/** What the entry before a file and the one in the directory have in common: from the version needed to the length of extra fields. */
export function sharedFields(crc: number, size: number, nameLength: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(UTF8_NAMES, 2);
  fields.writeUInt16LE(NO_DATE, 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(size, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(nameLength, 22);
  return fields;
}

function entryOf(shared: Buffer, name: Buffer, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([signature(ENTRY), Buffer.from([20, 0]), shared, rest, name]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
