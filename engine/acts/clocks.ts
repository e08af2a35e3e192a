import { z } from 'zod';
import { pausesOf, SUSPENSION } from '../../sdk/pauses.ts';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { isOfMoney } from '../agenda.ts';
import { endPause, moved, openPauses } from '../deadline.ts';
import { deadlineOf } from '../lookup.ts';
import { headsAbove, holderAt } from '../org.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Deadline, Status } from '../state.ts';
import { add, tell } from '../story.ts';
import { toDate } from '../time/civil.ts';
import { toldAbout } from '../told.ts';
import { capProblem, extensionOf } from './extension.ts';
import { headsFrom, withoutUndefined } from './plan.ts';
import { budget, name, nothing, text } from './shapes.ts';
import { WORKERS } from './work.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

function target({ state, act }: ActContext): Deadline | Refusal {
  const deadline = act.target === undefined ? undefined : deadlineOf(state, act.target);
  if (deadline) return deadline;
  const open = Object.keys(state.deadlines).join(', ');
  return refuse(
    act.target === undefined ? 'INVALID_DATA' : 'NOT_OPEN',
    [`没有进行中的期限“${act.target ?? ''}”。`, `No deadline "${act.target ?? ''}" is running.`],
    [[`进行中的期限:${open || '无'}`, `Running deadlines: ${open || 'none'}`]],
    ...(act.target === undefined ? [[{ path: 'target', message: 'is needed' }]] : []),
  );
}

/** Whoever answers for the deadline an act targets, and workers. */
function answering({ state, act }: ActContext): string[] {
  const deadline = act.target === undefined ? undefined : deadlineOf(state, act.target);
  return [...(deadline ? [deadline.answers] : []), ...WORKERS];
}

const requestExtension: ActKind<{ budget: string }> = {
  data: z.strictObject({ budget }),
  reasonNeeded: true,
  who: answering,
  decide(context) {
    const { data } = context;
    const deadline = target(context);
    if (isRefusal(deadline)) return deadline;
    if (deadline.requested) {
      return refuse(
        'ALREADY_DONE',
        ['已有一个延期申请等待决定。', 'An extension has been asked for and not yet decided.'],
        [['等待上级决定', 'Wait for the decision of the level above']],
      );
    }
    const problem = capProblem(context, deadline, data.budget);
    const { state, world } = context;
    const told = toldAbout(state, world.org, deadline, extensionOf(state, world, deadline).approves, world.now);
    return problem ?? [{ type: 'deadline.extensionRequested', data: { id: deadline.id, budget: data.budget, told } }];
  },
};

const decideExtension: ActKind<{ approve: boolean }> = {
  data: z.strictObject({ approve: z.boolean() }),
  who({ state, world, act }) {
    const deadline = act.target === undefined ? undefined : deadlineOf(state, act.target);
    return headsFrom(extensionOf(state, world, deadline).approves);
  },
  decide(context) {
    const { state, world, data, at, act } = context;
    const deadline = target(context);
    if (isRefusal(deadline)) return deadline;
    const { requested } = deadline;
    if (!requested) {
      return refuse(
        'NOT_OPEN',
        ['没有等待决定的延期申请。', 'No extension has been asked for.'],
        [['先用 deadline.requestExtension 申请', 'Ask with deadline.requestExtension first']],
      );
    }
    if (requested.by === act.actor.id) {
      return refuse(
        'ROLES_COLLIDE',
        ['不能批准自己的延期申请。', 'Nobody approves the extension he asked for.'],
        [['由更上一级决定', 'Let the level above decide']],
      );
    }
    const problem = data.approve ? capProblem(context, deadline, requested.budget) : undefined;
    if (problem) return problem;
    const story = tell(state, world, at, act.actor.id);
    add(story, { type: 'deadline.extensionDecided', data: { id: deadline.id, approved: data.approve } });
    if (data.approve) {
      if (deadline.of === 'stage' && state.stage) {
        const round = state.stages[state.stage]?.round ?? 0;
        add(story, { type: 'stage.extended', data: { stage: state.stage, round, budget: requested.budget } });
      }
      const now = story.state.deadlines[deadline.id] ?? deadline;
      const next = moved(now, { extensions: [...deadline.extensions, requested.budget] }, world);
      add(story, { type: 'deadline.moved', data: { deadline: next, from: deadline.dueAt, why: EXTENDED } });
    }
    return story.events;
  },
};

const EXTENDED: Text = ['延期获批', 'the extension was approved'];

