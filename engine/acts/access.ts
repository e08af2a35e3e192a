import { z } from 'zod';
import { accessAt } from '../access.ts';
import { type ActContext, type ActKind, actKind } from '../act-kind.ts';
import { isLimited } from '../custody.ts';
import type { Told } from '../event.ts';
import { meet } from '../flow.ts';
import { setClock, toldOwn, toldThere } from '../offer-story.ts';
import { unitsUp } from '../org.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import type { EmergencyAccess, Status } from '../state.ts';
import { add, tell } from '../story.ts';
import { addMs } from '../time/civil.ts';
import { together } from '../told.ts';
import { headsFrom } from './plan.ts';
import { name, nothing, text } from './shapes.ts';

const ANY: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp', 'closed'];

/** The right of whoever is in office and has no right to the case: to open it in an emergency, and nothing else. */
const IN_OFFICE = 'inOffice';

/** Time for the review of an emergency access. */
const REVIEW_WITHIN = '5 working days';

const breakShape = z.strictObject({
  minutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .default(60)
    .describe('How long the case may be read; 60 unless said, at most a day'),
});

/**
 * Somebody in office without a right to the case opens it for a stated reason and a bounded time. Who answers for it, the head
 * of its unit and its auditors are told at once; it lets him read, nothing else, and ends by itself. It is reviewed afterwards.
 */
const breakGlass: ActKind<z.infer<typeof breakShape>> = {
  data: breakShape,
  statuses: ANY,
  reasonNeeded: true,
  evenColliding: true,
  outsiders: ({ world }) =>
    world.facts.office
      ? new Map([[IN_OFFICE, world.facts.office.post ? { post: world.facts.office.post } : {}]])
      : new Map(),
  who: () => [IN_OFFICE],
  decide(context) {
    const { state, world, data, act, roles } = context;
    const own = [...roles.keys()].filter((role) => role !== IN_OFFICE);
    // what is only stored and protected nobody of the office reads without a reason that is looked at afterwards
    if (own.length > 0 && (!isLimited(state) || own.includes('auditor'))) return mayReadAnyway();
    if (accessAt(state, act.actor.id, world.now)) return isOpen();
    const story = tell(state, world, world.now, act.actor.id);
    const id = `access-${act.id}`;
    add(story, {
      type: 'access.opened',
      data: { id, person: act.actor.id, until: addMs(world.now, data.minutes * 60_000), told: toldOf(context) },
    });
    if (state.status !== 'closed')
      setClock(story, {
        ...{ id, of: 'escalation', name: ['紧急查阅待复核', 'emergency access, to be reviewed'], unit: state.unit },
        ...{ budget: REVIEW_WITHIN, ladder: 'linli:question' },
      });
    return story.events;
  },
};

/** Who answers for the case, the head of its unit, and the auditors of its units: never the reader himself alone. */
function toldOf({ state, world, act }: ActContext): Told[] {
  const story = { state, world };
  const units = unitsUp(world.org, state.unit);
  const auditors = (world.facts.office?.auditors ?? []).flatMap(({ person, unit }): Told[] =>
    units.includes(unit) ? [{ person, unit, level: world.org.units[unit]?.level ?? 'community' }] : [],
  );
  const told = together(toldOwn(story), toldThere(story, state.unit), auditors);
  const others = told.filter(({ person }) => person !== act.actor.id);
  return others.length > 0 ? others : told;
}

function mayReadAnyway(): Refusal {
  return refuse(
    'ALREADY_DONE',
    ['您本来就可以查阅这件个案，不需要紧急查阅。', 'You may read this case anyway: no emergency access is needed.'],
    [['直接打开个案', 'Open the case']],
  );
}

function isOpen(): Refusal {
  return refuse(
    'ALREADY_DONE',
    ['您对这件个案的紧急查阅还没有结束。', 'Your emergency access to this case has not ended.'],
    [['直接打开个案；用完后用 access.end 结束', 'Open the case; end it with access.end when you are done']],
  );
}

