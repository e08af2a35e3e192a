import { z } from 'zod';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { notApart } from '../apart.ts';
import type { EventDraft } from '../event.ts';
import { roleName } from '../lookup.ts';
import { toldFor } from '../org.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Assignment, Party, State } from '../state.ts';
import { withoutUndefined } from './plan.ts';
import { onBehalfProblem } from './proof.ts';
import { date, name, nothing, proofShape, text } from './shapes.ts';
import { WORKERS } from './work.ts';

const consentShape = z.strictObject({ ...proofShape });

/** The role whose consent an act gives: whom it speaks for, else the actor's own, else the first of those asked that is there. */
function consentRole({ state, act, world, roles }: ActContext): string | undefined {
  const by = world.program.consent?.by ?? ['beneficiary'];
  if (act.onBehalfOf !== undefined) {
    const role = state.parties[act.onBehalfOf]?.role ?? act.onBehalfOf;
    return by.includes(role) ? role : undefined;
  }
  return by.find((role) => roles.has(role)) ?? by.find((role) => partyOf(state, role));
}

function partyOf(state: State, role: string): Party | undefined {
  return Object.values(state.parties).find((party) => party.role === role);
}

const consentGive: ActKind<z.infer<typeof consentShape>> = {
  data: consentShape,
  statuses: ['proposed', 'open', 'suspended'],
  who: ({ world }) => [...(world.program.consent?.by ?? ['beneficiary']), ...answering(world), ...WORKERS],
  decide(context) {
    const { state, act, data, roles } = context;
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
    const witness = data.witness ? { witness: data.witness } : {};
    return [
      { type: 'consent.given', data: { by: role, ...(act.evidence ? { evidence: act.evidence } : {}), ...witness } },
    ];
  },
};

const consentWithdraw: ActKind<z.infer<typeof consentShape>> = {
  data: consentShape,
  statuses: ['proposed', 'open', 'suspended'],
  lateExempt: true,
  who: ({ world }) => [...(world.program.consent?.by ?? ['beneficiary']), ...answering(world), ...WORKERS],
  decide(context) {
    const role = consentRole(context);
    if (role === undefined) return noSuchVoice(context);
    if (!context.state.consent) {
      return refuse(
        'NOT_OPEN',
        ['没有可撤回的同意。', 'There is no consent to withdraw.'],
        [['退出个案用 case.close,outcome 写明本人退出', 'Close the case with the outcome that says so']],
      );
    }
    return [{ type: 'consent.withdrawn', data: { by: role } }];
  },
};

function noSuchVoice({ world, act }: ActContext): Refusal {
  const by = world.program.consent?.by ?? ['beneficiary'];
  return refuse(
    'INVALID_DATA',
    [
      `“${act.onBehalfOf ?? ''}”不是可以表示同意的人。`,
      `"${act.onBehalfOf ?? ''}" is nobody whose consent is asked here.`,
    ],
    [[`可以是:${by.map((role) => roleName(world.program, role)[0]).join('、')}`, `It can be: ${by.join(', ')}`]],
    [{ path: 'onBehalfOf', message: `one of ${by.join(', ')}` }],
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
        [['先用 party.end 结束,或用 party.change 更换', 'End that with party.end, or replace with party.change']],
      );
    }
    return withParty(context, { id: freeId(state, data.role), role: data.role }, data.party, 'party.added');
  },
};

const changeShape = z.strictObject({ role: name.optional(), party: partyShape });

const partyChange: ActKind<z.infer<typeof changeShape>> = {
  data: changeShape,
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
  const assignment: Assignment | undefined = Object.hasOwn(world.org.posts, named)
    ? { post: named }
    : world.org.appointments.some((each) => each.person === named)
      ? { person: named }
      : undefined;
  if (!assignment) {
    return refuse(
      'UNKNOWN_ASSIGNMENT',
      [`没有岗位或人员“${named}”。`, `There is no post or person "${named}".`],
      [['岗位列表见 GET /api/v1/posts', 'GET /api/v1/posts lists the posts']],
      [{ path: 'data.party', message: 'no such post or person' }],
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
    [[`角色:${roles}`, `Roles: ${roles}`]],
    [{ path: 'data.role', message: 'no such role or party' }],
  );
}

function freeId(state: State, role: string): string {
  for (let n = 1; ; n++) {
    const id = n === 1 ? role : `${role}-${n}`;
    if (!Object.hasOwn(state.parties, id)) return id;
  }
}

const complaintShape = z.strictObject({ text, about: name.optional() });

/** A complaint goes to the heads above, past whoever it is about. */
const complaintMake: ActKind<z.infer<typeof complaintShape>> = {
  data: complaintShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()].filter((role) => role !== 'auditor'),
  decide({ state, world, data }) {
    const { org, now } = world;
    const head = org.units[state.unit]?.head;
    const about = data.about === undefined ? [] : personsNamed(state, world, data.about);
    const told = head ? toldFor(org, { post: head, tell: 'sub-district', at: now, skips: about }) : [];
    return [{ type: 'complaint.made', data: { ...withoutUndefined(data), told } }];
  },
};

/** Persons a complaint names: a role, a party, a post or a person. */
function personsNamed(state: State, { org, now }: ActContext['world'], about: string): string[] {
  const post = state.assignments[about]?.post ?? about;
  const holders = org.appointments.filter((each) => each.post === post && (!each.until || each.until > now));
  const parties = Object.values(state.parties).filter((party) => party.id === about || party.role === about);
  return [about, ...holders.map((each) => each.person), ...parties.flatMap((party) => party.person ?? [])];
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
