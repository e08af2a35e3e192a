/** At most so many in so long a time, in milliseconds. */
export interface PaceLimit {
  readonly count: number;
  readonly perMs: number;
}

/** Who may go when, by key. */
export interface Pace {
  /** 0: it may go now, and is counted; else how many milliseconds to wait before asking again. */
  take(key: string): number;
  /** Lets nobody with this key go for so long: the other side asked for it. */
  rest(key: string, ms: number): void;
}

/**
 * Keeps senders of one process within the limits of their peer, which are counted in windows that slide. Other processes
 * are not counted: where several send to one peer it says so itself, and `rest` makes each of them wait.
 */
export function createPace(limits: readonly PaceLimit[], now: () => number): Pace {
  const gone = new Map<string, number[]>();
  const resting = new Map<string, number>();
  const longest = Math.max(...limits.map(({ perMs }) => perMs));

  function forget(at: number) {
    for (const [key, times] of gone) if ((times.at(-1) ?? 0) + longest <= at) gone.delete(key);
    for (const [key, until] of resting) if (until <= at) resting.delete(key);
  }

  return {
    take(key) {
      const at = now();
      forget(at);
      const times = (gone.get(key) ?? []).filter((each) => each + longest > at);
      const free = limits.map(({ count, perMs }) => {
        const oldest = times.at(-count);
        return oldest === undefined ? at : oldest + perMs;
      });
      const waitMs = Math.max(resting.get(key) ?? at, ...free) - at;
      if (waitMs > 0) return waitMs;
      gone.set(key, [...times, at]);
      return 0;
    },
    rest(key, ms) {
      resting.set(key, Math.max(resting.get(key) ?? 0, now() + ms));
    },
  };
}
