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
])('%s in words', (type, data, zh, en) => {
  expect(readable({ type, data } as never, names)).toEqual([zh, en]);
});
