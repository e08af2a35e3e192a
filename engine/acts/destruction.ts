import type { z } from 'zod';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { DESTRUCTION_WAITS_DAYS, DESTRUCTION_WAITS_MS } from '../destruction.ts';
import type { Destroyed, Told } from '../event.ts';
import { toldThere } from '../offer-story.ts';
import { unitsUp } from '../org.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { blocksOf } from '../retention/blocks.ts';
import type { Destruction, State, Status } from '../state.ts';
import { addMs, toDate } from '../time/civil.ts';
import { together } from '../told.ts';
import { headsFrom } from './plan.ts';
import { nothing } from './shapes.ts';

// The contents of a case are destroyed: one asks, another approves, and after a wait a process of Linli does it.

const ENDED: readonly Status[] = ['closed'];
const HEADS = headsFrom('unit');
type Nothing = z.infer<typeof nothing>;

/** A caseworker of the unit or a head asks for it, once no period runs and nothing is open. */
const request: ActKind = actKind<Nothing>({
  data: nothing,
  statuses: ENDED,
  reasonNeeded: true,
  evenColliding: true,
  whileAway: true,
  who: () => ['caseworker', ...HEADS],
  decide(context) {
    const { state, act } = context;
    if (state.destruction) return askedAlready();
    const problem = blockedProblem(context);
    if (problem) return problem;
    const ground = state.erasure?.decision === 'limited' ? 'erasure' : 'periods';
    const told = toldOf(context, [act.actor.id]);
    return [{ type: 'destruction.requested', data: { id: `destruction-${act.id}`, ground, told } }];
  },
});

/** The head of the unit, or one above: another person than who asked, who has no part in the case himself. */
const approve: ActKind = actKind<Nothing>({
  data: nothing,
  statuses: ENDED,
  evenColliding: true,
  whileAway: true,
  who: () => HEADS,
  decide(context) {
    const { state, act, world } = context;
    const { destruction } = state;
    if (!destruction) return notAsked();
    if (destruction.approved) return approvedAlready();
    const problem = secondPerson(context, destruction) ?? blockedProblem(context);
    if (problem) return problem;
    const told = toldOf(context, [destruction.by, act.actor.id]);
    return [
      {
        type: 'destruction.approved',
        data: { id: destruction.id, from: addMs(world.now, DESTRUCTION_WAITS_MS), told },
        occurredAt: world.now,
      },
    ];
  },
});

/** Who may approve may also refuse, with reasons. */
const refuseIt: ActKind = actKind<Nothing>({
  data: nothing,
  statuses: ENDED,
  reasonNeeded: true,
  evenColliding: true,
  whileAway: true,
  who: () => HEADS,
  decide(context) {
    const { destruction } = context.state;
    if (!destruction) return notAsked();
    if (destruction.approved) return approvedAlready();
    if (destruction.by === context.act.actor.id) return itsOwn();
    return [{ type: 'destruction.refused', data: { id: destruction.id, told: toldOf(context, [destruction.by]) } }];
  },
});

/** One is enough to stop it: who asked, a head, or an auditor, until it is carried out. */
const revoke: ActKind = actKind<Nothing>({
  data: nothing,
  statuses: ENDED,
  reasonNeeded: true,
  evenColliding: true,
  whileAway: true,
  who: () => ['caseworker', ...HEADS, 'auditor'],
  decide(context) {
    const { destruction } = context.state;
    if (!destruction) return notAsked();
    const told = toldOf(context, [destruction.by, destruction.approved?.by]);
    return [{ type: 'destruction.revoked', data: { id: destruction.id, told } }];
  },
});

/** It is carried out: nothing may have come in between, and the wait is over. The last thing that happens to a case. */
const destroy: ActKind = actKind<Nothing>({
  data: nothing,
  statuses: ENDED,
  internal: true,
  whileAway: true,
  lateExempt: true,
  who: () => ['system'],
  decide(context) {
    const { state, world } = context;
    const { destruction } = state;
    const { approved } = destruction ?? {};
    if (!destruction || !approved) return notAsked();
    if (world.now < approved.from) return tooEarly(approved.from);
    const problem = blockedProblem(context);
    if (problem) return problem;
    const { kept = [], destroying } = world.facts.retention ?? {};
    if (!destroying) return notAsked();
    const rules = kept.flatMap(({ class: of, count, until, lengthened }): Destroyed['rules'][number][] =>
      of.stays || until === undefined
        ? []
        : [{ class: of.id, count, until, source: lengthened ? [lengthened.source, lengthened.source] : of.source }],
    );
    const data: Destroyed = {
      ...{ v: 1, case: caseOf(state), ground: destruction.ground },
      requested: { seq: destruction.seq, by: destruction.by, at: destruction.at },
      approved: { seq: approved.seq, by: approved.by, at: approved.at },
      ...{ rules, ...destroying, told: toldOf(context, [destruction.by, approved.by]) },
    };
    return [{ type: 'record.destroyed', data, occurredAt: world.now }];
  },
});

