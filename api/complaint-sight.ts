import { complaintsAgainst } from '../db/queries/complaints.ts';
import type { Caller } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';

/** An event as far as the rule looks at it. */
interface Seen {
  readonly seq: number;
  readonly type: string;
  readonly actorId: string;
  readonly data: object;
}

/**
 * What a complaint left in a case's record is not shown to whoever it is about: a complaint does not pass through them, and
 * whoever complains must not have to fear them. It is left out, not masked: that somebody complained must not show either.
 */
export interface ComplaintSight {
  hides(event: Seen): boolean;
  hidesMessage(id: string): boolean;
}

/** The sight of a caller on the complaints of a case. What he wrote himself he may read. */
export async function complaintSight(
  deps: Pick<AppDeps, 'sql'>,
  caller: Pick<Caller, 'person'>,
  caseId: string,
): Promise<ComplaintSight> {
  const against = await complaintsAgainst(deps.sql, caseId, caller.person);
  const seqs = new Set(against.map(({ seq }) => seq));
  const messages = new Set(against.flatMap((each) => each.messages));
  return {
    hides({ seq, type, actorId, data }) {
      if (actorId === caller.person) return false;
      if (type === 'message.acknowledged') return messages.has(String((data as { message?: unknown }).message));
      return seqs.has(seq);
    },
    hidesMessage: (id) => messages.has(id),
  };
}
