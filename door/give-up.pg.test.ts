import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTransactions } from '../db/transactions.ts';
import { type DoorBench, doorBench, fuleOpening, recorded } from '../test/support/door.ts';
import { carryOver } from './give-up.ts';

let bench: DoorBench;
beforeAll(async () => {
  bench = await doorBench();
});
afterAll(() => bench.close());

test('what a given-up branch had brought to people is not brought again when it comes about anew', async () => {
  const openedAt = new Date(Date.now() - 28 * 86_400_000).toISOString();
  const { caseId } = recorded(await bench.door.open(fuleOpening({ openedAt }))).case;
  const messages = await bench.sql<{ id: string; at: string; row: Record<string, unknown> }[]>`
    SELECT m.id, r.next_at AS at, json_build_object('kind', kind, 'about', about, 'post', post, 'person', person, 'unit', unit,
      'level', level, 'generation', generation, 'top', top) AS row
    FROM messages m JOIN reminders r ON r.message_id = m.id WHERE m.case_id = ${caseId} AND m.kind = 'rung' ORDER BY m.seq, m.n`;
  expect(messages.length).toBeGreaterThan(1);
  const [later, never, ...others] = messages;
  const nextAt = new Date(Date.now() + 86_400_000).toISOString();
  const kept = JSON.stringify({
    ...{ caseId, after: 0, events: [], acts: [], effects: [], checkpoints: [] },
    messages: [
      { ...later!.row, nextAt },
      { ...never!.row, nextAt: null },
    ],
  });
  const sha256 = createHash('sha256').update(kept).digest('hex');
  const put = (n: number, sum: string) => bench.sql`
    INSERT INTO given_up_branches (case_id, n, after, given_up_at, kept, sha256) VALUES (${caseId}, ${n}, 0, now(), ${kept}::text::json, ${sum})`;
  await expect(put(1, '0'.repeat(64))).rejects.toThrow('given_up_branches_sha256');
  await put(1, sha256);
  const transactions = createTransactions(bench.sql, { lanes: 1 });
  // done again it changes nothing more
  for (let n = 0; n < 2; n += 1) await transactions.run((tx) => carryOver(tx, caseId));
  const reminders = async () =>
    Object.fromEntries(
      (await bench.sql<{ id: string; at: string }[]>`SELECT message_id AS id, next_at AS at FROM reminders`).map(
        ({ id, at }) => [id, at],
      ),
    );
  const same = (id: string) =>
    [later, never].find((each) => JSON.stringify(each!.row) === JSON.stringify(messages.find((m) => m.id === id)!.row));
  const now = await reminders();
  expect(now[later!.id]).toBe(nextAt);
  expect(now[never!.id]).toBeUndefined();
  for (const { id, at } of others) if (!same(id)) expect(now[id]).toBe(at);
  // a branch whose acts were seen to has nothing to say any more
  await bench.sql`UPDATE given_up_branches SET settled_at = now(), settled = '[]' WHERE case_id = ${caseId}`;
  await bench.sql`UPDATE reminders SET next_at = now() WHERE message_id = ${later!.id}`;
  await transactions.run((tx) => carryOver(tx, caseId));
  expect((await reminders())[later!.id]).not.toBe(nextAt);
  await transactions.end();
});
