import { z } from 'zod';
import type { Program } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { ERASURE, ERASURE_WITHIN, isAskedToErase, MOST_HOLDS } from '../custody.ts';
import { cancelClock, meet } from '../flow.ts';
import { nextId, roleMeant } from '../lookup.ts';
import { answeringRole, setClock, toldThere } from '../offer-story.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { GUARDIAN } from '../rights.ts';
import type { OpenItem, Status } from '../state.ts';
import { add, tell } from '../story.ts';
import { bringers, otherVoice, voiceOfAct } from './consent-voice.ts';
import { headsFrom } from './plan.ts';
import { onBehalfProblem, proofProblem } from './proof.ts';
import { nothing, proofShape, text } from './shapes.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

/** Heads of the unit and above, and auditors: who may forbid that anything of a case is destroyed. */
const KEEPERS = [...headsFrom('unit'), 'auditor'];

const holdShape = z.strictObject({
  ground: z
    .enum(['litigation', 'inspection', 'petition', 'other'])
    .describe('Why: a lawsuit, an inspection or investigation, a petition (信访), or something else'),
});

/** Nothing of the case is destroyed until somebody else lifts the hold again. It stops at once what is under way. */
const setHold: ActKind<z.infer<typeof holdShape>> = {
  data: holdShape,
  statuses: ANY,
  reasonNeeded: true,
  evenColliding: true,
  who: () => KEEPERS,
  decide({ state, act, data }) {
    if (Object.keys(state.holds ?? {}).length >= MOST_HOLDS)
      return refuse(
        'CAP_REACHED',
        [`一个个案同时最多有 ${MOST_HOLDS} 项保全。`, `At most ${MOST_HOLDS} holds of a case stand at once.`],
        [['先用 hold.lift 解除不再需要的', 'Lift those that are no longer needed first: hold.lift']],
      );
    return [{ type: 'hold.set', data: { id: `hold-${act.id}`, ground: data.ground } }];
  },
};

/** Lifted by another person than who set it, and an auditor's by an auditor: nobody frees what was locked for an inspection of himself. */
const liftHold: ActKind = actKind<z.infer<typeof nothing>>({
  data: nothing,
  statuses: ANY,
  reasonNeeded: true,
  evenColliding: true,
  who: () => KEEPERS,
  decide({ state, act, roles }) {
    const { holds = {} } = state;
    const hold = Object.hasOwn(holds, act.target ?? '') ? holds[act.target!] : undefined;
    if (!hold)
      return refuse(
        'NOT_OPEN',
        ['没有这项保全，或它已经解除。', 'There is no such hold, or it was lifted.'],
        [[`在 target 中写明：${Object.keys(holds).join('、') || '无'}`, 'Name it in target']],
      );
    if (hold.by === act.actor.id)
      return refuse(
        'FORBIDDEN',
        ['保全由设定人以外的人解除。', 'A hold is lifted by somebody else than who set it.'],
        [['请另一位负责人或审计员办理', 'Ask another head, or an auditor']],
      );
    if (hold.audit && !roles.has('auditor'))
      return refuse(
        'FORBIDDEN',
        ['审计员设定的保全由另一位审计员解除。', 'A hold that an auditor has set is lifted by another auditor.'],
        [['请另一位审计员办理', 'Ask another auditor']],
      );
    return [{ type: 'hold.lifted', data: { id: hold.id } }];
  },
});

const KIN = ['spouse', 'child', 'parent', 'sibling', 'grandparent', 'grandchild'] as const;

const requestShape = z.strictObject({
  ...proofShape,
  kin: z
    .enum(KIN)
    .optional()
    .describe(
      'The person has died, and his next of kin asks (Civil Code art. 1045, PIPL art. 49); needs a document of both',
    ),
});
type Requested = z.infer<typeof requestShape>;

/**
 * Whom a case is about, his guardian, or the next of kin of one who has died asks that what is kept is erased. The head of the
 * unit answers in time: the clock of that is set here, and no one lengthens it.
 */
const requestErasure: ActKind<Requested> = {
  data: requestShape,
  statuses: ANY,
  lateExempt: true,
  evenColliding: true,
  who: (context) => [...bringers(context), 'head:unit'],
  decide(context) {
    const { state, world, act, data } = context;
    const by = whoseWord(context);
    if (isRefusal(by)) return by;
    if (isAskedToErase(state)) return alreadyAsked();
    if (state.erasure?.decision === 'limited') return alreadyLimited();
    const story = tell(state, world, world.now, act.actor.id);
    const item: OpenItem = {
      ...{ id: nextId(state, { key: ERASURE, kind: 'erasure' }), key: ERASURE, kind: 'erasure' },
      ...{ name: ['请求删除个人信息，待答复', 'a request to erase waits for its answer'], by: 'head:unit' },
      ...{ answers: answeringRole(state, world), required: false, repeat: false, openedAt: world.now },
      ...headOf(context),
    };
    const said = {
      ...(data.kin === undefined ? {} : { kin: data.kin }),
      ...(data.note ? { note: data.note } : {}),
      ...(data.witness ? { witness: data.witness } : {}),
    };
    const told = toldThere(story, state.unit);
    add(
      story,
      { type: 'erasure.requested', data: { id: item.id, by: by.role, voices: voicesOf(world.program), ...said, told } },
      { type: 'item.opened', data: { item } },
    );
    setClock(story, {
      ...{ id: item.id, of: 'erasure', name: item.name, unit: state.unit },
      ...{ budget: ERASURE_WITHIN, ladder: 'linli:question' },
    });
    return story.events;
  },
};

