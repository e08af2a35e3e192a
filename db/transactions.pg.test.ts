import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { connect, type Sql } from './client.ts';
import { createTransactions, StoreUnavailable, type Transactions } from './transactions.ts';

let database: TestDatabase;
let sql: Sql;
let transactions: Transactions;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  transactions = createTransactions(sql, { lanes: 2, waitMs: 300, deadlineMs: 2_000 });
  await sql`CREATE TABLE t (n int PRIMARY KEY)`;
});

afterAll(async () => {
  await transactions.end();
  await sql.end();
  await database.close();
});

const count = async () => Number((await sql`SELECT count(*) AS n FROM t`)[0]!['n']);

test('statements made together share a transaction; an error undoes all of it', async () => {
  await transactions.run((tx) => Promise.all([tx`INSERT INTO t VALUES (1)`, tx`INSERT INTO t VALUES (2)`]));
  const twice = transactions.run((tx) => Promise.all([tx`INSERT INTO t VALUES (3)`, tx`INSERT INTO t VALUES (3)`]));
  await expect(twice).rejects.toThrow('duplicate key');
  await expect(
    transactions.run(async (tx) => {
      await tx`INSERT INTO t VALUES (4)`;
      throw new Error('ours');
    }),
  ).rejects.toThrow('ours');
  expect(await count()).toBe(2);
});

test('a commit sent along with a failing statement keeps nothing', async () => {
  const failing = transactions.run((tx) =>
    Promise.all([tx`INSERT INTO t VALUES (5)`, tx`INSERT INTO t VALUES (1)`, tx.commit()]),
  );
  await expect(failing).rejects.toThrow('duplicate key');
  await transactions.run((tx) => Promise.all([tx`INSERT INTO t VALUES (6)`, tx.commit()]));
  await transactions.run((tx) => Promise.all([tx`INSERT INTO t VALUES (7)`, tx.undo()]));
  expect((await sql`SELECT n FROM t ORDER BY n`).map(({ n }) => n)).toEqual([1, 2, 6]);
});

test.each(['between statements', 'during a statement'])(
  'a server process killed %s: the next transactions work',
  async (when) => {
    const broken = transactions.run(async (tx) => {
      const [row] = await tx`SELECT pg_backend_pid() AS pid`;
      const kill = () => sql`SELECT pg_terminate_backend(${row!['pid']})`;
      if (when === 'between statements') {
        await kill();
        await sleep(100);
        await tx`INSERT INTO t VALUES (100)`;
      } else {
        setTimeout(() => void kill().then(), 50);
        await Promise.all([tx`SELECT pg_sleep(1)`, tx`INSERT INTO t VALUES (101)`]);
      }
    });
    await expect(broken).rejects.toBeInstanceOf(StoreUnavailable);
    const answers = await Promise.all([1, 2, 3, 4].map((n) => transactions.run((tx) => tx`SELECT ${n}::int AS n`)));
    expect(answers.map(([row]) => row!['n'])).toEqual([1, 2, 3, 4]);
    expect(await sql`SELECT n FROM t WHERE n >= 100`).toEqual([]);
  },
);

test('waiting for a connection and for an answer is bounded', async () => {
  const sleepers = [1, 2].map(() => transactions.run((tx) => tx`SELECT pg_sleep(1)`));
  await expect(transactions.run((tx) => tx`SELECT 1`)).rejects.toThrow('No connection was free');
  await Promise.all(sleepers);
  await expect(transactions.run((tx) => tx`SELECT pg_sleep(3)`)).rejects.toThrow('did not answer');
  await transactions.run((tx) => tx`SELECT 1`);
});
