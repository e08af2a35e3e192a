import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { notApart } from '../apart.ts';
import type { EventDraft } from '../event.ts';
import { endDuty } from '../flow.ts';
import { roleMeant, roleName } from '../lookup.ts';
import { isOpenPost, servesFrom, sureTold, toldAbove } from '../org.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import type { Assignment, Party, State, Status } from '../state.ts';
import { add, tell } from '../story.ts';
import { ownerOf } from '../succession.ts';
import { suspendCase } from '../suspension.ts';
import { withoutUndefined } from './plan.ts';
import { onBehalfProblem } from './proof.ts';
import { date, name, nothing, proofShape, text } from './shapes.ts';
import { WORKERS } from './work.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

/** A case with more people than that is several cases. */
const MOST_PARTIES = 1_000;

const consentShape = z.strictObject({ ...proofShape });

/** The role whose consent an act gives: whom it speaks for, else the actor's own, else the first of those asked that is there. */
function consentRole({ state, act, world, roles }: ActContext): string | undefined {
  const by = world.program.consent?.by ?? ['beneficiary'];
  if (act.onBehalfOf !== undefined) {
    const role = roleMeant(state, act.onBehalfOf);
    return role !== undefined && by.includes(role) ? role : undefined;
  }
  return by.find((role) => roles.has(role)) ?? by.find((role) => partyOf(state, role));
}

/** What an act of consent or of its withdrawal leaves in the record besides whose it is. */
function saidWith({ act, data }: ActContext<z.infer<typeof consentShape>>) {
  return {
    ...(act.evidence?.length ? { evidence: act.evidence } : {}),
    ...(data.witness ? { witness: data.witness } : {}),
    ...(data.note ? { note: data.note } : {}),
  };
}

function partyOf(state: State, role: string): Party | undefined {
  return Object.values(state.parties).find((party) => party.role === role);
}

/** Consent can be given whenever there is none; a case suspended by its withdrawal goes on with `case.resume`. */
const consentGive: ActKind<z.infer<typeof consentShape>> = {
  data: consentShape,
  statuses: ANY,
  evenColliding: true,
  who: ({ world }) => [...(world.program.consent?.by ?? ['beneficiary']), ...answering(world), ...WORKERS],
  decide(context) {
    const { state, data, roles } = context;
    const role = consentRole(context);
    if (role === undefined || !partyOf(state, role)) return noSuchVoice(context);
    if (state.consent) {
      return refuse(
        'ALREADY_DONE',
        ['已经同意过。', 'Consent has been given already.'],
        [['撤回用 consent.withdraw', 'Use consent.withdraw to withdraw it']],
      );
    }
    const problem = roles.has(role) ? undefined : onBehalfProblem(context, data);
    if (problem) return problem;
    return [{ type: 'consent.given', data: { by: role, ...saidWith(context) } }];
  },
};

/**
 * Withdrawn at any time, without proof or reason: nobody is helped against his will. The help stops at once: the case is
 * suspended until consent is given again or the case is closed; in the follow-up the visits end.
 */
const consentWithdraw: ActKind<z.infer<typeof consentShape>> = {
  data: consentShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  lateExempt: true,
  evenColliding: true,
  who: ({ world }) => [...(world.program.consent?.by ?? ['beneficiary']), ...answering(world), ...WORKERS],
  decide(context) {
    const { state, world, at, act } = context;
    const role = consentRole(context);
    if (role === undefined || !partyOf(state, role)) return noSuchVoice(context);
    if (!state.consent) {
      return refuse(
        'NOT_OPEN',
        ['没有可撤回的同意。', 'There is no consent to withdraw.'],
        [['退出个案用 case.close,outcome 写明本人退出', 'Close the case with the outcome that says so']],
      );
    }
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'consent.withdrawn', data: { by: role, ...saidWith(context) } });
    if (state.status === 'proposed' || state.status === 'open') suspendCase(story);
    if (state.status === 'followUp') for (const duty of world.program.duties) endDuty(story, duty, WITHDRAWN);
    return story.events;
  },
};

const WITHDRAWN: Text = ['已撤回同意', 'consent was withdrawn'];

