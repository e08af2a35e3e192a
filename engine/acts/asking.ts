import { z } from 'zod';
import { KEY } from '../../sdk/program-shape.ts';
import { type ActContext, isRefusal } from '../act-kind.ts';
import { ANSWER_WITHIN, answeringRole, OFFER_NAME, setClock, toldThere } from '../offer-story.ts';
import { nextOfferId } from '../offers.ts';
import { homeOf, isOpenPost, unitsUp } from '../org.ts';
import { inBoth, oneOf, type Refusal, refuse } from '../refusal.ts';
import type { Assignment, Offer, State, Status } from '../state.ts';
import { add, tell } from '../story.ts';
import type { Org, World } from '../world.ts';
import { name } from './shapes.ts';
import { sharingConsent, type sharingShape } from './sharing.ts';
import { WORKERS } from './work.ts';

// What all requests to other units have in common.

/** A case is handed over, referred from and put before a level above in all states but closed. */
export const RUNNING_CASE: readonly Status[] = ['proposed', 'open', 'suspended', 'followUp'];

/** So many requests to other units a case has open at once. */
const MOST_OFFERS = 20;

/** Where the data of an act names posts. */
export const PATH = 'data.assignments';

/** The posts or persons for the roles of the case in the other unit. Lists of requests show them: no words, in the names of roles either. */
export const assignments = z
  .record(z.string().regex(KEY, 'a role of the program'), name)
  .describe('Post or person by role; without it the one post of its kind there');

/** Who turns to another unit or level: those who work on the case. */
export function askers({ state, world }: { state: State; world: Pick<World, 'program'> }): string[] {
  return [...new Set([answeringRole(state, world), ...WORKERS])];
}

/** The events of a request: that it was made, and the clock of its answer. */
export function ask(
  context: ActContext<z.infer<z.ZodObject<typeof sharingShape>>>,
  wanted: Omit<Offer, 'id' | 'by' | 'at' | 'accepted' | 'agreed'>,
) {
  const { state, world, act } = context;
  const consent = sharingConsent(context);
  if (consent && isRefusal(consent)) return consent;
  if (Object.keys(state.offers ?? {}).length >= MOST_OFFERS) return tooMany();
  const story = tell(state, world, world.now, act.actor.id);
  const { kind, unit } = wanted;
  const id = nextOfferId(state, kind);
  add(story, {
    type: 'transfer.offered',
    data: { id, ...wanted, from: state.unit, ...(consent ? { consent } : {}), told: toldThere(story, unit) },
  });
  setClock(story, { id, of: kind, name: OFFER_NAME[kind], unit, budget: ANSWER_WITHIN, ladder: 'linli:offer' });
  return story.events;
}

/** UNKNOWN_UNIT, or INVALID_DATA for the case's own unit. */
export function unitProblem({ state, world }: Pick<ActContext, 'state' | 'world'>, unit: string): Refusal | undefined {
  if (!Object.hasOwn(world.org.units, unit) || homeOf(world.org, unit) !== unit) {
    return refuse(
      'UNKNOWN_UNIT',
      [`没有单位“${unit}”，或者它已撤销。`, `There is no unit "${unit}", or it was closed.`],
      [['单位列表见 GET /api/v1/units', 'GET /api/v1/units lists the units']],
      [{ path: 'data.unit', message: inBoth('没有这个单位', 'no such unit') }],
    );
  }
  if (unit !== state.unit) return undefined;
  return refuse(
    'INVALID_DATA',
    ['个案已经在这个单位。', 'The case is at that unit already.'],
    [['填写另一个单位', 'Name another unit']],
    [{ path: 'data.unit', message: inBoth('就是个案现在的单位', 'is the unit of the case') }],
  );
}

function tooMany(): Refusal {
  return refuse(
    'CAP_REACHED',
    [`一个个案最多同时有 ${MOST_OFFERS} 项请求。`, `A case has ${MOST_OFFERS} requests open at most.`],
    [['先撤回已有的请求', 'Take some of them back first']],
  );
}

/** The request that is meant, or NOT_OPEN; INVALID_DATA when several could be. */
export function onlyOne(offers: readonly Offer[], target: string | undefined): Offer | Refusal {
  const [offer, other] = target === undefined ? offers : offers.filter(({ id }) => id === target);
  const ids = offers.map(({ id }) => id);
  if (!offer) {
    return refuse(
      'NOT_OPEN',
      ['没有等待答复的请求。', 'No such request waits for an answer.'],
      [[`等待答复的请求：${ids.join('、') || '无'}`, `Waiting: ${ids.join(', ') || 'none'}`]],
    );
  }
  if (!other) return offer;
  return refuse(
    'INVALID_DATA',
    ['有多项请求等待答复，请指明是哪一项。', 'Several requests wait for an answer: say which.'],
    [[`target 填其中之一：${ids.join('、')}`, `Set target to one of: ${ids.join(', ')}`]],
    [{ path: 'target', message: oneOf(ids) }],
  );
}

/** Whether a post, or a post of a person who has not left, is of a unit or a level above it. */
export function isOfUnit(
  { org, now }: Pick<World, 'org' | 'now'>,
  unit: string,
  { post, person }: Assignment,
): boolean {
  const up = unitsUp(org, unit);
  const isThere = (id: string) => up.includes(org.posts[id]?.unit ?? '');
  if (post !== undefined) return isThere(post);
  return org.appointments.some(
    (each) => each.person === person && isThere(each.post) && (!each.until || now < each.until),
  );
}

/** Whoever an act names for roles of a case: posts, else persons. */
export function namedIn(org: Org, named: Readonly<Record<string, string>>): Record<string, Assignment> {
  return Object.fromEntries(
    Object.entries(named).map(([role, id]) => [role, isOpenPost(org, id) ? { post: id } : { person: id }]),
  );
}

/** UNKNOWN_ASSIGNMENT for posts and people that are not of the receiving unit or a level above it. */
export function strangerProblem(
  world: Pick<World, 'org' | 'now'>,
  filled: Readonly<Record<string, Assignment>>,
  unit: string,
): Refusal | undefined {
  const strange = Object.entries(filled).filter(([, each]) => !isOfUnit(world, unit, each));
  if (strange.length === 0) return undefined;
  return refuse(
    'UNKNOWN_ASSIGNMENT',
    ['接手的岗位或人员须属于接收单位。', 'Who takes over must be of the receiving unit, or of a level above it.'],
    [['填写接收单位的岗位', 'Name posts of that unit']],
    strange.map(([role]) => ({
      path: `${PATH}.${role}`,
      message: inBoth('不属于接收单位', 'is not of the receiving unit'),
    })),
  );
}
