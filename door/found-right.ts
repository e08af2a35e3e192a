/**
 * Cases whose clocks were found right by a calendar that none of their events names: they are not counted again at every
 * act. Whatever was set since was counted by that calendar or a newer one.
 */
export interface FoundRight {
  has(caseId: string, calendar: string): boolean;
  /** Notes that a case's clocks are right by this calendar version, instead of any noted before. */
  note(caseId: string, calendar: string): void;
  forget(caseId: string): void;
}

const mostRemembered = 100_000;

/** What one door remembers. With `most` cases it forgets them all and begins again: they are only counted once more. */
export function createFoundRight(most = mostRemembered): FoundRight {
  const known = new Map<string, string>();
  return {
    has: (caseId, calendar) => known.get(caseId) === calendar,
    note: (caseId, calendar) => {
      if (known.size >= most && !known.has(caseId)) known.clear();
      known.set(caseId, calendar);
    },
    forget: (caseId) => {
      known.delete(caseId);
    },
  };
}
