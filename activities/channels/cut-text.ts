const ellipsis = '…';
const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });

/** Bytes of a text as it is sent in UTF-8. */
export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Bytes of a text inside a JSON string, its escapes included. */
export const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text), 'utf8') - 2;

/**
 * The longest beginning of a text that takes at most `maxBytes`, with `…` at its end where something is missing. Nothing a
 * reader sees as one character is halved (a surrogate pair, an accent, an emoji of several); where a single one is longer
 * than all there is room for, its code points are kept as far as they go. Halves of surrogate pairs become U+FFFD.
 * `bytesOf` may count otherwise, such as in characters: every code point for one or more, and adding up.
 */
export function cutText(text: string, maxBytes: number, bytesOf = utf8Bytes): string {
  // every code point counts for one or more, and has at most two units: what lies further behind cannot fit
  const far = 2 * (maxBytes + 1);
  const near = Buffer.from(text.slice(0, far), 'utf8').toString('utf8');
  if (text.length <= far && bytesOf(near) <= maxBytes) return near;
  const room = maxBytes - bytesOf(ellipsis);
  if (room < 0) return '';
  const end = fitting(near, room, bytesOf);
  // asked for one place only: going through all of them takes a time that grows with the square of the text (Node 20)
  const whole = graphemes.segment(near).containing(end)?.index;
  return `${near.slice(0, whole || end)}${ellipsis}`;
}

/** The end of the first code points that fit together. Counted one by one: bytes of UTF-8 and of JSON add up. */
function fitting(text: string, room: number, bytesOf: (text: string) => number): number {
  let bytes = 0;
  let end = 0;
  for (const point of text) {
    bytes += bytesOf(point);
    if (bytes > room) return end;
    end += point.length;
  }
  return end;
}
