import type { Program, Rung } from '../sdk/program.ts';

/**
 * Ladders of clocks that no program can set: those between units and levels. No program's ladder has a colon in its name.
 * `unit` tells the head who has to answer; `holder` him and whoever answers for the case; a level tells the heads of that
 * level above both (engine/told.ts).
 */
const OWN: Readonly<Record<string, readonly Rung[]>> = {
  'linli:offer': [
    { at: '-2 working days', tell: 'unit' },
    { at: 'due', tell: 'holder' },
    { at: '+2 working days', tell: 'sub-district' },
    { at: '+5 working days', tell: 'district' },
  ],
  'linli:referral': [
    { at: '-2 working days', tell: 'unit' },
    { at: 'due', tell: 'holder' },
    { at: '+3 working days', tell: 'sub-district' },
    { at: '+5 working days', tell: 'district' },
  ],
  'linli:count': [
    { at: '-2 working days', tell: 'holder' },
    { at: '-1 working day', tell: 'holder' },
    { at: 'due', tell: 'unit', account: true },
    { at: '+2 working days', tell: 'sub-district' },
    { at: '+5 working days', tell: 'district' },
  ],
  'linli:surprise': [
    { at: '-1 working day', tell: 'holder' }, // the morning of the day drawn
    { at: '-47 hours', tell: 'holder' }, // drawn for a rest day: the first working morning after it, else the same moment
    { at: 'due', tell: 'unit', account: true },
    { at: '+2 working days', tell: 'sub-district' },
    { at: '+5 working days', tell: 'district' },
  ],
  'linli:finding': [
    { at: '-2 working days', tell: 'holder' },
    { at: 'due', tell: 'unit', account: true },
    { at: '+3 working days', tell: 'sub-district' },
    { at: '+5 working days', tell: 'district' },
  ],
  'linli:question': [
    { at: '-1 working day', tell: 'unit' },
    { at: 'due', tell: 'unit', account: true },
    { at: '+3 working days', tell: 'district' },
  ],
};

/** The time a new keeper has to count the side of a book that he takes over, and the ladder that chases it. */
export const COUNT_WITHIN = '3 working days';
/** See {@link COUNT_WITHIN}. */
export const COUNT_LADDER = 'linli:count';

/**
 * The time for a surprise count: the day it was drawn for and the next working day. Its first rung comes on the morning of the
 * day drawn, or of the first working day after it.
 */
export const SURPRISE_WITHIN = '1 working day';
/** See {@link SURPRISE_WITHIN}. */
export const SURPRISE_LADDER = 'linli:surprise';

/** The rungs of a ladder: a program's, or one of our own; none where it has no such ladder. */
export function rungsOf({ ladders }: Pick<Program, 'ladders'>, ladder: string): readonly Rung[] {
  return OWN[ladder] ?? ladders[ladder] ?? [];
}
