import type { Program, Text } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import type { Actor } from './act.ts';
import { isRefusal } from './act-kind.ts';
import { notApart } from './apart.ts';
import { wishesOf } from './books/closings.ts';
import type { CaseEvent, Decision } from './event.ts';
import { evolve } from './evolve.ts';
import { checkedFields, fieldProblems } from './fields.ts';
import { beginDuties, beginStages } from './flow.ts';
import { holderAt, homeOf, isOpenPost, postsOf, servesFrom } from './org.ts';
import { ownHandsProblem } from './own-hands.ts';
import { inBoth, type Refusal, refuse } from './refusal.ts';
import { GUARDIAN, rolesOn } from './rights.ts';
import type { Assignment, Guardianship, PartOf, Party, ReferredFrom, State } from './state.ts';
import { tell } from './story.ts';
import { addMs } from './time/civil.ts';
import { withMinority } from './voice/age.ts';
import type { World } from './world.ts';

/** A request to open a case. `assignments` name a post or a person for each post role. */
export interface OpenRequest {
  readonly actId: string;
  readonly actor: Actor;
  readonly caseId: string;
  readonly caseNo: string;
  readonly unit: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly parties: readonly {
    role: string;
    name?: string;
    birthDate?: CalendarDate;
    person?: string;
    /** Of a guardian; a document of the case can name him later. */
    guardian?: Omit<Guardianship, 'basis'>;
  }[];
  readonly assignments: Readonly<Record<string, string>>;
  readonly openedAt?: Instant;
  readonly imported?: boolean;
  /** A child case that a referral opens. */
  readonly referredFrom?: ReferredFrom;
  /** The group it is to be a member of; that the group takes it, the door has seen. */
  readonly partOf?: PartOf;
}

/** A case can be opened this long back; what began earlier is imported. */
const LONGEST_BACK_MS = 30 * 86_400_000;

/** Rights that let one open a case in a unit: its caseworkers and heads, and those above; `system` for a child case. */
const MAY_OPEN = ['system', 'caseworker', 'head:unit', 'head:community', 'head:sub-district', 'head:district'];

/** Posts whose holder supervises others' books: that an accountant also holds one is allowed and flagged (books.md, profile two-person). */
const SUPERVISING_POSTS = ['supervision-head'];

/**
 * Opens a case: proposed while it needs approval, else open with its first stage entered; the duties of the case begin.
 * Refuses, in this order, with UNKNOWN_UNIT, UNIT_CLOSED, FORBIDDEN, OCCURRED_IN_FUTURE, OPENED_TOO_EARLY, UNKNOWN_ASSIGNMENT, INVALID_DATA,
 * ROLES_NOT_APART. Whom the request assigns gives nobody the right to open it.
 */
export function open(asked: OpenRequest, world: World): Decision | Refusal {
  const { program, org, now } = world;
  if (!Object.hasOwn(org.units, asked.unit)) return unknownUnit(asked.unit);
  const home = homeOf(org, asked.unit);
  // a child case that was asked for before the unit of its parent was closed begins where that went
  const request = asked.actor.kind === 'system' ? { ...asked, unit: home } : asked;
  if (org.units[request.unit]!.closed) return closedUnit(request.unit, home);
  const right = rightToOpen(request, world);
  if (isRefusal(right)) return right;
  const untimely = timeProblem(request, now);
  if (untimely) return untimely;
  const assignments = assignIn(request, world);
  if (isRefusal(assignments)) return assignments;
  const parties = partiesOf(request, program, now);
  if (isRefusal(parties)) return parties;
  const cast = { unit: request.unit, parties: Object.fromEntries(parties.map((each) => [each.id, each])), assignments };
  const problem =
    fieldProblems(program, request.data, 'data', program.intake) ??
    apartProblem(cast, world) ??
    ownProblem(request, cast, world);
  if (problem) return problem;
  const imported = request.imported === true;
  const openedAt = imported ? now : (request.openedAt ?? now);
  const opened = {
    caseId: request.caseId,
    caseNo: request.caseNo,
    program: { id: program.id, version: program.version, hash: world.programHash },
    unit: request.unit,
    openedAt,
    imported,
    status: program.approval ? ('proposed' as const) : ('open' as const),
    calendar: world.calendar.version,
    fields: checkedFields(request.data),
    parties,
    assignments,
    stages: program.stages.map((stage) => stage.stage),
    books: program.books.map((def) => ({
      ...{ key: def.book, name: def.name, keeps: def.keeps, cash: def.cash, ledger: def.ledger },
      channels: [...def.channels],
      ...wishesOf(def),
    })),
    flags: flagsOf(assignments, world),
    ...(imported && request.openedAt ? { since: request.openedAt } : {}),
    ...(request.referredFrom ? { referredFrom: request.referredFrom } : {}),
    ...(request.partOf ? { partOf: request.partOf } : {}),
  };
  const event: CaseEvent = {
    ...{ type: 'case.opened', data: opened, seq: 0, occurredAt: openedAt, recordedAt: now },
    actor: { kind: request.actor.kind, id: request.actor.id },
  };
  const story = tell(evolve(undefined, event), { ...world, home: opened }, openedAt, request.actor.id);
  beginDuties(story, 'case');
  if (!program.approval) beginStages(story);
  const events = [{ type: 'case.opened' as const, data: opened, occurredAt: openedAt }, ...story.events];
  return { events, ...(right.post ? { post: right.post } : {}) };
}

