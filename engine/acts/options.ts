import { z } from 'zod';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { finish } from '../flow.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import type { OpenItem } from '../state.ts';
import { add, tell } from '../story.ts';
import { openOf, whoOfOpen } from './open-item.ts';
import { name, text } from './shapes.ts';

/** A choice has at most so many options at a time. */
const MOST_OPTIONS = 20;

type OpenChoice = OpenItem & { readonly options: NonNullable<OpenItem['options']> };

/** The open choice an act targets. */
const choiceOf = (context: ActContext): OpenChoice | Refusal =>
  openOf(context, (item): item is OpenChoice => item.options !== undefined, [
    '没有这个待选定的事项。',
    'No such choice is open.',
  ]);

const who = (context: ActContext): string[] =>
  whoOfOpen(context, choiceOf(context), ({ by, answers }) => [by, answers]);

/** The option of that number that was neither rejected nor chosen. */
function optionProblem({ options }: OpenChoice, option: string): Refusal | undefined {
  const standing = Object.entries(options).flatMap(([id, { rejected }]) => (rejected ? [] : [id]));
  if (standing.includes(option)) return undefined;
  return refuse(
    'INVALID_DATA',
    [`没有待定的方案“${option}”。`, `No option "${option}" is left to decide on.`],
    [[`待定：${standing.join('、') || '无'}`, `Left: ${standing.join(', ') || 'none'}`]],
    [{ path: 'data.option', message: oneOf(standing) }],
  );
}

const addShape = z.strictObject({
  name: name.describe('What it is called, in a few words'),
  text: text.max(5_000).optional(),
  costFen: z.int().min(0).max(1e13).optional().describe('What it would cost in all, in fen'),
});

const addOption: ActKind<z.infer<typeof addShape>> = {
  data: addShape,
  statuses: ['open'],
  fromPaper: true,
  who,
  decide(context) {
    const item = choiceOf(context);
    if (isRefusal(item)) return item;
    const { state, world, data, at, act } = context;
    const n = Object.keys(item.options).length;
    if (n >= MOST_OPTIONS) {
      return refuse(
        'INVALID_DATA',
        [`一次最多比较 ${MOST_OPTIONS} 个方案。`, `At most ${MOST_OPTIONS} options are compared at a time.`],
        [['合并相近的方案', 'Take together those that are alike']],
        [{ path: 'data.name', message: inBoth('方案太多', 'too many options') }],
      );
    }
    const story = tell(state, world, at, act.actor.id);
    const { text: said, costFen } = data;
    add(story, {
      type: 'option.added',
      data: {
        ...{ id: item.id, key: item.key, option: `${n + 1}`, name: data.name },
        ...(said === undefined ? {} : { text: said }),
        ...(costFen === undefined ? {} : { costFen }),
      },
    });
    return story.events;
  },
};

const ruleShape = z.strictObject({
  option: z
    .string()
    .regex(/^[0-9]{1,2}$/, 'the number of an option')
    .describe('Its number, as option.added told it'),
});

const reject: ActKind<z.infer<typeof ruleShape>> = {
  data: ruleShape,
  statuses: ['open'],
  fromPaper: true,
  reasonNeeded: true,
  who,
  decide(context) {
    const item = choiceOf(context);
    if (isRefusal(item)) return item;
    const { state, world, data, at, act } = context;
    const problem = optionProblem(item, data.option);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'option.rejected', data: { id: item.id, key: item.key, option: data.option } });
    return story.events;
  },
};

/** The choice falls on the last one standing: whoever chooses has said of each other one why not. */
const choose: ActKind<z.infer<typeof ruleShape>> = {
  data: ruleShape,
  statuses: ['open'],
  fromPaper: true,
  reasonNeeded: true,
  who,
  decide(context) {
    const item = choiceOf(context);
    if (isRefusal(item)) return item;
    const { state, world, data, at, act } = context;
    const problem = optionProblem(item, data.option) ?? othersProblem(item, data.option);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    const { name: chosen } = item.options[data.option]!;
    add(story, { type: 'option.chosen', data: { id: item.id, key: item.key, option: data.option, name: chosen } });
    finish(story, item, 'await.occurred', { at });
    return story.events;
  },
};

function othersProblem({ options }: OpenChoice, option: string): Refusal | undefined {
  const standing = Object.entries(options).filter(([id, { rejected }]) => !rejected && id !== option);
  if (standing.length === 0 && Object.keys(options).length > 1) return undefined;
  const [zh, en] = standing.length
    ? [standing.map(([id, one]) => `${id} ${one.name}`).join('、'), standing.map(([id]) => id).join(', ')]
    : ['至少再比较一个方案', 'compare it with another one at least'];
  return refuse(
    'BLOCKED',
    ['其他方案还没有说明为什么不用。', 'Why not the others has not been said of all of them.'],
    [[`用 option.reject 写明理由：${zh}`, `Say why with option.reject: ${en}`]],
  );
}

/** Alternatives: options compared, each rejected with a reason, one chosen. */
export const optionActs: Readonly<Record<string, ActKind>> = {
  'option.add': actKind(addOption),
  'option.reject': actKind(reject),
  'option.choose': actKind(choose),
};
