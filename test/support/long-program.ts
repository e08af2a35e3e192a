import fule from '../../plugins/fule/program.ts';
import type { Duty, Program } from '../../sdk/program.ts';

/** What recurs beside a family for decades: a visit every third day, three festivals by the lunar calendar, a review at each month's end. */
const duties: readonly Duty[] = [
  {
    duty: 'visit',
    name: ['陪伴走访', 'companion visit'],
    by: 'companion',
    every: '3 days',
    grace: '33 days', // diaries are handed in at the end of a month
    ladder: 'gentle',
    asks: ['mood'],
  },
  {
    duty: 'festival',
    name: ['节日慰问', 'festival gifts'],
    by: 'secretary',
    lunar: [
      { month: 1, day: 1, name: ['春节', 'Spring Festival'] },
      { month: 8, day: 15, name: ['中秋', 'Mid-Autumn Festival'] },
      { month: 9, day: 9, name: ['重阳', 'Double Ninth Festival'] },
    ],
    window: { opens: '7 days', closes: '40 days' },
    grace: '40 days',
    ladder: 'gentle',
  },
  {
    duty: 'review',
    name: ['月末小结', 'review of the month'],
    by: 'secretary',
    rrule: 'FREQ=MONTHLY;BYMONTHDAY=-1',
    grace: '40 days',
    ladder: 'gentle',
  },
];

/** 福乐 as it might stand beside a family for decades: the same plan, books and ladders, with the duties of such a life. */
export const longProgram: Program = {
  ...fule,
  id: 'fule-long',
  duties: [...duties, ...fule.duties.filter(({ duty }) => duty === 'after')],
};
