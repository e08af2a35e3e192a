/** Boxes that hold what a telephone notes beside picture and sound: where it was, what it is, whose it is, how the recording is called. */
const NOTES = new Set(['udta', 'meta', 'uuid']);
/** Boxes that are made of boxes: the description of a recording and of each of its tracks. */
const OUTER = new Set(['moov', 'trak', 'mdia', 'moof', 'traf']);

/**
 * A recording in boxes (MP4, MOV, 3GP, M4A) whose notes are blanked where they stand: nothing moves, picture and sound stay
 * as they are, and players skip a box that is called free. Undefined where its boxes do not fit into one another: cut off, or
 * made to mislead. No library that writes such files is kept for Node; boxes are lengths and names (ISO/IEC 14496-12, 4.2).
 */
export function withoutNotes(bytes: Uint8Array): Uint8Array | undefined {
  const out = Buffer.from(bytes);
  // the ends of what was entered; a stack of our own, so that depth costs no more than length
  const ends: number[] = [out.length];
  let at = 0;
  while (ends.length > 0) {
    const end = ends.at(-1)!;
    // four bytes of zero may end a list of notes in MOV; what is too short to be a box is none
    if (end - at < 8) {
      at = end;
      ends.pop();
      continue;
    }
    const box = boxAt(out, at, end);
    if (!box) return undefined;
    if (OUTER.has(box.type)) {
      ends.push(box.end);
      at = box.from;
      continue;
    }
    if (NOTES.has(box.type)) {
      out.write('free', at + 4, 'latin1');
      out.fill(0, box.from, box.end);
    }
    at = box.end;
  }
  return out;
}

interface Box {
  readonly type: string;
  readonly from: number;
  readonly end: number;
}

function boxAt(data: Buffer, at: number, end: number): Box | undefined {
  const type = data.toString('latin1', at + 4, at + 8);
  const said = data.readUInt32BE(at);
  const long = said === 1;
  if (long && end - at < 16) return undefined;
  const size = said === 0 ? end - at : long ? Number(data.readBigUInt64BE(at + 8)) : said;
  const from = at + (long ? 16 : 8);
  if (at + size < from || at + size > end) return undefined;
  return { type, from, end: at + size };
}
