import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { giveKeys, keysOf } from '../db/sealed.ts';
import { overClearEvents } from '../test/support/clear-events.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';

// Names in the books lie in the schema for personal data alone. Each is planted through the door and looked for in every text of
// every table of the books. Two kinds of places are left out: events, acts and the states of cases hold what was said until the
// record itself is encrypted, and what somebody writes into a text of his own (摘要, what a payout is for) is where he wrote it.

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene?.close());

const day = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const book = 'earnings';

/** Names as they come into the books, each by the field it is written in. */
const planted = {
  bankCounterparty: '欧阳查账甲',
  bankText: '代欧阳查账乙付款',
  ownWitness: '欧阳查账丙',
  countWitness: 'p-cash-holder',
  giver: '欧阳查账丁',
  contact: '欧阳查账戊巷七号',
  receiver: '欧阳查账己',
  helper: '欧阳查账庚',
  payoutWitness: '欧阳查账辛',
} as const;

/** Every text and every bytes of a table that says its own columns, as text. */
async function textOf(table: string): Promise<string> {
  const columns = await scene.sql<{ name: string; type: string }[]>`
    SELECT column_name AS name, data_type AS type FROM information_schema.columns
    WHERE table_schema || '.' || table_name = ${table} AND data_type IN ('text', 'json', 'jsonb', 'bytea', 'ARRAY', 'character varying')`;
  const parts = columns.map(({ name, type }) =>
    type === 'bytea' ? `convert_from("${name}", 'UTF8')` : `"${name}"::text`,
  );
  if (parts.length === 0) return '';
  const [row] = await scene.sql.unsafe<[{ all: string | null }]>(
    `SELECT string_agg(concat_ws(E'\\n', ${parts.join(', ')}), E'\\n') AS all FROM ${table}`,
  );
  return row.all ?? '';
}

async function tablesOfBooks(schema: string): Promise<string[]> {
  const rows = await scene.sql<{ name: string }[]>`
    SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema = ${schema}
      AND table_name ~ '^(book|bank|cash|voucher|count|payout|account(s|ability)$)' ORDER BY 1`;
  return rows.map(({ name }) => name);
}

it('names written into the books are found in the schema for personal data, and in no other table of theirs', async () => {
  const caseId = await scene.openApproved();
  const act = (login: Login, type: string, data: object, more: object = {}) =>
    scene.act(login, caseId, { type, data, ...more });
  const line = { date: day(), direction: 'in', amountFen: 2_500, balanceFen: 2_500 };
  const lines = [
    { ...line, counterparty: planted.bankCounterparty, text: planted.bankText, reference: 'W1' },
    { ...line, balanceFen: 5_000, reference: 'W2' },
  ];
  await act('accountant', 'statement.import', { book, channel: 'wechat', lines });
  const sale = { book, direction: 'in', channel: 'cash', sourceDoc: 'A' };
  await act('cashHolder', 'cash.record', { ...sale, amountFen: 10_000 });
  await act('accountant', 'ledger.record', { ...sale, lines: [{ text: '钥匙链', amountFen: 10_000 }] });
  const denominations = { '10000': 1 };
  await act('cashHolder', 'cash.count', { book, denominations, witness: planted.ownWitness });
  await act('secretary', 'cash.count', { book, denominations, witness: planted.countWitness });
  const gift = { book, kind: 'inKind', item: '米', quantity: 1, unit: '袋', valueFen: 5_000 };
  await act('secretary', 'gift.record', {
    ...gift,
    giver: { kind: 'person', name: planted.giver, contact: planted.contact },
    receivedBy: planted.receiver,
    witness: planted.receiver,
  });
  const advance = { book, amountFen: 700, paid: 'to others', for: '材料', sourceDoc: 'R-1' };
  await act('secretary', 'advance.record', { ...advance, helper: { name: planted.helper } });
  const payout = { book, channel: 'cash', amountFen: 500, text: '零用', witness: planted.payoutWitness };
  await act('accountant', 'payout.request', payout, { onBehalfOf: 'beneficiary' });

  const outside = await tablesOfBooks('public');
  expect(outside).toEqual(expect.arrayContaining(['public.bank_lines', 'public.book_days', 'public.book_matches']));
  expect(outside.length).toBeGreaterThan(15);
  for (const table of outside) expect([table, /欧阳|查账/.exec(await textOf(table))?.[0]]).toEqual([table, undefined]);

  // so that the search is one: what was planted and belongs to a register is there
  const kept = (await Promise.all((await tablesOfBooks('person')).map(textOf))).join('\n');
  const { payoutWitness: _, ...registered } = planted;
  for (const name of Object.values(registered)) expect(kept).toContain(name);
  const [told] = await overClearEvents(
    scene.sql,
    (tx) => tx<{ all: string }[]>`SELECT string_agg(convert_from(payload, 'UTF8'), '') AS all FROM events`,
  );
  expect(told?.all).toContain(planted.payoutWitness);
  const inClear = await scene.sql`SELECT FROM events WHERE position(convert_to('查账', 'UTF8') IN payload) > 0`;
  expect(inClear).toHaveLength(0);

  const read = async (path: string) => (await scene.ask('auditor', 'GET', `/cases/${caseId}/${path}`)).text();
  expect(await read('books/closings')).toContain(planted.ownWitness);
  expect(await read(`books/reports/bank-reconciliation?channel=wechat&month=${day().slice(0, 7)}`)).toContain(
    planted.bankCounterparty,
  );
  expect(await verifyBooks(scene.sql, { caseId })).toMatchObject({ holds: true, findings: [] });
});

it('names are not added to a line of the bank afterwards; who changes one behind the rules is found', async () => {
  const [bare] = await scene.sql<[{ caseId: string; id: string }]>`
    SELECT case_id AS "caseId", id FROM bank_lines WHERE reference = 'W2'`;
  const add = scene.sql.begin(async (tx) => {
    await tx`SET LOCAL ROLE linli_door`;
    await tx`INSERT INTO person.bank_line_names (case_id, line, counterparty) VALUES (${bare.caseId}, ${bare.id}, '别人')`;
  });
  await expect(add).rejects.toThrow('no name is added');
  for (const role of ['linli_door', 'linli_cash', 'linli_ledger', 'linli_read'])
    for (const way of ['DELETE FROM person.bank_line_names', "UPDATE person.book_names SET name = 'x'"])
      await expect(
        scene.sql.begin(async (tx) => {
          await tx.unsafe(`SET LOCAL ROLE ${role}`);
          await tx.unsafe(way);
        }),
      ).rejects.toThrow(/permission denied/);
  const { caseId } = bare;
  await scene.sql
    .begin(async (tx) => {
      await tx.unsafe("SET LOCAL session_replication_role = 'replica'");
      await tx`UPDATE person.book_names SET name = '别人' WHERE case_id = ${caseId} AND what = 'witness'`;
      const { findings } = await verifyBooks(giveKeys(tx, keysOf(scene.sql)) as never, { caseId });
      expect(findings.map(({ rule }) => rule)).toContain('counts and closings say who, when and with what');
      throw new Error('undone');
    })
    .catch((error: Error) => expect(error.message).toBe('undone'));
});
