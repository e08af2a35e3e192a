import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { endPause, moved } from '../deadline.ts';
import { beginDuties, beginStages, cancelClock, cancelItem, endDuty, enterStage } from '../flow.ts';
import { dutyOf, stageClock } from '../lookup.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { add, type Story, tell } from '../story.ts';
import { startOfDay, toDate } from '../time/civil.ts';
import { dueOf } from '../time/clock.ts';
import { nextIndexAfter, occurrence } from '../time/grid.ts';
import { name, nothing, text } from './shapes.ts';
import { WORKERS } from './work.ts';

/** Those who decide about the life of a case: the posts that answer for its stages, caseworkers, the unit's head. */
function deciders({ world }: ActContext): string[] {
  return [...new Set(world.program.stages.map((stage) => stage.answers)), ...WORKERS];
}

const SUSPENSION = 'suspension';

const suspend: ActKind<Record<string, never>> = {
  data: nothing,
  reasonNeeded: true,
  who: deciders,
  decide({ state, world, at, act }) {
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'case.suspended', data: {} });
    for (const deadline of Object.values(state.deadlines)) {
      if (deadline.pausedSince) continue;
      add(story, { type: 'deadline.paused', data: { id: deadline.id, kind: SUSPENSION, from: toDate(at) } });
    }
    return story.events;
  },
};

/** Clocks go on with what was left of them; duties go on along their grid, and what it planned meanwhile is not asked for. */
const resume: ActKind<Record<string, never>> = {
  data: nothing,
  statuses: ['suspended'],
  who: deciders,
  decide({ state, world, at, act }) {
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'case.resumed', data: {} });
    const why: Text = ['恢复办理', 'the case goes on'];
    for (const deadline of Object.values(state.deadlines)) {
      const open = deadline.pauses.find((pause) => pause.to === undefined);
      if (open?.kind !== SUSPENSION) continue;
      const next = moved(deadline, { pauses: endPause(deadline, at) }, world);
      add(story, { type: 'deadline.moved', data: { deadline: next, from: deadline.dueAt, why } });
    }
    for (const [key, { anchor, next }] of Object.entries(state.duties)) goOn(story, key, anchor, next);
    return story.events;
  },
};

function goOn(story: Story, key: string, anchor: string, next: number): void {
  const duty = dutyOf(story.world.program, key);
  if (!duty) return;
  const n = Math.max(next, nextIndexAfter(anchor, duty.every, toDate(story.at)));
  if (n === next) return;
  const opensAt = n === 1 ? startOfDay(anchor) : startOfDay(occurrence({ anchor, every: duty.every, n: n - 1 }));
  add(story, {
    type: 'duty.began',
    data: { duty: key, anchor, next: n, opensAt: opensAt > story.at ? opensAt : story.at },
  });
}

const closeShape = z.strictObject({ outcome: name, text: text.optional() });

const close: ActKind<z.infer<typeof closeShape>> = {
  data: closeShape,
  statuses: ['proposed', 'open', 'suspended'],
  who: deciders,
  decide(context) {
    const { state, world, data, at, act } = context;
    const { life } = world.program;
    const problem = outcomeProblem(context) ?? moneyProblem(context);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    const until = life.followUp
      ? dueOf({ start: at, budget: life.followUp, calendar: world.calendar, pauses: [], extensions: [] }).dueAt
      : undefined;
    add(story, { type: 'case.closed', data: { outcome: data.outcome, ...(until ? { followUpUntil: until } : {}) } });
    const why: Text = ['个案已结案', 'the case was closed'];
    for (const duty of world.program.duties) endDuty(story, duty, why);
    for (const item of Object.values(story.state.items)) cancelItem(story, item, why);
    for (const id of Object.keys(story.state.deadlines)) cancelClock(story, id);
    if (until) beginDuties(story, 'follow-up', at);
    else add(story, { type: 'case.ended', data: {} });
    return story.events;
  },
};

function outcomeProblem({ world, data }: ActContext<z.infer<typeof closeShape>>): Refusal | undefined {
  const { outcomes } = world.program.life;
  if (Object.hasOwn(outcomes, data.outcome)) return undefined;
  const known = Object.keys(outcomes).join(', ');
  return refuse(
    'INVALID_DATA',
    [`没有结案结果“${data.outcome}”。`, `There is no outcome "${data.outcome}".`],
    [[`可用的结果:${known}`, `Outcomes: ${known}`]],
    [{ path: 'data.outcome', message: `one of ${known}` }],
  );
}

/** Nobody's money is lost by closing: payouts are confirmed or refused and differences settled first. */
function moneyProblem({ state }: ActContext): Refusal | undefined {
  const payouts = Object.values(state.books).flatMap((book) => Object.keys(book.payouts));
  const open = Object.values(state.books).flatMap((book) => Object.keys(book.discrepancies));
  if (payouts.length + open.length === 0) return undefined;
  return refuse(
    'BLOCKED',
    [
      `账还没有了结:${payouts.length} 笔支付、${open.length} 处不符。`,
      `The books are not settled: ${payouts.length} payouts and ${open.length} discrepancies are open.`,
    ],
    [['先完成支付确认并处理不符', 'Confirm or refuse the payouts and settle the discrepancies first']],
  );
}

const reopen: ActKind<Record<string, never>> = {
  data: nothing,
  statuses: ['followUp', 'closed'],
  reasonNeeded: true,
  who: deciders,
  decide({ state, world, at, act }) {
    const story = tell(state, world, at, act.actor.id);
    const why: Text = ['个案重新打开', 'the case was reopened'];
    for (const duty of world.program.duties) endDuty(story, duty, why);
    for (const item of Object.values(story.state.items)) cancelItem(story, item, why);
    const approved = state.approvedAt !== undefined || !world.program.approval;
    add(story, { type: 'case.reopened', data: { status: approved ? 'open' : 'proposed' } });
    beginDuties(story, 'case', at);
    if (!approved) return story.events;
    const last = state.stage ?? lastStage(story);
    if (last) enterStage(story, last);
    else beginStages(story);
    return story.events;
  },
};

/** The stage a reopened case goes back to when none was current: the last that was done. */
function lastStage({ state, world }: Story): string | undefined {
  const done = world.program.stages.filter((stage) => state.stages[stage.stage]?.state === 'done');
  return done.at(-1)?.stage;
}

/** The life of a case. */
export const lifeActs: Readonly<Record<string, ActKind>> = {
  'case.suspend': actKind(suspend),
  'case.resume': actKind(resume),
  'case.close': actKind(close),
  'case.reopen': actKind(reopen),
};

/** The clock of the current stage, for callers that show it. */
export function currentStageClock(state: ActContext['state']): string | undefined {
  return state.stage === undefined ? undefined : stageClock(state.stage, state.stages[state.stage]?.round ?? 0);
}
