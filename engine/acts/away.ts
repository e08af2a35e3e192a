import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActContext, type ActKind, actKind, isRefusal } from '../act-kind.ts';
import { notApart } from '../apart.ts';
import { cancelClock, cancelItem, endDuty } from '../flow.ts';
import { assignIn } from '../open.ts';
import { ownWorkProblem } from '../own-hands.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { rolesOn } from '../rights.ts';
import type { OpenItem, Party, State, Status } from '../state.ts';
import { add, type Story, tell } from '../story.ts';
import { strangerProblem } from './asking.ts';
import { moneyProblem } from './life.ts';
import { name } from './shapes.ts';

// A case goes to another installation (docs/moving-a-case.md). Sent by the commands of `linli case` alone.

const EVERY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];
const HEADS = ['head:unit', 'head:community', 'head:sub-district', 'head:district'];
const installation = z.string().min(1).max(100);

const handAwayShape = z.strictObject({
  to: installation.describe('The installation that is to take the case'),
  by: name.describe('The person who decided it: the head of the unit, or one above'),
});

/**
 * The case is handed away: from now on nothing is recorded in it here and none of its clocks runs, until it is taken back or
 * the other installation confirms that it has it. What the people of this house still owe each other, and its open money, is
 * settled first: over there nobody could.
 */
const handAway: ActKind<z.infer<typeof handAwayShape>> = {
  data: handAwayShape,
  statuses: EVERY,
  internal: true,
  reasonNeeded: true,
  lateExempt: true,
  who: () => ['system'],
  decide(context) {
    const { state, data, world } = context;
    const problem = headProblem(context, data.by) ?? openProblem(state) ?? moneyProblem(context);
    if (problem) return problem;
    return [{ type: 'case.handedAway', data: { to: data.to, by: data.by, unit: state.unit }, occurredAt: world.now }];
  },
};

const byShape = z.strictObject({ by: name.describe('The person who decided it') });

/** The case is taken back before the other installation has confirmed it: here it goes on where it stood. */
const takeBack: ActKind<z.infer<typeof byShape>> = {
  data: byShape,
  statuses: EVERY,
  internal: true,
  whileAway: true,
  reasonNeeded: true,
  lateExempt: true,
  who: () => ['system'],
  decide(context) {
    const { state, data, world } = context;
    const problem = headProblem(context, data.by) ?? notAway(state) ?? departed(state);
    if (problem) return problem;
    return [{ type: 'case.takenBack', data: { by: data.by }, occurredAt: world.now }];
  },
};

