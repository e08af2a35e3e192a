import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBooks } from '../../db/books-verify.ts';
import { openVouchers } from '../books.fixture.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';
import { openForm, type Sent, sendForm } from './book-forms.fixture.ts';

// Matching by hand, statements of the bank, many households in one act, a book that is handed over, and codes, on the pages.
let scene: Scene;
let caseId: string;
let persons: string[];
beforeAll(async () => {
  scene = await setScene({}, join(import.meta.dirname, '../../test/support/programs'));
  ({ caseId, persons } = await openVouchers(scene));
});
afterAll(async () => {
  if (scene) expect(await verifyBooks(scene.sql, { caseId })).toMatchObject({ holds: true, findings: [] });
  await scene?.close();
});

const path = (what: string, book = 'funds') => `/cases/${caseId}/books/${book}/${what}`;
const see = (login: Login, what: string, book?: string) => openForm(scene, login, path(what, book));
const send = (login: Login, what: string, values: Record<string, string | File>, book?: string): Promise<Sent> =>
  sendForm(scene, login, path(what, book), values);
const books = async (login: Login) => (await openForm(scene, login, `/cases/${caseId}/books`)).text;
const idIn = (text: string, what: string) => new RegExp(`/${what}/([^"]+)"`).exec(text)?.[1] ?? '';
const review = async (book = 'funds') => {
  const id = idIn(await books('director'), `${book}/review`);
  expect((await send('director', `review/${id}`, { approve: 'yes' }, book)).status).toBe(303);
};

describe('a match by hand', () => {
  it('shows both sides beside one another and what would fit, and is tried out first', async () => {
    const bank = { direction: 'in', channel: 'bank' };
    await send('cashHolder', 'cash', { ...bank, sourceDoc: 'BANK-7', amount: '1000' });
    for (const [sourceDoc, amount] of [
      ['R-1', '600'],
      ['R-2', '400'],
    ] as const) {
      const line = { 'line-0-item': '补助', 'line-0-amount': amount };
      expect((await send('accountant', 'ledger', { ...bank, sourceDoc, ...line })).status).toBe(303);
      await review();
    }
    for (const login of ['cashHolder', 'accountant', 'caseworker'] as const)
      expect((await see(login, 'match')).status).toBe(404);
    const { text } = await see('secretary', 'match');
    for (const word of ['BANK-7', 'R-1', 'R-2', '收入 1,000.00 元', '金额相符的组合']) expect(text).toContain(word);
    const link = /href="(\?cash-[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const chosen = await see('secretary', `match${link}`);
    expect(chosen.text.match(/type="checkbox"[^>]*checked/g)).toHaveLength(3);
    const ticks = Object.fromEntries([...new URLSearchParams(link)]);
    const short = await send('secretary', 'match', { ...ticks, [Object.keys(ticks)[1]!]: 'no' });
    expect(short.status).toBe(409);
    expect(short.text).toContain('两边合计不等');
    expect(short.text.match(/type="checkbox"[^>]*checked/g)).toHaveLength(2);
    const none = await send('secretary', 'match', {});
    expect(none.status).toBe(422);
    expect(none.text).toMatch(/href="#f-sides"/);
    const tried = await send('secretary', 'match', ticks);
    expect(tried.text).toMatch(/提交后会记下[\s\S]*人工核对相符/);
    expect((await send('secretary', 'match', { ...ticks, step: 'confirm' })).status).toBe(303);
    expect((await see('secretary', 'match')).status).toBe(404);
  });
});

