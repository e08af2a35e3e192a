import { z } from 'zod';
import { type ActKind, actKind } from '../act-kind.ts';
import { name } from './shapes.ts';

const moveShape = z.strictObject({
  from: name.describe('The unit that was merged or split'),
  unit: name.describe('The unit the case belongs to from now on'),
});

/**
 * The case follows its posts into the unit they went to when its own was merged or split. Sent by the process that moves
 * the cases of such a change, in every state of the case; one that has left the
 * unit meanwhile, handed over or moved before, stays where it is.
 */
const move: ActKind<z.infer<typeof moveShape>> = {
  data: moveShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  internal: true,
  lateExempt: true,
  who: () => ['system'],
  decide({ state, data: { unit, from } }) {
    if (state.unit !== from) return [];
    return [{ type: 'case.moved', data: { unit, from, why: 'organisation' } }];
  },
};

/** Cases that go along when units are merged or split. */
export const moveActs: Readonly<Record<string, ActKind>> = { 'case.move': actKind(move) };
