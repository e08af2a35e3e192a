import { randomUUID } from 'node:crypto';
import type { Bench } from './context.ts';
import type { Side } from './rounds.ts';
import { drained, type SentRound } from './witness.ts';

/** A side that records notes on cases over HTTP, and remembers which in which round. */
export interface ActsSide extends Side {
  readonly rounds: SentRound[];
  /** Every act sent, those of warm-up rounds included. */
  readonly sent: { count: number };
}

/** Each client goes round its own share of the cases; with fewer cases than clients they meet on them. */
export function actsSide(bench: Bench, caseIds: readonly string[], clients: number): ActsSide {
  const { api, cases, installation } = bench;
  const rounds: SentRound[] = [];
  const sent = { count: 0 };
  let current: SentRound | undefined;
  const share = Math.max(1, Math.floor(caseIds.length / clients));
  const turns = Array.from({ length: clients }, () => 0);
  return {
    name: 'ours',
    rounds,
    sent,
    async call(client) {
      const turn = turns[client]!++ % share;
      const caseId = caseIds[(client * share + turn) % caseIds.length]!;
      const envelope = { type: 'note.add', data: { text: bench.text() } };
      const { body } = await api.post(`/cases/${caseId}/acts`, cases.caseworker, envelope, randomUUID());
      sent.count += 1;
      current?.acts.push(body.act.id as string);
    },
    settle: () => drained(installation.sql),
    async round(event) {
      if (event === 'end') {
        rounds.push(current!);
        current = undefined;
      } else {
        current = { begunAt: Date.now(), acts: [] };
      }
    },
  };
}

/** A side of updates on bare workflows, spread over the clients in the same way. */
export function updatesSide(
  bench: Bench,
  options: { name: string; update: string; workflowIds: readonly string[]; clients: number; mostUnderWay?: number },
): Side & { readonly sent: { count: number } } {
  const { name, update, workflowIds, clients } = options;
  const share = Math.max(1, Math.floor(workflowIds.length / clients));
  const turns = Array.from({ length: clients }, () => 0);
  const gate = createGate(options.mostUnderWay ?? Number.POSITIVE_INFINITY);
  const sent = { count: 0 };
  return {
    name,
    sent,
    async call(client) {
      const turn = turns[client]!++ % share;
      const workflowId = workflowIds[(client * share + turn) % workflowIds.length]!;
      await gate(() => bench.reference.update(workflowId, update, bench.text()));
      sent.count += 1;
    },
  };
}

/** Lets only so many run at a time; the others wait in order. */
function createGate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