/** A clock stands still from the day of the act. Pauses of several kinds may overlap: it goes on when the last has ended. */
const pause: ActKind<{ kind: string }> = {
  data: z.strictObject({ kind: name }),
  reasonNeeded: true,
  who: answering,
  decide(context) {
    const deadline = target(context);
    if (isRefusal(deadline)) return deadline;
    const { data, at, world } = context;
    const kinds = pausesOf(world.program);
    if (!Object.hasOwn(kinds, data.kind)) return kindProblem(data.kind, kinds);
    if (isOfMoney(deadline)) {
      return refuse(
        'BLOCKED',
        ['款项的期限不能暂停。', 'Deadlines of money are never paused.'],
        [['可申请延期(deadline.requestExtension)', 'Ask for an extension with deadline.requestExtension']],
      );
    }
    const name = kinds[data.kind]!;
    if (openPauses(deadline).some(({ kind }) => kind === data.kind)) {
      return refuse(
        'ALREADY_DONE',
        [`期限已因${name[0]}暂停。`, `The deadline is paused for this (${name[1]}) already.`],
        [['用 deadline.resume 恢复', 'Use deadline.resume to go on']],
      );
    }
    return [{ type: 'deadline.paused', data: { id: deadline.id, kind: data.kind, name, from: toDate(at) } }];
  },
};

function kindProblem(kind: string, kinds: Readonly<Record<string, Text>>): Refusal {
  const known = Object.keys(kinds).join(', ');
  return refuse(
    'INVALID_DATA',
    [`本项目的期限不因“${kind}”暂停。`, `Clocks of this program are not paused for "${kind}".`],
    [[`暂停事由:${known}`, `Kinds of pause: ${known}`]],
    [{ path: 'data.kind', message: `one of ${known}` }],
  );
}

/** Ends the open pause of a kind, which need not be said where only one is open. Its last day is the day of the act. */
const resume: ActKind<{ kind?: string | undefined }> = {
  data: z.strictObject({ kind: name.optional() }),
  who: answering,
  decide(context) {
    const deadline = target(context);
    if (isRefusal(deadline)) return deadline;
    const { data, at, world } = context;
    const open = openPauses(deadline).filter(({ kind }) => kind !== SUSPENSION);
    const known = open.map(({ kind }) => kind).join(', ');
    const ended = data.kind === undefined ? open[0] : open.find(({ kind }) => kind === data.kind);
    if (!ended) {
      return refuse(
        'NOT_OPEN',
        data.kind === undefined || open.length === 0
          ? ['期限没有暂停。', 'The deadline is not paused.']
          : [`期限没有因“${data.kind}”暂停。`, `The deadline is not paused for "${data.kind}".`],
        [[known ? `现有的暂停:${known}` : '无需恢复', known ? `Open pauses: ${known}` : 'There is nothing to resume']],
      );
    }
    if (data.kind === undefined && open.length > 1) {
      return refuse(
        'INVALID_DATA',
        ['期限同时因几种事由暂停。', 'The deadline is paused for several reasons at once.'],
        [[`写明 data.kind:${known}`, `Say which has ended in data.kind: ${known}`]],
        [{ path: 'data.kind', message: `one of ${known}` }],
      );
    }
    const next = moved(deadline, { pauses: endPause(deadline, at, ended.kind) }, world);
    const [zh, en] = ended.name ?? [ended.kind, ended.kind];
    const still = next.pausedSince === undefined ? ['', ''] : [',仍有其他暂停', ', others are still open'];
    const why: Text = [`${zh}结束${still[0]}`, `the pause has ended (${en})${still[1]}`];
    return [{ type: 'deadline.moved', data: { deadline: next, from: deadline.dueAt, why } }];
  },
};

const nudge: ActKind<Record<string, never>> = {
  data: nothing,
  who: ({ world }) => [
    'head:unit',
    'head:sub-district',
    'head:district',
    'caseworker',
    ...Object.keys(world.program.roles),
  ],
  decide(context) {
    const deadline = target(context);
    if (isRefusal(deadline)) return deadline;
    const { state, world } = context;
    const told = toldAbout(state, world.org, deadline, 'holder', world.now);
    return [{ type: 'deadline.nudged', data: { id: deadline.id, told } }];
  },
};

const acknowledge: ActKind<{ message?: string | undefined }> = {
  data: z.strictObject({ message: name.optional() }),
  evenColliding: true,
  statuses: ANY,
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()],
  decide({ act, world, state }) {
    const { message } = world.facts;
    const mine =
      message &&
      (message.person === act.actor.id ||
        (message.post !== undefined && holderAt(world.org, message.post, world.now) === act.actor.id));
    if (!message || !mine) {
      return refuse(
        'NOT_FOUND',
        ['没有这条消息。', 'There is no such message in your inbox.'],
        [['查看 GET /api/v1/inbox', 'See GET /api/v1/inbox']],
      );
    }
    if (message.acknowledged) {
      return refuse(
        'ALREADY_DONE',
        ['这条消息已确认。', 'The message is acknowledged already.'],
        [['无需再次确认', 'There is nothing more to do']],
      );
    }
    return [{ type: 'message.acknowledged', data: { message: message.id, case: state.caseId } }];
  },
};

