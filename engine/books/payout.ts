import { z } from 'zod';
import type { Book } from '../../sdk/program.ts';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import { onBehalfProblem, proofProblem } from '../acts/proof.ts';
import { personsOf } from '../apart.ts';
import { roleMeant, roleName } from '../lookup.ts';
import { inBoth, NEEDED, oneOf, type Refusal, refuse } from '../refusal.ts';
import { GUARDIAN, guardianStands } from '../rights.ts';
import { goneFrom } from '../voice/settlement.ts';
import { bookOf, bookOfTarget, findPayout, heads, own, rolesOf, voicesOf, whyNotApprover } from './access.ts';
import { channelProblem } from './checks.ts';
import { idMaker } from './ids.ts';
import { allowanceSeen, effectOf, unseenProblem } from './income.ts';
import { codeProblem } from './payout-code.ts';
import { isForMany, personMeant, personProblem, personsIn } from './persons.ts';
import { amountFen, bookKey, channel, words } from './shapes.ts';

const requestData = z.strictObject({
  book: bookKey,
  channel,
  amountFen,
  text: words(500),
  party: words(60)
    .optional()
    .describe('whose money it is, where the book keeps that of several persons (id of a party)'),
  witness: words(100).optional().describe('a named person other than the actor, when he asks for somebody'),
  allowanceSeen,
});
const approveData = z.strictObject({ text: words(500).optional(), allowanceSeen });
const decideData = z.strictObject({ text: words(500).optional() });
const confirmData = z.strictObject({
  witness: words(100).optional().describe('a named person other than the actor'),
  note: words(500).optional(),
  code: z
    .string()
    .regex(/^\d{8}$/)
    .optional()
    .describe('the one-time code the beneficiary was given'),
});

/**
 * Asks for money of the book, also for the beneficiary or his guardian (`onBehalfOf`, with evidence or a witness). Whoever
 * records it never approves it, for whomever he asks. Refused: INVALID_DATA, EVIDENCE_MISSING.
 */
export const payoutRequest: ActKind<z.infer<typeof requestData>> = {
  data: requestData,
  statuses: ['open', 'suspended', 'followUp'],
  who: ({ world, data }) => [
    ...rolesOf(world.program, data.book, (def) => [
      ...voicesOf(world.program, def),
      ...[def.cash, def.ledger, def.approves],
    ]),
    'caseworker',
  ],
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { channel, amountFen, text, witness } = ctx.data;
    const problem = channelProblem(book, channel);
    if (problem) return problem;
    const voice = estateProblem(ctx) ?? voiceOf(ctx, book.def);
    if (voice && isRefusal(voice)) return voice;
    const party = personMeant(
      { state: ctx.state, program: ctx.world.program, def: book.def },
      ownOr(ctx, book.def),
      'data.party',
    );
    if (typeof party === 'object') return party;
    const allowance = effectOf(ctx, book, { amountFen });
    const unseen = unseenProblem(allowance, ctx.data.allowanceSeen);
    if (unseen) return unseen;
    const id = idMaker(book.def.book, book.state)('p');
    const { actor, evidence } = ctx.act;
    return [
      {
        type: 'payout.requested',
        data: {
          book: book.def.book,
          id,
          channel,
          amountFen,
          text,
          ...(party === undefined ? {} : { party }),
          by: actor.id,
          ...voice,
          ...(witness ? { witness } : {}),
          ...(evidence?.length ? { evidence } : {}),
          ...(allowance ? { allowance } : {}),
        },
      },
    ];
  },
};

/**
 * The approver lets a payout be made, knowing what it may do to the allowance. Refused: NOT_OPEN, ALREADY_DONE, ROLES_COLLIDE
 * (who asked for it), FORBIDDEN, ALLOWANCE_AFFECTED.
 */
