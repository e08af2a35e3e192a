import { describe, expect, test } from 'vitest';
import { dayDrawn } from './draw.ts';
import { people, Scene } from './scene.fixture.ts';

const NOTES_OF_100 = { '10000': 1 };

function day(scene: Scene, n: number, hour = 2): void {
  scene.until(`2026-09-${String(n).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`);
}

function both(scene: Scene, doc: string, fen: number): void {
  expect(scene.cash(doc, fen)).toBeUndefined();
  expect(scene.ledger(doc, fen)).toBeUndefined();
}

function count(scene: Scene, denominations: Record<string, number>, more: Record<string, unknown> = {}) {
  return scene.does('cashHolder', 'cash.count', { data: { book: 'earnings', denominations, ...more } });
}

function audit(scene: Scene, denominations: Record<string, number>, more: Record<string, unknown> = {}) {
  return scene.does('secretary', 'cash.count', {
    data: { book: 'earnings', denominations, witness: people.cashHolder, ...more },
  });
}

const closeDay = (scene: Scene, to: string, role = 'cashHolder') =>
  scene.does(role, 'books.closeDay', { data: { book: 'earnings', day: to } });
const closeMonth = (scene: Scene, month: string, more: Record<string, unknown> = {}) =>
  scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month, ...more } });
const last = (scene: Scene, type: string) => scene.events.findLast((event) => event.type === type)?.data as never;

describe('counting', () => {
  test('what is there is compared after it was entered: over and short become differences at once', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    expect(count(scene, { '5000': 1, '2000': 2 })).toBeUndefined();
    expect(last(scene, 'cash.counted')).toMatchObject({
      id: 'earnings.k.2',
      kind: 'day',
      day: '2026-09-07',
      channels: [{ channel: 'cash', bookedFen: 10_000, countedFen: 9000 }],
    });
    expect(last(scene, 'discrepancy.found')).toMatchObject({
      found: 'at count',
      why: 'count',
      sourceDoc: '盘点 earnings.d.3',
    });
    expect(Object.values(scene.state.deadlines)).toMatchObject([
      { name: ['盘点短款：盘点 earnings.d.3', expect.any(String)], answers: 'secretary', skips: [people.cashHolder] },
    ]);
    // the same shortage again is the same difference; another one is another
    expect(count(scene, { '5000': 1, '2000': 2 })).toBeUndefined();
    expect(Object.keys(scene.book.discrepancies)).toEqual(['earnings.d.3']);
    expect(count(scene, { '5000': 1, '2000': 1 })).toBeUndefined();
    expect(Object.keys(scene.book.discrepancies)).toHaveLength(2);
    // signed as carried it stays known, and is not raised again
    scene.does('secretary', 'discrepancy.decide', {
      target: 'earnings.d.3',
      data: { decision: 'carry', text: '自然损耗' },
    });
    expect(count(scene, { '5000': 1, '2000': 1 })).toBeUndefined();
    expect(Object.keys(scene.book.discrepancies)).toHaveLength(1);
  });

  test('a mended difference can be found anew', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    count(scene, { '10000': 1, '1000': 1 });
    const [id] = Object.keys(scene.book.discrepancies);
    both(scene, `盘点 ${id}`, 1000);
    expect(scene.book.discrepancies).toEqual({});
    expect(count(scene, { '10000': 1, '1000': 1 })).toBeUndefined();
    expect(scene.book.discrepancies).toEqual({});
    count(scene, { '10000': 1, '1000': 2 });
    expect(Object.keys(scene.book.discrepancies)).toHaveLength(1);
  });

  test.each([
    ['nothing counted', 'cashHolder', {}, 'INVALID_DATA'],
    ['cash as a sum', 'cashHolder', { channels: { cash: 5 } }, 'INVALID_DATA'],
    ['a channel the book does not have', 'cashHolder', { denominations: {}, channels: { bank: 5 } }, 'INVALID_DATA'],
    ['no such note', 'cashHolder', { denominations: { '300': 1 } }, 'INVALID_DATA'],
    ['a surprise by the cash holder himself', 'cashHolder', { denominations: {}, surprise: true }, 'INVALID_DATA'],
    ['the accountant', 'accountant', { denominations: {} }, 'FORBIDDEN_ROLE'],
    ['the approver alone', 'secretary', { denominations: {} }, 'EVIDENCE_MISSING'],
    ['the approver with somebody else', 'secretary', { denominations: {}, witness: '罗某' }, 'EVIDENCE_MISSING'],
    ['the approver with himself', 'secretary', { denominations: {}, witness: people.secretary }, 'EVIDENCE_MISSING'],
    ['the approver with the cash holder', 'secretary', { denominations: {}, witness: '邱 某' }, undefined],
    ['the head with the cash holder', 'head:unit', { denominations: {}, witness: people.cashHolder }, undefined],
    ['the balance of WeChat read off', 'cashHolder', { denominations: {}, channels: { wechat: 0 } }, undefined],
  ])('%s', (_, role, data, expected) => {
    const scene = new Scene();
    scene.names = { [people.cashHolder]: '邱某' };
    expect(scene.does(role, 'cash.count', { data: { book: 'earnings', ...data } })).toBe(expected);
  });

  test('a hand-over may be counted by notes, which come to the sum', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    const data = { book: 'earnings', side: 'cash', channels: { cash: 10_000, wechat: 0 }, witness: '罗某' };
    const over = (denominations: object) =>
      scene.does('cashHolder', 'book.handOver', { data: { ...data, denominations } }, 'another-person');
    expect(over({ '5000': 1 })).toBe('INVALID_DATA');
    expect(over(NOTES_OF_100)).toBeUndefined();
    expect(last(scene, 'book.handedOver')).toMatchObject({ denominations: NOTES_OF_100 });
  });
});

