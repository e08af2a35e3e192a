import { expect } from 'vitest';
import { connect, type Sql } from '../../../db/client.ts';
import { createTransactions, type Transactions } from '../../../db/transactions.ts';
import { Ledgered, writeScene } from '../../../door/books.fixture.ts';
import { people, Scene } from '../../../engine/books/scene.fixture.ts';
import type { Party } from '../../../engine/state.ts';
import { freshDatabase } from '../../support/postgres.ts';

/** The database roles of the application; whoever signs in has one of them at a time. */
export const roles = ['linli_door', 'linli_cash', 'linli_ledger', 'linli_read'] as const;
export type Role = (typeof roles)[number];

/** Books with something of everything in them, which nothing of what is tried may change. */
export interface Ground {
  readonly sql: Sql;
  readonly url: string;
  /** Money held for one person: a closed year, payouts in every state, a gift, an advance, a match, differences. */
  readonly held: Ledgered;
  /** Every voucher reviewed: one posted, one that waits. */
  readonly reviewed: Ledgered;
  /** Money held for two persons: 600 and 400 fen, a payout of 600 fen that is paid, one of 100 that is approved. */
  readonly many: Ledgered;
  close(): Promise<void>;
}

const late = '2027-01-05T02:00:00.000Z';

/** Builds the ground in a database of its own, as acts would have left it. */
export async function makeGround(): Promise<Ground> {
  const database = await freshDatabase();
  const sql = connect(database.url, { max: 4 });
  const transactions = createTransactions(sql, { lanes: 2 });
  await writeScene(sql);
  const held = await heldBooks(sql, transactions);
  const reviewed = await reviewedBooks(sql, transactions);
  const many = await manyBooks(sql, transactions);
  return {
    ...{ sql, url: database.url, held, reviewed, many },
    async close() {
      await transactions.end();
      await sql.end();
      await database.close();
    },
  };
}

/** Does a step that must not be refused, and writes it. */
const stepper = (books: Ledgered) => async (refused: string | undefined) => {
  expect(refused).toBeUndefined();
  await books.follow();
};

async function heldBooks(sql: Sql, transactions: Transactions): Promise<Ledgered> {
  const scene = new Scene();
  scene.now = '2026-12-07T02:00:00.000Z';
  const books = await new Ledgered(sql, transactions, scene).open();
  const step = stepper(books);
  const count = (role: string, denominations: Record<string, number>) => {
    const witness = role === 'cashHolder' ? {} : { witness: people.cashHolder };
    return scene.does(role, 'cash.count', { data: { book: 'earnings', denominations, ...witness } });
  };
  const closeDay = (day: string) => scene.does('cashHolder', 'books.closeDay', { data: { book: 'earnings', day } });
  await step(scene.cash('S-1', 10_000));
  await step(scene.ledger('S-1', 10_000));
  await step(count('cashHolder', { '5000': 2 }));
  await step(closeDay('2026-12-07'));
  scene.until('2027-01-02T02:00:00.000Z');
  await step(count('secretary', { '5000': 2 }));
  await step(closeDay('2026-12-31'));
  await step(scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month: '2026-12' } }));
  scene.until(late);
  for (const [i, amountFen] of [100, 200, 300, 50].entries()) {
    const data = { book: 'earnings', channel: 'cash', amountFen, text: '生活费', witness: '邱某' };
    await step(scene.does('caseworker', 'payout.request', { data, onBehalfOf: 'beneficiary' }, people.head));
    const target = Object.keys(scene.book.payouts).at(-1);
    if (i < 3) await step(scene.does('secretary', 'payout.approve', { target }));
    if (i < 2) await step(scene.cash(`P-${i + 1}`, amountFen, { direction: 'out', payout: target }));
    if (i === 0) await step(scene.does('beneficiary', 'payout.confirm', { target }));
  }
  await step(scene.cash('M-1', 1000));
  await step(scene.ledger('R-1', 600));
  await step(scene.ledger('R-2', 400));
  const entry = (doc: string) => scene.facts.find(({ sourceDoc }) => sourceDoc === doc)!.id;
  const match = { book: 'earnings', cash: [entry('M-1')], ledger: [entry('R-1'), entry('R-2')] };
  await step(scene.does('secretary', 'books.match', { data: match }));
  const rice = { item: '大米', quantity: 2, unit: '袋', valueFen: 12_000, receivedBy: '周某', witness: '邱某' };
  const gift = { book: 'earnings', kind: 'inKind', anonymous: true, ...rice };
  await step(scene.does('secretary', 'gift.record', { data: gift }));
  const notes = {
    kind: 'cash',
    giver: { kind: 'person', name: '张某' },
    channel: 'cash',
    amountFen: 500,
    sourceDoc: 'G-1',
  };
  await step(scene.does('cashHolder', 'gift.record', { data: { book: 'earnings', ...notes } }));
  const claim = {
    book: 'earnings',
    amountFen: 800,
    paid: 'to others',
    helper: { name: '罗某' },
    for: '材料',
    sourceDoc: 'A-1',
  };
  await step(scene.does('secretary', 'advance.record', { data: claim, evidence: ['document-1'] }));
  await step(scene.cash('D-1', 700));
  await step(scene.ledger('D-1', 600));
  await step(count('secretary', { '5000': 2 }));
  await step(scene.does('secretary', 'books.reconcile', { data: { book: 'earnings' } }));
  return books;
}

