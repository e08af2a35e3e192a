import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBooks } from '../../db/books-verify.ts';
import { connect, type Sql } from '../../db/client.ts';
import { createDoor, type Door } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import fule from '../../plugins/fule/program.ts';
import {
  type BookPost,
  codeOf,
  holderOf,
  keeperPost,
  openBookCase,
  saleOf,
  sendAct,
  settleBookPosts,
} from '../support/book-cases.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

// A month ends while both keepers' sides are written by sixteen at once, through two doors; it is counted and closed while
// they go on.

const WRITERS = 16;
const book = 'earnings';

let database: TestDatabase;
let sql: Sql;
let doors: readonly Door[];
/** What the clock says when the test began to run by it; until then it stands. */
let clock: () => number = () => Date.parse('2026-09-29T02:00:00.000Z');

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  await settleBookPosts(sql);
  await sql`UPDATE appointments SET from_at = '2026-01-01T00:00:00Z'`;
  const programs = await installPrograms(sql, [fule]);
  const log = pino({ level: 'silent' });
  const now = async () => new Date(clock()).toISOString();
  doors = await Promise.all([1, 2].map(() => createDoor({ sql, programs, log, now, connections: WRITERS / 2 })));
});

afterAll(async () => {
  await Promise.all(doors.map((door) => door.end()));
  await sql.end();
  await database.close();
});

test('a month is closed while both sides are written: it ends, nothing slips into it, and nobody is kept from writing', async () => {
  const [first] = doors as [Door, Door];
  const caseId = await openBookCase(first);
  const act = async (post: BookPost, type: string, data: object) =>
    codeOf(await sendAct(first, caseId, post, { type, data }));

  const begun = Date.now();
  // two seconds before midnight, east of Greenwich by eight hours
  clock = () => Date.parse('2026-09-30T15:59:58.000Z') + Date.now() - begun;
  let running = true;
  let written = 0;
  const codes = new Map<string, number>();
  const writers = Array.from({ length: WRITERS }, async (_, w) => {
    const side = w % 2 === 0 ? ('cash' as const) : ('ledger' as const);
    const door = doors[(w >> 1) % doors.length]!;
    for (let n = 1; running; n++) {
      const sale = saleOf(side, `S-${w >> 1}-${n}`, n);
      const code = codeOf(await sendAct(door, caseId, keeperPost[side], sale));
      codes.set(code, (codes.get(code) ?? 0) + 1);
      written += 1;
    }
  });
  const booked = async (from: string, to: string) => {
    const [row] = await sql`SELECT count(*) AS n FROM cash_entries WHERE booked_date BETWEEN ${from} AND ${to}`;
    return Number(row!['n']);
  };
  try {
    await expect.poll(() => booked('2026-10-01', '2026-10-31'), { timeout: 60_000 }).toBeGreaterThan(5);
    expect(await booked('2026-09-01', '2026-09-30')).toBeGreaterThan(0);

    const witness = holderOf('residents-representative').id;
    const counted = { book, denominations: { 10000: 1 }, channels: { wechat: 0 } };
    expect(await act('secretary', 'cash.count', { ...counted, witness })).toBe('recorded');
    expect(await act('residents-representative', 'books.closeDay', { book, day: '2026-09-30' })).toBe('recorded');
    const before = written;
    const close = async () => {
      await act('supervision-head', 'books.reconcile', { book, month: '2026-09' });
      // not the one his count has found, which is for another to decide
      const target = '月结 2026-09 cash';
      await sendAct(first, caseId, 'secretary', {
        ...{ type: 'discrepancy.decide', target },
        data: { decision: 'carry', text: '午夜前后入账' },
      });
      return act('supervision-head', 'books.closeMonth', { book, month: '2026-09', carry: await carry() });
    };
    // what was recorded by one side at midnight has its other side a moment later
    await expect.poll(close, { timeout: 60_000, interval: 50 }).toBe('recorded');
    await expect.poll(() => written, { timeout: 60_000 }).toBeGreaterThan(before + 2 * WRITERS);
  } finally {
    running = false;
    await Promise.all(writers);
  }
  expect([...codes.keys()]).toEqual(['recorded']);
  const [closed] = await sql<
    { seq: number }[]
  >`SELECT seq FROM book_months WHERE case_id = ${caseId} AND period = '2026-09'`;
  const slipped = await sql`
    SELECT id FROM cash_entries WHERE case_id = ${caseId} AND booked_date <= '2026-09-30' AND seq > ${closed!.seq}
    UNION ALL SELECT id FROM vouchers WHERE case_id = ${caseId} AND booked_date <= '2026-09-30' AND seq > ${closed!.seq}`;
  expect(slipped).toEqual([]);
  expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });

  /** What the journal has more than the ledger at the end of the month: of a sale at midnight each side has its own day. */
  async function carry(): Promise<Record<string, number>> {
    const [row] = await sql<{ fen: number }[]>`
      SELECT ((SELECT coalesce(sum(amount_fen), 0) FROM cash_entries WHERE case_id = ${caseId} AND booked_date <= '2026-09-30')
        - (SELECT coalesce(sum(amount_fen), 0) FROM vouchers WHERE case_id = ${caseId} AND booked_date <= '2026-09-30'))::bigint AS fen`;
    return row!.fen === 0 ? {} : { cash: Number(row!.fen) };
  }
}, 180_000);
