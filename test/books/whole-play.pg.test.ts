import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBooks } from '../../db/books-verify.ts';
import { connect, type Sql } from '../../db/client.ts';
import { bookBalances } from '../../db/queries/books.ts';
import { createTransactions, type Transactions } from '../../db/transactions.ts';
import { Ledgered, writeScene } from '../../door/books.fixture.ts';
import { countLot } from '../../door/count-lot.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';
import { kinds, type ModelScene } from './model/model-scene.ts';
import { playHistory } from './model/play.ts';

let database: TestDatabase;
let sql: Sql;
let transactions: Transactions;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  transactions = createTransactions(sql, { lanes: 2 });
  await writeScene(sql);
  await sql`INSERT INTO person.people (id, name) VALUES ('caseworker-person', 'caseworker')`;
});

afterAll(async () => {
  await transactions.end();
  await sql.end();
  await database.close();
});

const SEED = 20_261_122;
const OPERATIONS = 60;

test.each([...kinds.keys()])(
  'what the books take, Postgres takes under its own rules, and the proof holds (%i)',
  async (n) => {
    const lot = await countLot(sql);
    const known = new Set<string>();
    let books: Ledgered | undefined;
    await playHistory(SEED + n, OPERATIONS, async (scene: ModelScene) => {
      if (!books) {
        books = await new Ledgered(sql, transactions, scene).open();
        // surprise counts are drawn by the database's lot for the case it knows; none falls before the first entry
        scene.lot = lot;
        scene.state = { ...scene.state, caseId: books.caseId };
      }
      for (const person of Object.values(scene.model.holder)) {
        if (known.has(person)) continue;
        await sql`INSERT INTO person.people (id, name) VALUES (${person}, ${person}) ON CONFLICT DO NOTHING`;
        known.add(person);
      }
      await books.follow();
    });
    const { caseId, scene } = books!;
    expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
    const { model } = scene as ModelScene;
    for (const { channel, cashFen, ledgerFen } of await bookBalances(sql, caseId)) {
      expect([cashFen, ledgerFen]).toEqual([model.balance('cash', channel), model.balance('ledger', channel)]);
    }
  },
  120_000,
);
