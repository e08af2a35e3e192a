import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { giveKeys, keysOf } from '../db/sealed.ts';
import { loadPrograms } from '../plugins/index.ts';
import type { Instant } from '../sdk/time.ts';
import { asking, type Json, openVouchers } from './books.fixture.ts';
import { type Login, pageAs, type Scene, setScene } from './scene.fixture.ts';

// Closed months go into the archive: by its keeper, never by who holds the money, and whatever is changed afterwards is found.

let now: Instant = '2027-03-02T02:00:00.000Z';
let scene: Scene;
beforeAll(async () => {
  const folder = join(import.meta.dirname, '../test/support/programs');
  scene = await setScene({ programs: await loadPrograms({ folder }), now: () => now });
});
afterAll(() => scene?.close());

const reviewer: Login = 'director';
const { code } = asking(() => scene);
const archive = (month: string, more: Json = {}) => ({ type: 'books.archive', data: { book: 'kept', month, ...more } });
const read = async (caseId: string) =>
  ((await (await scene.ask('auditor', 'GET', `/cases/${caseId}/books/closings`)).json()) as { archives: Json[] })
    .archives;

/** Records a sale on both sides, has it reviewed, counts, and closes the month of `now` when it is over. */
async function month(caseId: string, persons: readonly string[], doc: string, sofar: number, next: Instant) {
  const sale = { book: 'kept', direction: 'in', channel: 'cash', sourceDoc: doc };
  await scene.act('cashHolder', caseId, { type: 'cash.record', data: { ...sale, amountFen: 10_000 } });
  const lines = [{ text: '笔筒', amountFen: 10_000, party: persons[0] }];
  await scene.act('accountant', caseId, { type: 'ledger.record', data: { ...sale, lines } });
  const drafts = (await (await scene.ask(reviewer, 'GET', `/cases/${caseId}/books/drafts`)).json()) as {
    items: { id: string }[];
  };
  await scene.act(reviewer, caseId, { type: 'voucher.review', target: drafts.items[0]!.id, data: { approve: true } });
  const count = { book: 'kept', denominations: { '10000': sofar }, channels: { bank: 0 }, witness: 'p-cash-holder' };
  await scene.act('secretary', caseId, { type: 'cash.count', data: count });
  const day = now.slice(0, 10);
  await scene.act('cashHolder', caseId, { type: 'books.closeDay', data: { book: 'kept', day } });
  now = next;
  const last = new Date(Date.parse(`${next.slice(0, 7)}-01`) - 86_400_000).toISOString().slice(0, 10);
  await scene.act('cashHolder', caseId, { type: 'books.closeDay', data: { book: 'kept', day: last } });
  await scene.act('accountant', caseId, { type: 'books.closeMonth', data: { book: 'kept', month: last.slice(0, 7) } });
}

