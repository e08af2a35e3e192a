import { crc32, inflateRawSync } from 'node:zlib';
import { SheetProblem, sheetLimits } from './sheet.ts';

/** A file in an archive, unpacked. */
export interface PackedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/** Whether bytes begin like a ZIP archive, which every workbook is. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Unpacks a ZIP archive by its directory, never more than the limits whatever the sizes in it claim: an archive made to
 * fill the memory is refused while it unpacks. Throws {@link SheetProblem}.
 */
export function unzip(bytes: Uint8Array): PackedFile[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return [...entriesOf(data)];
  } catch (error) {
    if (error instanceof SheetProblem) throw error;
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw broken();
  }
}

function* entriesOf(data: Buffer): Generator<PackedFile> {
  const end = data.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || data.readUInt32LE(end) !== END) throw broken();
  const count = data.readUInt16LE(end + 10);
  if (count > sheetLimits.packedFiles) throw tooLarge();
  const seen = new Set<string>();
  let at = data.readUInt32LE(end + 16);
  let left: number = sheetLimits.unpackedBytes;
  for (let n = 0; n < count; n++) {
    if (data.readUInt32LE(at) !== ENTRY) throw broken();
    const flags = data.readUInt16LE(at + 8);
    const method = data.readUInt16LE(at + 10);
    const packed = data.readUInt32LE(at + 20);
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => data.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = data.readUInt32LE(at + 42);
    const name = data.toString('utf8', at + 46, at + 46 + nameLength);
    at += 46 + nameLength + extra + comment;
    if (flags & 1) throw broken(); // encrypted
    if (data.readUInt32LE(local) !== LOCAL) throw broken();
    const from = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
    const content = data.subarray(from, from + packed);
    if (content.length !== packed || seen.has(name)) throw broken();
    seen.add(name);
    if (method !== STORED && method !== DEFLATED) throw broken();
    if (method === STORED && content.length > left) throw tooLarge();
    if (name.endsWith('/')) continue;
    const unpacked = method === STORED ? content : inflateRawSync(content, { maxOutputLength: Math.max(1, left) });
    left -= unpacked.length;
    yield { name, bytes: unpacked };
  }
}

/** Packs files into an archive as they are, none of them compressed. */
export function zip(files: readonly PackedFile[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const title = Buffer.from(name);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt32LE(crc32(bytes), 10);
    about.writeUInt32LE(bytes.length, 14);
    about.writeUInt32LE(bytes.length, 18);
    about.writeUInt16LE(title.length, 22);
    locals.push(number(LOCAL), about, title, Buffer.from(bytes));
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(number(ENTRY), Buffer.from([20, 0]), about, rest, title);
    offset += 30 + title.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, listed, number(END), end]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function broken(): SheetProblem {
  return new SheetProblem(
    ['这个工作簿打不开，可能已损坏或加了密码。', 'The workbook cannot be opened: broken, or locked.'],
    {
      waysOut: [['在表格软件里去掉密码，另存为 XLSX', 'Take the password off and save it anew as XLSX']],
    },
  );
}

function tooLarge(): SheetProblem {
  return new SheetProblem(['工作簿展开后太大。', 'The workbook is too large when unpacked.'], {
    waysOut: [['只留要导入的一张表，或另存为 CSV', 'Keep only the sheet to be imported, or save it as CSV']],
    tooLarge: true,
  });
}
