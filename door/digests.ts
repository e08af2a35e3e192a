/** A document as the table keeps it, by the hash of its bytes. */
export interface KeptDocument {
  readonly id: string;
  readonly sha256: string;
}

/** What an event says, as far as it could be read. */
export interface Said {
  readonly seq: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A document that is not what an event commits to: another one lies under its id, or none. */
export interface DigestFault {
  readonly id: string;
  readonly seq: number;
  readonly why: 'another' | 'absent';
}

/** What the events of a case and its documents say of one another. */
export interface DigestsCompared {
  readonly faults: readonly DigestFault[];
  /** The documents whose contents some event commits to: all others are bound by their rows alone. */
  readonly committed: ReadonlySet<string>;
}

/**
 * Compares documents with what events commit to: `digests` holds the SHA-256 of each document that an act named. A document that an
 * event of an older release names without its digest has to be there all the same.
 */
export function compareDigests(events: readonly Said[], documents: readonly KeptDocument[]): DigestsCompared {
  const kept = new Map(documents.map(({ id, sha256 }) => [id, sha256]));
  const committed = new Set<string>();
  const faults: DigestFault[] = [];
  for (const { seq, type, data } of events) {
    const digests = Object.entries(Object(data['digests']) as Record<string, unknown>);
    for (const [id, sha256] of digests) {
      committed.add(id);
      if (kept.get(id) !== sha256) faults.push({ id, seq, why: kept.has(id) ? 'another' : 'absent' });
    }
    const told = new Set(digests.map(([id]) => id));
    for (const id of new Set(namedIn(type, data)))
      if (!told.has(id) && !kept.has(id)) faults.push({ id, seq, why: 'absent' });
  }
  return { faults, committed };
}

const namedIn = (type: string, data: Said['data']): string[] =>
  [data['evidence'], type === 'document.attached' ? data['documents'] : []].flatMap((each) =>
    Array.isArray(each) ? each.map(String) : [],
  );
