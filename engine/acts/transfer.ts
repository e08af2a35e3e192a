import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { notApart } from '../apart.ts';
import { cancelClock, cancelItem, meet } from '../flow.ts';
import {
  ANSWER_WITHIN,
  answeringRole,
  OFFER_NAME,
  setAnswerClock,
  setClock,
  toldOwn,
  toldThere,
} from '../offer-story.ts';
import { answersFor, nextOfferId, RECEIVER, receiverRoles, waitingOffers } from '../offers.ts';
import { assignIn } from '../open.ts';
import { homeOf, unitsUp } from '../org.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import type { Assignment, Offer, OpenItem, Shared, State, Status } from '../state.ts';
import { add, type Story, tell } from '../story.ts';
import { together } from '../told.ts';
import type { Org, World } from '../world.ts';
import { moneyProblem } from './life.ts';
import { budget, name, text } from './shapes.ts';
import { sharingConsent, sharingShape, voices } from './sharing.ts';
import { WORKERS } from './work.ts';

/** A case is handed over, referred from and put before a level above in all states but closed. */
export const RUNNING_CASE: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp'];

/** So many requests to other units a case has open at once. */
const MOST_OFFERS = 20;

/** Where the data of an act names posts. */
const PATH = 'data.assignments';

const assignments = z
  .record(z.string(), name)
  .describe('Post or person by role; without it the one post of its kind there');

/** Who turns to another unit or level: those who work on the case. */
export function askers({ state, world }: { state: State; world: Pick<World, 'program'> }): string[] {
  return [...new Set([answeringRole(state, world), ...WORKERS])];
}

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
    const stranger = strangerProblem(context.world.org, filled, data.unit);
    if (stranger) return stranger;
    return ask(context, { kind: 'transfer', unit: data.unit, ...(data.assignments ? { assignments: proposed } : {}) });
  },
};

/** The events of a request: that it was made, and the clock of its answer. */
export function ask(
  context: ActContext<z.infer<z.ZodObject<typeof sharingShape>>>,
  wanted: Omit<Offer, 'id' | 'by' | 'at' | 'accepted'>,
) {
  const { state, world, act } = context;
  const consent = sharingConsent(context);
  if (consent && isRefusal(consent)) return consent;
  if (Object.keys(state.offers ?? {}).length >= MOST_OFFERS) return tooMany();
  const story = tell(state, world, world.now, act.actor.id);
  const { kind, unit } = wanted;
  const id = nextOfferId(state, kind);
  add(story, {
    type: 'transfer.offered',
    data: { id, ...wanted, from: state.unit, ...(consent ? { consent } : {}), told: toldThere(story, unit) },
  });
  setClock(story, { id, of: kind, name: OFFER_NAME[kind], unit, budget: ANSWER_WITHIN, ladder: 'linli:offer' });
  return story.events;
}

/** UNKNOWN_UNIT, or INVALID_DATA for the case's own unit. */
export function unitProblem({ state, world }: Pick<ActContext, 'state' | 'world'>, unit: string): Refusal | undefined {
  if (!Object.hasOwn(world.org.units, unit) || homeOf(world.org, unit) !== unit) {
    return refuse(
      'UNKNOWN_UNIT',
      [`没有单位“${unit}”，或者它已撤销。`, `There is no unit "${unit}", or it was closed.`],
      [['单位列表见 GET /api/v1/units', 'GET /api/v1/units lists the units']],
      [{ path: 'data.unit', message: inBoth('没有这个单位', 'no such unit') }],
    );
  }
  if (unit !== state.unit) return undefined;
  return refuse(
    'INVALID_DATA',
    ['个案已经在这个单位。', 'The case is at that unit already.'],
    [['填写另一个单位', 'Name another unit']],
    [{ path: 'data.unit', message: inBoth('就是个案现在的单位', 'is the unit of the case') }],
  );
}

function alreadyOffered({ id }: Offer): Refusal {
  return refuse(
    'ALREADY_DONE',
    [`移交请求 ${id} 还在等待答复。`, `The offer ${id} still waits for its answer.`],
    [['先用 case.revokeTransfer 撤回', 'Take it back with case.revokeTransfer first']],
  );
}