describe('closing days', () => {
  test('a day is counted after its last entry, closed, and never booked on again', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    expect(closeDay(scene, '2026-09-07')).toBe('BLOCKED');
    count(scene, NOTES_OF_100);
    both(scene, 'S-2', 100);
    expect(closeDay(scene, '2026-09-07')).toBe('BLOCKED');
    count(scene, { ...NOTES_OF_100, '100': 1 });
    expect(closeDay(scene, '2026-09-08')).toBe('INVALID_DATA');
    expect(closeDay(scene, '2026-09-07')).toBeUndefined();
    expect(last(scene, 'day.closed')).toMatchObject({
      day: '2026-09-07',
      count: scene.book.closings?.counted?.id,
      channels: [
        { channel: 'cash', openingFen: 0, inFen: 10_100, outFen: 0, closingFen: 10_100 },
        { channel: 'wechat', closingFen: 0 },
      ],
    });
    expect(closeDay(scene, '2026-09-07')).toBe('ALREADY_DONE');
    both(scene, 'S-3', 50);
    expect(last(scene, 'cash.recorded')).toMatchObject({ entry: { bookedDate: '2026-09-08', late: true } });
    expect(scene.facts.at(-1)).toMatchObject({ side: 'ledger', bookedDate: '2026-09-08' });
    expect((last(scene, 'ledger.recorded') as { entry: object }).entry).not.toHaveProperty('late');
  });

  test('days without movement are closed together, one with movement only by itself', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    count(scene, NOTES_OF_100);
    expect(closeDay(scene, '2026-09-07')).toBeUndefined();
    day(scene, 10);
    both(scene, 'S-2', 10_000);
    day(scene, 14);
    both(scene, 'S-3', 10_000);
    count(scene, { '10000': 3 });
    expect(closeDay(scene, '2026-09-14')).toBe('BLOCKED');
    expect(closeDay(scene, '2026-09-10')).toBeUndefined();
    expect(last(scene, 'day.closed')).toMatchObject({
      after: '2026-09-07',
      channels: [{ openingFen: 10_000, inFen: 10_000 }, {}],
    });
    expect(closeDay(scene, '2026-09-14')).toBeUndefined();
    day(scene, 20);
    expect(closeDay(scene, '2026-09-18')).toBeUndefined();
    expect(last(scene, 'day.closed')).not.toHaveProperty('count');
  });

  test('the last day of a month waits for its evening', () => {
    const scene = new Scene();
    day(scene, 30);
    expect(closeDay(scene, '2026-09-30')).toBe('BLOCKED');
    scene.until('2026-10-01T02:00:00.000Z');
    expect(closeDay(scene, '2026-09-30')).toBeUndefined();
  });

  test('only who holds the money closes days, and only who keeps the accounts closes months', () => {
    const scene = new Scene();
    expect(closeDay(scene, '2026-09-07', 'accountant')).toBe('FORBIDDEN_ROLE');
    expect(scene.does('cashHolder', 'books.closeMonth', { data: { book: 'earnings', month: '2026-08' } })).toBe(
      'FORBIDDEN_ROLE',
    );
  });
});

