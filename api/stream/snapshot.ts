import type { WorkRow } from '../../db/queries/changes.ts';

/** Something to tell whoever follows his work list and inbox: ids, kinds and counts, never a word of what it is about. */
export type Notice =
  | { readonly event: 'counts'; readonly data: Counts }
  | { readonly event: 'tasks'; readonly data: TaskNotice & Counts }
  | { readonly event: 'inbox'; readonly data: InboxNotice & Counts };

/** How much there is. */
export interface Counts {
  readonly tasks: number;
  readonly overdue: number;
  readonly unread: number;
}

/** What has changed in the work list, by case; `all`: more than that, read it again. */
export interface TaskNotice {
  readonly all?: true;
  readonly cases: readonly {
    readonly id: string;
    readonly added: readonly { readonly id: string; readonly kind: string }[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  }[];
}

/** Which messages have come, and which wait no more; `all`: more than that, read the inbox again. */
export interface InboxNotice {
  readonly all?: true;
  readonly added: readonly { readonly id: string; readonly kind: string; readonly caseId: string | null }[];
  readonly removed: readonly string[];
}

/** The items of one case in a work list, by id. */
type CaseWork = ReadonlyMap<string, WorkRow>;

/** A work list by case. */
export type Work = ReadonlyMap<string, CaseWork>;

/** A message that waits. */
export interface Waiting {
  readonly id: string;
  readonly caseId: string | null;
  readonly kind: string;
  readonly createdAt: string;
}

/** A work list by case. */
export function workOf(rows: readonly WorkRow[]): Map<string, Map<string, WorkRow>> {
  const work = new Map<string, Map<string, WorkRow>>();
  for (const row of rows) {
    const items = work.get(row.caseId) ?? new Map<string, WorkRow>();
    work.set(row.caseId, items.set(row.itemId, row));
  }
  return work;
}

/** What has changed between two states of a work list in some cases. */
export function workChanges(before: Work, after: Work, cases: Iterable<string>): TaskNotice['cases'] {
  return [...cases].flatMap((id) => {
    const [was, is]: CaseWork[] = [before.get(id) ?? new Map(), after.get(id) ?? new Map()];
    const added = [...is!.values()].filter(({ itemId }) => !was!.has(itemId));
    const changed = [...is!.values()].filter(
      (row) => was!.has(row.itemId) && was!.get(row.itemId)!.dueAt !== row.dueAt,
    );
    const removed = [...was!.keys()].filter((itemId) => !is!.has(itemId));
    if (added.length + changed.length + removed.length === 0) return [];
    return [
      {
        id,
        added: added.map(({ itemId, kind }) => ({ id: itemId, kind })),
        changed: changed.map(({ itemId }) => itemId),
        removed,
      },
    ];
  });
}

/** What has changed between two states of an inbox's waiting messages. */
export function inboxChanges(before: readonly Waiting[], after: readonly Waiting[]): InboxNotice {
  const ids = (list: readonly Waiting[]) => new Set(list.map(({ id }) => id));
  const [was, is] = [ids(before), ids(after)];
  return {
    added: after.filter(({ id }) => !was.has(id)).map(({ id, kind, caseId }) => ({ id, kind, caseId })),
    removed: before.filter(({ id }) => !is.has(id)).map(({ id }) => id),
  };
}

/** How much there is at a moment. */
export function countsOf(work: Work, unread: readonly Waiting[], now: string): Counts {
  const items = [...work.values()].flatMap((each) => [...each.values()]);
  const overdue = items.filter(({ dueAt }) => dueAt !== null && dueAt <= now).length;
  return { tasks: items.length, overdue, unread: unread.length };
}
