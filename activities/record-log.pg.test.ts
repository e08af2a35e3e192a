import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unsignedSeconds } from '../db/queries/record-log.ts';
import { createTransactions } from '../db/transactions.ts';
import { makeCheckpoint } from '../door/log/checkpoint.ts';
import { verifyLog } from '../door/log/verify.ts';
import { bareCase } from '../test/support/bare-cases.ts';
import { type DoorBench, doorBench } from '../test/support/door.ts';
import { logAll, recordLogOver, signingWith, someCases } from '../test/support/record-log.ts';
import type { RecordLog } from './record-log.ts';

let bench: DoorBench;
const loops: RecordLog[] = [];
beforeEach(async () => {
  bench = await doorBench();
});
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
  await bench.close();
});

function loop(...options: Parameters<typeof recordLogOver> extends [unknown, ...infer Rest] ? Rest : never): RecordLog {
  const made = recordLogOver(bench.sql, ...options);
  loops.push(made);
  return made;
}

const count = async (what: string): Promise<number> =>
  (await bench.sql.unsafe(`SELECT count(*) AS n FROM ${what}`))[0]!['n'];
const events = async () => (await count('events')) + (await count('org_events')) + (await count('calendar_records'));

test('every event of every chain enters once, by two loops at once while people act', async () => {
  const two = [loop({ everyMs: 20, most: 7 }), loop({ everyMs: 20, most: 7 })];
  for (const each of two) each.start();
  await Promise.all([someCases(bench.door, 4), someCases(bench.door, 4)]);
  await Promise.all(two.map((each) => each.stop()));
  await logAll(loop());
  const { checked, findings } = await verifyLog(bench.sql);
  expect(findings).toEqual([]);
  expect(checked).toMatchObject({ logged: await events(), unlogged: 0 });
  expect(checked.checkpoints).toBeGreaterThan(1);
  expect(await count('log_chains')).toBe(8 + 2);
});

