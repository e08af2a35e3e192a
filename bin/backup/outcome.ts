/** What looking at a backup, or restoring it, ends with: it holds and is ours, it does not hold, or nothing is wrong and not all of that is known. */
export type Outcome = 'holds' | 'does not hold' | 'unproven';

/** The exit code of a command that ends so; undefined: none of its own. */
export const EXIT_CODES: Readonly<Record<Outcome, number | undefined>> = {
  holds: undefined,
  'does not hold': 1,
  unproven: 3,
};

/** The outcome, by whether nothing is wrong and whether all was looked at. */
export const outcomeOf = (holds: boolean, proven: boolean): Outcome =>
  !holds ? 'does not hold' : proven ? 'holds' : 'unproven';
