/** Somebody's time in a post: `from` included, `until` excluded. */
export interface Tenure {
  readonly post: string;
  readonly person: string;
  readonly from: string;
  readonly until: string | null;
  readonly how: 'appointment' | 'substitution';
}

/**
 * Under which appointment, or as whose deputy, somebody was in a post at an instant: what was in force then, not what holds
 * today. Undefined where the organisation knows of none. The one rule for dossiers and for what auditors are shown.
 */
export function inForceAmong(tenures: readonly Tenure[]) {
  const of = new Map<string, Tenure[]>();
  for (const tenure of tenures) {
    const key = keyOf(tenure);
    const same = of.get(key);
    if (same) same.push(tenure);
    else of.set(key, [tenure]);
  }
  return (post: string, person: string, at: string): Tenure | undefined =>
    of.get(keyOf({ post, person }))?.find(({ from, until }) => from <= at && (until === null || until > at));
}

function keyOf({ post, person }: Pick<Tenure, 'post' | 'person'>): string {
  return JSON.stringify([post, person]);
}
