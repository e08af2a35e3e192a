import { z } from 'zod';
import { pausesOf, SUSPENSION } from '../../sdk/pauses.ts';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { isBetweenUnits, isOfMoney } from '../agenda.ts';
import { untoldClocks } from '../books/untold.ts';
import { endPause, extension, isOverdue, moved, openPauses, pauseFrom } from '../deadline.ts';
import { deadlineOf } from '../lookup.ts';
import { inBoth, NEEDED, oneOf, type Refusal, refuse } from '../refusal.ts';
import type { Deadline } from '../state.ts';
import { add, tell } from '../story.ts';
import { toDate } from '../time/civil.ts';
import { toldAbout } from '../told.ts';
import { capProblem, extensionOf, ownClockProblem } from './extension.ts';
import { headsFrom } from './plan.ts';
import { budget, name } from './shapes.ts';
import { WORKERS } from './work.ts';

/** The running deadline an act targets. One that the actor may not know of is none. */
export function clockTargeted(context: ActContext): Deadline | Refusal {
  const { state, act } = context;
  const deadline = clockMeant(context);
  if (deadline) return deadline;
  const untold = untoldTo(context);
  const open = Object.keys(state.deadlines)
    .filter((id) => !untold.has(id))
    .join(', ');
  return refuse(
    act.target === undefined ? 'INVALID_DATA' : 'NOT_OPEN',
    [`没有进行中的期限“${act.target ?? ''}”。`, `No deadline "${act.target ?? ''}" is running.`],
    [[`进行中的期限：${open || '无'}`, `Running deadlines: ${open || 'none'}`]],
    ...(act.target === undefined ? [[{ path: 'target', message: NEEDED }]] : []),
  );
}

function clockMeant(context: ActContext): Deadline | undefined {
  const { state, act } = context;
  const deadline = act.target === undefined ? undefined : deadlineOf(state, act.target);
  return deadline && untoldTo(context).has(deadline.id) ? undefined : deadline;
}

function untoldTo({ state, world, roles }: ActContext): ReadonlySet<string> {
  return untoldClocks(state, world.program, (role) => roles.has(role));
}

/** Whoever answers for the deadline an act targets, and workers. */
function answering(context: ActContext): string[] {
  const deadline = clockMeant(context);
  return [...(deadline ? [deadline.answers] : []), ...WORKERS];
}

const requestExtension: ActKind<{ budget: string }> = {
  data: z.strictObject({ budget }),
  reasonNeeded: true,
  who: answering,
  decide(context) {
    const { data } = context;
    const deadline = clockTargeted(context);
    if (isRefusal(deadline)) return deadline;
    if (deadline.requested) {
      return refuse(
        'ALREADY_DONE',
        ['已有一个延期申请等待决定。', 'An extension has been asked for and not yet decided.'],
        [['等待上级决定', 'Wait for the decision of the level above']],
      );
    }
    const problem = findingProblem(deadline) ?? capProblem(context, deadline, data.budget);
    const { state, world } = context;
    const told = toldAbout(state, world.org, deadline, extensionOf(state, world, deadline).approves, world.now);
    return problem ?? [{ type: 'deadline.extensionRequested', data: { id: deadline.id, budget: data.budget, told } }];
  },
};

/** The time to put right what an auditor found is his to set, not that of the heads of whoever is to do it. */
function findingProblem({ of }: Deadline): Refusal | undefined {
  if (of === 'erasure')
    return refuse(
      'BLOCKED',
      ['答复删除请求的期限不能延期。', 'The deadline for the answer to a request to erase is not extended.'],
      [['用 erasure.answer 答复', 'Answer it with erasure.answer']],
    );
  if (of !== 'finding') return undefined;
  return refuse(
    'BLOCKED',
    ['督查问题的期限不能延期。', 'The deadline of a finding is not extended.'],
    [
      [
        '用 finding.answer 说明进展；审计员退回时另定期限',
        'Say with finding.answer how far it is; the auditor sets another deadline when he sends it back',
      ],
    ],
  );
}

