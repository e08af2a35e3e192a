import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBooks } from '../../db/books-verify.ts';
import { giveKeys, keysOf } from '../../db/sealed.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';

let scene: Scene;
let caseId: string;
const day = (back: number) => new Date(Date.now() + 8 * 3_600_000 - back * 86_400_000).toISOString().slice(0, 10);
const month = day(0).slice(0, 7);

const cash = (sourceDoc: string, amountFen: number) => ({
  type: 'cash.record',
  data: { book: 'earnings', direction: 'in', channel: 'wechat', sourceDoc, amountFen },
});
const ledger = (sourceDoc: string, amountFen: number) => ({
  type: 'ledger.record',
  data: { book: 'earnings', direction: 'in', channel: 'wechat', sourceDoc, lines: [{ text: '香包', amountFen }] },
});
const bothRecord = async (doc: string, fen: number) => {
  await scene.act('cashHolder', caseId, cash(doc, fen));
  await scene.act('accountant', caseId, ledger(doc, fen));
};
const HEAD = '交易时间,交易对方,商品,收/支,金额(元),余额,交易单号';
const upload = (lines: readonly string[], login: Login = 'accountant', query = '', key?: string) => {
  const form = new FormData();
  form.set('file', new File([[HEAD, ...lines].join('\n')], '账单.csv'));
  form.set('book', 'earnings');
  form.set('channel', 'wechat');
  return scene.ask(
    login,
    'POST',
    `/cases/${caseId}/books/statements/imports${query}`,
    form,
    key ? { 'idempotency-key': key } : {},
  );
};
const told = async (response: Response) => {
  const body = (await response.json()) as Record<string, unknown>;
  expect(response.status, JSON.stringify(body)).toBe(200);
  return body;
};
const reconciliation = async (login: Login = 'secretary') => {
  const path = `/cases/${caseId}/books/reports/bank-reconciliation?channel=wechat&month=${month}`;
  return (await (await scene.ask(login, 'GET', path)).json()) as {
    notes: string[];
    tables: { key: string; rows: { kind: string; cells: Record<string, string | number | null> }[] }[];
  };
};
const totals = (report: Awaited<ReturnType<typeof reconciliation>>) =>
  Object.fromEntries(
    report.tables.map(({ key, rows }) => [
      key,
      rows.filter(({ kind }) => kind !== 'entry').map(({ cells }) => cells['amountFen']),
    ]),
  );
const code = async (login: Login, act: Record<string, unknown>) => {
  const response = await scene.ask(login, 'POST', `/cases/${caseId}/acts`, act);
  return response.status === 200 ? 200 : ((await response.json()) as { code: string }).code;
};

const LINES = [
  `${day(0)} 10:00:00,某客,香包 SJ-A,收入,25.00,25.00,W1`,
  `${day(0)} 10:05:00,某客,香包,收入,30.00,55.00,W2`,
  `${day(0)} 11:00:00,某行,利息,收入,0.50,55.50,W3`,
];

beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
  await bothRecord('SJ-A', 2_500);
  await bothRecord('SJ-B', 3_000);
  await bothRecord('SJ-C', 7_000);
});
afterAll(() => scene?.close());

