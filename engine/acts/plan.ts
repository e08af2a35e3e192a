import { z } from 'zod';
import { isRequired, keyOf } from '../../sdk/keys.ts';
import type { Program, Text, VoteItem } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { approveIfPassed, deciding, isPassed } from '../approval.ts';
import { extension, moved } from '../deadline.ts';
import type { EventData, EventDraft } from '../event.ts';
import { afterDone, enterNext, enterStage, keysOf, leaveStage, meet, openAdded, sendBack } from '../flow.ts';
import { APPROVAL, nextId, stageClock, stageOf } from '../lookup.ts';
import { inBoth, NEEDED, oneOf, type Refusal, refuse } from '../refusal.ts';
import type { OpenItem } from '../state.ts';
import { add, tell } from '../story.ts';
import { bodyOf, countsEligible, outcomeOf, ruleText, voteDef } from '../vote.ts';
import { capProblem, extensionOf, ownClockProblem } from './extension.ts';
import { proofProblem } from './proof.ts';
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
    eligible: count
      .optional()
      .describe('Everybody entitled to vote (应到), where the vote needs a quorum or a majority of them'),
    text: text.optional(),
    heldOn: date.optional(),
  })
  .refine((vote) => vote.for + vote.against + vote.abstain <= vote.present, {
    message: inBoth('票数多于到会人数', 'more votes than people present'),
    path: ['present'],
  })
  .refine(({ present, eligible }) => eligible === undefined || present <= eligible, {
    message: inBoth('到会人数多于应到人数', 'more people present than entitled'),
    path: ['eligible'],
  });
type DecisionData = z.infer<typeof decisionShape>;

/** The open vote of a stage that a decision is about: by its target, else by its body. */
function voteMeant({
  state,
  world,
  act,
  data,
}: ActContext<DecisionData>): { item: OpenItem; def: VoteItem } | undefined {
  for (const item of Object.values(state.items)) {
    const def = voteDef(world.program, item);
    if (!def) continue;
    const isMeant =
      act.target === undefined
        ? data.body === def.body || data.body === bodyOf(state, def)[0]
        : act.target === item.id || act.target === item.key;
    if (isMeant) return { item, def };
  }
  return undefined;
}

/** What a body decided on an item of a stage: passed it is done; lost the case goes back; without a quorum the body meets again. */
function decideVote(
  context: ActContext<DecisionData>,
  { item, def }: { readonly item: OpenItem; readonly def: VoteItem },
): readonly EventDraft[] | Refusal {
  const { state, world, data, at, act } = context;
  const problem = eligibleProblem(data, def) ?? proofProblem(context, { note: data.text }, def.proof ?? []);
  if (problem) return problem;
  const { quorate, passed } = outcomeOf(def, data);
  const story = tell(state, world, at, act.actor.id);
  const said = { ...withoutUndefined(data), body: def.body, name: bodyOf(state, def), rule: ruleText(def) };
  const vote = { item: item.id, key: item.key, passed, ...(quorate ? {} : { quorate }) };
  add(story, { type: 'decision.recorded', data: { ...said, ...vote } as EventData['decision.recorded'] });
  if (passed) {
    meet(story, item.id, at);
    afterDone(story, item);
  } else if (quorate && def.lost !== undefined) sendBack(story, def.lost);
  return story.events;
}

function eligibleProblem({ eligible }: DecisionData, def: VoteItem): Refusal | undefined {
  if (eligible !== undefined || !countsEligible(def)) return undefined;
  const [zh, en] = ruleText(def);
  return refuse(
    'INVALID_DATA',
    [`请填写应到人数：${zh}。`, `Say how many are entitled to vote: ${en}.`],
    [['填写 data.eligible', 'Fill in data.eligible']],
    [{ path: 'data.eligible', message: NEEDED }],
  );
}

const decisionRecord: ActKind<DecisionData> = {
  data: decisionShape,
  statuses: ['proposed', 'open'],
  fromPaper: true,
  who: (context) => [...new Set([...(voteMeant(context) ? [voteMeant(context)!.item.by] : []), ...leaders(context)])],
  decide(context) {
    const { state, world, data, at, act } = context;
    const { approval, consent } = world.program;
    const vote = voteMeant(context);
    if (vote) return decideVote(context, vote);
    if (!approval?.votes.includes(data.body)) {
      const open = Object.values(state.items).flatMap((item) => voteDef(world.program, item)?.body ?? []);
      if (votesInStages(world.program).includes(data.body)) return notOpen(open);
      const bodies = [...(approval?.votes ?? []), ...open].join(', ');
      return refuse(
        'INVALID_DATA',
        [`方案不由“${data.body}”表决。`, `The plan is not voted on by "${data.body}".`],
        [[`表决机构：${bodies || '无'}`, `Bodies that vote: ${bodies || 'none'}`]],
        [{ path: 'data.body', message: oneOf([bodies]) }],
      );
    }
    if (state.status === 'proposed' && consent && !state.consent) return unconsented();
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
    approveIfPassed(story);
    return story.events;
  },
};

