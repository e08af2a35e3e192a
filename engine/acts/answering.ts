import { z } from 'zod';
import type { CalendarDate } from '../../sdk/time.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { keepsLeftOver } from '../logins.ts';
import { deputyAt, headsAbove, holderAt, standsFor } from '../org.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Roles } from '../rights.ts';
import type { Deadline, Status } from '../state.ts';
import { toDate } from '../time/civil.ts';
import { toldAbout } from '../told.ts';
import { untilClosed } from '../voice/emergency.ts';
import { clockTargeted } from './clocks.ts';
import { headsFrom, withoutUndefined } from './plan.ts';
import { name, nothing, text } from './shapes.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

/** 催办: one person asks to get on with the same clock at most so often a day, and all together at most so often. */
const NUDGES_BY_ONE = 2;
const NUDGES_BY_ALL = 6;

function nudgedOften({ nudged }: Deadline, person: string, today: CalendarDate): Refusal | undefined {
  if (nudged?.on !== today) return undefined;
  const all = Object.values(nudged.by).reduce((sum, n) => sum + n, 0);
  if ((nudged.by[person] ?? 0) < NUDGES_BY_ONE && all < NUDGES_BY_ALL) return undefined;
  return refuse(
    'TOO_OFTEN',
    [
      `同一期限每人每天最多催办 ${NUDGES_BY_ONE} 次，所有人合计 ${NUDGES_BY_ALL} 次。`,
      `One person nudges about a deadline at most ${NUDGES_BY_ONE} times a day, all together ${NUDGES_BY_ALL} times.`,
    ],
    [
      ['明天再催', 'Nudge again tomorrow'],
      ['到期后会自动逐级上报', 'Once it is overdue it goes up the ladder by itself'],
    ],
  );
}

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
    const deadline = clockTargeted(context);
    if (isRefusal(deadline)) return deadline;
    const { state, world, act } = context;
    const often = nudgedOften(deadline, act.actor.id, toDate(world.now));
    if (often) return often;
    const told = toldAbout(state, world.org, deadline, 'holder', world.now);
    return [{ type: 'deadline.nudged', data: { id: deadline.id, told } }];
  },
};

/** Whether the message an act targets was told to the actor: who was told may say so, also when the case has gone elsewhere. */
function isTold({ act, world }: Pick<ActContext, 'act' | 'world'>): boolean {
  const { post, person, unit } = world.facts.message ?? {};
  if (post === undefined && person === undefined) return keepsLeftOver(act.actor.logins, unit);
  return person === act.actor.id || (post !== undefined && holderAt(world.org, post, world.now) === act.actor.id);
}

