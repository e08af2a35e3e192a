import type { Text } from './program.ts';
import type { Instant } from './time.ts';

/**
 * One act of a script, in the words of `POST /cases/{id}/acts`. Where the act needs what only the running system knows:
 * `evidence` names kinds, of which the driver uploads one document each; a `target` that begins with `@` means what the act
 * with that `label` made (an entry, a payout); any other target is sent as it is.
 */
export interface ScriptedAct {
  /** Days of 24 hours after the opening at which it happened; never in the future (see {@link occurredAt}). */
  readonly day: number;
  /** Who is signed in: a post role of the program (its holder's login), or `caseworker`, `subDistrictHead`, `districtHead`. */
  readonly as: string;
  readonly type: string;
  readonly label?: string;
  readonly target?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly onBehalfOf?: string;
  readonly evidence?: readonly ('photo' | 'file')[];
  /** What this moment means in the story, for a printed demo. */
  readonly says?: Text;
}

/**
 * How a case of a scenario stands when its days are over. What is not named is not looked at; `balancesFen`: the cash side of a
 * book over all channels, in fen; `counts`: how often an item was done in all, by key; `refused`: codes of acts that are refused, in order.
 */
export interface ScenarioEnd {
  readonly status: 'proposed' | 'open' | 'suspended' | 'followUp' | 'closed';
  readonly stage?: string;
  readonly outcome?: string;
  readonly balancesFen?: Readonly<Record<string, number>>;
  readonly counts?: Readonly<Record<string, number>>;
  readonly refused?: readonly string[];
}

/** A named story of a program: data for tests, the simulator and the demo. People in it are given by surname only. */
export interface Scenario {
  readonly name: Text;
  readonly program: string;
  /** How far back the case is opened; at most 30, or the opening is refused. */
  readonly openedDaysAgo: number;
  readonly data: Readonly<Record<string, string | number | boolean>>;
  readonly parties: readonly { readonly role: string; readonly name: string; readonly birthDate?: string }[];
  /** Kind of post for each post role; the driver finds the post of that kind in the case's unit. */
  readonly assignments: Readonly<Record<string, string>>;
  /** In the order in which they are sent and in which they happened. */
  readonly acts: readonly ScriptedAct[];
  /** The contract suite (sdk/testing) plays the scenario and compares. */
  readonly ends?: ScenarioEnd;
}

const DAY_MS = 86_400_000;

/** When an act of a script happened, for a case opened at `openedAt`; cut off at `now`, for nothing happens in the future. */
export function occurredAt(act: ScriptedAct, openedAt: Instant, now: Instant): Instant {
  const at = new Date(Date.parse(openedAt) + Math.round(act.day * DAY_MS)).toISOString();
  return at < now ? at : now;
}

/**
 * The id of what an act made, from the events of its answer: an entry, a payout, an item, a party. It is what a later
 * `@label` stands for; undefined when the act made nothing that has an id.
 */
export function idMadeBy(
  type: string,
  events: readonly { readonly type: string; readonly data: unknown }[],
): string | undefined {
  const own = events.find((event) => event.type.startsWith(type)) ?? events[0];
  const data = (own?.data ?? {}) as Record<string, unknown>;
  const inner = (data['entry'] ?? data['item'] ?? data['party'] ?? data) as Record<string, unknown>;
  return typeof inner['id'] === 'string' ? inner['id'] : undefined;
}