function caseOf({ caseId, caseNo, program, unit, openedAt, closedAt, imported, calendar }: State): Destroyed['case'] {
  return { caseId, caseNo, program, unit, openedAt, closedAt: closedAt ?? null, imported, calendar };
}

/** Whoever is to know: these two, the head of the unit, and its auditors. */
function toldOf({ state, world }: ActContext, persons: readonly (string | undefined)[]): Told[] {
  const { org } = world;
  const level = (unit: string) => org.units[unit]?.level ?? 'community';
  const units = unitsUp(org, state.unit);
  const own = persons.flatMap((person): Told[] =>
    person === undefined ? [] : [{ person, unit: state.unit, level: level(state.unit) }],
  );
  const auditors = (world.facts.retention?.auditors ?? []).flatMap(({ person, unit }): Told[] =>
    units.includes(unit) ? [{ person, unit, level: level(unit) }] : [],
  );
  return together(toldThere({ world }, state.unit), own, auditors);
}

/** BLOCKED with every reason why nothing of the case may be destroyed now. */
function blockedProblem({ state, world }: ActContext): Refusal | undefined {
  const { retention } = world.facts;
  if (!retention) return notAsked();
  if (state.away && !state.away.departed)
    return refuse(
      'CASE_AWAY',
      [
        '个案已交给另一系统，对方还没有确认接收。',
        'The case was handed to another installation, which has not confirmed it yet.',
      ],
      [['等对方确认，或由管理员收回', 'Wait for its confirmation, or take the case back']],
    );
  const blocks = blocksOf(state, retention.kept, retention.open, toDate(world.now));
  if (blocks.length === 0) return undefined;
  return refuse(
    'BLOCKED',
    [
      `现在不能销毁：${blocks.map(({ text }) => text[0]).join('；')}。`,
      `It may not be destroyed now: ${blocks.map(({ text }) => text[1]).join('; ')}.`,
    ],
    [['原因和期限见本案的保存期限页面', 'The page of how long it is kept tells why, and until when']],
  );
}

/** Four eyes by person, whatever posts he holds or stands in for, and none of them that of who worked on the case. */
function secondPerson({ state, act, roles }: ActContext, { by }: Destruction): Refusal | undefined {
  if (by === act.actor.id) return itsOwn();
  const own = [...Object.keys(state.assignments), ...Object.values(state.parties).map(({ role }) => role)];
  if (!own.some((role) => roles.has(role))) return undefined;
  return refuse(
    'FORBIDDEN',
    [
      '在本案中担任职责的人不能批准销毁。',
      'Who fills a role of the case does not approve that its contents are destroyed.',
    ],
    [['请上一级负责人批准', 'Ask the head of the level above']],
  );
}

function itsOwn(): Refusal {
  return refuse(
    'FORBIDDEN',
    ['销毁须由两个人决定：提出人不能自己批准。', 'Two people decide it: who asked for it does not answer it himself.'],
    [['请另一位负责人办理', 'Ask another head']],
  );
}

function askedAlready(): Refusal {
  return refuse(
    'ALREADY_DONE',
    ['已经提出销毁。', 'It was asked for already.'],
    [['由另一位负责人办理 destruction.approve 或 destruction.refuse', 'Another head answers it']],
  );
}

function approvedAlready(): Refusal {
  return refuse(
    'ALREADY_DONE',
    [
      `已经批准，${DESTRUCTION_WAITS_DAYS} 天后执行。`,
      `It is approved, and done after ${DESTRUCTION_WAITS_DAYS} days.`,
    ],
    [['要停止：destruction.revoke 或 hold.set', 'To stop it: destruction.revoke, or hold.set']],
  );
}

function notAsked(): Refusal {
  return refuse(
    'NOT_OPEN',
    ['没有待办理的销毁请求。', 'It is not asked for that the contents be destroyed.'],
    [['先用 destruction.request 提出', 'Ask with destruction.request first']],
  );
}

function tooEarly(from: string): Refusal {
  return refuse(
    'BLOCKED',
    [`批准后的等待期未满（${from} 之后）。`, `The wait after the approval is not over (not before ${from}).`],
    [['等待期满后自动执行', 'It is done by itself then']],
  );
}

/** Destroying the contents of a case. */
export const destructionActs: Readonly<Record<string, ActKind>> = {
  'destruction.request': request,
  'destruction.approve': approve,
  'destruction.refuse': refuseIt,
  'destruction.revoke': revoke,
  'record.destroy': destroy,
};
