import { DESTRUCTION_WAITS_MS, digestText, ENDS_DESTRUCTION } from '../engine/destruction.ts';
import type { Destroyed } from '../engine/event.ts';
import { type ChainRow, sha256 } from './chain.ts';
import { objectIn } from './json-bytes.ts';

/** What is left of an event's payload when the contents of its case are destroyed. No payload that was recorded is these bytes: it has a salt. */
export const EMPTIED = '{"data":{}}';

/** Whether an event says nothing any more. */
export const isEmptied = (payload: Uint8Array): boolean => Buffer.from(payload).equals(Buffer.from(EMPTIED));

/** Whether a chain ends with the destruction of its case. Whether that is to be believed, {@link destroyedFaults} tells. */
export const endsDestroyed = (rows: readonly Pick<ChainRow, 'type'>[]): boolean =>
  rows.at(-1)?.type === 'record.destroyed';

/** The certificate of a chain that ends with one; undefined where it cannot be read. */
export const certificateIn = (rows: readonly Pick<ChainRow, 'type' | 'payload'>[]): Destroyed | undefined =>
  endsDestroyed(rows) ? objectIn<{ data: Destroyed }>(rows.at(-1)!.payload)?.data : undefined;

/**
 * What does not hold of the destruction a chain ends with: two persons have decided it one after the other, nothing that ends
 * such a decision came after the first, the wait was over, and the certificate names these events and covers all of them. Reads
 * headers' columns and the last payload alone, so that it is told also when all other payloads are gone. Empty: it holds.
 */
export function destroyedFaults(
  rows: readonly ChainRow[],
  documents?: readonly { readonly id: string; readonly sha256: string }[],
): string[] {
  const last = rows.at(-1);
  const said = certificateIn(rows);
  if (!last || !said) return ['its contents are said to be destroyed, and no certificate can be read'];
  const found: string[] = [];
  const { requested, approved } = said;
  const [asked, agreed] = [decision(rows, requested), decision(rows, approved)];
  if (last.actorKind !== 'system') found.push('it was not destroyed by a process of Linli');
  if (asked?.type !== 'destruction.requested' || agreed?.type !== 'destruction.approved')
    found.push('the certificate names no request and approval of this chain');
  else {
    if (asked.actorId === agreed.actorId) found.push('one person alone has decided that it is destroyed');
    if (asked.seq > agreed.seq || agreed.seq >= last.seq) found.push('it was not approved after it was asked for');
    if (Date.parse(last.recordedAt) - Date.parse(agreed.recordedAt) < DESTRUCTION_WAITS_MS)
      found.push('it was destroyed before the wait after the approval was over');
    if (rows.some(({ seq, type }) => seq > asked.seq && ENDS_DESTRUCTION.has(type)))
      found.push('what was asked for had ended before it was destroyed');
  }
  const earlier = rows.slice(0, -1);
  if (said.case?.caseId !== last.caseId || said.counts?.events !== earlier.length)
    found.push('the certificate is that of another case');
  if (documents && said.digest !== sha256(digestText(earlier, documents)))
    found.push('the certificate covers other events or documents');
  return found;
}

/** The event by which a person decided, as the certificate names it. */
function decision(rows: readonly ChainRow[], named: Destroyed['requested'] | undefined): ChainRow | undefined {
  const row = rows.find(({ seq }) => seq === named?.seq);
  return row?.actorKind === 'person' && row.actorId === named?.by && row.recordedAt === named.at ? row : undefined;
}
