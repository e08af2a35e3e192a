import { z } from 'zod';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { bookOf, bookOfTarget, findPayout, heads, rolesOf, whyNotApprover } from './access.ts';
import { channelProblem } from './checks.ts';
import { idMaker } from './ids.ts';
import { amountFen, bookKey, channel, words } from './shapes.ts';

const requestData = z.strictObject({ book: bookKey, channel, amountFen, text: words(500) });
const decideData = z.strictObject({ text: words(500).optional() });
const confirmData = z.strictObject({
  witness: words(100).optional().describe('a named person other than the actor'),
  note: words(500).optional(),
});

/** Asks for money of the book. Whoever asks does not approve, unless he only writes down what the beneficiary asks (`onBehalfOf`). */
export const payoutRequest: ActKind<z.infer<typeof requestData>> = {
  data: requestData,
  statuses: ['open', 'suspended', 'followUp'],
  who: ({ world, data }) => [
    ...rolesOf(world.program, data.book, (def) => [def.confirms, def.cash, def.ledger, def.approves]),
    'caseworker',
  ],
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { channel, amountFen, text } = ctx.data;
    const problem = channelProblem(book, channel);
    if (problem) return problem;
    const id = idMaker(book.def.book, book.state)('p');
    const { actor, onBehalfOf } = ctx.act;
    const by = onBehalfOf ?? actor.id;
    return [
      {
        type: 'payout.requested',
        data: { book: book.def.book, id, channel, amountFen, text, by, ...(onBehalfOf ? { onBehalfOf } : {}) },
      },
    ];
  },
};

/** The approver lets a payout be made. Refused: NOT_OPEN, ALREADY_DONE, ROLES_COLLIDE (who asked for it), FORBIDDEN. */
export const payoutApprove: ActKind<z.infer<typeof decideData>> = {
  data: decideData,
  statuses: ['open', 'suspended', 'followUp'],
  who: approvers,
  decide(ctx) {
    const found = requested(ctx);
    if (isRefusal(found)) return found;
    return [{ type: 'payout.approved', data: { book: found.def.book, id: found.id, by: ctx.act.actor.id } }];
  },
};

/** The approver refuses a payout, with the reason. */
export const payoutRefuse: ActKind<z.infer<typeof decideData>> = {
  data: decideData,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  reasonNeeded: true,
  who: approvers,
  decide(ctx) {
    const found = requested(ctx);
    if (isRefusal(found)) return found;
    return [{ type: 'payout.refused', data: { book: found.def.book, id: found.id, by: ctx.act.actor.id } }];
  },
};

/**
 * The beneficiary says that the money has arrived: in person, or somebody other than the payer on his behalf with evidence
 * or a named witness. Refused: NOT_OPEN, BLOCKED (not paid yet), ROLES_COLLIDE (the payer), EVIDENCE_MISSING, FORBIDDEN.
 */
export const payoutConfirm: ActKind<z.infer<typeof confirmData>> = {
  data: confirmData,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act }) => {
    const roles = rolesOf(world.program, bookOfTarget(act.target), (def) =>
      act.onBehalfOf ? [def.confirms, def.approves, def.ledger, def.cash] : [def.confirms],
    );
    return act.onBehalfOf ? [...roles, 'caseworker'] : roles;
  },
  decide(ctx) {
    const { state, world, act, data, roles } = ctx;
    const found = findPayout(state, world.program, act.target, ['paid']);
    if (!found) return noPayout();
    const { def, id, payout } = found;
    if (payout.state !== 'paid') {
      return refuse(
        'BLOCKED',
        ['这笔钱还没有支付。', 'The money has not been paid out yet.'],
        [['管钱人先登记支出', 'The cash holder records the payment first']],
      );
    }
    const himself = roles.has(def.confirms);
    if (!himself) {
      const problem = onBehalfProblem(ctx, def.confirms, payout.paidBy);
      if (problem) return problem;
    }
    return [
      {
        type: 'payout.confirmed',
        data: {
          book: def.book,
          id,
          by: act.actor.id,
          ...(himself || !act.onBehalfOf ? {} : { onBehalfOf: act.onBehalfOf }),
          ...(data.witness ? { witness: data.witness } : {}),
          ...(act.evidence?.length ? { evidence: act.evidence } : {}),
        },
      },
    ];
  },
};

function approvers({ world, act }: ActContext<unknown>): readonly string[] {
  return [...rolesOf(world.program, bookOfTarget(act.target), (def) => [def.approves]), ...heads];
}

function requested(ctx: ActContext<unknown>) {
  const found = findPayout(ctx.state, ctx.world.program, ctx.act.target, ['requested']);
  if (!found) return noPayout();
  if (found.payout.state !== 'requested') {
    return refuse(
      'ALREADY_DONE',
      ['这笔支付申请已经审批。', 'The payout is already decided.'],
      [['查看账簿中的支付申请', 'Look at the payouts of the book']],
    );
  }
  return whyNotApprover(ctx, found.def, [found.payout.requestedBy]) ?? found;
}

function onBehalfProblem(
  ctx: ActContext<{ witness?: string | undefined }>,
  role: string,
  payer: string | undefined,
): Refusal | undefined {
  const { act, data, state } = ctx;
  const party = Object.hasOwn(state.parties, act.onBehalfOf ?? '') ? state.parties[act.onBehalfOf!] : undefined;
  if (act.onBehalfOf !== role && party?.role !== role) {
    return refuse(
      'FORBIDDEN',
      ['只有本人（或代本人）可以确认收款。', 'Only the beneficiary, or somebody on his behalf, confirms it.'],
      [[`写明 onBehalfOf: ${role}`, `Give onBehalfOf: ${role}`]],
    );
  }
  if (payer === act.actor.id || data.witness === act.actor.id) {
    return refuse(
      'ROLES_COLLIDE',
      ['付款人不能替本人确认，见证人须是他人。', 'The payer cannot confirm for him, and a witness is another person.'],
      [['由其他人代为确认', 'Let somebody else confirm on his behalf']],
    );
  }
  if (!act.evidence?.length && !data.witness) {
    return refuse(
      'EVIDENCE_MISSING',
      ['代为确认需要签字材料或见证人。', 'Confirming on his behalf needs evidence or a witness.'],
      [['附上签收单，或写明见证人', 'Attach the signed receipt, or name a witness']],
    );
  }
  return undefined;
}

function noPayout(): Refusal {
  return refuse(
    'NOT_OPEN',
    ['没有这笔待办的支付申请。', 'There is no such open payout.'],
    [['先提出支付申请（payout.request）', 'Ask for it first (payout.request)']],
  );
}