describe('a statement of the bank', () => {
  it('is shown as it is understood before anything is recorded', async () => {
    const body = await told(await upload(LINES, 'accountant', '?dryRun=true'));
    expect(body).toMatchObject({
      rows: 3,
      passed: 0,
      document: null,
      columns: { date: '交易时间', amount: '金额(元)', side: '收/支' },
    });
    expect((await reconciliation()).tables).toEqual([]);
  });

  it('is brought in by the accountant only, matched beyond doubt, and never twice', async () => {
    expect((await upload(LINES, 'cashHolder')).status).toBe(403);
    expect((await upload(LINES, 'stranger')).status).toBe(404);
    const first = await told(await upload(LINES, 'accountant', '', 'key-1'));
    expect(first).toMatchObject({ imported: 3, skipped: 0, matched: 2 });
    expect(await told(await upload(LINES, 'accountant', '', 'key-1'))).toMatchObject(first);
    const again = await told(
      await upload([...LINES, `${day(0)} 12:00:00,某客,香包,收入,1.00,56.50,W4`], 'accountant', '', 'key-2'),
    );
    expect(again).toMatchObject({ imported: 1, skipped: 3 });
    const [rows] = await scene.sql<
      [{ n: number }]
    >`SELECT count(*)::int AS n FROM bank_lines WHERE case_id = ${caseId}`;
    expect(rows.n).toBe(4);
  });

  it('is reconciled with the journal: both adjusted balances are equal', async () => {
    const report = await reconciliation();
    // the journal has SJ-C, which WeChat has not; WeChat has interest and a sale, which the journal has not
    expect(totals(report)).toEqual({
      book: [12_500, 150, 0, 12_650],
      bank: [5_650, 7_000, 0, 12_650],
    });
    expect(report.notes[0]).toBe('调节后两边余额相等。');
  });

  it('is matched by hand with equal sums only, taken apart with a reason, and freed by a reversal', async () => {
    const [line] = await scene.sql<
      [{ id: string }]
    >`SELECT id FROM bank_lines WHERE case_id = ${caseId} AND reference = 'W4'`;
    const [entry] = await scene.sql<
      [{ id: string }]
    >`SELECT id FROM cash_entries WHERE case_id = ${caseId} AND source_doc = 'SJ-C'`;
    const match = (matches?: unknown) => ({
      type: 'statement.match',
      data: { book: 'earnings', channel: 'wechat', ...(matches ? { matches } : {}) },
    });
    expect(await code('accountant', match([{ lines: [line.id], entries: [entry.id] }]))).toBe('BLOCKED');
    expect(await code('accountant', match())).toBe('ALREADY_DONE');
    expect(await code('cashHolder', match())).toBe('FORBIDDEN');
    await bothRecord('SJ-D', 100);
    expect(await code('accountant', match())).toBe(200);
    expect(totals(await reconciliation())['book']).toEqual([12_600, 50, 0, 12_650]);
    const [made] = await scene.sql<
      [{ id: string }]
    >`SELECT m.id FROM bank_matches m JOIN bank_match_members x ON x.case_id = m.case_id AND x.match = m.id
      WHERE m.case_id = ${caseId} AND x.line = ${line.id}`;
    expect(await code('accountant', { type: 'statement.unmatch', target: made.id, data: {} })).toBe('REASON_MISSING');
    expect(await code('accountant', { type: 'statement.unmatch', target: made.id, data: {}, reason: '勾错了' })).toBe(
      200,
    );
    expect(await code('accountant', match())).toBe(200);
    const [own] = await scene.sql<
      [{ id: string }]
    >`SELECT id FROM cash_entries WHERE case_id = ${caseId} AND source_doc = 'SJ-D'`;
    expect(await code('cashHolder', { type: 'entry.reverse', target: own.id, data: {}, reason: '金额记错' })).toBe(200);
    await scene.act('cashHolder', caseId, cash('SJ-D', 100));
    expect(totals(await reconciliation())['book']).toEqual([12_600, 150, 0, 12_750]);
    expect(await code('accountant', match())).toBe(200);
    expect(totals(await reconciliation())['book']).toEqual([12_600, 50, 0, 12_650]);
  });

  it('tells the accountant nothing of an entry he has yet to record himself', async () => {
    await scene.act('cashHolder', caseId, cash('SJ-E', 4_321));
    const brought = await told(await upload([`${day(0)} 13:00:00,某客,SJ-E,收入,43.21,99.71,W5`]));
    expect(brought).toMatchObject({ imported: 1, matched: 0 });
    const report = await reconciliation('accountant');
    expect(totals(report)['book']![0]).toBeNull();
    expect(
      report.tables[1]!.rows.filter(({ cells }) => cells['doc'] === 'SJ-E').map(({ cells }) => cells['amountFen']),
    ).toEqual([null]);
    await scene.act('accountant', caseId, ledger('SJ-E', 4_321));
    expect(await code('accountant', { type: 'statement.match', data: { book: 'earnings', channel: 'wechat' } })).toBe(
      200,
    );
  });

  it('with lines missing, in the future or in an unknown form is not taken', async () => {
    const bad = async (lines: readonly string[]) => (await upload(lines)).status;
    expect(await bad([`${day(0)} 1:00,a,b,收入,1.00,1.00,X1`, `${day(0)} 2:00,a,b,收入,1.00,9.00,X2`])).toBe(422);
    expect(await bad([`${day(-2)} 1:00,a,b,收入,1.00,1.00,X1`])).toBe(422);
    expect(await bad([])).toBe(422);
    const act = { type: 'statement.import', data: { book: 'earnings', channel: 'cash', lines: [] } };
    expect(await code('accountant', act)).toBe('INVALID_DATA');
  });

  it('stays proven by its rows, and every way of breaking them is found', async () => {
    expect(await verifyBooks(scene.sql, { caseId })).toMatchObject({ holds: true, findings: [] });
    const found = async (...statements: readonly string[]) => {
      let rules: string[] = [];
      await scene.sql
        .begin(async (tx) => {
          await tx.unsafe("SET LOCAL session_replication_role = 'replica'");
          for (const each of statements) await tx.unsafe(each);
          rules = (await verifyBooks(giveKeys(tx, keysOf(scene.sql)) as never, { caseId })).findings.map(
            ({ rule }) => rule,
          );
          throw new Error('undone');
        })
        .catch((error: Error) => expect(error.message).toBe('undone'));
      return new Set(rules);
    };
    const own = `case_id = '${caseId}'`;
    expect(await found(`UPDATE bank_statements SET lines = lines + 1 WHERE ${own}`)).toContain(
      'statements have the lines they say',
    );
    expect(
      await found(`UPDATE bank_lines SET amount_fen = amount_fen + 1 WHERE ${own} AND reference = 'W2'`),
    ).toContain('matches of the bank are of equal sums and of one channel');
    const line = `SELECT id FROM bank_lines WHERE ${own} AND reference = 'W3'`;
    for (const change of [
      "UPDATE person.bank_line_names SET counterparty = '别人'",
      'DELETE FROM person.bank_line_names',
    ])
      expect(await found(`${change} WHERE ${own} AND line IN (${line})`)).toContain(
        'lines of the bank are those of the record',
      );
    expect(await found(`UPDATE bank_matches SET ended_at = NULL, ended_by = NULL, why = NULL WHERE ${own}`)).toContain(
      'nothing is matched with the bank twice',
    );
    expect(await found(`UPDATE bank_statements SET recorded_by = 'p-cash-holder' WHERE ${own}`)).toContain(
      'statements are brought in and matched by who keeps the accounts',
    );
    expect(
      await found(
        `INSERT INTO bank_lines SELECT case_id, id || '.again', statement, no + 500, book, channel, date, direction, amount_fen,
        balance_fen, reference, repeat('0', 64), nth FROM bank_lines WHERE ${own} AND reference = 'W3'`,
        `INSERT INTO person.bank_line_names SELECT case_id, line || '.again', counterparty, text FROM person.bank_line_names
        WHERE ${own} AND line IN (${line})`,
      ),
    ).toContain('no line of the bank is there twice');
  });

  it('cannot be changed, nor matched falsely, by the role of the door', async () => {
    const refused = async (statement: string) =>
      scene.sql
        .begin(async (tx) => {
          await tx.unsafe('SET LOCAL ROLE linli_door');
          await tx.unsafe(statement);
          await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
        })
        .then(
          () => undefined,
          (error: Error) => error.message,
        );
    const own = `case_id = '${caseId}'`;
    expect(await refused(`UPDATE bank_lines SET amount_fen = 1 WHERE ${own}`)).toBeDefined();
    expect(await refused(`UPDATE person.bank_line_names SET text = 'x' WHERE ${own}`)).toBeDefined();
    expect(await refused(`DELETE FROM person.bank_line_names WHERE ${own}`)).toBeDefined();
    expect(await refused(`DELETE FROM bank_matches WHERE ${own}`)).toBeDefined();
    expect(
      await refused(
        `INSERT INTO bank_statements VALUES ('${caseId}', 'earnings.s.900', 'earnings', 'wechat', NULL, 0, 0, 'p-cash-holder', 'person', now(), NULL, 1)`,
      ),
    ).toMatch(/does not keep the accounts/);
    expect(
      await refused(`INSERT INTO bank_matches (case_id, id, book, channel, how, members, matched_by, matched_at, seq)
        VALUES ('${caseId}', 'earnings.s.901', 'earnings', 'wechat', 'by hand', 2, 'p-accountant', now(), 1)`),
    ).toMatch(/does not hold/);
  });
});
