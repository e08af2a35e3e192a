import type { Purpose } from './purposes.ts';

/** How somebody stands to a case he reads. */
export type Relation =
  | 'ownCase'
  | 'responsible'
  | 'caseWork'
  | 'supervision'
  | 'audit'
  | 'administration'
  | 'breakGlass';

/** What one request has read of cases, gathered on its way to the access log. */
export interface Reads {
  /** Whether this request only reads, and nothing of money: what an emergency access is good for. */
  readonly emergencies: boolean;
  /** What the request says it reads for. */
  readonly purpose: Purpose | undefined;
  /** Says what it reads for, where that does not stand in its header. */
  state(purpose: Purpose): void;
  /** That a case was read, and how the caller stands to it. */
  add(caseId: string, relation?: Relation, emergency?: string): void;
  /** That something of these cases is in the answer. */
  cases(ids: Iterable<string | null>): void;
  /** What was gathered, in order of the ids. */
  readonly gathered: () => {
    readonly cases: readonly string[];
    readonly relation: Relation | undefined;
    readonly purpose: Purpose | undefined;
    readonly emergency: string | undefined;
  };
}

/** Nothing read yet. */
export function createReads(emergencies = false, purpose?: Purpose): Reads {
  const ids = new Set<string>();
  let stated = purpose;
  let first: { readonly relation?: Relation | undefined; readonly emergency?: string | undefined } = {};
  return {
    emergencies,
    get purpose() {
      return stated;
    },
    state(named) {
      stated = named;
    },
    add(caseId, relation, emergency) {
      ids.add(caseId);
      // an emergency says more than any other relation
      if (emergency !== undefined || first.relation === undefined) first = { relation, emergency };
    },
    cases(more) {
      for (const id of more) if (id !== null) ids.add(id);
    },
    gathered: () => ({ cases: [...ids].sort(), relation: first.relation, purpose: stated, emergency: first.emergency }),
  };
}
