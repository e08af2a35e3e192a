import type { ActContext } from '../act-kind.ts';
import type { Told } from '../event.ts';
import { roleMeant, roleName } from '../lookup.ts';
import { sureTold, toldAbove } from '../org.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import { GUARDIAN, guardianStands, voiceOf } from '../rights.ts';
import type { OpenItem, Party, State } from '../state.ts';
import { WORKERS } from './work.ts';

// Whose word an act of consent gives, and what every such word has in common.

/** What is said with a word of consent, besides whose it is. */
export interface Spoken {
  readonly note?: string | undefined;
  readonly witness?: string | undefined;
}

/** The role whose word an act gives: whom it speaks for, else the actor's own, else that of whoever decides and is there. */
function consentRole({ state, act, world, roles, at }: ActContext): string | undefined {
  const by = voices(world);
  if (act.onBehalfOf !== undefined) {
    const role = roleMeant(state, act.onBehalfOf);
    return role !== undefined && by.includes(role) ? role : undefined;
  }
  const own = by.find((role) => roles.has(role));
  if (own !== undefined) return own;
  const there = by.filter((role) => partyOf(state, role));
  const wanted = voiceOf(state, world.program, at).by === 'guardian';
  return there.find((role) => (role === GUARDIAN) === wanted) ?? there[0];
}

/** The role whose word an act gives, where the case has such a party; else the refusal, INVALID_DATA. */
export function voiceOfAct(context: ActContext): { readonly role: string } | Refusal {
  const role = consentRole(context);
  return role !== undefined && partyOf(context.state, role) ? { role } : noSuchVoice(context);
}

/** Roles whose consent counts in this program. */
function voices({ program }: ActContext['world']): readonly string[] {
  return program.consent?.by ?? ['beneficiary'];
}

/** Who may bring a word of consent to the record: whoever it is, posts that answer for stages, workers. */
export function bringers({ world }: ActContext): readonly string[] {
  return [...voices(world), ...world.program.stages.map((stage) => stage.answers), ...WORKERS];
}

/** What an act of consent, of refusal or withdrawal leaves in the record besides whose it is. */
export function saidWith({ act, data }: ActContext<Spoken>) {
  return {
    ...(act.evidence?.length ? { evidence: act.evidence } : {}),
    ...(data.witness ? { witness: data.witness } : {}),
    ...(data.note ? { note: data.note } : {}),
  };
}

/** The party that fills a role, if there is one. */
function partyOf(state: State, role: string): Party | undefined {
  return Object.values(state.parties).find((party) => party.role === role);
}

/** The item that asks for consent again after a birthday. */
export function askOf(state: State): OpenItem | undefined {
  return Object.values(state.items).find(({ kind }) => kind === 'consent');
}

/**
 * Whom it is told that the help, or part of it, stops by a word that is not the person's own: the head of the unit, or who is
 * next above where that head has brought it himself. Undefined where it is the person's own word.
 */
export function toldOfOthersWord({ state, world, act, roles }: ActContext, role: string): Told[] | undefined {
  if (role !== GUARDIAN && roles.has(role)) return undefined;
  const { org, now } = world;
  const told = toldAbove(org, { unit: state.unit, tell: 'unit', at: now, skips: [act.actor.id] });
  return sureTold(org, state.unit, told);
}

/** OTHER_VOICE when the word of this role does not count: a child's, or a guardian's of an adult whom no document gives him to. */
export function otherVoice({ state, world, at }: ActContext, role: string): Refusal | undefined {
  const { program } = world;
  const { by, under } = voiceOf(state, program, at);
  if (role === GUARDIAN) {
    if (guardianStands(state, program, at)) return undefined;
    return refuse(
      'OTHER_VOICE',
      [
        '成年人由本人表示意愿；监护人只有在有效材料写明监护关系且在期限内时才能代为表示。',
        'An adult speaks for himself; a guardian does only where a document says so, and within its dates.',
      ],
      [
        [
          '由本人表示，或代本人记录并附材料或见证人',
          'Let the person say so, or record it on behalf with a document or a witness',
        ],
        [
          '补充监护材料：party.change 写明 guardian.basis',
          'Name the document of the guardianship: party.change with guardian.basis',
        ],
      ],
    );
  }
  if (by === 'self') return undefined;
  const [zh, en] =
    under === undefined
      ? ['有监护人的成年人', 'an adult under guardianship']
      : [`未满 ${under} 周岁`, `under ${under}`];
  const guardian = Object.values(state.parties).some((each) => each.role === GUARDIAN);
  return refuse(
    'OTHER_VOICE',
    [`本人${zh}，由监护人表示是否同意。`, `The person is ${en}: the guardian says yes or no.`],
    [
      guardian
        ? [
            '由监护人同意，或代监护人记录：onBehalfOf 填 guardian',
            'Let the guardian consent, or record it for him: onBehalfOf guardian',
          ]
        : ['先用 party.add 登记监护人', 'Add the guardian with party.add first'],
      ['本人随时可以拒绝、撤回或投诉', 'The person may refuse, withdraw or complain at any time'],
    ],
  );
}

/** INVALID_DATA for somebody whose consent nobody asks for. */
function noSuchVoice({ world, act }: ActContext): Refusal {
  const by = voices(world);
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

/** INVALID_DATA for purposes that are none of these. */
export function unknownPurpose(given: readonly string[], known: readonly string[]): Refusal | undefined {
  const unknown = given.find((each) => !known.includes(each));
  if (unknown === undefined) return undefined;
  return refuse(
    'INVALID_DATA',
    [`没有“${unknown}”这项目的。`, `There is no purpose "${unknown}" here.`],
    known.length > 0
      ? [[`可以是：${known.join('、')}`, `It can be: ${known.join(', ')}`]]
      : [['本项目没有单列的目的：不填 data.purposes', 'This program names none: leave data.purposes out']],
    [{ path: 'data.purposes', message: known.length > 0 ? oneOf(known) : inBoth('不能填写', 'none can be named') }],
  );
}
