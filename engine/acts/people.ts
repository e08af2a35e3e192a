import { z } from 'zod';
import { isAboutMinor } from '../access.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { notApart } from '../apart.ts';
import type { EventDraft } from '../event.ts';
import { isOpenPost, servesFrom } from '../org.ts';
import { ownHandsProblem, ownWorkProblem } from '../own-hands.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { GUARDIAN, wardRoles } from '../rights.ts';
import type { Assignment, Party, State } from '../state.ts';
import { add, tell } from '../story.ts';
import { withMinority } from '../voice/age.ts';
import { partsWithout } from '../voice/settlement.ts';
import { headsFrom, withoutUndefined } from './plan.ts';
import { date, name } from './shapes.ts';
import { WORKERS } from './work.ts';

/** A case with more people than that is several cases. */
const MOST_PARTIES = 1_000;

function partyOf(state: State, role: string): Party | undefined {
  return Object.values(state.parties).find((party) => party.role === role);
}

/** Post roles that answer for the program's stages. */
function answering({ program }: ActContext['world']): string[] {
  return [...new Set(program.stages.map((stage) => stage.answers))];
}

/** A person (for a party role), or a post or person id (for a post role). */
const partyShape = z.union([
  z.strictObject({
    name: name.optional(),
    birthDate: date.optional(),
    person: name.optional(),
    post: name.optional(),
    guardian: z
      .strictObject({
        kind: z.enum(['parent', 'appointed', 'organisation']),
        basis: name.optional().describe('id of the document that says so'),
        from: date.optional(),
        until: date.optional(),
      })
      .optional(),
  }),
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

const changeShape = z.strictObject({
  role: name.optional(),
  party: partyShape,
  replaces: z
    .literal(true)
    .optional()
    .describe('somebody else from now on: nothing is kept of who was there; said by another person as well'),
});

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
    return withParty(context, keptOf(party, data), data.party, 'party.changed');
  },
};

/** What of a party stays as it is unless the change says otherwise: all of it, but for somebody else only the place in the case. */
function keptOf(party: Party, { party: given, replaces }: z.infer<typeof changeShape>): Kept {
  const { id, role, minor: _, turned: __, since: ___, ...known } = party;
  const person = typeof given === 'string' ? given : given.person;
  const another = replaces === true || (person !== undefined && party.person !== undefined && person !== party.person);
  return another ? { id, role } : { id, role, ...known };
}

type Kept = Pick<Party, 'id' | 'role'> & Partial<Party>;

const endShape = z.strictObject({ why: z.enum(['death', 'moved', 'left']).optional() });

/**
 * Somebody is no more of the case. Where the help was for him, it stops: the case is suspended, and what is to become of it
 * (closed, or gone on with for somebody else of the household) is a task with a clock of its own.
 */
const partyEnd: ActKind<z.infer<typeof endShape>> = {
  data: endShape,
  evenColliding: true,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  reasonNeeded: true,
  who: ({ world }) => [...answering(world), ...WORKERS],
  decide(context) {
    const { state, world, act, at, data } = context;
    const key = act.target ?? '';
    const party = Object.hasOwn(state.parties, key) ? state.parties[key] : partyOf(state, key);
    if (!party) return unknownRole(context, key);
    const { [party.id]: _, ...others } = state.parties;
    const problem = minorProblem(context, others, false);
    if (problem) return problem;
    const { why } = data;
    const voice = wardRoles(world.program).includes(party.role) ? { voice: party.role } : {};
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'party.ended', data: { id: party.id, ...(why === undefined ? {} : { why }), ...voice } });
    if (why === 'death' || why === 'moved') partsWithout(story, party, why);
    return story.events;
  },
};

function withParty(
  context: ActContext,
  as: Kept,
  given: z.infer<typeof partyShape>,
  type: 'party.added' | 'party.changed',
): readonly EventDraft[] | Refusal {
  const { state, at, world } = context;
  const problem = guardianProblem(context, as.role, given);
  if (problem) return problem;
  const { post: _, ...person } = typeof given === 'string' ? { person: given } : withoutUndefined(given);
  const party = withMinority({ ...as, since: at, ...person } as Party, world.program);
  const cast = { assignments: state.assignments, parties: { ...state.parties, [as.id]: party } };
  const own =
    party.person === state.parties[as.id]?.person ? undefined : ownHandsProblem(party, state, context.act.actor, world);
  if (own)
    return refuse('ROLES_COLLIDE', own, [
      ['请其他人担任，或先把工作移交出去', 'Name somebody else, or hand the work over first'],
    ]);
  return collision(context, cast) ?? minorProblem(context, cast.parties) ?? [{ type, data: { party } }];
}

/**
 * A case about a minor is read with the head's approval alone. So nobody but a head says that it is about none any more (another
 * birthday, another person, nobody), and not without a paper; with a death or a move the head alone is enough.
 */
function minorProblem(
  { state, world, roles, act }: ActContext,
  parties: State['parties'],
  paper = true,
): Refusal | undefined {
  if (!isAboutMinor(state, world.now) || isAboutMinor({ parties }, world.now)) return undefined;
  if (!headsFrom('unit').some((head) => roles.has(head)))
    return refuse(
      'FORBIDDEN',
      [
        '改动后个案不再涉及未成年人，须由负责人办理。',
        'After that the case is about no minor any more: a head says so.',
      ],
      [['请本单位或上级负责人办理', 'Ask the head of the unit, or one above']],
    );
  if (!paper || act.evidence?.length) return undefined;
  return refuse(
    'EVIDENCE_MISSING',
    ['改动后个案不再涉及未成年人，须附证明材料。', 'After that the case is about no minor any more: it needs a paper.'],
    [['上传户口簿或身份证照片，把编号写进 evidence', 'Upload the paper and name its id in evidence']],
  );
}

/** INVALID_DATA when what makes somebody a guardian is said of another, names a document that was not given, or ends before it begins. */
function guardianProblem({ act }: ActContext, role: string, given: z.infer<typeof partyShape>): Refusal | undefined {
  const { guardian } = typeof given === 'string' ? {} : given;
  if (!guardian) return undefined;
  const { basis, from, until } = guardian;
  const errors = [
    ...(role === GUARDIAN
      ? []
      : [{ path: 'data.party.guardian', message: inBoth('只有监护人才填写', 'is said of a guardian only') }]),
    ...(basis === undefined || act.evidence?.includes(basis)
      ? []
      : [
          {
            path: 'data.party.guardian.basis',
            message: inBoth('须同时写进 evidence', 'has to be in evidence as well'),
          },
        ]),
    ...(from !== undefined && until !== undefined && until < from
      ? [{ path: 'data.party.guardian.until', message: inBoth('早于开始日期', 'is before it begins') }]
      : []),
  ];
  if (errors.length === 0) return undefined;
  return refuse(
    'INVALID_DATA',
    ['监护情况填写有误。', 'What is said of the guardianship is not valid.'],
    [
      [
        '先上传监护材料，再把编号写进 evidence 和 guardian.basis',
        'Upload the document and name its id in evidence and guardian.basis',
      ],
    ],
    errors,
  );
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
  const own = ownWorkProblem(state.parties, { [role]: assignment }, world);
  if (own) return refuse('ROLES_COLLIDE', own, [['换一个人或岗位', 'Choose another person or post']]);
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

/** People: parties and roles. */
export const peopleActs: Readonly<Record<string, ActKind>> = {
  'party.add': actKind(partyAdd),
  'party.change': actKind(partyChange),
  'party.end': actKind(partyEnd),
};