const decideExtension: ActKind<{ approve: boolean }> = {
  data: z.strictObject({ approve: z.boolean() }),
  who(context) {
    return headsFrom(extensionOf(context.state, context.world, clockMeant(context)).approves);
  },
  decide(context) {
    const { state, world, data, at, act } = context;
    const deadline = clockTargeted(context);
    if (isRefusal(deadline)) return deadline;
    const { requested } = deadline;
    if (!requested) {
      return refuse(
        'NOT_OPEN',
        ['没有等待决定的延期申请。', 'No extension has been asked for.'],
        [['先用 deadline.requestExtension 申请', 'Ask with deadline.requestExtension first']],
      );
    }
    const own = ownClockProblem(context, deadline, requested.by);
    if (own) return own;
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
      const next = moved(
        now,
        extension(deadline, requested.budget, { by: act.actor.id, at, askedBy: requested.by }),
        world,
      );
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
    const deadline = clockTargeted(context);
    if (isRefusal(deadline)) return deadline;
    const { data, at, world } = context;
    const kinds = pausesOf(world.program);
    if (!Object.hasOwn(kinds, data.kind)) return kindProblem(data.kind, kinds);
    if (isOfMoney(deadline)) {
      return refuse(
        'BLOCKED',
        ['款项的期限不能暂停。', 'Deadlines of money are never paused.'],
        [['可申请延期（deadline.requestExtension）', 'Ask for an extension with deadline.requestExtension']],
      );
    }
    const name = kinds[data.kind]!;
    if (isBetweenUnits(deadline)) {
      return refuse(
        'BLOCKED',
        ['单位之间、层级之间的答复期限不能暂停。', 'Deadlines for answers between units and levels are never paused.'],
        [['催办用 deadline.nudge', 'Ask for the answer with deadline.nudge']],
      );
    }
    if (openPauses(deadline).some(({ kind }) => kind === data.kind)) {
      return refuse(
        'ALREADY_DONE',
        [`期限已因${name[0]}暂停。`, `The deadline is paused for this (${name[1]}) already.`],
        [['用 deadline.resume 恢复', 'Use deadline.resume to go on']],
      );
    }
    if (isOverdue(deadline, world.now) && toDate(at) < toDate(world.now)) return tooLate();
    const from = pauseFrom(deadline, at, world.now);
    return [{ type: 'deadline.paused', data: { id: deadline.id, kind: data.kind, name, from } }];
  },
};

/** Whoever answers for a clock cannot take back that it is late: that is for the level above. */
function tooLate(): Refusal {
  return refuse(
    'BLOCKED',
    ['期限已过，不能补记早先的暂停。', 'The deadline has passed; a pause that began earlier cannot be added any more.'],
    [
      [
        '可申请延期（deadline.requestExtension），由上级决定',
        'Ask the level above to extend it with deadline.requestExtension',
      ],
      ['去掉 occurredAt，从现在起暂停', 'Leave out occurredAt to pause it from now on'],
    ],
    [{ path: 'occurredAt', message: inBoth('期限已过，不能早于今天', 'before today, and the deadline has passed') }],
  );
}

function kindProblem(kind: string, kinds: Readonly<Record<string, Text>>): Refusal {
  const known = Object.keys(kinds).join(', ');
  return refuse(
    'INVALID_DATA',
    [`本项目的期限不因“${kind}”暂停。`, `Clocks of this program are not paused for "${kind}".`],
    [[`暂停事由：${known || '无'}`, `Kinds of pause: ${known || 'none'}`]],
    [
      {
        path: 'data.kind',
        message: known ? oneOf([known]) : inBoth('这里的期限不能暂停', 'nothing pauses these clocks'),
      },
    ],
  );
}

/** Ends the open pause of a kind, which need not be said where only one is open. Its last day is the day of the act. */
const resume: ActKind<{ kind?: string | undefined }> = {
  data: z.strictObject({ kind: name.optional() }),
  who: answering,
  decide(context) {
    const deadline = clockTargeted(context);
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
        [[known ? `现有的暂停：${known}` : '无需恢复', known ? `Open pauses: ${known}` : 'There is nothing to resume']],
      );
    }
    if (data.kind === undefined && open.length > 1) {
      return refuse(
        'INVALID_DATA',
        ['期限同时因几种事由暂停。', 'The deadline is paused for several reasons at once.'],
        [[`写明 data.kind:${known}`, `Say which has ended in data.kind: ${known}`]],
        [{ path: 'data.kind', message: oneOf([known]) }],
      );
    }
    const next = moved(deadline, { pauses: endPause(deadline, at, ended.kind) }, world);
    const [zh, en] = ended.name ?? [ended.kind, ended.kind];
    const still = next.pausedSince === undefined ? ['', ''] : ['，仍有其他暂停', ', others are still open'];
    const why: Text = [`${zh}结束${still[0]}`, `the pause has ended (${en})${still[1]}`];
    return [{ type: 'deadline.moved', data: { deadline: next, from: deadline.dueAt, why } }];
  },
};

/** Clocks: pauses and extensions. */
export const clockActs: Readonly<Record<string, ActKind>> = {
  'deadline.requestExtension': actKind(requestExtension),
  'deadline.decideExtension': actKind(decideExtension),
  'deadline.pause': actKind(pause),
  'deadline.resume': actKind(resume),
};
