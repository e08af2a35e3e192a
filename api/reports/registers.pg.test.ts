import { afterAll, beforeAll, expect, it } from 'vitest';
import { advances } from '../../db/queries/book-registers.ts';
import water from '../../test/support/programs/water/program.ts';
import { setTown, type Town } from '../../test/support/town.ts';
import { FULL } from '../book-sight.ts';
import type { ReportTable } from './model.ts';
import { loadAdvances, loadGifts } from './registers.ts';

// The registers of a month that is past: what stood in them then, whatever happened since, and no row lost to a bound.

const book = 'project';
let town: Town;
let caseId: string;

const gift = (item: string) =>
  town.act('caseworker', caseId, {
    type: 'gift.record',
    data: {
      ...{ book, kind: 'inKind', item, quantity: 1, unit: '件', valueFen: 1_000, receivedBy: '邱某' },
      ...{ anonymous: true, witness: '罗某' },
    },
  });
const claim = (sourceDoc: string, amountFen: number) =>
  town.act('secretary', caseId, {
    type: 'advance.record',
    data: { book, amountFen, paid: 'to others', sourceDoc, for: '水管', helper: { name: '张某' } },
  });
const wanted = (month: string) => ({ caseId, book, period: { from: month, to: month } });
const linesOf = ({ rows }: ReportTable) => rows.slice(0, -1).map(({ cells }) => cells);

beforeAll(async () => {
  town = await setTown([water]);
  town.at('2026-04-11 09:00');
  caseId = await town.open({ program: 'water', unit: 'community-1', data: { need: '自备井停水' } });
  town.at('2026-04-13 10:00');
  await gift('铁锹');
  await claim('DF-1', 5_000);
  town.at('2026-04-30 23:59');
  await gift('水桶');
  town.at('2026-05-01 00:00');
  await gift('水管');
  town.at('2026-05-05 10:00');
  const [first] = await advances(town.sql, caseId, { limit: 1 });
  await town.act('secretary', caseId, { type: 'advance.withdraw', target: first!.id, reason: '票据无效' });
  await claim('DF-2', 7_000);
}, 60_000);
afterAll(() => town?.close());

it('lists the gifts of a month, also after more than one page of earlier ones', async () => {
  const of = async (month: string, most: number) => (await loadGifts(town.sql, wanted(month), most))(FULL);
  expect(linesOf(await of('2026-05', 2)).map(({ what }) => what)).toEqual(['水管 1件']);
  const april = await of('2026-04', 2);
  expect(linesOf(april).map(({ what }) => what)).toEqual(['铁锹 1件', '水桶 1件']);
  expect(april.cutAt).toBeUndefined();
  const cut = await of('2026-04', 1);
  expect([linesOf(cut).length, cut.cutAt]).toEqual([1, 1]);
});

it('shows on a past day the claims that stood then, settled or not since', async () => {
  const on = async (day: string, most?: number) =>
    linesOf((await loadAdvances(town.sql, wanted(day.slice(0, 7)), day, most))(FULL)).map((cells) => [
      cells['amountFen'],
      cells['days30Fen'] ?? cells['days90Fen'],
    ]);
  expect(await on('2026-04-12')).toEqual([]);
  expect(await on('2026-04-30')).toEqual([[5_000, 5_000]]);
  expect(await on('2026-05-04')).toEqual([[5_000, 5_000]]);
  expect(await on('2026-05-31')).toEqual([[7_000, 7_000]]);
});