function recordOf({ world, act }: ActContext) {
  const { accountability } = world.facts;
  return (
    accountability ??
    refuse(
      'NOT_OPEN',
      [`没有问责记录“${act.target ?? ''}”。`, `There is no accountability record "${act.target ?? ''}".`],
      [['查看 GET /api/v1/accountability', 'See GET /api/v1/accountability']],
    )
  );
}

/** The holder of the post a record is about answers, once, before it is decided. */
const answer: ActKind<{ text: string }> = {
  data: z.strictObject({ text }),
  statuses: ANY,
  who: holding,
  decide(context) {
    const record = recordOf(context);
    if (isRefusal(record)) return record;
    if (record.answered || record.outcome !== undefined) {
      return refuse(
        'ALREADY_DONE',
        ['已经说明过,或已作出决定。', 'It is answered, or decided, already.'],
        [['对决定有异议用 accountability.appeal', 'Appeal against a decision with accountability.appeal']],
      );
    }
    return [{ type: 'accountability.answered', data: { id: record.id, text: context.data.text } }];
  },
};

/** A head above the post decides; after an appeal, another one. */
const decideRecord: ActKind<{ outcome: string; text?: string | undefined }> = {
  data: z.strictObject({ outcome: name, text: text.optional() }),
  statuses: ANY,
  who: above,
  decide(context) {
    const record = recordOf(context);
    if (isRefusal(record)) return record;
    const { act, world, data } = context;
    if (world.org.appointments.some((each) => each.post === record.post && each.person === act.actor.id)) {
      return refuse(
        'ROLES_COLLIDE',
        ['不能决定自己的问责。', 'Nobody decides on his own record.'],
        [['由上一级决定', 'Let the level above decide']],
      );
    }
    if (record.appealed && record.decidedBy === act.actor.id) {
      return refuse(
        'ROLES_COLLIDE',
        ['不能由作出原决定的人复核。', 'Nobody decides on an appeal against his own decision.'],
        [['由更上一级复核', 'Let the level above decide']],
      );
    }
    if (record.outcome !== undefined && !record.appealed) {
      return refuse(
        'ALREADY_DONE',
        ['已经作出决定。', 'It is decided already.'],
        [['当事人可用 accountability.appeal 申诉', 'The post holder can appeal with accountability.appeal']],
      );
    }
    return [{ type: 'accountability.decided', data: { id: record.id, ...withoutUndefined(data) } }];
  },
};

const appeal: ActKind<{ text: string }> = {
  data: z.strictObject({ text }),
  statuses: ANY,
  who: holding,
  decide(context) {
    const record = recordOf(context);
    if (isRefusal(record)) return record;
    if (record.appealed) {
      return refuse(
        'ALREADY_DONE',
        ['已经申诉,等待复核。', 'It is appealed against already and waits for the decision.'],
        [['等待上级复核', 'Wait for the level above']],
      );
    }
    if (record.outcome === undefined) {
      return refuse(
        'NOT_OPEN',
        ['还没有决定,无从申诉。', 'There is no decision to appeal against.'],
        [['先用 accountability.answer 说明', 'Answer first with accountability.answer']],
      );
    }
    return [{ type: 'accountability.appealed', data: { id: record.id, text: context.data.text } }];
  },
};

/** Roles under which one answers for a record: any, for whoever holds its post now; else those its post fills, to be named. */
function holding({ state, world, act, roles }: ActContext): string[] {
  const post = world.facts.accountability?.post;
  if (post === undefined) return [...roles.keys()];
  if (holderAt(world.org, post, world.now) === act.actor.id) return [...roles.keys()];
  return Object.entries(state.assignments).flatMap(([role, each]) => (each.post === post ? [role] : []));
}

/** Roles under which one decides on a record: the heads above its post. */
function above({ state, world }: ActContext): string[] {
  const post = world.facts.accountability?.post;
  if (post === undefined) return headsFrom('unit');
  return headsAbove(world.org, post).map((head) => {
    const unit = world.org.posts[head]?.unit ?? '';
    return unit === state.unit ? 'head:unit' : `head:${world.org.units[unit]?.level}`;
  });
}

/** Clocks, messages and accountability. */
export const clockActs: Readonly<Record<string, ActKind>> = {
  'deadline.requestExtension': actKind(requestExtension),
  'deadline.decideExtension': actKind(decideExtension),
  'deadline.pause': actKind(pause),
  'deadline.resume': actKind(resume),
  'deadline.nudge': actKind(nudge),
  'message.acknowledge': actKind(acknowledge),
  'accountability.answer': actKind(answer),
  'accountability.decide': actKind(decideRecord),
  'accountability.appeal': actKind(appeal),
};
