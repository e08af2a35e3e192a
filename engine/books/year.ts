import type { Book } from '../../sdk/program.ts';

/** An account over a closed month, in fen; balances are debit positive. */
export interface ClosedAccount {
  readonly account: string;
  readonly openingFen: number;
  readonly debitFen: number;
  readonly creditFen: number;
  readonly closingFen: number;
}

/**
 * What the end of a year moves between accounts, debit positive, summing to zero: of project funds every account of income
 * and cost (4…, 5…) to none, their result into the restricted net assets. Nothing where the money is held for a person: it
 * is no income, and just goes on. `resultFen`: what came in more than it cost.
 */
export interface CarriedOver {
  readonly resultFen: number;
  readonly moved: readonly { readonly account: string; readonly fen: number }[];
}

/** 限定性净资产 of the chart (accounts.ts). */
const NET_ASSETS = '3102';

/** The trial balance of a month: every account with a balance or a movement, by code. Balances are debit positive and sum to zero. */
export function trialBalance(
  before: Readonly<Record<string, number>>,
  moved: ReadonlyMap<string, { readonly inFen: number; readonly outFen: number }>,
): readonly ClosedAccount[] {
  const codes = [...new Set([...Object.keys(before), ...moved.keys()])].sort();
  return codes.flatMap((account) => {
    const openingFen = before[account] ?? 0;
    const { inFen: debitFen, outFen: creditFen } = moved.get(account) ?? { inFen: 0, outFen: 0 };
    if (openingFen === 0 && !moved.has(account)) return [];
    return [{ account, openingFen, debitFen, creditFen, closingFen: openingFen + debitFen - creditFen }];
  });
}

/** What the end of a year moves. */
export function carriedOver({ keeps }: Pick<Book, 'keeps'>, accounts: readonly ClosedAccount[]): CarriedOver {
  if (keeps !== 'project funds') return { resultFen: 0, moved: [] };
  const own = accounts.filter(({ account, closingFen }) => /^[45]/.test(account) && closingFen !== 0);
  const balance = own.reduce((sum, { closingFen }) => sum + closingFen, 0);
  const moved = own.map(({ account, closingFen }) => ({ account, fen: -closingFen }));
  const resultFen = balance === 0 ? 0 : -balance;
  return { resultFen, moved: balance === 0 ? moved : [...moved, { account: NET_ASSETS, fen: balance }] };
}
