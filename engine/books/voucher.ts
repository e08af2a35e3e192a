import type { MoneyKindKey } from '../../sdk/money-kinds.ts';
import type { Book, Channel, Text } from '../../sdk/program.ts';
import { invalid, type Refusal } from '../refusal.ts';
import { channelAccount, ENTRUSTED, isAccount, oppositeAccount } from './accounts.ts';
import type { AdvancePaid } from './advance-state.ts';
import { type Direction, MOST_FEN, type PostedLine } from './entry.ts';
import { ADVANCE_ACCOUNT, accountOfKind, moneyKinds } from './kinds.ts';
import { receiptsProblem } from './receipts.ts';

/** A line as the accountant asks for it. */
export interface AskedLine {
  readonly text: string;
  readonly amountFen: number;
  readonly account?: string | undefined;
  readonly side?: 'debit' | 'credit' | undefined;
  readonly item?: string | undefined;
  readonly quantity?: number | undefined;
  readonly priceFen?: number | undefined;
  readonly buyer?: string | undefined;
  readonly party?: string | undefined;
  readonly kind?: MoneyKindKey | undefined;
  readonly payer?: string | undefined;
  readonly receipt?: string | undefined;
  readonly purpose?: string | undefined;
}

/** The lines of one voucher, balanced, and the money it moves on its channel. */
export interface Voucher {
  readonly amountFen: number;
  readonly lines: readonly PostedLine[];
}

/**
 * Makes a balanced voucher. Lines without `side` stand opposite to one line of money: in = debit money, credit the
 * liability to the person (or the line's account); out = the reverse. Lines with `side` are a whole voucher and must
 * balance. INVALID_DATA when they do not, mix both forms, name an unknown account, say an amount that is not quantity times
 * price, or move no money of the channel; and when money held for a person would go to another account than what is owed to him. A `kind` stands in for the account. `advance`: how the helper paid whose advance the
 * voucher is about; what he paid into the book and is given back lies on the account of what is owed to helpers.
 */
export function makeVoucher(
  book: Book,
  direction: Direction,
  channel: Channel,
  said: readonly AskedLine[],
  advance?: AdvancePaid,
): Voucher | Refusal {
  const asked = withAccounts(book, direction, said, advance);
  if ('code' in asked) return asked;
  const unknown = asked.findIndex((line) => line.account !== undefined && !isAccount(line.account));
  if (unknown >= 0)
    return unfit(`data.lines.${unknown}.account`, ['科目不在科目表中。', 'The chart has no such account.']);
  const wrong = asked.findIndex((line) => !isProduct(line));
  if (wrong >= 0) {
    return unfit(`data.lines.${wrong}.amountFen`, [
      '金额不等于数量乘以单价。',
      'The amount is not quantity times price.',
    ]);
  }
  const sided = asked.filter((line) => line.side !== undefined).length;
  if (sided > 0 && sided < asked.length) {
    return unfit('data.lines', ['要么每行都写借贷方向，要么都不写。', 'Either every line has a side, or none has.']);
  }
  const voucher = sided === 0 ? opposite(book, direction, channel, asked) : whole(direction, channel, asked);
  return 'code' in voucher ? voucher : (heldProblem(book, channel, voucher, advance) ?? voucher);
}

/** The exact mirror of a voucher's lines, in red ink. */
export function mirrorLines(lines: readonly PostedLine[]): readonly PostedLine[] {
  return lines.map((line) => ({ ...line, amountFen: -line.amountFen }));
}

/** The lines with the accounts their kinds and the advance mean; INVALID_DATA where a kind cannot stand there, or a receipt twice. */
function withAccounts(
  book: Book,
  direction: Direction,
  asked: readonly AskedLine[],
  advance: AdvancePaid | undefined,
): readonly AskedLine[] | Refusal {
  for (const [n, line] of asked.entries()) {
    const problem = kindProblem(line, n, direction, advance);
    if (problem) return problem;
  }
  const twice = receiptsProblem(asked);
  if (twice) return twice;
  return asked.map((line) => {
    if (line.kind !== undefined) return { ...line, account: accountOfKind(book, line.kind) };
    if (advance === undefined || line.side !== undefined) return line;
    // paid to others it was nobody's claim in the accounts yet: the repayment is the cost itself
    return advance === 'into the book' ? { ...line, account: line.account ?? ADVANCE_ACCOUNT } : line;
  });
}

function kindProblem(
  { kind, account, side, purpose }: AskedLine,
  n: number,
  direction: Direction,
  advance: AdvancePaid | undefined,
): Refusal | undefined {
  const path = `data.lines.${n}.kind`;
  const claimed = advance === 'into the book';
  const owed = account === ADVANCE_ACCOUNT || (kind !== undefined && moneyKinds[kind].claim === true);
  if (claimed && side === undefined && !owed && (kind !== undefined || account !== undefined))
    return unfit(path, [
      '垫付款进出只用“其他应付款”科目。',
      'An advance comes and goes on the account of what is owed to helpers.',
    ]);
  if (kind === undefined) return undefined;
  const { direction: due, claim, purposeNeeded, name } = moneyKinds[kind];
  if (account !== undefined || side !== undefined)
    return unfit(path, ['写了款项种类就不用写科目和借贷方向。', 'A line with a kind needs no account and no side.']);
  if (due !== direction) return unfit(path, [`“${name[0]}”与收支方向不符。`, `"${name[1]}" goes the other way.`]);
  if (claim && !claimed)
    return unfit(path, [
      '写明是哪一笔垫付款（data.advance），且是付进账里的。',
      'Say which advance it is (data.advance), one that was paid into the book.',
    ]);
  if (purposeNeeded && purpose === undefined)
    return unfit(`data.lines.${n}.purpose`, [`“${name[0]}”要写明用途。`, `"${name[1]}" says what it was given for.`]);
  return undefined;
}

