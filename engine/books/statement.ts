import { z } from 'zod';
import type { Book, Program, Text } from '../../sdk/program.ts';
import type { ActKind } from '../act-kind.ts';
import { deadlineFor } from '../deadline.ts';
import type { EventDraft } from '../event.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { State } from '../state.ts';
import type { World } from '../world.ts';
import { heads, rolesOf, voicesOf } from './access.ts';
import { ENTRUSTED } from './accounts.ts';
import type { Period } from './closings.ts';
import { met } from './document.ts';
import { bookKey, month } from './shapes.ts';
import type { ClosedAccount } from './year.ts';

/** Time from the closing of a month until whoever the money belongs to has its statement in his hands, where the program says nothing. */
const GIVEN_WITHIN = '10 working days';

const data = z.strictObject({
  book: bookKey,
  month: month.optional().describe('YYYY-MM; without it the oldest month whose statement is due'),
  how: z
    .enum(['explained', 'sent'])
    .default('explained')
    .describe('explained: handed over and gone through together; sent: by letter or message'),
});

/**
 * The statement of a closed month has reached whoever the money belongs to (or the guardian): it was handed over and explained,
 * or sent; a photo of the signed sheet goes into `evidence`. Not for the two who keep the books. Refused: NOT_OPEN.
 */
export const booksGiveStatement: ActKind<z.infer<typeof data>> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, data: { book } }) => [
    ...rolesOf(world.program, book, (def) => [
      giverOf(world.program, def),
      def.approves,
      ...voicesOf(world.program, def),
    ]),
    'caseworker',
    ...heads,
  ],
  decide(ctx) {
    const { book, month, how } = ctx.data;
    const due = openStatements(ctx.state, book);
    const period = due.find((each) => month === undefined || each === month);
    if (period === undefined) return nothingDue(due);
    const { evidence } = ctx.act;
    return [
      { type: 'statement.given', data: { book, period, how, ...(evidence?.length ? { evidence } : {}) } },
      ...met(ctx, clockOf(book, period)),
    ];
  },
};

/** The months of a book whose statements are due, oldest first. */
export function openStatements({ deadlines }: Pick<State, 'deadlines'>, book: string): readonly Period[] {
  const prefix = clockOf(book, '');
  return Object.keys(deadlines)
    .flatMap((id) => (id.startsWith(prefix) ? [id.slice(prefix.length)] : []))
    .sort();
}

/**
 * What follows for the statement when a month is closed: where the money is held for somebody and he had any, or some moved, a
 * task with a clock for the post that answers for him. No amount stands in it: it is in the statement alone.
 */
export function statementDue(
  { world }: { readonly world: World },
  def: Book,
  { period, accounts }: { readonly period: Period; readonly accounts: readonly ClosedAccount[] },
): EventDraft[] {
  if (def.keeps !== 'held for beneficiary' || !accounts.some(({ account }) => account === ENTRUSTED)) return [];
  const name: Text = [
    `交付并说明对账单：${def.name[0]} ${period}`,
    `Hand over and explain the statement: ${def.name[1]}, ${period}`,
  ];
  const deadline = deadlineFor({
    ...{ id: clockOf(def.book, period), of: 'discrepancy', name, answers: giverOf(world.program, def), world },
    ...{ start: world.now, budget: def.statementWithin ?? GIVEN_WITHIN, ladder: def.ladder },
  });
  return [{ type: 'deadline.set', data: { deadline } }];
}

/** The post that answers for whose money it is; the approver where that is one of the two who keep the books. */
function giverOf({ roles }: Program, def: Book): string {
  const owner = roles[def.confirms];
  const answers = owner && 'answers' in owner ? owner.answers : undefined;
  return answers === undefined || answers === def.cash || answers === def.ledger ? def.approves : answers;
}

function clockOf(book: string, period: Period): string {
  return `${book}.t.${period}`;
}

function nothingDue(due: readonly Period[]): Refusal {
  const list = due.join(', ');
  return refuse(
    'NOT_OPEN',
    ['没有等待交付的这份对账单。', 'No such statement waits to be handed over.'],
    [
      list === ''
        ? ['结账后才有待交付的对账单', 'A statement is due once its month is closed']
        : [`待交付的月份：${due.join('、')}`, `Due: ${list}`],
    ],
  );
}
