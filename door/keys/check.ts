import type { KeptKey, KeyCopies } from './data-keys.ts';
import { type KeepingDeps, keptKeys } from './rewrap.ts';
import { unwrap } from './wrapping.ts';

/** What was found of the data keys. */
export interface KeyCheck {
  /** Keys looked at. */
  readonly keys: number;
  /** Of them, wrapped with an older yearly key than the newest. */
  readonly before: number;
  /** Copies outside the database that were missing or differed; written anew when that was asked for. */
  readonly copies: number;
  /** In words: each a key that cannot be had. */
  readonly findings: readonly string[];
}

/** Opens every data key with the yearly keys at hand, and compares the copies outside the database. With `mend`, copies are put right. */
export async function checkKeys(deps: KeepingDeps, mend = false): Promise<KeyCheck> {
  const { yearly, copies } = deps;
  const newest = yearly.newest().id;
  const findings: string[] = [];
  let [keys, before, unlike] = [0, 0, 0];
  for await (const page of keptKeys(deps)) {
    for (const key of page) {
      keys += 1;
      if (key.yearlyKey !== newest) before += 1;
      const fault = faultOf(deps, key);
      if (fault) findings.push(fault);
      if (fault || !copies || isCopied(copies, key)) continue;
      unlike += 1;
      if (mend) copies.write(key);
    }
  }
  return { keys, before, copies: unlike, findings };
}

function faultOf({ yearly, copies }: KeepingDeps, key: KeptKey): string | undefined {
  if (copies?.isBuried?.(key.owner))
    return `the data key ${key.id} was destroyed, and is here again with a restored database: linli retention reapply`;
  const outer = yearly.byId(key.yearlyKey);
  if (!outer) return `the data key ${key.id} is wrapped with the yearly key ${key.yearlyKey}, which is not here`;
  try {
    unwrap(outer, key, key.wrapped);
    return undefined;
  } catch {
    return `the data key ${key.id} is not what was wrapped with the yearly key ${key.yearlyKey}`;
  }
}

function isCopied(copies: KeyCopies, key: KeptKey): boolean {
  try {
    const copy = copies.read(key.owner);
    return copy?.id === key.id && copy.yearlyKey === key.yearlyKey && Buffer.from(copy.wrapped).equals(key.wrapped);
  } catch {
    return false;
  }
}