async function reviewedBooks(sql: Sql, transactions: Transactions): Promise<Ledgered> {
  const scene = new Scene({ profile: 'vouchers', reviews: 'reviewer' });
  const books = await new Ledgered(sql, transactions, scene).open();
  const step = stepper(books);
  await step(scene.cash('S-1', 500));
  await step(scene.ledger('S-1', 500));
  const [draft] = Object.keys(scene.book.drafts ?? {});
  await step(scene.does('reviewer', 'voucher.review', { target: draft, data: { approve: true } }));
  await step(scene.ledger('S-2', 700));
  return books;
}

async function manyBooks(sql: Sql, transactions: Transactions): Promise<Ledgered> {
  const scene = new Scene({}, { beneficiary: { name: ['住户', 'households'], party: 'many', answers: 'secretary' } });
  const since = '2026-01-01T00:00:00.000Z';
  const second: Party = { id: 'party-2', role: 'beneficiary', name: '邱某', since };
  scene.state = { ...scene.state, parties: { ...scene.state.parties, 'party-2': second } };
  const books = await new Ledgered(sql, transactions, scene).open();
  const step = stepper(books);
  const share = (party: string, amountFen: number) => ({ text: '笔筒', amountFen, party });
  await step(scene.cash('S-1', 1000));
  await step(scene.ledger('S-1', 0, { lines: [share('party-1', 600), share('party-2', 400)] }));
  const ask = (party: string, amountFen: number) =>
    scene.does(
      'secretary',
      'payout.request',
      {
        data: { book: 'earnings', channel: 'cash', amountFen, text: '生活费', party, witness: '罗某' },
        onBehalfOf: party,
      },
      people.head,
    );
  await step(ask('party-1', 600));
  await step(scene.does('secretary', 'payout.approve'));
  await step(scene.cash('P-1', 600, { direction: 'out' }));
  await step(ask('party-2', 100));
  await step(scene.does('secretary', 'payout.approve'));
  return books;
}

/** Every row of every table in one number: what was refused has changed none. */
export async function fingerprint(sql: Sql): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'person') ORDER BY 1`;
  const each = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, md5(coalesce(string_agg(md5(t::text), '' ORDER BY t::text), '')) AS sum FROM ${name} t`,
  );
  const sums = await sql.unsafe<{ name: string; sum: string }[]>(`${each.join(' UNION ALL ')} ORDER BY name`);
  return sums.map(({ name, sum }) => `${name} ${sum}`).join('\n');
}
