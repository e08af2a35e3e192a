import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import proto, { type temporal } from '@temporalio/proto';

const { History, HistoryEvent } = proto.temporal.api.history.v1;

/** An event of a run's history as Temporal gives it. */
export type RunEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * The bytes of a page of a history: a protobuf message `temporal.api.history.v1.History`. Those of its pages one after the
 * other are the bytes of the whole history, so that it never has to be in memory at once.
 */
export const historyBytes = (events: readonly RunEvent[]): Uint8Array =>
  History.encode({ events: [...events] }).finish();

/** Unpacks a gzip stream that comes in pieces. An error of either is thrown to whoever reads. */
export function unpacked(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(pieces, { objectMode: true }), createGunzip(), () => {});
}

/** The tag of `History.events`, the message's only field: number 1, with a length. */
const eventTag = 0x0a;
/** Temporal takes no larger event; a length beyond it comes from damaged bytes. */
const mostEventBytes = 64 * 1024 * 1024;

/** Reads the events out of a history's bytes, one at a time, in whatever pieces they come. Throws when they are none. */
export async function* eventsIn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<RunEvent> {
  let waiting: Uint8Array[] = [];
  let have = 0;
  let need = 1;
  for await (const piece of pieces) {
    waiting.push(piece);
    have += piece.length;
    if (have < need) continue;
    const bytes = waiting.length === 1 ? piece : Buffer.concat(waiting, have);
    let at = 0;
    for (;;) {
      const found = frameAt(bytes, at);
      need = found.end - at;
      if (found.end > bytes.length || found.start === 0) break;
      yield HistoryEvent.decode(bytes.subarray(found.start, found.end));
      at = found.end;
    }
    waiting = at < bytes.length ? [bytes.subarray(at)] : [];
    have = bytes.length - at;
  }
  if (have > 0) throw new Error('the history breaks off within an event');
}

/** Where the event begins and ends whose tag is at this place; start 0 while its length is not all there. */
function frameAt(bytes: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  if (at >= bytes.length) return { start: 0, end: at + 1 };
  if (bytes[at] !== eventTag) throw new Error('these are not the bytes of a history');
  let length = 0;
  for (let n = 0; n < 5; n++) {
    const byte = bytes[at + 1 + n];
    if (byte === undefined) return { start: 0, end: bytes.length + 1 };
    length += (byte & 0x7f) * 2 ** (7 * n);
    if (byte >= 0x80) continue;
    if (length > mostEventBytes) break;
    const start = at + 2 + n;
    return { start, end: start + length };
  }
  throw new Error('these are not the bytes of a history');
}
