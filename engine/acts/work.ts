import { z } from 'zod';
import { keyOf } from '../../sdk/keys.ts';
import type { Item, Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import type { EventData, EventDraft } from '../event.ts';
import { checkedFields, fieldProblems } from '../fields.ts';
import { afterDone, cancelClock, finish, keysOf, meet, openAdded, openItem, openReady } from '../flow.ts';
import { answersFor, doerOf, dutyOf, itemOf, openItems, roleMeant, stageOf } from '../lookup.ts';
import { missing, withoutProof } from '../need.ts';
import { isOpenPost, servesFrom, standsFor } from '../org.ts';
import { ownWorkProblem } from '../own-hands.ts';
import { agreedTo, purposeReason } from '../purpose.ts';
import { inBoth, NEEDED, type Refusal, refuse } from '../refusal.ts';
import { ASSIGNEE } from '../rights.ts';
import type { Assignment, OpenItem } from '../state.ts';
import { add, tell } from '../story.ts';
import { AS_PARTY, ownerOf } from '../succession.ts';
import type { World } from '../world.ts';
import { onBehalfProblem, proofOf, proofProblem } from './proof.ts';
import { budget, fields, name, proofShape, text } from './shapes.ts';
import { timely } from './timely.ts';

/** Who works on the case besides whoever an item is for. */
export const WORKERS = ['caseworker', 'head:unit'];

/** The open item an act targets: by id, or the oldest open occurrence of a key. */
function targetOf({ state, act, world }: ActContext, kinds: readonly OpenItem['kind'][]): OpenItem | Refusal {
  if (act.target === undefined) return targetMissing();
  const item = openItems(state, act.target).find((each) => kinds.includes(each.kind));
  if (item) return item;
  const known = Object.values(state.items).filter((each) => kinds.includes(each.kind));
  const closed = world.facts.closedItem;
  const detail: Text = closed
    ? [`“${act.target}”已经办结（${closed.state}）。`, `"${act.target}" is no longer open (${closed.state}).`]
    : [`没有待办的“${act.target}”。`, `Nothing open is called "${act.target}".`];
  const open = known.map((each) => each.id).join(', ');
  return refuse('NOT_OPEN', detail, [[`待办事项：${open || '无'}`, `Open now: ${open || 'nothing'}`]]);
}

function targetMissing(): Refusal {
  return refuse(
    'INVALID_DATA',
    ['没有指明对象。', 'The act does not say what it is about.'],
    [['在 target 中写明编号', 'Name it in target']],
    [{ path: 'target', message: NEEDED }],
  );
}

/**
 * Roles that may act on the item a target means: who does it, who answers for it, whoever it is assigned to, workers. What
 * is no longer open has the roles of its kind, so that they are told it is done rather than that they may not.
 */
function whoOf(context: ActContext): string[] {
  const { state, act, world } = context;
  const item = act.target === undefined ? undefined : openItems(state, act.target)[0];
  if (!item) return [...rolesOfKey(world, world.facts.closedItem?.key ?? act.target), ...WORKERS];
  return [item.by, item.answers, ...WORKERS, ...(item.assignee && isMine(context, item.assignee) ? [ASSIGNEE] : [])];
}

function rolesOfKey({ program }: World, key: string | undefined): string[] {
  const duty = key === undefined ? undefined : dutyOf(program, key);
  if (duty) return [duty.by, answersFor(program, duty.by)];
  return program.stages.flatMap((stage) => {
    const item = stage.items.find((each) => keyOf(each) === key);
    return item ? [doerOf(item, stage), stage.answers] : [];
  });
}

function isMine({ act, world }: ActContext, given: Assignment): boolean {
  const assignee = ownerOf(world.org, given, world.now);
  if (assignee.post === undefined) return assignee.person === act.actor.id;
  return standsFor(world.org, assignee.post, act.actor.id, world.now);
}

const doneShape = z.strictObject({ fields: fields.optional(), ...proofShape });
type DoneData = z.infer<typeof doneShape>;

/** What a finished item's event says besides its id. */
function doneOf(context: ActContext<DoneData>): Omit<EventData['task.completed'], 'id' | 'key'> {
  const { data, act, at } = context;
  return {
    at,
    ...(data.fields ? { fields: checkedFields(data.fields) } : {}),
    ...(data.note ? { note: data.note } : {}),
    ...(data.witness ? { witness: data.witness } : {}),
    ...(act.evidence?.length ? { evidence: act.evidence } : {}),
    ...(act.onBehalfOf ? { onBehalfOf: act.onBehalfOf } : {}),
  };
}

const taskComplete: ActKind<DoneData> = {
  data: doneShape,
  who: whoOf,
  decide(context) {
    const { state, world, at, act } = context;
    const meant = targetOf(context, ['task', 'duty', 'added']);
    const item = isRefusal(meant) ? meant : timely(context, meant);
    if (isRefusal(item)) return item;
    const task = itemOf(world.program, item.stage, item.key);
    const asks = task && 'task' in task ? (task.asks ?? []) : [];
    const problem =
      fieldProblems(world.program, context.data.fields ?? {}, 'data.fields', asks) ??
      proofProblem(context, context.data, task && 'task' in task ? (task.proof ?? []) : []);
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    finish(story, item, 'task.completed', doneOf(context));
    return story.events;
  },
};

const awaitOccur: ActKind<DoneData> = {
  data: doneShape,
  who: whoOf,
  decide(context) {
    const { state, world, at, act } = context;
    const item = targetOf(context, ['await']);
    if (isRefusal(item)) return item;
    const problem = fieldProblems(world.program, context.data.fields ?? {}, 'data.fields');
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    finish(story, item, 'await.occurred', doneOf(context));
    return story.events;
  },
};

const milestoneReach: ActKind<DoneData> = {
  data: doneShape,
  statuses: ['open'],
  who: ({ state, act, world }) => {
    const item = act.target === undefined ? undefined : openItems(state, act.target)[0];
    if (!item) return [...rolesOfKey(world, world.facts.closedItem?.key ?? act.target), ...WORKERS];
    return roleMeant(state, act.onBehalfOf) === item.by ? [item.by, item.answers, ...WORKERS] : [item.by];
  },
  decide(context) {
    const { state, world, at, act, data, roles } = context;
    const item = targetOf(context, ['milestone']);
    if (isRefusal(item)) return item;
    const milestone = itemOf(world.program, item.stage, item.key);
    const needs = milestone && 'milestone' in milestone ? milestone.needs : {};
    const invalid = fieldProblems(world.program, data.fields ?? {}, 'data.fields');
    if (invalid) return invalid;
    const values = { ...state.fields, ...checkedFields(data.fields ?? {}) };
    const blocked = missing(withoutProof(needs), {
      state: { counts: state.counts, fields: values },
      program: world.program,
      given: proofOf(context, data),
    });
    if (blocked.length > 0) {
      const [zh, en] = [blocked.map((each) => each[0]).join(';'), blocked.map((each) => each[1]).join('; ')];
      return refuse(
        'BLOCKED',
        [`条件还没有满足：${zh}。`, `It is not reached yet: ${en}.`],
        [['先完成所缺的事项', 'Do what is missing first']],
      );
    }
    const problem =
      proofProblem(context, data, needs.proof ?? []) ??
      (roles.has(item.by) ? undefined : onBehalfProblem(context, data));
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    add(story, {
      type: 'milestone.reached',
      data: { id: item.id, key: item.key, agreedBy: item.by, ...doneOf(context) },
    });
    meet(story, item.id, at);
    afterDone(story, item);
    return story.events;
  },
};

const taskAssign: ActKind<{ to: string }> = {
  data: z.strictObject({ to: name }),
  who: whoOf,
  decide(context) {
    const { state, world, data } = context;
    const item = targetOf(context, ['task', 'duty', 'added', 'await', 'milestone']);
    if (isRefusal(item)) return item;
    const assignee = assigneeOf(context, data.to);
    if (assignee) {
      const own = isOfPost(world, item.by) && ownWorkProblem(state.parties, { [item.by]: assignee }, world);
      if (own) return refuse('ROLES_COLLIDE', own, [['换一个人或岗位', 'Choose another person or post']]);
      return [{ type: 'item.assigned', data: { id: item.id, assignee } }];
    }
    return refuse(
      'UNKNOWN_ASSIGNMENT',
      [`没有岗位或人员“${data.to}”。`, `There is no post or person "${data.to}".`],
      [[`岗位：${Object.keys(world.org.posts).join('、')}`, `Posts: ${Object.keys(world.org.posts).join(', ')}`]],
      [{ path: 'data.to', message: inBoth('没有这个岗位或人员', 'no such post or person') }],
    );
  },
};

/** Whether a role of the program is a post's: what it does is office, and not what parties do for themselves. */
function isOfPost({ program }: World, role: string): boolean {
  const def = Object.hasOwn(program.roles, role) ? program.roles[role] : undefined;
  return def !== undefined && 'post' in def;
}

function assigneeOf({ state, world }: ActContext, to: string): Assignment | undefined {
  if (isOpenPost(world.org, to)) return { post: to };
  const party = Object.hasOwn(state.parties, to) ? state.parties[to]?.person : undefined;
  if (party !== undefined) return { person: party, since: AS_PARTY };
  if (servesFrom(world.org, to, world.now)) return { person: to, since: world.now };
  return Object.values(state.parties).some(({ person }) => person === to) ? { person: to, since: AS_PARTY } : undefined;
}

const addShape = z.strictObject({
  item: z.strictObject({
    key: z
      .string()
      .regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'letters and digits, beginning with a small letter')
      .optional(),
    name: z.union([name, z.tuple([name, name])]),
    by: name,
    within: budget.optional(),
  }),
});