export const payoutApprove: ActKind<z.infer<typeof approveData>> = {
  data: approveData,
  statuses: ['open', 'suspended', 'followUp'],
  who: approvers,
  decide(ctx) {
    const found = requested(ctx);
    if (isRefusal(found)) return found;
    const { state, def, id, payout } = { ...found, state: ctx.state.books[found.def.book]! };
    const short = personProblem({ def, state }, { ...payout, id });
    if (short) return short;
    const allowance = effectOf(ctx, { def, state }, { id, amountFen: payout.amountFen });
    const unseen = unseenProblem(allowance, ctx.data.allowanceSeen);
    if (unseen) return unseen;
    const by = ctx.act.actor.id;
    return [{ type: 'payout.approved', data: { book: def.book, id, by, ...(allowance ? { allowance } : {}) } }];
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
 * The beneficiary or his guardian says that the money has arrived: in person, or somebody else on his behalf with evidence,
 * a named witness or the one-time code (`data.code`) that was given to the beneficiary alone; never who paid it. Refused: NOT_OPEN, BLOCKED (not paid yet), ROLES_COLLIDE (the payer),
 * INVALID_DATA (spoken for somebody else), EVIDENCE_MISSING, CODE_WRONG.
 */
export const payoutConfirm: ActKind<z.infer<typeof confirmData>> = {
  data: confirmData,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act, state }) => {
    const forHimself = act.onBehalfOf === undefined && goneFrom(state) === undefined;
    const roles = rolesOf(world.program, bookOfTarget(act.target), (def) => [
      ...voicesOf(world.program, def),
      ...(forHimself ? [] : [def.approves, def.ledger, def.cash]),
    ]);
    return forHimself ? roles : [...roles, 'caseworker'];
  },
  decide(ctx) {
    const { state, world, act, data } = ctx;
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
    if (payout.paidBy === act.actor.id) {
      return refuse(
        'ROLES_COLLIDE',
        ['付款人不能确认收款。', 'Who paid the money does not confirm that it arrived.'],
        [['由本人或其他人确认', 'Let the beneficiary or somebody else confirm it']],
      );
    }
    const other = partyProblem(ctx, def, payout.party);
    if (other) return other;
    const voice = estateProblem(ctx) ?? voiceOf(ctx, def, payout.paidBy);
    if (voice && isRefusal(voice)) return voice;
    if (data.code !== undefined) {
      const problem = voice ? codeProblem(ctx, payout) : codeForHimself();
      if (problem) return problem;
    }
    const without = goneFrom(state);
    return [
      {
        type: 'payout.confirmed',
        data: {
          book: def.book,
          id,
          by: act.actor.id,
          ...(voice ? { onBehalfOf: voice.onBehalfOf } : {}),
          ...(data.witness ? { witness: data.witness } : {}),
          ...(data.code !== undefined && payout.code ? { code: payout.code.way } : {}),
          ...(act.evidence?.length ? { evidence: act.evidence } : {}),
          ...(without ? { without } : {}),
        },
      },
    ];
  },
};

/** EVIDENCE_MISSING where money of somebody who died or moved away is asked for or confirmed without a document: to heirs, or elsewhere. */
function estateProblem(ctx: ActContext<{ witness?: string | undefined }>): Refusal | undefined {
  if (goneFrom(ctx.state) === undefined || ctx.act.onBehalfOf !== undefined) return undefined;
  return proofProblem(ctx, {}, ['file']);
}

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
  const { requestedBy, askedBy } = found.payout;
  const involved = [requestedBy, askedBy].filter((person) => person !== undefined);
  return whyNotApprover(ctx, found.def, involved) ?? found;
}

/**
 * For whom an act on a payout speaks: the role, and its person where that one has a login; undefined when the actor speaks
 * for himself. Somebody else's word needs evidence or a witness (EVIDENCE_MISSING), and only those the money is for can be
 * spoken for (INVALID_DATA).
 */
