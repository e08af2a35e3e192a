import { deadlineFor } from '../deadline.ts';
import type { EventDraft } from '../event.ts';
import { inBoth, invalid, type Refusal, refuse } from '../refusal.ts';
import { type OpenedBook, own } from './access.ts';
import { type Advance, isRepaid, owedFen } from './advance-state.ts';
import { yuan } from './checks.ts';
import { met, type Scene } from './document.ts';
import type { Direction, Side } from './entry.ts';
import { openAdvances } from './register-state.ts';

/** Time until a helper has his money back, where the program says nothing. */
const REPAID_WITHIN = '30 working days';

/**
 * Why an entry may not name an advance, if so: there is no such open one (INVALID_DATA), money came in that was paid to
 * others (INVALID_DATA), more than was advanced comes in or more than is owed goes out (MORE_THAN_OWED), or the cash holder
 * would pay himself without anybody's approval (ROLES_COLLIDE).
 */
export function advanceProblem(
  book: OpenedBook,
  side: Side,
  entry: {
    readonly advance?: string | undefined;
    readonly direction: Direction;
    readonly amountFen: number;
    readonly payout?: string | undefined;
    readonly by: string;
  },
): Refusal | undefined {
  if (entry.advance === undefined) return undefined;
  const advance = own(openAdvances(book.state), entry.advance);
  if (!advance) return noAdvance(entry.advance);
  if (entry.direction === 'in') {
    if (advance.paid === 'to others') {
      return invalid(
        'data.advance',
        [
          '这笔垫付款是直接付给别人的，没有进账。',
          'This advance was paid to others; no money of it comes into the book.',
        ],
        ['归还时登记支出', 'Record the repayment, money out'],
      );
    }
    const rest = advance.amountFen - advance[side].inFen;
    return entry.amountFen > rest ? tooMuch(rest, entry.amountFen, 'in') : undefined;
  }
  const owed = owedFen(advance, side);
  if (entry.amountFen > owed) return tooMuch(owed, entry.amountFen, 'out');
  if (side === 'ledger' || advance.helper !== entry.by || entry.payout !== undefined) return undefined;
  return refuse(
    'ROLES_COLLIDE',
    ['垫付人不能自己给自己归还。', 'Who advanced the money does not repay himself alone.'],
    [['先申请支付并由审批人批准（payout.request）', 'Ask for it and have it approved first (payout.request)']],
  );
}

/** BOOKS_REFUSED when an entry of an advance cannot be reversed: the advance is settled, or what came in is repaid already. */
export function advanceReversalProblem(
  book: OpenedBook,
  side: Side,
  target: { readonly advance?: string; readonly direction: Direction; readonly amountFen: number },
): Refusal | undefined {
  if (target.advance === undefined) return undefined;
  const advance = own(openAdvances(book.state), target.advance);
  if (!advance) {
    return refuse(
      'BOOKS_REFUSED',
      ['这笔垫付款已经结清，不能冲销。', 'The advance is settled; its entries cannot be reversed.'],
      [
        [
          '若钱已退回，重新登记垫付（advance.record）',
          'If the money came back, register a new advance (advance.record)',
        ],
      ],
    );
  }
  if (target.direction === 'out' || owedFen(advance, side) >= target.amountFen) return undefined;
  return refuse(
    'BOOKS_REFUSED',
    ['这笔垫付款已经归还一部分，不能冲销收到的款项。', 'Part of it is repaid: what came in cannot be reversed.'],
    [['先冲销归还的记录', 'Reverse the repayment first']],
  );
}

/**
 * What follows for an advance from an entry of a side, or from its reversal: it is settled, and its clock met, when both sides
 * have recorded all of the repayment. Not by the journal alone: that would tell the accountant its figure before he has his.
 */
export function afterAdvance(
  scene: Scene,
  book: OpenedBook,
  id: string | undefined,
  after: (advance: Advance) => Advance,
): EventDraft[] {
  const advance = id === undefined ? undefined : own(openAdvances(book.state), id);
  if (id === undefined || !advance || !isRepaid(after(advance))) return [];
  return [{ type: 'advance.settled', data: { book: book.def.book, id, how: 'repaid' } }, ...met(scene, advance.clock)];
}

/** The clock that waits for the repayment, from when the helper paid. */
export function repayClock(
  scene: Scene & { at: string },
  { def }: OpenedBook,
  id: string,
  document: string,
): EventDraft {
  const deadline = deadlineFor({
    ...{ id, of: 'advance', answers: def.approves, start: scene.at, world: scene.world },
    name: [`垫付款待归还：单据 ${document}`, `An advance is to be repaid: document ${document}`],
    budget: def.advances?.within ?? REPAID_WITHIN,
    ladder: def.advances?.ladder ?? def.ladder,
  });
  return { type: 'deadline.set', data: { deadline } };
}

function noAdvance(id: string): Refusal {
  return invalid(
    'data.advance',
    [`没有未结清的垫付款 ${id}。`, `There is no open advance ${id}.`],
    ['先登记垫付（advance.record），再引用它的编号', 'Register it first (advance.record) and name its id'],
  );
}

function tooMuch(owed: number, asked: number, direction: Direction): Refusal {
  const out = direction === 'out';
  return refuse(
    'MORE_THAN_OWED',
    out
      ? [
          `还欠 ${yuan(owed)} 元，不能归还 ${yuan(asked)} 元。`,
          `${yuan(owed)} yuan are owed, not ${yuan(asked)}: no more is repaid than that.`,
        ]
      : [
          `这笔垫付款还可进账 ${yuan(owed)} 元，不是 ${yuan(asked)} 元。`,
          `${yuan(owed)} yuan of this advance can still come in, not ${yuan(asked)}.`,
        ],
    [
      ['核对垫付登记簿和金额', 'Check the register of advances and the amount'],
      ['多出的部分另行登记', 'Record what is beyond it by itself'],
    ],
    [{ path: 'data.amountFen', message: inBoth(`最多 ${owed}`, `at most ${owed}`) }],
  );
}
