/**
 * Does work on at most so many things at a time, the others in their order. What nobody waits for any more when its turn
 * comes (`wanted`) is not begun.
 */
export function fewAtATime<I, O>(most: number, work: (input: I) => Promise<O>) {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (input: I, wanted: () => boolean): Promise<O | undefined> => {
    if (busy < most) busy += 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return wanted() ? await work(input) : undefined;
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}
