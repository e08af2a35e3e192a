import { sealedFor } from '../db/queries/complaints.ts';
import { type Caller, may } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';

/** An event as far as the rule looks at it. */
interface Seen {
  readonly seq: number;
  readonly type: string;
  readonly actorId: string;
  readonly data: object;
}

/**
 * What complaints and emergencies left in a case's record is not shown to whoever they are about: they do not pass through
 * them, and whoever speaks up must not have to fear them. Where they are about nobody known, only who spoke, who was told and
 * auditors read them: it may be about anybody who works on the case. It is left out, not masked: that somebody spoke up must not show either.
 */
export interface ComplaintSight {
  hides(event: Seen): boolean;
  hidesMessage(id: string): boolean;
}

/** Types of events that name the complaint or emergency they are about. */
const FAMILY = /^(complaint|emergency)\./;

/** The sight of a caller on the complaints and emergencies of a case. What he wrote himself he may read. */
export async function complaintSight(
  deps: Pick<AppDeps, 'sql'>,
  caller: Caller,
  caseId: string,
): Promise<ComplaintSight> {
  const sealed = await sealedFor(deps.sql, caseId, {
    person: caller.person,
    adminOf: may(caller, 'leftOver') ? caller.unit : undefined,
    auditorOf: may(caller, 'audit') ? caller.unit : undefined,
  });
  const [seqs, ids, messages] = [new Set(sealed.seqs), new Set(sealed.ids), new Set(sealed.messages)];
  return {
    hides({ seq, type, actorId, data }) {
      if (actorId === caller.person) return false;
      if (type === 'message.acknowledged') return messages.has(String((data as { message?: unknown }).message));
      return seqs.has(seq) || (FAMILY.test(type) && ids.has(String((data as { id?: unknown }).id)));
    },
    hidesMessage: (id) => messages.has(id),
  };
}