const acknowledge: ActKind<{ message?: string | undefined }> = {
  data: z.strictObject({ message: name.optional() }),
  evenColliding: true,
  onceDeparted: true,
  statuses: ANY,
  lateExempt: true,
  who: ({ roles }) => [...roles.keys()],
  outsiders: (asked) => (isTold(asked) ? new Map([['told', {}]]) : new Map()),
  decide({ act, world, state }) {
    const { message } = world.facts;
    if (!message || !isTold({ act, world })) {
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
    const told = { message: message.id, case: state.caseId };
    const { emergency } = message;
    const open = emergency === undefined ? undefined : state.emergencies?.[emergency];
    if (!open || open.acknowledgedAt !== undefined) return [{ type: 'message.acknowledged', data: told }];
    // what has come in since and was told to nobody yet is told when it was to be
    const again = { emergency: open.id, nextAt: open.waitsUntil ?? untilClosed(world.now) };
    return [{ type: 'message.acknowledged', data: { ...told, ...again } }];
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

/** A record is about a person in office: nobody answers it or appeals in his stead. */
function notAsDeputy({ world, act }: ActContext, post: string): Refusal | undefined {
  if (deputyAt(world.org, post, world.now) !== act.actor.id) return undefined;
  return refuse(
    'FORBIDDEN',
    ['代理人不能替任职人说明或申诉。', 'A deputy does not answer a record, or appeal, for the holder of the post.'],
    [['由任职人本人办理', 'Let the holder of the post do it']],
  );
}

/** The holder of the post a record is about answers, once, before it is decided. */
const answer: ActKind<{ text: string }> = {
  data: z.strictObject({ text }),
  statuses: ANY,
  who: holding,
  outsiders: accountableOutside,
  decide(context) {
    const record = recordOf(context);
    if (isRefusal(record)) return record;
    const deputy = notAsDeputy(context, record.post);
    if (deputy) return deputy;
    if (record.answered || record.outcome !== undefined) {
      return refuse(
        'ALREADY_DONE',
        ['已经说明过，或已作出决定。', 'It is answered, or decided, already.'],
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
  who: ({ world }) => (world.facts.accountability ? [ABOVE] : headsFrom('unit')),
  outsiders: above,
  decide(context) {
    const record = recordOf(context);
    if (isRefusal(record)) return record;
    const { act, world, data } = context;
    const { appointments, deputies = [] } = world.org;
    if ([...appointments, ...deputies].some((each) => each.post === record.post && each.person === act.actor.id)) {
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
  outsiders: accountableOutside,
  decide(context) {
    const record = recordOf(context);
    if (isRefusal(record)) return record;
    const deputy = notAsDeputy(context, record.post);
    if (deputy) return deputy;
    if (record.appealed) {
      return refuse(
        'ALREADY_DONE',
        ['已经申诉，等待复核。', 'It is appealed against already and waits for the decision.'],
        [['等待上级复核', 'Wait for the level above']],
      );
    }
    if (record.outcome === undefined) {
      return refuse(
        'NOT_OPEN',
        ['还没有决定，无从申诉。', 'There is no decision to appeal against.'],
        [['先用 accountability.answer 说明', 'Answer first with accountability.answer']],
      );
    }
    return [{ type: 'accountability.appealed', data: { id: record.id, text: context.data.text } }];
  },
};

/** Whoever holds the post of a record now may be heard on it, also when the case has gone to another unit. */
function accountableOutside({ act, world }: Pick<ActContext, 'act' | 'world'>): Roles {
  const post = world.facts.accountability?.post;
  if (post === undefined || holderAt(world.org, post, world.now) !== act.actor.id) return new Map();
  return new Map([['accountable', { post }]]);
}

/** Roles under which one answers for a record: any, for whoever holds its post now; else those its post fills, to be named. */
function holding({ state, world, act, roles }: ActContext): string[] {
  const post = world.facts.accountability?.post;
  if (post === undefined) return [...roles.keys()];
  if (holderAt(world.org, post, world.now) === act.actor.id) return [...roles.keys()];
  return Object.entries(state.assignments).flatMap(([role, each]) => (each.post === post ? [role] : []));
}

/** The right to decide on a record: of the heads above its post, wherever the case is now, and of who stands in for one. */
const ABOVE = 'above';

function above({ act, world: { facts, org, now } }: Pick<ActContext, 'act' | 'world'>): Roles {
  const post = facts.accountability?.post;
  if (post === undefined) return new Map();
  const { id, logins } = act.actor;
  const standsIn = !logins.some(({ role }) => role === 'auditor');
  const head = headsAbove(org, post).find((each) =>
    standsIn ? standsFor(org, each, id, now) : holderAt(org, each, now) === id,
  );
  return new Map(head === undefined ? [] : [[ABOVE, { post: head }]]);
}

/** Nudges, messages, and records of accountability. */
export const answerActs: Readonly<Record<string, ActKind>> = {
  'deadline.nudge': actKind(nudge),
  'message.acknowledge': actKind(acknowledge),
  'accountability.answer': actKind(answer),
  'accountability.decide': actKind(decideRecord),
  'accountability.appeal': actKind(appeal),
};
