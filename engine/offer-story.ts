import { z } from 'zod';
import type { Text } from '../sdk/program.ts';
import { deadlineFor } from './deadline.ts';
import type { Told } from './event.ts';
import { cancelClock, meet } from './flow.ts';
import { stageOf } from './lookup.ts';
import { waitingOffers } from './offers.ts';
import { toldAbove } from './org.ts';
import type { Deadline, Offer, OpenItem, State } from './state.ts';
import { add, type Story } from './story.ts';
import { together, toldAbout } from './told.ts';
import type { World } from './world.ts';

// What happens between units and levels, event by event.

/** So long another unit has to answer a request, a level above to answer a question, and a referral to bring its answer. */
export const ANSWER_WITHIN = '5 working days';
export const REFERRAL_WITHIN = '20 working days';

/** The key of questions to levels above; no program's key has a colon. */
export const QUESTION = 'linli:question';

/** How requests are called; the names of units stand beside it. */
export const OFFER_NAME: Readonly<Record<Offer['kind'], Text>> = {
  transfer: ['个案移交请求待答复', 'the offer to hand the case over waits for its answer'],
  referral: ['转介请求待答复', 'the referral waits to be accepted'],
};
const ANSWER_NAME: Text = ['转介事项待办结', 'the referred matter waits for its result'];

/** The post role that answers for the case as a whole now: its current stage's, else its first stage's. */
export function answeringRole(state: Pick<State, 'stage'>, { program }: Pick<World, 'program'>): string {
  return (stageOf(program, state.stage) ?? program.stages[0])?.answers ?? Object.keys(program.roles)[0] ?? '';
}

/** Whom news for the case's own side is told: whoever answers for the case, and who asked, while he is in office. */
export function toldOwn({ state, world }: Pick<Story, 'state' | 'world'>, by?: string): Told[] {
  const { org, now } = world;
  const own = toldAbout(state, org, { id: '', answers: answeringRole(state, world) }, 'holder', now);
  const inOffice = org.appointments.find(
    (each) => each.person === by && each.from <= now && (!each.until || now < each.until),
  );
  const unit = inOffice && org.posts[inOffice.post]?.unit;
  if (!inOffice || unit === undefined) return own;
  const level = org.units[unit]?.level ?? 'community';
  return together(own, [{ post: inOffice.post, person: inOffice.person, unit, level }]);
}

/** Whom news for a unit that is asked is told: its head, or the next above in office. */
export function toldThere({ world }: Pick<Story, 'world'>, unit: string): Told[] {
  return toldAbove(world.org, { unit, tell: 'unit', at: world.now });
}

/** Sets the clock of a request, a referral's answer or a question. It runs from now: nobody can answer what he was not asked. */
export function setClock(
  story: Story,
  { id, of, name, unit, budget, ladder }: Pick<Deadline, 'id' | 'of' | 'name' | 'budget' | 'ladder'> & { unit: string },
): void {
  const { world, state } = story;
  const whose = { answers: answeringRole(state, world), unit };
  const deadline = deadlineFor({ id, of, name, ...whose, start: world.now, budget, ladder, world });
  add(story, { type: 'deadline.set', data: { deadline } });
}

/** The clock of an accepted referral, until its answer comes. */
export function setAnswerClock(story: Story, { id, unit, within = REFERRAL_WITHIN }: Offer): void {
  setClock(story, {
    ...{ id: answerClock(id), of: 'referral', name: ANSWER_NAME, unit },
    ...{ budget: within, ladder: 'linli:referral' },
  });
}

/** The id of the clock of an accepted referral's answer. */
export function answerClock(id: string): string {
  return `${id}.answer`;
}

/** What the case of a referral came to, as its effect tells it. */
const resultShape = z.object({
  caseId: z.string().optional(),
  outcome: z.string().nullish(),
  text: z.string().nullish(),
});

/**
 * The answer to a referral: its case was closed, with this outcome; or it could not be opened, and the matter is the
 * referring unit's again.
 */
export function answerReferral(
  story: Story,
  { id, unit, by }: Offer,
  { result, failed }: { readonly result?: unknown; readonly failed?: string | undefined },
): void {
  const parsed = resultShape.safeParse(result).data ?? {};
  const said = {
    ...(parsed.caseId ? { case: parsed.caseId } : {}),
    ...(parsed.outcome ? { outcome: parsed.outcome } : {}),
    ...(parsed.text ? { text: parsed.text } : {}),
  };
  const told = toldOwn(story, by);
  add(story, { type: 'referral.answered', data: { id, unit, ...(failed ? { failed } : said), told } });
  if (failed) cancelClock(story, answerClock(id));
  else meet(story, answerClock(id), story.world.now);
}

/** Nobody has answered until the last rung of its clock: the case stays where it is, and both sides are told. */
export function lapseOffer(story: Story, { id, kind, unit, by }: Offer): void {
  const told = together(toldOwn(story, by), toldThere(story, unit));
  add(story, { type: 'transfer.lapsed', data: { id, kind, unit, told } });
  cancelClock(story, id);
}

/** Requests that wait are taken back, all or those meant: the case has ended, or begins again; what they rest on is no more. */
export function endOffers(story: Story, why: Text, meant: (offer: Offer) => boolean = () => true): void {
  for (const { id, kind, unit } of waitingOffers(story.state).filter(meant)) {
    add(story, { type: 'transfer.revoked', data: { id, kind, unit, why, told: toldThere(story, unit) } });
    cancelClock(story, id);
  }
}

/** The questions that wait before levels above. */
export function openQuestions(state: Pick<State, 'items'>): OpenItem[] {
  return Object.values(state.items).filter(({ kind }) => kind === 'escalation');
}
