import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import { personsOf } from '../apart.ts';
import { deadlineFor } from '../deadline.ts';
import type { EventDraft } from '../event.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { toDate } from '../time/civil.ts';
import { bookOf, type OpenedBook, own, rolesOf } from './access.ts';
import { advanceProblem, afterAdvance } from './advance-rules.ts';
import { afterMovement } from './advance-state.ts';
import { balanceAfter } from './checks.ts';
import { afterEntry, bothSides, liveEntry, met } from './document.ts';
import { type Draft, type DraftEntry, draftsOf, MOST_DRAFTS } from './drafts.ts';
import { type LedgerEntry, movementFen, readBookId } from './entry.ts';
import { idMaker } from './ids.ts';
import { keeperOf, takingOver } from './keeper.ts';
import { after, ungrouped } from './match.ts';
import { nextVoucher } from './number.ts';
import { payoutVouchersProblem, receiptsTaken } from './posted-facts.ts';
import { paidOutProblem } from './red-ink.ts';
import { words } from './shapes.ts';

/** Whether a voucher of this book waits for a review before it is posted. */
export function isReviewed({ def }: Pick<OpenedBook, 'def'>): boolean {
  return def.profile === 'vouchers';
}

/** A voucher is made and waits for its review, with a clock for the reviewer. LIMIT_REACHED when too many wait already. */
export function drafted(ctx: ActContext<unknown>, book: OpenedBook, draft: DraftEntry): EventDraft[] | Refusal {
  if (Object.keys(draftsOf(book.state)).length >= MOST_DRAFTS) {
    return refuse(
      'LIMIT_REACHED',
      [`已有 ${MOST_DRAFTS} 张凭证等待复核。`, `${MOST_DRAFTS} vouchers wait for their review already.`],
      [['先请复核人处理（voucher.review）', 'Have them reviewed first (voucher.review)']],
    );
  }
  const { def, state } = book;
  const by = ctx.act.actor.id;
  const id = idMaker(def.book, state)('w');
  const { sourceDoc } = draft;
  const name: Text =
    draft.reverses === undefined
      ? [`单据 ${sourceDoc} 的凭证等待复核`, `The voucher of document ${sourceDoc} waits for its review`]
      : [`单据 ${sourceDoc} 的红字凭证等待复核`, `The red-ink voucher of document ${sourceDoc} waits for its review`];
  const deadline = deadlineFor({
    id,
    of: 'discrepancy',
    name,
    answers: def.reviews ?? def.approves,
    start: ctx.world.now,
    budget: def.match,
    ladder: def.ladder,
    world: ctx.world,
    skips: [by],
  });
  return [
    { type: 'voucher.drafted', data: { book: def.book, id, draft, ...takingOver(state, 'ledger', by) } },
    { type: 'deadline.set', data: { deadline } },
  ];
}

const data = z.strictObject({
  approve: z.boolean().describe('true: it is posted and numbered; false: it goes back to who made it'),
  text: words(2000).optional().describe('why it goes back'),
});

/**
 * The reviewer posts a voucher that waits (`target`), which gives it its number and its place among the balances, or sends it
 * back with a reason; the accountant then makes a new one. He is neither who made it nor who recorded the money. Refused:
 * NOT_OPEN, ROLES_COLLIDE, BOOK_FROZEN (its maker keeps the accounts no more: it can only go back), REASON_MISSING, BOOKS_REFUSED,
 * MORE_THAN_OWED, MORE_THAN_PAYOUT, SAME_DOCUMENT (a receipt that was posted meanwhile).
 */
export const voucherReview: ActKind<z.infer<typeof data>> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act }) =>
    rolesOf(world.program, readBookId(act.target ?? '')?.book, (def) => (def.reviews ? [def.reviews] : [])),
  decide(ctx) {
    const { state, world, act } = ctx;
    const key = readBookId(act.target ?? '')?.book;
    const book = key === undefined ? notWaiting(act.target) : bookOf(state, world, key);
    if (isRefusal(book)) return book;
    const id = act.target!;
    const draft = own(draftsOf(book.state), id);
    const made = world.facts.drafts?.find((fact) => fact.id === id)?.entry;
    if (!draft || !made) return notWaiting(id);
    const problem = reviewerProblem(ctx, book, draft);
    if (problem) return problem;
    if (ctx.data.approve) return posted(ctx, book, { id, draft, made });
    const text = ctx.data.text ?? act.reason;
    if (!text) return noReason();
    return [
      { type: 'voucher.returned', data: { book: book.def.book, id, sourceDoc: draft.sourceDoc, text } },
      ...met(ctx, id),
    ];
  },
};

