import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { OpenedBook } from './access.ts';
import { yuan } from './checks.ts';
import type { MonthChannel } from './close-month.ts';
import type { MonthEnd, Period } from './closings.ts';
import type { BookState, OpenDocument } from './state.ts';

/**
 * The channels on which the two sides end a month differently. A channel on which nothing moved ends it as the month before
 * did: what it differs by was signed then.
 */
export function differing(period: Period, channels: readonly MonthChannel[]): readonly MonthEnd[] {
  return channels.flatMap(({ channel, cash, ledger }): readonly MonthEnd[] => {
    const moved = [cash, ledger].some(({ inFen, outFen }) => inFen !== 0 || outFen !== 0);
    if (!moved || cash.closingFen === ledger.closingFen) return [];
    return [{ period, channel, cashFen: cash.closingFen, ledgerFen: ledger.closingFen }];
  });
}

/** Those of the differences at the end of a month that the approver has not signed. */
export function unsigned({ closings }: BookState, ends: readonly MonthEnd[]): readonly MonthEnd[] {
  return ends.filter(({ period, channel, cashFen, ledgerFen }) => {
    const { signed } = closings ?? {};
    return signed?.period !== period || signed.channels[channel]?.fen !== cashFen - ledgerFen;
  });
}

/** By channel the differences by which the approver has signed what a month ends with. */
export function signatures({ closings }: BookState, ends: readonly MonthEnd[]): Readonly<Record<string, string>> {
  const signed = closings?.signed?.channels ?? {};
  return Object.fromEntries(ends.map(({ channel }) => [channel, signed[channel]!.id]));
}

/** BLOCKED while the approver has not signed what the two sides of a month differ by: the accountant alone does not. */
export function signatureProblem({ def, state }: OpenedBook, ends: readonly MonthEnd[]): Refusal | undefined {
  const open = unsigned(state, ends);
  if (open.length === 0) return undefined;
  const { period } = open[0]!;
  const figures = open.map(({ channel, cashFen, ledgerFen }) => [channel, yuan(cashFen - ledgerFen)] as const);
  const [zh, en] = [
    figures.map(([channel, fen]) => `${channel} ${fen} 元`).join('、'),
    figures.map(([channel, fen]) => `${channel} ${fen} yuan`).join(', '),
  ];
  return refuse(
    'BLOCKED',
    [
      `${period} 月末两边的差额（${zh}）还没有由审批人签认。`,
      `The approver has not signed what the two sides differ by at the end of ${period} (${en}).`,
    ],
    [
      [
        `先对月末的账：books.reconcile，data 写 {"book":"${def.book}","month":"${period}"}，差额即交审批人`,
        `Compare the end of the month first: books.reconcile with {"book":"${def.book}","month":"${period}"} puts it before the approver`,
      ],
      ['由审批人签认（discrepancy.decide，carry）', 'Then have the approver sign it (discrepancy.decide, carry)'],
    ],
    open.map(({ channel }) => ({
      path: `data.carry.${channel}`,
      message: inBoth('审批人未签认', 'not signed by the approver'),
    })),
  );
}

/** The document that stands for a difference at the end of a month: no paper, nothing is recorded on it. */
export function documentOf(month: MonthEnd, since: string): OpenDocument {
  return { sourceDoc: `月结 ${month.period} ${month.channel}`, since, month };
}

/** A book after the approver has signed what a channel differs by at the end of a month. */
export function withSignature(book: BookState, id: string, month: MonthEnd): BookState {
  const { period, channel, cashFen, ledgerFen } = month;
  const before = book.closings?.signed?.period === period ? book.closings.signed.channels : {};
  const channels = { ...before, [channel]: { id, fen: cashFen - ledgerFen } };
  return { ...book, closings: { ...book.closings, signed: { period, channels } } };
}
