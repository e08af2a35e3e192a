import type { CaseEvent } from '../engine/event.ts';
import { type BodyHashes, bodyOf } from './act-body.ts';

/** An act's row, as far as its words are looked for by it. */
export interface HashedAct {
  readonly type: string;
  readonly bodyHash: string;
  readonly occurredAt: string;
}

/** What an act was sent with, without its id and its actor. */
export type Words = Readonly<Record<string, unknown>> & { readonly type: string };

/** More parts than these in what an event says are not tried out in all their combinations. */
const MOST_PARTS = 8;

/**
 * What an act was sent with, put together again from what its events say. Of the words only their hash is kept, so that every way in
 * which they may have been sent is tried until the hash is the same: what is answered was sent, letter by letter. Undefined where
 * the events say it in other words, and of acts whose hash was never known.
 */
export function wordsOf(
  act: HashedAct,
  events: readonly CaseEvent[],
  hashes: (words: object) => BodyHashes,
): Words | undefined {
  for (const event of events) {
    const said = event.data as unknown as Readonly<Record<string, unknown>>;
    for (const words of candidates(act, said)) {
      const { kept, plain } = hashes(words);
      if (kept === act.bodyHash || plain === act.bodyHash) return words;
    }
  }
  return undefined;
}

function* candidates({ type, occurredAt }: HashedAct, said: Readonly<Record<string, unknown>>): Generator<Words> {
  const texts = Object.values(said).filter(
    (value): value is string => typeof value === 'string' && value.length <= 100,
  );
  const targets = [undefined, ...new Set(texts)];
  const own = (name: string) => (said[name] === undefined ? [undefined] : [said[name], undefined]);
  for (const data of dataOf(said))
    for (const target of targets)
      for (const reason of own('reason'))
        for (const evidence of own('evidence'))
          for (const onBehalfOf of own('onBehalfOf'))
            for (const at of [undefined, occurredAt])
              yield given({ type, target, occurredAt: at, reason, data, evidence, onBehalfOf });
}

/** What may have been the act's data: none, and every choice of what the event says; all of it first. */
function* dataOf(said: Readonly<Record<string, unknown>>): Generator<unknown> {
  const parts = Object.entries(said);
  yield said;
  yield undefined;
  if (parts.length > MOST_PARTS) return;
  for (let choice = 2 ** parts.length - 2; choice >= 0; choice -= 1)
    yield Object.fromEntries(parts.filter((_, n) => choice & (1 << n)));
}

/** The words without those that were not given. */
const given = (words: Words): Words =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined)) as Words;

/** The hashes of words, as the door makes them of a request. */
export const hashesBy =
  (hashes: (body: ReturnType<typeof bodyOf>) => BodyHashes) =>
  (words: object): BodyHashes =>
    hashes(bodyOf(words));
