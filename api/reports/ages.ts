import type { Text } from '../../sdk/program.ts';

/** Ages of claims: up to how many days (the last has no end), how the register and how a column of a report calls them. */
export const AGES = [
  { days: 30, age: '0-30', key: 'days30Fen', title: ['30 天以内', 'up to 30 days'] },
  { days: 90, age: '31-90', key: 'days90Fen', title: ['31–90 天', '31–90 days'] },
  { days: 180, age: '91-180', key: 'days180Fen', title: ['91–180 天', '91–180 days'] },
  { days: 365, age: '181-365', key: 'days365Fen', title: ['181–365 天', '181–365 days'] },
  { days: Number.POSITIVE_INFINITY, age: '366-', key: 'olderFen', title: ['一年以上', 'over a year'] },
] as const satisfies readonly { days: number; age: string; key: string; title: Text }[];

/** The age of a claim that is so many days old. */
export function ageOf(days: number): (typeof AGES)[number] {
  return AGES.find((age) => days <= age.days)!;
}
