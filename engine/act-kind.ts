import type { z } from 'zod';
import type { Instant } from '../sdk/time.ts';
import type { Act } from './act.ts';
import type { EventDraft } from './event.ts';
import type { Refusal } from './refusal.ts';
import type { Roles } from './rights.ts';
import type { State, Status } from './state.ts';
import type { World } from './world.ts';

/** What an act is decided on. `at` is when it happened: `occurredAt`, or now. */
export interface ActContext<D = unknown> {
  readonly state: State;
  readonly act: Act;
  readonly data: D;
  readonly at: Instant;
  readonly world: World;
  readonly roles: Roles;
}

/** One type of act: the shape of its data, who may do it, in which states of the case, and what it leads to. */
export interface ActKind<D = unknown> {
  readonly data: z.ZodType<D>;
  /** Roles (engine/rights.ts) of which the actor needs one, given the parsed data. */
  readonly who: (context: ActContext<D>) => readonly string[];
  /** States of the case it can be done in; the default is proposed, open and followUp. */
  readonly statuses?: readonly Status[];
  readonly reasonNeeded?: true;
  /** May be recorded long after it happened without a reason. */
  readonly lateExempt?: true;
  /** Part of what began on paper: dated before the opening of an imported case it needs no reason. */
  readonly fromPaper?: true;
  /** Done in a role that collides with another of the actor's all the same: to speak, to read, and to end the collision. */
  readonly evenColliding?: true;
  /** Rights for this kind of act alone of people who may have no role on the case: a unit that is asked, a post that was told. */
  readonly outsiders?: (asked: Pick<ActContext, 'state' | 'act' | 'world'>) => Roles;
  /** Also while the case is handed to another installation. */
  readonly whileAway?: true;
  /** It may be done when another installation has confirmed that it has the case: here it has ended. */
  readonly onceDeparted?: true;
  /** True when only a process of Linli itself sends it. */
  readonly internal?: true;
  readonly decide: (context: ActContext<D>) => readonly EventDraft[] | Refusal;
}

/** Types an act kind and forgets its data type again, for the table of all kinds. */
export function actKind<D>(kind: ActKind<D>): ActKind {
  return kind as unknown as ActKind;
}

/** Whether an answer is a refusal. */
export function isRefusal(answer: object): answer is Refusal {
  return 'code' in answer && 'waysOut' in answer;
}
