import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { connect, type Sql } from '../db/client.ts';
import { bookPersons, compareBooks, voucherDrafts } from '../db/queries/books.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { people } from '../engine/books/scene.fixture.ts';
import { check, openPlay, play, type Step, steps } from '../engine/books/voucher-play.fixture.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { Ledgered, writeScene } from './books.fixture.ts';

let database: TestDatabase;
let sql: Sql;
let transactions: Transactions;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  transactions = createTransactions(sql, { lanes: 2 });
  await writeScene(sql);
});

afterAll(async () => {
  await transactions.end();
  await sql.end();
  await database.close();
});

const usual: Readonly<Record<string, string>> = {
  ...{ cash: people.cashHolder, make: people.accountant, review: people.reviewer, match: people.secretary },
};

/** Everybody as himself: the database knows who has which duty. */
function asHimself(step: Step): Step {
  return 'by' in step ? { ...step, by: usual[step.do]! } : step;
}

test('whatever the engine lets through, Postgres takes, and the proof holds at the end', async () => {
  for (const all of fc.sample(steps, { numRuns: 6, seed: 20_261_122 })) {
    const books = await new Ledgered(sql, transactions, openPlay()).open();
    const { scene, caseId } = books;
    for (const step of all) {
      play(scene, asHimself(step));
      await books.follow();
    }
    check(scene);
    expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
    const [compared] = await compareBooks(sql, caseId);
    expect(compared?.matched).toBe(scene.book.matched);
    const waiting = await voucherDrafts(sql, caseId, { waiting: true, limit: 300 });
    expect(waiting.map(({ id }) => id).sort()).toEqual(Object.keys(scene.book.drafts ?? {}).sort());
    const persons = await bookPersons(sql, caseId);
    expect(
      Object.fromEntries(persons.map(({ party, recordedFen, paidFen }) => [party, { recordedFen, paidFen }])),
    ).toEqual(scene.book.persons ?? {});
  }
}, 120_000);
