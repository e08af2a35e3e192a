import { z } from 'zod';
import { SLUG } from '../../sdk/program-shape.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { Shared, State } from '../state.ts';
import { ask, askers, assignments, namedIn, PATH, RUNNING_CASE, strangerProblem, unitProblem } from './asking.ts';
import { budget, name, text } from './shapes.ts';
import { sharingShape, voices } from './sharing.ts';

const referShape = z.strictObject({
  unit: name,
  // it lies in clear where the effect waits that opens the case there
  program: name
    .regex(SLUG, 'the id of a program')
    .optional()
    .describe('The program of the case opened there; default: of this case'),
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
    const problem =
      unitProblem(context, data.unit) ??
      (sameProgram(context) ? roleProblem(context) : undefined) ??
      strangerProblem(world, namedIn(world.org, data.assignments ?? {}), data.unit);
    if (problem) return problem;
    const shared = sharedOf(state, data);
    if (isRefusal(shared)) return shared;
    const lacking = sameProgram(context) ? lacks(context, shared) : undefined;
    if (lacking) return lacking;
    return ask(context, {
      ...{ kind: 'referral', unit: data.unit, text: data.text, shared },
      program: data.program ?? world.program.id,
      ...(data.assignments ? { assignments: data.assignments } : {}),
      ...(data.within === undefined ? {} : { within: data.within }),
    });
  },
};

type Context = ActContext<z.infer<typeof referShape>>;

/** Whether the case there is of this case's program: of another one nothing is known here. */
const sameProgram = ({ world, data }: Context): boolean => (data.program ?? world.program.id) === world.program.id;

/** UNKNOWN_ASSIGNMENT for roles that the program does not have. */
function roleProblem({ world, data }: Context): Refusal | undefined {
  const strange = Object.keys(data.assignments ?? {}).filter((role) => {
    const known = Object.hasOwn(world.program.roles, role) ? world.program.roles[role] : undefined;
    return !known || !('post' in known);
  });
  if (strange.length === 0) return undefined;
  return refuse(
    'UNKNOWN_ASSIGNMENT',
    ['项目没有所列的岗位角色。', 'The program has no such post roles.'],
    [['按列出的位置改正', 'Correct the listed places']],
    strange.map((role) => ({
      path: `${PATH}.${role}`,
      message: inBoth('本程序没有这个岗位角色', 'no post role of this program'),
    })),
  );
}

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

/** One matter for another unit. */
export const referralActs: Readonly<Record<string, ActKind>> = { 'case.refer': actKind(refer) };
