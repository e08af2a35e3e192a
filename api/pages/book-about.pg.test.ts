import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVouchers } from '../books.fixture.ts';
import { type Login, type Scene, setScene } from '../scene.fixture.ts';
import { type BooksScene, openForm, sendForm, setBooks } from './book-forms.fixture.ts';

// What a reviewer, an approver and a confirmer are shown before they say yes, and what each of them is not.
const programFolder = join(import.meta.dirname, '../../test/support/programs');
const pdf = new File(['%PDF-1.4\n%%EOF'], 'a.pdf');

describe('a voucher before its review', () => {
  let scene: Scene;
  let caseId: string;
  let persons: string[];
  beforeAll(async () => {
    scene = await setScene({}, programFolder);
    ({ caseId, persons } = await openVouchers(scene));
  });
  afterAll(() => scene?.close());
  const path = (what: string) => `/cases/${caseId}/books/kept/${what}`;
  const draft = async () =>
    /kept\/review\/([^"]+)"/.exec((await openForm(scene, 'director', `/cases/${caseId}/books`)).text)?.[1] ?? '';

  it('shows every line, the sums, the amount in words, the paper, and what the cash holder has', async () => {
    const [zhou = '', qiu = ''] = persons;
    const sent = await sendForm(scene, 'accountant', path('ledger'), {
      ...{ direction: 'in', channel: 'cash', sourceDoc: 'S-1', 'paper-new': pdf, rows: '2' },
      ...{ 'line-0-item': '笔筒', 'line-0-amount': '600', 'line-0-party': zhou },
      ...{ 'line-1-item': '挂件', 'line-1-quantity': '4', 'line-1-price': '100.03', 'line-1-party': qiu },
    });
    expect(sent.status).toBe(303);
    const id = await draft();
    const before = await openForm(scene, 'director', path(`review/${id}`));
    for (const word of ['笔筒', '挂件', '4 × 100.03', '2601 受托代理负债', '1001 库存现金', '人民币壹仟元零壹角贰分'])
      expect(before.text).toContain(word);
    expect(before.text).toMatch(/借方合计 1,000\.12[\s\S]*贷方合计 1,000\.12/);
    expect(before.text).toMatch(/管钱人登记<\/dt><dd>尚未登记/);
    const link = /href="(\/api\/v1\/cases\/[^"]+\/documents\/[^"]+)"/.exec(before.text)?.[1] ?? '';
    expect((await scene.app.request(link, { headers: { cookie: before.cookie } })).status).toBe(200);
    const entry = { book: 'kept', direction: 'in', channel: 'cash', sourceDoc: 'S-1', amountFen: 100_000 };
    await scene.act('cashHolder', caseId, { type: 'cash.record', data: entry });
    expect((await openForm(scene, 'director', path(`review/${id}`))).text).toMatch(
      /管钱人登记<\/dt><dd>收入 1,000\.00 元/,
    );
    for (const login of ['cashHolder', 'secretary', 'stranger'] as const)
      expect((await openForm(scene, login, path(`review/${id}`))).status).toBe(404);
    // what was typed stays, and so does what it is about
    const refused = await sendForm(scene, 'director', path(`review/${id}`), { approve: 'no' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('挂件');
    expect((await sendForm(scene, 'director', path(`review/${id}`), { approve: 'yes' })).status).toBe(303);
  });

  it('of a payout shows the approver what is the person’s own', async () => {
    const [zhou = ''] = persons;
    const asked = { channel: 'cash', amount: '500', text: '生活费', party: zhou, for: zhou, witness: '罗某' };
    expect((await sendForm(scene, 'accountant', path('payout'), { ...asked, step: 'confirm' })).status).toBe(303);
    const books = (await openForm(scene, 'secretary', `/cases/${caseId}/books`)).text;
    const id = /kept\/approve\/([^"]+)"/.exec(books)?.[1] ?? '';
    const { text } = await openForm(scene, 'secretary', path(`approve/${id}`));
    for (const fact of [
      '钱是谁的</dt><dd>周某',
      '此人名下可支取</dt><dd>600.00 元',
      '本笔支付后余额</dt><dd>500.00 元',
    ])
      expect(text).toContain(fact);
  });
});

describe('a payout and a difference', () => {
  let made: BooksScene;
  beforeAll(async () => {
    const data = { needs: '不愿出门', householdSize: 2, allowanceFen: 90_000 };
    made = await setBooks(259_000, { programFolder, opening: { program: 'allowance', data } });
  });
  afterAll(() => made?.scene.close());
  const text = async (login: Login, what: string) => (await made.see(login, what)).text;
  let id = '';

  it('is shown to the approver with purpose, money left and what it may do to the allowance', async () => {
    const asked = { channel: 'cash', amount: '300', text: '买轮椅', 'paper-new': pdf, seen: 'yes', step: 'confirm' };
    expect((await made.send('caseworker', 'payout', asked)).status).toBe(303);
    id = /earnings\/approve\/([^"]+)"/.exec(await made.books('secretary'))?.[1] ?? '';
    for (const what of ['approve', 'refuse']) {
      const shown = await text('secretary', `${what}/${id}`);
      for (const fact of ['买轮椅', '300.00 元', '人民币叁佰元整', '本笔支付后余额</dt><dd>2,290.00 元', '/documents/'])
        expect(shown).toContain(fact);
      expect(shown).toMatch(/对低保的影响<\/dt><dd>推算当月低保金由 900\.00 元降为 800\.00 元/);
    }
    expect((await made.send('secretary', `approve/${id}`, {})).text).toContain('降为 800.00');
    expect((await made.send('secretary', `approve/${id}`, { seen: 'yes' })).status).toBe(303);
    expect(await text('cashHolder', `pay/${id}`)).toContain('买轮椅');
  });

  it('is shown to who confirms it with who paid it, and the paper only to who may know that yet', async () => {
    expect((await made.send('cashHolder', `pay/${id}`, { sourceDoc: 'ZC-77', 'paper-new': pdf })).status).toBe(303);
    const shown = await text('caseworker', `confirm/${id}`);
    expect(shown).toMatch(/付款人<\/dt><dd>[^<]+/);
    expect(shown).toContain('ZC-77');
    expect(shown.match(/\/documents\//g)).toHaveLength(2);
    const blind = await text('accountant', `confirm/${id}`);
    expect(blind).toContain('300.00 元');
    expect(blind).not.toContain('ZC-77');
    expect(blind.match(/\/documents\//g)).toHaveLength(1);
    const page = await made.scene.app.request(made.path(`confirm/${id}`), {
      headers: { cookie: (await made.see('caseworker', `confirm/${id}`)).cookie, 'accept-language': 'en' },
    });
    expect(await page.text()).toMatch(/Paid by<\/dt>/);
  });

  it('of a difference shows both sides and what was said', async () => {
    const shared = { direction: 'in', channel: 'cash', sourceDoc: 'SJ-2' };
    await made.send('cashHolder', 'cash', { ...shared, amount: '10' });
    await made.send('accountant', 'ledger', { ...shared, 'line-0-item': '香包', 'line-0-amount': '11' });
    const found = /earnings\/explain\/([^"]+)"/.exec(await made.books('accountant'))?.[1] ?? '';
    await made.send('accountant', `explain/${found}`, { text: '看错了一位' });
    const shown = await text('secretary', `decide/${found}`);
    expect(shown).toMatch(/管钱人登记<\/dt><dd>收入 10\.00 元（现金）/);
    expect(shown).toMatch(/管账人登记<\/dt><dd>收入 11\.00 元（现金）/);
    expect(shown).toContain('看错了一位');
    const entry = /earnings\/reverse-ledger\/([^"]+)"/.exec(await made.books('accountant'))?.[1] ?? '';
    const reversed = await text('accountant', `reverse-ledger/${entry}`);
    expect(reversed).toContain('11.00 元');
    expect(reversed).toContain('2601');
  });
});
