import { isRequired, keyOf } from '../sdk/keys.ts';
import type { Duty, Program, Stage, Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { deciding } from './approval.ts';
import { occurrenceText, upcomingText } from './duty-plan.ts';
import { APPROVAL, answersFor, doerOf, dutyOf, itemOf, kindOf, openItems, roleName, stageClock } from './lookup.ts';
import { missing, withoutProof } from './need.ts';
import { objectionsTo } from './posted.ts';
import { agreedTo, purposeReason } from './purpose.ts';
import type { GroupTally, OpenItem, StageState, State } from './state.ts';
import { addMs, toDate } from './time/civil.ts';
import { bodyOf, ruleText } from './vote.ts';

/** What an item is to the people of a case at this moment. */
export type ItemState = 'must' | 'may' | 'waiting' | 'blocked' | 'done' | 'skipped';

/** One line of the visible plan. `key` is what an act may name as `target`; `act` the type of act that does it. */
export interface PlanItem {
  readonly id?: string;
  readonly key: string;
  readonly kind: string;
  readonly name: Text;
  readonly state: ItemState;
  /** Why it is in that state, and for whom it waits, in words. */
  readonly reason: Text;
  /** The role that does it and its name. */
  readonly by: string;
  readonly who: Text;
  readonly answers: string;
  readonly dueAt?: Instant;
  readonly provisional?: boolean;
  readonly act: string;
  readonly asks?: readonly string[];
  readonly proof?: readonly string[];
  readonly count: number;
  /** Of a group that is open: how its members stand. */
  readonly group?: GroupTally;
  /** Of a choice that is open: its options by number. */
  readonly options?: OpenItem['options'];
}

/** A stage of the plan with its items. */
export interface PlanStage {
  readonly stage: string;
  readonly name: Text;
  readonly target: Text;
  readonly state: StageState['state'];
  readonly round: number;
  readonly dueAt?: Instant;
  /** The due date is a guess: its year's calendar is not out yet. */
  readonly provisional?: boolean;
  readonly items: readonly PlanItem[];
}

/** The visible plan: what comes before the stages, the stages with their items, the duties, and what else is open. */
export interface Plan {
  readonly before: readonly PlanItem[];
  readonly stages: readonly PlanStage[];
  readonly duties: readonly PlanItem[];
  readonly other: readonly PlanItem[];
}

/** What must, may or cannot yet be done on a case, each with its reason, who does it and until when. */
export function planOf(state: State, program: Program): Plan {
  const open = Object.values(state.items);
  return {
    before: [...consentItem(state, program), ...voteItems(state, program), ...childItem(state, program)],
    stages: program.stages.map((stage) => stageLine(state, program, stage)),
    duties: program.duties.flatMap((duty) => dutyLines(state, program, duty)),
    other: open
      .filter((item) => OTHER.includes(item.kind) && (!item.stage || item.kind === 'objection'))
      .map((item) => openLine(state, program, item)),
  };
}

function consentItem(state: State, program: Program): PlanItem[] {
  const { consent } = program;
  if (!consent) return [];
  const by = consent.by[0] ?? 'beneficiary';
  const base = {
    key: 'consent',
    kind: 'consent',
    name: ['同意参加', 'consent'] as Text,
    by,
    answers: answersFor(program, by),
  };
  const who = roleName(program, by);
  const done: Text = ['已同意', 'given'];
  const open: Text = state.refused
    ? ['本人或监护人表示不同意', 'refused by the person or the guardian']
    : ['表决之前需要本人或监护人同意', 'needed before the vote, from the person or the guardian'];
  const count = state.consent ? 1 : 0;
  return [
    {
      ...base,
      who,
      act: 'consent.give',
      state: state.consent ? 'done' : 'must',
      reason: state.consent ? done : open,
      count,
    },
  ];
}

function voteItems(state: State, program: Program): PlanItem[] {
  const answers = program.stages[0]?.answers ?? '';
  return (program.approval?.votes ?? []).map((body): PlanItem => {
    const name: Text = [`表决：${bodyName[body]?.[0] ?? body}`, `vote: ${bodyName[body]?.[1] ?? body}`];
    const base = { key: `vote:${body}`, kind: 'vote', name, by: answers, answers, who: roleName(program, answers) };
    const line = { ...base, act: 'decision.record', count: 0 };
    if (state.approvedAt || state.votes[body]?.passed)
      return { ...line, count: 1, state: 'done', reason: ['已通过', 'passed'] };
    if (program.consent && !state.consent)
      return { ...line, state: 'blocked', reason: ['还没有得到同意', 'consent comes first'] };
    const lost = state.votes[body];
    return {
      ...line,
      state: 'must',
      reason: lost
        ? ['未通过，修改方案后重新表决', 'not passed: revise the plan and vote again']
        : ['等待表决', 'waits for the vote'],
    };
  });
}

/** The other way to a decision: a child case in the stead of the votes. */
function childItem(state: State, program: Program): PlanItem[] {
  if (!program.approval?.child) return [];
  const answers = program.stages[0]?.answers ?? '';
  const open = deciding(state);
  const name: Text = ['或：交另一个案决定', 'or: another case decides'];
  const base = { key: APPROVAL, kind: 'child', name, by: answers, answers, who: roleName(program, answers) };
  const line = { ...base, act: 'plan.deliberate', count: 0, ...(open ? { id: open.id } : {}) };
  if (state.approvedAt) return [{ ...line, state: 'done', reason: ['方案已批准', 'the plan is approved'] }];
  if (open) return [{ ...line, state: 'waiting', reason: ['等待该个案的结果', 'waits for that case'] }];
  if (program.consent && !state.consent)
    return [{ ...line, state: 'blocked', reason: ['还没有得到同意', 'consent comes first'] }];
  return [{ ...line, state: 'may', reason: ['可以代替上述表决', 'can stand for these votes'] }];
}

/** Bodies that usually vote, in words; others are shown by their key. */
const bodyName: Readonly<Record<string, Text>> = {
  'party-branch': ['党支部', 'party branch'],
  'two-committees': ['两委', 'two committees'],
  'residents-representatives': ['居民代表', "residents' representatives"],
};

function stageLine(state: State, program: Program, stage: Stage): PlanStage {
  const now = state.stages[stage.stage] ?? { round: 0, state: 'future' as const };
  const clock = state.deadlines[stageClock(stage.stage, now.round)];
  const added = Object.entries(state.added).filter(([, item]) => item.stage === stage.stage);
  return {
    stage: stage.stage,
    name: stage.name,
    target: now.target === undefined ? stage.target : [now.target, now.target],
    state: now.state,
    round: now.round,
    ...(clock ? { dueAt: clock.dueAt, provisional: clock.provisional } : {}),
    items: [
      ...stage.items.map((item) => itemLine(state, program, stage, keyOf(item))),
      ...added.map(([key]) => addedLine(state, program, stage, key)),
    ],
  };
}

function itemLine(state: State, program: Program, stage: Stage, key: string): PlanItem {
  const item = itemOf(program, stage.stage, key)!;
  const open = Object.values(state.items).find((each) => each.key === key && each.stage === stage.stage);
  if (open) return openLine(state, program, open);
  const by = doerOf(item, stage);
  const base = {
    ...{ key, kind: kindOf(item), name: item.name, by, who: roleName(program, by), answers: stage.answers },
    ...{ act: actFor[kindOf(item)] ?? '', count: countIn(state, stage, key) },
  };
  return { ...base, ...closedState(state, program, stage, key) };
}

function closedState(state: State, program: Program, stage: Stage, key: string): { state: ItemState; reason: Text } {
  const { state: stageState } = state.stages[stage.stage] ?? { state: 'future' };
  if (stageState === 'done') return { state: 'done', reason: ['阶段已完成', 'the stage is done'] };
  if (stageState === 'skipped') return { state: 'skipped', reason: ['阶段已跳过', 'the stage was skipped'] };
  if (stageState === 'future') return { state: 'blocked', reason: futureReason(state, program) };
  if (state.round[key] === 'done') return { state: 'done', reason: ['已完成', 'done'] };
  if (state.round[key] === 'skipped') return { state: 'skipped', reason: ['已跳过', 'skipped'] };
  const item = itemOf(program, stage.stage, key);
  if (item?.purpose !== undefined && !agreedTo(state, item.purpose))
    return { state: 'blocked', reason: purposeReason(program, item.purpose) };
  return { state: 'blocked', reason: join(item?.when ? missing(item.when, { state, program }) : []) };
}

function futureReason(state: State, program: Program): Text {
  if (!state.approvedAt && program.approval) return ['方案还没有批准', 'the plan is not approved yet'];
  const current = program.stages.find((stage) => stage.stage === state.stage);
  if (!current) return ['阶段还没有开始', 'the stage has not begun'];
  return [`先完成“${current.name[0]}”`, `"${current.name[1]}" comes first`];
}

/** Open occurrences of a duty, oldest first; where there is none, what comes next. */
function dutyLines(state: State, program: Program, duty: Duty): PlanItem[] {
  const open = openItems(state, duty.duty).filter((item) => item.kind === 'duty');
  const running = state.duties[duty.duty];
  if (open.length === 0 && duty.purpose !== undefined && !agreedTo(state, duty.purpose))
    return [unagreedLine(state, program, duty, duty.purpose)];
  if (open.length > 0 || !running) return open.map((item) => openLine(state, program, item));
  const { duty: key, name, by } = duty;
  const base = { key, kind: 'duty', name, by, who: roleName(program, by), answers: answersFor(program, by) };
  const said = { act: actFor['duty']!, count: state.counts[key] ?? 0, reason: upcomingText(duty, running) };
  return [{ ...base, ...said, state: 'blocked' }];
}

/** A recurring duty that does not run because consent to its purpose is missing. */
function unagreedLine(state: State, program: Program, duty: Duty, purpose: string): PlanItem {
  const { duty: key, name, by } = duty;
  const base = { key, kind: 'duty', name, by, who: roleName(program, by), answers: answersFor(program, by) };
  const said = { act: actFor['duty']!, count: state.counts[key] ?? 0, reason: purposeReason(program, purpose) };
  return { ...base, ...said, state: 'blocked' };
}

function openLine(state: State, program: Program, item: OpenItem): PlanItem {
  const clock = state.deadlines[item.id];
  const def = itemOf(program, item.stage, item.key);
  const asks = def && 'task' in def ? def.asks : dutyOf(program, item.key)?.asks;
  const proof =
    def && 'milestone' in def ? def.needs.proof : def && ('task' in def || 'vote' in def) ? def.proof : undefined;
  return {
    ...{ id: item.id, key: item.key, kind: item.kind, name: item.name, by: item.by, answers: item.answers },
    who: roleName(program, item.by),
    act: actFor[item.kind] ?? 'task.complete',
    count: state.counts[item.key] ?? 0,
    ...(clock ? { dueAt: clock.dueAt, provisional: clock.provisional } : {}),
    ...(asks ? { asks } : {}),
    ...(proof ? { proof } : {}),
    ...(item.group ? { group: item.group } : {}),
    ...(item.options ? { options: item.options } : {}),
    ...withStart(openState(state, program, item), clock ? undefined : startName(program, item)),
  };
}

/** The item with which the clock of an open one starts, where the program names one. */
function startName(program: Program, { stage, key }: OpenItem): Text | undefined {
  const from = itemOf(program, stage, key)?.from;
  return from === undefined ? undefined : itemOf(program, stage, from)?.name;
}

function withStart<T extends { readonly reason: Text }>(line: T, start: Text | undefined): T {
  if (!start) return line;
  const [zh, en] = line.reason;
  return { ...line, reason: [`${zh}；时限自“${start[0]}”起算`, `${en}; its time runs from "${start[1]}"`] };
}

function openState(state: State, program: Program, item: OpenItem): { state: ItemState; reason: Text } {
  const [zh, en] = roleName(program, item.by);
  if (state.status === 'suspended') return { state: 'waiting', reason: ['个案已中止', 'the case is suspended'] };
  const def = itemOf(program, item.stage, item.key);
  if (def && 'milestone' in def) {
    const lacking = missing(withoutProof(def.needs), { state, program });
    if (lacking.length > 0) return { state: 'blocked', reason: join(lacking) };
    return { state: 'waiting', reason: [`等待${zh}认可`, `waits for the ${en} to agree`] };
  }
  if (item.group) return { state: 'waiting', reason: groupReason(item.group) };
  if (item.kind === 'await' || item.kind === 'child' || item.kind === 'call') {
    return { state: 'waiting', reason: ['等待外部结果', 'waits for something from outside'] };
  }
  if (def && 'vote' in def) {
    const rule = ruleText(def);
    return {
      state: 'must',
      reason: [`等待${bodyOf(state, def)[0]}表决：${rule[0]}`, `waits for the vote: ${rule[1]}`],
    };
  }
  if (def && 'disclosure' in def) return disclosureState(state, item, [zh, en]);
  if (item.kind === 'objection') return { state: 'must', reason: [`由${zh}决定`, `to be decided by the ${en}`] };
  if (item.options) return { state: 'must', reason: choiceReason(item.options) };
  if (item.kind === 'escalation') return { state: 'waiting', reason: ['等待上级答复', 'waits for the level above'] };
  if (item.kind === 'duty') return { state: 'must', reason: occurrenceText(item, [zh, en]) };
  const required = OTHER.includes(item.kind) || (def !== undefined && isRequired(def));
  if (required) return { state: 'must', reason: [`由${zh}办理`, `to be done by the ${en}`] };
  return { state: 'may', reason: [`可由${zh}办理`, `can be done by the ${en}`] };
}

/** Posted it waits for its period, or for objections to be decided; else somebody has to post it. */
function disclosureState(state: State, item: OpenItem, [zh, en]: Text): { state: ItemState; reason: Text } {
  const posted = state.disclosures?.[item.id];
  if (!posted) return { state: 'must', reason: [`由${zh}公示`, `to be posted by the ${en}`] };
  const waiting = objectionsTo(state, item.key).length;
  if (posted.over)
    return {
      state: 'waiting',
      reason: [`公示期满，${waiting} 件异议待决定`, `the period is over; ${waiting} objections undecided`],
    };
  const day = toDate(addMs(posted.until, -1));
  return {
    state: 'waiting',
    reason: [
      `公示至 ${day}${waiting > 0 ? `，${waiting} 件异议待决定` : ''}`,
      `public until ${day}${waiting > 0 ? `; ${waiting} objections undecided` : ''}`,
    ],
  };
}

/** "12 of 192", and what is missing before it can be done. */
function groupReason({ size, listed, ended }: GroupTally): Text {
  if (size === undefined)
    return [
      `已完成 ${ended}（已列 ${listed}），总数待填`,
      `${ended} of ${listed} listed; how many there are is not said`,
    ];
  const lists: Text = listed === size ? ['', ''] : [`，已列 ${listed}`, `, ${listed} listed`];
  return [`已完成 ${ended}/${size}${lists[0]}`, `${ended} of ${size} done${lists[1]}`];
}

/** What of a choice is left to decide on. */
function choiceReason(options: NonNullable<OpenItem['options']>): Text {
  const [all, left] = [Object.keys(options).length, Object.values(options).filter(({ rejected }) => !rejected).length];
  return [`比较 ${all} 个方案，待定 ${left} 个`, `${all} options compared, ${left} left`];
}

function addedLine(state: State, program: Program, stage: Stage, key: string): PlanItem {
  const open = Object.values(state.items).find((each) => each.key === key);
  if (open) return openLine(state, program, open);
  const { name, by } = state.added[key]!;
  const base = {
    key,
    kind: 'added',
    name,
    by,
    who: roleName(program, by),
    answers: answersFor(program, by),
    act: 'task.complete',
  };
  return { ...base, count: state.counts[key] ?? 0, ...closedState(state, program, stage, key) };
}

function countIn(state: State, stage: Stage, key: string): number {
  return state.stage === stage.stage ? (state.counts[key] ?? 0) : 0;
}

function join(texts: readonly Text[]): Text {
  return [texts.map((each) => each[0]).join(';'), texts.map((each) => each[1]).join('; ')];
}

const actFor: Readonly<Record<string, string>> = {
  task: 'task.complete',
  duty: 'task.complete',
  added: 'task.complete',
  milestone: 'milestone.reach',
  await: 'await.occur',
  vote: 'decision.record',
  disclosure: 'disclosure.post',
  objection: 'objection.decide',
  group: 'group.setSize',
  choice: 'option.choose',
  consent: 'consent.give',
  settlement: 'case.close',
  escalation: 'case.return',
  finding: 'finding.answer',
  erasure: 'erasure.answer',
  thanks: 'gift.thank',
};

/** Kinds of items that are of no stage of the program. */
const OTHER: readonly OpenItem['kind'][] = [
  'added',
  'consent',
  'settlement',
  'escalation',
  'thanks',
  'finding',
  'erasure',
  'objection',
];
