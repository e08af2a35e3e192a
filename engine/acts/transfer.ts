import { z } from 'zod';
import { type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { cancelClock } from '../flow.ts';
import { toldThere } from '../offer-story.ts';
import { waitingOffers } from '../offers.ts';
import { assignIn } from '../open.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Offer } from '../state.ts';
import { add, tell } from '../story.ts';
import { ask, askers, assignments, onlyOne, PATH, RUNNING_CASE, strangerProblem, unitProblem } from './asking.ts';
import { receivingActs } from './receiving.ts';
import { referralActs } from './referral.ts';
import { name } from './shapes.ts';
import { sharingShape, voices } from './sharing.ts';

const offerShape = z.strictObject({ unit: name, assignments: assignments.optional(), ...sharingShape });

/** Asks another unit to take the whole case. Nothing changes for the case until it accepts: who received it first stays responsible. */
const offerTransfer: ActKind<z.infer<typeof offerShape>> = {
  data: offerShape,
  statuses: RUNNING_CASE,
  reasonNeeded: true,
  who: (context) => [...askers(context), ...voices(context)],
  decide(context) {
    const { state, data } = context;
    const waiting = waitingOffers(state).find(({ kind }) => kind === 'transfer');
    const problem = unitProblem(context, data.unit) ?? (waiting ? alreadyOffered(waiting) : undefined);
    if (problem) return problem;
    const proposed = data.assignments ?? {};
    const filled = assignIn({ assignments: proposed, unit: data.unit }, context.world, { path: PATH, namedOnly: true });
    if (isRefusal(filled)) return filled;
    const stranger = strangerProblem(context.world, filled, data.unit);
    if (stranger) return stranger;
    return ask(context, { kind: 'transfer', unit: data.unit, ...(data.assignments ? { assignments: proposed } : {}) });
  },
};

function alreadyOffered({ id }: Offer): Refusal {
  return refuse(
    'ALREADY_DONE',
    [`移交请求 ${id} 还在等待答复。`, `The offer ${id} still waits for its answer.`],
    [['先用 case.revokeTransfer 撤回', 'Take it back with case.revokeTransfer first']],
  );
}

/** The side that asked takes its request back, as long as it was not accepted. */
const revokeTransfer: ActKind<Record<string, never>> = {
  data: z.strictObject({}),
  statuses: RUNNING_CASE,
  lateExempt: true,
  who: (context) => [...askers(context), ...voices(context)],
  decide({ state, world, act }) {
    const offer = onlyOne(waitingOffers(state), act.target);
    if (isRefusal(offer)) return offer;
    const story = tell(state, world, world.now, act.actor.id);
    const { id, kind, unit } = offer;
    add(story, { type: 'transfer.revoked', data: { id, kind, unit, told: toldThere(story, unit) } });
    cancelClock(story, id);
    return story.events;
  },
};

/** Between units: the whole case, or one matter of it. */
export const transferActs: Readonly<Record<string, ActKind>> = {
  'case.offerTransfer': actKind(offerTransfer),
  'case.revokeTransfer': actKind(revokeTransfer),
  ...receivingActs,
  ...referralActs,
};