function posted(
  ctx: ActContext<unknown>,
  book: OpenedBook,
  { id, draft, made }: { readonly id: string; readonly draft: Draft; readonly made: DraftEntry },
): EventDraft[] | Refusal {
  const { state, world } = ctx;
  const keeps = keeperOf(book.state, 'ledger') === draft.by;
  if (!keeps || !personsOf(state, book.def.ledger, world.org, world.now).includes(draft.by)) return makerGone();
  const { channel, direction, amountFen, sourceDoc, reverses } = made;
  const balanceFen = balanceAfter(book, 'ledger', channel, movementFen({ direction, amountFen }));
  if (typeof balanceFen === 'object') return balanceFen;
  const period = toDate(world.now).slice(0, 7);
  const no = nextVoucher(book, period);
  const entry: LedgerEntry = {
    id: `${book.def.book}.v.${period}.${no}`,
    no,
    ...made,
    balanceFen,
    period,
    draft: id,
    madeBy: draft.by,
  };
  const progress = () => afterAdvance(ctx, book, made.advance, (each) => afterMovement(each, 'ledger', made));
  if (reverses === undefined) {
    const unowed = advanceProblem(book, 'ledger', { ...made, by: draft.by });
    const more =
      unowed ??
      payoutVouchersProblem(world.facts, made) ??
      receiptsTaken(world.facts, { book: made.book, side: 'ledger' }, made.lines);
    if (more) return more;
    return [
      { type: 'ledger.recorded', data: { entry } },
      ...met(ctx, id),
      ...afterEntry(ctx, book, {
        side: 'ledger',
        sourceDoc,
        live: { ...liveEntry(entry, draft.by), reviewedBy: ctx.act.actor.id },
      }),
      ...progress(),
    ];
  }
  const paidOut = paidOutProblem(book, made);
  if (paidOut) return paidOut;
  const apart = ungrouped(ctx, book, reverses);
  return [
    { type: 'ledger.reversed', data: { entry } },
    ...met(ctx, id),
    ...apart,
    ...afterEntry(ctx, after(book, apart), { side: 'ledger', sourceDoc, live: undefined, ungrouped: apart.length > 0 }),
    ...progress(),
  ];
}

/** ROLES_COLLIDE when the reviewer made the voucher, or recorded the money of its document; or when its maker did. */
function reviewerProblem(ctx: ActContext<unknown>, book: OpenedBook, draft: Draft): Refusal | undefined {
  const { cash } = bothSides(ctx, book, draft.sourceDoc);
  const reviewer = ctx.act.actor.id;
  if (reviewer !== draft.by && reviewer !== cash?.by && cash?.by !== draft.by) return undefined;
  return refuse(
    'ROLES_COLLIDE',
    [
      '制单、复核、收付款必须是三个人。',
      'Who makes a voucher, who reviews it and who records the money are three people.',
    ],
    [['由另一个人复核', 'Let somebody else review it']],
  );
}

function notWaiting(target: string | undefined): Refusal {
  return refuse(
    'NOT_OPEN',
    [`没有等待复核的凭证 ${target ?? ''}。`, `No voucher ${target ?? ''} waits for its review.`],
    [
      [
        '从待复核的凭证中选择（GET /cases/{id}/books/drafts）',
        'Take one of those that wait (GET /cases/{id}/books/drafts)',
      ],
    ],
  );
}

function makerGone(): Refusal {
  return refuse(
    'BOOK_FROZEN',
    ['制单人已不再管账，这张凭证不能入账。', 'Who made it no longer keeps the accounts; the voucher cannot be posted.'],
    [
      [
        '退回（approve: false），由现在的管账人重新制单',
        'Send it back (approve: false); the present accountant makes it anew',
      ],
    ],
  );
}

function noReason(): Refusal {
  return refuse(
    'REASON_MISSING',
    ['退回凭证需要说明原因。', 'A voucher goes back with a reason.'],
    [['填写 data.text 或 reason', 'Give data.text or reason']],
    [{ path: 'data.text', message: inBoth('请写明原因', 'say why') }],
  );
}
