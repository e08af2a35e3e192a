import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { endPause, moved } from '../deadline.ts';
import { deadlineOf, postOf } from '../lookup.ts';
import { toldFor } from '../org.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Deadline, Status } from '../state.ts';
import { add, tell } from '../story.ts';
import { toDate } from '../time/civil.ts';
import { capProblem, headsFrom } from './plan.ts';
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
    const { state, data } = context;
    const deadline = target(context);
    if (isRefusal(deadline)) return deadline;
    if (deadline.requested) {
      return refuse(
        'ALREADY_DONE',
        ['已有一个延期申请等待决定。', 'An extension has been asked for and not yet decided.'],
        [['等待上级决定', 'Wait for the decision of the level above']],
      );
    }
    const problem = deadline.of === 'stage' ? capProblem(context, data.budget) : timesProblem(context, deadline);
    const { world } = context;
    const post = postOf(state, deadline.answers);
    const told = post ? toldFor(world.org, { post, tell: world.program.life.extend.approves, at: world.now }) : [];
    return problem ?? [{ type: 'deadline.extensionRequested', data: { id: deadline.id, budget: data.budget, told } }];
  },
};

function timesProblem({ world }: ActContext, deadline: Deadline): Refusal | undefined {
  const { times } = world.program.life.extend;
  if (deadline.extensions.length < times) return undefined;
  return refuse(
    'CAP_REACHED',
    [`最多延期 ${times} 次。`, `It can be extended ${times} times.`],
    [['由上级处理', 'Let the level above handle it']],
  );
}

const decideExtension: ActKind<{ approve: boolean }> = {
  data: z.strictObject({ approve: z.boolean() }),
  who: ({ world }) => headsFrom(world.program.life.extend.approves),
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

const pause: ActKind<{ kind: string }> = {
  data: z.strictObject({ kind: name }),
  reasonNeeded: true,
  who: answering,
  decide(context) {
    const deadline = target(context);
    if (isRefusal(deadline)) return deadline;
    if (deadline.pausedSince) {
      return refuse(
        'ALREADY_DONE',
        ['期限已经暂停。', 'The deadline is paused already.'],
        [['用 deadline.resume 恢复', 'Use deadline.resume to go on']],
      );
    }
    const { data, at } = context;
    return [{ type: 'deadline.paused', data: { id: deadline.id, kind: data.kind, from: toDate(at) } }];
  },
};

const resume: ActKind<Record<string, never>> = {
  data: nothing,
  who: answering,
  decide(context) {
    const deadline = target(context);
    if (isRefusal(deadline)) return deadline;
    if (!deadline.pausedSince) {
      return refuse(
        'NOT_OPEN',
        ['期限没有暂停。', 'The deadline is not paused.'],
        [['无需恢复', 'There is nothing to resume']],
      );
    }
    const next = moved(deadline, { pauses: endPause(deadline, context.at) }, context.world);
    return [
      {
        type: 'deadline.moved',
        data: { deadline: next, from: deadline.dueAt, why: ['暂停结束', 'the pause has ended'] },
      },
    ];
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
    const post = postOf(state, deadline.answers);
    const told = post ? toldFor(world.org, { post, tell: 'holder', at: world.now }) : [];
    return [{ type: 'deadline.nudged', data: { id: deadline.id, told } }];
  },
};

const acknowledge: ActKind<{ message?: string | undefined }> = {
  data: z.strictObject({ message: name.optional() }),
  statuses: ANY,
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()],
  decide({ act, world, state }) {
    const { message } = world.facts;
    const mine =
      message &&
      (message.person === act.actor.id ||
        world.org.appointments.some(
          (each) =>
            each.post === message.post && each.person === act.actor.id && (!each.until || each.until > world.now),
        ));
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

/** The post holder a record is about; the level above him decides. */
const answer: ActKind<{ text: string }> = {
  data: z.strictObject({ text }),
  statuses: ANY,
  who: ({ state, world }) => rolesOfPost(state.assignments, world.facts.accountability?.post),
  decide(context) {
    const record = recordOf(context);
    if (isRefusal(record)) return record;
    return [{ type: 'accountability.answered', data: { id: record.id, text: context.data.text } }];
  },
};

const decideRecord: ActKind<{ outcome: string; text?: string | undefined }> = {
  data: z.strictObject({ outcome: name, text: text.optional() }),
  statuses: ANY,
  who: () => headsFrom('unit'),
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
    if (record.outcome !== undefined) {
      return refuse(
        'ALREADY_DONE',
        ['已经作出决定。', 'It is decided already.'],
        [['当事人可用 accountability.appeal 申诉', 'The post holder can appeal with accountability.appeal']],
      );
    }
    return [{ type: 'accountability.decided', data: { id: record.id, outcome: data.outcome } }];
  },
};

const appeal: ActKind<{ text: string }> = {
  data: z.strictObject({ text }),
  statuses: ANY,
  who: ({ state, world }) => rolesOfPost(state.assignments, world.facts.accountability?.post),
  decide(context) {
    const record = recordOf(context);
    if (isRefusal(record)) return record;
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

function rolesOfPost(assignments: ActContext['state']['assignments'], post: string | undefined): string[] {
  return Object.entries(assignments).flatMap(([role, each]) =>
    post !== undefined && each.post === post ? [role] : [],
  );
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
