import type { Instant } from '../sdk/time.ts';
import type { Actor } from './act.ts';
import type { CaseEvent } from './event.ts';
import { deputyshipsOf, holderAt, postsOf, unitsUp } from './org.ts';
import type { Roles } from './rights.ts';
import type { Offer, State } from './state.ts';
import type { Org } from './world.ts';

// Requests between units: what is open of them, and who may answer them.

/** The right of whoever may answer for a unit that is asked. Nobody reads a case by it. */
export const RECEIVER = 'receiver';

type OfferEvent = Extract<
  CaseEvent,
  {
    type:
      | 'transfer.offered'
      | 'transfer.accepted'
      | 'transfer.refused'
      | 'transfer.revoked'
      | 'transfer.lapsed'
      | 'referral.answered';
  }
>;

/** The requests that are open after an event. A referral stays until it is answered, a transfer until it is accepted. */
export function evolveOffers(state: State, event: OfferEvent): State {
  const { [event.data.id]: offer, ...others } = state.offers ?? {};
  if (event.type === 'transfer.offered') {
    const { id, kind, unit, assignments, text, program, shared, within, consent } = event.data;
    const opened: Offer = {
      ...{ id, kind, unit, by: event.actor.id, at: event.recordedAt },
      ...(assignments ? { assignments } : {}),
      ...(text === undefined ? {} : { text }),
      ...(program === undefined ? {} : { program }),
      ...(shared ? { shared } : {}),
      ...(within === undefined ? {} : { within }),
      ...(consent?.kind === 'given' ? { agreed: true } : {}),
    };
    const serial = { ...state.serial, [kindSerial(kind)]: Number(id.slice(id.indexOf(':') + 1)) };
    return { ...state, serial, offers: { ...state.offers, [id]: opened } };
  }
  if (!offer) return state;
  if (event.type === 'transfer.accepted' && offer.kind === 'referral')
    return { ...state, offers: { ...others, [offer.id]: { ...offer, accepted: true } } };
  return { ...state, offers: others };
}

/** Requests that wait for the answer of the other unit, oldest first. */
export function waitingOffers({ offers = {} }: Pick<State, 'offers'>): Offer[] {
  return Object.values(offers).filter(({ accepted }) => !accepted);
}

/** The id of the next request of a kind. */
export function nextOfferId(state: State, kind: Offer['kind']): string {
  return `${kind}:${(state.serial[kindSerial(kind)] ?? 0) + 1}`;
}

function kindSerial(kind: Offer['kind']): string {
  return `offer:${kind}`;
}

/**
 * Under which post a person may answer what unit `to` is asked by unit `from`: as head of `to` or of a unit above it that is
 * not also above `from`, as the deputy of such a head, or by a caseworker's login there; where none of these heads is in
 * office, as the next head above who is. Undefined when he may not.
 */
export function answersFor(
  org: Org,
  { from, to }: { readonly from: string; readonly to: string },
  actor: Actor,
  at: Instant,
): { readonly post?: string } | undefined {
  if (actor.kind === 'system') return undefined;
  const shared = unitsUp(org, from);
  const up = unitsUp(org, to);
  const own = up.filter((unit, n) => n === 0 || !shared.includes(unit));
  const held = postsOf(org, actor.id, at);
  const standsIn = !actor.logins.some(({ role }) => role === 'auditor');
  const posts = standsIn ? [...held, ...deputyshipsOf(org, actor.id, at)] : held;
  const headsOf = (units: readonly string[]) => units.flatMap((unit) => org.units[unit]?.head ?? []);
  const inOffice = (post: string) => holderAt(org, post, at) !== undefined;
  const above = headsOf(own).some(inOffice) ? [] : headsOf(up).filter(inOffice).slice(0, 1);
  const head = [...headsOf(own), ...above].find((post) => posts.includes(post));
  if (head !== undefined) return { post: head };
  const login = actor.logins.find(({ role, unit }) => role === 'caseworker' && own.includes(unit));
  if (!login) return undefined;
  const post = held.find((each) => org.posts[each]?.unit === login.unit);
  return post === undefined ? {} : { post };
}

/** The right to answer, for whoever has it on one of a case's waiting requests: he may have no other role on the case. */
export function receiverRoles(state: Pick<State, 'unit' | 'offers'>, actor: Actor, org: Org, at: Instant): Roles {
  for (const { unit } of waitingOffers(state)) {
    const right = answersFor(org, { from: state.unit, to: unit }, actor, at);
    if (right) return new Map([[RECEIVER, right]]);
  }
  return new Map();
}