function noSuchVoice({ world, act }: ActContext): Refusal {
  const by = world.program.consent?.by ?? ['beneficiary'];
  return refuse(
    'INVALID_DATA',
    [
      `“${act.onBehalfOf ?? ''}”不是可以表示同意的人。`,
      `"${act.onBehalfOf ?? ''}" is nobody whose consent is asked here.`,
    ],
    [[`可以是：${by.map((role) => roleName(world.program, role)[0]).join('、')}`, `It can be: ${by.join(', ')}`]],
    [{ path: 'onBehalfOf', message: oneOf(by) }],
  );
}

/** Post roles that answer for the program's stages. */
function answering({ program }: ActContext['world']): string[] {
  return [...new Set(program.stages.map((stage) => stage.answers))];
}

/** A person (for a party role), or a post or person id (for a post role). */
const partyShape = z.union([
  z.strictObject({ name: name.optional(), birthDate: date.optional(), person: name.optional(), post: name.optional() }),
  name,
]);
const addShape = z.strictObject({ role: name, party: partyShape });

const partyAdd: ActKind<z.infer<typeof addShape>> = {
  data: addShape,
  evenColliding: true,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  who: ({ world }) => [...answering(world), ...WORKERS],
  decide(context) {
    const { state, world, data } = context;
    const def = Object.hasOwn(world.program.roles, data.role) ? world.program.roles[data.role] : undefined;
    if (!def) return unknownRole(context, data.role);
    if ('post' in def) return assign(context, data.role, data.party);
    if (def.party === 'one' && partyOf(state, data.role)) {
      return refuse(
        'ALREADY_DONE',
        ['这个角色已经有人。', 'Somebody fills this role already.'],
        [['先用 party.end 结束，或用 party.change 更换', 'End that with party.end, or replace with party.change']],
      );
    }
    if (Object.keys(state.parties).length >= MOST_PARTIES) {
      return refuse(
        'CAP_REACHED',
        [`当事人最多 ${MOST_PARTIES} 位。`, `A case has ${MOST_PARTIES} parties at most.`],
        [['先用 party.end 结束已离开的人', 'End those who have left with party.end']],
      );
    }
    return withParty(context, { id: nextId(state, data.role), role: data.role }, data.party, 'party.added');
  },
};

const changeShape = z.strictObject({ role: name.optional(), party: partyShape });

const partyChange: ActKind<z.infer<typeof changeShape>> = {
  data: changeShape,
  evenColliding: true,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  reasonNeeded: true,
  who: ({ world }) => [...answering(world), ...WORKERS],
  decide(context) {
    const { state, world, data, act } = context;
    const key = act.target ?? data.role ?? '';
    const def = Object.hasOwn(world.program.roles, key) ? world.program.roles[key] : undefined;
    if (def && 'post' in def) return assign(context, key, data.party);
    const party = Object.hasOwn(state.parties, key) ? state.parties[key] : partyOf(state, key);
    if (!party) return unknownRole(context, key);
    return withParty(context, { id: party.id, role: party.role }, data.party, 'party.changed');
  },
};

const partyEnd: ActKind<Record<string, never>> = {
  data: nothing,
  evenColliding: true,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  reasonNeeded: true,
  who: ({ world }) => [...answering(world), ...WORKERS],
  decide(context) {
    const { state, act } = context;
    const key = act.target ?? '';
    const party = Object.hasOwn(state.parties, key) ? state.parties[key] : partyOf(state, key);
    return party ? [{ type: 'party.ended', data: { id: party.id } }] : unknownRole(context, key);
  },
};

function withParty(
  context: ActContext,
  as: { id: string; role: string },
  given: z.infer<typeof partyShape>,
  type: 'party.added' | 'party.changed',
): readonly EventDraft[] | Refusal {
  const { state, at } = context;
  const { post: _, ...person } = typeof given === 'string' ? { person: given } : withoutUndefined(given);
  const party: Party = { ...as, since: at, ...person };
  const cast = { assignments: state.assignments, parties: { ...state.parties, [as.id]: party } };
  return collision(context, cast) ?? [{ type, data: { party } }];
}

