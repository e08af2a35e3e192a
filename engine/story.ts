import type { Instant } from '../sdk/time.ts';
import type { Actor } from './act.ts';
import type { CaseEvent, EventDraft } from './event.ts';
import { evolve } from './evolve.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

/** What happens in one decision, told event by event: later ones are decided on the state the earlier ones lead to. */
export interface Story {
  readonly world: World;
  /** When what is told happened. Moves forward where what follows cannot have happened as early as what caused it. */
  at: Instant;
  readonly actor: Actor['id'];
  state: State;
  readonly events: EventDraft[];
}

/** Begins a story about things that happened at `at`. */
export function tell(state: State, world: World, at: Instant, actor = 'clock'): Story {
  return { world, at, actor, state, events: [] };
}

/** Adds events to a story. They happened at its `at` unless they say so themselves. */
export function add(story: Story, ...drafts: readonly EventDraft[]): void {
  for (const draft of drafts) {
    const dated = { ...draft, occurredAt: draft.occurredAt ?? story.at };
    story.events.push(dated);
    story.state = evolve(story.state, provisional(dated, story));
  }
}

/** A draft as an event that is not yet recorded: enough for `evolve`. */
function provisional(draft: EventDraft & { readonly occurredAt: Instant }, { world, actor }: Story): CaseEvent {
  return { ...draft, seq: 0, recordedAt: world.now, actor: { kind: 'person', id: actor } };
}
