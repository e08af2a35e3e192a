import type { Act } from '../engine/act.ts';
import { advance } from '../engine/advance.ts';
import { agenda } from '../engine/agenda.ts';
import type { Lot } from '../engine/books/index.ts';
import { decide } from '../engine/decide.ts';
import type { CaseEvent, Decision, EventDraft } from '../engine/event.ts';
import { evolve } from '../engine/evolve.ts';
import { open } from '../engine/open.ts';
import { project } from '../engine/projection.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { State } from '../engine/state.ts';
import type { World } from '../engine/world.ts';
import type { Instant } from '../sdk/time.ts';

/** What `open` is asked. */
export type OpenRequest = Parameters<typeof open>[0];

/** The pure functions the door decides with. A dependency, so that tests can put a broken or a changed engine behind the door. */
export interface Engine {
  open(request: OpenRequest, world: World): Decision | Refusal;
  decide(state: State, act: Act, world: World): Decision | Refusal;
  /** What a newer calendar does to the clocks of a case. */
  project(state: State, world: World): readonly EventDraft[];
  advance(state: State, world: World, limit?: number): { events: readonly EventDraft[]; more: boolean };
  evolve(state: State | undefined, event: CaseEvent): State;
  agenda(state: State, lot?: Lot): Instant | undefined;
}

/** The engine of this release. */
export const engine: Engine = { open, decide, project, advance, evolve, agenda };
