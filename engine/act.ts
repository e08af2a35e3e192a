import type { Instant } from '../sdk/time.ts';

/** A value of a case field. */
export type FieldValue = string | number | boolean;

/** Who does something. `person`: signed in as that person; `import`: taken over from paper by a person; `system`: time or an effect. */
export interface Actor {
  readonly kind: 'person' | 'system' | 'import';
  /** Person id; for `system` the name of what acts, e.g. `clock`. */
  readonly id: string;
  /** Rights of the login that do not come from a post: `caseworker`, `auditor`, `admin`. */
  readonly logins: readonly { readonly role: string; readonly unit: string }[];
}

/**
 * One act, as decided by the engine. `target` names the item, deadline, entry, party … (an id, or a program key meaning the
 * oldest open occurrence). `occurredAt` is when it happened; the recorded time is `World.now`.
 */
export interface Act {
  readonly id: string;
  readonly type: string;
  readonly actor: Actor;
  readonly target?: string;
  readonly occurredAt?: Instant;
  readonly reason?: string;
  readonly data?: unknown;
  /** Documents already attached to the case or uploaded for it; their facts are in `World.facts.documents`. */
  readonly evidence?: readonly string[];
  /** A role or a party id on whose behalf the actor speaks (evidence or a witness is then asked). */
  readonly onBehalfOf?: string;
}
