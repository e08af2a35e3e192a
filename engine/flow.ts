import { isRequired, keyOf } from '../sdk/keys.ts';
import type { Duty, Item, Program, Stage, Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { accountsSettled, deadlineFor } from './deadline.ts';
import type { EventData } from './event.ts';
import { answersFor, doerOf, itemOf, kindOf, nextId, openItems, stageClock, stageOf } from './lookup.ts';
import { missing } from './need.ts';
import { beginDuty } from './occurrences.ts';
import { isToOpen } from './purpose.ts';
import type { OpenItem, State } from './state.ts';
import { add, type Story } from './story.ts';
import { isLate } from './time/clock.ts';
import { bodyOf } from './vote.ts';

/**
 * Moves a story to where what follows can have begun: no clock starts before the case was opened (or taken over from
 * paper), before the stage it is in was entered, or before the latest of that stage's finished items.
 */
export function goOnFromHere(story: Story): void {
  const { state } = story;
  const { enteredAt = '', lastAt = '' } = (state.stage && state.stages[state.stage]) || {};
  for (const earliest of [state.openedAt, enteredAt, lastAt]) if (story.at < earliest) story.at = earliest;
}

/** Enters a stage: a new round of it, its clock, its duties, and every item whose condition holds. */
export function enterStage(story: Story, key: string, { carryCounts = false } = {}): void {
  const { program } = story.world;
  goOnFromHere(story);
  const stage = stageOf(program, key)!;
  const before = story.state.stages[key];
  const round = (before?.round ?? 0) + 1;
  add(story, { type: 'stage.entered', data: { stage: key, name: stage.name, round, carryCounts } });
  if (stage.from === undefined) setStageClock(story, stage, story.at);
  for (const duty of program.duties) if (duty.during === key) beginDuty(story, duty, story.at);
  for (const [added, item] of Object.entries(story.state.added)) if (item.stage === key) openAdded(story, added);
  openReady(story);
}

/**
 * Opens the items of the current stage whose condition has come to hold; where no stage is current, enters one that has
 * waited for its own. Nothing opens while the case is suspended or after it is closed: `resumeCase` looks again.
 */
export function openReady(story: Story): void {
  if (story.state.status !== 'open') return;
  const stage = stageOf(story.world.program, story.state.stage);
  if (!stage) enterWaiting(story);
  for (const item of stage?.items ?? []) {
    if (!isToOpen(story.state, item)) continue;
    if (item.when && missing(item.when, { state: story.state, program: story.world.program }).length > 0) continue;
    openItem(story, stage!, item);
  }
}

/** Enters the first stage with a condition of its own that waits for it and now holds. */
function enterWaiting(story: Story): void {
  const { state } = story;
  const { program } = story.world;
  const next = program.stages.find(
    (stage) =>
      stage.when &&
      state.stages[stage.stage]?.state === 'future' &&
      missing(stage.when, { state, program }).length === 0,
  );
  if (next) enterStage(story, next.stage);
}

/** Opens the next occurrence of an item of a stage, with its clock, and asks for its effect where it has one. */
export function openItem(
  story: Story,
  stage: Stage,
  item: Item,
  type: 'item.opened' | 'item.reopened' = 'item.opened',
): void {
  goOnFromHere(story);
  const key = keyOf(item);
  const repeat = 'task' in item && item.repeat === true;
  const opened: OpenItem = {
    id: nextId(story.state, { key, kind: kindOf(item) }),
    key,
    kind: kindOf(item),
    name: 'vote' in item ? bodyOf(story.state, item) : item.name,
    stage: stage.stage,
    by: doerOf(item, stage),
    answers: stage.answers,
    required: isRequired(item),
    repeat,
    openedAt: story.at,
    ...('group' in item ? { group: { program: item.program, listed: 0, ended: 0 } } : {}),
    ...('choice' in item ? { options: {} } : {}),
  };
  add(story, { type, data: { item: opened } });
  const start = item.from === undefined || type === 'item.reopened' ? story.at : endOf(story.state, item.from);
  if (item.within && start) setClock(story, opened, start, item.within, item.ladder ?? stage.ladder);
  if ('child' in item) {
    add(story, {
      type: 'effect.asked',
      data: { id: opened.id, kind: 'child', item: opened.id, program: item.program },
    });
  }
  if ('call' in item) {
    const { call, limit } = item;
    add(story, { type: 'effect.asked', data: { id: opened.id, kind: 'call', item: opened.id, call, limit } });
  }
}

/** Opens an item that the approved plan or a worker added. Its clock has the ladder of the stage, else the program's first. */
export function openAdded(story: Story, key: string, type: 'item.opened' | 'item.reopened' = 'item.opened'): void {
  goOnFromHere(story);
  const added = story.state.added[key]!;
  const { program } = story.world;
  const item: OpenItem = {
    id: nextId(story.state, { key, kind: 'added' }),
    key,
    kind: 'added',
    name: added.name,
    by: added.by,
    answers: answersFor(program, added.by),
    required: true,
    repeat: false,
    openedAt: story.at,
    ...(story.state.stage ? { stage: story.state.stage } : {}),
  };
  add(story, { type, data: { item } });
  const ladder = stageOf(program, story.state.stage)?.ladder ?? Object.keys(program.ladders)[0];
  if (added.within && ladder) setClock(story, item, item.openedAt, added.within, ladder);
}

/** An open item is done: the fact itself, its clock, and what follows from it. */
export function finish(
  story: Story,
  item: OpenItem,
  type: 'task.completed' | 'await.occurred',
  done: Omit<EventData['task.completed'], 'id' | 'key'>,
): void {
  const { id, key, quota } = item;
  if (quota && quota.done + 1 < quota.of) {
    add(story, { type: 'duty.counted', data: { id, key, ...done, done: quota.done + 1, of: quota.of } });
  } else {
    add(story, { type, data: { id, key, ...done } });
    meet(story, id, quota?.lastAt !== undefined && quota.lastAt > done.at ? quota.lastAt : done.at);
  }
  afterDone(story, item);
}

/** What follows when an item is done: clocks that start with it, its next occurrence where it is repeated, items now unblocked, the end of the stage. */
export function afterDone(story: Story, item: OpenItem): void {
  startClocks(story, item);
  goOnFromHere(story);
  const stage = stageOf(story.world.program, story.state.stage);
  const again = stage && item.repeat ? itemOf(story.world.program, stage.stage, item.key) : undefined;
  if (stage && again) openItem(story, stage, again);
  openReady(story);
  endStageIfDone(story);
}

/** Ends the current stage when all it requires is done or skipped, and enters the next one. One that requires nothing ends by `stage.skip` alone. */
export function endStageIfDone(story: Story): void {
  const { program } = story.world;
  const stage = stageOf(program, story.state.stage);
  if (!stage || story.state.status !== 'open') return;
  const required = stage.items.filter(isRequired).map(keyOf);
  const added = Object.entries(story.state.added).flatMap(([key, item]) => (item.stage === stage.stage ? [key] : []));
  const ended = (key: string) => story.state.round[key] === 'done' || story.state.round[key] === 'skipped';
  const all = [...required, ...added];
  if (all.length === 0 || !all.every(ended)) return;
  goOnFromHere(story);
  const { round } = story.state.stages[stage.stage]!;
  add(story, { type: 'stage.done', data: { stage: stage.stage, round } });
  meet(story, stageClock(stage.stage, round), story.at);
  clearStage(story, stage.stage, ['阶段已完成', 'the stage is done']);
  enterNext(story, stage.stage);
}

/** Enters the first stage after `key` that is neither done nor skipped and whose condition holds. */
export function enterNext(story: Story, key: string | undefined, { carryCounts = key === undefined } = {}): void {
  const { program } = story.world;
  const from = program.stages.findIndex((stage) => stage.stage === key) + 1;
  const next = program.stages.slice(from).find((stage) => {
    const { state } = story.state.stages[stage.stage] ?? { state: 'future' };
    if (state === 'done' || state === 'skipped') return false;
    return !stage.when || missing(stage.when, { state: story.state, program }).length === 0;
  });
  if (next) enterStage(story, next.stage, { carryCounts });
}

/**
 * The case goes back to this stage, or to an earlier one, which begins a new round; what was done in the stages between is to be done
 * again. Nothing where there is no such stage behind.
 */
export function sendBack(story: Story, to: string): void {
  const order = story.world.program.stages.map((stage) => stage.stage);
  const from = story.state.stage === undefined ? order.length : order.indexOf(story.state.stage);
  if (!order.slice(0, from + 1).includes(to)) return;
  if (story.state.stage === to) leaveStage(story, to, 'repeat');
  else if (story.state.stage) leaveStage(story, story.state.stage, 'stepBack', to);
  for (const key of order.slice(order.indexOf(to) + 1, from)) {
    if (story.state.stages[key]?.state !== 'done') continue;
    const { round } = story.state.stages[key]!;
    add(story, { type: 'stage.left', data: { stage: key, round, why: 'stepBack', to } });
  }
  enterStage(story, to);
}

/** Leaves a stage before it is done: its clock, items and duties end. */
export function leaveStage(story: Story, key: string, why: 'repeat' | 'stepBack' | 'skip', to?: string): void {
  const { round } = story.state.stages[key]!;
  add(story, { type: 'stage.left', data: { stage: key, round, why, ...(to ? { to } : {}) } });
  cancelClock(story, stageClock(key, round));
  clearStage(story, key, ['已离开本阶段', 'the stage was left']);
}

/** Cancels what is still open of a stage. */
export function clearStage(story: Story, key: string, why: Text): void {
  for (const item of Object.values(story.state.items)) {
    if (item.stage === key && item.kind !== 'duty') cancelItem(story, item, why);
  }
  for (const duty of story.world.program.duties) if (duty.during === key) endDuty(story, duty, why);
}

/** Cancels an open item and its clock; what is public under it comes down. */
export function cancelItem(story: Story, item: OpenItem, why: Text): void {
  const posted = story.state.disclosures?.[item.id];
  if (posted && !posted.over) add(story, { type: 'disclosure.takenDown', data: { id: item.id, key: item.key } });
  add(story, { type: 'item.cancelled', data: { id: item.id, key: item.key, why } });
  cancelClock(story, item.id);
}

/** Ends a clock that is not wanted any more; what was promised under it was never done. */
export function cancelClock(story: Story, id: string): void {
  const deadline = story.state.deadlines[id];
  if (deadline) add(story, { type: 'deadline.cancelled', data: { id } }, ...accountsSettled(deadline));
}

/**
 * A clock is met at `at`; the records of accountability it has caused say whether it was late, or only recorded late. In
 * a case taken over from paper no date before a clock began keeps it, be it before the case was taken over or before what is
 * asked was opened: it is judged by now. Otherwise the sheets of years could be laid against what is asked today.
 */
export function meet(story: Story, id: string, at: Instant): void {
  const deadline = story.state.deadlines[id];
  if (!deadline) return;
  const { state, world } = story;
  const by = state.imported && at < deadline.start ? world.now : at;
  const late = isLate(deadline, by);
  const recordedLate = !late && isLate(deadline, world.now);
  add(story, { type: 'deadline.met', data: { id, at, late, recordedLate } }, ...accountsSettled(deadline, by));
}

/** Ends a duty: what is open of it is cancelled. */
export function endDuty(story: Story, duty: Duty, why: Text): void {
  for (const item of openItems(story.state, duty.duty)) cancelItem(story, item, why);
  if (story.state.duties[duty.duty]) add(story, { type: 'duty.ended', data: { duty: duty.duty } });
}

/** Stages begin: the plan is approved, or needs no approval. */
export function beginStages(story: Story): void {
  enterNext(story, undefined);
}

/** Duties of a time of the case's life begin. */
export function beginDuties(story: Story, during: 'case' | 'follow-up'): void {
  goOnFromHere(story);
  for (const duty of story.world.program.duties) {
    if ((duty.during ?? 'case') === during) beginDuty(story, duty, story.at);
  }
}

/**
 * Clocks of the stage that were waiting for an item to be done or skipped start when that happened. One that runs already
 * goes on, also when the item is opened again.
 */
function startClocks(story: Story, { key, stage: of }: OpenItem): void {
  const stage = stageOf(story.world.program, story.state.stage);
  const start = endOf(story.state, key);
  if (!stage || stage.stage !== of || start === undefined) return;
  if (stage.from === key) setStageClock(story, stage, start);
  for (const item of stage.items) {
    if (item.from !== key || !item.within) continue;
    const open = openItems(story.state, keyOf(item))[0];
    if (open && !story.state.deadlines[open.id]) setClock(story, open, start, item.within, item.ladder ?? stage.ladder);
  }
}

/** When an item of the current stage was done or skipped; undefined while it is not. No clock starts before its case or stage. */
function endOf(state: State, key: string): Instant | undefined {
  const at = state.round[key] === 'open' ? undefined : state.ended?.[key];
  const { enteredAt = '' } = (state.stage && state.stages[state.stage]) || {};
  return at && [at, state.openedAt, enteredAt].reduce((latest, each) => (each > latest ? each : latest));
}

/** The clock of the current round of a stage, unless it runs already. */
function setStageClock(story: Story, { stage, name, answers, within, ladder }: Stage, start: Instant): void {
  const { round, within: fixed } = story.state.stages[stage]!;
  const id = stageClock(stage, round);
  if (story.state.deadlines[id]) return;
  const budget = fixed ?? within;
  const deadline = deadlineFor({ id, of: 'stage', name, answers, start, budget, ladder, world: story.world });
  add(story, { type: 'deadline.set', data: { deadline } });
}

/** The clock of a new item. */
function setClock(story: Story, item: OpenItem, start: Instant, budget: string, ladder: string): void {
  const { id, name, answers } = item;
  const deadline = deadlineFor({ id, of: 'item', name, answers, start, budget, ladder, world: story.world });
  add(story, { type: 'deadline.set', data: { deadline } });
}

/** The keys of items, duties and stages a program uses: an added item takes none of them. */
export function keysOf(program: Program): ReadonlySet<string> {
  const items = program.stages.flatMap((stage) => [stage.stage, ...stage.items.map(keyOf)]);
  return new Set([...items, ...program.duties.map((duty) => duty.duty)]);
}
