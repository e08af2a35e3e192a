import { canonicalJson } from '../sdk/canonical.ts';
import { GENESIS, sha256 } from './chain.ts';
import type { WitnessedEvent } from './outcome.ts';
import type { Snapshot } from './verify-snapshot.ts';

/** A run of a case's workflow as Temporal keeps it: where it began, the events it was told, where it stands. */
export interface WitnessedRun {
  readonly runId: string;
  readonly running: boolean;
  readonly start: { readonly seq: number; readonly head: string };
  readonly events: readonly WitnessedEvent[];
  readonly end: { readonly seq: number; readonly head: string };
  /** It has found the record behind and stands still. */
  readonly frozen: boolean;
}

/** How histories and record agree. `witnessed` counts the record's events that lie in some history. */
export interface HistoriesCompared {
  readonly witnessed: number;
  readonly findings: readonly { readonly seq?: number; readonly what: string }[];
}

/** Compares what the histories of a case hold with its record: every position and every event, byte for byte by hash. */
export function compareHistories(
  runs: readonly WitnessedRun[],
  { row, events }: Pick<Snapshot, 'row' | 'events'>,
): HistoriesCompared {
  const findings: { seq?: number; what: string }[] = [];
  const recorded = new Map(events.map(({ seq, hash }) => [seq, hash]));
  recorded.set(0, GENESIS);
  const seen = new Set<number>();
  const at = (seq: number, hash: string, what: string): void => {
    if (recorded.get(seq) === hash) return;
    findings.push({
      seq,
      what: recorded.has(seq) ? `${what} knows another event here` : `${what} knows an event that the record lacks`,
    });
  };
  if (runs.length === 0 && row.witnessed_seq > 0 && row.status !== 'closed') {
    findings.push({ what: 'the case has no workflow any more: start it again with "linli restore-workflows"' });
  }
  for (const { runId, start, events: told, end, frozen } of runs) {
    const where = `run ${runId} of its workflow`;
    at(start.seq, start.head, where);
    for (const { hash, header, payload } of told) {
      seen.add(header.seq);
      at(header.seq, hash, where);
      if (sha256(canonicalJson(header)) !== hash || (payload && sha256(canonicalJson(payload)) !== header.commitment)) {
        findings.push({ seq: header.seq, what: `${where} holds an event that does not match its own hash` });
      }
    }
    at(end.seq, end.head, where);
    if (frozen) findings.push({ seq: end.seq, what: `${where} has found the record behind and is frozen` });
  }
  return { witnessed: [...seen].filter((seq) => recorded.has(seq)).length, findings };
}