const taskAdd: ActKind<z.infer<typeof addShape>> = {
  data: addShape,
  statuses: ['open', 'followUp'],
  reasonNeeded: true,
  who: ({ state, world }) => [
    ...WORKERS,
    ...(stageOf(world.program, state.stage) ? [stageOf(world.program, state.stage)!.answers] : []),
  ],
  decide({ state, world, data, at, act }) {
    const { item } = data;
    if (Object.keys(state.added).length >= MOST_ADDED) {
      return refuse(
        'CAP_REACHED',
        [`新增事项最多 ${MOST_ADDED} 项未完成。`, `At most ${MOST_ADDED} added items are open at once.`],
        [['先完成或跳过已有的', 'Complete or skip some of them first']],
      );
    }
    const taken = (each: string) => keysOf(world.program).has(each) || Object.hasOwn(state.added, each);
    const key = item.key ?? freeKey(state.serial['+'] ?? 0, taken);
    const role = Object.hasOwn(world.program.roles, item.by);
    if (taken(key) || !role) {
      return refuse(
        'INVALID_DATA',
        ['新增事项填写有误。', 'The added item is not valid.'],
        [
          [
            `可用的角色：${Object.keys(world.program.roles).join('、')}`,
            `Roles: ${Object.keys(world.program.roles).join(', ')}`,
          ],
        ],
        [
          taken(key)
            ? { path: 'data.item.key', message: inBoth('已被使用', 'is taken') }
            : { path: 'data.item.by', message: inBoth('没有这个角色', 'no such role') },
        ],
      );
    }
    const text = typeof item.name === 'string' ? ([item.name, item.name] as const) : item.name;
    const story = tell(state, world, at, act.actor.id);
    const stage = state.stage ? { stage: state.stage } : {};
    const added = { key, name: text, by: item.by, ...(item.within ? { within: item.within } : {}), ...stage };
    add(story, { type: 'item.added', data: { item: added } });
    openAdded(story, key);
    return story.events;
  },
};

