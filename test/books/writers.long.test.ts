import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBooks } from '../../db/books-verify.ts';
import { connect, type Sql } from '../../db/client.ts';
import { compareBooks } from '../../db/queries/books.ts';
import { createDoor, type Door } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import fule from '../../plugins/fule/program.ts';
import { chooseSeed } from '../faults/play.ts';
import { randomFrom } from '../faults/random.ts';
import { openBookCase, settleBookPosts } from '../support/book-cases.ts';
import type { WriteTask } from '../support/book-writer-process.ts';
import { type Death, writeUntilDone } from '../support/book-writers.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

// Sixteen writers in four processes, on one book that all of them share and on eight of their own, while the processes are
// killed: on the spot inside a transaction, between the commit and the answer, or by a signal at any moment.

let database: TestDatabase;
let sql: Sql;
let door: Door;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  await settleBookPosts(sql);
  door = await createDoor({ sql, programs: await installPrograms(sql, [fule]), log: pino({ level: 'silent' }) });
});

afterAll(async () => {
  await door.end();
  await sql.end();
  await database.close();
});

const WRITERS = 16;
const PROCESSES = 4;
const SHARED = 5; // documents each writer records in the book of all
const OWN = 3; // and in the book he shares with one of the other side

test('sixteen writers on one book and on many, killed at random: no gap, no deadlock, nothing answered is lost', async () => {
  const seed = chooseSeed();
  const random = randomFrom(seed);
  const [shared, ...others] = await Promise.all(Array.from({ length: 1 + WRITERS / 2 }, () => openBookCase(door)));
  const task = (writer: number, caseId: string, n: number): WriteTask => {
    const side = writer % 2 === 0 ? ('cash' as const) : ('ledger' as const);
    return { actId: randomUUID(), caseId, side, doc: `S-${n}`, fen: n };
  };
  const writers = Array.from({ length: WRITERS }, (_, w) => {
    const pair = w >> 1;
    const all = Array.from({ length: SHARED }, (_, i) => task(w, shared!, pair * SHARED + i + 1));
    const own = Array.from({ length: OWN }, (_, i) => task(w, others[pair]!, i + 1));
    return all.flatMap((each, i) => [each, ...(own[i] ? [own[i]] : [])]);
  });
  const deaths = (): Death =>
    random.pick<Death>([
      { name: 'act-locked', nth: random.between(2, 8) },
      { name: 'act-committed', nth: random.between(2, 8) },
      { afterAnswers: random.between(2, 8) },
    ]);
  const results = await Promise.all(
    Array.from({ length: PROCESSES }, (_, p) => {
      const own = writers.filter((_, w) => w % PROCESSES === p);
      return writeUntilDone(database.url, own, [deaths()]);
    }),
  );
  const told = `seed ${seed}`;
  const answers = new Map(results.flatMap((result) => [...result.answers]));
  expect(
    results.reduce((sum, result) => sum + result.deaths, 0),
    told,
  ).toBe(PROCESSES);
  expect(new Set([...answers.values()].map(({ code }) => code)), told).toEqual(new Set(['recorded']));
  expect(answers.size, told).toBe(writers.flat().length);

  const rows = await sql<{ side: 'cash' | 'ledger'; caseId: string; id: string; doc: string; no: number }[]>`
    SELECT 'cash' AS side, case_id AS "caseId", id, source_doc AS doc, no FROM cash_entries
    UNION ALL SELECT 'ledger', case_id, id, source_doc, no FROM vouchers`;
  const entries = new Map(rows.map((row) => [`${row.caseId} ${row.side} ${row.doc}`, row]));
  // each was recorded once, and what was answered is what stands
  expect(rows.length, told).toBe(writers.flat().length);
  expect(entries.size, told).toBe(rows.length);
  const lost = writers
    .flat()
    .filter(
      ({ actId, caseId, side, doc }) => entries.get(`${caseId} ${side} ${doc}`)?.id !== answers.get(actId)?.entry,
    );
  expect(lost, told).toEqual([]);
  for (const caseId of [shared!, ...others]) {
    const docs = caseId === shared ? (SHARED * WRITERS) / 2 : OWN;
    for (const side of ['cash', 'ledger'] as const) {
      const numbers = rows.filter((row) => row.caseId === caseId && row.side === side).map(({ no }) => no);
      expect(
        numbers.sort((a, b) => a - b),
        `${side}, ${told}`,
      ).toEqual(Array.from({ length: docs }, (_, i) => i + 1));
    }
    expect(await compareBooks(sql, caseId), told).toMatchObject([{ matched: docs, differences: [] }]);
  }
  expect(await verifyBooks(sql), told).toMatchObject({ holds: true, findings: [], openDiscrepancies: 0 });
  const [stat] = await sql`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`;
  expect(Number(stat!['deadlocks']), told).toBe(0);
}, 240_000);
