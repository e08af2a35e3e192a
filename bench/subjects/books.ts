import { randomUUID } from 'node:crypto';
import type { Sql } from '../../db/client.ts';
import { createTransactions, type Transactions, type Tx } from '../../db/transactions.ts';
import { actsOf, BookRows, type Paper, paperOf } from '../book-rows.ts';
import type { Bench, Subject } from '../context.ts';
import { quantile } from '../numbers.ts';
import { type Line, line } from '../report.ts';
import { type Measured, measure, rateOf, type Side } from '../rounds.ts';
import { drained } from '../witness.ts';

const CLIENTS = 8;

/** Both sides of a book record papers, each with one line or with two hundred. */
export const books: Subject = {
  about:
    'lines of both sides of a book, in acts of 1 and of 200 lines: by the door, at the database, and as plain rows',
  async run(bench) {
    const { sql } = bench.installation;
    await makeBareTables(sql);
    const transactions = createTransactions(sql, { lanes: CLIENTS });
    try {
      const lines: Line[] = [];
      const written = new Map<string, number>();
      const [ours, stored] = await Promise.all([openCases(bench), openCases(bench)]);
      const rows = stored.map((caseId) => new BookRows(caseId));
      for (const many of [1, 200]) {
        lines.push(...(await runOne(bench, { many, ours, stored, rows, transactions, written })));
      }
      return lines;
    } finally {
      await transactions.end();
    }
  },
};

interface Setting {
  /** Lines of an act. */
  readonly many: number;
  /** The cases the door writes, and those whose tables are written directly; a client has one of each. */
  readonly ours: readonly string[];
  readonly stored: readonly string[];
  /** Rows of the latter, counted on from one size of acts to the next. */
  readonly rows: readonly BookRows[];
  readonly transactions: Transactions;
  /** How many papers a case of either has. */
  readonly written: Map<string, number>;
}

async function runOne(bench: Bench, setting: Setting): Promise<Line[]> {
  const { many, ours, stored, rows, transactions, written } = setting;
  bench.say(`books: ${CLIENTS} clients with a case each, acts of ${many} line${many === 1 ? '' : 's'} …`);
  const next = (caseId: string) => {
    const n = (written.get(caseId) ?? 0) + 1;
    written.set(caseId, n);
    return paperOf(n, many);
  };
  const door = doorSide(bench, (client) => ({ caseId: ours[client]!, paper: next(ours[client]!) }));
  const database = rowSide('database', transactions, guarded, (client) => {
    return { rows: rows[client]!, paper: next(stored[client]!) };
  });
  const bareRows = stored.map((caseId) => new BookRows(caseId));
  let bareN = 0;
  const bare = rowSide('bare', transactions, plain, (client) => {
    bareN += 1;
    return { rows: bareRows[client]!, paper: paperOf(bareN, many) };
  });
  const results = await measure([door, database, bare], {
    clients: CLIENTS,
    rounds: bench.rounds,
    roundMs: (bench.seconds * 1_000) / bench.rounds,
  });
  await checkWritten(bench.installation.sql, written);
  const [mine, tables, reference] = ['door', 'database', 'bare'].map((name) => results.get(name)!) as [
    Measured,
    Measured,
    Measured,
  ];
  const name = `books.${many}`;
  const per = 2 * many;
  const rate = (measured: Measured) => rateOf(measured) * per;
  const note = `acts of ${many}, lines of both sides; against plain inserts of the same rows`;
  const times = (measured: Measured) => quantile(measured.latenciesMs, 0.5) / 2;
  return [
    line(name, rate(mine), rate(reference), 'lines/s', mine.latenciesMs.length * per, `over HTTP, ${note}`),
    line(`${name}.p50`, times(mine), times(reference), 'ms', mine.latenciesMs.length * 2, `median of an act; ${note}`),
    line(`${name}.database`, rate(tables), rate(reference), 'lines/s', tables.latenciesMs.length * per, note),
    line(`${name}.door`, rate(mine), rate(tables), 'lines/s', mine.latenciesMs.length * per, 'against the database'),
  ];
}

/** Throws where a case does not hold exactly the papers that were written, on both sides and with all their lines. */
async function checkWritten(sql: Sql, written: ReadonlyMap<string, number>): Promise<void> {
  for (const [caseId, papers] of written) {
    const [found] = await sql<[{ cash: number; ledger: number; cashFen: number; ledgerFen: number }]>`
      SELECT (SELECT count(*) FROM cash_entries WHERE case_id = ${caseId}) AS cash,
        (SELECT count(*) FROM vouchers WHERE case_id = ${caseId}) AS ledger,
        (SELECT coalesce(sum(amount_fen), 0)::bigint FROM cash_entries WHERE case_id = ${caseId}) AS "cashFen",
        (SELECT coalesce(sum(amount_fen), 0)::bigint FROM voucher_lines WHERE case_id = ${caseId} AND side = 'credit') AS "ledgerFen"`;
    if (found.cash === papers && found.ledger === papers && found.cashFen === found.ledgerFen) continue;
    throw new Error(`${papers} papers of ${caseId} were written, the tables have ${JSON.stringify(found)}.`);
  }
}

