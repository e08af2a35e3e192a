import { z } from 'zod';
import type { Book, Text } from '../../sdk/program.ts';
import type { ActContext, ActKind } from '../act-kind.ts';
import { personsOf } from '../apart.ts';
import { deadlineFor } from '../deadline.ts';
import type { EventDraft } from '../event.ts';
import { COUNT_LADDER, COUNT_WITHIN } from '../own-ladders.ts';
import type { State } from '../state.ts';
import { add, type Story, tell } from '../story.ts';
import type { World } from '../world.ts';
import { clockOfCount } from './chased.ts';
import { cancelled } from './document.ts';
import type { Side } from './entry.ts';
import { idMaker } from './ids.ts';
import { isEmpty, keeperOf } from './keeper.ts';

const SIDES: readonly Side[] = ['cash', 'ledger'];

/**
 * The keeper of a side who no longer fills its role while something is left on it: then it waits to be counted. Somebody who
 * stands in for the holder of a post changes nothing: a post that keeps money has no deputy.
 */
export function keeperGone(state: State, { org, now }: World, def: Book, side: Side): string | undefined {
  const book = state.books[def.book];
  const keeper = book && keeperOf(book, side);
  if (!book || keeper === undefined || isEmpty(book, side)) return undefined;
  return personsOf(state, def[side], org, now).includes(keeper) ? undefined : keeper;
}

/**
 * Gives every side of a book that has come to wait for a count its clock, and ends the clock of one that waits no more: the
 * role is its keeper's again, or nothing is left on it. The post that keeps the side answers, whoever comes to hold it; its
 * ladder passes over the keeper before. Adds nothing where all is as it should be.
 */
export function chase(story: Story): void {
  for (const def of story.world.program.books) {
    for (const side of SIDES) {
      const book = story.state.books[def.book];
      if (!book) continue;
      const keeper = keeperGone(story.state, story.world, def, side);
      const clock = clockOfCount(book, side);
      if (keeper !== undefined && clock === undefined) {
        const id = idMaker(def.book, book)('f');
        add(story, { type: 'book.frozen', data: { book: def.book, side, keeper, clock: id } });
        add(story, countClock(story, def, side, { id, keeper }));
      } else if (keeper === undefined && clock !== undefined) {
        const ended = cancelled(story, clock);
        add(story, { type: 'book.unfrozen', data: { book: def.book, side } }, ...ended);
      }
    }
  }
}

function countClock(
  { state, world }: Story,
  def: Book,
  side: Side,
  { id, keeper }: { readonly id: string; readonly keeper: string },
): EventDraft {
  const [zh, en] = def.name;
  const name: Text =
    side === 'cash'
      ? [`账簿“${zh}”的款项待盘点移交`, `The money of "${en}" waits to be counted and taken over`]
      : [`账簿“${zh}”的账目待核对移交`, `The accounts of "${en}" wait to be checked and taken over`];
  const deadline = deadlineFor({
    ...{ id, name, answers: def[side], skips: [keeper], of: 'discrepancy' },
    ...{ start: world.now, budget: COUNT_WITHIN, ladder: COUNT_LADDER },
    world: { ...world, home: state },
  });
  return { type: 'deadline.set', data: { deadline } };
}

/** What may change who keeps a side of a book, or what is left on it. */
const CHANGES = /^(role|party|cash|ledger)\.|^case\.moved$|^book\.handedOver$/;

/** What an act leads to, and what follows from it for the sides of the books that wait to be counted. */
export function withChases(
  { state, world, at, act }: Pick<ActContext, 'state' | 'world' | 'at' | 'act'>,
  drafts: readonly EventDraft[],
): readonly EventDraft[] {
  if (world.program.books.length === 0 || !drafts.some(({ type }) => CHANGES.test(type))) return drafts;
  const story = tell(state, world, at, act.actor.id);
  add(story, ...drafts);
  story.at = world.now;
  chase(story);
  return story.events;
}

/**
 * Looks again at who keeps the books of the case. Sent by the process that finds sides which have come to wait for a count, or
 * wait no more, because somebody's office began or ended: no act of the case tells of that.
 */
export const booksChase: ActKind<Record<string, never>> = {
  data: z.strictObject({}),
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  internal: true,
  lateExempt: true,
  who: () => ['system'],
  decide({ state, world, act }) {
    const story = tell(state, world, world.now, act.actor.id);
    chase(story);
    return story.events;
  },
};
