import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { meet } from '../flow.ts';
import { nextId } from '../lookup.ts';
import { ANSWER_WITHIN, answeringRole, openQuestions, QUESTION, setClock, toldOwn, toldThere } from '../offer-story.ts';
import { unitFor } from '../org.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import type { OpenItem } from '../state.ts';
import { add, tell } from '../story.ts';
import { askers, RUNNING_CASE } from './asking.ts';
import { headsFrom } from './plan.ts';
import { budget, text } from './shapes.ts';

type Above = 'sub-district' | 'district';

/** Questions by the level they were put before. */
const NAMES: Readonly<Record<Above, Text>> = {
  'sub-district': ['上报街道，待答复', 'put before the sub-district, waits for its answer'],
  district: ['上报区级，待答复', 'put before the district, waits for its answer'],
};

const escalateShape = z.strictObject({
  to: z.enum(['sub-district', 'district']),
  text: text.max(5_000),
  within: budget.optional().describe('Time for the answer; default 5 working days'),
});

/**
 * Puts a question before the head of a level above, with a clock and a ladder of its own. The case's unit stays responsible
 * for everything else. One question a level at a time, as often as needed.
 */
const escalate: ActKind<z.infer<typeof escalateShape>> = {
  data: escalateShape,
  statuses: RUNNING_CASE,
  who: askers,
  decide({ state, world, data, act }) {
    const { to, text: asked, within = ANSWER_WITHIN } = data;
    const unit = unitFor(world.org, state.unit, to);
    if (unit === undefined || unit === state.unit || world.org.units[unit]?.level !== to) return noSuchLevel(to);
    if (openQuestions(state).some(({ by }) => by === roleOf(to))) return alreadyThere();
    const story = tell(state, world, world.now, act.actor.id);
    const head = world.org.units[unit]?.head;
    const item: OpenItem = {
      ...{
        id: nextId(state, { key: QUESTION, kind: 'escalation' }),
        key: QUESTION,
        kind: 'escalation',
        name: NAMES[to],
      },
      ...{ by: roleOf(to), answers: answeringRole(state, world), required: false, repeat: false },
      ...(head === undefined ? {} : { assignee: { post: head } }),
      openedAt: world.now,
    };
    add(
      story,
      { type: 'escalation.made', data: { id: item.id, to, unit, text: asked, told: toldThere(story, unit) } },
      { type: 'item.opened', data: { item } },
    );
    setClock(story, {
      ...{ id: item.id, of: 'escalation', name: item.name, unit },
      ...{ budget: within, ladder: 'linli:question' },
    });
    return story.events;
  },
};

/** The right that answers a question to a level. */
function roleOf(to: Above): string {
  return `head:${to}`;
}

function levelOf({ by }: OpenItem): Above {
  return by === roleOf('district') ? 'district' : 'sub-district';
}

function noSuchLevel(to: Above): Refusal {
  return refuse(
    'INVALID_DATA',
    ['本单位之上没有这一级。', 'There is no such level above the unit of the case.'],
    [
      to === 'sub-district'
        ? ['改为 district（区级）', 'Choose district']
        : ['请用 complaint.make 或与本级负责人商议', 'Speak with the head of this level'],
    ],
    [{ path: 'data.to', message: inBoth('本单位之上没有这一级', 'no such level above this unit') }],
  );
}

function alreadyThere(): Refusal {
  return refuse(
    'ALREADY_DONE',
    ['已有一项问题在等这一级答复。', 'A question waits for that level already.'],
    [
      ['等它用 case.return 答复', 'Wait until it answers with case.return'],
      ['催办用 deadline.nudge', 'Ask for it with deadline.nudge'],
    ],
  );
}

const returnShape = z.strictObject({ text: text.max(5_000) });

/** The head of that level, or of one above it, answers: the matter comes back to the case's unit. */
const giveBack: ActKind<z.infer<typeof returnShape>> = {
  data: returnShape,
  statuses: RUNNING_CASE,
  who(context) {
    const question = questionMeant(context);
    return headsFrom(isRefusal(question) ? 'sub-district' : levelOf(question));
  },
  decide(context) {
    const { state, world, data, act } = context;
    const question = questionMeant(context);
    if (isRefusal(question)) return question;
    const story = tell(state, world, world.now, act.actor.id);
    const to = levelOf(question);
    const unit = state.deadlines[question.id]?.unit ?? state.unit;
    const told = toldOwn(story);
    add(story, { type: 'escalation.returned', data: { id: question.id, to, unit, text: data.text, told } });
    meet(story, question.id, world.now);
    return story.events;
  },
};

/** The question an act answers: by its id, or the only one; of several, the one of the actor's own level. */
function questionMeant({ state, act, roles }: ActContext): OpenItem | Refusal {
  const open = openQuestions(state);
  const named = act.target === undefined ? open : open.filter(({ id, key }) => id === act.target || key === act.target);
  const own = named.filter(({ by }) => roles.has(by));
  const [question, other] = own.length > 0 ? own : named;
  const ids = open.map(({ id }) => id);
  if (!question) {
    return refuse(
      'NOT_OPEN',
      ['没有等待答复的上报问题。', 'No question waits for an answer.'],
      [[`等待答复的问题：${ids.join('、') || '无'}`, `Waiting: ${ids.join(', ') || 'none'}`]],
    );
  }
  if (!other) return question;
  return refuse(
    'INVALID_DATA',
    ['有多项问题等待答复，请指明是哪一项。', 'Several questions wait for an answer: say which.'],
    [[`target 填其中之一：${ids.join('、')}`, `Set target to one of: ${ids.join(', ')}`]],
    [{ path: 'target', message: oneOf(ids) }],
  );
}

/** Between levels. */
export const levelActs: Readonly<Record<string, ActKind>> = {
  'case.escalate': actKind(escalate),
  'case.return': actKind(giveBack),
};
