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
  const byCharacter = beginning(
    Array.from(graphemes.segment(near), ({ segment }) => segment),
    room,
    bytesOf,
  );
  return `${byCharacter || beginning([...near], room, bytesOf)}${ellipsis}`;
}

/** The first parts that fit together. Counted one by one: bytes of UTF-8 and of JSON add up. */
function beginning(parts: readonly string[], room: number, bytesOf: (text: string) => number): string {
  let bytes = 0;
  const end = parts.findIndex((part) => {
    bytes += bytesOf(part);
    return bytes > room;
  });
  return parts.slice(0, end === -1 ? parts.length : end).join('');
}
