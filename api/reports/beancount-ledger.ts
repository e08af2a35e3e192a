import { ENTRUSTED } from '../../engine/books/accounts.ts';
import { balanceBefore, type LedgerLine, type LedgerSight, personsIn, voucherName } from './accounts.ts';
import { beancountFile, bookedOn, nextMonth, paperOf, yearOf } from './beancount-file.ts';
import { accountPath, assertion, type Posting, personPath, transaction } from './beancount-words.ts';
import { type Heading, monthsOf, type Period, plusFen } from './model.ts';

/** What the end of a closed year moved to an account, debit positive. */
export interface Carried {
  readonly period: string;
  readonly account: string;
  readonly fen: number;
}

/** The accountant's book as an export has it: the year's vouchers, what stood before, and what closed years carried over. */
export interface LedgerExport {
  readonly ledger: LedgerSight;
  readonly carried: readonly Carried[];
}

/**
 * The ledger for beancount: from the first of the year on one transaction a voucher, red ink with its signs as they are, and at
 * the end of every month the balance of every account. What the reader may not see is left out, with every opening and
 * balance that would give it away.
 */
export function ledgerBeancount({ ledger, carried }: LedgerExport, period: Period, heading: Heading): string {
  const year = yearOf(period, heading);
  const names = new Map(ledger.accounts.map((account) => [account.code, accountPath(account)]));
  const path = (account: string, person: string | null) => {
    const control = names.get(account) ?? accountPath({ code: account, name: [account, account] });
    return account === ENTRUSTED && person !== null ? personPath(control, person) : control;
  };
  const before = carried.filter((each) => each.period < year.from);
  const within = carried.filter((each) => each.period >= year.from && !hiddenBy(ledger, each.period));
  const openings = ledger.hiddenFrom === '' ? [] : openingPostings(ledger, before, path);
  const used = new Set([
    ...personsIn(ledger).map(() => path(ENTRUSTED, null)),
    ...openings.map(({ account }) => account),
    ...ledger.lines.map(({ account, person }) => path(account, person)),
    ...within.map(({ account }) => path(account, null)),
  ]);
  const opened = [...used].map((account) => `${year.from}-01 open ${account} CNY`).sort();
  const blocks = [
    ...(openings.length > 0
      ? [transaction(`${year.from}-01`, '上年结转 / brought forward', openings, { tags: ['opening'] })]
      : []),
    ...vouchersOf(ledger.lines).map((voucher) => voucherBlock(voucher, path)),
    ...yearEnds(within, path),
  ];
  const sums = ledger.accounts.filter(({ code }) => used.has(path(code, null)));
  const assertions = monthsOf(year).flatMap((month) =>
    hiddenBy(ledger, month)
      ? []
      : sums.flatMap(({ code }) => {
          const fen = plusFen(balanceBefore(ledger, code, nextMonth(month)), carriedUpTo(carried, code, month));
          return fen === null ? [] : [assertion(`${nextMonth(month)}-01`, path(code, null), fen)];
        }),
  );
  const sections = { opened, transactions: blocks, assertions, hidden: ledger.hiddenFrom !== undefined };
  return beancountFile(['总账（管账人）', 'ledger, as the accountant keeps it'], heading, year, sections);
}

type Path = (account: string, person: string | null) => string;

function openingPostings({ openings }: LedgerSight, before: readonly Carried[], path: Path): Posting[] {
  const sums = new Map<string, number>();
  const add = (account: string, fen: number) => sums.set(account, (sums.get(account) ?? 0) + fen);
  for (const { account, person, debitFen, creditFen } of openings) add(path(account, person), debitFen - creditFen);
  for (const { account, fen } of before) add(path(account, null), fen);
  return [...sums].flatMap(([account, fen]) => (fen === 0 ? [] : [{ account, fen }]));
}

function vouchersOf(lines: readonly LedgerLine[]): LedgerLine[][] {
  const vouchers = new Map<string, LedgerLine[]>();
  for (const line of lines) {
    const name = voucherName(line);
    vouchers.set(name, [...(vouchers.get(name) ?? []), line]);
  }
  return [...vouchers.values()];
}

function voucherBlock(lines: readonly LedgerLine[], path: Path): string {
  const first = lines[0]!;
  const text = lines.find(({ account }) => !account.startsWith('10'))?.text ?? first.text;
  const postings = lines.map((line): Posting => {
    const { quantity, priceFen, buyer } = line;
    return {
      account: path(line.account, line.person),
      fen: line.side === 'debit' ? line.amountFen : 0 - line.amountFen,
      about: {
        side: line.side,
        text: line.text,
        ...(line.item === null ? {} : { item: line.item }),
        ...(quantity === null ? {} : { quantity: String(quantity) }),
        ...(priceFen === null ? {} : { 'price-fen': String(priceFen) }),
        ...(buyer === null ? {} : { buyer }),
      },
    };
  });
  return transaction(bookedOn(first), text, postings, {
    tags: first.reverses === null ? [] : ['red'],
    about: { voucher: voucherName(first), ...paperOf(first) },
  });
}

function yearEnds(carried: readonly Carried[], path: Path): string[] {
  const years = [...new Set(carried.map(({ period }) => period))];
  return years.map((period) =>
    transaction(
      `${period}-31`,
      '年终结转 / carried over at the end of the year',
      carried.flatMap((each) => (each.period === period ? [{ account: path(each.account, null), fen: each.fen }] : [])),
      { tags: ['year-end'] },
    ),
  );
}

function carriedUpTo(carried: readonly Carried[], account: string, month: string): number {
  return carried.reduce((sum, each) => (each.account === account && each.period <= month ? sum + each.fen : sum), 0);
}

function hiddenBy({ hiddenFrom }: LedgerSight, month: string): boolean {
  return hiddenFrom !== undefined && hiddenFrom <= month;
}
