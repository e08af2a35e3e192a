import { z } from 'zod';
import { type ActKind, actKind } from '../act-kind.ts';
import { name } from './shapes.ts';

const moveShape = z.strictObject({ unit: name.describe('The unit the case belongs to from now on') });

/**
 * The case follows its posts into the unit they went to when its own was merged or split. Sent by the process that moves
 * the cases of such a change, in every state of the case; one that is there already stays as it is.
 */
const move: ActKind<z.infer<typeof moveShape>> = {
  data: moveShape,
  statuses: ['proposed', 'open', 'suspended', 'followUp', 'closed'],
  internal: true,
  lateExempt: true,
  who: () => ['system'],
  decide({ state, data: { unit } }) {
    if (unit === state.unit) return [];
    return [{ type: 'case.moved', data: { unit, from: state.unit, why: 'organisation' } }];
  },
};

/** Cases that go along when units are merged or split. */
export const moveActs: Readonly<Record<string, ActKind>> = { 'case.move': actKind(move) };