/** Under which post the actor opens: as a caseworker or head, or as holder of a post of the unit that answers for a stage. */
function rightToOpen({ actor, unit }: OpenRequest, { program, org, now }: World): { post?: string } | Refusal {
  const roles = rolesOn({ unit, parties: {}, assignments: {} }, actor, org, now);
  const grant = MAY_OPEN.find((role) => roles.has(role));
  if (grant !== undefined) return roles.get(grant)!;
  const answering = new Set(program.stages.map((stage) => postKind(program, stage.answers)));
  const post = postsOf(org, actor.id, now).find((id) => {
    const held = org.posts[id];
    return held?.unit === unit && answering.has(held.kind);
  });
  if (post !== undefined) return { post };
  return refuse(
    'FORBIDDEN',
    ['只有本单位的经办人或负责人可以立案。', 'Only caseworkers and heads of the unit can open a case in it.'],
    [['请本单位的经办人立案', 'Ask a caseworker of the unit']],
  );
}

function postKind(program: Program, role: string): string | undefined {
  const def = program.roles[role];
  return def && 'post' in def ? def.post : undefined;
}

function unknownUnit(unit: string): Refusal {
  return refuse(
    'UNKNOWN_UNIT',
    [`没有单位“${unit}”。`, `There is no unit "${unit}".`],
    [['单位列表见 GET /api/v1/units', 'GET /api/v1/units lists the units']],
    [{ path: 'unit', message: inBoth('没有这个单位', 'no such unit') }],
  );
}

function closedUnit(unit: string, home: string): Refusal {
  return refuse(
    'UNIT_CLOSED',
    [`单位“${unit}”已撤并，不再立案。`, `The unit "${unit}" is closed: no case is opened there any more.`],
    [
      home === unit
        ? ['在其他单位立案', 'Open it in another unit']
        : [`在并入的单位“${home}”立案`, `Open it in "${home}", where the unit went`],
    ],
    [{ path: 'unit', message: inBoth('已撤并', 'closed') }],
  );
}

function timeProblem({ openedAt, imported }: OpenRequest, now: Instant): Refusal | undefined {
  if (openedAt === undefined) return undefined;
  if (openedAt > now) {
    return refuse(
      'OCCURRED_IN_FUTURE',
      ['立案时间不能晚于现在。', 'A case cannot be opened in the future.'],
      [['去掉 openedAt 即从现在开始', 'Leave openedAt out to begin now']],
      [{ path: 'openedAt', message: inBoth('在将来', 'in the future') }],
    );
  }
  if (imported === true || openedAt >= addMs(now, -LONGEST_BACK_MS)) return undefined;
  return refuse(
    'OPENED_TOO_EARLY',
    ['立案时间最多可以早 30 天。', 'A case can be opened at most 30 days back.'],
    [['更早开始的个案请用 "imported": true 补录', 'Send "imported": true for a case that began earlier on paper']],
    [{ path: 'openedAt', message: inBoth('早于 30 天前', 'more than 30 days ago') }],
  );
}

/**
 * Posts and persons for the post roles: as named, else the one post of that kind in the unit (`namedOnly`: as far as named).
 * UNKNOWN_ASSIGNMENT with every path under `path`.
 */
