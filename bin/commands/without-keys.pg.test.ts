import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openPayloads } from '../../db/sealed.ts';
import type { AuditProof } from '../../door/verify.ts';
import { type DoorBench, doorBench, fuleOpening, recorded } from '../../test/support/door.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { testYearlyKeys } from '../../test/support/keyring.ts';
import { silentLog } from '../../test/support/quiet.ts';
import { changeState } from '../../test/support/states.ts';
import { readConfig } from '../config.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';
import { yearlyKeysIn } from '../yearly-keys.ts';
import { register as audit } from './audit.ts';
import { register as books } from './books.ts';
import { register as dataKeys } from './data-keys.ts';
import { register as rebuild } from './rebuild.ts';

// commands on a machine whose yearly keys are not those the data keys are wrapped with, or that has none
let bench: DoorBench;
let folder: string;
let caseId: string;
beforeAll(async () => {
  folder = makeTestFolder('without-keys');
  bench = await doorBench();
  caseId = recorded(await bench.door.open(fuleOpening())).case.caseId;
  await bench.sql`UPDATE cases SET witnessed_seq = seq`;
}, 60_000);
afterAll(async () => {
  removeTestFolder(folder);
  await bench.close();
});
afterEach(() => {
  process.exitCode = undefined;
});

async function run(command: RegisterCommand, dataDir: string, ...words: string[]) {
  const lines: string[] = [];
  const config = readConfig({ LINLI_DATA: join(folder, dataDir), DATABASE_URL: bench.url });
  const context: CommandContext = {
    ...{ config: () => config, log: silentLog, say: () => {}, temporal: () => undefined },
    print: (text) => void lines.push(text),
    withDatabase: (act) => act(bench.url),
  };
  const program = new Command();
  command(program, context);
  process.exitCode = undefined;
  await program.parseAsync(words, { from: 'user' });
  const told = { exitCode: process.exitCode, text: lines.join('\n') };
  process.exitCode = undefined;
  return told;
}

const others = () => yearlyKeysIn(join(folder, 'others', 'yearly-keys.json'));
const keys = () => bench.sql`SELECT * FROM data_keys ORDER BY id`;

test.each(['none', 'others'])(
  'audit verify goes on, says what it could not read and finds nothing (yearly keys: %s)',
  async (dataDir) => {
    if (dataDir === 'others') others().begin();
    const before = await keys();
    const json = await run(audit, dataDir, 'audit', 'verify', '--record-only', '--json');
    expect(json.exitCode).toBe(1);
    const proof = JSON.parse(json.text) as AuditProof;
    expect(proof).toMatchObject({ holds: true, findings: [], unread: [{ caseId }] });
    expect(proof.unproven).toEqual([{ caseId, from: 1, to: proof.unread[0]!.events, why: 'key away' }]);
    const { text } = await run(audit, dataDir, 'audit', 'verify', '--record-only');
    expect(text).toContain(`? key away: case ${caseId}`);
    expect(text).toContain(`? history: case ${caseId}`);
    expect(await keys()).toEqual(before);
  },
);

test('commands that only read make no key of the installation', async () => {
  others().begin();
  const [kept] = await bench.sql`SELECT * FROM data_keys WHERE owner = 'installation'`;
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`DELETE FROM data_keys WHERE owner = 'installation'`;
  });
  try {
    const before = await keys();
    expect((await run(books, 'others', 'books', 'verify')).text).toContain(`? not compared: ${caseId}`);
    expect((await run(rebuild, 'others', 'rebuild')).text).toContain('is left as it is');
    await run(audit, 'others', 'audit', 'key');
    await run(audit, 'others', 'audit', 'verify', '--record-only');
    expect(await keys()).toEqual(before);
  } finally {
    await bench.sql`INSERT INTO data_keys ${bench.sql(kept!)}`;
  }
});

test('data-keys check reports the installation key that cannot be opened', async () => {
  others().begin();
  const { exitCode, text } = await run(dataKeys, 'others', 'data-keys', 'check');
  expect(exitCode).toBe(1);
  expect(text).toMatch(/✗ the data key installation\./);
});

/** A case as a release before keys recorded it, whose row says something else. */
async function oldCase(keep: 'sealed' | 'clear'): Promise<string> {
  const { caseId: id } = recorded(await bench.door.open(fuleOpening())).case;
  const rows = await bench.sql<
    { seq: number; payload: Uint8Array }[]
  >`SELECT seq, payload FROM events WHERE case_id = ${id}`;
  if (keep === 'clear') await changeState({ keyed: bench.sql, clear: true }, id, (state) => state);
  const opened = await openPayloads(bench.sql, rows, id);
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    for (const { seq, payload } of opened)
      await tx`UPDATE events SET payload = ${Buffer.from(payload)} WHERE case_id = ${id} AND seq = ${seq}`;
    await tx`UPDATE cases SET status = 'suspended' WHERE case_id = ${id}`;
    if (keep === 'clear') await tx`DELETE FROM data_keys WHERE owner = ${id}`;
  });
  return id;
}
const stored = async (id: string) =>
  (await bench.sql<{ status: string; state: unknown }[]>`SELECT status, state FROM cases WHERE case_id = ${id}`)[0]!;

test('rebuild writes no state in clear once keys were made', async () => {
  const id = await oldCase('sealed');
  const before = await stored(id);
  expect((await run(rebuild, 'none', 'rebuild', '--case', id)).text).toContain('column status');
  await expect(run(rebuild, 'none', 'rebuild', '--case', id, '--write')).rejects.toThrow('LINLI_KEY_FILE');
  expect(await stored(id)).toEqual(before);
});

test('rebuild makes the key of a case that has none yet, when it writes', async () => {
  const id = await oldCase('clear');
  const { id: yearly, secret } = testYearlyKeys.newest();
  mkdirSync(join(folder, 'here'), { recursive: true });
  const file = {
    yearlyKeys: [{ id: yearly, secret: Buffer.from(secret).toString('base64'), madeAt: '2026-01-01T00:00:00.000Z' }],
  };
  writeFileSync(join(folder, 'here', 'yearly-keys.json'), JSON.stringify(file), { mode: 0o600 });
  expect((await run(rebuild, 'here', 'rebuild', '--case', id)).text).toContain('column status');
  expect(await bench.sql`SELECT FROM data_keys WHERE owner = ${id}`).toHaveLength(0);
  expect((await run(rebuild, 'here', 'rebuild', '--case', id, '--write')).text).toContain('1 rebuilt');
  expect(await stored(id)).toMatchObject({ status: 'proposed', state: expect.any(String) });
});