/** So many added items one case has at once. */
const MOST_ADDED = 50;

/** A key for an added item that was given none. */
function freeKey(before: number, taken: (key: string) => boolean): string {
  for (let n = before + 1; ; n++) if (!taken(`extra${n}`)) return `extra${n}`;
}

const taskSkip: ActKind<Record<string, never>> = {
  data: z.strictObject({}),
  reasonNeeded: true,
  who: ({ state, act }) => [
    ...(act.target ? openItems(state, act.target).map((item) => item.answers) : []),
    'head:unit',
    'caseworker',
  ],
  decide(context) {
    const { state, world, at, act } = context;
    const item = targetOf(context, ['task', 'added', 'await', 'milestone']);
    if (isRefusal(item)) return item;
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'item.skipped', data: { id: item.id, key: item.key } });
    cancelClock(story, item.id);
    afterDone(story, { ...item, repeat: false });
    return story.events;
  },
};

const taskReopen: ActKind<Record<string, never>> = {
  data: z.strictObject({}),
  statuses: ['open'],
  reasonNeeded: true,
  who: () => [...WORKERS],
  decide({ state, act, world, at }) {
    if (act.target === undefined) return targetMissing();
    const key = world.facts.closedItem?.key ?? act.target;
    const stage = stageOf(world.program, state.stage);
    const item: Item | undefined = itemOf(world.program, state.stage, key);
    const added = Object.hasOwn(state.added, key) && state.added[key]?.stage === state.stage;
    const closed = Object.hasOwn(state.round, key) && state.round[key] !== 'open';
    if (!stage || !(item || added) || !closed) {
      return refuse(
        'NOT_OPEN',
        [`“${act.target}”不是当前阶段已办结的事项。`, `"${act.target}" is no finished item of the current stage.`],
        [['退回到以前的阶段用 stage.stepBack', 'Use stage.stepBack to return to an earlier stage']],
      );
    }
    if (item?.purpose !== undefined && !agreedTo(state, item.purpose)) {
      const [zh, en] = purposeReason(world.program, item.purpose);
      return refuse(
        'CONSENT_MISSING',
        [`${zh}。`, `${en.charAt(0).toUpperCase()}${en.slice(1)}.`],
        [['先记录 consent.give，写明 purposes', 'Record consent.give with purposes first']],
      );
    }
    const story = tell(state, world, at, act.actor.id);
    if (item) openItem(story, stage, item, 'item.reopened');
    else openAdded(story, key, 'item.reopened');
    return story.events;
  },
};