test('nothing is lost or doubled when the loop is cut off in the middle of its turns', async () => {
  const cases = someCases(bench.door, 6);
  const working = loop({ everyMs: 5, most: 5 });
  working.start();
  for (let n = 0; n < 15; n += 1) {
    await sleep(20);
    await bench.sql`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  }
  await Promise.all([cases, working.stop()]);
  await logAll(loop());
  const { checked, findings } = await verifyLog(bench.sql);
  expect(findings).toEqual([]);
  expect(checked).toMatchObject({ logged: await events(), unlogged: 0 });
});

test('a case that moved long ago is found when all are looked through', async () => {
  const working = loop();
  await logAll(working);
  const { caseId } = await bareCase(bench.sql, { seq: 3, witnessedSeq: 3 });
  await bench.sql`UPDATE cases SET last_at = '2030-01-01Z' WHERE case_id = ${caseId}`;
  await logAll(working);
  expect(await count(`log_leaves l JOIN log_chains c ON c.number = l.chain WHERE c.id = '${caseId}'`)).toBe(3);
  const old = await bareCase(bench.sql, { seq: 2, witnessedSeq: 2 });
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`UPDATE cases SET last_at = now() - interval '2 hours' WHERE case_id = ${old.caseId}`;
  });
  await logAll(working);
  expect(await count(`log_chains WHERE id = '${old.caseId}'`)).toBe(0);
  await logAll(loop());
  expect(await count(`log_chains WHERE id = '${old.caseId}'`)).toBe(1);
});

test('a checkpoint comes after a thousand events or a minute, and after a day of silence', async () => {
  const transactions = createTransactions(bench.sql, { lanes: 1, role: 'linli_log' });
  const signing = signingWith(1);
  const checkpoint = (options = {}) => transactions.run((tx) => makeCheckpoint(tx, signing, options));
  try {
    expect(await checkpoint()).toBeUndefined();
    await logAll(loop({ signing: undefined }));
    const first = await checkpoint();
    expect(first).toMatchObject({ number: 1, size: await events() });
    expect(await checkpoint()).toBeUndefined();
    await bareCase(bench.sql, { seq: 5, witnessedSeq: 0 });
    await logAll(loop({ signing: undefined }));
    expect(await checkpoint({ everyEvents: 6 })).toBeUndefined();
    expect(await checkpoint({ everyEvents: 5 })).toMatchObject({ number: 2, size: first!.size + 5 });
    expect(await checkpoint({ everyMs: 0 })).toBeUndefined();
    expect(await checkpoint({ quietMs: 0 })).toMatchObject({ number: 3, size: first!.size + 5 });
  } finally {
    await transactions.end();
  }
  expect((await verifyLog(bench.sql)).findings).toEqual([]);
});

test('nothing is signed where the key is not, nor by a second key', async () => {
  await logAll(loop({ signing: { ...signingWith(1), signer: () => undefined } }));
  expect(await count('log_leaves')).toBe(await events());
  expect(await count('log_checkpoints')).toBe(0);
  await logAll(loop());
  await expect(bench.sql`INSERT INTO log_keys VALUES (1, 'other', true)`).rejects.toThrow('duplicate key');
});

test('what nobody signs is said aloud, once, until it is signed', async () => {
  const said: object[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void said.push(JSON.parse(line) as object) });
  const alarms = () => said.filter((line) => 'alarm' in line && line.alarm === 'UNSIGNED');
  await someCases(bench.door, 1);
  const away = loop({ log, unsignedMs: 50, signing: { ...signingWith(1), signer: () => undefined } });
  await sleep(100);
  await logAll(away);
  expect(await unsignedSeconds(bench.sql)).toBeGreaterThan(0.05);
  expect(alarms()).toMatchObject([{ seconds: expect.any(Number) }]);
  await sleep(60);
  await away.turn();
  expect(alarms()).toHaveLength(1);
  await logAll(loop({ log, unsignedMs: 50 }));
  expect(await unsignedSeconds(bench.sql)).toBe(0);
});

test('what the log has left behind is said aloud while it goes on signing, and where a turn fails', async () => {
  const said: object[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void said.push(JSON.parse(line) as object) });
  const alarms = () => said.filter((line) => 'alarm' in line && line.alarm === 'UNSIGNED').length;
  const working = loop({ signing: signingWith(1), checkpoints: { everyMs: 0 }, log, unsignedMs: 50 });
  await logAll(working);
  // a case that the index does not find, and another that moves, is logged and signed
  await someCases(bench.door, 1);
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`UPDATE cases SET last_at = last_at - interval '1 hour'`;
  });
  await someCases(bench.door, 1);
  await sleep(100);
  await logAll(working);
  const [signed] = await bench.sql<{ size: number; after: boolean }[]>`
    SELECT size, at > (SELECT max(recorded_at) FROM events) AS after FROM log_checkpoints ORDER BY number DESC LIMIT 1`;
  expect(signed!.size).toBeLessThan(await events());
  expect(signed!.after).toBe(true);
  expect(await unsignedSeconds(bench.sql)).toBeGreaterThan(0.05);
  await expect.poll(() => working.turn().then(alarms)).toBe(1);

  await bench.sql`ALTER TABLE access_blocks RENAME TO away`;
  await expect(loop({ log, unsignedMs: 50 }).turn()).rejects.toThrow('access_blocks');
  expect(alarms()).toBe(2);
});

test('nothing is signed any more once the log contradicts what was signed', async () => {
  const signing = signingWith(1);
  await logAll(loop({ signing }));
  await someCases(bench.door, 1);
  signing.memory = { ...signing.memory!, root: Buffer.alloc(32) };
  await logAll(loop({ signing }));
  expect(await count('log_checkpoints')).toBe(1);
  signing.memory = { ...signing.memory!, size: 10_000 };
  await logAll(loop({ signing }));
  expect(await count('log_checkpoints')).toBe(1);
});

test('whoever writes the log can change nothing of it, and nobody else of us can write it', async () => {
  await someCases(bench.door, 1);
  await logAll(loop());
  const as = (role: string, statement: string) =>
    bench.sql.begin(async (tx) => {
      await tx.unsafe(`SET LOCAL ROLE ${role}`);
      await tx.unsafe(statement);
    });
  for (const table of ['log_leaves', 'log_nodes', 'log_checkpoints', 'log_keys', 'log_chains', 'log_head_nodes']) {
    await expect(as('linli_log', `DELETE FROM ${table}`), table).rejects.toThrow('permission denied');
    await expect(bench.sql.unsafe(`DELETE FROM ${table}`)).rejects.toThrow('never change');
    await expect(bench.sql.unsafe(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('never change');
    for (const role of ['linli_door', 'linli_read', 'linli_cash', 'linli_ledger'])
      await expect(as(role, `INSERT INTO ${table} SELECT * FROM ${table}`)).rejects.toThrow('permission denied');
  }
  await expect(as('linli_log', `UPDATE log_leaves SET seq = 1`)).rejects.toThrow('permission denied');
  await expect(as('linli_log', `UPDATE log_chains SET seq = 0`)).rejects.toThrow('forward');
  await expect(as('linli_log', `INSERT INTO events SELECT * FROM events`)).rejects.toThrow('permission denied');
  const size = await count('log_leaves');
  const leaf = (position: number, chain: number, seq: number) =>
    as('linli_log', `INSERT INTO log_leaves VALUES (${position}, ${chain}, ${seq}, sha256('x'))`);
  await expect(leaf(size + 1, 0, 100)).rejects.toThrow('do not follow');
  await expect(leaf(size, 0, 100)).rejects.toThrow('not the next of its chain');
  const { n } = (await bench.sql<{ n: number }[]>`SELECT logged AS n FROM log_chains WHERE number = 0`)[0]!;
  await expect(leaf(size, 0, n + 1)).rejects.toThrow('no event of the record');
});
