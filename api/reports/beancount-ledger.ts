import { ENTRUSTED } from '../../engine/books/accounts.ts';
import { shiftPeriod } from '../../engine/books/closings.ts';
import { balanceAfter, isVoucher, type LedgerLine, type LedgerSight, personsIn, voucherName } from './accounts.ts';
import { beancountFile, bookedOn, paperOf, yearOf } from './beancount-file.ts';
import { accountPath, assertion, type Posting, personPath, transaction } from './beancount-words.ts';
import { type Heading, monthsOf, type Period } from './model.ts';

/**
 * The ledger for beancount: from the first of the year on one transaction a voucher, red ink with its signs as they are, and at
 * the end of every month the balance of every account. What the reader may not see is left out, with every opening and
 * balance that would give it away.
 */
export function ledgerBeancount(ledger: LedgerSight, period: Period, heading: Heading): string {
  const year = yearOf(period, heading);
  const names = new Map(ledger.accounts.map((account) => [account.code, accountPath(account)]));
  const path = (account: string, person: string | null) => {
    const control = names.get(account) ?? accountPath({ code: account, name: [account, account] });
    return account === ENTRUSTED && person !== null ? personPath(control, person) : control;
  };
  const vouchers = ledger.lines.filter(isVoucher);
  const ends = ledger.lines.filter((line) => !isVoucher(line) && !hiddenBy(ledger, line.month));
  const openings = ledger.hiddenFrom === '' ? [] : openingPostings(ledger, path);
  const used = new Set([
    ...personsIn(ledger).map(() => path(ENTRUSTED, null)),
    ...openings.map(({ account }) => account),
    ...[...vouchers, ...ends].map(({ account, person }) => path(account, person)),
  ]);
  const opened = [...used].map((account) => `${year.from}-01 open ${account} CNY`).sort();
  const blocks = [
    ...(openings.length > 0
      ? [transaction(`${year.from}-01`, '上年结转 / brought forward', openings, { tags: ['opening'] })]
      : []),
    ...vouchersOf(vouchers).map((voucher) => voucherBlock(voucher, path)),
    ...(ends.length > 0 ? [yearEnd(ends, path)] : []),
  ];
  const sums = ledger.accounts.filter(({ code }) => used.has(path(code, null)));
  const assertions = monthsOf(year).flatMap((month) =>
    hiddenBy(ledger, month)
      ? []
      : sums.flatMap(({ code }) => {
          const fen = balanceAfter(ledger, code, month);
          return fen === null ? [] : [assertion(`${shiftPeriod(month, 1)}-01`, path(code, null), fen)];
        }),
  );
  const sections = { opened, transactions: blocks, assertions, hidden: ledger.hiddenFrom !== undefined };
  return beancountFile(['总账（管账人）', 'ledger, as the accountant keeps it'], heading, year, sections);
}

type Path = (account: string, person: string | null) => string;

function openingPostings({ openings }: LedgerSight, path: Path): Posting[] {
  const sums = new Map<string, number>();
  const add = (account: string, fen: number) => sums.set(account, (sums.get(account) ?? 0) + fen);
  for (const { account, person, debitFen, creditFen } of openings) add(path(account, person), debitFen - creditFen);
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

/** What the end of the year moves, in one transaction. */
function yearEnd(lines: readonly LedgerLine[], path: Path): string {
  const postings = lines.map(({ account, side, amountFen }): Posting => {
    return { account: path(account, null), fen: side === 'debit' ? amountFen : 0 - amountFen };
  });
  return transaction(lines[0]!.occurredDate, '年终结转 / carried over at the end of the year', postings, {
    tags: ['year-end'],
  });
}

function hiddenBy({ hiddenFrom }: LedgerSight, month: string): boolean {
  return hiddenFrom !== undefined && hiddenFrom <= month;
}
