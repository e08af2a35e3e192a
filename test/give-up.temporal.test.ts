import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { acceptRestore } from '../bin/audit/accept-restore.ts';
import { archiveReader } from '../bin/audit/archive.ts';
import { historyReader } from '../bin/audit/histories.ts';
import { repairRecord } from '../bin/audit/repair.ts';
import { logKeyFiles } from '../bin/log-key.ts';
import { connect } from '../db/client.ts';
import { logOrigin } from '../door/log/checkpoint.ts';
import { verifyLog } from '../door/log/verify.ts';
import { verify } from '../door/verify.ts';
import { verifierText } from '../engine/record/note.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { holders, makeCase, program, wholeRecord } from './books/attempts/workflow-ground.ts';
import { clearTestFolder, makeTestFolder } from './support/folders.ts';
import { freshDatabase, type TestDatabase } from './support/postgres.ts';
import { quietRuntime } from './support/quiet.ts';
import { logAll, recordLogOver } from './support/record-log.ts';
import { createStage, type Stage, writeOrganisation } from './support/stage.ts';
import { realTemporal } from './support/temporal.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

// A restore that nobody noticed: people went on in a case of which the workflow knows other events. Those win; what was recorded since
// is put aside, and only what repeats nothing is decided again.
const taskQueue = `give-up-${randomUUID()}`;
const copyName = `test_aside_${randomUUID().slice(0, 8)}`;
let folder: string;
let database: TestDatabase;
let restored: TestDatabase;
let stage: Stage;
let caseId: string;
let fork = 0;
const since = { note: randomUUID(), paid: randomUUID(), consent: randomUUID(), party: randomUUID() };

beforeAll(async () => {
  quietRuntime();
  folder = makeTestFolder('give-up');
  database = await freshDatabase();
  const sql = connect(database.url);
  await writeOrganisation(sql, program);
  // the worker who wrote the note has the right to it still
  await sql`INSERT INTO api_keys (id, hash, role, person, unit, expires_at)
    VALUES ('of the caseworker', ${'a'.repeat(64)}, 'caseworker', 'the caseworker', 'community', now() + interval '1 day')`;
  await sql.end();
  const first = await stageOn(database);
  caseId = await makeCase(first);
  await log(first);
  fork = (await seqOf(first)) ?? 0;
  await first.close();
  await administer((admin) => admin`CREATE DATABASE ${admin(copyName)} TEMPLATE ${admin(nameOf(database.url))}`);
  restored = {
    url: database.url.replace(/[^/]*$/, copyName),
    close: () => administer((admin) => admin`DROP DATABASE IF EXISTS ${admin(copyName)} WITH (FORCE)`),
  };
  // what the workflow is told, and the database that is lost held
  const lost = await stageOn(database);
  await lost.act(caseId, holders.cashHolder, 'cash.record', { data: await payment(lost, 'P-2') });
  await lost.act(caseId, 'caseworker', 'note.add', { data: { text: '备份以后' } });
  await lost.witnessed(caseId);
  await lost.close();
  // nobody noticed: the same payment is entered again, and other things are done, before a worker looks
  const away = await stageOn(restored, false);
  await away.act(caseId, holders.cashHolder, 'cash.record', { id: since.paid, data: await payment(away, 'P-2b') });
  await away.act(caseId, 'caseworker', 'note.add', { id: since.note, data: { text: '恢复以后' }, evidence: ['photo'] });
  await log(away);
  await away.close();
  stage = await stageOn(restored);
  await stage.client.workflow.getHandle(caseWorkflowId(caseId)).signal('note.add', 'after the restore');
  const frozen = () => stage.sql`SELECT FROM cases WHERE case_id = ${caseId} AND frozen_seq IS NOT NULL`;
  await vi.waitFor(async () => expect(await frozen()).toHaveLength(1), { timeout: 60_000 });
});
afterAll(async () => {
  await stage?.close();
  await restored?.close();
  await database.close();
  await clearTestFolder(folder);
});

const stageOn = (on: TestDatabase, worker = true): Promise<Stage> =>
  createStage({
    ...{ temporal: realTemporal(), database: on, taskQueue, program },
    calls: { tell: async () => ({ received: true }) },
    ...(worker ? {} : { worker: false as const }),
  });
const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
const keyFile = () => join(folder, 'log-key.pem');
const seqOf = async (of: Stage) =>
  (await of.sql<{ seq: number }[]>`SELECT seq FROM cases WHERE case_id = ${caseId}`)[0]?.seq;

async function administer(act: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await act(sql);
  await sql.end();
}

/** Everything enters the log, and is signed on this machine. */
async function log(of: Stage): Promise<void> {
  const loop = recordLogOver(of.sql, { signing: logKeyFiles(keyFile()), checkpoints: { everyMs: 0, quietMs: 0 } });
  await logAll(loop);
  await loop.stop();
}