const deliberateShape = z.strictObject({
  text: text.max(5_000).describe('What is to be decided; it is all that the other case is given'),
  assignments: z
    .record(name, name)
    .optional()
    .describe('Posts of the other case by role, where the unit has several of a kind'),
});

/** Has a case of another program decide on the plan, in the stead of the bodies. */
const deliberate: ActKind<z.infer<typeof deliberateShape>> = {
  data: deliberateShape,
  statuses: ['proposed', 'open'],
  who: leaders,
  decide({ state, world, data, at, act }) {
    const { approval, consent, stages } = world.program;
    const child = approval?.child;
    if (!child) {
      return refuse(
        'BLOCKED',
        ['本项目的方案不能交其他个案决定。', 'No other case decides on the plans of this program.'],
        [['用 decision.record 记录各机构的表决', 'Record the votes of its bodies with decision.record']],
      );
    }
    if (state.status === 'proposed' && consent && !state.consent) return unconsented();
    if (deciding(state) || isPassed(state, world.program)) {
      return refuse(
        'ALREADY_DONE',
        deciding(state)
          ? ['已经交其他个案决定，还没有结果。', 'Another case is deciding on it.']
          : ['方案已经表决通过。', 'The plan has passed already.'],
        [['等待结果；修改方案（plan.revise）后可重新决定', 'Wait for it; after plan.revise it can be decided anew']],
      );
    }
    const story = tell(state, world, at, act.actor.id);
    const role = stageOf(world.program, state.stage)?.answers ?? stages[0]!.answers;
    const item: OpenItem = {
      ...{ id: nextId(state, { key: APPROVAL, kind: 'child' }), key: APPROVAL, kind: 'child', name: APPROVAL_NAME },
      ...{ by: role, answers: role, required: false, repeat: false, openedAt: at },
    };
    const { program, states } = child;
    const shared = { fields: [], parties: [], data: { [states]: data.text } };
    const given = { unit: state.unit, text: data.text, shared, assignments: data.assignments ?? {} };
    add(
      story,
      { type: 'effect.asked', data: { id: item.id, kind: 'child', item: item.id, program, child: given } },
      { type: 'item.opened', data: { item } },
    );
    return story.events;
  },
};

const APPROVAL_NAME: Text = ['方案交另一个案决定', 'another case decides on the plan'];

function unconsented(): Refusal {
  return refuse(
    'CONSENT_MISSING',
    ['表决前须先得到本人或监护人同意。', 'Consent comes before the vote.'],
    [['先记录 consent.give', 'Record consent.give first']],
  );
}

/** Bodies that vote on items of stages. */
function votesInStages({ stages }: Program): string[] {
  return stages.flatMap(({ items }) => items.flatMap((item) => ('vote' in item ? [item.body] : [])));
}

function notOpen(open: readonly string[]): Refusal {
  return refuse(
    'NOT_OPEN',
    ['现在没有轮到这个机构表决。', 'It is not the turn of that body.'],
    [[`等待表决的：${open.join('、') || '无'}`, `Votes that are open: ${open.join(', ') || 'none'}`]],
  );
}

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
    sendBack(story, data.to);
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
    const undecided = undecidedIn(context, state.stage);
    if (undecided) return undecided;
    const story = tell(state, world, at, act.actor.id);
    leaveStage(story, state.stage, 'skip');
    enterNext(story, state.stage);
    return story.events;
  },
};

/** A stage is not skipped with what a body has to decide on, or the public to see, and that has not happened in this round. */
function undecidedIn({ state, world }: ActContext, stage: string): Refusal | undefined {
  const items = stageOf(world.program, stage)?.items ?? [];
  const open = items.filter(
    (item) => ('vote' in item || 'disclosure' in item) && isRequired(item) && state.round[keyOf(item)] !== 'done',
  );
  if (open.length === 0) return undefined;
  return refuse(
    'BLOCKED',
    [
      `表决和公示不能跳过：${open.map(({ name }) => name[0]).join('、')}。`,
      `A vote and a disclosure are not skipped: ${open.map(({ name }) => name[1]).join(', ')}.`,
    ],
    [['先表决、公示，或退回更早的阶段', 'Vote and make it public first, or step back to an earlier stage']],
  );
}

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
  'plan.deliberate': actKind(deliberate),
  'plan.revise': actKind(planRevise),
  'stage.extend': actKind(stageExtend),
  'stage.repeat': actKind(stageRepeat),
  'stage.stepBack': actKind(stageStepBack),
  'stage.skip': actKind(stageSkip),
};
