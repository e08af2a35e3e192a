import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { notApart } from '../apart.ts';
import { cancelItem, meet } from '../flow.ts';
import { followUnit } from '../follow-unit.ts';
import { setAnswerClock, toldOwn, toldThere } from '../offer-story.ts';
import { answersFor, RECEIVER, receiverRoles, waitingOffers } from '../offers.ts';
import { assignIn } from '../open.ts';
import { homeOf, unitsUp } from '../org.ts';
import { ownWorkProblem } from '../own-hands.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Assignment, Offer, OpenItem } from '../state.ts';
import { add, type Story, tell } from '../story.ts';
import { together } from '../told.ts';
import { assignments, isOfUnit, namedIn, onlyOne, PATH, RUNNING_CASE, strangerProblem } from './asking.ts';
import { moneyProblem } from './life.ts';

const acceptShape = z.strictObject({ assignments: assignments.optional() });

/** The unit that was asked takes the case, or opens a case for the matter that was referred to it. */
const acceptTransfer: ActKind<z.infer<typeof acceptShape>> = {
  data: acceptShape,
  statuses: RUNNING_CASE,
  lateExempt: true,
  who: () => [RECEIVER],
  outsiders: asReceiver,
  decide(context) {
    const { state, world, act, data } = context;
    const offer = offerAnswered(context);
    if (isRefusal(offer)) return offer;
    if (offer.by === act.actor.id) return sameHands();
    const wanted = { ...offer.assignments, ...data.assignments };
    const story = tell(state, world, world.now, act.actor.id);
    const unit = homeOf(world.org, offer.unit);
    if (offer.kind === 'referral')
      return strangerProblem(world, namedIn(world.org, wanted), unit) ?? acceptReferral(story, offer, wanted);
    const early = (unit === state.unit ? gone() : undefined) ?? moneyProblem(context);
    if (early) return early;
    const filled = assignIn({ assignments: wanted, unit }, world, { path: PATH });
    if (isRefusal(filled)) return filled;
    const problem = strangerProblem(world, filled, unit) ?? apartProblem(context, filled);
    if (problem) return problem;
    takeOver(story, { ...offer, unit }, filled);
    return story.events;
  },
};

/** The two units have become one since it was offered. */
function gone(): Refusal {
  return refuse(
    'NOT_OPEN',
    ['两个单位已经合并，个案已在本单位。', 'The two units were merged: the case is here already.'],
    [['用 case.revokeTransfer 撤回请求', 'Take the request back with case.revokeTransfer']],
  );
}

function takeOver(story: Story, { id, kind, unit, by }: Offer, filled: Record<string, Assignment>): void {
  const { state, world } = story;
  const told = together(toldOwn(story, by), toldThere(story, unit));
  add(story, { type: 'transfer.accepted', data: { id, kind, unit, told } });
  meet(story, id, world.now);
  const up = unitsUp(world.org, unit);
  for (const item of Object.values(story.state.items)) {
    if (item.kind === 'escalation' && !up.includes(story.state.deadlines[item.id]?.unit ?? '')) {
      cancelItem(story, item, ['个案已移交', 'the case was handed over']);
    } else if (item.kind !== 'escalation' && isLeftBehind(story, unit, item)) {
      add(story, { type: 'item.assigned', data: { id: item.id, assignee: {} } });
    }
  }
  // a role that nobody fills there is nobody's: it does not stay with the old unit
  const vacant = Object.keys(state.assignments).filter((role) => !Object.hasOwn(filled, role));
  const roles = { ...Object.fromEntries(vacant.map((role) => [role, {}])), ...filled };
  add(story, { type: 'case.moved', data: { unit, from: state.unit, why: 'transfer', assignments: roles } });
  followUnit(story, state.unit);
}

/** Whether an item was given to somebody who has nothing to do with the case there: no party, and not of the new unit or above. */
function isLeftBehind({ state, world }: Story, unit: string, { assignee }: OpenItem): boolean {
  if (!assignee || isOfUnit(world, unit, assignee)) return false;
  return !Object.values(state.parties).some(({ person }) => person !== undefined && person === assignee.person);
}

function acceptReferral(story: Story, offer: Offer, wanted: Record<string, string>) {
  const { id, kind, unit, by, text = '', program, shared } = offer;
  const told = together(toldOwn(story, by), toldThere(story, unit));
  add(story, { type: 'transfer.accepted', data: { id, kind, unit, told } });
  meet(story, id, story.world.now);
  add(story, {
    type: 'effect.asked',
    data: {
      ...{ id, kind: 'child', item: id, program: program ?? story.state.program.id },
      child: { unit, text, shared: shared ?? { fields: [], parties: [], data: {} }, assignments: wanted },
    },
  });
  setAnswerClock(story, offer);
  return story.events;
}

/** The request an act answers: by its id, or the only one this actor may answer. */
function offerAnswered({ state, act, world }: ActContext): Offer | Refusal {
  const mine = waitingOffers(state).filter(
    ({ unit }) => answersFor(world.org, { from: state.unit, to: unit }, act.actor, world.now) !== undefined,
  );
  return onlyOne(mine, act.target);
}

function asReceiver({ state, act, world }: Pick<ActContext, 'state' | 'act' | 'world'>) {
  return receiverRoles(state, act.actor, world.org, world.now);
}

function sameHands(): Refusal {
  return refuse(
    'ROLES_COLLIDE',
    ['不能接收自己提出的请求。', 'Nobody accepts what he offered himself.'],
    [['由接收单位的其他人员接收', 'Let somebody else of that unit accept it']],
  );
}

function apartProblem({ state, world }: ActContext, filled: Record<string, Assignment>): Refusal | undefined {
  const sentence: Text | undefined = notApart(
    world.program,
    { parties: state.parties, assignments: filled },
    world.org,
    world.now,
  );
  const problem = sentence ?? ownWorkProblem(state.parties, filled, world);
  return problem && refuse('ROLES_COLLIDE', problem, [['换一个岗位或人', 'Choose another post or person']]);
}

/** The unit that was asked says no. The case stays where it is. */
const refuseTransfer: ActKind<Record<string, never>> = {
  data: z.strictObject({}),
  statuses: RUNNING_CASE,
  reasonNeeded: true,
  lateExempt: true,
  who: () => [RECEIVER],
  outsiders: asReceiver,
  decide(context) {
    const { state, world, act } = context;
    const offer = offerAnswered(context);
    if (isRefusal(offer)) return offer;
    const story = tell(state, world, world.now, act.actor.id);
    const { id, kind, unit, by } = offer;
    add(story, { type: 'transfer.refused', data: { id, kind, unit, told: toldOwn(story, by) } });
    meet(story, id, world.now);
    return story.events;
  },
};

/** The answers of a unit that is asked. */
export const receivingActs: Readonly<Record<string, ActKind>> = {
  'case.acceptTransfer': actKind(acceptTransfer),
  'case.refuseTransfer': actKind(refuseTransfer),
};
