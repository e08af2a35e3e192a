import { z } from 'zod';
import type { Instant } from '../../sdk/time.ts';
import type { ActContext, ActKind } from '../act-kind.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { addMs, toDate } from '../time/civil.ts';
import { bookOfTarget, findPayout, heads, rolesOf } from './access.ts';
import type { Payout } from './state.ts';

/**
 * The way a code reaches the beneficiary: on a slip of paper that the approver's side prints, or over a channel of his own
 * that is verified.
 */
export type CodeWay = 'slip' | 'channel';

/** A code that can confirm a payout. The code itself lies hashed in the tables, never in the record. */
export interface PayoutCode {
  /** `<payout>.<n>`. */
  readonly id: string;
  readonly way: CodeWay;
  readonly by: string;
  readonly until: Instant;
  /** How many were given out for the payout, and on the day of the last one. */
  readonly n: number;
  readonly today: number;
  readonly at: Instant;
}

/** What the event of a code carries. */
export interface CodeEventData {
  'payout.codeIssued': { book: string; id: string; code: string; way: CodeWay; until: Instant; by: string };
}

/** Codes a payout is given a day. */
export const MOST_CODES_A_DAY = 5;

const lastsMs: Readonly<Record<CodeWay, number>> = { slip: 72 * 3_600_000, channel: 30 * 60_000 };

const data = z.strictObject({ way: z.enum(['slip', 'channel']) });

/**
 * A one-time code is given out with which the beneficiary confirms that a payout has arrived (`payout.confirm` with
 * `data.code`): by the approver's side, never by who holds the money. A new code ends the one before. The act alone makes no
 * code: `POST /cases/{id}/payouts/{payoutId}/code` does. Refused: NOT_OPEN, BLOCKED (not approved), ROLES_COLLIDE, TOO_OFTEN.
 */
export const payoutIssueCode: ActKind<z.infer<typeof data>> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: ({ world, act }) => [
    ...rolesOf(world.program, bookOfTarget(act.target), (def) => [def.approves]),
    ...heads,
    'caseworker',
  ],
  decide(ctx) {
    const { state, world, act, roles } = ctx;
    const found = findPayout(state, world.program, act.target, ['approved', 'paid']);
    if (!found || found.payout.state === 'requested') return notApproved(found !== undefined);
    const { def, id, payout } = found;
    if (roles.has(def.cash) || payout.paidBy === act.actor.id) {
      return refuse(
        'ROLES_COLLIDE',
        ['付款的人不能经手确认码。', 'Who pays has no part in the code that confirms it.'],
        [['由审批人或经办人发放', 'Let the approver or a caseworker give it out']],
      );
    }
    const today = codesToday(payout, world.now);
    if (today >= MOST_CODES_A_DAY) {
      return refuse(
        'TOO_OFTEN',
        [
          `一笔支付每天最多发放 ${MOST_CODES_A_DAY} 个确认码。`,
          `A payout is given at most ${MOST_CODES_A_DAY} codes a day.`,
        ],
        [['请本人当面确认，或请见证人', 'Have it confirmed in person, or before a witness']],
      );
    }
    const { way } = ctx.data;
    const until = addMs(world.now, lastsMs[way]);
    const code = `${id}.${(payout.code?.n ?? 0) + 1}`;
    return [{ type: 'payout.codeIssued', data: { book: def.book, id, code, way, until, by: act.actor.id } }];
  },
};

function notApproved(there: boolean): Refusal {
  return there
    ? refuse(
        'BLOCKED',
        ['这笔支付还没有批准。', 'The payout is not approved yet.'],
        [['先由审批人批准（payout.approve）', 'Have it approved first (payout.approve)']],
      )
    : refuse(
        'NOT_OPEN',
        ['没有这笔待办的支付申请。', 'There is no such open payout.'],
        [['先提出支付申请（payout.request）', 'Ask for it first (payout.request)']],
      );
}

/** How many codes a payout was given on the day of an instant. */
function codesToday({ code }: Payout, now: Instant): number {
  return code && toDate(code.at) === toDate(now) ? code.today : 0;
}

/** A payout after a code was given out for it. */
export function withCode(payout: Payout, data: CodeEventData['payout.codeIssued'], at: Instant): Payout {
  const { code: id, way, by, until } = data;
  const code = { id, way, by, until, n: (payout.code?.n ?? 0) + 1, today: codesToday(payout, at) + 1, at };
  return { ...payout, code };
}

/**
 * Why a code does not confirm a payout, if so: it was not given out for it, its time is over, it is not the one that was
 * given out or was tried too often (CODE_WRONG), or who types it has read it from the slip himself (ROLES_COLLIDE).
 */
export function codeProblem({ act, world }: ActContext<unknown>, payout: Payout): Refusal | undefined {
  const { code } = payout;
  if (code?.way === 'slip' && code.by === act.actor.id) {
    return refuse(
      'ROLES_COLLIDE',
      ['发放纸质确认码的人不能自己录入。', 'Who gave out the slip does not type in its code.'],
      [['由另一人录入（不能是付款人）', 'Let somebody else type it in, but not who paid']],
    );
  }
  const fact = world.facts.code;
  if (code && code.until > world.now && fact?.id === code.id && fact.holds) return undefined;
  return refuse(
    'CODE_WRONG',
    ['确认码不对、已过期，或试错次数过多。', 'The code is wrong, its time is over, or it was tried too often.'],
    [
      ['核对后再输入；五次不对就作废', 'Check it and type it again; after five wrong tries it is void'],
      ['重新发放确认码，或当面、凭见证确认', 'Have a new one given out, or confirm in person or before a witness'],
    ],
  );
}
