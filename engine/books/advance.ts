import { z } from 'zod';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { toDate } from '../time/civil.ts';
import { bookOf, bookOfTarget, heads, keepers, type OpenedBook, own, rolesOf } from './access.ts';
import { repayClock } from './advance-rules.ts';
import { cashRecord } from './cash.ts';
import { cancelled } from './document.ts';
import { idMaker } from './ids.ts';
import { ledgerRecord } from './ledger.ts';
import { isForMany } from './persons.ts';
import { openAdvances } from './register-state.ts';
import { amountFen, bookKey, channel, sourceDoc, words } from './shapes.ts';

const recordData = z.strictObject({
  book: bookKey,
  amountFen,
  paid: z
    .enum(['into the book', 'to others'])
    .describe('into the book: both sides record it as money in (its id in `advance`); to others: no money moves yet'),
  helper: z.strictObject({
    name: words(100),
    person: words(100).optional().describe('the id of the helper, where he has a login'),
    party: words(100).optional().describe('the id of the party, where he is one of the case'),
  }),
  for: words(500).describe('what it was paid for'),
  sourceDoc,
  households: z.array(words(100)).max(200).optional().describe('the keys of the households it was paid for'),
});

/**
 * Registers that a helper has paid from his own pocket: his claim on the book, with a clock until it is repaid. Recorded by
 * neither keeper, so that it tells none of them the other's figure, and like every entry with the number of its paper
 * (`sourceDoc`, on both sides the same); a photo of it may go into `evidence`. Refused: INVALID_DATA (also money paid into a
 * book of several persons: it would leave it only as a payout of one of them), ROLES_COLLIDE (the helper himself, or a keeper).
 */
export const advanceRecord: ActKind<z.infer<typeof recordData>> = {
  data: recordData,
  statuses: ['open', 'suspended', 'followUp'],
  who: ({ world, data }) => [...rolesOf(world.program, data.book, (def) => [def.approves]), 'caseworker', ...heads],
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { data, act } = ctx;
    const problem = recorderProblem(ctx, book) ?? manyProblem(ctx, book);
    if (problem) return problem;
    const next = idMaker(book.def.book, book.state);
    const id = next('a');
    const { person, party, name } = data.helper;
    return [
      {
        type: 'advance.recorded',
        data: {
          ...{ book: book.def.book, id, no: (book.state.advances?.no ?? 0) + 1, paid: data.paid },
          ...{ amountFen: data.amountFen, text: data.for, sourceDoc: data.sourceDoc, occurredDate: toDate(ctx.at) },
          helper: { name, ...(person ? { person } : {}), ...(party ? { party } : {}) },
          ...(data.households?.length ? { households: data.households } : {}),
          clock: id,
          ...(act.evidence?.length ? { evidence: act.evidence } : {}),
        },
      },
      repayClock({ ...ctx, at: ctx.at }, book, id, data.sourceDoc),
    ];
  },
};

const repayData = z.strictObject({
  side: z.enum(['cash', 'ledger']).default('cash').describe('whose record it is: the cash holder, or the accountant'),
  channel,
  amountFen,
  sourceDoc,
  text: words(500).optional(),
  payout: words(100).optional().describe('the approved payout this pays'),
});

/**
 * Repays an advance (`target`), in full or in part: what `cash.record` or `ledger.record` with `advance` would do, each keeper
 * for his side. Refused as those are, and NOT_OPEN, MORE_THAN_OWED.
 */
export const advanceRepay: ActKind<z.infer<typeof repayData>> = {
  data: repayData,
  statuses: ['open', 'suspended', 'followUp'],
  who: ({ world, act, data }) => keepers(world.program, data.side, bookOfTarget(act.target)),
  decide(ctx) {
    const { state, world, act, data } = ctx;
    const found = findAdvance(ctx, act.target);
    if (isRefusal(found)) return found;
    const { id, book } = found;
    const { side, channel, amountFen, sourceDoc, text, payout } = data;
    const shared = {
      ...{ book: book.def.book, direction: 'out' as const, sourceDoc, channel, advance: id },
      ...(payout === undefined ? {} : { payout }),
    };
    const summary = text ?? '归还垫付款';
    const rest = { state, world, act, at: ctx.at, roles: ctx.roles };
    if (side === 'cash') return cashRecord.decide({ ...rest, data: { ...shared, amountFen, text: summary } });
    return ledgerRecord.decide({ ...rest, data: { ...shared, lines: [{ text: summary, amountFen }] } });
  },
};

