import { z } from 'zod';
import { keyOf } from '../../sdk/keys.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { extension, moved } from '../deadline.ts';
import { beginStages, enterNext, enterStage, keysOf, leaveStage, openAdded } from '../flow.ts';
import { stageClock, stageOf } from '../lookup.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import { add, tell } from '../story.ts';
import { capProblem, extensionOf, ownClockProblem } from './extension.ts';
import { budget, count, date, name, nothing, text } from './shapes.ts';
import { WORKERS } from './work.ts';

/** Those who lead a plan: the post that answers for the current stage (or the first), caseworkers, the unit's head. */
function leaders({ state, world }: ActContext): string[] {
  const stage = stageOf(world.program, state.stage) ?? world.program.stages[0];
  return [...(stage ? [stage.answers] : []), ...WORKERS];
}

const decisionShape = z
  .strictObject({
    body: name,
    present: count,
    for: count,
    against: count,
    abstain: count,
    text: text.optional(),
    heldOn: date.optional(),
  })
  .refine((vote) => vote.for + vote.against + vote.abstain <= vote.present, {
    message: inBoth('票数多于到会人数', 'more votes than people present'),
    path: ['present'],
  });

const decisionRecord: ActKind<z.infer<typeof decisionShape>> = {
  data: decisionShape,
  statuses: ['proposed', 'open'],
  fromPaper: true,
  who: leaders,
  decide({ state, world, data, at, act }) {
    const { approval, consent } = world.program;
    if (!approval?.votes.includes(data.body)) {
      const bodies = approval?.votes.join(', ') ?? '';
      return refuse(
        'INVALID_DATA',
        [`方案不由“${data.body}”表决。`, `The plan is not voted on by "${data.body}".`],
        [[`表决机构：${bodies || '无'}`, `Bodies that vote: ${bodies || 'none'}`]],
        [{ path: 'data.body', message: oneOf([bodies]) }],
      );
    }
    if (state.status === 'proposed' && consent && !state.consent) {
      return refuse(
        'CONSENT_MISSING',
        ['表决前须先得到本人或监护人同意。', 'Consent comes before the vote.'],
        [['先记录 consent.give', 'Record consent.give first']],
      );
    }
    if (state.votes[data.body]?.passed) {
      return refuse(
        'ALREADY_DONE',
        [`“${data.body}”已经表决通过。`, `"${data.body}" has already passed it.`],
        [['修改方案（plan.revise）后可重新表决', 'Revise the plan (plan.revise) to vote on it anew']],
      );
    }
    const passed = data.for * 2 > data.present;
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'decision.recorded', data: { ...withoutUndefined(data), passed } });
    if (state.status === 'proposed' && approval.votes.every((body) => story.state.votes[body]?.passed)) {
      add(story, { type: 'plan.approved', data: { votes: [...approval.votes] } });
      beginStages(story);
    }
    return story.events;
  },
};

const reviseShape = z.strictObject({
  targets: z.record(z.string(), text).optional(),
  deadlines: z.record(z.string(), budget).optional(),
  items: z
    .array(
      z.strictObject({
        key: z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'letters and digits, beginning with a small letter'),
        name: z.tuple([name, name]),
        by: name,
        within: budget.optional(),
        stage: name,
      }),
    )
    .max(50)
    .optional(),
});

const planRevise: ActKind<z.infer<typeof reviseShape>> = {
  data: reviseShape,
  statuses: ['proposed', 'open'],
  reasonNeeded: true,
  who: leaders,
  decide(context) {
    const { state, world, data, at, act } = context;
    const problem = reviseProblem(context) ?? (state.status === 'open' ? votesProblem(context) : undefined);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'plan.revised', data: withoutUndefined({ ...data, items: data.items?.map(withoutUndefined) }) });
    const clock = currentClock(context);
    const within = state.stage === undefined ? undefined : data.deadlines?.[state.stage];
    if (clock && within !== undefined && (within !== clock.budget || clock.extensions.length > 0)) {
      const deadline = moved(clock, { budget: within, extensions: [], granted: [] }, world);
      add(story, {
        type: 'deadline.moved',
        data: { deadline, from: clock.dueAt, why: ['方案修订', 'the plan was revised'] },
      });
    }
    for (const item of data.items ?? []) if (item.stage === state.stage) openAdded(story, item.key);
    return story.events;
  },
};

