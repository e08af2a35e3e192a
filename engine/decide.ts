import type { z } from 'zod';
import type { Text } from '../sdk/program.ts';
import type { Act } from './act.ts';
import { type ActContext, type ActKind, isRefusal } from './act-kind.ts';
import { awayProblem } from './acts/away.ts';
import { actKinds } from './acts/index.ts';
import { collidingOf } from './apart.ts';
import { withChases } from './books/chase.ts';
import { bookActs } from './books/index.ts';
import { isLimited, LIMITED } from './custody.ts';
import { seenBy } from './deputies.ts';
import type { Decision, EventDraft, Words } from './event.ts';
import { statusName, WORKING } from './life.ts';
import { roleName } from './lookup.ts';
import { OWN_HANDS, ownWorkRoles } from './own-hands.ts';
import { inBoth, NEEDED, type Refusal, refuse } from './refusal.ts';
import { GUARDIAN, guardianStands, type Roles, rolesOn } from './rights.ts';
import type { State } from './state.ts';
import { addMs, toDate } from './time/civil.ts';
import { workingDaysLate } from './time/clock.ts';
import type { World } from './world.ts';

/** What is recorded more than so many working days after it happened needs a reason. */
const LATE_WORKING_DAYS = 3;

/** No arrangement of holidays leaves so few working days in so long a time: what lies further back need not be counted. */
const LONG_AGO_MS = 60 * 86_400_000;

/**
 * What an act leads to on a state: events, or one refusal, in this order of precedence: the act is unknown (UNKNOWN_ACT),
 * its data is wrong (INVALID_DATA), the actor may not (FORBIDDEN), its times are wrong (OCCURRED_IN_FUTURE,
 * REASON_MISSING), its documents are unknown (UNKNOWN_DOCUMENT), the case is in other hands or destroyed (CASE_AWAY, CASE_DESTROYED), the state of the case refuses it
 * (WRONG_STATUS) or what is kept (BLOCKED), the
 * actor has come to fill two roles that must be apart, or would work on a case of his own (ROLES_COLLIDE), and then whatever the kind of act itself refuses.
 * A right that comes from no colliding role is taken first.
 */
export function decide(state: State, act: Act, outside: World): Decision | Refusal {
  const org = seenBy(state, outside.program, outside.org, outside.now);
  const world = { ...outside, org, home: state };
  const kind = Object.hasOwn(actKinds, act.type) ? actKinds[act.type] : undefined;
  if (!kind || (kind.internal && act.actor.kind !== 'system')) return unknownAct(act.type);
  const parsed = kind.data.safeParse(act.data ?? {});
  if (!parsed.success) return invalidData(parsed.error);
  const at = act.occurredAt ?? world.now;
  const own = kind.evenColliding
    ? rolesOn(state, act.actor, org, world.now)
    : withStanding(
        state,
        world,
        rolesOn(state, act.actor, org, world.now, { asDeputy: !Object.hasOwn(bookActs, act.type) }),
      );
  const roles = kind.outsiders ? new Map([...kind.outsiders({ state, act, world }), ...own]) : own;
  const colliding = collidingOf(world.program, roles);
  const ownWork = ownWorkRoles(state, world.program, act.actor, roles);
  const context: ActContext = { state, act, data: parsed.data, at, world, roles };
  const who = kind.who(context);
  const held = act.actor.kind === 'system' ? ['system'] : who.filter((role) => roles.has(role));
  const asOwn = held.filter((role) => !ownWork.includes(role));
  const mine = asOwn.length > 0 ? asOwn : held;
  const grant = mine.find((role) => !colliding.includes(role)) ?? mine[0];
  if (grant === undefined) return forbidden(context, who);
  const problem =
    timeProblem(kind, context) ??
    documentProblem(context) ??
    awayProblem(kind, state) ??
    statusProblem(kind, context) ??
    limitedProblem(context) ??
    (ownWork.includes(grant) ? ownCase() : undefined) ??
    (colliding.includes(grant) && !kind.evenColliding ? rolesCollide(world, colliding) : undefined);
  if (problem) return problem;
  const decided = kind.decide(context);
  if (isRefusal(decided)) return decided;
  const answer = withChases(context, decided);
  const post = roles.get(grant)?.post;
  const events = answer.map((draft, n) => ({ occurredAt: at, ...(n === 0 ? withWords(draft, act, world) : draft) }));
  return { events, ...(post ? { post } : {}) };
}

