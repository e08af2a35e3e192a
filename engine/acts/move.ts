import { z } from 'zod';
import type { Text } from '../../sdk/program.ts';
import { type ActKind, actKind } from '../act-kind.ts';
import { followUnit } from '../follow-unit.ts';
import { endOffers } from '../offer-story.ts';
import { homeOf } from '../org.ts';
import { add, tell } from '../story.ts';
import { name } from './shapes.ts';

const moveShape = z.strictObject({
  from: name.describe('The unit that was merged or split'),
  unit: name.describe('The unit the case belongs to from now on'),
});

/**
 * The case follows its posts into the unit they went to when its own was merged or split. Sent by the process that moves
 * the cases of such a change, in every state of the case; one that has left the
 * unit meanwhile, handed over or moved before, stays where it is. A transfer that waits between two units that have become
 * one is taken back.
 */
const move: ActKind<z.infer<typeof moveShape>> = {
  data: moveShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  internal: true,
  whileAway: true,
  lateExempt: true,
  who: () => ['system'],
  decide({ state, world, act, data: { unit, from } }) {
    const story = tell(state, world, world.now, act.actor.id);
    if (state.unit === from && unit !== from) {
      add(story, { type: 'case.moved', data: { unit, from, why: 'organisation' } });
      followUnit(story, from);
    }
    const home = homeOf(world.org, story.state.unit);
    endOffers(story, ONE_UNIT, (offer) => offer.kind === 'transfer' && homeOf(world.org, offer.unit) === home);
    return story.events;
  },
};

const ONE_UNIT: Text = ['两个单位已经合并', 'the two units were merged'];

/** Cases that go along when units are merged or split. */
export const moveActs: Readonly<Record<string, ActKind>> = { 'case.move': actKind(move) };
