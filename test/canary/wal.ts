import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// PostgreSQL's write-ahead log, taken apart into records, each with the relations whose blocks it tells of. The form is that of
// access/xlog_internal.h, access/xlogrecord.h and storage/relfilelocator.h, the same from PostgreSQL 15 on: every record says
// which relation it is about, so rows of one table are told from rows of another without a program of PostgreSQL's.

/** A record of the write-ahead log. */
export interface WalRecord {
  /** All its bytes: header, page images, rows. */
  readonly bytes: Buffer;
  /** File numbers of the relations it tells of; none for a commit, a checkpoint and the like. */
  readonly relations: readonly number[];
}

const PAGE = 8_192;
const [SHORT_HEADER, LONG_HEADER] = [24, 40];
const [IS_CONTINUED, IS_LONG] = [0x0001, 0x0002];
const RECORD_HEADER = 24;
const [HAS_IMAGE, SAME_RELATION] = [0x10, 0x80];
const [HAS_HOLE, IS_COMPRESSED] = [0x01, 0x1c];

const aligned = (at: number): number => Math.ceil(at / 8) * 8;

/**
 * Every record of a folder `pg_wal`, also of segments that were used before and wait to be written over. Left out are the ends
 * of records whose beginning is gone, and records cut off: as many as there are breaks.
 */
export function* recordsIn(folder: string): Generator<WalRecord> {
  const segments = readdirSync(folder).filter((name) => /^[0-9A-F]{24}$/.test(name));
  let waiting: Buffer = Buffer.alloc(0);
  let next: bigint | undefined;
  for (const segment of segments.sort()) {
    const bytes = readFileSync(join(folder, segment));
    let pieces: Buffer[] = [waiting];
    for (let at = 0; at + PAGE <= bytes.length; at += PAGE) {
      const page = bytes.subarray(at, at + PAGE);
      const info = page.readUInt16LE(2);
      const address = page.readBigUInt64LE(8);
      if (page.readUInt16LE(0) === 0) continue; // never written
      const content = page.subarray(info & IS_LONG ? LONG_HEADER : SHORT_HEADER);
      if (address === next) pieces.push(content);
      else {
        yield* wholeIn(Buffer.concat(pieces)).records;
        // what a record before has left on this page belongs to nothing that is known
        const left = info & IS_CONTINUED ? aligned(page.readUInt32LE(16)) : 0;
        pieces = left < content.length ? [content.subarray(left)] : [];
      }
      next = pieces.length > 0 ? address + BigInt(PAGE) : undefined;
    }
    const { records, rest } = wholeIn(Buffer.concat(pieces));
    yield* records;
    waiting = rest;
  }
}

/** The records that are whole in bytes which begin with one, and the bytes that are left. */
function wholeIn(bytes: Buffer): { readonly records: readonly WalRecord[]; readonly rest: Buffer } {
  const records: WalRecord[] = [];
  let at = 0;
  while (at + RECORD_HEADER <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    if (length === 0) {
      at += 8; // nothing is written here: the server has gone on in another segment, or not gone on
      continue;
    }
    if (length < RECORD_HEADER || at + length > bytes.length) break;
    const record = bytes.subarray(at, at + length);
    records.push({ bytes: record, relations: relationsOf(record) });
    at += aligned(length);
  }
  return { records, rest: bytes.subarray(Math.min(at, bytes.length)) };
}

function relationsOf(record: Buffer): number[] {
  const relations: number[] = [];
  let at = RECORD_HEADER;
  let content = 0;
  // the headers of blocks end where what follows is their content
  while (record.length - at > content) {
    const block = record.readUInt8(at);
    if (block === 255 || block === 254) break; // the record's own data
    if (block === 253) at += 3;
    else if (block === 252) at += 5;
    else if (block > 32) break;
    else {
      const flags = record.readUInt8(at + 1);
      content += record.readUInt16LE(at + 2);
      at += 4;
      if (flags & HAS_IMAGE) {
        content += record.readUInt16LE(at);
        const image = record.readUInt8(at + 4);
        at += image & IS_COMPRESSED && image & HAS_HOLE ? 7 : 5;
      }
      if (!(flags & SAME_RELATION)) {
        relations.push(record.readUInt32LE(at + 8));
        at += 12;
      }
      at += 4;
    }
  }
  return relations;
}