/** Without the role of a guardian who is none at this moment: he may speak up and complain, and decides nothing for another. */
function withStanding(state: State, { program, now }: World, roles: Roles): Roles {
  if (!roles.has(GUARDIAN) || guardianStands(state, program, now)) return roles;
  return new Map([...roles].filter(([role]) => role !== GUARDIAN));
}

/** Why, in whose stead and with which documents: whatever of it the event does not say by itself. */
function withWords(draft: EventDraft, act: Act, world: World): EventDraft {
  const { reason, onBehalfOf, evidence } = act;
  const words: Words = {
    ...digestsOf(act, world),
    ...(reason?.trim() ? { reason: reason.trim() } : {}),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(evidence?.length ? { evidence } : {}),
  };
  return { ...draft, data: { ...words, ...draft.data } } as EventDraft;
}

/** BLOCKED for what goes on handling a case that is only to be stored and protected (PIPL art. 47). */
function limitedProblem({ state, act }: ActContext): Refusal | undefined {
  if (!isLimited(state) || !LIMITED.has(act.type)) return undefined;
  return refuse(
    'BLOCKED',
    [
      '本人已请求删除，保存期限届满前只存储和保护，不作其他处理（个人信息保护法第四十七条）。',
      'It was asked to be erased: until the periods of the law have run out it is only stored and protected (PIPL art. 47).',
    ],
    [
      [
        '本人愿意恢复办理：先用 erasure.withdraw 撤回请求',
        'Where the person wants it to go on: erasure.withdraw first',
      ],
    ],
  );
}

/** One event has room for so many digests beside what it says. */
const MOST_DIGESTS = 3_000;

/** What the documents hold that an act names: as evidence, or in the entries of a history on paper. */
function digestsOf(act: Act, { facts }: World): Pick<Words, 'digests'> {
  const named = new Set([...(act.evidence ?? []), ...scansOf(act)]);
  const digests = facts.documents.flatMap(({ id, sha256 }) => (named.has(id) && sha256 ? [[id, sha256]] : []));
  return digests.length === 0
    ? {}
    : { digests: Object.fromEntries(digests.slice(0, MOST_DIGESTS)) as Record<string, string> };
}

/** Scans that the entries of an imported history name; an act of another kind names none. */
export function scansOf({ data, type }: Act): string[] {
  const { events } = Object(type === 'case.import' ? data : undefined) as { events?: unknown };
  if (!Array.isArray(events)) return [];
  const named = events.flatMap((entry) => (Object(entry) as { evidence?: unknown }).evidence ?? []);
  return named.filter((each): each is string => typeof each === 'string');
}

function unknownAct(type: string): Refusal {
  const known = Object.entries(actKinds).flatMap(([name, kind]) => (kind.internal ? [] : [name]));
  return refuse(
    'UNKNOWN_ACT',
    [`没有操作“${type}”。`, `There is no act "${type}".`],
    [[`可用的操作：${known.join('、')}`, `The acts are: ${known.join(', ')}`]],
    [{ path: 'type', message: inBoth('没有这种操作', 'no such act') }],
  );
}

/** A refusal that lists every place of the data that is wrong. */
function invalidData(error: z.ZodError): Refusal {
  const errors = error.issues.map((issue) => ({
    path: ['data', ...issue.path.map(String)].join('.'),
    message: issue.message,
  }));
  return refuse(
    'INVALID_DATA',
    ['提交的内容不符合要求。', 'The data of the act is not valid.'],
    [['按列出的位置改正后重新提交', 'Correct the listed places and send it again']],
    errors,
  );
}

function forbidden({ act, world }: ActContext, who: readonly string[]): Refusal {
  const zh = who.map((role) => nameOfRight(world, role)[0]).join('、');
  const en = who.map((role) => nameOfRight(world, role)[1]).join(', ');
  return refuse(
    'FORBIDDEN',
    [
      `“${act.type}”需要以下身份之一：${zh || '系统'}。`,
      `"${act.type}" needs one of these: ${en || 'the system itself'}.`,
    ],
    [
      ['请有权限的人办理', 'Ask somebody who may do it'],
      ...(who.some((role) => isParty(world, role)) ? [onTheirBehalf] : []),
    ],
  );
}

const onTheirBehalf: Text = [
  '代当事人办理：填写 onBehalfOf，并附材料或见证人',
  'Or, where they agree, on their behalf: fill in onBehalfOf, with a document or a witness',
];

function isParty({ program }: World, role: string): boolean {
  return Object.hasOwn(program.roles, role) && 'party' in program.roles[role]!;
}