describe('a statement of the bank', () => {
  const csv = (rows: readonly string[]) =>
    new File([['交易日期,收入,支出,余额,摘要', ...rows].join('\n')], 'bank.csv', { type: 'text/csv' });
  const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

  it('is refused row by row, shown as it is understood, and brought in once', async () => {
    expect((await see('cashHolder', 'statement/bank')).status).toBe(404);
    expect((await see('accountant', 'statement/cash')).status).toBe(404);
    const none = await send('accountant', 'statement/bank', {});
    expect(none.text).toMatch(/href="#f-file"/);
    const bad = await send('accountant', 'statement/bank', { 'file-new': csv([`${day},12x,,12,a`, `昨天,5,,17,b`]) });
    expect(bad.status).toBe(422);
    expect(bad.text).toMatch(/第 2 行：金额[\s\S]*第 3 行：日期/);
    const file = csv([`${day},1000,,1000,财政补助`, `${day},500,,1500,转入`]);
    const tried = await send('accountant', 'statement/bank', { 'file-new': file });
    expect(tried.status).toBe(200);
    for (const word of ['流水笔数</dt><dd>2', '1,500.00', '财政补助']) expect(tried.text).toContain(word);
    const hidden = [...tried.text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')] as const,
    );
    const body = new URLSearchParams({ ...Object.fromEntries(hidden), step: 'confirm' });
    const { cookie } = await see('accountant', 'statement/bank');
    const post = () => scene.app.request(path('statement/bank'), { method: 'POST', headers: { cookie }, body });
    const [one, two] = [await (await post()).text(), await (await post()).text()];
    expect(one).toContain('新增 2 笔');
    expect(two).toContain('流水已导入');
    expect(await scene.sql`SELECT FROM bank_lines WHERE case_id = ${caseId}`).toHaveLength(2);
  });

  it('is told what its columns mean where they are not known', async () => {
    const odd = new File([`哪天,多少\n${day},7`], 'odd.csv');
    const asked = await send('accountant', 'statement/bank', { 'file-new': odd });
    expect(asked.status).toBe(422);
    expect(asked.text).toMatch(/href="#f-column-date"/);
    expect(asked.text).toContain('<option value="多少">');
    const kept = /name="file" value="([^"]+)"/.exec(asked.text)?.[1] ?? '';
    const columns = JSON.stringify(['哪天', '多少']);
    const said = { file: kept, columns, 'column-date': '哪天', 'column-amount': '多少' };
    const tried = await send('accountant', 'statement/bank', said);
    expect(tried.text).toContain('7.00');
    // a document of somebody else is no file of his
    expect((await send('accountant', 'statement/bank', { ...said, file: 'x' })).status).toBe(422);
  });

  it('is matched by hand with what the cash holder has, line by line', async () => {
    await send('cashHolder', 'cash', { direction: 'in', channel: 'bank', sourceDoc: 'B-8', amount: '200' });
    await send('cashHolder', 'cash', { direction: 'in', channel: 'bank', sourceDoc: 'B-9', amount: '300' });
    const blind = await see('accountant', 'statement-match/bank');
    expect(blind.text).toContain('500.00');
    expect(blind.text).not.toMatch(/B-8|200\.00/);
    for (const [sourceDoc, amount] of [
      ['B-8', '200'],
      ['B-9', '300'],
    ] as const) {
      const line = { 'line-0-item': '补助', 'line-0-amount': amount };
      await send('accountant', 'ledger', { direction: 'in', channel: 'bank', sourceDoc, ...line });
      await review();
    }
    const { text } = await see('accountant', 'statement-match/bank');
    const link = /href="(\?lines-[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const ticks = Object.fromEntries([...new URLSearchParams(link)]);
    expect(Object.keys(ticks)).toHaveLength(3);
    const one = Object.fromEntries(Object.entries(ticks).slice(0, 2));
    const short = await send('accountant', 'statement-match/bank', { ...one, how: 'ticked' });
    expect(short.status).toBe(409);
    expect(short.text).toContain('金额不等');
    const sent = await send('accountant', 'statement-match/bank', { ...ticks, how: 'ticked', step: 'confirm' });
    expect(sent.status).toBe(303);
    const again = await send('accountant', 'statement-match/bank', { how: 'alone', step: 'confirm' });
    expect(again.status).toBe(409);
    const match = idIn((await see('accountant', 'statement-match/bank')).text, 'statement-unmatch');
    expect((await see('accountant', `statement-unmatch/${match}`)).text).toMatch(/银行：收入 500\.00 元[\s\S]*B-9/);
    expect((await see('cashHolder', `statement-unmatch/${match}`)).status).toBe(404);
    expect((await send('accountant', `statement-unmatch/${match}`, {})).status).toBe(422);
    expect((await send('accountant', `statement-unmatch/${match}`, { reason: '勾错了' })).status).toBe(303);
  });
});

