/** How fast what one key stands for may go: so many at once, and so many a minute after that. */
export interface RateLimitOptions {
  readonly burst: number;
  readonly perMinute: number;
  /** Keys kept in mind at most; the one not seen for longest is forgotten first. Default 10,000. */
  readonly mostKeys?: number;
  /** Milliseconds that only go up; default this process' own. */
  readonly nowMs?: () => number;
}

/**
 * Takes one from what a key has left, or nothing (`cost` 0: only looks); answers after how many whole seconds to come again when
 * nothing is left.
 */
export type RateLimit = (key: string, cost?: 0 | 1) => number | undefined;

/**
 * A bucket of tokens for each key, in the memory of this process: it spares the database, and is no promise over several
 * processes. Keys are taken as given, so give it hashes of secrets.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { burst, perMinute, mostKeys = 10_000, nowMs = () => performance.now() } = options;
  const buckets = new Map<string, { left: number; at: number }>();
  const perMs = perMinute / 60_000;
  const waitFor = (left: number) => Math.max(1, Math.ceil((1 - left) / perMs / 1000));
  return (key, cost = 1) => {
    const now = nowMs();
    const found = buckets.get(key);
    const left = found ? Math.min(burst, found.left + (now - found.at) * perMs) : burst;
    if (cost === 0) return left < 1 ? waitFor(left) : undefined;
    buckets.delete(key);
    const oldest = buckets.size >= mostKeys ? buckets.keys().next().value : undefined;
    if (oldest !== undefined) buckets.delete(oldest);
    buckets.set(key, { left: left < 1 ? left : left - 1, at: now });
    return left < 1 ? waitFor(left) : undefined;
  };
}
