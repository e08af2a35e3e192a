import { expect, it } from 'vitest';
import fule from '../plugins/fule/program.ts';
import { readable } from './timeline-text.ts';
import { namesFor } from './views/names.ts';

const names = namesFor(fule, undefined, { posts: new Map(), people: new Map(), units: new Map() }, 'zh', new Map());

it.each([
  [
    'duty.due',
    { duty: 'visit', plannedDate: '2026-03-03', plannedAt: '2026-03-03T13:00:00.000Z' },
    '陪伴走访：应于 2026-03-03 21:00 进行',
    'companion visit: planned for 2026-03-03 21:00',
  ],
  [
    'duty.counted',
    { id: 'visit-2', key: 'visit', at: '2026-03-03T02:00:00.000Z', done: 2, of: 4 },
    '完成一次：陪伴走访（2/4）',
    'Done once: companion visit (2 of 4)',
  ],
  [
    'duty.missed',
    { id: 'visit-2', duty: 'visit', plannedDate: '2026-03-31', done: 1, of: 4 },
    '漏办：陪伴走访（2026-03-31，完成 1/4）',
    'Missed: companion visit (2026-03-31, 1 of 4 done)',
  ],
  [
    'duty.began',
    { duty: 'visit', fellOut: { count: 3, first: '2026-03-08', last: '2026-03-14' } },
    '继续定期事项：陪伴走访；中止期间免去 3 次（2026-03-08 至 2026-03-14）',
    'Recurring duty goes on: companion visit; 3 fell out while suspended (2026-03-08 to 2026-03-14)',
  ],
  ['duty.ended', { duty: 'visit' }, '定期事项结束：陪伴走访', 'Recurring duty ends: companion visit'],
  [
    'duty.ended',
    { duty: 'visit', why: ['再没有日子', 'no day is left'] },
    '定期事项结束：陪伴走访（再没有日子）',
    'Recurring duty ends: companion visit (no day is left)',
  ],
  [
    'duty.replanned',
    { duty: 'visit', plannedDate: '2027-01-03', why: ['工作日历有变', 'the calendar has changed'] },
    '按工作日历重新安排：陪伴走访，下一次计划 2027-01-03（工作日历有变）',
    'Planned again by the calendar: companion visit, next on 2027-01-03 (the calendar has changed)',
  ],
  [
    'item.replanned',
    {
      item: { name: ['例会', 'review'], plannedDate: '2027-01-05' },
      ...{ from: '2027-01-04', why: ['官方日历已公布', 'the official calendar is out'] },
    },
    '按工作日历重新安排：例会，计划 2027-01-05（官方日历已公布；原为 2027-01-04）',
    'Planned again by the calendar: review, for 2027-01-05 (the official calendar is out; it was 2027-01-04)',
  ],
])('%s in words', (type, data, zh, en) => {
  expect(readable({ type, data } as never, names)).toEqual([zh, en]);
});
