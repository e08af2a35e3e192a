import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { meet } from '../flow.ts';
import { agreedTo } from '../purpose.ts';
import { inBoth, NEEDED, type Refusal, refuse } from '../refusal.ts';
import { voiceOf } from '../rights.ts';
import type { Status } from '../state.ts';
import { add, tell } from '../story.ts';
import { startAgreed, stopUnagreed } from '../voice/purposes.ts';
import { askOf, bringers, otherVoice, saidWith, unknownPurpose, voiceOfAct } from './consent-voice.ts';
import { onBehalfProblem } from './proof.ts';
import { name, proofShape, text } from './shapes.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

/** Purposes of a program. */
export const purposes = z.array(name).min(1).max(50).optional();

const giveShape = z.strictObject({
  ...proofShape,
  heard: text.optional().describe('what the child, or the adult under guardianship, says to it'),
  separate: z
    .literal(true)
    .optional()
    .describe('the guardian also agrees, separately, to the handling of the data of a child under fourteen'),
  purposes: purposes.describe('what else is agreed to beside the help itself: purposes of the program, each by itself'),
  only: z
    .literal(true)
    .optional()
    .describe('adds `purposes` to the consent that stands, and never gives the consent itself, or again'),
});
type Given = z.infer<typeof giveShape>;

const NOT_AGAIN: Text = ['重新征求时没有同意这一项', 'it was not agreed to when asked again'];

/**
 * Consent can be given whenever there is none, or it is asked for again; a case suspended by its withdrawal goes on with
 * `case.resume`. Given by whose word counts then (engine/rights.ts), or for them with a document or a witness. A purpose
 * beside the help itself is agreed to only where it is named, then or later. Who means purposes alone says so (`only`): said to
 * a consent that has meanwhile ended, or is asked for again, it must not become the whole.
 */
const consentGive: ActKind<Given> = {
  data: giveShape,
  fromPaper: true,
  statuses: ANY,
  evenColliding: true,
  who: bringers,
  decide(context) {
    const { state, world, data, roles, at, act } = context;
    const voice = voiceOfAct(context);
    if (isRefusal(voice)) return voice;
    const { role } = voice;
    const named = Object.keys(world.program.consent?.purposes ?? {});
    const wanted = [...new Set(data.purposes)];
    const unknown = unknownPurpose(wanted, named);
    if (unknown) return unknown;
    const ask = askOf(state);
    const fresh = wanted.filter((each) => !agreedTo(state, each));
    const standing = ask ? undefined : state.consent;
    const alone = data.only ? aloneProblem(standing !== undefined, wanted) : undefined;
    if (alone) return alone;
    if (standing && fresh.length === 0) {
      return refuse(
        'ALREADY_DONE',
        ['已经同意过。', 'Consent has been given already.'],
        [['撤回用 consent.withdraw', 'Use consent.withdraw to withdraw it']],
      );
    }
    const own = roles.has(role);
    const problem =
      otherVoice(context, role) ??
      (own ? undefined : restProblem(context)) ??
      (own ? undefined : onBehalfProblem(context, data)) ??
      heardProblem(context, data);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    const agreed = standing ? [...(standing.purposes ?? []), ...fresh] : wanted;
    const said = {
      ...saidWith(context),
      ...(data.heard ? { heard: data.heard } : {}),
      ...(data.separate ? { separate: data.separate } : {}),
      ...(named.length > 0 ? { purposes: agreed } : {}),
    };
    add(story, { type: 'consent.given', data: { by: role, ...said } });
    if (ask) {
      const done = at < ask.openedAt ? ask.openedAt : at;
      add(story, { type: 'task.completed', data: { id: ask.id, key: ask.key, at: done } });
      meet(story, ask.id, done);
      stopUnagreed(story, NOT_AGAIN);
    }
    startAgreed(story, fresh);
    return story.events;
  },
};

/** INVALID_DATA when purposes alone are meant and none is named, NOT_OPEN when there is no consent that they can be added to. */
function aloneProblem(stands: boolean, wanted: readonly string[]): Refusal | undefined {
  if (wanted.length === 0)
    return refuse(
      'INVALID_DATA',
      ['没有写明同意哪几项。', 'It does not say which purposes are agreed to.'],
      [['在 data.purposes 中写明', 'Name them in data.purposes']],
      [{ path: 'data.purposes', message: NEEDED }],
    );
  if (stands) return undefined;
  return refuse(
    'NOT_OPEN',
    [
      '现在不能只同意这一项：还没有同意办理，或正在重新征求同意。',
      'This alone cannot be agreed to now: there is no consent, or it is being asked for again.',
    ],
    [
      [
        '同意办理时一并写明各项：不填 data.only',
        'Name the purposes with the consent itself: leave data.only out, and name all that are agreed to',
      ],
    ],
  );
}

/** INVALID_DATA when a guardian consents and what has to be said with it is missing. */
function heardProblem({ state, world, at }: ActContext, data: Given): Refusal | undefined {
  const { by, heard, separate } = voiceOf(state, world.program, at);
  if (by === 'self') return undefined;
  const errors = [
    ...(heard && !data.heard ? [{ path: 'data.heard', message: NEEDED }] : []),
    ...(separate && !data.separate
      ? [
          {
            path: 'data.separate',
            message: inBoth('需要监护人单独同意处理个人信息', 'needs the guardian’s separate consent'),
          },
        ]
      : []),
  ];
  if (errors.length === 0) return undefined;
  return refuse(
    'INVALID_DATA',
    [
      '监护人同意时，须听取本人意见；未满 14 周岁的，还须单独同意处理其个人信息。',
      'Where a guardian consents, the person is heard; for a child under fourteen the guardian also agrees, separately, to the handling of its data.',
    ],
    [['填写 data.heard 和 data.separate', 'Fill in data.heard and data.separate']],
    errors,
  );
}

/** CONSENT_RESTS while a refusal stands: nobody is pressed. Whoever refused may say yes himself at any time. */
function restProblem({ state, world }: ActContext): Refusal | undefined {
  const until = state.refused?.until;
  if (until === undefined || world.now >= until) return undefined;
  return refuse(
    'CONSENT_RESTS',
    ['本人已表示不同意，现在不再征求。', 'Consent was refused; nobody asks again for now.'],
    [
      [`${until} 之后可以再问一次`, `It may be asked again after ${until}`],
      ['本人或监护人改变主意，可以自己随时同意', 'Whoever changes his mind may consent himself at any time'],
      ['不再办理：用 case.close 结案，outcome 写明本人不愿意', 'Or close the case with the outcome that says so'],
    ],
  );
}

/** `consent.give`. */
export const giveAct: ActKind = actKind(consentGive);
