import type { CaseEvent, EventDraft } from '../engine/event.ts';
import type { State } from '../engine/state.ts';
import type { World } from '../engine/world.ts';
import type { FoundRight } from './found-right.ts';
import { nothingPending, type Pending } from './pending.ts';
import { append, byCalendar, byTime, type Progress, type Recorder } from './record.ts';

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
 * Brings the clocks up to date with the world's calendar, then fires what is due by the world's now. When the engine
 * throws, makes no headway or leaves something due, nothing of it is kept: the caller marks the case stuck. Of `foundRight`
 * it reads and notes whether the calendar changes anything.
 */
export function catchUp(recorder: Recorder, world: World, from: Progress, foundRight: FoundRight): CaughtUp {
  const { engine } = recorder;
  const fired = nothingPending();
  const isDue = (progress: Progress) => {
    const due = progress.state && engine.agenda(progress.state);
    return due !== undefined && due <= world.now;
  };
  try {
    if (!from.state) return { kind: 'done', progress: from, fired, events: [] };
    const projected = append(
      recorder,
      from,
      projections(recorder, from.state, world, foundRight),
      byCalendar(world.now),
      fired,
    );
    const { state } = projected.progress;
    if (!state || !isDue(projected.progress)) return { kind: 'done', fired, ...projected };
    const { events: drafts, more } = engine.advance(state, world, mostFired);
    if (drafts.length === 0) return { kind: 'stuck', reason: 'something is due, but nothing fires' };
    const { progress, events } = append(recorder, projected.progress, drafts, byTime(world.now), fired);
    if (!more && isDue(progress)) return { kind: 'stuck', reason: 'something is still due after firing' };
    return { kind: more ? 'more' : 'done', progress, fired, events: [...projected.events, ...events] };
  } catch (error) {
    return { kind: 'stuck', reason: error instanceof Error ? error.message : String(error) };
  }
}

function projections(
  { engine, caseId }: Recorder,
  state: State,
  world: World,
  foundRight: FoundRight,
): readonly EventDraft[] {
  // in other hands it is counted there; what is destroyed has none
  if (state.away || state.destroyed) return [];
  const { version } = world.calendar;
  if (state.calendar === version || foundRight.has(caseId, version)) return [];
  const drafts = engine.project(state, world);
  if (drafts.length > 0) foundRight.forget(caseId);
  else foundRight.note(caseId, version);
  return drafts;
}
