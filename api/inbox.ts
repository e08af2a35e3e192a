import { acknowledgeNotice } from '../db/queries/channels.ts';
import { unreadMessages } from '../db/queries/inbox.ts';
import { caseOfMessage, listMessages, type MessageRow } from '../db/queries/work.ts';
import { actorOf, type Caller, may } from './auth/caller.ts';
import { type ComplaintSight, complaintSight } from './complaint-sight.ts';
import type { AppDeps } from './deps.ts';
import { encodeCursor } from './pagination.ts';

/** Kinds of messages that never come from a complaint. */
const PLAIN: ReadonlySet<string> = new Set(['rung', 'nudge', 'transfer']);

/** The unit whose messages to nobody in office the caller finds in his inbox, because he administers it. */
export function administeredBy(caller: Caller): string | undefined {
  return may(caller, 'leftOver') ? caller.unit : undefined;
}

/** Leaves out the messages that are not shown to the caller, because they tell of a complaint about him. */
export async function shownTo<M extends { readonly id: string; readonly caseId: string | null; readonly kind: string }>(
  deps: Pick<AppDeps, 'sql'>,
  caller: Caller,
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

/** A page of the inbox as its reader sees it. */
export interface InboxPage {
  readonly messages: readonly MessageRow[];
  /** Where the next page begins; null after the last message. */
  readonly next: string | null;
}

/** So many times further messages are looked at for a page; then it stays shorter, and the next goes on from there. */
const MOST_LOOKS = 20;

/**
 * A page of the caller's inbox, filled to its limit: where messages are kept from him, the next ones take their place, so that
 * neither a gap nor an empty page tells that there are any. Reads the cursor in `at`.
 */
export async function inboxPage(
  deps: Pick<AppDeps, 'sql'>,
  caller: Caller,
  {
    limit,
    at,
    acknowledged,
  }: {
    readonly limit: number;
    readonly at: readonly (string | number | null)[] | undefined;
    readonly acknowledged?: boolean | undefined;
  },
): Promise<InboxPage> {
  const place = ({ createdAt, id }: MessageRow) => encodeCursor([createdAt, id]);
  const found: MessageRow[] = [];
  let after = at && { createdAt: String(at[0]), id: String(at[1]) };
  for (let n = 0; n < MOST_LOOKS; n++) {
    const filters = { limit, after, acknowledged, adminOf: administeredBy(caller) };
    const rows = await listMessages(deps.sql, caller.person, filters);
    found.push(...(await shownTo(deps, caller, rows)));
    const messages = found.slice(0, limit);
    if (found.length > limit) return { messages, next: place(messages.at(-1)!) };
    if (rows.length <= limit) return { messages, next: null };
    after = rows.at(-1);
  }
  return { messages: found, next: after ? encodeCursor([after.createdAt, after.id]) : null };
}

/** How many messages wait for the caller. */
export async function countUnread(deps: Pick<AppDeps, 'sql'>, caller: Caller): Promise<number> {
  const rows = await unreadMessages(deps.sql, caller.person, administeredBy(caller));
  return (await shownTo(deps, caller, rows)).length;
}

/** What became of reading a message: of a case it is an act, of anything else a note of when. */
export type Acknowledged =
  | { readonly caseId: string; readonly outcome: Awaited<ReturnType<AppDeps['door']['act']>> }
  | { readonly caseId: undefined; readonly at: string };

/** Acknowledges a message of the caller's inbox. Undefined where it is none of his, or is kept from him. */
export async function acknowledgeMessage(
  deps: AppDeps,
  caller: Caller,
  { messageId, actId }: { readonly messageId: string; readonly actId: string },
): Promise<Acknowledged | undefined> {
  const adminOf = administeredBy(caller);
  const caseId = await caseOfMessage(deps.sql, caller.person, messageId, adminOf);
  if (caseId === undefined) {
    const at = await acknowledgeNotice(deps.sql, caller.person, messageId, adminOf);
    return at ? { caseId, at } : undefined;
  }
  if ((await complaintSight(deps, caller, caseId)).hidesMessage(messageId)) return undefined;
  const act = { id: actId, type: 'message.acknowledge', target: messageId, actor: actorOf(caller) };
  return { caseId, outcome: await deps.door.act({ caseId, act }) };
}