/** A September with two sales, counted and its days closed, looked at on the second of October. */
function september(scene = new Scene()): Scene {
  both(scene, 'S-1', 10_000);
  day(scene, 15);
  both(scene, 'S-2', 5000);
  scene.until('2026-10-02T02:00:00.000Z');
  expect(closeMonth(scene, '2026-09')).toBe('BLOCKED');
  expect(count(scene, { '10000': 1, '5000': 1 })).toBeUndefined();
  expect(closeDay(scene, '2026-09-30')).toBeUndefined();
  expect(closeMonth(scene, '2026-09')).toBe('BLOCKED');
  expect(audit(scene, { '10000': 1, '5000': 1 })).toBeUndefined();
  return scene;
}

const reconcile = (scene: Scene, role: string, month: string) =>
  scene.does(role, 'books.reconcile', { data: { book: 'earnings', month } });

/** The approver signs what the two sides of a month differ by. */
function sign(scene: Scene, month: string): void {
  expect(reconcile(scene, 'accountant', month)).toBeUndefined();
  expect(scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: '在途' } })).toBeUndefined();
}

/** A September whose last document the accountant does not have, signed as carried; ready to be closed but for that. */
function carried(): Scene {
  const scene = new Scene();
  both(scene, 'S-1', 10_000);
  expect(scene.cash('S-2', 5000)).toBeUndefined();
  scene.until('2026-10-02T02:00:00.000Z');
  audit(scene, { '10000': 1, '5000': 1 });
  closeDay(scene, '2026-09-30');
  expect(reconcile(scene, 'accountant', '2026-09')).toBe('BLOCKED');
  scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: '凭证在途' } });
  return scene;
}

