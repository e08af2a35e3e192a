import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTransactions, type Transactions } from '../../db/transactions.ts';
import { openCheckpoint } from '../../engine/record/checkpoint.ts';
import { noteSigner, parseVerifier, privateKeyOf } from '../../engine/record/note.ts';
import { type DoorBench, doorBench } from '../../test/support/door.ts';
import { logAll, recordLogOver, signingWith, someCases } from '../../test/support/record-log.ts';
import { logOrigin } from './checkpoint.ts';
import { rotateKey } from './rotate.ts';
import { verifyLog } from './verify.ts';

let bench: DoorBench;
let transactions: Transactions;
beforeAll(async () => {
  bench = await doorBench();
  transactions = createTransactions(bench.sql, { lanes: 1, role: 'linli_log' });
});
afterAll(async () => {
  await transactions.end();
  await bench.close();
});

const keyOf = async (n: number) => noteSigner(await logOrigin(bench.sql), privateKeyOf(Buffer.alloc(32, n)));
const rotate = async (to: number, lost: boolean, from = 1) => {
  const next = await keyOf(to);
  return transactions.run((tx) => rotateKey(tx, signingWith(from), next, lost));
};
const notes = () => bench.sql<{ note: string; keyId: number }[]>`
  SELECT note, key_id AS "keyId" FROM log_checkpoints ORDER BY number`;

test('another key signs from now on, announced by the old one, and later ones too when the old one is lost', async () => {
  await expect(rotate(2, false)).rejects.toThrow('No key has signed anything yet');
  const log = (n: number) => recordLogOver(bench.sql, { signing: signingWith(n) });
  const work = async (n: number) => {
    await someCases(bench.door, 1);
    const loop = log(n);
    await logAll(loop);
    await loop.stop();
  };
  await work(1);
  await expect(
    transactions.run(async (tx) =>
      rotateKey(tx, { ...signingWith(1), signer: () => undefined }, await keyOf(2), false),
    ),
  ).rejects.toThrow('is not here');
  expect(await rotate(2, false)).toMatchObject({ announced: true });
  const last = (await notes()).at(-1)!;
  const { key } = (await bench.sql<{ key: string }[]>`SELECT key FROM log_keys WHERE id = 2`)[0]!;
  expect(openCheckpoint(last.note, [await keyOf(1), await keyOf(2)])).toMatchObject({ checkpoint: { nextKey: key } });
  expect(openCheckpoint(last.note, [parseVerifier(key)]).by).toHaveLength(1);
  await work(2);
  expect(await rotate(3, true)).toMatchObject({ announced: false });
  await work(3);
  expect((await notes()).map(({ keyId }) => keyId)).toEqual([1, 1, 2, 3, 3]);
  expect((await verifyLog(bench.sql)).findings).toEqual([]);
});