function tooMany(): Refusal {
  return refuse(
    'CAP_REACHED',
    [`一个个案最多同时有 ${MOST_OFFERS} 项请求。`, `A case has ${MOST_OFFERS} requests open at most.`],
    [['先撤回已有的请求', 'Take some of them back first']],
  );
}

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
    if (offer.kind === 'referral') return acceptReferral(story, offer, wanted);
    const unit = homeOf(world.org, offer.unit);
    const early = (unit === state.unit ? gone() : undefined) ?? moneyProblem(context);
    if (early) return early;
    const filled = assignIn({ assignments: wanted, unit }, world, { path: PATH });
    if (isRefusal(filled)) return filled;
    const problem = strangerProblem(world.org, filled, unit) ?? apartProblem(context, filled);
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
    } else if (item.kind !== 'escalation' && isLeftBehind(story, item)) {
      add(story, { type: 'item.assigned', data: { id: item.id, assignee: {} } });
    }
  }
  // a role that nobody fills there is nobody's: it does not stay with the old unit
  const vacant = Object.keys(state.assignments).filter((role) => !Object.hasOwn(filled, role));
  const roles = { ...Object.fromEntries(vacant.map((role) => [role, {}])), ...filled };
  add(story, { type: 'case.moved', data: { unit, from: state.unit, why: 'transfer', assignments: roles } });
}

