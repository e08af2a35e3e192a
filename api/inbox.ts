import { unreadMessages } from '../db/queries/inbox.ts';
import { type Caller, hasLogin } from './auth/caller.ts';
import { type ComplaintSight, complaintSight } from './complaint-sight.ts';
import type { AppDeps } from './deps.ts';

/** Kinds of messages that never come from a complaint. */
const PLAIN: ReadonlySet<string> = new Set(['rung', 'nudge', 'transfer']);

/** The unit whose messages to nobody in office the caller finds in his inbox, because he administers it. */
export function administeredBy(caller: Caller): string | undefined {
  return hasLogin(caller, 'admin') ? caller.unit : undefined;
}

/** Leaves out the messages that are not shown to the caller, because they tell of a complaint about him. */
export async function shownTo<M extends { readonly id: string; readonly caseId: string | null; readonly kind: string }>(
  deps: Pick<AppDeps, 'sql'>,
  caller: Pick<Caller, 'person'>,
  messages: readonly M[],
): Promise<M[]> {
  const cases = new Set(messages.flatMap(({ kind, caseId }) => (PLAIN.has(kind) || caseId === null ? [] : [caseId])));
  const sights = await Promise.all(
    [...cases].map(
      async (caseId): Promise<[string, ComplaintSight]> => [caseId, await complaintSight(deps, caller, caseId)],
    ),
  );
  const byCase = new Map(sights);
  return messages.filter(({ id, caseId }) => !byCase.get(caseId ?? '')?.hidesMessage(id));
}

/** How many messages wait for the caller. */
export async function countUnread(deps: Pick<AppDeps, 'sql'>, caller: Caller): Promise<number> {
  const rows = await unreadMessages(deps.sql, caller.person, administeredBy(caller));
  return (await shownTo(deps, caller, rows)).length;
}
