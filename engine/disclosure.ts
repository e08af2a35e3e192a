import type { DisclosureItem, Program, Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { deadlineFor } from './deadline.ts';
import { afterDone, cancelItem, openItem, sendBack } from './flow.ts';
import { itemOf, nextId, stageOf } from './lookup.ts';
import { objectionsTo } from './posted.ts';
import type { OpenItem, State } from './state.ts';
import { add, type Story } from './story.ts';
import { dueOf } from './time/clock.ts';
import { toldAbout } from './told.ts';
import type { World } from './world.ts';

// What is made public (公示), what is objected to it, and what becomes of both.

/** The key of what waits for an answer to an objection; reserved, so that no program's item is called so. */
export const OBJECTION = 'objection';

/** So many objections of one case wait at once. Whoever comes after them is asked to come in person. */
export const MOST_OBJECTIONS = 200;

/** A disclosure of the case's stages that is open, with what the program says of it. */
export interface OpenDisclosure {
  readonly item: OpenItem;
  readonly def: DisclosureItem;
}

/** What the program says of an open item, where it is a disclosure. */
export function disclosureDef(program: Program, { stage, key }: Pick<OpenItem, 'stage' | 'key'>) {
  const def = itemOf(program, stage, key);
  return def && 'disclosure' in def ? def : undefined;
}

/**
 * Until when what is posted now stays: the end of its last day, the next working day where that is a rest day. It runs from when it
 * is recorded, as nobody could read it here before; and it does not move any more, whatever calendars say later.
 */
export function periodEnd({ now, calendar }: World, { counts }: DisclosureItem, days: number): Instant {
  return dueOf({ start: now, budget: `${days} ${counts ?? 'days'}`, calendar, pauses: [], extensions: [] }).dueAt;
}

/** The period of a disclosure is over: it comes down, and is done unless an objection waits. */
export function endPeriod(story: Story, id: string): void {
  const posted = story.state.disclosures?.[id];
  if (!posted) return;
  add(story, { type: 'disclosure.ended', data: { id, key: posted.key } });
  clearIfUndisputed(story, posted.key);
}

/** A disclosure whose period is over is done when the last objection is decided. */
export function clearIfUndisputed(story: Story, key: string): void {
  const [id, posted] = Object.entries(story.state.disclosures ?? {}).find(([, each]) => each.key === key) ?? [];
  const item = id === undefined ? undefined : story.state.items[id];
  if (!item || !posted?.over || objectionsTo(story.state, key).length > 0) return;
  add(story, { type: 'disclosure.cleared', data: { id: item.id, key, at: story.at } });
  afterDone(story, item);
}

/** What is posted comes down and is to be posted anew, with a whole period; what was objected goes on being asked. */
export function postAgain(story: Story, { item }: Pick<OpenDisclosure, 'item'>, why: Text): void {
  cancelItem(story, item, why);
  const stage = stageOf(story.world.program, item.stage);
  const def = itemOf(story.world.program, item.stage, item.key);
  if (stage && def) openItem(story, stage, def);
}

/** An objection is asked of the post that decides it, with a clock and a ladder. */
export function askForDecision(story: Story, { item, def }: OpenDisclosure, id: string): void {
  const { world } = story;
  const { by, within, ladder } = def.objections;
  const name: Text = [`异议：${item.name[0]}`, `objection: ${item.name[1]}`];
  const asked: OpenItem = {
    ...{ id, key: OBJECTION, kind: 'objection', name, by, answers: by, openedAt: story.at },
    ...{ required: false, repeat: false, ...(item.stage === undefined ? {} : { stage: item.stage }) },
  };
  add(story, { type: 'item.opened', data: { item: asked } });
  const on = ladder ?? stageOf(world.program, item.stage)?.ladder;
  if (on === undefined) return;
  const clock = { id, of: 'objection' as const, name, answers: by, start: story.at, budget: within, ladder: on, world };
  add(story, { type: 'deadline.set', data: { deadline: deadlineFor(clock) } });
}

/** Who is told of an objection: the post that decides it. */
export function toldOfObjection({ state, world }: Story, id: string, { objections }: DisclosureItem) {
  return toldAbout(state, world.org, { id, answers: objections.by }, 'holder', world.now);
}

/** An upheld objection: back for revision where the program says so, else the text comes down and is posted anew. */
export function upheld(story: Story, { item, def }: OpenDisclosure): void {
  const to = def.objections.upheld;
  if (to !== undefined) sendBack(story, to);
  else postAgain(story, { item }, ['异议成立，撤下后重新公示', 'an objection was upheld: it is posted anew']);
}

/** The id of the next objection. */
export function nextObjection(state: State): string {
  return nextId(state, { kind: 'objection', key: OBJECTION });
}