/** Whether an item was given to somebody who has nothing to do with the case once it has gone: anybody but its parties. */
function isLeftBehind({ state }: Story, { assignee }: OpenItem): boolean {
  if (!assignee) return false;
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

/** The request that is meant, or NOT_OPEN; INVALID_DATA when several could be. */
function onlyOne(offers: readonly Offer[], target: string | undefined): Offer | Refusal {
  const [offer, other] = target === undefined ? offers : offers.filter(({ id }) => id === target);
  const ids = offers.map(({ id }) => id);
  if (!offer) {
    return refuse(
      'NOT_OPEN',
      ['没有等待答复的请求。', 'No such request waits for an answer.'],
      [[`等待答复的请求：${ids.join('、') || '无'}`, `Waiting: ${ids.join(', ') || 'none'}`]],
    );
  }
  if (!other) return offer;
  return refuse(
    'INVALID_DATA',
    ['有多项请求等待答复，请指明是哪一项。', 'Several requests wait for an answer: say which.'],
    [[`target 填其中之一：${ids.join('、')}`, `Set target to one of: ${ids.join(', ')}`]],
    [{ path: 'target', message: oneOf(ids) }],
  );
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

/** UNKNOWN_ASSIGNMENT for posts and people that are not of the receiving unit or a level above it. */
function strangerProblem(org: Org, filled: Readonly<Record<string, Assignment>>, unit: string): Refusal | undefined {
  const up = unitsUp(org, unit);
  const isThere = ({ post, person }: Assignment) =>
    post === undefined
      ? org.appointments.some((each) => each.person === person && up.includes(org.posts[each.post]?.unit ?? ''))
      : up.includes(org.posts[post]?.unit ?? '');
  const strange = Object.entries(filled).filter(([, each]) => !isThere(each));
  if (strange.length === 0) return undefined;
  return refuse(
    'UNKNOWN_ASSIGNMENT',
    ['接手的岗位或人员须属于接收单位。', 'Who takes over must be of the receiving unit, or of a level above it.'],
    [['填写接收单位的岗位', 'Name posts of that unit']],
    strange.map(([role]) => ({
      path: `${PATH}.${role}`,
      message: inBoth('不属于接收单位', 'is not of the receiving unit'),
    })),
  );
}

function apartProblem({ state, world }: ActContext, filled: Record<string, Assignment>): Refusal | undefined {
  const sentence: Text | undefined = notApart(
    world.program,
    { parties: state.parties, assignments: filled },
    world.org,
    world.now,
  );
  return sentence && refuse('ROLES_COLLIDE', sentence, [['换一个岗位或人', 'Choose another post or person']]);
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

const referShape = z.strictObject({
  unit: name,
  program: name.optional().describe('The program of the case opened there; default: of this case'),
  text: text.max(5_000).describe('What is asked of the other unit; it reads nothing else'),
  share: z
    .strictObject({ fields: z.array(name).max(100).optional(), parties: z.array(name).max(100).optional() })
    .optional()
    .describe('What of this case the other one is given: keys of fields, roles or ids of parties'),
  data: z.record(z.string(), z.union([z.string().max(5_000), z.number(), z.boolean()])).optional(),
  assignments: assignments.optional(),
  within: budget.optional().describe('Time for the answer once it is accepted; default 20 working days'),
  ...sharingShape,
});

/**
 * Asks another unit to see to one matter. The case stays; once accepted, a case of its own is opened there with what this
 * act names and nothing else, and its result comes back as an event.
 */
const refer: ActKind<z.infer<typeof referShape>> = {
  data: referShape,
  statuses: RUNNING_CASE,
  who: (context) => [...askers(context), ...voices(context)],
  decide(context) {
    const { state, world, data } = context;
    const problem = unitProblem(context, data.unit);
    if (problem) return problem;
    const shared = sharedOf(state, data);
    if (isRefusal(shared)) return shared;
    const lacking = (data.program ?? world.program.id) === world.program.id ? lacks(context, shared) : undefined;
    if (lacking) return lacking;
    return ask(context, {
      ...{ kind: 'referral', unit: data.unit, text: data.text, shared },
      program: data.program ?? world.program.id,
      ...(data.assignments ? { assignments: data.assignments } : {}),
      ...(data.within === undefined ? {} : { within: data.within }),
    });
  },
};

/** INVALID_DATA when a case of the same program could not be opened with what is shared: what it asks for at its opening. */
function lacks({ state, world }: ActContext, { fields, parties, data }: Shared): Refusal | undefined {
  const { program } = world;
  const given = new Set(parties.map((id) => state.parties[id]?.role));
  const errors = [
    ...program.intake.flatMap((key) =>
      fields.includes(key) || Object.hasOwn(data, key) ? [] : [{ path: 'data.share.fields', key }],
    ),
    ...Object.entries(program.roles).flatMap(([key, def]) =>
      'party' in def && !def.optional && !given.has(key) ? [{ path: 'data.share.parties', key }] : [],
    ),
  ];
  if (errors.length === 0) return undefined;
  return refuse(
    'INVALID_DATA',
    ['提供的内容不足以在对方立案。', 'What is shared is not enough to open a case there.'],
    [['在 data.share 中补上所列内容，或另选项目（data.program）', 'Share what is listed, or name another program']],
    errors.map(({ path, key }) => ({ path, message: inBoth(`缺少 ${key}`, `${key} is missing`) })),
  );
}

function sharedOf(state: State, { share = {}, data = {} }: z.infer<typeof referShape>): Shared | Refusal {
  const { fields = [], parties = [] } = share;
  const ids = parties.flatMap((named) => {
    if (Object.hasOwn(state.parties, named)) return [named];
    return Object.values(state.parties).flatMap(({ id, role }) => (role === named ? [id] : []));
  });
  const errors = [
    ...fields.flatMap((key, n) => (Object.hasOwn(state.fields, key) ? [] : [`data.share.fields.${n}`])),
    ...parties.flatMap((named, n) =>
      Object.values(state.parties).some(({ id, role }) => id === named || role === named)
        ? []
        : [`data.share.parties.${n}`],
    ),
  ];
  if (errors.length === 0) return { fields, parties: [...new Set(ids)], data };
  return refuse(
    'INVALID_DATA',
    ['要提供的内容不在本个案里。', 'Some of what is to be shared is not in this case.'],
    [['按列出的位置改正', 'Correct the listed places']],
    errors.map((path) => ({ path, message: inBoth('个案里没有', 'is not in the case') })),
  );
}

/** Between units: the whole case, or one matter of it. */
export const transferActs: Readonly<Record<string, ActKind>> = {
  'case.offerTransfer': actKind(offerTransfer),
  'case.acceptTransfer': actKind(acceptTransfer),
  'case.refuseTransfer': actKind(refuseTransfer),
  'case.revokeTransfer': actKind(revokeTransfer),
  'case.refer': actKind(refer),
};