/** So many items the plan can fix for one case. */
const MOST_ADDED = 100;

function reviseProblem({ state, world, data }: ActContext<z.infer<typeof reviseShape>>): Refusal | undefined {
  const { program } = world;
  const errors: { path: string; message: string }[] = [];
  const fixes = program.approval?.fixes ?? [];
  for (const part of ['targets', 'deadlines', 'items'] as const) {
    if (data[part] && !fixes.includes(part))
      errors.push({
        path: `data.${part}`,
        message: inBoth('本程序的方案不定这一项', 'is not fixed by the plan of this program'),
      });
  }
  for (const part of ['targets', 'deadlines'] as const) {
    for (const key of Object.keys(data[part] ?? {})) {
      if (!stageOf(program, key))
        errors.push({ path: `data.${part}.${key}`, message: inBoth('没有这个阶段', 'no such stage') });
    }
  }
  for (const [n, item] of (data.items ?? []).entries()) {
    if (!Object.hasOwn(program.roles, item.by))
      errors.push({ path: `data.items.${n}.by`, message: inBoth('没有这个角色', 'no such role') });
    if (!stageOf(program, item.stage))
      errors.push({ path: `data.items.${n}.stage`, message: inBoth('没有这个阶段', 'no such stage') });
    if (keysOf(program).has(item.key))
      errors.push({ path: `data.items.${n}.key`, message: inBoth('已被程序使用', 'is taken by the program') });
    const begun = state.round[item.key] !== undefined || Object.values(state.items).some(({ key }) => key === item.key);
    if (begun)
      errors.push({
        path: `data.items.${n}.key`,
        message: inBoth('已经开始，请换一个名称', 'has begun already; take another key'),
      });
    const twice = data.items?.findIndex(({ key }) => key === item.key) !== n;
    if (twice) errors.push({ path: `data.items.${n}.key`, message: inBoth('重复', 'is there twice') });
  }
  if (Object.keys(state.added).length + (data.items?.length ?? 0) > MOST_ADDED)
    errors.push({
      path: 'data.items',
      message: inBoth(`最多增加 ${MOST_ADDED} 项`, `at most ${MOST_ADDED} added items`),
    });
  if (errors.length === 0) return undefined;
  return refuse(
    'INVALID_DATA',
    ['修订内容有误。', 'The revision is not valid.'],
    [['按列出的位置改正', 'Correct the listed places']],
    errors,
  );
}

/** After approval a revision needs the votes of all bodies again, recorded before it. */
function votesProblem({ state, world }: ActContext): Refusal | undefined {
  const lacking = (world.program.approval?.votes ?? []).filter((body) => !state.votes[body]?.passed);
  if (lacking.length === 0) return undefined;
  return refuse(
    'BLOCKED',
    [`修订还没有表决通过：${lacking.join('、')}。`, `The revision has not been passed by: ${lacking.join(', ')}.`],
    [['先用 decision.record 记录各机构的表决', 'Record the votes of all bodies with decision.record first']],
  );
}

const stageExtend: ActKind<{ budget: string }> = {
  data: z.strictObject({ budget }),
  statuses: ['open'],
  reasonNeeded: true,
  who: (context) => headsFrom(extensionOf(context.state, context.world, currentClock(context)).approves),
  decide(context) {
    const { state, world, data, at, act } = context;
    const clock = currentClock(context);
    if (state.stage === undefined || (act.target && act.target !== state.stage)) return notCurrent(context);
    if (!clock) return notStarted(context);
    const own = ownClockProblem(context, clock);
    if (own) return own;
    const problem = capProblem(context, clock, data.budget);
    if (problem) return problem;
    const { round } = state.stages[state.stage]!;
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'stage.extended', data: { stage: state.stage, round, budget: data.budget } });
    const deadline = moved(clock, extension(clock, data.budget, { by: act.actor.id, at }), world);
    add(story, { type: 'deadline.moved', data: { deadline, from: clock.dueAt, why: ['延期', 'extended'] } });
    return story.events;
  },
};