async function openCases({ cases }: Bench): Promise<string[]> {
  const opened = await Promise.all(Array.from({ length: CLIENTS }, () => cases.open()));
  return opened.map(({ caseId }) => caseId);
}

/** Both keepers record a paper over HTTP, one after the other. */
function doorSide(bench: Bench, next: (client: number) => { caseId: string; paper: Paper }): Side {
  const { api, installation } = bench;
  const unit = installation.posts.find(({ kind }) => kind === 'secretary')?.unit;
  const keyOf = (role: string): string => {
    const login = installation.logins.find((each) => each.role === role && each.unit === unit);
    if (!login) throw new Error(`The first run made no key for the ${role} of ${unit}.`);
    return login.key;
  };
  const [cashHolder, accountant] = [keyOf('cashHolder'), keyOf('accountant')];
  return {
    name: 'door',
    async call(client) {
      const { caseId, paper } = next(client);
      const { cash, ledger } = actsOf(paper);
      await api.post(`/cases/${caseId}/acts`, cashHolder, cash, randomUUID());
      await api.post(`/cases/${caseId}/acts`, accountant, ledger, randomUUID());
    },
    settle: () => drained(installation.sql),
  };
}

/** Rows as JSON, ready to be written: to the table, or where there is nothing to write not at all. */
interface Writer {
  readonly tables: {
    readonly cash: string;
    readonly households: string;
    readonly vouchers: string;
    readonly lines: string;
  };
  /** What goes before the rows of a side. */
  role(side: 'cash' | 'ledger'): string | undefined;
}

const guarded: Writer = {
  tables: { cash: 'cash_entries', households: 'cash_lines', vouchers: 'vouchers', lines: 'voucher_lines' },
  role: (side) => `SET LOCAL ROLE linli_${side}`,
};
const plain: Writer = {
  tables: {
    cash: 'bench_bare.cash_entries',
    households: 'bench_bare.cash_lines',
    vouchers: 'bench_bare.vouchers',
    lines: 'bench_bare.voucher_lines',
  },
  role: () => undefined,
};

/** The same rows in two commits, one a side, each in one statement and one round trip. */
function rowSide(
  name: string,
  transactions: Transactions,
  { tables, role }: Writer,
  next: (client: number) => { rows: BookRows; paper: Paper },
): Side {
  const write = async (side: 'cash' | 'ledger', [head, headRows]: Rows, [below, belowRows]: Rows): Promise<void> => {
    await transactions.run(async (tx) => {
      const first = role(side);
      await Promise.all([
        ...(first === undefined ? [] : [tx.unsafe(first)]),
        belowRows.length === 0 ? insert(tx, head, headRows) : insertBoth(tx, [head, headRows], [below, belowRows]),
        tx.commit(),
      ]);
    });
  };
  return {
    name,
    async call(client) {
      const { rows, paper } = next(client);
      const cash = rows.cash(paper);
      await write('cash', [tables.cash, cash.entries], [tables.households, cash.households]);
      const ledger = rows.ledger(paper);
      await write('ledger', [tables.vouchers, ledger.vouchers], [tables.lines, ledger.lines]);
    },
  };
}

type Rows = readonly [table: string, rows: readonly object[]];

function insert(tx: Tx, table: string, rows: readonly object[]): PromiseLike<unknown> {
  const name = tx.unsafe(table);
  return tx`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, ${JSON.stringify(rows)}::text::json)`;
}

function insertBoth(tx: Tx, [head, headRows]: Rows, [below, belowRows]: Rows): PromiseLike<unknown> {
  const [first, second] = [tx.unsafe(head), tx.unsafe(below)];
  return tx`
    WITH posted AS (INSERT INTO ${first} SELECT * FROM json_populate_recordset(NULL::${first}, ${JSON.stringify(headRows)}::text::json))
    INSERT INTO ${second} SELECT * FROM json_populate_recordset(NULL::${second}, ${JSON.stringify(belowRows)}::text::json)`;
}

/** Tables with the same columns and nothing else: no key, no index, no constraint, no trigger. Durable like any other. */
async function makeBareTables(sql: Sql): Promise<void> {
  await sql`CREATE SCHEMA IF NOT EXISTS bench_bare`;
  for (const table of Object.values(guarded.tables)) {
    await sql.unsafe(`DROP TABLE IF EXISTS bench_bare.${table}`);
    await sql.unsafe(`CREATE TABLE bench_bare.${table} AS TABLE ${table} WITH NO DATA`);
  }
}