async function payment(of: Stage, sourceDoc: string) {
  const [payout] = await of.sql`SELECT id FROM book_payouts WHERE case_id = ${caseId} AND state = 'approved'`;
  return { book: 'earnings', channel: 'cash', sourceDoc, direction: 'out', amountFen: 300, payout: payout!['id'] };
}

async function loggedHere() {
  const signing = logKeyFiles(keyFile());
  const origin = await logOrigin(stage.sql);
  const key = verifierText(signing.here(origin)!);
  return (await verifyLog(stage.sql, { signed: { key, tree: signing.remembered(origin) } })).findings;
}

const repair = (more: { write: boolean; giveUpSince?: boolean }) =>
  repairRecord({ sql: stage.sql, client: stage.client, caseId, ...more });

test('without being told to give it up nothing is done, and what would be put aside is said first', async () => {
  const before = await wholeRecord(stage.sql, caseId);
  const [refused] = await repair({ write: true });
  expect(refused?.refused).toContain('--give-up-since');
  const [said] = await repair({ write: false, giveUpSince: true });
  expect(said?.refused).toBeUndefined();
  expect(said).toMatchObject({ written: false, givenUp: { after: fork, cut: { checkpoints: 1 } } });
  expect(said?.givenUp?.acts).toMatchObject([
    { id: since.paid, type: 'cash.record', did: ['money'] },
    { id: since.note, type: 'note.add', did: [] },
  ]);
  expect(await wholeRecord(stage.sql, caseId)).toBe(before);
  expect(await loggedHere()).toEqual([]);
});

test('what the workflow was told wins, what was recorded since is kept aside, and no payment is made twice', async () => {
  const [done] = await repair({ write: true, giveUpSince: true });
  expect(done?.refused).toBeUndefined();
  expect(done).toMatchObject({ written: true, givenUp: { after: fork } });
  expect(done?.refused).toBeUndefined();
  expect(done?.settled).toMatchObject([
    { id: since.paid, came: 'left', why: 'money' },
    { id: since.note, came: 'recorded' },
  ]);
  const notes = await stage.sql`SELECT act_id AS id, occurred_at < recorded_at AS later FROM events
    WHERE case_id = ${caseId} AND type = 'note.added' ORDER BY seq`;
  expect(notes).toMatchObject([{ later: false }, { id: since.note, later: true }]);
  const paid =
    await stage.sql`SELECT source_doc AS doc FROM cash_entries WHERE case_id = ${caseId} AND payout IS NOT NULL ORDER BY no`;
  expect(paid.map(({ doc }) => doc)).toEqual(['P-1', 'P-2']);
  await stage.witnessed(caseId);
  const stores = {
    histories: historyReader(stage.client),
    archive: archiveReader(stage.sql, { converter: stage.client.options.loadedDataConverter }),
  };
  await expect
    .poll(async () => (await verify(stage.sql, { caseId, ...stores })).findings, { timeout: 60_000 })
    .toEqual([]);

  // the row is what it was, names no words, and says what people have to look after
  const [row] = await stage.sql`
    SELECT kept::text AS kept, sha256, encode(sha256(convert_to(kept::text, 'UTF8')), 'hex') AS again, settled::text AS settled
    FROM given_up_branches WHERE case_id = ${caseId}`;
  expect(row).toMatchObject({ sha256: done?.givenUp?.sha256, again: done?.givenUp?.sha256 });
  expect(`${row!['kept']}${row!['settled']}`).not.toContain('恢复以后');
  await expect(stage.sql`UPDATE given_up_branches SET sha256 = ''`).rejects.toThrow('never changes');
  await expect(stage.sql`DELETE FROM given_up_branches`).rejects.toThrow('never change');

  // who sends an act again under its key: the note is known, the payment is refused as it was paid
  const again = { id: since.note, data: { text: '恢复以后' } };
  expect(await stage.tryAct(caseId, 'caseworker', 'note.add', again)).toMatchObject({ status: 'refused' });
  const twice = { id: since.paid, data: { ...(await payment(stage, 'P-2b').catch(() => ({}))), book: 'earnings' } };
  expect(await stage.tryAct(caseId, holders.cashHolder, 'cash.record', twice)).toMatchObject({ status: 'refused' });
  expect(await repair({ write: true, giveUpSince: true })).toEqual([]);
});

test('the log goes on without the branch once what was signed of it is given up', async () => {
  expect(await loggedHere()).toMatchObject([{ what: expect.stringContaining('what was signed here last') }]);
  const accepted = await acceptRestore(stage.sql, keyFile());
  expect(accepted?.restore.why).toContain(`case ${caseId} behind event ${fork}`);
  await log(stage);
  expect(await loggedHere()).toEqual([]);
  expect(await acceptRestore(stage.sql, keyFile())).toBeUndefined();
});