describe('many households in one act', () => {
  const rows = ['户号,金额（元）,收据号', 'A-101,120.50,SJ-1', 'A-102,79.50,SJ-2'];

  it('are pasted or brought as a file, with what is wrong told by line and what was typed kept', async () => {
    const shared = { channel: 'bank', sourceDoc: 'HZ-1', amount: '200' };
    const wrong = await send('cashHolder', 'cash-list', { ...shared, list: 'A-101 120.5x SJ-1\nA-102 79.5 SJ-2' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toMatch(/href="#f-list"[^>]*>各户名单：第 1 行：金额/);
    expect(wrong.text).toContain('A-101 120.5x SJ-1');
    const sum = await send('cashHolder', 'cash-list', { ...shared, amount: '201', list: rows.join('\n') });
    expect(sum.status).toBe(422);
    const file = new File([rows.join('\r\n')], 'list.csv');
    const tried = await send('cashHolder', 'cash-list', { ...shared, 'list-new': file });
    expect(tried.text).toContain('提交后会记下');
    expect(tried.text).toContain('A-102,79.50,SJ-2');
    const list = { list: rows.join('\n'), step: 'confirm' };
    expect((await send('cashHolder', 'cash-list', { ...shared, ...list })).status).toBe(303);
    expect((await see('accountant', 'cash-list')).status).toBe(404);
    const other = { channel: 'bank', sourceDoc: 'HZ-1', kind: 'fee', ...list };
    expect((await send('accountant', 'ledger-list', other)).status).toBe(303);
    await review();
    const households = (await (await scene.ask('auditor', 'GET', `/cases/${caseId}/books/households`)).json()) as {
      items: unknown[];
    };
    expect(households.items).toMatchObject([
      { payer: 'A-101', cashFen: 12_050, ledgerFen: 12_050 },
      { payer: 'A-102', cashFen: 7_950, ledgerFen: 7_950 },
    ]);
  });

  it('of a book that keeps their own money go to each one’s account, and no name goes into the books', async () => {
    const list = `周某 600 K-1\n${persons[1]} 400 K-2`;
    const shared = { channel: 'cash', sourceDoc: 'HZ-2', list, step: 'confirm' };
    expect((await send('cashHolder', 'cash-list', { ...shared, amount: '1000' }, 'kept')).status).toBe(303);
    expect((await send('accountant', 'ledger-list', { ...shared, kind: 'otherIncome' }, 'kept')).status).toBe(303);
    await review('kept');
    expect(
      await scene.sql`SELECT party, recorded_fen::int AS fen FROM book_persons WHERE case_id = ${caseId} ORDER BY fen`,
    ).toMatchObject([
      { party: persons[1], fen: 40_000 },
      { party: persons[0], fen: 60_000 },
    ]);
    expect(await scene.sql`SELECT FROM cash_lines WHERE case_id = ${caseId} AND payer = '周某'`).toHaveLength(0);
  });
});

describe('a code', () => {
  it('is given out by who may, shown once, and confirms', async () => {
    const [zhou = ''] = persons;
    const asked = { channel: 'cash', amount: '500', text: '生活费', party: zhou, for: zhou, witness: '罗某' };
    await send('accountant', 'payout', { ...asked, step: 'confirm' }, 'kept');
    const id = idIn(await books('secretary'), 'kept/approve');
    expect((await see('secretary', `code/${id}`, 'kept')).status).toBe(404);
    await send('secretary', `approve/${id}`, {}, 'kept');
    await send('cashHolder', `pay/${id}`, { sourceDoc: 'ZC-1' }, 'kept');
    for (const login of ['cashHolder', 'accountant', 'stranger'] as const)
      expect((await see(login, `code/${id}`, 'kept')).status).toBe(404);
    const away = await send('secretary', `code/${id}`, { way: 'channel' }, 'kept');
    expect(away.status).toBe(409);
    expect(away.text).toContain('没有验证过的手机号或邮箱');
    expect(away.text).not.toMatch(/way:/);
    const { key, token, cookie } = await see('secretary', `code/${id}`, 'kept');
    const body = new URLSearchParams({ key, token, way: 'slip' });
    const post = () => scene.app.request(path(`code/${id}`, 'kept'), { method: 'POST', headers: { cookie }, body });
    const first = await post();
    expect(first.headers.get('cache-control')).toContain('no-store');
    const code = /(\d{4}) (\d{4})<\/strong>/.exec(await first.text());
    const again = await (await post()).text();
    expect(again).toContain('已经显示过');
    expect(again).not.toContain(code?.[0]);
    const typed = { for: zhou, code: `${code?.[1]}${code?.[2]}` };
    expect((await send('secretary', `confirm/${id}`, typed, 'kept')).status).toBe(409);
    expect((await send('accountant', `confirm/${id}`, { ...typed, code: '12' }, 'kept')).status).toBe(422);
    expect((await send('accountant', `confirm/${id}`, typed, 'kept')).status).toBe(303);
  });
});

describe('a book that is handed over', () => {
  it('is counted by the new keeper before a third person, and the count is compared afterwards', async () => {
    expect((await see('cashHolder', 'hand-over', 'kept')).status).toBe(404);
    const post = 'community-1-residents-representative';
    const held = (await (await scene.ask('admin', 'GET', `/appointments?post=${post}&limit=200`)).json()) as {
      items: { id: string; until: string | null }[];
    };
    const now = held.items.find(({ until }) => until === null)?.id;
    expect((await scene.ask('admin', 'POST', `/appointments/${now}/end`, {})).status).toBe(200);
    const named = { post, person: 'p-district-head' };
    expect((await scene.ask('admin', 'POST', '/appointments', named)).status).toBe(201);
    const sale = { direction: 'in', channel: 'cash', amount: '1', sourceDoc: 'S-9' };
    const frozen = await send('districtHead', 'cash', sale, 'kept');
    expect(frozen.status).toBe(409);
    expect(frozen.text).toMatch(/<a href="[^"]+kept\/hand-over">接手这本账/);
    expect(frozen.text).not.toContain('book.handOver');
    const form = await see('districtHead', 'hand-over', 'kept');
    expect(form.status).toBe(200);
    expect(form.text).not.toMatch(/500\.00/);
    const counted = { 'note-10000': '4', 'note-5000': '1', 'balance-bank': '0' };
    const alone = await send('districtHead', 'hand-over', counted, 'kept');
    expect(alone.status).toBe(422);
    expect(alone.text).toMatch(/href="#f-witness"/);
    expect(alone.text).toContain('id="f-note-10000" name="note-10000" value="4"');
    const sent = await send('districtHead', 'hand-over', { ...counted, witness: '张某' }, 'kept');
    expect(/role="alert"[\s\S]*<form/.exec(sent.text)?.[0]).toBeUndefined();
    expect(sent.status).toBe(303);
    const { text } = await openForm(scene, 'districtHead', sent.location);
    expect(text).toMatch(/账簿移交[\s\S]*450\.00/);
    expect((await see('districtHead', 'hand-over', 'kept')).status).toBe(404);
  });
});