/** A post role of the case gets another post or person. */
function assign(context: ActContext, role: string, given: z.infer<typeof partyShape>): readonly EventDraft[] | Refusal {
  const { state, world } = context;
  const named = typeof given === 'string' ? given : (given.post ?? given.person ?? '');
  const assignment: Assignment | undefined = isOpenPost(world.org, named)
    ? { post: named }
    : servesFrom(world.org, named, world.now)
      ? { person: named, since: world.now }
      : undefined;
  if (!assignment) {
    return refuse(
      'UNKNOWN_ASSIGNMENT',
      [`没有岗位或人员“${named}”。`, `There is no post or person "${named}".`],
      [['岗位列表见 GET /api/v1/posts', 'GET /api/v1/posts lists the posts']],
      [{ path: 'data.party', message: inBoth('没有这个岗位或人员', 'no such post or person') }],
    );
  }
  const cast = { parties: state.parties, assignments: { ...state.assignments, [role]: assignment } };
  return collision(context, cast) ?? [{ type: 'role.assigned', data: { role, assignment } }];
}

function collision({ world }: ActContext, cast: Parameters<typeof notApart>[1]): Refusal | undefined {
  const sentence = notApart(world.program, cast, world.org, world.now);
  return sentence && refuse('ROLES_COLLIDE', sentence, [['换一个人或岗位', 'Choose another person or post']]);
}

function unknownRole({ world }: ActContext, role: string): Refusal {
  const roles = Object.keys(world.program.roles).join(', ');
  return refuse(
    'INVALID_DATA',
    [`没有角色或当事人“${role}”。`, `There is no role or party "${role}".`],
    [[`角色：${roles}`, `Roles: ${roles}`]],
    [{ path: 'data.role', message: inBoth('没有这个角色或当事人', 'no such role or party') }],
  );
}

/** An id no party of the case has ever had: who has left keeps his in the record. */
function nextId(state: State, role: string): string {
  const n = (state.serial[`party:${role}`] ?? 0) + 1;
  return n === 1 ? role : `${role}-${n}`;
}

const complaintShape = z.strictObject({ text, about: name.optional() });

/**
 * A complaint goes to the head of the level above the case's unit, and never to whoever it is about, in whatever post: past
 * him it goes on upwards. Where everybody above is meant, it is addressed to the highest unit and to no person.
 */
const complaintMake: ActKind<z.infer<typeof complaintShape>> = {
  data: complaintShape,
  evenColliding: true,
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()].filter((role) => role !== 'auditor'),
  decide({ state, world, data }) {
    const { org, now } = world;
    const skips = data.about === undefined ? [] : personsNamed(state, world, data.about);
    const told = toldAbove(org, { unit: state.unit, tell: 'sub-district', at: now, skips });
    return [{ type: 'complaint.made', data: { ...withoutUndefined(data), told: sureTold(org, state.unit, told) } }];
  },
};

/**
 * Persons a complaint names: by a role, a party's id or name, a post or a person. Who is appointed to come counts too, and
 * who stands in for them.
 */
function personsNamed(state: State, { org, now }: ActContext['world'], about: string): string[] {
  const given = Object.hasOwn(state.assignments, about) ? state.assignments[about] : undefined;
  const assignment = given && ownerOf(org, given, now);
  const post = assignment?.post ?? about;
  const holders = [...org.appointments, ...(org.deputies ?? [])].filter(
    (each) => each.post === post && (!each.until || each.until > now),
  );
  const parties = Object.values(state.parties).filter(({ id, role, name: called }) =>
    [id, role, called].includes(about),
  );
  const persons = [...holders, ...parties, ...(assignment ? [assignment] : [])].flatMap((each) => each.person ?? []);
  return [about, ...persons];
}

/** People: consent, parties, roles, complaints. */
export const peopleActs: Readonly<Record<string, ActKind>> = {
  'consent.give': actKind(consentGive),
  'consent.withdraw': actKind(consentWithdraw),
  'party.add': actKind(partyAdd),
  'party.change': actKind(partyChange),
  'party.end': actKind(partyEnd),
  'complaint.make': actKind(complaintMake),
};
