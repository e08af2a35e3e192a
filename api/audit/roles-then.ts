import type { Assignment } from '../../engine/state.ts';

/** Who fills roles of a case from an event on. */
interface RoleEvent {
  readonly caseId: string;
  readonly seq: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Its words cannot be read: who fills which role from here on is not known. */
  readonly unread?: boolean;
}

interface Filled {
  readonly seq: number;
  readonly role: string;
  readonly assignment: Assignment;
}

/**
 * The roles of a case that a post or a person filled when an event was recorded, from the events that said so: the opening,
 * assignments, and moves to another unit. Null behind one of these that cannot be read: it may have said anything.
 */
export function rolesThenFrom(events: readonly RoleEvent[]) {
  const filled = new Map<string, Filled[]>();
  const unknownFrom = new Map<string, number>();
  for (const { caseId, seq, data, unread } of events) {
    if (unread && !unknownFrom.has(caseId)) unknownFrom.set(caseId, seq);
    const { assignments, role, assignment } = data as {
      assignments?: Readonly<Record<string, Assignment>>;
      role?: string;
      assignment?: Assignment;
    };
    const given = assignments ?? (role === undefined ? {} : { [role]: assignment ?? {} });
    const of = filled.get(caseId) ?? [];
    of.push(...Object.entries(given).map(([name, each]) => ({ seq, role: name, assignment: each })));
    filled.set(caseId, of);
  }
  return ({ caseId, seq, actorId, actorPost }: Acted): string[] | null => {
    if (seq >= (unknownFrom.get(caseId) ?? Number.POSITIVE_INFINITY)) return null;
    const now = new Map<string, Assignment>();
    for (const each of filled.get(caseId) ?? []) if (each.seq <= seq) now.set(each.role, each.assignment);
    return [...now].flatMap(([role, { post, person }]) =>
      person === actorId || (post !== undefined && post === actorPost) ? [role] : [],
    );
  };
}

/** An event as far as the rule looks at it. */
interface Acted {
  readonly caseId: string;
  readonly seq: number;
  readonly actorId: string;
  readonly actorPost: string | null;
}
