import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { people, Scene } from './scene.fixture.ts';

/** A book with 300 fen on the cash side and as many in the ledger, kept by those who recorded them. */
function kept(): Scene {
  const scene = new Scene();
  scene.cash('S-01', 300);
  scene.ledger('S-01', 300);
  scene.names = { newcomer: '何某', [people.cashHolder]: '罗某' };
  return scene;
}

const entry = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'S-02', amountFen: 100 };
const lines = [{ text: '笔筒', amountFen: 100 }];
const { amountFen: _, ...voucher } = entry;
const count = (cash: number, more: object = {}) => ({
  data: { book: 'earnings', side: 'cash', channels: { cash, wechat: 0 }, witness: '邱某', ...more },
});
const channelsOf = (scene: Scene) => Object.keys(scene.book.cash);

describe('a side of a book whose keeper has changed', () => {
  it('is frozen for everybody else, each side by itself, and what is asked for stays with the role', () => {
    const scene = kept();
    expect(scene.book.keepers).toEqual({ cash: people.cashHolder, ledger: people.accountant });
    scene.does('beneficiary', 'payout.request', {
      data: { book: 'earnings', channel: 'cash', amountFen: 100, text: '买书' },
    });
    expect(scene.does('secretary', 'payout.approve', { target: 'earnings' })).toBeUndefined();
    expect(scene.does('cashHolder', 'cash.record', { data: entry }, 'newcomer')).toBe('BOOK_FROZEN');
    expect(scene.does('cashHolder', 'cash.record', { data: { ...entry, direction: 'out' } }, 'newcomer')).toBe(
      'BOOK_FROZEN',
    );
    const target = 'earnings.c.cash.1';
    expect(scene.does('cashHolder', 'entry.reverse', { target, reason: 'x' }, 'newcomer')).toBe('BOOK_FROZEN');
    expect(scene.does('accountant', 'ledger.record', { data: { ...voucher, lines } })).toBeUndefined();
    expect(scene.does('cashHolder', 'cash.record', { data: entry })).toBeUndefined();
    expect(Object.keys(scene.book.payouts)).toHaveLength(1);
  });

  it('a comparison tells the other keeper no counted balance as long as something recorded there waits for him', () => {
    const scene = kept();
    expect(scene.does('cashHolder', 'book.handOver', count(250), 'newcomer')).toBeUndefined();
    const compared = (who: 'accountant' | 'secretary') => {
      expect(scene.does(who, 'books.reconcile', { data: { book: 'earnings' } })).toBeUndefined();
      const found = scene.events.findLast((event) => event.type === 'books.reconciled');
      return found?.type === 'books.reconciled' ? found.data.differences.filter(({ why }) => why === 'count') : [];
    };
    expect(compared('accountant')).toMatchObject([{ count: { bookedFen: 300, countedFen: 250 } }]);
    expect(scene.does('cashHolder', 'cash.record', { data: entry }, 'newcomer')).toBeUndefined();
    expect(compared('accountant')).toMatchObject([{ why: 'count' }]);
    expect(compared('accountant')[0]).not.toHaveProperty('count');
    expect(compared('secretary')).toMatchObject([{ count: { bookedFen: 300, countedFen: 250 } }]);
  });

  it('goes on when it is counted before a third person; both figures stand in the record', () => {
    const scene = kept();
    expect(channelsOf(scene)).toEqual(['cash', 'wechat']);
    expect(scene.does('cashHolder', 'book.handOver', count(300), 'newcomer')).toBeUndefined();
    const taken = scene.events.at(-1)!;
    expect(taken).toMatchObject({
      type: 'book.handedOver',
      data: { side: 'cash', from: people.cashHolder, witness: '邱某' },
    });
    expect(taken.data).toMatchObject({
      channels: [
        { channel: 'cash', bookedFen: 300, countedFen: 300 },
        { channel: 'wechat', bookedFen: 0, countedFen: 0 },
      ],
    });
    expect(scene.book.discrepancies).toEqual({});
    expect(scene.does('cashHolder', 'cash.record', { data: entry }, 'newcomer')).toBeUndefined();
    expect(scene.does('cashHolder', 'cash.record', { data: { ...entry, sourceDoc: 'S-03' } })).toBe('BOOK_FROZEN');
  });

  it('a difference is a discrepancy at once, answered by the approver and never by who counted; nothing is adjusted', () => {
    const scene = kept();
    expect(scene.does('cashHolder', 'book.handOver', count(250), 'newcomer')).toBeUndefined();
    expect(scene.book.cash['cash']).toEqual({ no: 1, balanceFen: 300 });
    const [id, found] = Object.entries(scene.book.discrepancies)[0]!;
    expect(found.sourceDoc).toBe(`盘点 ${id}`);
    expect(scene.state.deadlines[id]).toMatchObject({
      answers: 'secretary',
      skips: [people.cashHolder, 'newcomer'],
    });
    expect(
      scene.does('cashHolder', 'discrepancy.explain', { target: id, data: { text: '少了 50 分' } }),
    ).toBeUndefined();
    expect(scene.does('secretary', 'discrepancy.decide', { target: id, data: { text: 'x' } }, 'newcomer')).toBe(
      'ROLES_COLLIDE',
    );
    const carry = { target: id, data: { decision: 'carry', text: '由前任补足' } };
    expect(scene.does('secretary', 'discrepancy.decide', carry)).toBeUndefined();
    expect([scene.book.discrepancies, scene.book.open, scene.state.deadlines]).toEqual([{}, {}, {}]);
  });

  it('a surplus is put right by both sides under the number of the count, which settles it', () => {
    const scene = kept();
    expect(scene.does('cashHolder', 'book.handOver', count(350), 'newcomer')).toBeUndefined();
    const [found] = Object.values(scene.book.discrepancies);
    const { sourceDoc } = found!;
    const more = { ...entry, sourceDoc, amountFen: 50 };
    expect(scene.does('cashHolder', 'cash.record', { data: more }, 'newcomer')).toBeUndefined();
    expect(Object.keys(scene.book.discrepancies)).toHaveLength(1);
    const post = { ...voucher, sourceDoc, lines: [{ text: '盘盈', amountFen: 50 }] };
    expect(scene.does('accountant', 'ledger.record', { data: post })).toBeUndefined();
    expect([scene.book.discrepancies, scene.book.open, scene.state.deadlines]).toEqual([{}, {}, {}]);
    expect(scene.book.matched).toBe(2);
  });

  it.each<[string, object, string, string]>([
    ['by who keeps it already', count(300), people.cashHolder, 'ALREADY_DONE'],
    [
      'without a word about a channel',
      { data: { ...count(300).data, channels: { cash: 300 } } },
      'newcomer',
      'INVALID_DATA',
    ],
    ['in parts of a fen', count(300.5), 'newcomer', 'INVALID_DATA'],
    ['before himself', count(300, { witness: '何 某' }), 'newcomer', 'EVIDENCE_MISSING'],
    ['before who had it', count(300, { witness: people.cashHolder }), 'newcomer', 'EVIDENCE_MISSING'],
    ['before who had it, by his name', count(300, { witness: '罗某' }), 'newcomer', 'EVIDENCE_MISSING'],
    ['of no book', count(300, { book: 'none' }), 'newcomer', 'INVALID_DATA'],
  ])('is not taken over %s', (_what, act, person, code) => {
    const scene = kept();
    const events = scene.events.length;
    expect(scene.does('cashHolder', 'book.handOver', act as Record<string, unknown>, person)).toBe(code);
    expect(scene.events).toHaveLength(events);
  });

  it('with nothing in it needs no count: the first entry of the new keeper takes it over', () => {
    const scene = kept();
    const target = 'earnings.c.cash.1';
    expect(scene.does('cashHolder', 'entry.reverse', { target, reason: '退货' })).toBeUndefined();
    expect(scene.does('cashHolder', 'cash.record', { data: entry }, 'newcomer')).toBeUndefined();
    expect(scene.book.keepers).toMatchObject({ cash: 'newcomer' });
  });

  it('recorded before anybody was its keeper: the first act sets him', () => {
    const scene = kept();
    const { keepers: _, ...old } = scene.book;
    scene.state = { ...scene.state, books: { earnings: old } };
    expect(scene.does('cashHolder', 'cash.record', { data: entry }, 'newcomer')).toBeUndefined();
    expect(scene.book.keepers).toEqual({ cash: 'newcomer' });
    expect(scene.does('accountant', 'book.handOver', count(300, { side: 'ledger' }))).toBeUndefined();
    expect(scene.book.keepers).toEqual({ cash: 'newcomer', ledger: people.accountant });
    expect(scene.events.at(-1)?.data).not.toHaveProperty('from');
  });
});

