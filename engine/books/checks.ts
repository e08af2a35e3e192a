import type { ActContext } from '../act-kind.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { OpenedBook } from './access.ts';
import { bothSides, isLive } from './document.ts';
import { draftFor } from './drafts.ts';
import { type Direction, MOST_FEN, type Side } from './entry.ts';
import type { PostedFacts } from './posted-facts.ts';
import { documentKey } from './state.ts';

/** What an entry must name for the checks that both sides share. */
interface Asked {
  readonly side: Side;
  readonly channel: string;
  readonly sourceDoc: string;
}

/**
 * Why a side may not record a document now, if so: a channel the book does not have (INVALID_DATA), the same document
 * again (SAME_DOCUMENT), or the other side recorded by the same person (ROLES_COLLIDE).
 */
export function entryProblem(ctx: ActContext<unknown>, book: OpenedBook, asked: Asked): Refusal | undefined {
  const { side, channel, sourceDoc } = asked;
  const problem = channelProblem(book, channel);
  if (problem) return problem;
  const recorded = ctx.world.facts.entries.some(
    (fact) => fact.book === book.def.book && fact.side === side && fact.sourceDoc === sourceDoc && isLive(fact),
  );
  const drafted = side === 'ledger' && draftFor(book.state, sourceDoc) !== undefined;
  if (book.state.open[documentKey(sourceDoc)]?.month) {
    return refuse(
      'SAME_DOCUMENT',
      [`${sourceDoc} 是月末差额，不是单据。`, `${sourceDoc} is what a month ended with, and no document.`],
      [['按单据的编号登记', 'Record by the number on the paper']],
    );
  }
  if (recorded || drafted || book.state.open[documentKey(sourceDoc)]?.[side]) {
    return refuse(
      'SAME_DOCUMENT',
      [`单据 ${sourceDoc} 在这一边已经记过。`, `Document ${sourceDoc} is already recorded on this side.`],
      [['若记错，请先红字冲销再重记', 'If it was wrong, reverse that entry first, then record it again']],
    );
  }
  const other = bothSides(ctx, book, sourceDoc)[side === 'cash' ? 'ledger' : 'cash'];
  const matched = ctx.world.facts.entries.some(
    (fact) => fact.match !== undefined && fact.book === book.def.book && fact.sourceDoc === sourceDoc && isLive(fact),
  );
  if (matched) {
    return refuse(
      'SAME_DOCUMENT',
      [
        `单据 ${sourceDoc} 已同另一边的其他单据匹配。`,
        `Document ${sourceDoc} is matched with other papers of the other side already.`,
      ],
      [['若匹配有误，请先红字冲销其中的记录', 'If that was wrong, reverse an entry of the match first']],
    );
  }
  const made = side === 'cash' ? draftFor(book.state, sourceDoc)?.by : undefined;
  if ([other?.by, other?.reviewedBy, made].includes(ctx.act.actor.id)) {
    return refuse(
      'ROLES_COLLIDE',
      ['同一张单据的两边不能由同一个人登记。', 'One person cannot record both sides of a document.'],
      [['由另一边的经手人登记', 'Let the keeper of this side record it']],
    );
  }
  return undefined;
}

/** INVALID_DATA when the book does not have the channel. */
export function channelProblem(book: OpenedBook, channel: string): Refusal | undefined {
  if (!(book.def.channels as readonly string[]).includes(channel)) {
    const names = book.def.channels.join(', ');
    return refuse(
      'INVALID_DATA',
      [`本账簿没有“${channel}”这一收付渠道。`, `The book has no channel "${channel}".`],
      [[`可用：${names}`, `It has: ${names}`]],
      [{ path: 'data.channel', message: inBoth('这本账没有这个渠道', 'not a channel of the book') }],
    );
  }
  return undefined;
}

/** A side's balance after a movement, refused when it leaves the bounds, or for money held when it falls below zero. */
export function balanceAfter(book: OpenedBook, side: Side, channel: string, movedFen: number): number | Refusal {
  const before = book.state[side][channel]?.balanceFen ?? 0;
  const balanceFen = before + movedFen;
  if (side === 'cash' && balanceFen < 0) {
    return refuse(
      'NOT_ENOUGH_MONEY',
      [
        `余额 ${yuan(before)} 元，不够支出 ${yuan(-movedFen)} 元。`,
        `The balance is ${yuan(before)} yuan, ${yuan(-movedFen)} yuan are to leave it.`,
      ],
      [['先登记收入，或减少金额', 'Record what came in first, or pay out less']],
    );
  }
  if (Math.abs(balanceFen) > MOST_FEN) {
    return refuse(
      'BOOKS_REFUSED',
      ['余额超出账簿上限。', 'The balance would leave the bounds of the books.'],
      [['核对金额', 'Check the amount']],
    );
  }
  return balanceFen;
}

