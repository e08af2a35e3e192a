import { createHash } from 'node:crypto';
import { ownInstallation } from '../../db/queries/installation.ts';
import type { Tx } from '../../db/transactions.ts';
import { growingTree } from '../../engine/record/growing-tree.ts';
import { leafHash } from '../../engine/record/merkle.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { Instant } from '../../sdk/time.ts';
import { GENESIS, sha256 } from '../chain.ts';

/** What a block of the access log says. Its RFC 8785 bytes are hashed, and the hash enters the log as that of an event does. */
export interface AccessBlockHeader {
  readonly v: 1;
  readonly installation: string;
  readonly seq: number;
  readonly sealedAt: Instant;
  /** How many reads it seals, and the RFC 6962 root over them, in the order of their numbers. */
  readonly count: number;
  readonly root: string;
  readonly prev: string;
}

/** The root over notes of the access log: a leaf is made of the SHA-256 of a note's bytes. */
export function accessRoot(contents: readonly Uint8Array[]): string {
  const tree = growingTree();
  for (const content of contents) tree.append(leafHash(createHash('sha256').update(content).digest()));
  return Buffer.from(tree.root()).toString('hex');
}

/** How long reads may wait for their block, and how many a block holds at most. */
export interface SealOptions {
  readonly everyMs?: number;
  readonly most?: number;
}

/**
 * Seals what was read into the next block of the access log's chain, when the oldest read has waited long enough or there are
 * many. Readers know nothing of it: they only add rows. The lock of the log comes first. Answers how many were sealed.
 */
export async function sealAccesses(tx: Tx, { everyMs = 30_000, most = 1_000 }: SealOptions = {}): Promise<number> {
  const rows = await tx<{ id: number; at: Instant; content: Uint8Array }[]>`
    SELECT id, at, content FROM accesses WHERE block IS NULL ORDER BY id LIMIT ${most}`;
  if (rows.length === 0) return 0;
  const [clock] = await tx<{ now: Instant }[]>`SELECT clock_timestamp() AS now`;
  const oldest = rows.reduce((at, row) => (row.at < at ? row.at : at), rows[0]!.at);
  if (rows.length < most && Date.parse(clock!.now) - Date.parse(oldest) < everyMs) return 0;
  const [last] = await tx<
    { seq: number; hash: string }[]
  >`SELECT seq, hash FROM access_blocks ORDER BY seq DESC LIMIT 1`;
  const header = {
    v: 1,
    installation: await ownInstallation(tx),
    seq: (last?.seq ?? 0) + 1,
    sealedAt: clock!.now,
    count: rows.length,
    root: accessRoot(rows.map(({ content }) => content)),
    prev: last?.hash ?? GENESIS,
  } satisfies AccessBlockHeader;
  const text = canonicalJson(header);
  const { seq, prev, count, sealedAt } = header;
  await tx`
    INSERT INTO access_blocks (seq, header, hash, prev, count, sealed_at)
    VALUES (${seq}, convert_to(${text}, 'UTF8'), ${sha256(text)}, ${prev}, ${count}, ${sealedAt})`;
  await tx`
    UPDATE accesses SET block = ${seq}
    WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(rows.map(({ id }) => id))}::text::json)::bigint)`;
  return rows.length;
}
