import { type Refusal, refuse } from '../refusal.ts';
import type { OpenedBook } from './access.ts';
import type { Side } from './entry.ts';
import type { BookState } from './state.ts';

/**
 * Who keeps a side of a book: who wrote its first entry, or took it over by a count (`book.handOver`). When another comes to
 * fill the role, the side is frozen: nothing is written on it before he has counted what is there, so that nobody answers
 * for money he has never seen. A side with nothing in it needs no count. States from before this rule have no keeper: the
 * first to write becomes it.
 */
export function keeperOf(state: BookState, side: Side): string | undefined {
  return state.keepers?.[side];
}

/** Whether nothing is left on any channel of a side. */
export function isEmpty(state: BookState, side: Side): boolean {
  return Object.values(state[side]).every(({ balanceFen }) => balanceFen === 0);
}

/** Whether a side waits to be counted before this person may write on it. */
export function isFrozenFor(state: BookState, side: Side, person: string): boolean {
  const keeper = keeperOf(state, side);
  return keeper !== undefined && keeper !== person && !isEmpty(state, side);
}

/** BOOK_FROZEN when a side is still in the keeping of somebody else. */
export function frozenProblem({ def, state }: OpenedBook, side: Side, person: string): Refusal | undefined {
  if (!isFrozenFor(state, side, person)) return undefined;
  return refuse(
    'BOOK_FROZEN',
    side === 'cash'
      ? [
          '管钱人已经更换，盘点移交之前这本账不能收付。',
          'Another holds the money now: nothing moves before it is counted and handed over.',
        ]
      : [
          '管账人已经更换，核对移交之前这本账不能记账。',
          'Another keeps the accounts now: nothing is posted before they are checked and handed over.',
        ],
    [
      [
        `由现在的${side === 'cash' ? '管钱人' : '管账人'}在第三人见证下盘点：book.handOver，data 写 {"book":"${def.book}","side":"${side}","channels":{…},"witness":…}`,
        `Let the new keeper count it before a third person: book.handOver with {"book":"${def.book}","side":"${side}","channels":{…},"witness":…}`,
      ],
      [
        '数目不符也照实填写：会立即列为差异，由审批人处理',
        'Write what is there even where it differs: it becomes a discrepancy at once, for the approver',
      ],
    ],
  );
}

/** Marks an entry by which a person becomes the keeper of its side: the first of all, or the first after it was emptied. */
export function takingOver(state: BookState, side: Side, person: string): { readonly keeper?: true } {
  return keeperOf(state, side) === person ? {} : { keeper: true };
}
