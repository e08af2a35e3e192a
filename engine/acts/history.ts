import { z } from 'zod';
import { isRequired, keyOf } from '../../sdk/keys.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import type { EventData } from '../event.ts';
import { cancelClock, clearStage, enterNext, openReady } from '../flow.ts';
import { earliestOf, HISTORY, type PaperDate, paperDate } from '../history.ts';
import { stageClock, stageOf } from '../lookup.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import { add, type Story, tell } from '../story.ts';
import { isLate } from '../time/clock.ts';
import { withoutUndefined } from './plan.ts';
import { name, text } from './shapes.ts';
import { WORKERS } from './work.ts';

/** What an entry of a history on paper tells of. */
export const historyKinds = [
  'visit',
  'help',
  'gift',
  'money',
  'benefit',
  'meeting',
  'decision',
  'project',
  'handover',
  'health',
  'letter',
  'note',
] as const;

/** So many entries an act may bring; longer histories come in parts. */
const MOST_ENTRIES = 1_000;
/** What was there before money was kept in fen: the books' own limit. */
const MOST_FEN = 10 ** 13;

const on = z
  .string()
  .refine(
    (value) => paperDate(value) !== undefined,
    inBoth('应当是 2008、2008-05 或 2008-05-17', '2008, 2008-05 or 2008-05-17'),
  );

const toldShape = {
  text,
  persons: z
    .array(z.strictObject({ role: name, name: name.optional() }))
    .max(50)
    .optional(),
  amounts: z
    .array(
      z.strictObject({
        direction: z.enum(['in', 'out']),
        amountFen: z.int().min(1).max(MOST_FEN),
        text: name.optional(),
      }),
    )
    .max(50)
    .optional(),
  source: name.optional().describe('where it stands on paper: file, page'),
};

const entryShape = z.strictObject({
  type: z.enum(historyKinds),
  occurredAt: on,
  ...toldShape,
  evidence: z.array(name).max(100).optional(),
});
const stageShape = z.strictObject({
  type: z.literal('stage'),
  stage: name,
  done: z.literal(true),
  occurredAt: on,
  text: text.optional(),
});
const countShape = z.strictObject({
  type: z.literal('count'),
  item: name,
  count: z.int().min(1).max(100_000),
  occurredAt: on,
  text: text.optional(),
});

const importShape = z.strictObject({
  events: z
    .array(z.discriminatedUnion('type', [entryShape, stageShape, countShape]))
    .min(1)
    .max(MOST_ENTRIES),
});
type Import = z.infer<typeof importShape>;

/**
 * History that began on paper, for a case opened as such. Entries are told and nothing more: they start no clock, meet no
 * deadline and enter no book. A stage done on paper is done, and the plan goes on from there; things counted on paper count
 * for the stage that is reached then. What starts because of it starts now. The act is recorded under the time it is sent;
 * each entry under its own, or the earliest it can mean.
 */
const caseImport: ActKind<Import> = {
  data: importShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp'],
  lateExempt: true,
  who: historians,
  decide(context) {
    const { state, world, data, act } = context;
    const problem = notOnPaper(context) ?? statusProblem(context) ?? entryProblems(context) ?? underWay(context);
    if (problem) return problem;
    const story = tell(state, world, world.now, act.actor.id);
    const dated = data.events.map((entry) => ({ entry, on: paperDate(entry.occurredAt)! }));
    const byDate = dated.sort((a, b) =>
      earliestOf(a.on) < earliestOf(b.on) ? -1 : earliestOf(a.on) > earliestOf(b.on) ? 1 : 0,
    );
    for (const { entry, on } of byDate) {
      if (entry.type === 'stage') finishOnPaper(story, entry, on);
      else if (entry.type !== 'count') addEntry(story, entry, on);
    }
    // counted for the stage that the marks above lead to, whatever order they were sent in
    const marked = byDate.some(({ entry }) => entry.type === 'stage');
    if (marked && story.state.status === 'open' && story.state.stage === undefined)
      enterNext(story, undefined, { carryCounts: false });
    for (const { entry, on } of byDate) {
      if (entry.type !== 'count') continue;
      const { item, count, text: note } = entry;
      const said = { item, count, on, ...(note === undefined ? {} : { text: note }) };
      add(story, { type: 'history.counted', data: said, occurredAt: earliestOf(on) });
    }
    openReady(story);
    return story.events;
  },
};

