/** A number with its nonce, as Temporal keeps it and the database holds the last of them. */
export interface KeptNonce {
  readonly n: number;
  readonly nonce: string;
}

/** A database server: what changes when a backup is restored into another one, and when it goes on from an earlier point. */
export interface ServerIds {
  readonly system: string | null;
  readonly timeline: number | null;
}

/** What is known of both stores at one moment. */
export interface StoresSeen {
  /** The row of the database. */
  readonly mark: ServerIds & { readonly n: number; readonly nonce: string | null; readonly restored: boolean };
  /** The server that answers now; null where it does not tell. */
  readonly server: ServerIds;
  /** What Temporal was told last, none where it knows nothing of this installation; undefined while it cannot be asked. */
  readonly temporal: readonly KeptNonce[] | undefined;
  /** What this machine remembers outside both. */
  readonly outside: (ServerIds & { readonly n: number }) | undefined;
}

/** `restored`: the database is at an earlier point. `temporal behind`: Temporal is. `unknown`: it cannot be said, and nothing may fire. */
export type StoresVerdict =
  | { readonly kind: 'agree' }
  | { readonly kind: 'restored'; readonly why: string }
  | { readonly kind: 'temporal behind' }
  | { readonly kind: 'unknown' };

const differs = <T>(one: T | null, other: T | null): boolean => one !== null && other !== null && one !== other;

/** Says which of the stores is at an earlier point than the other, if one is. */
export function judgeStores({ mark, server, temporal, outside }: StoresSeen): StoresVerdict {
  const restored = (why: string) => ({ kind: 'restored', why }) as const;
  if (mark.restored) return restored('it was restored from a backup');
  if (differs(mark.system, server.system)) return restored('it lies on another server');
  if (differs(mark.timeline, server.timeline)) return restored("the server's timeline is another one");
  if (outside && outside.n > mark.n) return restored('this machine remembers a later mark');
  if (temporal === undefined) {
    // a disk that was put back as a whole looks the same from inside: somebody else has to be asked
    if (!outside && mark.n > 0) return { kind: 'unknown' };
    const same = !outside || !(differs(outside.system, server.system) || differs(outside.timeline, server.timeline));
    return same ? { kind: 'agree' } : { kind: 'unknown' };
  }
  const told = Math.max(0, ...temporal.map(({ n }) => n));
  if (mark.n > told) return { kind: 'temporal behind' };
  if (told === 0) return { kind: 'agree' };
  const known = temporal.some(({ n, nonce }) => n === mark.n && nonce === mark.nonce);
  // whoever told Temporal the next one may have ended before he wrote it down
  const first = mark.n === 0 && mark.nonce === null && told === 1;
  if ((known || first) && mark.n >= told - 1) return { kind: 'agree' };
  return restored('Temporal was told a later mark');
}
