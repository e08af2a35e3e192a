import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stateOf } from '../../test/support/states.ts';
import type { Login, Scene } from '../scene.fixture.ts';
import { type BooksScene, setBooks } from './book-forms.fixture.ts';

// Money that leaves a book, gifts, advances, differences and red ink, on the pages.
let scene: Scene;
let made: BooksScene;
let caseId: string;

beforeAll(async () => {
  made = await setBooks(259_000);
  ({ scene, caseId } = made);
});
afterAll(() => scene?.close());

const send = (login: Login, what: string, values: Record<string, string>) => made.send(login, what, values);
const status = async (login: Login, what: string) => (await made.see(login, what)).status;
const books = (login: Login) => made.books(login);

describe('a payout', () => {
  let id = '';

  it('is asked for, shown first, by who may', async () => {
    expect(await status('auditor', 'payout')).toBe(404);
    const asked = { channel: 'cash', amount: '500', text: '买轮椅' };
    const tried = await send('caseworker', 'payout', asked);
    expect(tried.text).toMatch(/提交后会记下[\s\S]*500\.00/);
    expect((await send('caseworker', 'payout', { ...asked, step: 'confirm' })).status).toBe(303);
    const [row] = await scene.sql<{ id: string }[]>`SELECT id FROM book_payouts WHERE case_id = ${caseId}`;
    id = row!.id;
  });

  it('is approved by the approver alone, then paid, then confirmed by another', async () => {
    expect(await status('caseworker', `approve/${id}`)).toBe(404);
    expect(await status('cashHolder', `pay/${id}`)).toBe(404);
    expect((await send('secretary', `refuse/${id}`, {})).status).toBe(422);
    expect((await send('secretary', `approve/${id}`, {})).status).toBe(303);
    expect((await send('cashHolder', `pay/${id}`, { sourceDoc: 'ZC-1' })).status).toBe(303);
    expect(
      (
        await send('accountant', `pay-ledger/${id}`, {
          sourceDoc: 'ZC-1',
          'line-0-item': '轮椅',
          'line-0-amount': '500',
        })
      ).status,
    ).toBe(303);
    expect(await status('cashHolder', `confirm/${id}`)).toBe(404);
    const { parties } = await stateOf(scene.sql, caseId);
    const party = Object.values(parties).find(({ role }) => role === 'beneficiary');
    const bare = await send('caseworker', `confirm/${id}`, { for: party!.id });
    expect(bare.status).toBe(422);
    expect((await send('caseworker', `confirm/${id}`, { for: party!.id, witness: '邱某' })).status).toBe(303);
    expect(await books('caseworker')).not.toContain('待本人确认');
  });
});

describe('registers and differences', () => {
  it('take gifts, thanks, and advances', async () => {
    const gift = { giver: 'anonymous', item: '米', quantity: '2', unit: '袋', value: '120', receivedBy: '罗某' };
    expect((await send('caseworker', 'things', gift)).status).toBe(422);
    expect((await send('caseworker', 'things', { ...gift, witness: '邱某' })).status).toBe(303);
    const thank = /earnings\/thank\/([^"]+)"/.exec(await books('secretary'))?.[1] ?? '';
    expect((await send('secretary', `thank/${thank}`, { how: 'notice' })).status).toBe(303);
    expect(await status('cashHolder', 'advance')).toBe(404);
    const advance = { helper: '邱某', paid: 'to others', for: '材料', amount: '30', sourceDoc: 'DF-1' };
    expect((await send('secretary', 'advance', advance)).status).toBe(303);
    const owed = /earnings\/withdraw\/([^"]+)"/.exec(await books('secretary'))?.[1] ?? '';
    expect((await send('secretary', `withdraw/${owed}`, { reason: '登记错误' })).status).toBe(303);
  });

  it('are explained and decided, and red ink is tried out first', async () => {
    const money = { giver: 'person', giverName: '张某', channel: 'cash', amount: '10', sourceDoc: 'JK-1' };
    expect((await send('cashHolder', 'gift', money)).status).toBe(303);
    const line = { 'line-0-item': '捐款', 'line-0-amount': '11' };
    await send('accountant', 'ledger', { direction: 'in', channel: 'cash', sourceDoc: 'JK-1', ...line });
    const difference = /earnings\/explain\/([^"]+)"/.exec(await books('accountant'))?.[1] ?? '';
    expect((await send('accountant', `explain/${difference}`, { text: '看错了' })).status).toBe(303);
    expect(await status('accountant', `decide/${difference}`)).toBe(404);
    expect((await send('secretary', `decide/${difference}`, { decision: 'correct', text: '更正' })).status).toBe(303);
    const entry = /earnings\/reverse-ledger\/([^"]+)"/.exec(await books('accountant'))?.[1] ?? '';
    expect(await status('cashHolder', `reverse-ledger/${entry}`)).toBe(404);
    const tried = await send('accountant', `reverse-ledger/${entry}`, { reason: '看错了' });
    expect(tried.text).toContain('提交后会记下');
    expect((await send('accountant', `reverse-ledger/${entry}`, { reason: '看错了', step: 'confirm' })).status).toBe(
      303,
    );
  });
});

it('of more than fifty payouts that wait the oldest are listed, and how many are not', async () => {
  for (let n = 0; n < 52; n++)
    await scene.act('caseworker', caseId, {
      type: 'payout.request',
      onBehalfOf: 'beneficiary',
      data: { book: 'earnings', channel: 'cash', amountFen: 100 + n, text: '零用', witness: '邱某' },
    });
  const shown = await books('secretary');
  expect(shown).toContain('1.00 元（');
  expect(shown).not.toContain('1.51 元（');
  expect(shown).toContain('还有 2 笔未列出（共 52 笔）');
});
