import type { ColumnKey } from '../db/sealed.ts';
import type { Actor } from '../engine/act.ts';
import type { CaseEvent, EventDraft } from '../engine/event.ts';
import type { State } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';
import { drawSalt, forge, GENESIS } from './chain.ts';
import type { Engine } from './engine.ts';
import type { Pending } from './pending.ts';
import { project } from './project.ts';

/** How far a case has come within a transaction. Immutable, so that a savepoint is a value to return to. */
export interface Progress {
  readonly state: State | undefined;
  readonly seq: number;
  readonly head: string;
}

/** A case that does not exist yet. */
export const beginning: Progress = { state: undefined, seq: 0, head: GENESIS };

/** What the headers of a transaction's events have in common. */
export interface Recorder {
  readonly engine: Engine;
  readonly installation: string;
  readonly caseId: string;
  readonly programHash: string;
  readonly now: Instant;
  /** What the events are sealed with; undefined where this process seals nothing. */
  readonly key: ColumnKey | undefined;
}

/** By whom and under which act events come about; `at` is when they happened unless they say so themselves. */
export interface Cause {
  readonly actor: Pick<Actor, 'kind' | 'id'>;
  readonly post?: string;
  readonly actId?: string;
  readonly at: Instant;
}

/** Time passing. */
export const byTime = (now: Instant): Cause => ({ actor: { kind: 'system', id: 'clock' }, at: now });

/** A newer calendar. */
export const byCalendar = (now: Instant): Cause => ({ actor: { kind: 'system', id: 'calendar' }, at: now });

/**
 * Makes drafts into events of the chain: gives them seq, hash and salt, evolves the state, and notes all rows to be
 * written. Answers how far the case has come and the events as recorded.
 */
export function append(
  recorder: Recorder,
  from: Progress,
  drafts: readonly EventDraft[],
  cause: Cause,
  pending: Pending,
): { readonly progress: Progress; readonly events: readonly CaseEvent[] } {
  const { engine, installation, caseId, now, key } = recorder;
  let { state, seq, head } = from;
  const events: CaseEvent[] = [];
  for (const draft of drafts) {
    seq += 1;
    const occurredAt = draft.occurredAt ?? cause.at;
    const actor = {
      kind: cause.actor.kind,
      id: cause.actor.id,
      ...(cause.post === undefined ? {} : { post: cause.post }),
    };
    const event = {
      ...draft,
      seq,
      occurredAt,
      recordedAt: now,
      actor,
      ...(cause.actId === undefined ? {} : { actId: cause.actId }),
    } as CaseEvent;
    state = engine.evolve(state, event);
    // a case that goes on with another version names that one from this event on
    const programHash = state.program.hash;
    const link = forge(
      {
        installation,
        case: caseId,
        seq,
        type: draft.type,
        recordedAt: now,
        occurredAt,
        actor: { kind: actor.kind, id: actor.id, post: cause.post ?? null },
        actId: cause.actId ?? null,
        program: programHash,
        keyId: key?.id ?? null,
        prev: head,
      },
      draft.data,
      drawSalt(),
    );
    pending.events.push({
      case_id: caseId,
      seq,
      type: draft.type,
      ...link,
      prev: head,
      recorded_at: now,
      occurred_at: occurredAt,
      actor_kind: actor.kind,
      actor_id: actor.id,
      actor_post: cause.post ?? null,
      act_id: cause.actId ?? null,
      program_hash: programHash,
    });
    project(pending.models, event, state);
    head = link.hash;
    events.push(event);
  }
  return { progress: { state, seq, head }, events };
}