const withdrawData = z.strictObject({});

/**
 * Ends a claim that is none: registered by mistake, or the rest waived. Only while no money of it lies in the book. Refused:
 * NOT_OPEN, BLOCKED (money came in and has not gone back, or the sides say different things), ROLES_COLLIDE.
 */
export const advanceWithdraw: ActKind<z.infer<typeof withdrawData>> = {
  data: withdrawData,
  statuses: ['open', 'suspended', 'followUp'],
  reasonNeeded: true,
  who: ({ world, act }) => [...rolesOf(world.program, bookOfTarget(act.target), (def) => [def.approves]), ...heads],
  decide(ctx) {
    const found = findAdvance(ctx, ctx.act.target);
    if (isRefusal(found)) return found;
    const { id, book, advance } = found;
    const problem = recorderProblem(ctx, book);
    if (problem) return problem;
    const { cash, ledger, paid } = advance;
    const held = paid === 'into the book' && (cash.inFen !== cash.outFen || ledger.inFen !== ledger.outFen);
    if (held || cash.outFen !== ledger.outFen) {
      return refuse(
        'BLOCKED',
        [
          '账上还有这笔垫付款，或两边记的不一样。',
          'Money of this advance is still in the book, or both sides say different things.',
        ],
        [
          ['归还后再注销（advance.repay）', 'Repay it first (advance.repay)'],
          ['记错的先红字冲销（entry.reverse）', 'Reverse what was recorded by mistake first (entry.reverse)'],
          [
            '转为捐赠：先归还，再登记捐赠（gift.record）',
            'Given as a gift: repay it, then record the gift (gift.record)',
          ],
        ],
      );
    }
    return [
      { type: 'advance.settled', data: { book: book.def.book, id, how: 'withdrawn' } },
      ...cancelled(ctx, advance.clock),
    ];
  },
};

/** ROLES_COLLIDE where the helper himself, or who keeps a side of the book, would register or withdraw the claim. */
function recorderProblem(
  { act, roles, data }: ActContext<{ readonly helper?: { readonly person?: string | undefined } }>,
  { def }: OpenedBook,
): Refusal | undefined {
  const himself = data.helper?.person === act.actor.id;
  if (!himself && !roles.has(def.cash) && !roles.has(def.ledger)) return undefined;
  return refuse(
    'ROLES_COLLIDE',
    himself
      ? ['垫付人不能自己登记。', 'Who advanced the money does not register it himself.']
      : [
          '管钱人和管账人各记各的账，垫付由别人登记。',
          'Each keeper records his own side; an advance is registered by others.',
        ],
    [['由审批人、经办人或上级负责人登记', 'Let the approver, a caseworker or a head above register it']],
  );
}

/** INVALID_DATA where a helper's money would lie among that of several persons: whatever leaves such a book is charged to one of them. */
function manyProblem(
  { world, data }: ActContext<z.infer<typeof recordData>>,
  { def }: OpenedBook,
): Refusal | undefined {
  if (data.paid !== 'into the book' || !isForMany(world.program, def)) return undefined;
  return refuse(
    'INVALID_DATA',
    [
      '这本账只放多个当事人各自的钱，垫付款不能存进来。',
      "The book keeps the money of several persons, each by itself: a helper's money is not put among it.",
    ],
    [
      ['直接付给收款方，登记为 to others', 'Pay those it is for, and register it as paid to others'],
      ['存入项目资金账', 'Pay it into a book of project funds'],
    ],
    [{ path: 'data.paid', message: inBoth('这本账不收垫付款', 'not into this book') }],
  );
}

function findAdvance({ state, world }: Pick<ActContext, 'state' | 'world'>, target: string | undefined) {
  const book = bookOf(state, world, bookOfTarget(target) ?? '');
  const open = isRefusal(book) ? {} : openAdvances(book.state);
  const advance = target === undefined ? undefined : own(open, target);
  if (isRefusal(book) || target === undefined || !advance) {
    return refuse(
      'NOT_OPEN',
      ['没有这笔未结清的垫付款。', 'There is no such open advance.'],
      [['从垫付登记簿中选择编号（GET /cases/{id}/books/advances）', 'Take the id from GET /cases/{id}/books/advances']],
    );
  }
  return { id: target, book, advance };
}