const noteAdd: ActKind<{ text: string }> = {
  data: z.strictObject({ text }),
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  evenColliding: true,
  who: ({ world }) => [...WORKERS, ...Object.keys(world.program.roles), 'head:sub-district', 'head:district', ASSIGNEE],
  decide: ({ data, act }) => [
    { type: 'note.added', data: { text: data.text, ...(act.evidence ? { evidence: act.evidence } : {}) } },
  ],
};

const documentAttach: ActKind<Record<string, never>> = {
  data: z.strictObject({}),
  evenColliding: true,
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  who: ({ world }) => [...WORKERS, ...Object.keys(world.program.roles), ASSIGNEE],
  decide({ act }): readonly EventDraft[] | Refusal {
    if (!act.evidence?.length) {
      return refuse(
        'EVIDENCE_MISSING',
        ['没有附上材料。', 'No document is named.'],
        [['先上传，再把编号写进 evidence', 'Upload it first and name its id in evidence']],
        [{ path: 'evidence', message: NEEDED }],
      );
    }
    const target = act.target ? { target: act.target } : {};
    return [{ type: 'document.attached', data: { documents: act.evidence, ...target } }];
  },
};

const dataCorrect: ActKind<{ fields: Record<string, string | number | boolean> }> = {
  data: z.strictObject({ fields }),
  reasonNeeded: true,
  who: () => [...WORKERS],
  decide({ state, world, data, at, act }) {
    const problem = fieldProblems(world.program, data.fields, 'data.fields');
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'data.corrected', data: { fields: checkedFields(data.fields) } });
    openReady(story);
    return story.events;
  },
};

/** Work: tasks, milestones, what is awaited, notes, documents, data. */
export const workActs: Readonly<Record<string, ActKind>> = {
  'task.complete': actKind(taskComplete),
  'task.assign': actKind(taskAssign),
  'task.add': actKind(taskAdd),
  'task.skip': actKind(taskSkip),
  'task.reopen': actKind(taskReopen),
  'milestone.reach': actKind(milestoneReach),
  'await.occur': actKind(awaitOccur),
  'note.add': actKind(noteAdd),
  'document.attach': actKind(documentAttach),
  'data.correct': actKind(dataCorrect),
};
