import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { cancelItem, endDuty } from '../flow.ts';
import { endOffers } from '../offer-story.ts';
import { waitingOffers } from '../offers.ts';
import { agreedTo, purposeName, SHARING } from '../purpose.ts';
import { NEEDED, type Refusal, refuse } from '../refusal.ts';
import { GUARDIAN } from '../rights.ts';
import { add, tell } from '../story.ts';
import { suspendCase } from '../suspension.ts';
import { stopUnagreed } from '../voice/purposes.ts';
import { purposes } from './consent-give.ts';
import {
  askOf,
  bringers,
  otherVoice,
  saidWith,
  toldOfOthersWord,
  unknownPurpose,
  voiceOfAct,
} from './consent-voice.ts';
import { proofShape } from './shapes.ts';

const withdrawShape = z.strictObject({
  ...proofShape,
  purposes: purposes.describe(
    'withdraws these alone: purposes of the program, or `sharing` (other units); without it all, and the help stops',
  ),
});
type Withdrawn = z.infer<typeof withdrawShape>;

const WITHDRAWN: Text = ['已撤回同意', 'consent was withdrawn'];

/**
 * Withdrawn at any time, without proof or reason: nobody is helped against his will. The help stops at once: the case is
 * suspended until consent is given again or the case is closed; in the follow-up the visits end. A single purpose can be
 * withdrawn alone: what hangs on it stops, and the rest goes on. By somebody else than the person, the head of the unit is
 * told at once.
 */
const consentWithdraw: ActKind<Withdrawn> = {
  data: withdrawShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  lateExempt: true,
  evenColliding: true,
  who: bringers,
  decide(context) {
    const { state, world, at, act, data } = context;
    const voice = voiceOfAct(context);
    if (isRefusal(voice)) return voice;
    const { role } = voice;
    const problem = (role === GUARDIAN ? otherVoice(context, role) : undefined) ?? broughtProblem(context, role);
    if (problem) return problem;
    if (data.purposes) return withdrawSome(context, role, [...new Set(data.purposes)]);
    if (!state.consent) {
      return refuse(
        'NOT_OPEN',
        ['没有可撤回的同意。', 'There is no consent to withdraw.'],
        [
          [
            '还没有同意过、也不愿意：用 consent.refuse',
            'Nobody has consented yet, and does not want to: consent.refuse',
          ],
          ['退出个案用 case.close，outcome 写明本人退出', 'Close the case with the outcome that says so'],
        ],
      );
    }
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'consent.withdrawn', data: { by: role, ...withdrawnWith(context, role) } });
    const ask = askOf(state);
    if (ask) cancelItem(story, ask, WITHDRAWN);
    stopUnagreed(story, WITHDRAWN);
    endOffers(story, WITHDRAWN, ({ agreed }) => agreed === true);
    if (state.status === 'proposed' || state.status === 'open') suspendCase(story);
    if (state.status === 'followUp') for (const duty of world.program.duties) endDuty(story, duty, WITHDRAWN);
    return story.events;
  },
};

/** Single purposes, alone: what hangs on them stops. What was done before stays lawful (PIPL art. 15). */
function withdrawSome(
  context: ActContext<Withdrawn>,
  role: string,
  wanted: readonly string[],
): readonly EventDraft[] | Refusal {
  const { state, world, at, act } = context;
  const named = Object.keys(world.program.consent?.purposes ?? {});
  const unknown = unknownPurpose(wanted, [...named, SHARING]);
  if (unknown) return unknown;
  const shared = waitingOffers(state).some(({ agreed }) => agreed === true);
  const standing = wanted.filter((each) => (each === SHARING ? shared : agreedTo(state, each)));
  if (standing.length === 0) {
    const names = wanted.map((each) => purposeName(world.program, each));
    return refuse(
      'NOT_OPEN',
      [
        `没有可撤回的同意：${names.map(([zh]) => zh).join('、')}。`,
        `There is no such consent to withdraw: ${names.map(([, en]) => en).join(', ')}.`,
      ],
      [
        [
          '撤回全部同意：不填 data.purposes，帮扶随即停止',
          'To withdraw all of it leave data.purposes out; the help then stops',
        ],
      ],
    );
  }
  const story = tell(state, world, at, act.actor.id);
  const said = { by: role, purposes: standing, ...withdrawnWith(context, role) };
  add(story, { type: 'consent.withdrawn', data: said });
  stopUnagreed(story, WITHDRAWN);
  if (standing.includes(SHARING)) endOffers(story, WITHDRAWN, ({ agreed }) => agreed === true);
  return story.events;
}

function withdrawnWith(context: ActContext<Withdrawn>, role: string) {
  const told = toldOfOthersWord(context, role);
  return { ...saidWith(context), ...(told ? { told } : {}) };
}

/**
 * INVALID_DATA when somebody else brings a withdrawal and says neither whose word it is nor what was said: all clocks stop
 * with it. Whose word it is needs nothing.
 */
function broughtProblem({ act, data, roles }: ActContext<Withdrawn>, role: string): Refusal | undefined {
  if (roles.has(role)) return undefined;
  const errors = [
    ...(act.onBehalfOf === undefined ? [{ path: 'onBehalfOf', message: NEEDED }] : []),
    ...(data.note || act.evidence?.length ? [] : [{ path: 'data.note', message: NEEDED }]),
  ];
  if (errors.length === 0) return undefined;
  return refuse(
    'INVALID_DATA',
    [
      '代他人撤回同意，须写明代谁、怎么说的。',
      'Who brings the withdrawal of another says whose it is and what was said.',
    ],
    [
      ['填写 onBehalfOf，并填写 data.note 或附上材料', 'Fill in onBehalfOf, and data.note or a document in evidence'],
      [
        '本人或监护人可以自己撤回，不需要任何说明',
        'Whose consent it is may withdraw it himself, without a word of reason',
      ],
    ],
    errors,
  );
}

/** `consent.withdraw`. */
export const withdrawAct: ActKind = actKind(consentWithdraw);