function historians({ world }: ActContext): string[] {
  return [...new Set(world.program.stages.map((stage) => stage.answers)), ...WORKERS];
}

function addEntry(story: Story, entry: z.infer<typeof entryShape>, on: PaperDate): void {
  const { type: kind, occurredAt: _, ...told } = entry;
  const n = (story.state.serial[HISTORY] ?? 0) + 1;
  const data = { id: `history-${n}`, kind, on, ...withoutUndefined(told) } as EventData['history.imported'];
  add(story, { type: 'history.imported', data, occurredAt: earliestOf(on) });
}

function finishOnPaper(story: Story, { stage, text: note }: z.infer<typeof stageShape>, on: PaperDate): void {
  if (story.state.stage === stage) {
    cancelClock(story, stageClock(stage, story.state.stages[stage]?.round ?? 0));
    clearStage(story, stage, ['纸质档案：阶段已完成', 'done already, on paper']);
  }
  const data = { stage, on, ...(note === undefined ? {} : { text: note }) };
  add(story, { type: 'history.stageDone', data, occurredAt: earliestOf(on) });
}

function notOnPaper({ state, act }: ActContext): Refusal | undefined {
  if (state.imported) return undefined;
  return refuse(
    'NOT_IMPORTED',
    [
      '这个个案不是由纸质档案转入的，不能补录历史。',
      'The case was not opened as one that began on paper; it takes no history.',
    ],
    [
      ['立案时写 "imported": true，才能补录', 'Open a case with "imported": true to take its history over'],
      [
        `立案以后的事，用平常的操作记录（${act.type} 只收立案以前的）`,
        'What happened since it was opened is recorded by ordinary acts',
      ],
    ],
  );
}

/** Stages and counts change the plan, which stands still in a suspended case and is over in the follow-up. */
function statusProblem({ state, data }: ActContext<Import>): Refusal | undefined {
  const changes = data.events.some(({ type }) => type === 'stage' || type === 'count');
  if (!changes || state.status === 'proposed' || state.status === 'open') return undefined;
  return refuse(
    'WRONG_STATUS',
    [
      '个案中止或结案后，不能再补录阶段和次数。',
      'Stages and counts are not taken over while the case is suspended or closed.',
    ],
    [
      [
        '先用 case.resume 恢复办理；文字记录仍可补录',
        'Resume the case first (case.resume); entries in words are taken all the same',
      ],
    ],
  );
}

function entryProblems({ state, world, data }: ActContext<Import>): Refusal | undefined {
  const errors: { path: string; message: string }[] = [];
  const documents = new Set(world.facts.documents.map(({ id }) => id));
  const stages = new Set<string>();
  for (const [n, entry] of data.events.entries()) {
    const wrong = (part: string, zh: string, en: string) =>
      errors.push({ path: `data.events.${n}.${part}`, message: inBoth(zh, en) });
    if (earliestOf(paperDate(entry.occurredAt)!) > state.openedAt)
      wrong(
        'occurredAt',
        '晚于立案；立案以后的事用平常的操作记录',
        'after the case was opened: record that by an ordinary act',
      );
    if (entry.type === 'stage') {
      const known = stageOf(world.program, entry.stage);
      const before = state.stages[entry.stage]?.state;
      if (!known)
        errors.push({ path: `data.events.${n}.stage`, message: oneOf(world.program.stages.map((each) => each.stage)) });
      else if (before === 'done' || before === 'skipped' || stages.has(entry.stage))
        wrong('stage', '这个阶段已经完成', 'that stage is done already');
      stages.add(entry.stage);
    } else if (entry.type === 'count') {
      const countable = countableItems(world.program);
      if (!countable.includes(entry.item)) errors.push({ path: `data.events.${n}.item`, message: oneOf(countable) });
    } else {
      for (const [i, id] of (entry.evidence ?? []).entries())
        if (!documents.has(id)) wrong(`evidence.${i}`, `没有材料 ${id}`, `no document ${id}`);
    }
  }
  if (errors.length === 0) return undefined;
  return refuse(
    'INVALID_DATA',
    ['补录的内容有误，没有记下任何一条。', 'Some of the history is not valid; nothing of it was recorded.'],
    [
      ['按列出的位置改正后重新提交', 'Correct the listed places and send it again'],
      ['扫描件先用 POST /cases/{id}/documents 上传', 'Upload scans with POST /cases/{id}/documents first'],
    ],
    errors.slice(0, 100),
  );
}