function voiceOf(
  ctx: ActContext<{ witness?: string | undefined; code?: string | undefined }>,
  def: Book,
  payer?: string,
): Voice | Refusal | undefined {
  const { act, state, world, roles, data } = ctx;
  if (act.onBehalfOf === undefined) return undefined;
  const voices = voicesOf(world.program, def);
  const role = roleMeant(state, act.onBehalfOf) ?? '';
  const there = own(state.assignments, role) ?? Object.values(state.parties).find((party) => party.role === role);
  const stands = role !== GUARDIAN || guardianStands(state, world.program, world.now);
  if (!voices.includes(role) || !there || !stands) return noVoice(ctx, voices);
  if (voices.some((each) => roles.has(each))) return undefined;
  const problem = data.code === undefined ? onBehalfProblem(ctx, { witness: data.witness, parts: [payer] }) : undefined;
  if (problem) return problem;
  const named = Object.hasOwn(state.parties, act.onBehalfOf) ? state.parties[act.onBehalfOf]!.person : undefined;
  const [first] = personsOf(state, role, world.org, world.now);
  const askedBy = isForMany(world.program, def) && role === def.confirms ? named : first;
  return { onBehalfOf: role, ...(askedBy ? { askedBy } : {}) };
}

/** The party a payout is asked for: the one it names, or in his own name the party the actor is. */
function ownOr({ state, data, act }: ActContext<z.infer<typeof requestData>>, def: Book): string | undefined {
  if (data.party !== undefined || act.onBehalfOf !== undefined) return data.party;
  const own = personsIn(state, def).find(({ person }) => person === act.actor.id);
  return own && personsIn(state, def).length > 1 ? own.id : undefined;
}

/** INVALID_DATA where money of one person would be confirmed by another whose money the same book keeps. */
function partyProblem({ state, world, act, roles }: ActContext<unknown>, def: Book, party: string | undefined) {
  if (party === undefined || !isForMany(world.program, def)) return undefined;
  const { onBehalfOf } = act;
  const spokenFor = onBehalfOf !== undefined && Object.hasOwn(state.parties, onBehalfOf) && onBehalfOf !== party;
  const speaksHimself = onBehalfOf === undefined && roles.has(def.confirms);
  if (!spokenFor && !(speaksHimself && state.parties[party]?.person !== act.actor.id)) return undefined;
  return refuse(
    'INVALID_DATA',
    ['这笔钱是另一个人的。', "The money is another person's."],
    [['由本人或其监护人确认', 'Let that person or the guardian confirm it']],
    [{ path: 'onBehalfOf', message: inBoth('是另一个人的钱', "is another person's money") }],
  );
}

function codeForHimself(): Refusal {
  return refuse(
    'INVALID_DATA',
    [
      '确认码用于代本人录入，要写明 onBehalfOf。',
      'A code is typed in on behalf of the beneficiary: name him in onBehalfOf.',
    ],
    [['填写 onBehalfOf，或去掉 code 以本人名义确认', 'Fill in onBehalfOf, or leave code out and confirm in person']],
    [{ path: 'onBehalfOf', message: NEEDED }],
  );
}

/** Whom an act on a payout speaks for. */
interface Voice {
  readonly onBehalfOf: string;
  readonly askedBy?: string;
}

function noVoice({ act, world }: ActContext<unknown>, voices: readonly string[]): Refusal {
  return refuse(
    'INVALID_DATA',
    [
      `“${act.onBehalfOf ?? ''}”不是这笔钱的主人，不能代为表示。`,
      `"${act.onBehalfOf ?? ''}" is nobody this money is for, so nobody can speak on that behalf.`,
    ],
    [
      [
        `可以是：${voices.map((role) => roleName(world.program, role)[0]).join('、')}`,
        `It can be: ${voices.join(', ')}`,
      ],
      ['以自己的名义办理：不填 onBehalfOf', 'In your own name: leave onBehalfOf out'],
    ],
    [{ path: 'onBehalfOf', message: oneOf(voices) }],
  );
}

function noPayout(): Refusal {
  return refuse(
    'NOT_OPEN',
    ['没有这笔待办的支付申请。', 'There is no such open payout.'],
    [['先提出支付申请（payout.request）', 'Ask for it first (payout.request)']],
  );
}
