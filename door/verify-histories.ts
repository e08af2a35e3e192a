import { canonicalJson } from '../sdk/canonical.ts';
import type { Instant } from '../sdk/time.ts';
import { GENESIS, sha256 } from './chain.ts';
import { compareWoken } from './compare-acts.ts';
import type { WitnessedEvent } from './outcome.ts';
import type { Snapshot } from './verify-snapshot.ts';

/** A run of a case's workflow as Temporal or the archive keeps it: where it began, the events it was told, where it stands. */
export interface WitnessedRun {
  readonly runId: string;
  readonly running: boolean;
  readonly start: { readonly seq: number; readonly head: string };
  readonly events: readonly WitnessedEvent[];
  readonly end: { readonly seq: number; readonly head: string };
  /** The acts that woke it, as the signals name them: ids and types. */
  readonly acts?: readonly (readonly [id: string, type: string])[];
  /** It has found the record behind and stands still. */
  readonly frozen: boolean;
  /** The runs it went on from and into, and when it ended. */
  readonly previousRun?: string;
  readonly nextRun?: string;
  readonly closedAt?: Instant;
  /** True for one that was read from the archive. */
  readonly archived?: true;
}

/** How histories and record agree. `witnessed` counts the record's events that lie in some history. */
export interface HistoriesCompared {
  readonly witnessed: number;
  readonly findings: readonly { readonly rule: 'history' | 'archive'; readonly seq?: number; readonly what: string }[];
}

/** Compares what the histories of a case hold with its record: every position and every event, byte for byte by hash, and the types of acts. `asked`: Temporal was asked for them as well. */
export function compareHistories(
  runs: readonly WitnessedRun[],
  { row, events, acts }: Pick<Snapshot, 'row' | 'events' | 'acts'>,
  asked = true,
): HistoriesCompared {
  const findings: { rule: 'history' | 'archive'; seq?: number; what: string }[] = [];
  const recorded = new Map(events.map(({ seq, hash }) => [seq, hash]));
  recorded.set(0, GENESIS);
  const seen = new Set<number>();
  const at = (rule: 'history' | 'archive', seq: number, hash: string, what: string): void => {
    if (recorded.get(seq) === hash) return;
    findings.push({
      ...{ rule, seq },
      what: recorded.has(seq) ? `${what} knows another event here` : `${what} knows an event that the record lacks`,
    });
  };
  const none = runs.every(({ archived }) => archived);
  if (asked && none && row.witnessed_seq > 0 && row.status !== 'closed') {
    findings.push({
      rule: 'history',
      what: 'the case has no workflow any more: start it again with "linli restore-workflows"',
    });
  }
  const followed = new Set(runs.map(({ previousRun }) => previousRun));
  for (const { runId, start, events: told, end, frozen, archived } of runs) {
    const where = `${archived ? 'archived run' : 'run'} ${runId} of its workflow`;
    const rule = archived ? 'archive' : 'history';
    at(rule, start.seq, start.head, where);
    for (const { hash, header, payload } of told) {
      seen.add(header.seq);
      at(rule, header.seq, hash, where);
      if (sha256(canonicalJson(header)) !== hash || (payload && sha256(canonicalJson(payload)) !== header.commitment)) {
        findings.push({ rule, seq: header.seq, what: `${where} holds an event that does not match its own hash` });
      }
    }
    at(rule, end.seq, end.head, where);
    // one that was let go since went on in another run
    if (frozen && !followed.has(runId))
      findings.push({ rule, seq: end.seq, what: `${where} has found the record behind and is frozen` });
  }
  const woken = runs.flatMap((run) => run.acts ?? []);
  for (const { id, seq } of compareWoken(woken, acts))
    findings.push({ rule: 'history', seq, what: `act ${id} woke its workflow as one of another type` });
  return { witnessed: [...seen].filter((seq) => recorded.has(seq)).length, findings };
}