/** INVALID_DATA when a voucher names a payout the book never had, or names one for money that comes in. `posted`: the payouts there are. */
export function payoutNameProblem(
  book: OpenedBook,
  payout: string | undefined,
  { direction = 'out', posted }: { readonly direction?: Direction; readonly posted?: PostedFacts | undefined } = {},
): Refusal | undefined {
  if (payout === undefined) return undefined;
  if (direction === 'in') {
    return refuse(
      'INVALID_DATA',
      ['收入不对应支付申请。', 'Money that comes in pays no payout.'],
      [['去掉 payout；支付登记有误时红字冲销', 'Leave payout out; a wrong payment is reversed in red ink']],
      [{ path: 'data.payout', message: inBoth('收入不写支付申请', 'not for money that comes in') }],
    );
  }
  if (Object.hasOwn(book.state.payouts, payout)) return undefined;
  const start = `${book.def.book}.p.`;
  const n = payout.startsWith(start) ? Number(payout.slice(start.length)) : Number.NaN;
  const there = posted ? posted.payouts.some(({ id }) => id === payout) : true;
  if (there && n >= 1 && n <= book.state.serial) return undefined;
  return refuse(
    'INVALID_DATA',
    ['没有这笔支付申请。', 'There is no such payout.'],
    [['核对支付申请编号', 'Check the id of the payout']],
    [{ path: 'data.payout', message: inBoth('没有这笔支付', 'no such payout') }],
  );
}

/** Fen as yuan with two decimals, for texts. */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The approved payout an entry pays: the one it names, or whose id is the source document, or the oldest of that channel and amount. */
export function payoutPaid(
  book: OpenedBook,
  entry: {
    readonly payout?: string | undefined;
    readonly sourceDoc: string;
    readonly channel: string;
    readonly direction: Direction;
    readonly amountFen: number;
  },
): string | Refusal | undefined {
  const { payouts } = book.state;
  const named = entry.payout ?? (Object.hasOwn(payouts, entry.sourceDoc) ? entry.sourceDoc : undefined);
  const fits = (id: string) =>
    payouts[id]!.state === 'approved' &&
    payouts[id]!.channel === entry.channel &&
    payouts[id]!.amountFen === entry.amountFen;
  if (entry.direction === 'out' && !named) return Object.keys(payouts).find(fits);
  if (!named) return undefined;
  if (entry.direction === 'out' && Object.hasOwn(payouts, named) && fits(named)) return named;
  return refuse(
    'BLOCKED',
    [
      `支付申请 ${named} 未批准，或渠道、金额与批准的不同。`,
      `Payout ${named} is not approved, or channel or amount are not as approved.`,
    ],
    [['先由审批人批准，再按批准的渠道和金额支付', 'Have it approved, then pay by the approved channel and amount']],
  );
}

/**
 * Why money may not leave the book, if so: held for a person it goes out by an approved payout only (BLOCKED), whatever it
 * is for, and whoever approved a payout does not make it (ROLES_COLLIDE).
 */
export function payoutProblem(
  { act }: Pick<ActContext<unknown>, 'act'>,
  { def, state }: OpenedBook,
  { direction }: { readonly direction: Direction },
  payout: string | undefined,
): Refusal | undefined {
  if (direction === 'in') return undefined;
  if (payout !== undefined) {
    if (state.payouts[payout]?.approvedBy !== act.actor.id) return undefined;
    return refuse(
      'ROLES_COLLIDE',
      ['批准支付的人不能自己付款。', 'Who approved a payout does not make it.'],
      [['由管钱人付款', 'Let the cash holder pay']],
    );
  }
  if (def.keeps !== 'held for beneficiary') return undefined;
  return refuse(
    'BLOCKED',
    [
      '代管的钱只能按已批准的支付申请支出。',
      'Money held for a person leaves the book only by a payout that was approved.',
    ],
    [
      [
        '先申请（payout.request，手续费等也一样），批准（payout.approve）后按批准的渠道和金额支付',
        'Ask for it (payout.request, for a fee as well), have it approved (payout.approve), then pay channel and amount as approved',
      ],
      [
        '退货或记错：红字冲销原来的收入（entry.reverse）',
        'Goods returned or a wrong entry: reverse what came in (entry.reverse)',
      ],
    ],
  );
}
