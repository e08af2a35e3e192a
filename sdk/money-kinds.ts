/** What a line of money can be for, in a layman's words; the engine knows the account each means (engine/books/kinds.ts). */
export const moneyKindKeys = [
  'sale',
  'fee',
  'subsidy',
  'gift',
  'advance',
  'otherIncome',
  'material',
  'work',
  'water',
  'power',
  'office',
  'repayment',
  'otherCost',
] as const;

/** One of {@link moneyKindKeys}. */
export type MoneyKindKey = (typeof moneyKindKeys)[number];