export function assignIn(
  { assignments, unit }: Pick<OpenRequest, 'assignments' | 'unit'>,
  { program, org, now }: World,
  { path: within = 'assignments', namedOnly = false } = {},
): Record<string, Assignment> | Refusal {
  const errors: { path: string; message: string }[] = [];
  const result: Record<string, Assignment> = {};
  for (const [role, id] of Object.entries(assignments)) {
    const found = Object.hasOwn(program.roles, role) ? program.roles[role] : undefined;
    const path = `${within}.${role}`;
    if (!found || !('post' in found))
      errors.push({ path, message: inBoth('本程序没有这个岗位角色', 'no post role of this program') });
    else if (isOpenPost(org, id)) result[role] = { post: id };
    else if (servesFrom(org, id, now)) result[role] = { person: id, since: now };
    else errors.push({ path, message: inBoth(`没有岗位或人员“${id}”`, `no post or person "${id}"`) });
  }
  for (const [role, def] of Object.entries(program.roles)) {
    if (!('post' in def) || Object.hasOwn(assignments, role) || namedOnly) continue;
    const posts = Object.keys(org.posts).filter(
      (id) => org.posts[id]!.kind === def.post && org.posts[id]!.unit === unit && isOpenPost(org, id),
    );
    const held = posts.filter((id) => holderAt(org, id, now) !== undefined);
    const only = held.length === 1 ? held[0] : posts.length === 1 ? posts[0] : undefined;
    if (only !== undefined) result[role] = { post: only };
    else if (!def.optional)
      errors.push({
        path: `${within}.${role}`,
        message: inBoth(`请指明由哪个 ${def.post} 类岗位担任`, `say which post of kind ${def.post} answers`),
      });
  }
  if (errors.length === 0) return result;
  return refuse(
    'UNKNOWN_ASSIGNMENT',
    ['责任人填写有误。', 'Some responsible posts or people are unknown or missing.'],
    [['岗位列表见 GET /api/v1/posts', 'GET /api/v1/posts lists the posts']],
    errors,
  );
}

function partiesOf({ parties }: OpenRequest, program: Program, since: Instant): Party[] | Refusal {
  const errors: { path: string; message: string }[] = [];
  const count = new Map<string, number>();
  const result = parties.map((party, n): Party => {
    const def = Object.hasOwn(program.roles, party.role) ? program.roles[party.role] : undefined;
    const nth = (count.get(party.role) ?? 0) + 1;
    count.set(party.role, nth);
    if (!def || !('party' in def))
      errors.push({
        path: `parties.${n}.role`,
        message: inBoth('本程序没有这个当事人角色', 'no party role of this program'),
      });
    else if (party.guardian && party.role !== GUARDIAN)
      errors.push({ path: `parties.${n}.guardian`, message: inBoth('只有监护人才填写', 'is said of a guardian only') });
    else if (def.party === 'one' && nth > 1)
      errors.push({ path: `parties.${n}.role`, message: inBoth('只能有一人担任', 'only one person fills it') });
    return withMinority({ id: nth === 1 ? party.role : `${party.role}-${nth}`, since, ...party }, program);
  });
  for (const [role, def] of Object.entries(program.roles)) {
    if ('party' in def && !def.optional && !count.has(role)) {
      errors.push({
        path: 'parties',
        message: inBoth(`须有人担任${def.name[0]}（${role}）`, `somebody must be ${role} (${def.name[1]})`),
      });
    }
  }
  if (errors.length === 0) return result;
  return refuse(
    'INVALID_DATA',
    ['当事人填写有误。', 'The parties are not as the program needs them.'],
    [['按项目的角色填写 parties', "Fill parties by the program's roles"]],
    errors,
  );
}

function apartProblem(cast: Parameters<typeof notApart>[1], { program, org, now }: World): Refusal | undefined {
  const sentence = notApart(program, cast, org, now);
  return (
    sentence &&
    refuse('ROLES_NOT_APART', sentence, [['换一个岗位或人担任其中一项', 'Let another post or person fill one of them']])
  );
}

function ownProblem(
  { actor }: OpenRequest,
  cast: Pick<State, 'unit' | 'parties' | 'assignments'>,
  world: World,
): Refusal | undefined {
  const own = Object.values(cast.parties).map((party) => ownHandsProblem(party, cast, actor, world));
  const sentence = own.find((each) => each !== undefined);
  return (
    sentence &&
    refuse('ROLES_NOT_APART', sentence, [['由其他单位或上级立案办理', 'Let another unit, or the level above, open it']])
  );
}

function flagsOf(assignments: Record<string, Assignment>, { program, org, now }: World): Text[] {
  return program.books.flatMap((book): Text[] => {
    const ledger = assignments[book.ledger];
    const person = ledger?.person ?? (ledger?.post && holderAt(org, ledger.post, now));
    const supervises = org.appointments.some(
      (each) => each.person === person && SUPERVISING_POSTS.includes(org.posts[each.post]?.kind ?? ''),
    );
    return supervises
      ? [['管账人同时担任监督职务：允许，已标记', 'The accountant also holds a supervising post: allowed, flagged']]
      : [];
  });
}
