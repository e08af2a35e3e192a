import type { Transactions, Tx } from '../db/transactions.ts';
import { UNKNOWN_BODY } from './act-body.ts';
import { type ChainRow, GENESIS, type Header, sha256 } from './chain.ts';
import { destroyedFaults, EMPTIED } from './destroyed.ts';
import type { Engine } from './engine.ts';
import { objectIn } from './json-bytes.ts';
import type { BuriedCase } from './keys/data-keys.ts';
import { writeModels, writeRow } from './rebuild.ts';
import { rebuildModels } from './verify-models.ts';
import { snapshotIn } from './verify-snapshot.ts';

/** What became of one case that was destroyed before the database was put back. `absent`: this database never knew it. */
export type Reapplied =
  | { readonly caseId: string; readonly what: 'absent' | 'held' | 'destroyed' }
  | { readonly caseId: string; readonly what: 'refused'; readonly why: string };

/**
 * Destroys a case again that a restored database has brought back: what its chain lacks since is put back by its headers, up to
 * the same last event, and its contents go. Changes nothing where it is destroyed already. Refuses what was kept where it is no
 * whole chain that ends with its certificate, or two people have not decided it as they must, and a case whose chain tells something
 * else. Throws what the database throws.
 */
export function reapply(
  { transactions, engine }: { readonly transactions: Transactions; readonly engine: Engine },
  { caseId, headers, certificate }: BuriedCase,
): Promise<Reapplied> {
  return transactions.run(async (tx) => {
    const [row] = await tx`SELECT FROM cases WHERE case_id = ${caseId} FOR UPDATE`;
    if (!row) return { caseId, what: 'absent' };
    const kept = await tx<
      { seq: number; hash: string }[]
    >`SELECT seq, hash FROM events WHERE case_id = ${caseId} ORDER BY seq`;
    const hashes = headers.map((header) => sha256(header));
    const broken = brokenAt(caseId, headers, hashes, certificate);
    if (broken !== undefined)
      return {
        caseId,
        what: 'refused',
        why: `what was kept of it is damaged at event ${broken}: nothing is destroyed by it`,
      };
    const [fault] = destroyedFaults(rowsOf(headers, hashes, certificate));
    if (fault !== undefined)
      return {
        caseId,
        what: 'refused',
        why: `what was kept of it does not hold: ${fault}; nothing is destroyed by it`,
      };
    const differs = kept.find(({ seq, hash }) => hashes[seq - 1] !== hash);
    if (differs)
      return {
        caseId,
        what: 'refused',
        why: `its chain tells something else from event ${differs.seq} on: look at it first`,
      };
    if (kept.length === headers.length) return { caseId, what: 'held' };
    await putEvents(tx, headers.slice(kept.length), kept.length, hashes, certificate);
    await tx`UPDATE cases SET seq = ${headers.length}, head = ${hashes.at(-1) ?? GENESIS}, status = 'closed',
      last_at = greatest(last_at, ${(JSON.parse(headers.at(-1) ?? '{}') as Header).recordedAt}::timestamptz),
      frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL WHERE case_id = ${caseId}`;
    await tx`SELECT destroy_case(${caseId}, ${certificate})`;
    const snapshot = await snapshotIn(tx, caseId);
    const rebuilt = rebuildModels(snapshot.events);
    await writeRow(tx, engine, snapshot, rebuilt, caseId);
    await writeModels(tx, snapshot, rebuilt, caseId, 'next morning');
    return { caseId, what: 'destroyed' };
  });
}

/** The first event at which what was kept is no chain of this case that ends with its certificate; undefined: it is one. */
function brokenAt(
  caseId: string,
  headers: readonly string[],
  hashes: readonly string[],
  certificate: string,
): number | undefined {
  for (const [n, text] of headers.entries()) {
    const header = objectIn<Header>(Buffer.from(text));
    const follows = header?.case === caseId && header.seq === n + 1 && header.prev === (hashes[n - 1] ?? GENESIS);
    const isLast = n === headers.length - 1;
    const ends = !isLast || (header?.type === 'record.destroyed' && header.commitment === sha256(certificate));
    if (!follows || !ends) return n + 1;
  }
  return headers.length === 0 ? 1 : undefined;
}

/** The events that headers tell of, as far as it can be judged by them whether two people have decided. */
function rowsOf(headers: readonly string[], hashes: readonly string[], certificate: string): ChainRow[] {
  return headers.map((text, n) => {
    const { case: caseId, seq, type, recordedAt, occurredAt, actor, actId, program, prev } = JSON.parse(text) as Header;
    return {
      ...{ caseId, seq, type, prev, recordedAt, occurredAt, actId, header: Buffer.from(text), hash: hashes[n] ?? '' },
      ...{ actorKind: actor.kind, actorId: actor.id, actorPost: actor.post, programHash: program ?? '' },
      payload: Buffer.from(n === headers.length - 1 ? certificate : EMPTIED),
    };
  });
}

/** Puts back the events after the last that is there, and the acts they belong to; only the last one says anything. */
async function putEvents(
  tx: Tx,
  headers: readonly string[],
  after: number,
  hashes: readonly string[],
  certificate: string,
): Promise<void> {
  const said = headers.map((text) => JSON.parse(text) as Header);
  const seqs = new Map<string, number[]>();
  for (const { actId, seq } of said) if (actId !== null) seqs.set(actId, [...(seqs.get(actId) ?? []), seq]);
  for (const [n, text] of headers.entries()) {
    const header = said[n]!;
    const { case: caseId, seq, type, recordedAt, occurredAt, actor, actId, program, prev } = header;
    const hash = hashes[after + n] ?? '';
    const payload = n === headers.length - 1 ? certificate : EMPTIED;
    await tx`
      INSERT INTO events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id, actor_post,
        act_id, program_hash)
      VALUES (${caseId}, ${seq}, ${type}, convert_to(${text}, 'UTF8'), ${hash}, ${prev}, convert_to(${payload}, 'UTF8'), ${recordedAt},
        ${occurredAt}, ${actor.kind}, ${actor.id}, ${actor.post}, ${actId}, ${program ?? ''})`;
    const own = actId === null ? [] : (seqs.get(actId) ?? []);
    // an act stands once, with its first event
    if (own[0] !== seq) continue;
    await tx`
      INSERT INTO acts (act_id, case_id, type, body_hash, status, seq, first_seq, actor_kind, actor_id, actor_post, recorded_at, occurred_at)
      VALUES (${actId}, ${caseId}, ${type}, ${UNKNOWN_BODY}, 'recorded', ${own.at(-1) ?? seq}, ${seq}, ${actor.kind}, ${actor.id},
        ${actor.post}, ${recordedAt}, ${occurredAt}) ON CONFLICT (act_id) DO NOTHING`;
  }
}
