// PostgreSQL's write-ahead log, taken apart into records, each with the relations whose blocks it tells of. The form is that of
// access/xlog_internal.h, access/xlogrecord.h and storage/relfilelocator.h, the same from PostgreSQL 15 on: every record says
// which relation it is about, so rows of one table are told from rows of another without a program of PostgreSQL's.

/** A record of the write-ahead log. */
export interface WalRecord {
  /** Where it begins, in bytes from the beginning of the log. */
  readonly at: number;
  /** All its bytes: header, page images, rows. */
  readonly bytes: Buffer;
  /** File numbers of the relations it tells of; none for a commit, a checkpoint and the like. */
  readonly relations: readonly number[];
}

const PAGE = 8_192;
const SEGMENT = 16 * 1_024 * 1_024;
const [SHORT_HEADER, LONG_HEADER] = [24, 40];
const RECORD_HEADER = 24;
const [HAS_IMAGE, SAME_RELATION] = [0x10, 0x80];
const IS_COMPRESSED = 0x1c;

const aligned = (at: number): number => Math.ceil(at / 8) * 8;
/** The same place, but behind the header of the page where it is the beginning of one. */
const pastHeader = (at: number): number =>
  at % PAGE > 0 ? at : at + (at % SEGMENT === 0 ? LONG_HEADER : SHORT_HEADER);
const hex = (n: number): string => n.toString(16).toUpperCase().padStart(8, '0');

/** The file in which a place of the log lies, and where in it. */
export const segmentOf = (at: number): { readonly name: string; readonly offset: number } => {
  const number = Math.floor(at / SEGMENT);
  return { name: `00000001${hex(Math.floor(number / 256))}${hex(number % 256)}`, offset: at % SEGMENT };
};

/**
 * Every record between two places at which one ends and the next begins. `segment` reads a file of the log by its name.
 * Throws at the first byte that is not accounted for: at a page of another place, a record that does not name the one before
 * it or whose parts are not as long as it is, an image of a page that is packed, and an end elsewhere.
 */
export function* recordsIn(segment: (name: string) => Buffer, from: number, to: number): Generator<WalRecord> {
  let file: { readonly name: string; readonly bytes: Buffer } | undefined;
  const unread = (at: number, why: string) =>
    new Error(
      `The write-ahead log cannot be read at ${at} (from ${from} to ${to}), and nothing behind it was: ${why}.`,
    );
  const fromPage = (at: number): Buffer => {
    const { name, offset } = segmentOf(at);
    if (name !== file?.name) file = { name, bytes: segment(name) };
    const page = file.bytes.subarray(offset - (offset % PAGE)).subarray(0, PAGE);
    if (page.length < PAGE || page.readBigUInt64LE(8) !== BigInt(at - (at % PAGE)))
      throw unread(at, 'the page is not of this place');
    return page.subarray(at % PAGE);
  };
  let before: number | undefined;
  for (let at = from; at !== to; ) {
    const length = at < to ? fromPage(at).readUInt32LE() : 0;
    if (length < RECORD_HEADER || length > to - at) throw unread(at, `no record has ${length} bytes here`);
    const pieces: Buffer[] = [];
    let here = at;
    for (let left = length; left > 0; left -= pieces.at(-1)!.length) {
      here = pastHeader(here);
      pieces.push(fromPage(here).subarray(0, left));
      here += pieces.at(-1)!.length;
    }
    const bytes = Buffer.concat(pieces);
    if (before !== undefined && bytes.readBigUInt64LE(8) !== BigInt(before))
      throw unread(at, 'the record does not follow the one before');
    const relations = relationsOf(bytes);
    if (!relations) throw unread(at, 'the record has other parts than it says, or a page in it is packed');
    yield { at, bytes, relations };
    before = at;
    at = pastHeader(aligned(here));
  }
}

/** The relations a record tells of; undefined where its headers and their contents are not as long as it is, or an image is packed. */
function relationsOf(record: Buffer): number[] | undefined {
  const relations: number[] = [];
  let at = RECORD_HEADER;
  let content = 0;
  // the headers of blocks end where what follows is their content
  while (record.length - at > content) {
    if (record.length - at < 2) return undefined;
    const block = record.readUInt8(at);
    // the record's own data, by its length in one byte or four
    if (block === 255) [content, at] = [content + record.readUInt8(at + 1), at + 2];
    else if (block === 254) [content, at] = [content + record.readUInt32LE(at + 1), at + 5];
    else if (block === 253) at += 3;
    else if (block === 252) at += 5;
    else if (block > 32) return undefined;
    else {
      const flags = record.readUInt8(at + 1);
      content += record.readUInt16LE(at + 2);
      at += 4;
      if (flags & HAS_IMAGE) {
        content += record.readUInt16LE(at);
        if (record.readUInt8(at + 4) & IS_COMPRESSED) return undefined;
        at += 5;
      }
      if (!(flags & SAME_RELATION)) {
        relations.push(record.readUInt32LE(at + 8));
        at += 12;
      }
      at += 4;
    }
  }
  return record.length - at === content ? relations : undefined;
}