/**
 * INVALID_DATA where a voucher of money held for a person would say it is anybody else's: beside the money of its channel
 * there is only what is owed to the person, or, for an advance paid into the book, to the helper.
 */
function heldProblem(
  { keeps }: Book,
  channel: Channel,
  { lines }: Voucher,
  advance: AdvancePaid | undefined,
): Refusal | undefined {
  if (keeps !== 'held for beneficiary') return undefined;
  const owed = advance === 'into the book' ? ADVANCE_ACCOUNT : ENTRUSTED;
  if (lines.every(({ account }) => account === owed || account === channelAccount[channel])) return undefined;
  return unfit('data.lines', [
    `代管的钱不是收入、也不是费用：除本渠道的资金科目外，只能用 ${owed}。`,
    `Money held for a person is neither income nor cost: beside the money of the channel there is only ${owed}.`,
  ]);
}

/** Whether a line that gives both quantity and price has their product as its amount; a broken fen is rounded either way. */
function isProduct({ quantity, priceFen, amountFen }: AskedLine): boolean {
  return quantity === undefined || priceFen === undefined || Math.abs(quantity * priceFen - amountFen) < 1;
}

function opposite(book: Book, direction: Direction, channel: Channel, asked: readonly AskedLine[]): Voucher | Refusal {
  const money = channelAccount[channel];
  if (asked.some((line) => line.account === money)) {
    return unfit('data.lines', [
      '资金科目由渠道决定，不必写。',
      'The account of the money follows from the channel; do not name it.',
    ]);
  }
  const amountFen = asked.reduce((sum, line) => sum + line.amountFen, 0);
  if (amountFen > MOST_FEN) return unfit('data.lines', ['合计超出上限。', 'The sum is beyond the bounds.']);
  const [moneySide, lineSide] = direction === 'in' ? (['debit', 'credit'] as const) : (['credit', 'debit'] as const);
  const lines = asked.map((line) => posted(line, line.account ?? oppositeAccount(book, direction), lineSide));
  const text = asked.length === 1 ? asked[0]!.text : `${asked[0]!.text} …`;
  return { amountFen, lines: [{ text, account: money, side: moneySide, amountFen }, ...lines] };
}

function whole(direction: Direction, channel: Channel, asked: readonly AskedLine[]): Voucher | Refusal {
  const bare = asked.findIndex((line) => line.account === undefined);
  if (bare >= 0)
    return unfit(`data.lines.${bare}.account`, ['写了借贷方向就要写科目。', 'A line with a side needs an account.']);
  const lines = asked.map((line) => posted(line, line.account!, line.side!));
  const sum = (pick: (line: PostedLine) => boolean) =>
    lines.filter(pick).reduce((total, line) => total + line.amountFen, 0);
  const debitFen = sum((line) => line.side === 'debit');
  const creditFen = sum((line) => line.side === 'credit');
  if (debitFen !== creditFen) return unfit('data.lines', ['借贷不平。', 'Debit and credit are not equal.']);
  if (debitFen > MOST_FEN) return unfit('data.lines', ['合计超出上限。', 'The sum is beyond the bounds.']);
  const money = channelAccount[channel];
  const netFen =
    sum((line) => line.account === money && line.side === 'debit') -
    sum((line) => line.account === money && line.side === 'credit');
  const amountFen = direction === 'in' ? netFen : -netFen;
  if (amountFen <= 0) {
    return unfit('data.lines', [
      '凭证没有按所写方向动用该渠道的资金。',
      'The voucher does not move money of the channel in that direction.',
    ]);
  }
  return { amountFen, lines };
}

function posted(line: AskedLine, account: string, side: 'debit' | 'credit'): PostedLine {
  const { text, amountFen, item, quantity, priceFen, buyer, party, kind, payer, receipt, purpose } = line;
  return {
    text,
    account,
    side,
    amountFen,
    ...(item !== undefined ? { item } : {}),
    ...(quantity !== undefined ? { quantity } : {}),
    ...(priceFen !== undefined ? { priceFen } : {}),
    ...(buyer !== undefined ? { buyer } : {}),
    ...(party !== undefined ? { party } : {}),
    ...(kind !== undefined ? { kind } : {}),
    ...(payer !== undefined ? { payer } : {}),
    ...(receipt !== undefined ? { receipt } : {}),
    ...(purpose !== undefined ? { purpose } : {}),
  };
}

const unfit = (path: string, detail: Text): Refusal =>
  invalid(path, detail, ['更正分录后再提交', 'Correct the lines and send them again']);