describe('closing months', () => {
  test('days, count, documents, differences, then it is closed with its trial balance', () => {
    const scene = september();
    expect(closeMonth(scene, '2026-10')).toBe('INVALID_DATA');
    expect(closeMonth(scene, '2026-09')).toBeUndefined();
    expect(last(scene, 'month.closed')).toEqual({
      book: 'earnings',
      period: '2026-09',
      channels: [
        {
          channel: 'cash',
          cash: { openingFen: 0, inFen: 15_000, outFen: 0, closingFen: 15_000 },
          ledger: { openingFen: 0, inFen: 15_000, outFen: 0, closingFen: 15_000 },
        },
        expect.objectContaining({ channel: 'wechat' }),
      ],
      accounts: [
        { account: '1001', openingFen: 0, debitFen: 15_000, creditFen: 0, closingFen: 15_000 },
        { account: '2601', openingFen: 0, debitFen: 0, creditFen: 15_000, closingFen: -15_000 },
      ],
    });
    expect(closeMonth(scene, '2026-09')).toBe('ALREADY_DONE');
    // red ink within the year falls into the open month, and is late in neither book
    expect(
      scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.2', reason: '更正' }),
    ).toBeUndefined();
    expect(last(scene, 'ledger.reversed')).toMatchObject({ entry: { period: '2026-10', no: 1 } });
  });

  test('what is unmatched or undecided keeps the month open, what belongs to the next does not', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    expect(scene.cash('S-2', 5000)).toBeUndefined();
    scene.until('2026-10-02T02:00:00.000Z');
    count(scene, { '10000': 1, '5000': 1 });
    audit(scene, { '10000': 1, '5000': 1 });
    closeDay(scene, '2026-09-30');
    expect(closeMonth(scene, '2026-09')).toBe('BLOCKED');
    scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: '凭证在途' } });
    // the two sides differ by it at the end of the month, and the accountant names that, but does not sign it alone
    expect(closeMonth(scene, '2026-09')).toBe('BLOCKED');
    expect(closeMonth(scene, '2026-09', { carry: { cash: 4999 } })).toBe('BLOCKED');
    scene.cash('S-3', 100);
    expect(closeMonth(scene, '2026-09', { carry: { cash: 5000 } })).toBe('BLOCKED');
    sign(scene, '2026-09');
    expect(closeMonth(scene, '2026-09', { carry: { cash: 4999 } })).toBe('BLOCKED');
    expect(closeMonth(scene, '2026-09', { carry: { cash: 5000 } })).toBeUndefined();
    expect(last(scene, 'month.closed')).toMatchObject({ carry: { cash: 5000 }, signed: { cash: expect.any(String) } });
    expect(scene.book.closings).not.toHaveProperty('signed');
  });

  test('what a month ends with differently is put before the approver, who signs it; the keepers do not', () => {
    const scene = carried();
    expect(reconcile(scene, 'accountant', '2026-10')).toBe('INVALID_DATA');
    expect(reconcile(scene, 'accountant', '2026-09')).toBeUndefined();
    const [id] = Object.keys(scene.book.discrepancies);
    expect(last(scene, 'discrepancy.found')).toEqual({
      ...{
        book: 'earnings',
        id,
        found: 'by comparison',
        why: 'balance',
        sourceDoc: '月结 2026-09 cash',
        discrepancy: id,
      },
      month: { period: '2026-09', channel: 'cash', cashFen: 15_000, ledgerFen: 10_000 },
    });
    expect(scene.state.deadlines[id!]).toMatchObject({ answers: 'secretary' });
    // it stands already, and is none twice; nothing is recorded on it
    expect(reconcile(scene, 'secretary', '2026-09')).toBeUndefined();
    expect(Object.keys(scene.book.discrepancies)).toEqual([id]);
    expect(scene.cash('月结 2026-09 cash', 5000)).toBe('SAME_DOCUMENT');
    const decide = (role: string) =>
      scene.does(role, 'discrepancy.decide', { target: id, data: { decision: 'carry', text: '凭证在途' } });
    expect(decide('accountant')).toBe('FORBIDDEN_ROLE');
    expect(decide('cashHolder')).toBe('FORBIDDEN_ROLE');
    expect(decide('secretary')).toBeUndefined();
    expect(scene.book.closings?.signed).toEqual({ period: '2026-09', channels: { cash: { id, fen: 5000 } } });
    expect(scene.state.deadlines).not.toHaveProperty([id!]);
    expect(reconcile(scene, 'secretary', '2026-09')).toBeUndefined();
    expect(scene.book.discrepancies).toEqual({});
    expect(closeMonth(scene, '2026-09', { carry: { cash: 5000 } })).toBeUndefined();
    expect(last(scene, 'month.closed')).toMatchObject({ signed: { cash: id } });
    // a month without movement ends as the one before, and is closed with the next
    scene.until('2026-12-03T02:00:00.000Z');
    audit(scene, { '10000': 1, '5000': 1 });
    closeDay(scene, '2026-12-02');
    expect(closeMonth(scene, '2026-11')).toBe('BLOCKED');
    expect(closeMonth(scene, '2026-11', { carry: { cash: 5000 } })).toBeUndefined();
  });

  test('what is carried over the end of a closed month is open no more, and still finds its other side', () => {
    const close = (scene = carried()) => {
      sign(scene, '2026-09');
      expect(scene.book.open).toMatchObject({ 'doc/S-2': { carried: true } });
      expect(closeMonth(scene, '2026-09', { carry: { cash: 5000 } })).toBeUndefined();
      expect(scene.book.open).toEqual({});
      expect(scene.book.matched).toBe(1);
      return scene;
    };
    const late = close();
    expect(late.cash('S-2', 5000)).toBe('SAME_DOCUMENT');
    expect(late.ledger('S-2', 5000)).toBeUndefined();
    expect(late.book).toMatchObject({ open: {}, matched: 2 });
    const other = close();
    expect(other.ledger('S-2', 4000)).toBeUndefined();
    expect(last(other, 'discrepancy.found')).toMatchObject({ sourceDoc: 'S-2', why: 'amount' });
    const reversed = close();
    const red = { target: 'earnings.c.cash.2', reason: '更正' };
    expect(reversed.does('cashHolder', 'entry.reverse', red)).toBeUndefined();
    expect(reversed.book).toMatchObject({ open: {}, matched: 1 });
    const byHand = close();
    expect(byHand.ledger('R-1', 5000)).toBeUndefined();
    const entries = { cash: ['earnings.c.cash.2'], ledger: ['earnings.v.2026-10.1'] };
    expect(byHand.does('secretary', 'books.match', { data: { book: 'earnings', ...entries } })).toBeUndefined();
    expect(byHand.book).toMatchObject({ open: {}, matched: 3 });
    // what agrees by its own number is not matched by hand
    const again = { cash: ['earnings.c.cash.1'], ledger: ['earnings.v.2026-09.1'] };
    expect(byHand.does('secretary', 'books.match', { data: { book: 'earnings', ...again } })).toBe('NOT_OPEN');
  });

  test('two entries that differ and are carried: reversed later, the other waits, and nothing was matched before', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    scene.cash('S-2', 5000);
    scene.ledger('S-2', 4000);
    scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: '待查' } });
    scene.until('2026-10-02T02:00:00.000Z');
    audit(scene, { '10000': 1, '5000': 1 });
    closeDay(scene, '2026-09-30');
    sign(scene, '2026-09');
    expect(closeMonth(scene, '2026-09', { carry: { cash: 1000 } })).toBeUndefined();
    expect(scene.book).toMatchObject({ open: {}, matched: 1 });
    const red = { target: 'earnings.v.2026-09.2', reason: '更正' };
    expect(scene.does('accountant', 'entry.reverse', red)).toBeUndefined();
    expect(scene.book).toMatchObject({ open: { 'doc/S-2': { since: scene.now } }, matched: 1 });
    expect(last(scene, 'document.opened')).not.toHaveProperty('wasMatched');
    expect(scene.ledger('S-2', 5000)).toBeUndefined();
    expect(scene.book).toMatchObject({ open: {}, matched: 2 });
  });

  test('opening is the last closing; months without movement are closed together', () => {
    const scene = september();
    closeMonth(scene, '2026-09');
    scene.until('2026-12-03T02:00:00.000Z');
    audit(scene, { '10000': 1, '5000': 1 });
    count(scene, { '10000': 1, '5000': 1 });
    expect(closeDay(scene, '2026-12-02')).toBeUndefined();
    expect(closeMonth(scene, '2026-11')).toBeUndefined();
    const months = scene.events.filter((event) => event.type === 'month.closed').map(({ data }) => data);
    expect(months).toMatchObject([
      { period: '2026-09' },
      { period: '2026-10', channels: [{ cash: { openingFen: 15_000, closingFen: 15_000 } }, {}] },
      { period: '2026-11', accounts: [{ openingFen: 15_000, closingFen: 15_000 }, {}] },
    ]);
  });

  test('the first to be closed is the first with movement', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    scene.until('2026-11-05T02:00:00.000Z');
    both(scene, 'S-2', 10_000);
    scene.until('2026-12-03T02:00:00.000Z');
    audit(scene, { '10000': 2 });
    count(scene, { '10000': 2 });
    for (const to of ['2026-09-07', '2026-11-05', '2026-11-30']) closeDay(scene, to);
    expect(closeMonth(scene, '2026-11')).toBe('BLOCKED');
    expect(closeMonth(scene, '2026-09')).toBeUndefined();
    expect(closeMonth(scene, '2026-11')).toBeUndefined();
  });

  test('a count covers the month when it was made after the last movement of the channel', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    day(scene, 8);
    expect(audit(scene, NOTES_OF_100)).toBeUndefined();
    day(scene, 20);
    both(scene, 'S-2', 10_000);
    scene.until('2026-10-02T02:00:00.000Z');
    count(scene, { '10000': 2 });
    for (const to of ['2026-09-20', '2026-09-30']) closeDay(scene, to);
    expect(closeMonth(scene, '2026-09')).toBe('BLOCKED');
    audit(scene, { '10000': 2 });
    expect(closeMonth(scene, '2026-09')).toBeUndefined();
  });

  test('a month with movement is closed before the next', () => {
    const scene = september();
    closeMonth(scene, '2026-09');
    both(scene, 'S-3', 10_000);
    scene.until('2026-11-05T02:00:00.000Z');
    both(scene, 'S-4', 10_000);
    scene.until('2026-12-03T02:00:00.000Z');
    audit(scene, { '10000': 3, '5000': 1 });
    count(scene, { '10000': 3, '5000': 1 });
    for (const to of ['2026-10-03', '2026-11-05', '2026-11-30']) closeDay(scene, to);
    closeDay(scene, '2026-10-02');
    closeDay(scene, '2026-11-05');
    closeDay(scene, '2026-11-30');
    expect(closeMonth(scene, '2026-11')).toBe('BLOCKED');
    expect(closeMonth(scene, '2026-10')).toBeUndefined();
    expect(closeMonth(scene, '2026-11')).toBeUndefined();
  });
});

