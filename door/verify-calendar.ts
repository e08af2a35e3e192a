import type { Sql } from '../db/client.ts';
import { GENESIS, sha256 } from './chain.ts';
import { objectIn } from './json-bytes.ts';

/** Something of the calendar's records that does not hold; `seq` is that of the record. */
export interface CalendarFinding {
  readonly seq: number;
  readonly what: string;
}

interface Row {
  readonly seq: number;
  readonly area: string | null;
  readonly year: number;
  readonly content: Uint8Array;
  readonly hash: string;
  readonly prev: string;
  readonly loadedAt: string;
}

/** What the hashed bytes say, as far as columns repeat it. */
interface Content {
  readonly seq: number;
  readonly area: string | null;
  readonly prev: string;
  readonly at: string;
  readonly record?: { readonly year: number };
}

/** Verifies the calendar's records: hashes, links, gaps, and that the columns say what the hashed bytes say. Reads only. */
export async function verifyCalendar(sql: Sql): Promise<CalendarFinding[]> {
  const rows = await sql<Row[]>`
    SELECT seq, area, year, content, hash, prev, loaded_at AS "loadedAt" FROM calendar_records ORDER BY seq`;
  let before = { seq: 0, hash: GENESIS };
  return rows.flatMap((row) => {
    const wrong = problemsOf(row, before);
    before = row;
    return wrong.map((what) => ({ seq: row.seq, what }));
  });
}

function problemsOf({ seq, area, year, content, hash, prev, loadedAt }: Row, before: { seq: number; hash: string }) {
  const wrong: string[] = [];
  if (seq !== before.seq + 1) wrong.push('a record of the calendar is missing');
  else if (prev !== before.hash) wrong.push('it does not follow the record before it');
  if (sha256(content) !== hash) wrong.push('its hash is not that of its content');
  const said = objectIn<Content>(content);
  if (!said) return [...wrong, 'its content is no JSON'];
  const same = said.seq === seq && said.area === area && said.record?.year === year && said.prev === prev;
  if (!same || said.at !== loadedAt) wrong.push('its columns say something else than its content');
  return wrong;
}
