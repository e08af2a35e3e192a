import { z } from 'zod';
import { type ActContext, isRefusal } from '../act-kind.ts';
import { roleMeant, roleName } from '../lookup.ts';
import { NEEDED, oneOf, type Refusal, refuse } from '../refusal.ts';
import { GUARDIAN, voiceOf } from '../rights.ts';
import type { SharingConsent, State } from '../state.ts';
import type { World } from '../world.ts';
import { onBehalfProblem } from './proof.ts';
import { name, text } from './shapes.ts';

/**
 * What an act says that lets another unit know of a case: that the person agrees, or the ground on which that is not needed
 * (a public body's statutory duty, Personal Information Protection Law art. 13).
 */
export const sharingShape = {
  consent: z
    .enum(['given', 'overridden'])
    .optional()
    .describe('given: by the person or on his behalf; overridden: needs `ground`. Needed where somebody can be asked'),
  ground: text
    .max(2_000)
    .optional()
    .describe('Of an overridden consent: the provision that lets a public body do without'),
  witness: name.optional(),
  note: text.optional(),
};

interface Said {
  readonly consent?: 'given' | 'overridden' | undefined;
  readonly ground?: string | undefined;
  readonly witness?: string | undefined;
  readonly note?: string | undefined;
}

/** Roles whose consent counts, of the people the case has. */
export function voices({ state, world }: { state: State; world: Pick<World, 'program'> }): string[] {
  const by = world.program.consent?.by ?? ['beneficiary'];
  const there = new Set(Object.values(state.parties).map(({ role }) => role));
  return by.filter((role) => there.has(role));
}

/** Of these whose word counts now: the guardian's for a child or whoever a document puts under guardianship, else their own. */
function wordsThatCount({ state, world, at }: ActContext<Said>): string[] {
  const byGuardian = voiceOf(state, world.program, at).by === 'guardian';
  return voices({ state, world }).filter((role) => (role === GUARDIAN) === byGuardian);
}

/**
 * The consent under which a case or a part of it is shown to another unit. Given: it is his own act, or said on his behalf with a
 * document or a witness (EVIDENCE_MISSING). Overridden: by an official alone, with the legal ground. Undefined where there is
 * nobody to ask.
 */
export function sharingConsent(context: ActContext<Said>): SharingConsent | undefined | Refusal {
  const { data, act, roles, state } = context;
  const asked = voices(context);
  const counts = wordsThatCount(context);
  if (data.consent === undefined) return asked.length === 0 ? undefined : missing('consent', asked, context);
  if (data.consent === 'overridden') {
    const official = [...roles.keys()].some((role) => !asked.includes(role));
    if (!official) return notHis();
    return data.ground === undefined ? missing('ground', asked, context) : { kind: 'overridden', ground: data.ground };
  }
  const own = act.onBehalfOf === undefined ? counts.find((role) => roles.has(role)) : undefined;
  if (own !== undefined) return { kind: 'given', by: own };
  const by = spokenFor(state, act.onBehalfOf, counts);
  if (by === undefined) return nobodyAsked(context, counts);
  const problem = onBehalfProblem(context, data);
  if (isRefusalOr(problem)) return problem;
  return {
    ...{ kind: 'given', by },
    ...(act.evidence?.length ? { evidence: act.evidence } : {}),
    ...(data.witness === undefined ? {} : { witness: data.witness }),
  };
}

function isRefusalOr(problem: Refusal | undefined): problem is Refusal {
  return problem !== undefined && isRefusal(problem);
}

/** Whom an act speaks for: the role or party named, else the first who can be asked. */
function spokenFor(state: State, named: string | undefined, asked: readonly string[]): string | undefined {
  const role = named === undefined ? asked[0] : roleMeant(state, named);
  return asked.find((each) => each === role);
}

function missing(what: 'consent' | 'ground', asked: readonly string[], { world }: ActContext<Said>): Refusal {
  const zh = asked.map((role) => roleName(world.program, role)[0]).join('、');
  const en = asked.map((role) => roleName(world.program, role)[1]).join(', ');
  return refuse(
    'INVALID_DATA',
    what === 'consent'
      ? [
          `向其他单位提供个案信息，需说明是否已征得同意（${zh}）。`,
          `Say whether consent was given to share this (${en}).`,
        ]
      : ['未经同意时，须写明法律依据。', 'Sharing without consent needs its legal ground.'],
    [
      [
        'data.consent 填 given，并附材料或见证人（本人办理则不需要）',
        'Set data.consent to given, with a document or a witness unless it is his own act',
      ],
      [
        '或填 overridden，并在 data.ground 写明依据（如履行法定职责所必需）',
        'Or to overridden, with the legal ground in data.ground (such as a statutory duty)',
      ],
    ],
    [{ path: `data.${what}`, message: NEEDED }],
  );
}

function nobodyAsked({ act }: ActContext<Said>, asked: readonly string[]): Refusal {
  return refuse(
    'INVALID_DATA',
    [
      `“${act.onBehalfOf ?? ''}”不是可以表示同意的人。`,
      `"${act.onBehalfOf ?? ''}" is nobody whose consent is asked here.`,
    ],
    [['不能征得同意的，写 overridden 并说明依据', 'Where nobody can be asked, say overridden and the ground']],
    [{ path: 'onBehalfOf', message: oneOf(asked) }],
  );
}

function notHis(): Refusal {
  return refuse(
    'INVALID_DATA',
    ['只有工作人员能依法不经同意办理。', 'Only officials can do without consent, where law lets them.'],
    [['本人办理时 data.consent 填 given', 'Set data.consent to given when it is your own act']],
    [{ path: 'data.consent', message: oneOf(['given']) }],
  );
}
