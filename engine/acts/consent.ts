import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { cancelItem, endDuty, meet } from '../flow.ts';
import { roleMeant, roleName } from '../lookup.ts';
import { endOffers } from '../offer-story.ts';
import { inBoth, NEEDED, oneOf, type Refusal, refuse } from '../refusal.ts';
import { GUARDIAN, guardianStands, voiceOf } from '../rights.ts';
import type { OpenItem, Party, State, Status } from '../state.ts';
import { add, tell } from '../story.ts';
import { suspendCase } from '../suspension.ts';
import { dueOf } from '../time/clock.ts';
import { onBehalfProblem } from './proof.ts';
import { proofShape, text } from './shapes.ts';
import { WORKERS } from './work.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

/** How long the question rests after a refusal, where the program says nothing else. */
const REST = '30 days';

const saidShape = z.strictObject({ ...proofShape });
const giveShape = z.strictObject({
  ...proofShape,
  heard: text.optional().describe('what the child, or the adult under guardianship, says to it'),
  separate: z
    .literal(true)
    .optional()
    .describe('the guardian also agrees, separately, to the handling of the data of a child under fourteen'),
});
type Given = z.infer<typeof giveShape>;
type Spoken = z.infer<typeof saidShape>;

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

function voices({ program }: ActContext['world']): readonly string[] {
  return program.consent?.by ?? ['beneficiary'];
}

/** Who may bring a word of consent to the record: whoever it is, posts that answer for stages, workers. */
function bringers({ world }: ActContext): readonly string[] {
  return [...voices(world), ...world.program.stages.map((stage) => stage.answers), ...WORKERS];
}

/** What an act of consent, of refusal or withdrawal leaves in the record besides whose it is. */
function saidWith({ act, data }: ActContext<Spoken>) {
  return {
    ...(act.evidence?.length ? { evidence: act.evidence } : {}),
    ...(data.witness ? { witness: data.witness } : {}),
    ...(data.note ? { note: data.note } : {}),
  };
}

function partyOf(state: State, role: string): Party | undefined {
  return Object.values(state.parties).find((party) => party.role === role);
}

/** The item that asks for consent again after a birthday. */
function askOf(state: State): OpenItem | undefined {
  return Object.values(state.items).find(({ kind }) => kind === 'consent');
}

/**
 * Consent can be given whenever there is none, or it is asked for again; a case suspended by its withdrawal goes on with
 * `case.resume`. Given by whose word counts then (engine/rights.ts), or for them with a document or a witness.
 */
const consentGive: ActKind<Given> = {
  data: giveShape,
  fromPaper: true,
  statuses: ANY,
  evenColliding: true,
  who: bringers,
  decide(context) {
    const { state, world, data, roles, at, act } = context;
    const role = consentRole(context);
    if (role === undefined || !partyOf(state, role)) return noSuchVoice(context);
    const ask = askOf(state);
    if (state.consent && !ask) {
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
    const said = {
      ...saidWith(context),
      ...(data.heard ? { heard: data.heard } : {}),
      ...(data.separate ? { separate: data.separate } : {}),
    };
    add(story, { type: 'consent.given', data: { by: role, ...said } });
    if (ask) {
      const done = at < ask.openedAt ? ask.openedAt : at;
      add(story, { type: 'task.completed', data: { id: ask.id, key: ask.key, at: done } });
      meet(story, ask.id, done);
    }
    return story.events;
  },
};

/** OTHER_VOICE when the word of this role does not count: a child's, or a guardian's of an adult whom no document gives him to. */
function otherVoice({ state, world, at }: ActContext, role: string): Refusal | undefined {
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

/**
 * Somebody wants no help: with or without a reason, and recorded as such. The question then rests for as long as the program
 * says. Also the answer to being asked again; the help then stops, as by a withdrawal.
 */
const consentRefuse: ActKind<Spoken> = {
  data: saidShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  lateExempt: true,
  evenColliding: true,
  who: bringers,
  decide(context) {
    const { state, world, data, roles, at, act } = context;
    const role = consentRole(context);
    if (role === undefined || !partyOf(state, role)) return noSuchVoice(context);
    const ask = askOf(state);
    if (state.consent && !ask) {
      return refuse(
        'ALREADY_DONE',
        ['已经同意过，现在不想继续是撤回。', 'Consent has been given; not wanting to go on is a withdrawal.'],
        [['用 consent.withdraw 撤回', 'Use consent.withdraw']],
      );
    }
    const problem =
      (role === GUARDIAN ? otherVoice(context, role) : undefined) ??
      (roles.has(role) ? undefined : onBehalfProblem(context, data));
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    const { calendar, program } = world;
    const budget = program.consent?.rest ?? REST;
    const restsUntil = dueOf({
      start: world.now,
      budget,
      calendar,
      pauses: [],
      extensions: [],
      restDays: 'keep',
    }).dueAt;
    add(story, { type: 'consent.refused', data: { by: role, restsUntil, ...saidWith(context) } });
    if (ask) {
      cancelItem(story, ask, REFUSED);
      if (story.state.status === 'open') suspendCase(story);
      if (story.state.status === 'followUp') for (const duty of program.duties) endDuty(story, duty, REFUSED);
    }
    return story.events;
  },
};

const REFUSED: Text = ['没有同意', 'consent was refused'];

/**
 * Withdrawn at any time, without proof or reason: nobody is helped against his will. The help stops at once: the case is
 * suspended until consent is given again or the case is closed; in the follow-up the visits end.
 */
const consentWithdraw: ActKind<Spoken> = {
  data: saidShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  lateExempt: true,
  evenColliding: true,
  who: bringers,
  decide(context) {
    const { state, world, at, act } = context;
    const role = consentRole(context);
    if (role === undefined || !partyOf(state, role)) return noSuchVoice(context);
    const problem = (role === GUARDIAN ? otherVoice(context, role) : undefined) ?? broughtProblem(context, role);
    if (problem) return problem;
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
    add(story, { type: 'consent.withdrawn', data: { by: role, ...saidWith(context) } });
    const ask = askOf(state);
    if (ask) cancelItem(story, ask, WITHDRAWN);
    endOffers(story, WITHDRAWN, ({ agreed }) => agreed === true);
    if (state.status === 'proposed' || state.status === 'open') suspendCase(story);
    if (state.status === 'followUp') for (const duty of world.program.duties) endDuty(story, duty, WITHDRAWN);
    return story.events;
  },
};

/**
 * INVALID_DATA when somebody else brings a withdrawal and says neither whose word it is nor what was said: all clocks stop
 * with it. Whose word it is needs nothing.
 */
function broughtProblem({ act, data, roles }: ActContext<Spoken>, role: string): Refusal | undefined {
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

const WITHDRAWN: Text = ['已撤回同意', 'consent was withdrawn'];

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

/** Consent: given, refused, withdrawn. */
export const consentActs: Readonly<Record<string, ActKind>> = {
  'consent.give': actKind(consentGive),
  'consent.refuse': actKind(consentRefuse),
  'consent.withdraw': actKind(consentWithdraw),
};