/** Roles whose word counts in a program: they read what is kept about them also when nobody else does. */
function voicesOf({ consent }: Pick<Program, 'consent'>): readonly string[] {
  return [...new Set([...(consent?.by ?? ['beneficiary']), GUARDIAN])];
}

function headOf({ state, world }: ActContext): Pick<OpenItem, 'assignee'> {
  const head = world.org.units[state.unit]?.head;
  return head === undefined ? {} : { assignee: { post: head } };
}

/** The role whose word a request is: as of consent; of one who has died the next of kin's, with a document of both. */
function whoseWord(context: ActContext<Requested>): { readonly role: string } | Refusal {
  const { data, roles } = context;
  if (data.kin !== undefined) return proofProblem(context, {}, ['file']) ?? { role: 'kin' };
  const voice = voiceOfAct(context);
  if (isRefusal(voice)) return voice;
  const { role } = voice;
  const other = role === GUARDIAN ? otherVoice(context, role) : undefined;
  if (other) return other;
  return (roles.has(role) ? undefined : onBehalfProblem(context, data)) ?? voice;
}

function alreadyAsked(): Refusal {
  return refuse(
    'ALREADY_DONE',
    ['已有一项删除请求在等待答复。', 'A request to erase waits for its answer already.'],
    [
      ['等待单位负责人答复，逾期会逐级提醒', 'Wait for the head of the unit; what is late goes up level by level'],
      ['对办理不满意：complaint.make', 'Complain about how it is handled: complaint.make'],
    ],
  );
}

function alreadyLimited(): Refusal {
  return refuse(
    'ALREADY_DONE',
    [
      '已同意：保存期限届满前只存储和保护，不作其他处理；届满后销毁。',
      'It was granted already: until the periods have run out it is only stored and protected, and destroyed then.',
    ],
    [['期限见本案的保存期限页面', 'The page of how long it is kept tells until when']],
  );
}

const answerShape = z.strictObject({
  decision: z
    .enum(['limited', 'refused'])
    .describe('limited: once the case is closed it is only stored and protected, until the periods have run out'),
  text: text.max(5_000).describe('What the person is told: why, on which law, until when, and where to complain'),
});

/** The head of the unit, or one above, answers; never who recorded the request himself, unless it is the person’s own. */
const answerErasure: ActKind<z.infer<typeof answerShape>> = {
  data: answerShape,
  statuses: ANY,
  who: () => headsFrom('unit'),
  decide({ state, world, act, data }) {
    const { erasure } = state;
    if (!erasure || erasure.decision !== undefined) return noRequest();
    if (erasure.recordedBy === act.actor.id)
      return refuse(
        'FORBIDDEN',
        ['记录请求的人不能自己答复。', 'Who recorded the request does not answer it himself.'],
        [['请上一级负责人答复', 'Ask the head of the level above']],
      );
    const story = tell(state, world, world.now, act.actor.id);
    add(story, { type: 'erasure.answered', data: { id: erasure.id, decision: data.decision, text: data.text } });
    meet(story, erasure.id, world.now);
    return story.events;
  },
};

const withdrawShape = z.strictObject(proofShape);

/** Whose word it was takes it back: what was only stored may be handled again. */
const withdrawErasure: ActKind = actKind<z.infer<typeof withdrawShape>>({
  data: withdrawShape,
  statuses: ANY,
  evenColliding: true,
  who: bringers,
  decide(context) {
    const { state, world, act, roles, data } = context;
    const { erasure } = state;
    if (!erasure || erasure.decision === 'refused') return noRequest();
    const meant = roleMeant(state, act.onBehalfOf) ?? act.onBehalfOf;
    if (erasure.by !== meant && !roles.has(erasure.by))
      return refuse(
        'FORBIDDEN',
        ['删除请求由提出的人撤回。', 'A request to erase is taken back by whoever made it.'],
        [
          [
            `代其撤回：onBehalfOf 填 ${erasure.by}，并附其本人签字的材料`,
            `On behalf: onBehalfOf ${erasure.by}, with a document he has signed`,
          ],
        ],
      );
    // it opens everything again: a witness alone is not enough
    const problem = roles.has(erasure.by) ? undefined : proofProblem(context, data, ['file']);
    if (problem) return problem;
    const story = tell(state, world, world.now, act.actor.id);
    add(story, { type: 'erasure.withdrawn', data: { id: erasure.id } });
    if (state.deadlines[erasure.id]) cancelClock(story, erasure.id);
    return story.events;
  },
});
function noRequest(): Refusal {
  return refuse(
    'NOT_OPEN',
    ['没有待答复的删除请求。', 'No request to erase is open.'],
    [['先用 erasure.request 提出', 'It is made with erasure.request']],
  );
}

/** Holds and requests to erase. */
export const custodyActs: Readonly<Record<string, ActKind>> = {
  'hold.set': actKind(setHold),
  'hold.lift': liftHold,
  'erasure.request': actKind(requestErasure),
  'erasure.answer': actKind(answerErasure),
  'erasure.withdraw': withdrawErasure,
};