/** Whoever opened it ends it early, or a head or an auditor does. */
const end: ActKind = actKind<z.infer<typeof nothing>>({
  data: nothing,
  statuses: ANY,
  evenColliding: true,
  outsiders: ({ state, act }) =>
    meant({ state, act })?.person === act.actor.id ? new Map([[IN_OFFICE, {}]]) : new Map(),
  who: () => [IN_OFFICE, ...headsFrom('unit'), 'auditor'],
  decide({ state, act, world }) {
    const one = meant({ state, act });
    if (!one || one.endedAt !== undefined || one.until <= world.now) return notOpen();
    return [{ type: 'access.ended', data: { id: one.id } }];
  },
});

const reviewShape = z.strictObject({ justified: z.boolean(), text: text.max(5_000) });

/** A head or an auditor says afterwards whether it was justified; never whoever read. */
const review: ActKind<z.infer<typeof reviewShape>> = {
  data: reviewShape,
  statuses: ANY,
  evenColliding: true,
  who: () => [...headsFrom('unit'), 'auditor'],
  decide({ state, act, world, data }) {
    const one = meant({ state, act });
    if (!one) return notOpen();
    if (one.person === act.actor.id)
      return refuse(
        'FORBIDDEN',
        ['紧急查阅不能由查阅人自己复核。', 'Who opened a case in an emergency does not review it himself.'],
        [['请单位负责人或审计员复核', 'Ask the head of the unit or an auditor']],
      );
    const story = tell(state, world, world.now, act.actor.id);
    const { id } = one;
    add(story, { type: 'access.reviewed', data: { id, justified: data.justified, text: data.text } });
    meet(story, id, world.now);
    return story.events;
  },
};

const DAY_MS = 86_400_000;

const approveShape = z.strictObject({
  person: name.optional().describe('Whom alone; without it everybody who answers for the case or works in its unit'),
  days: z.int().min(1).max(365).optional().describe('180 unless said; for one person 7, at most 30'),
});

/**
 * The head of the unit, or one above, lets the personal data of minors be read (minors' network protection regulation, art.
 * 36): once for those who work on the case, for a time, and for everybody else one by one.
 */
const approve: ActKind<z.infer<typeof approveShape>> = {
  data: approveShape,
  statuses: ANY,
  evenColliding: true,
  who: () => headsFrom('unit'),
  decide({ world, data: { person, days } }) {
    const spanDays = days ?? (person === undefined ? 180 : 7);
    if (person !== undefined && spanDays > 30)
      return refuse(
        'INVALID_DATA',
        ['单独批准一个人最长 30 天。', 'One person alone is let in for 30 days at most.'],
        [['到期后再批准一次', 'Approve it again when it has run out']],
        [{ path: 'data.days', message: inBoth('最多 30', 'at most 30') }],
      );
    const { names } = world.facts;
    if (person !== undefined && names && !Object.hasOwn(names, person)) return nobody(person);
    const until = addMs(world.now, spanDays * DAY_MS);
    return [{ type: 'access.approved', data: { until, ...(person === undefined ? {} : { person }) } }];
  },
};

function nobody(person: string): Refusal {
  return refuse(
    'UNKNOWN_ASSIGNMENT',
    [`没有编号为“${person}”的人。`, `There is no person with the id "${person}".`],
    [['填写系统中人员的编号（GET /people）', 'Name the id of a person: GET /people']],
    [{ path: 'data.person', message: inBoth('没有这个人', 'nobody has this id') }],
  );
}

function meant({ state, act }: Pick<ActContext, 'state' | 'act'>): EmergencyAccess | undefined {
  const { emergencyAccess = {} } = state;
  return Object.hasOwn(emergencyAccess, act.target ?? '') ? emergencyAccess[act.target!] : undefined;
}

function notOpen(): Refusal {
  return refuse(
    'NOT_OPEN',
    ['没有这次紧急查阅，或它已经结束。', 'There is no such emergency access, or it has ended.'],
    [['在 target 中写明编号', 'Name it in target']],
  );
}

/** Who may read a case beside those who have a right to it. */
export const accessActs: Readonly<Record<string, ActKind>> = {
  'access.breakGlass': actKind(breakGlass),
  'access.end': end,
  'access.review': actKind(review),
  'access.approve': actKind(approve),
};