it('takes over what is closed, once, with a hash that tells of every later change', async () => {
  const { caseId, persons } = await openVouchers(scene);
  expect(await code('caseworker', caseId, archive('2027-02'))).toBe('BLOCKED');
  await month(caseId, persons, 'A', 1, '2027-04-02T02:00:00.000Z');

  for (const login of ['cashHolder', 'accountant', 'secretary', reviewer, 'auditor'] as const)
    expect([login, await code(login, caseId, archive('2027-03'))]).toEqual([login, 'FORBIDDEN']);
  expect(await code('caseworker', caseId, archive('2027-04'))).toBe('BLOCKED');
  expect(await code('caseworker', caseId, archive('2027-03', { place: '一号柜三盒' }))).toBe(200);
  expect(await code('caseworker', caseId, archive('2027-03'))).toBe('ALREADY_DONE');
  expect(await pageAs(scene, 'caseworker', `/cases/${caseId}/books`)).not.toContain('会计档案归档');
  await month(caseId, persons, 'B', 2, '2027-05-02T02:00:00.000Z');
  expect(await pageAs(scene, 'caseworker', `/cases/${caseId}/books`)).toContain(`/cases/${caseId}/books/kept/archive`);
  expect(await pageAs(scene, 'caseworker', `/cases/${caseId}/books/kept/archive`)).toContain('value="2027-04"');
  expect(await pageAs(scene, 'secretary', `/cases/${caseId}/books`)).not.toContain('books/kept/archive');
  expect(await code('caseworker', caseId, archive('2027-04'))).toBe(200);

  const rows = await read(caseId);
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(rows).toMatchObject([
    { period: '2027-04', after: '2027-03', vouchers: 1, entries: 1, sha256: hash, place: null, by: 'p-caseworker' },
    { period: '2027-03', after: null, vouchers: 1, entries: 1, sha256: hash, place: '一号柜三盒', by: 'p-caseworker' },
  ]);
  expect(rows[0]!['sha256']).not.toBe(rows[1]!['sha256']);
  const timeline = await (await scene.ask('auditor', 'GET', `/cases/${caseId}/timeline?limit=200`)).text();
  expect(timeline).toContain('会计档案归档');
  expect(await verifyBooks(scene.sql, { caseId })).toMatchObject({ holds: true, findings: [] });

  // the hash hangs on what is there, not on how a session shows it
  const again = await scene.sql.begin(async (tx) => {
    await tx`SET LOCAL TimeZone = 'America/New_York'`;
    await tx`SET LOCAL DateStyle = 'German'`;
    return tx<{ sha256: string }[]>`SELECT sha256 FROM book_archive(${caseId}, 'kept', NULL, '2027-03')`;
  });
  expect(again[0]!.sha256).toBe(rows[1]!['sha256']);

  const found = async (statement: string) => {
    let rules: string[] = [];
    await scene.sql
      .begin(async (tx) => {
        await tx.unsafe("SET LOCAL session_replication_role = 'replica'");
        await tx.unsafe(statement);
        rules = (await verifyBooks(giveKeys(tx, keysOf(scene.sql)) as never, { caseId })).findings.map(
          ({ rule }) => rule,
        );
        throw new Error('undone');
      })
      .catch((error: Error) => expect(error.message).toBe('undone'));
    return rules;
  };
  const changed = 'what lies in the archive is what was taken over';
  for (const [statement, rule] of [
    ["UPDATE voucher_lines SET text = '别的'", changed],
    ["UPDATE cash_entries SET text = '别的' WHERE source_doc = 'A'", changed],
    ['UPDATE book_month_accounts SET opening_fen = opening_fen + 1, closing_fen = closing_fen + 1', changed],
    ["DELETE FROM book_archives WHERE period = '2027-03'", 'archives follow one another and hold closed months only'],
    ["UPDATE book_archives SET by = 'p-cash-holder'", 'who takes over an archive keeps it, and holds no money'],
    ["UPDATE book_archives SET place = '别处' WHERE period = '2027-03'", 'every archive is what its event tells'],
  ] as const)
    expect([statement, await found(statement)]).toEqual([statement, expect.arrayContaining([rule])]);

  // nor does the role of the door write another
  const write = (row: Json) =>
    scene.sql
      .begin(async (tx) => {
        await tx.unsafe('SET LOCAL ROLE linli_door');
        const base = { case_id: caseId, book: 'kept', period: '2027-04', vouchers: 1, entries: 1, at: now, seq: 9_999 };
        const full = { ...base, sha256: rows[0]!['sha256'], by: 'p-caseworker', ...row };
        await tx`INSERT INTO book_archives SELECT * FROM json_populate_record(NULL::book_archives, ${JSON.stringify(full)}::text::json)`;
        await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
      })
      .then(
        () => 'written',
        (error: Error) => error.message,
      );
  await scene.sql.begin(async (tx) => {
    await tx.unsafe("SET LOCAL session_replication_role = 'replica'");
    await tx`DELETE FROM book_archives WHERE case_id = ${caseId} AND period = '2027-04'`;
  });
  expect(await write({ after: '2027-03', by: 'p-cash-holder' })).toMatch(/does not keep it/);
  expect(await write({})).toMatch(/book_archives_follow|does not follow/);
  expect(await write({ after: '2027-03', vouchers: 2 })).toMatch(/not what the tables hold/);
  expect(await write({ after: '2027-03', period: '2027-05' })).toMatch(/foreign key|not what the tables hold/);
  for (const way of ['UPDATE book_archives SET place = NULL', 'DELETE FROM book_archives'])
    await expect(scene.sql.unsafe(way)).rejects.toThrow(/never change/);
});

it('falls to the approver where a book has no keeper of an archive', async () => {
  now = new Date().toISOString();
  const { caseId } = await openVouchers(scene);
  const ask = { type: 'books.archive', data: { book: 'funds', month: '2026-01' } };
  expect(await code('caseworker', caseId, ask)).toBe('FORBIDDEN');
  expect(await code('secretary', caseId, ask)).toBe('BLOCKED');
});