describe('the end of a year', () => {
  function december(keeps: 'project funds' | 'held for beneficiary'): Scene {
    const scene = new Scene({ keeps });
    const account = keeps === 'project funds' ? { account: '4101' } : {};
    scene.cash('S-1', 10_000);
    scene.ledger('S-1', 0, { lines: [{ text: '捐款', amountFen: 10_000, ...account }] });
    scene.until('2027-01-04T02:00:00.000Z');
    audit(scene, NOTES_OF_100);
    count(scene, NOTES_OF_100);
    expect(closeDay(scene, '2026-12-31')).toBeUndefined();
    expect(closeMonth(scene, '2026-09')).toBeUndefined();
    expect(closeMonth(scene, '2026-12')).toBeUndefined();
    return scene;
  }

  test('income and cost of project funds go over to the net assets', () => {
    const scene = december('project funds');
    expect(last(scene, 'month.closed')).toMatchObject({
      year: {
        resultFen: 10_000,
        moved: [
          { account: '4101', fen: 10_000 },
          { account: '3102', fen: -10_000 },
        ],
      },
    });
    expect(scene.book.closings?.month?.accounts).toEqual({ '1001': 10_000, '3102': -10_000 });
  });

  test('money held for a person just goes on', () => {
    const scene = december('held for beneficiary');
    expect(last(scene, 'month.closed')).toMatchObject({ year: { resultFen: 0, moved: [] } });
    expect(scene.book.closings?.month?.accounts).toEqual({ '1001': 10_000, '2601': -10_000 });
  });

  test('no red ink crosses it; numbers begin again', () => {
    const scene = december('held for beneficiary');
    const red = (role: string, target: string) => scene.does(role, 'entry.reverse', { target, reason: '更正' });
    expect(red('accountant', 'earnings.v.2026-09.1')).toBe('BOOKS_REFUSED');
    expect(red('cashHolder', 'earnings.c.cash.1')).toBe('BOOKS_REFUSED');
    both(scene, 'S-2', 100);
    expect(last(scene, 'ledger.recorded')).toMatchObject({ entry: { id: 'earnings.v.2027-01.1' } });
    expect(red('accountant', 'earnings.v.2027-01.1')).toBeUndefined();
  });
});

