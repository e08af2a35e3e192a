import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../engine/record/checkpoint.ts';
import { headLeaf } from '../../engine/record/heads.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../../engine/record/merkle.ts';
import { parseVerifier } from '../../engine/record/note.ts';
import { bareCase } from '../../test/support/bare-cases.ts';
import { type DoorBench, doorBench } from '../../test/support/door.ts';
import { logAll, recordLogOver, someCases } from '../../test/support/record-log.ts';
import { proveEvent, proveGrowth, proveHead } from './proofs.ts';
import { verifyLog } from './verify.ts';
import { verifyChainInLog } from './verify-chain.ts';

let bench: DoorBench;
beforeAll(async () => {
  bench = await doorBench();
  const log = recordLogOver(bench.sql, { most: 23 });
  // more chains than a block of 16 heads holds, moved in turns, with a checkpoint in between each time
  for (let round = 0; round < 4; round += 1) {
    for (let n = 0; n < 12; n += 1) await bareCase(bench.sql, { seq: 1 + ((n + round) % 5), witnessedSeq: 0 });
    await someCases(bench.door, 1, round);
    await logAll(log);
  }
  await log.stop();
});
afterAll(() => bench.close());

const bytes = (hashes: readonly string[]) => hashes.map((each) => Buffer.from(each, 'hex'));
async function open(note: string) {
  const [row] = await bench.sql<{ key: string }[]>`SELECT key FROM log_keys`;
  return openCheckpoint(note, [parseVerifier(row!.key)]).checkpoint;
}

test('every event is proved under the newest checkpoint, and no other in its place', async () => {
  const leaves = await bench.sql<{ id: string; seq: number; position: number }[]>`
    SELECT c.id, l.seq, l.position FROM log_leaves l JOIN log_chains c ON c.number = l.chain ORDER BY l.position`;
  expect(leaves.length).toBeGreaterThan(200);
  for (const { id, seq, position } of leaves) {
    const proof = await proveEvent(bench.sql, id, seq);
    const checkpoint = await open(proof!.checkpoint!);
    expect(proof).toMatchObject({ position, size: checkpoint.size });
    const leaf = leafHash(Buffer.from(proof!.hash, 'hex'));
    expect(verifyInclusion(leaf, position, checkpoint, bytes(proof!.path))).toBe(true);
    expect(verifyInclusion(leaf, (position + 1) % leaves.length, checkpoint, bytes(proof!.path))).toBe(false);
  }
  expect(await proveEvent(bench.sql, 'nobody', 1)).toBeUndefined();
  expect(await proveEvent(bench.sql, leaves[0]!.id, leaves[0]!.seq, 10_000)).toBeUndefined();
  expect(await proveEvent(bench.sql, leaves[9]!.id, leaves[9]!.seq, 9)).toBeUndefined();
  expect((await proveEvent(bench.sql, leaves[9]!.id, leaves[9]!.seq, 10))!.checkpoint).toBeNull();
});

test('the log has only grown from each checkpoint to each later one', async () => {
  const notes = await bench.sql<{ note: string }[]>`SELECT note FROM log_checkpoints ORDER BY number`;
  const checkpoints = await Promise.all(notes.map(({ note }) => open(note)));
  expect(checkpoints.length).toBeGreaterThan(5);
  for (const [n, older] of checkpoints.entries())
    for (const newer of checkpoints.slice(n)) {
      const proof = await proveGrowth(bench.sql, older.size, newer.size);
      expect(verifyConsistency(older, newer, bytes(proof!.path))).toBe(true);
    }
  expect(await proveGrowth(bench.sql, 5, 4)).toBeUndefined();
  expect(await proveGrowth(bench.sql, 5, 10_000)).toBeUndefined();
});

test('every chain’s end is proved: a quiet one has not vanished, and none was cut', async () => {
  const chains = await bench.sql<{ id: string; seq: number }[]>`SELECT id, logged AS seq FROM log_chains`;
  expect(chains.length).toBe(4 * 13 + 2);
  for (const { id, seq } of chains) {
    const proof = (await proveHead(bench.sql, id))!;
    const { heads } = await open(proof.checkpoint);
    expect(proof).toMatchObject({ seq, count: heads.count });
    const tree = { size: proof.count, root: heads.root };
    const head = (at: number) => headLeaf({ chain: id, seq: at, head: proof.hash });
    expect(verifyInclusion(head(seq), proof.number, tree, bytes(proof.path))).toBe(true);
    expect(verifyInclusion(head(seq + 1), proof.number, tree, bytes(proof.path))).toBe(false);
    expect((await verifyChainInLog(bench.sql, id)).findings).toEqual(
      id === 'organisation' || id === 'calendar' ? expect.anything() : [],
    );
  }
  expect(await proveHead(bench.sql, 'nobody')).toBeUndefined();
});

test('all of it verifies', async () => {
  const { findings, checked } = await verifyLog(bench.sql);
  expect(findings).toEqual([]);
  expect(checked.unlogged).toBe(0);
});