/**
 * Paper tells of nothing that Linli has seen: a stage in which something was done since the case was taken over, or that is
 * late, is neither marked as done nor counted for. What is late stays late until somebody answers for it.
 */
function underWay({ state, world, data }: ActContext<Import>): Refusal | undefined {
  const { stage } = state;
  if (stage === undefined) return undefined;
  const marked = data.events.some((entry) => entry.type === 'stage' && entry.stage === stage);
  const counted = data.events.some(({ type }) => type === 'count');
  if (!marked && !counted) return undefined;
  const { round = 0, lastAt } = state.stages[stage] ?? {};
  const clocks = [stageClock(stage, round), ...Object.values(state.items).map(({ id }) => id)];
  const late = clocks.some((id) => {
    const deadline = state.deadlines[id];
    return deadline !== undefined && (isLate(deadline, world.now) || (deadline.accounts ?? []).length > 0);
  });
  if (lastAt === undefined && !late) return undefined;
  return refuse(
    'BLOCKED',
    [
      `阶段“${stage}”已在系统中办理或已逾期，不能再由纸质档案标记完成或补次数。`,
      `Work on the stage "${stage}" is recorded here already, or it is late: paper neither marks it done nor counts for it.`,
    ],
    [
      [
        '不再需要的阶段用 stage.skip 说明原因跳过；文字记录仍可补录',
        'Skip a stage that is not needed with a reason (stage.skip); entries in words are taken all the same',
      ],
    ],
  );
}

/** What can have been done a number of times: duties, and tasks that come again. */
function countableItems(program: ActContext['world']['program']): string[] {
  const tasks = program.stages.flatMap((stage) =>
    stage.items.filter((item) => 'task' in item && (item.repeat || !isRequired(item))),
  );
  return [...new Set([...tasks.map(keyOf), ...program.duties.map(({ duty }) => duty)])];
}

const correctShape = z.strictObject({
  ...toldShape,
  text: text.optional(),
  occurredAt: on.optional(),
  withdrawn: z.literal(true).optional().describe('the entry should not be there at all'),
});

/** Says of an entry what is right instead. The entry stays as it was taken over; both are shown. */
const historyCorrect: ActKind<z.infer<typeof correctShape>> = {
  data: correctShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  reasonNeeded: true,
  who: historians,
  decide({ state, act, data }) {
    const n = /^history-([1-9]\d{0,8})$/.exec(act.target ?? '')?.[1];
    if (n === undefined || Number(n) > (state.serial[HISTORY] ?? 0)) {
      return refuse(
        'INVALID_DATA',
        ['没有这条补录。', 'There is no such entry of the history.'],
        [['补录的编号见经过：history-1、history-2 …', 'The timeline shows their ids: history-1, history-2 …']],
        [{ path: 'target', message: inBoth('没有这条补录', 'no such entry') }],
      );
    }
    if (Object.keys(data).length === 0) {
      return refuse(
        'INVALID_DATA',
        ['没有写明改成什么。', 'It does not say what is right.'],
        [['填写 text、occurredAt 等，或 withdrawn 表示作废', 'Fill in text, occurredAt …, or withdrawn']],
        [{ path: 'data', message: inBoth('不能为空', 'is empty') }],
      );
    }
    const { occurredAt, ...told } = data;
    const date = occurredAt === undefined ? {} : { on: paperDate(occurredAt)! };
    return [
      {
        type: 'history.corrected',
        data: { id: act.target!, ...date, ...withoutUndefined(told) } as EventData['history.corrected'],
      },
    ];
  },
};

/** History that began on paper. */
export const historyActs: Readonly<Record<string, ActKind>> = {
  'case.import': actKind(caseImport),
  'history.correct': actKind(historyCorrect),
};
