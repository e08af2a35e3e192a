import type { CaseEvent } from '../engine/event.ts';
import type { World } from '../engine/world.ts';
import { nothingPending, type Pending } from './pending.ts';
import { append, byTime, type Progress, type Recorder } from './record.ts';

/** At most so many events fire in one transaction; the rest at once in the next. */
export const mostFired = 200;

/** What became of firing: all done, more for the next transaction, or nothing kept because it cannot be done. */
export type CaughtUp =
  | {
      readonly kind: 'done' | 'more';
      readonly progress: Progress;
      readonly fired: Pending;
      readonly events: readonly CaseEvent[];
    }
  | { readonly kind: 'stuck'; readonly reason: string };

/**
 * Fires what is due by the world's now. When the engine throws, makes no headway or leaves something due, nothing of it is
 * kept: the caller marks the case stuck.
 */
export function catchUp(recorder: Recorder, world: World, from: Progress): CaughtUp {
  const { engine } = recorder;
  const fired = nothingPending();
  const isDue = (progress: Progress) => {
    const due = progress.state && engine.agenda(progress.state);
    return due !== undefined && due <= world.now;
  };
  try {
    if (!from.state || !isDue(from)) return { kind: 'done', progress: from, fired, events: [] };
    const { events: drafts, more } = engine.advance(from.state, world, mostFired);
    if (drafts.length === 0) return { kind: 'stuck', reason: 'something is due, but nothing fires' };
    const { progress, events } = append(recorder, from, drafts, byTime(world.now), fired);
    if (!more && isDue(progress)) return { kind: 'stuck', reason: 'something is still due after firing' };
    return { kind: more ? 'more' : 'done', progress, fired, events };
  } catch (error) {
    return { kind: 'stuck', reason: error instanceof Error ? error.message : String(error) };
  }
}