const departShape = z.strictObject({
  installation,
  seq: z.int().min(1).describe('The first event recorded over there'),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The other installation has confirmed that it has the case: here it is closed for good, with all that was still open. */
const depart: ActKind<z.infer<typeof departShape>> = {
  data: departShape,
  statuses: EVERY,
  internal: true,
  whileAway: true,
  lateExempt: true,
  who: () => ['system'],
  decide({ state, data, world, act }) {
    const problem = notAway(state) ?? departed(state);
    if (problem) return problem;
    if (data.installation !== state.away?.to) return notWhomItWasGivenTo();
    // a file of before the case was last taken back lacks what was done since
    if (data.seq <= state.away.seq) return earlierFile();
    const story = tell(state, world, world.now, act.actor.id);
    const why: Text = ['个案已移送另一系统', 'the case went to another installation'];
    for (const duty of world.program.duties) endDuty(story, duty, why);
    for (const item of Object.values(story.state.items)) cancelItem(story, item, why);
    for (const deadline of Object.values(story.state.deadlines)) cancelClock(story, deadline.id);
    add(story, { type: 'case.departed', data });
    return story.events;
  },
};

const receiveShape = z.strictObject({
  from: z.strictObject({ installation, seq: z.int().min(1), head: z.string().regex(/^[0-9a-f]{64}$/) }),
  unit: name,
  by: name,
  /** Posts and persons for the roles; a role that is not named goes to the one post of its kind in the unit. */
  assignments: z.record(z.string(), name),
  /** Who of the persons named there is who here. */
  people: z.record(z.string(), name),
});

/** The case goes on in this installation: in a unit of its own, with posts of its own for the roles. Its first own event. */
const receive: ActKind<z.infer<typeof receiveShape>> = {
  data: receiveShape,
  statuses: EVERY,
  internal: true,
  whileAway: true,
  lateExempt: true,
  who: () => ['system'],
  decide(context) {
    const { state, data, world, act } = context;
    const problem = notAway(state) ?? headProblem({ ...context, state: { ...state, unit: data.unit } }, data.by);
    if (problem) return problem;
    const filled = assignIn({ assignments: data.assignments, unit: data.unit }, world, { path: 'assignments' });
    if (isRefusal(filled)) return filled;
    const parties = Object.fromEntries(
      Object.values(state.parties).map((party) => [party.id, here(party, data.people)]),
    );
    const sentence = notApart(world.program, { parties, assignments: filled }, world.org, world.now);
    const collide = sentence ?? ownWorkProblem(parties, filled, world);
    const colliding =
      collide && refuse('ROLES_COLLIDE', collide, [['换一个岗位或人', 'Choose another post or person']]);
    const wrong = strangerProblem(world, filled, data.unit) ?? colliding;
    if (wrong) return wrong;
    const story = tell(state, world, world.now, act.actor.id);
    const { from, unit, by } = data;
    // a role that nobody fills here is nobody's: it does not stay with those over there
    const vacant = Object.keys(state.assignments).filter((role) => !Object.hasOwn(filled, role));
    const assignments = { ...Object.fromEntries(vacant.map((role) => [role, {}])), ...filled };
    add(story, { type: 'case.received', data: { from, unit, fromUnit: state.unit, by, assignments } });
    for (const party of Object.values(state.parties))
      if (party.person !== undefined) add(story, { type: 'party.changed', data: { party: parties[party.id]! } });
    for (const item of Object.values(story.state.items)) if (item.assignee) reassign(story, item, data.people);
    return story.events;
  },
};

/** A party with the login of this installation, where there is one. */
function here({ person, ...party }: Party, people: Readonly<Record<string, string>>): Party {
  const known = person === undefined ? undefined : people[person];
  return known === undefined ? party : { ...party, person: known };
}

/** Work that was given to somebody stays his where he is known here; else it is his role's again. */
function reassign(story: Story, { id, assignee }: OpenItem, people: Readonly<Record<string, string>>): void {
  const person = assignee?.person === undefined ? undefined : people[assignee.person];
  const given = person === undefined ? {} : { person, since: story.world.now };
  add(story, { type: 'item.assigned', data: { id, assignee: given } });
}

/** CASE_AWAY where an act is asked of a case that is in other hands, CASE_DESTROYED where nothing is left of it. */
export function awayProblem(
  kind: Pick<ActKind, 'whileAway' | 'onceDeparted'>,
  { away, destroyed }: Pick<State, 'away' | 'destroyed'>,
): Refusal | undefined {
  if (destroyed)
    return refuse(
      'CASE_DESTROYED',
      ['个案内容已依法销毁，不再记录。', 'The contents of the case are destroyed: nothing is recorded in it any more.'],
      [['销毁清册见本案的保存期限页面', 'The certificate is on the page of how long the case is kept']],
    );
  if (!away || kind.whileAway || (away.departed && kind.onceDeparted)) return undefined;
  if (away.departed)
    return refuse(
      'CASE_AWAY',
      ['个案已由另一系统接收，在那里继续办理。', 'The case was taken by another installation and goes on there.'],
      [['到接收方的系统办理', 'Do it in the installation that took it']],
    );
  return refuse(
    'CASE_AWAY',
    [
      '个案已交给另一系统，等待对方确认，这里暂停办理。',
      'The case was handed to another installation and waits for its confirmation: nothing is recorded here.',
    ],
    [
      ['到接收方的系统办理', 'Do it in the installation that takes it'],
      [
        '对方没有接收：由管理员用 linli case take-back 收回',
        'It was not taken there: linli case take-back takes it back',
      ],
    ],
  );
}

/** Refuses what somebody decided who is not the head of the case's unit, or one above. */
export function headProblem({ state, world }: Pick<ActContext, 'state' | 'world'>, by: string): Refusal | undefined {
  const roles = rolesOn(
    { unit: state.unit, parties: {}, assignments: {} },
    { kind: 'person', id: by, logins: [] },
    world.org,
    world.now,
    { asDeputy: false },
  );
  if (HEADS.some((role) => roles.has(role))) return undefined;
  return refuse(
    'FORBIDDEN',
    [
      '个案移送须由本单位或上级单位的负责人决定。',
      'Only the head of the unit, or one of a level above, decides that a case moves.',
    ],
    [['在 --by 写负责人的编号', 'Name the head with --by']],
  );
}

/** What the people of a house owe each other stays with them: an item that is about the house, not about the help. */
const OF_THE_HOUSE: ReadonlySet<OpenItem['kind']> = new Set([
  'escalation',
  'accountability',
  'erasure',
  'extension',
  'finding',
  'child',
  'group',
  'call',
]);

/** BLOCKED with all that has to come to its end here first. */
function openProblem(state: State): Refusal | undefined {
  const count = (things: object | undefined) => Object.keys(things ?? {}).length;
  const open: readonly (readonly [n: number, zh: string, en: string])[] = [
    [count(state.effects), '等待结果的外部办理', 'things asked for outside'],
    [
      state.referredFrom && state.status !== 'closed' ? 1 : 0,
      '由转介而开的个案（转出方在等结果）',
      'case that a referral has opened (whoever referred it waits for the outcome)',
    ],
    [count(state.offers), '单位之间未答复的请求', 'requests between units'],
    [count(state.disclosures), '未结束的公示', 'disclosures that are not over'],
    [count(state.complaints), '未办结的投诉', 'complaints'],
    [count(state.emergencies), '未办结的紧急情况', 'emergencies'],
    [count(state.emergencyAccess), '未复核的紧急查阅', 'emergency accesses'],
    [
      Object.values(state.items).filter(({ kind }) => OF_THE_HOUSE.has(kind)).length,
      '本系统内部的事项（上报、说明责任、申请延期、审计发现、子个案）',
      'matters of this house (escalations, accounts, extensions asked for, findings, child cases)',
    ],
  ].filter(([n]) => (n as number) > 0) as never;
  if (open.length === 0) return undefined;
  return refuse(
    'BLOCKED',
    [
      `还有只能在这里办结的事项：${open.map(([n, zh]) => `${zh} ${n} 件`).join('、')}。`,
      `Some things can only come to their end here: ${open.map(([n, , en]) => `${n} ${en}`).join(', ')}.`,
    ],
    [['先办结这些事项，再移送', 'Bring them to their end first']],
  );
}

function notAway({ away }: State): Refusal | undefined {
  if (away) return undefined;
  return refuse(
    'NOT_OPEN',
    ['个案没有移送给另一系统。', 'The case was not handed to another installation.'],
    [['先用 linli case export 移送', 'Hand it away with linli case export first']],
  );
}

function departed({ away }: State): Refusal | undefined {
  if (!away?.departed) return undefined;
  return refuse(
    'ALREADY_DONE',
    ['对方已确认接收，不能收回。', 'The other installation has confirmed that it has the case.'],
    [['个案在对方系统继续办理', 'The case goes on over there']],
  );
}

function notWhomItWasGivenTo(): Refusal {
  return refuse(
    'INVALID_DATA',
    ['这不是接收方系统的回执。', 'This is not the receipt of the installation the case was handed to.'],
    [['向接收方索取回执', 'Ask the installation that took it for its receipt']],
    [{ path: 'data.installation', message: '不是接收方 not the one it was handed to' }],
  );
}

function earlierFile(): Refusal {
  return refuse(
    'INVALID_DATA',
    [
      '对方接收的是收回之前的旧文件，缺少其后的记录。',
      'They have taken an earlier file, of before the case was taken back: it lacks what was recorded since.',
    ],
    [
      [
        '不要确认；请对方停办该案，双方核对后处理',
        'Do not confirm; let them stop work on it, and compare the two records',
      ],
    ],
    [{ path: 'data.seq', message: '早于最近一次移送 before the case was last handed away' }],
  );
}

/** Handing a case to another installation, and taking one from it. */
export const awayActs: Readonly<Record<string, ActKind>> = {
  'case.handAway': actKind(handAway),
  'case.takeBack': actKind(takeBack),
  'case.depart': actKind(depart),
  'case.receive': actKind(receive),
};