it('whoever comes and goes, money moves only under its keeper, and what he took over is what he counted or a discrepancy', () => {
  const step = fc.record({
    who: fc.constantFrom('a', 'b', 'c'),
    counts: fc.boolean(),
    fen: fc.constantFrom(-50, 0, 0, 0, 50),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const scene = new Scene();
      for (const [n, { who, counts, fen }] of steps.entries()) {
        const before = scene.book;
        const balance = before.cash['cash']!.balanceFen;
        if (counts) {
          const answer = scene.does('cashHolder', 'book.handOver', count(Math.max(0, balance + fen)), who);
          if (answer === undefined) {
            const off = Math.max(0, balance + fen) !== balance;
            expect(Object.keys(scene.book.discrepancies).length).toBe(
              Object.keys(before.discrepancies).length + (off ? 1 : 0),
            );
            expect(scene.book.keepers?.cash).toBe(who);
          } else expect([answer, before.keepers?.cash]).toEqual(['ALREADY_DONE', who]);
          expect(scene.book.cash).toEqual(before.cash);
          continue;
        }
        const answer = scene.does('cashHolder', 'cash.record', { data: { ...entry, sourceDoc: `N-${n}` } }, who);
        const keeper = before.keepers?.cash;
        const may = keeper === undefined || keeper === who || balance === 0;
        expect(answer).toBe(may ? undefined : 'BOOK_FROZEN');
        expect(scene.book.keepers?.cash).toBe(may ? who : keeper);
      }
    }),
    { numRuns: 100 },
  );
});