const stageRepeat: ActKind<Record<string, never>> = {
  data: nothing,
  statuses: ['open'],
  reasonNeeded: true,
  who: (context) => [...leaders(context), ...headsFrom('unit')],
  decide(context) {
    const { state, world, at, act } = context;
    if (state.stage === undefined || (act.target && act.target !== state.stage)) return notCurrent(context);
    const clock = currentClock(context);
    const own = clock && ownClockProblem(context, clock);
    if (own) return own;
    const story = tell(state, world, at, act.actor.id);
    leaveStage(story, state.stage, 'repeat');
    enterStage(story, state.stage);
    return story.events;
  },
};

const stageStepBack: ActKind<{ to: string }> = {
  data: z.strictObject({ to: name }),
  statuses: ['open'],
  reasonNeeded: true,
  who: leaders,
  decide({ state, world, data, at, act }) {
    const order = world.program.stages.map((stage) => stage.stage);
    const to = order.indexOf(data.to);
    const from = state.stage === undefined ? order.length : order.indexOf(state.stage);
    if (to < 0 || to >= from) {
      const back = order.slice(0, from).join(', ');
      return refuse(
        to < 0 ? 'INVALID_DATA' : 'BLOCKED',
        ['只能退回到更早的阶段。', 'One can only step back to an earlier stage.'],
        [[`可退回：${back || '无'}`, `Earlier stages: ${back || 'none'}`]],
        [{ path: 'data.to', message: inBoth('没有更早的这个阶段', 'no earlier stage') }],
      );
    }
    const story = tell(state, world, at, act.actor.id);
    if (state.stage) leaveStage(story, state.stage, 'stepBack', data.to);
    for (const key of order.slice(to + 1, from)) {
      if (story.state.stages[key]?.state === 'done') {
        const { round } = story.state.stages[key]!;
        add(story, { type: 'stage.left', data: { stage: key, round, why: 'stepBack', to: data.to } });
      }
    }
    enterStage(story, data.to);
    return story.events;
  },
};

const stageSkip: ActKind<Record<string, never>> = {
  data: nothing,
  statuses: ['open'],
  reasonNeeded: true,
  who: ({ state, world }) => [stageOf(world.program, state.stage)?.answers ?? 'head:unit', 'head:unit'],
  decide(context) {
    const { state, world, at, act } = context;
    if (state.stage === undefined || (act.target && act.target !== state.stage)) return notCurrent(context);
    const story = tell(state, world, at, act.actor.id);
    leaveStage(story, state.stage, 'skip');
    enterNext(story, state.stage);
    return story.events;
  },
};

function notCurrent({ state, act }: ActContext): Refusal {
  const now = state.stage ?? '无';
  const meant = act.target ?? '';
  return refuse(
    'BLOCKED',
    state.stage === undefined
      ? ['现在没有进行中的阶段。', 'No stage is current.']
      : [`“${meant}”不是当前阶段。`, `"${meant}" is not the current stage.`],
    [[`当前阶段：${now}`, `The current stage is ${state.stage ?? 'none'}`]],
  );
}

function notStarted({ state, world }: ActContext): Refusal {
  const stage = stageOf(world.program, state.stage);
  const from = stage?.items.find((item) => keyOf(item) === stage.from);
  const [zh, en] = from?.name ?? ['', ''];
  return refuse(
    'BLOCKED',
    [`本阶段的期限从“${zh}”起算，还没有开始。`, `The clock of this stage starts with "${en}" and has not started.`],
    [[`先完成“${zh}”`, `Do "${en}" first`]],
  );
}

function currentClock({ state }: Pick<ActContext, 'state'>) {
  if (state.stage === undefined) return undefined;
  return state.deadlines[stageClock(state.stage, state.stages[state.stage]?.round ?? 0)];
}

/** Heads of a level and of those above it. */
export function headsFrom(level: 'unit' | 'sub-district' | 'district'): string[] {
  const all = ['head:unit', 'head:sub-district', 'head:district'];
  return all.slice(all.indexOf(`head:${level}`));
}

/** An object without its undefined values, for exact optional properties. */
export function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Stages and plan. */
export const planActs: Readonly<Record<string, ActKind>> = {
  'decision.record': actKind(decisionRecord),
  'plan.revise': actKind(planRevise),
  'stage.extend': actKind(stageExtend),
  'stage.repeat': actKind(stageRepeat),
  'stage.stepBack': actKind(stageStepBack),
  'stage.skip': actKind(stageSkip),
};
