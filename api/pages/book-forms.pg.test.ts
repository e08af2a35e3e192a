import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photo } from '../../test/support/photo.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';
import { openForm, type Sent, sendForm } from './book-forms.fixture.ts';

// The forms about the books, over the real application: what each keeper records, and what is refused.
let scene: Scene;
let caseId: string;

beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.openApproved();
});
afterAll(() => scene?.close());

const path = (what: string) => `/cases/${caseId}/books/earnings/${what}`;
const send = (login: Login, what: string, values: Record<string, string | File>): Promise<Sent> =>
  sendForm(scene, login, path(what), values);
const books = async (login: Login) => (await openForm(scene, login, `/cases/${caseId}/books`)).text;

const sale = { direction: 'in', channel: 'cash', amount: '2,590.00', sourceDoc: 'SJ-1', text: '集市收入' };

describe('recording money', () => {
  it('is offered to each keeper on his own side alone', async () => {
    expect(await books('cashHolder')).toContain('登记收支（管钱）');
    expect(await books('cashHolder')).not.toContain('登记收支（管账）');
    expect(await books('accountant')).toContain('登记收支（管账）');
    expect(await books('accountant')).not.toContain('登记收支（管钱）');
    expect(await books('auditor')).not.toContain('登记收支');
    for (const [login, what] of [
      ['accountant', 'cash'],
      ['cashHolder', 'ledger'],
      ['secretary', 'cash'],
      ['stranger', 'cash'],
    ] as const)
      expect((await openForm(scene, login, path(what))).status).toBe(404);
    expect((await send('secretary', 'cash', sale)).status).toBe(404);
    const away = await scene.app.request(path('cash'));
    expect(away.headers.get('location')).toContain('/sign-in');
  });

  it('says what was recorded, and keeps the paper that came with it', async () => {
    const scan = new File([photo], 'sj-1.jpg');
    const sent = await send('cashHolder', 'cash', { ...sale, 'paper-new': scan });
    expect(sent.status).toBe(303);
    const { text } = await openForm(scene, 'cashHolder', sent.location);
    expect(text).toContain('已登记：');
    expect(text).toContain('2,590.00');
    const [row] = await scene.sql`SELECT amount_fen, occurred_date FROM cash_entries WHERE case_id = ${caseId}`;
    expect(row).toMatchObject({ amount_fen: 259_000 });
    const [paper] = await scene.sql`SELECT kind FROM documents WHERE case_id = ${caseId}`;
    expect(paper).toMatchObject({ kind: 'photo' });
    // nobody else is told what he did
    expect((await openForm(scene, 'accountant', sent.location)).text).not.toMatch(/已登记：|2,590/);
  });

  it('takes lines from the accountant, and reckons quantity times price', async () => {
    const line = { 'line-0-item': '香包', 'line-0-quantity': '100', 'line-0-price': '25', 'line-0-buyer': '某合作社' };
    const other = { 'line-2-item': '挂件', 'line-2-amount': '９０', rows: '3' };
    const sent = await send('accountant', 'ledger', {
      ...{ direction: 'in', channel: 'cash', sourceDoc: 'SJ-1' },
      ...line,
      ...other,
    });
    expect(sent.status).toBe(303);
    const { text } = await openForm(scene, 'accountant', sent.location);
    expect(text).toContain('两账相符');
    const rows = await scene.sql`SELECT item, quantity::float8 AS quantity, amount_fen FROM voucher_lines
      WHERE case_id = ${caseId} AND item IS NOT NULL ORDER BY line`;
    expect([...rows]).toMatchObject([
      { item: '香包', quantity: 100, amount_fen: 250_000 },
      { item: '挂件', amount_fen: 9000 },
    ]);
  });

  it('is done once, however often it is sent', async () => {
    const { key, token, cookie } = await openForm(scene, 'cashHolder', path('cash'));
    const body = new URLSearchParams({ ...sale, sourceDoc: 'SJ-2', key, token });
    const post = () => scene.app.request(path('cash'), { method: 'POST', headers: { cookie }, body });
    const [one, two] = [await post(), await post()];
    expect([one.status, two.status]).toEqual([303, 303]);
    expect(one.headers.get('location')).toBe(two.headers.get('location'));
    const rows = await scene.sql`SELECT FROM cash_entries WHERE case_id = ${caseId} AND source_doc = 'SJ-2'`;
    expect(rows).toHaveLength(1);
  });

  it('comes back filled in where it is refused, with the field and a way out', async () => {
    const twice = await send('cashHolder', 'cash', sale);
    expect(twice.status).toBe(409);
    expect(twice.text).toContain('role="alert"');
    expect(twice.text).toContain('value="2,590.00"');
    const odd = await send('cashHolder', 'cash', { ...sale, sourceDoc: 'SJ-3', amount: '25.901' });
    expect(odd.status).toBe(422);
    expect(odd.text).toMatch(/href="#f-amount"[^>]*>金额（元）：请写成元/);
    const bare = await send('cashHolder', 'cash', { ...sale, sourceDoc: '' });
    expect(bare.text).toMatch(/href="#f-sourceDoc"[^>]*>单据号：缺少这一项/);
    const out = await send('cashHolder', 'cash', { ...sale, sourceDoc: 'ZC-1', direction: 'out' });
    expect(out.status).toBe(409);
    expect(out.text).toContain('代管的钱只能按已批准的支付申请支出');
    expect(out.text).not.toMatch(/payout\.request|data\./);
    const late = await send('cashHolder', 'cash', { ...sale, sourceDoc: 'SJ-4', day: daysAgo(15) });
    expect(late.text).toMatch(/href="#f-reason"/);
  });

  it('keeps a paper through a refusal, and says at which line something is wrong', async () => {
    const scan = new File(['%PDF-1.4\n%%EOF'], 'a.pdf');
    const refused = await send('cashHolder', 'cash', { ...sale, amount: 'x', 'paper-new': scan });
    expect(refused.text).toMatch(/name="paper" value="[0-9a-f-]{36}"/);
    const lines = {
      'line-0-item': '香包',
      'line-0-amount': '1',
      'line-2-item': '挂件',
      'line-2-amount': '1x',
      rows: '3',
    };
    const wrong = await send('accountant', 'ledger', { direction: 'in', channel: 'cash', sourceDoc: 'SJ-2', ...lines });
    expect(wrong.text).toMatch(/href="#f-line-2-amount"/);
    const more = await send('accountant', 'ledger', { ...lines, step: 'more' });
    expect(more.text.match(/<fieldset class="book-line"/g)).toHaveLength(6);
  });

  it('takes no form without the token of its page', async () => {
    const { cookie } = await openForm(scene, 'cashHolder', path('cash'));
    const body = new URLSearchParams({ ...sale, sourceDoc: 'SJ-9', key: 'abcdefghijk', token: 'x' });
    const answer = await scene.app.request(path('cash'), { method: 'POST', headers: { cookie }, body });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('表单已过期');
  });

  it('tells no keeper the other’s figure early', async () => {
    const { text } = await openForm(scene, 'accountant', `/cases/${caseId}/books`);
    // ids and tokens may hold any figure by chance
    const figures = (page: string) => page.replace(/[\w-]{20,}/g, '');
    expect(figures(text)).not.toMatch(/5,180|5180/);
    const same = await send('accountant', 'ledger', {
      direction: 'in',
      channel: 'wechat',
      sourceDoc: 'SJ-2',
      rows: '1',
    });
    expect(figures(same.text)).not.toMatch(/2,?590/);
  });
});

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}
