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
  'linli:question': [
    { at: '-1 working day', tell: 'unit' },
    { at: 'due', tell: 'unit', account: true },
    { at: '+3 working days', tell: 'district' },
  ],
};

/** The rungs of a ladder: a program's, or one of our own; none where it has no such ladder. */
export function rungsOf({ ladders }: Pick<Program, 'ladders'>, ladder: string): readonly Rung[] {
  return OWN[ladder] ?? ladders[ladder] ?? [];
}
