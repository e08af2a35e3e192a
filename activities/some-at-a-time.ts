/**
 * Does the same with each of some things, in their order, so many at a time. Rejects with the first error, when others may
 * still be under way: what must not end the rest is caught by `work`.
 */
export async function someAtATime<T>(
  most: number,
  things: readonly T[],
  work: (thing: T) => Promise<unknown>,
): Promise<void> {
  const waiting = things.values(); // one iterator for all: each takes what the others have left
  const worker = async (): Promise<void> => {
    for (const thing of waiting) await work(thing);
  };
  await Promise.all(Array.from({ length: most }, worker));
}
