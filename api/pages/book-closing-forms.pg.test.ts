import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shiftPeriod } from '../../engine/books/closings.ts';
import { toDate } from '../../engine/time/civil.ts';
import type { Login, Scene } from '../scene.fixture.ts';
import { type BooksScene, openForm, setBooks } from './book-forms.fixture.ts';

// Counting and closing on the pages: the money first, then what the book says, then the day, then the month.
let scene: Scene;
let made: BooksScene;
let caseId: string;

beforeAll(async () => {
  made = await setBooks(25_050);
  ({ scene, caseId } = made);
});
afterAll(() => scene?.close());

const path = (what: string) => made.path(what);
const send = (login: Login, what: string, values: Record<string, string>) => made.send(login, what, values);
const today = () => toDate(new Date().toISOString());

describe('the close of a day', () => {
  it('asks for a count first, and says so', async () => {
    const refused = await send('cashHolder', 'close-day', { day: today() });
    expect(refused.status).toBe(409);
    expect(refused.text).toMatch(/role="alert"[\s\S]*清点/);
  });

  it('takes the count blind, and shows the sum and the difference afterwards', async () => {
    const form = await openForm(scene, 'cashHolder', path('count'));
    expect(form.text).not.toContain('250.50');
    const bad = await send('cashHolder', 'count', { 'note-10000': '2.5' });
    expect(bad.text).toMatch(/href="#f-note-10000"/);
    const sent = await send('cashHolder', 'count', { 'note-10000': '2', 'note-5000': '1', 'note-50': '1' });
    const { text } = await openForm(scene, 'cashHolder', sent.location);
    expect(text).toContain('现金实点 250.50 元，账实相符');
  });

  it('shows what it would do before it is done, and only then does it', async () => {
    const first = await send('cashHolder', 'close-day', { day: today() });
    expect(first.status).toBe(200);
    expect(first.text).toMatch(/日清（手工收入）[\s\S]*办理后不能撤回/);
    const days = () => scene.sql`SELECT FROM book_days WHERE case_id = ${caseId}`;
    expect(await days()).toHaveLength(0);
    const back = await send('cashHolder', 'close-day', { day: today(), step: 'edit' });
    expect(back.text).toContain('id="f-day"');
    const done = await send('cashHolder', 'close-day', { day: today(), step: 'confirm' });
    expect(done.status).toBe(303);
    expect(await days()).toHaveLength(1);
    expect((await openForm(scene, 'cashHolder', path('close-day'))).status).toBe(404);
  });

  it('is counted by another only before the cash holder', async () => {
    const alone = await send('secretary', 'count', { 'note-10000': '2', witness: '' });
    expect(alone.status).toBe(422);
    expect(alone.text).toMatch(/href="#f-witness"/);
    expect(alone.text).toContain('在场人');
    expect(alone.text).not.toContain('data.witness');
    expect((await openForm(scene, 'accountant', path('count'))).status).toBe(404);
    const short = await send('secretary', 'count', { 'note-10000': '2', witness: '罗某', surprise: 'yes' });
    const { text } = await openForm(scene, 'secretary', short.location);
    expect(text).toMatch(/突击盘点[\s\S]*短款 50\.50 元/);
    expect(text).toContain('差异');
  });
});

describe('the close of a month', () => {
  it('says of a month that is not over why it is not closed', async () => {
    const refused = await send('accountant', 'close-month', { month: today().slice(0, 7) });
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/href="#f-month"[^>]*>月份/);
  });

  it('is for the accountant, tried out first', async () => {
    const month = shiftPeriod(today().slice(0, 7), -1);
    expect((await openForm(scene, 'cashHolder', path('close-month'))).status).toBe(404);
    const tried = await send('accountant', 'close-month', { month });
    expect(tried.text).toContain('提交后会记下');
    expect((await send('accountant', 'close-month', { month, step: 'confirm' })).status).toBe(303);
    expect((await openForm(scene, 'accountant', path('close-month'))).status).toBe(404);
  });
});