function ownCase(): Refusal {
  return refuse('ROLES_COLLIDE', OWN_HANDS, [
    ['回避：请其他人或上级办理', 'Stand aside: let somebody else, or the level above, do it'],
  ]);
}

function rolesCollide(world: World, [one = '', other = '']: readonly string[]): Refusal {
  const [a, b] = [nameOfRight(world, one), nameOfRight(world, other)];
  return refuse(
    'ROLES_COLLIDE',
    [
      `您现在同时担任“${a[0]}”和“${b[0]}”，两者必须分开。`,
      `You are both "${a[1]}" and "${b[1]}" now; they must be apart.`,
    ],
    [
      [
        '先用 party.change 或任免把其中一项交给别人',
        'Give one of them to somebody else first (party.change, or an appointment)',
      ],
    ],
  );
}

const rightName: Readonly<Record<string, readonly [string, string]>> = {
  caseworker: ['本单位经办人', 'a caseworker of the unit'],
  auditor: ['审计员', 'an auditor'],
  receiver: ['接收单位的负责人或经办人', 'the head or a caseworker of the unit that was asked'],
  above: ['记录所涉岗位的上级负责人', 'a head above the post of the record'],
  'head:unit': ['本单位负责人', "the unit's head"],
  'head:community': ['社区负责人', "the community's head"],
  'head:sub-district': ['街道负责人', "the sub-district's head"],
  'head:district': ['区负责人', "the district's head"],
};

function nameOfRight({ program }: World, role: string): readonly [string, string] {
  return rightName[role] ?? roleName(program, role);
}

function timeProblem(kind: ActKind, { state, act, at, world }: ActContext): Refusal | undefined {
  if (at > world.now) {
    return refuse(
      'OCCURRED_IN_FUTURE',
      ['发生时间不能晚于现在。', 'What has not happened yet cannot be recorded.'],
      [['改正 occurredAt，或去掉它表示刚刚发生', 'Correct occurredAt, or leave it out for now']],
      [{ path: 'occurredAt', message: inBoth('在将来', 'in the future') }],
    );
  }
  const reason = act.reason?.trim();
  if (reason) return undefined;
  if (kind.reasonNeeded) return reasonMissing(['这项操作需要说明原因。', 'This act needs a reason.']);
  const beforeImport = kind.fromPaper === true && state.imported && at < state.openedAt;
  if (kind.lateExempt || beforeImport || act.actor.kind === 'system') return undefined;
  const recently = at > addMs(world.now, -LONG_AGO_MS);
  if (recently && workingDaysLate(world.calendar, toDate(at), world.now) <= LATE_WORKING_DAYS) return undefined;
  return reasonMissing([
    `发生时间早于 ${LATE_WORKING_DAYS} 个工作日，需要说明为什么现在才记录。`,
    `It happened more than ${LATE_WORKING_DAYS} working days ago: say why it is recorded only now.`,
  ]);
}

function reasonMissing(detail: readonly [string, string]): Refusal {
  return refuse('REASON_MISSING', detail, [['填写 reason', 'Fill in reason']], [{ path: 'reason', message: NEEDED }]);
}

function documentProblem({ act, world }: ActContext): Refusal | undefined {
  const known = new Set(world.facts.documents.map((document) => document.id));
  const unknown = (act.evidence ?? []).filter((id) => !known.has(id));
  if (unknown.length === 0) return undefined;
  return refuse(
    'UNKNOWN_DOCUMENT',
    ['证明材料不属于本个案或不存在。', 'Some evidence is no document of this case.'],
    [
      [
        '先用 POST /cases/{id}/documents 上传，再引用它的编号',
        'Upload it with POST /cases/{id}/documents first and name its id',
      ],
    ],
    unknown.map((id) => ({ path: 'evidence', message: inBoth(`没有材料 ${id}`, `no document ${id}`) })),
  );
}

function statusProblem(kind: ActKind, { state, act }: ActContext): Refusal | undefined {
  const statuses = kind.statuses ?? WORKING;
  if (statuses.includes(state.status)) return undefined;
  const [zh, en] = statusName[state.status];
  return refuse(
    'WRONG_STATUS',
    [`个案处于“${zh}”，不能进行“${act.type}”。`, `The case is ${en}; "${act.type}" is not possible then.`],
    [
      [
        `可在以下状态进行：${statuses.map((each) => statusName[each][0]).join('、')}`,
        `It is possible while the case is ${statuses.map((each) => statusName[each][1]).join(' or ')}`,
      ],
    ],
  );
}
