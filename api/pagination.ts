import { isInstant } from '../engine/time/civil.ts';
import { problem } from './errors.ts';
import { isKeepable } from './strict-json.ts';

/** Packs where a page ended into an opaque cursor. */
export function encodeCursor(parts: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** What a place of a cursor holds: a moment, a moment or nothing, a whole number, or a text. */
type Place = 'moment' | 'moment?' | 'number' | 'text';

/** Unpacks a cursor of our own making. Throws the problem of a cursor we did not make. */
export function decodeCursor(
  cursor: string | undefined,
  places: readonly Place[],
): (string | number | null)[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === places.length && places.every((place, i) => fits(place, parts[i])))
      return parts;
  } catch {
    // not JSON: answered like any cursor that is not ours
  }
  throw problem(
    'INVALID_DATA',
    ['cursor 不是本系统给出的。', 'The cursor is not one of ours.'],
    [['去掉 cursor，从第一页开始。', 'Leave it out to start at the first page.']],
  );
}

function fits(place: Place, part: unknown): boolean {
  switch (place) {
    case 'number':
      return Number.isSafeInteger(part);
    case 'text':
      return typeof part === 'string' && part.length <= 300 && isKeepable(part);
    case 'moment':
      return typeof part === 'string' && isInstant(part);
    case 'moment?':
      return part === null || fits('moment', part);
  }
}

/** Cuts a page out of rows fetched one over the limit, and makes the cursor of the next from its last row. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  position: (row: Row) => readonly (string | number | null)[],
): { items: Item[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(toItem), nextCursor: rows.length > limit && last ? encodeCursor(position(last)) : null };
}