describe('what is chased', () => {
  test('a month that has ended has its time, one at a time, as long as there is something to close', () => {
    const scene = new Scene({ closeWithin: '10 working days' });
    scene.until('2026-10-05T02:00:00.000Z');
    expect(scene.events).toEqual([]);
    both(scene, 'S-1', 10_000);
    scene.until('2026-12-15T02:00:00.000Z');
    const ended = () => scene.events.filter((event) => event.type === 'month.ended').map(({ data }) => data);
    expect(ended()).toEqual([{ book: 'earnings', period: '2026-10', clock: 'earnings.e.2026-10' }]);
    expect(scene.state.deadlines['earnings.e.2026-10']).toMatchObject({
      answers: 'accountant',
      start: '2026-10-31T16:00:00.000Z',
    });
    audit(scene, NOTES_OF_100);
    count(scene, NOTES_OF_100);
    closeDay(scene, '2026-11-30');
    expect(closeMonth(scene, '2026-10')).toBeUndefined();
    expect(Object.keys(scene.state.deadlines)).toEqual(['earnings.t.2026-10']);
    scene.until(scene.now);
    expect(ended()).toMatchObject([{}, { period: '2026-11' }]);
  });

  test('surprise counts fall on a day nobody knows before, one in each part of the year', () => {
    const seed = (about: string) => {
      let hash = 7;
      for (const char of about) hash = (hash * 31 + char.charCodeAt(0)) % 2 ** 40;
      return hash.toString(16).padStart(12, '0').padEnd(64, '0');
    };
    const scene = new Scene({ counts: 4 });
    scene.lot = seed;
    both(scene, 'S-1', 10_000);
    scene.until('2028-01-01T00:00:00.000Z');
    const drawn = scene.events.flatMap((event) => (event.type === 'count.drawn' ? [event.data] : []));
    expect(drawn.map(({ span }) => span)).toEqual([
      ...['2026-3of4', '2026-4of4', '2027-1of4', '2027-2of4', '2027-3of4', '2027-4of4'],
    ]);
    for (const { span, seed: told, day: on } of drawn) expect(dayDrawn(span, told)).toBe(on);
    expect(scene.events.filter((event) => event.type === 'count.missed').length).toBeGreaterThanOrEqual(
      drawn.length - 1,
    );
    expect(audit(scene, NOTES_OF_100)).toBeUndefined();
    expect(last(scene, 'cash.counted')).toMatchObject({ kind: 'surprise', drawn: '2027-4of4' });
    expect(scene.book.closings?.drawn).toBeUndefined();
    expect(audit(scene, NOTES_OF_100)).toBeUndefined();
    expect(last(scene, 'cash.counted')).toMatchObject({ kind: 'scheduled' });
  });

  test('a program that asks for neither leaves no trace in a book', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    expect(scene.book).not.toHaveProperty('closings');
  });
});

describe('a book that closes each day', () => {
  const daily = () => new Scene({ closeDayWithin: '1 working day' });

  test('the next day begins when the one before is counted', () => {
    const scene = daily();
    both(scene, 'S-1', 10_000);
    day(scene, 8);
    // each way money is recorded; the accountant goes on
    expect(scene.cash('S-2', 100)).toBe('BLOCKED');
    const red = { target: 'earnings.c.cash.1', reason: '更正' };
    expect(scene.does('cashHolder', 'entry.reverse', red)).toBe('BLOCKED');
    expect(scene.ledger('S-2', 100)).toBeUndefined();
    expect(count(scene, NOTES_OF_100)).toBeUndefined();
    expect(scene.cash('S-2', 100)).toBeUndefined();
    expect(scene.cash('S-3', 100)).toBeUndefined();
    expect(scene.book.closings?.days).toEqual([
      { day: '2026-09-07', count: (last(scene, 'cash.counted') as { id: string }).id },
      { day: '2026-09-08' },
    ]);
  });

  test('a day is closed by its own count, by itself, also the first', () => {
    const scene = daily();
    both(scene, 'S-1', 10_000);
    day(scene, 8);
    count(scene, NOTES_OF_100);
    const own = (last(scene, 'cash.counted') as { id: string }).id;
    both(scene, 'S-2', 100);
    expect(closeDay(scene, '2026-09-08')).toBe('BLOCKED');
    expect(closeDay(scene, '2026-09-07')).toBeUndefined();
    expect(last(scene, 'day.closed')).toMatchObject({ day: '2026-09-07', count: own });
    expect(closeDay(scene, '2026-09-08')).toBe('BLOCKED');
    count(scene, { ...NOTES_OF_100, '100': 1 });
    expect(closeDay(scene, '2026-09-08')).toBeUndefined();
    expect(scene.book.closings?.days).toEqual([]);
  });

  test('an unclosed day with movement is chased on the ladder of the book, one at a time', () => {
    const scene = daily();
    both(scene, 'S-1', 10_000);
    count(scene, NOTES_OF_100);
    day(scene, 8);
    both(scene, 'S-2', 100);
    count(scene, { ...NOTES_OF_100, '100': 1 });
    const clocks = () => Object.values(scene.state.deadlines).map(({ id, answers }) => `${id} ${answers}`);
    expect(clocks()).toEqual(['earnings.z.2026-09-07 cashHolder']);
    expect(scene.state.deadlines['earnings.z.2026-09-07']).toMatchObject({ dueAt: '2026-09-08T16:00:00.000Z' });
    day(scene, 11);
    expect(clocks()).toEqual(['earnings.z.2026-09-07 cashHolder']);
    expect(closeDay(scene, '2026-09-07')).toBeUndefined();
    expect(last(scene, 'deadline.met')).toMatchObject({ id: 'earnings.z.2026-09-07', late: true });
    scene.until(scene.now);
    expect(clocks()).toEqual(['earnings.z.2026-09-08 cashHolder']);
    expect(closeDay(scene, '2026-09-08')).toBeUndefined();
    expect(closeDay(scene, '2026-09-10')).toBeUndefined();
    day(scene, 20);
    expect(clocks()).toEqual([]);
  });

  test('other books keep their ways: nobody chases their days', () => {
    const scene = new Scene();
    both(scene, 'S-1', 10_000);
    day(scene, 20);
    expect(scene.cash('S-2', 100)).toBeUndefined();
    expect(scene.state.deadlines).not.toHaveProperty(['earnings.z.2026-09-07']);
    expect(scene.book.closings ?? {}).not.toHaveProperty('days');
  });
});
