import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { archiveReader } from '../bin/audit/archive.ts';
import { caseLister, historyReader } from '../bin/audit/histories.ts';
import { repairRecord } from '../bin/audit/repair.ts';
import { takeBackup } from '../bin/backup/backup.ts';
import { restoreBackup } from '../bin/backup/restore.ts';
import { verifyBackup } from '../bin/backup/verify.ts';
import { readConfig } from '../bin/config.ts';
import { keyCopies as copiesIn } from '../bin/key-copies.ts';
import { type RunningTemporal, startTemporal } from '../bin/platform/temporal.ts';
import { connect, type Sql } from '../db/client.ts';
import { lastRestore, restorePending } from '../db/queries/restores.ts';
import type { KeyCopies } from '../door/keys/data-keys.ts';
import { verify } from '../door/verify.ts';
import { holders, makeCase, program } from './books/attempts/workflow-ground.ts';
import { clearTestFolder, makeTestFolder } from './support/folders.ts';
import { freshDatabase, type TestDatabase } from './support/postgres.ts';
import { silentLog as log, quietRuntime } from './support/quiet.ts';
import { rungFaults } from './support/rungs-once.ts';
import { createStage, type Stage, writeOrganisation } from './support/stage.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

// The drill: cases with money, rungs and calls; a backup; work goes on; one store is lost and an older one takes its place.
const taskQueue = `drill-${randomUUID()}`;
let folder: string;
let server: RunningTemporal;
let database: TestDatabase;
let restored: TestDatabase | undefined;
let stage: Stage;
/** The calls that were answered, by their keys: each at most once, whatever is restored. */
const calls: string[] = [];
let partnerAway = false;
const ids = { calm: '', paid: '', noted: '', lost: '', rich: '' };
const paidOut = { id: randomUUID(), payout: '' };
const noted = { id: randomUUID(), data: { text: '备份以后' } };
const say = () => {};
const noCopies: KeyCopies = { write: () => {}, read: () => undefined, byId: () => undefined };

beforeAll(async () => {
  quietRuntime();
  folder = makeTestFolder('drill');
  server = await startTemporal({ dataDir: folder, log, headless: true });
  server.restored();
  database = await freshDatabase();
  const sql = connect(database.url);
  await writeOrganisation(sql, program);
  await sql.end();
});
afterAll(async () => {
  await stage?.close();
  await server?.stop();
  await restored?.close();
  await database.close();
  await clearTestFolder(folder);
});

const stageOn = (on: TestDatabase, keyCopies: KeyCopies = copiesIn(join(folder, 'data-keys'))): Promise<Stage> =>
  createStage({
    keyCopies,
    ...{
      temporal: { address: server.address, namespace: server.namespace },
      database: on,
      taskQueue,
      program,
      stores: true,
    },
    calls: {
      tell: async (input) => {
        if (partnerAway) throw new Error('the partner is away');
        calls.push((input as { idempotencyKey: string }).idempotencyKey);
        return { received: true };
      },
    },
  });

/** A case that was opened twenty days ago: rungs have fired by the time it is there. */
async function openLate(on: Stage): Promise<string> {
  const outcome = await on.door.open({
    ...{ actId: randomUUID(), program: program.id, unit: 'community', data: { needs: '行动不便' }, assignments: {} },
    actor: { kind: 'person', id: 'the caseworker', logins: [{ role: 'caseworker', unit: 'community' }] },
    parties: ['beneficiary', 'companion'].map((role) => ({ role, name: '周某' })),
    openedAt: new Date(Date.now() - 20 * 86_400_000).toISOString(),
  });
  if (outcome.status === 'refused') throw new Error(outcome.refusal.detail[1]);
  return outcome.case.caseId;
}

const callsAnswered = (of: Sql) => async () =>
  Number((await of`SELECT count(*) AS n FROM effects WHERE answer IS NULL`)[0]?.['n']);

const prove = async (on: Stage) => {
  const proof = await verify(on.sql, {
    histories: historyReader(on.client),
    witnessedCases: caseLister(on.client),
    archive: archiveReader(on.sql, { converter: on.client.options.loadedDataConverter }),
  });
  return proof.findings.filter((finding) => !isLostDocument(finding));
};

/** Documents that came after the backup lie in no history: they are gone, and it is said as long as they are. */
const isLostDocument = ({ rule, what }: { readonly rule: string; readonly what: string }) =>
  rule === 'documents' && what.includes('is absent');

/** Everything that must have happened once. */
async function doneOnce(on: Stage): Promise<void> {
  expect(await rungFaults(on.sql, new Date().toISOString())).toEqual([]);
  expect(calls.length).toBe(new Set(calls).size);
  const payments = await on.sql`
    SELECT payout FROM cash_entries WHERE payout IS NOT NULL AND reverses IS NULL GROUP BY case_id, payout HAVING count(*) > 1`;
  expect(payments).toEqual([]);
  const brought = await on.sql`
    SELECT message_id FROM delivery_messages GROUP BY message_id, person, reason HAVING count(*) > 1`;
  expect(brought).toEqual([]);
}

test('a database is lost and an older one restored: noticed, held, compared, repaired, nothing done twice', async () => {
  stage = await stageOn(database);
  ids.paid = await makeCase(stage);
  ids.calm = await makeCase(stage);
  ids.noted = await stage.open();
  await stage.witnessed(ids.noted);
  await expect.poll(callsAnswered(stage.sql), { timeout: 60_000 }).toBe(0);
  for (const id of [ids.paid, ids.calm, ids.noted]) await stage.witnessed(id);

  const from = join(folder, 'backup');
  const config = readConfig({ LINLI_DATA: join(folder, 'data') });
  const given = { databaseUrl: database.url, client: stage.client, config, to: from, inClear: true, say };
  const { manifest } = await takeBackup(given);
  expect(manifest.histories.map(({ caseId }) => caseId).toSorted()).toEqual([ids.paid, ids.calm, ids.noted].toSorted());
  expect(await verifyBackup(from)).toMatchObject({ holds: true, findings: [] });

  // what is done after the backup: a payment, a note, a case with rungs of its own, and one with money and a call
  const [payout] = await stage.sql<{ id: string }[]>`
    SELECT id FROM book_payouts WHERE case_id = ${ids.paid} AND state = 'approved'`;
  paidOut.payout = payout!.id;
  await pay(stage, ids.paid);
  await stage.act(ids.noted, 'caseworker', 'note.add', noted);
  ids.lost = await openLate(stage);
  ids.rich = await makeCase(stage);
  await expect.poll(callsAnswered(stage.sql), { timeout: 60_000 }).toBe(0);
  for (const id of [ids.paid, ids.noted, ids.lost, ids.rich]) await stage.witnessed(id);
  const [rungs] = await stage.sql`SELECT count(*)::int AS n FROM rungs WHERE case_id = ${ids.lost}`;
  expect(rungs?.['n']).toBeGreaterThan(0);
  const before = await rowsOf(stage.sql);
  const made = calls.length;
  await stage.close();
  await database.close();

  restored = await emptyDatabase();
  await restoreBackup({ databaseUrl: restored.url, config, from, withoutKeys: true, inClear: true, say });
  const raw = connect(restored.url);
  expect(await restorePending(raw)).toBe(true);
  await raw.end();
  // on a machine without the copies of the data keys nothing that was encrypted can be read: what is lost is listed, the rest waits
  stage = await stageOn(restored, noCopies);
  const compared = async () => (await lastRestore(stage.sql))?.comparedAt ?? null;
  await expect.poll(() => restorePending(stage.sql), { timeout: 60_000 }).toBe(false);
  expect(await lastRestore(stage.sql)).toMatchObject({ lost: 2, comparedAt: null });
  const waits = await stage.sql`SELECT FROM cases WHERE frozen_at IS NOT NULL AND frozen_seq IS NULL`;
  expect(waits).toHaveLength(3);
  await stage.close();
  stage = await stageOn(restored);
  const { sql, client } = stage;
  await expect.poll(compared, { timeout: 60_000 }).not.toBeNull();
  expect(await restorePending(sql)).toBe(false);
  expect(await lastRestore(sql)).toMatchObject({ lost: 2 });
  const frozen = await sql`SELECT case_id AS id FROM cases WHERE frozen_at IS NOT NULL`;
  expect(frozen.map(({ id }) => id).toSorted()).toEqual([ids.paid, ids.noted].toSorted());

  // the case that agrees goes on; the payment cannot be made again meanwhile
  await stage.act(ids.calm, 'caseworker', 'note.add', { data: { text: '照常' } });
  await stage.witnessed(ids.calm);
  const again = await stage.tryAct(ids.paid, holders.cashHolder, 'cash.record', { data: payment('P-again') });
  expect(again).toMatchObject({ status: 'refused', refusal: { kind: 'unavailable' } });
  const next = await openLate(stage);
  const numbers = await sql`SELECT case_no FROM cases`;
  expect(numbers.map((row) => row['case_no'])).not.toContain(before.lostNo);

  const told = await repairRecord({ sql, client, write: false });
  expect(told.map(({ caseId, written, refused }) => [caseId, written, refused])).toEqual(
    [...[ids.lost, ids.rich].toSorted(), ...[ids.paid, ids.noted].toSorted()].map((id) => [id, false, undefined]),
  );
  const repaired = await repairRecord({ sql, client, write: true });
  expect(repaired.every(({ written, missing }) => written && missing > 0)).toBe(true);
  expect(await repairRecord({ sql, client, write: true })).toEqual([]);
  for (const id of [...Object.values(ids), next]) await stage.witnessed(id);

  // the payment is the one that was made, and is no second time; who sends an act again is answered as the first time
  const { lostNo: _, ...rows } = await rowsOf(sql);
  expect(rows).toEqual({ ...before, lostNo: undefined, calm: rows.calm });
  expect(
    await stage.tryAct(ids.paid, holders.cashHolder, 'cash.record', { id: paidOut.id, data: payment('P-2') }),
  ).toMatchObject({ status: 'recorded', replayed: true });
  expect(await stage.tryAct(ids.paid, holders.cashHolder, 'cash.record', { data: payment('P-3') })).toMatchObject({
    status: 'refused',
  });
  expect(await stage.tryAct(ids.noted, 'caseworker', 'note.add', noted)).toMatchObject({ replayed: true });
  await stage.act(ids.lost, 'caseworker', 'note.add', { data: { text: '又回来了' } });
  await stage.witnessed(ids.lost);
  await expect.poll(callsAnswered(sql), { timeout: 60_000 }).toBe(0);
  expect(calls.length).toBe(made);
  expect(made).toBe(3);
  await doneOnce(stage);
  await expect.poll(() => prove(stage), { timeout: 60_000 }).toEqual([]);
});

test('Temporal is put back to an earlier point: what it lost starts again, and nothing is done twice', async () => {
  const port = Number(server.address.split(':')[1]);
  const file = readdirSync(join(folder, 'temporal')).find((name) => name.endsWith('.db'))!;
  const parts = [file, `${file}-wal`, `${file}-shm`].map((name) => join(folder, 'temporal', name));
  partnerAway = true;
  const waiting = await makeCase(stage);
  await expect.poll(async () => stage.sql`SELECT FROM effects WHERE done_at IS NULL`, { timeout: 30_000 }).toEqual([]);
  await stage.close();
  await server.stop();
  for (const part of parts) if (existsSync(part)) copyFileSync(part, `${part}.before`);
  server = await startTemporal({ dataDir: folder, log, headless: true, port });
  partnerAway = false;
  stage = await stageOn(restored!);
  await expect.poll(callsAnswered(stage.sql), { timeout: 120_000 }).toBe(0);
  await stage.act(waiting, 'caseworker', 'note.add', { data: { text: '之后' } });
  const young = await makeCase(stage);
  await expect.poll(callsAnswered(stage.sql), { timeout: 60_000 }).toBe(0);
  for (const id of [waiting, young]) await stage.witnessed(id);
  const made = [...calls];
  expect(made).toHaveLength(5);
  await stage.close();
  await server.stop();
  for (const part of parts) {
    rmSync(part, { force: true });
    if (existsSync(`${part}.before`)) copyFileSync(`${part}.before`, part);
  }
  server = await startTemporal({ dataDir: folder, log, headless: true, port });

  stage = await stageOn(restored!);
  expect(await stage.sql`SELECT FROM cases WHERE frozen_at IS NOT NULL`).toEqual([]);
  for (const id of [waiting, young]) {
    await stage.act(id, 'caseworker', 'note.add', { data: { text: '还在' } });
    await stage.witnessed(id);
  }
  expect(calls).toEqual(made);
  await doneOnce(stage);
  await expect.poll(() => prove(stage), { timeout: 60_000 }).toEqual([]);
  expect((await lastRestore(stage.sql))?.foundAt).toBeDefined();
  expect(await stage.sql`SELECT FROM restores`).toHaveLength(1);
});

const payment = (sourceDoc: string) => ({
  ...{ book: 'earnings', channel: 'cash', sourceDoc, direction: 'out', amountFen: 300, payout: paidOut.payout },
});

async function pay(on: Stage, caseId: string): Promise<void> {
  await on.act(caseId, holders.cashHolder, 'cash.record', { id: paidOut.id, data: payment('P-2') });
  const data = {
    ...{ book: 'earnings', channel: 'cash', sourceDoc: 'P-2', direction: 'out' },
    lines: [{ text: '生活费', amountFen: 300 }],
  };
  await on.act(caseId, holders.accountant, 'ledger.record', { data });
}

/** What must be as it was: the books, and every case by the end of its chain. */
async function rowsOf(of: Sql) {
  const rows = async (query: string) => (await of.unsafe(query)).map((row) => ({ ...row }));
  const books = await rows(
    `SELECT to_jsonb(t)::text AS row FROM cash_entries t WHERE case_id IN ('${ids.paid}', '${ids.rich}') ORDER BY 1`,
  );
  const vouchers = await rows(
    `SELECT to_jsonb(t)::text AS row FROM vouchers t WHERE case_id IN ('${ids.paid}', '${ids.rich}') ORDER BY 1`,
  );
  const payouts = await rows(
    `SELECT to_jsonb(t)::text AS row FROM book_payouts t WHERE case_id IN ('${ids.paid}', '${ids.rich}') ORDER BY 1`,
  );
  const documents = await rows(
    `SELECT to_jsonb(t)::text AS row FROM book_documents t WHERE case_id IN ('${ids.paid}', '${ids.rich}') ORDER BY 1`,
  );
  const heads = await rows(`SELECT case_id, case_no, seq, head, status, next_due FROM cases
    WHERE case_id IN ('${ids.paid}', '${ids.noted}', '${ids.lost}', '${ids.rich}') ORDER BY 1`);
  const rungs = await rows(`SELECT to_jsonb(t)::text AS row FROM rungs t WHERE case_id = '${ids.lost}' ORDER BY 1`);
  const [calm] = await rows(`SELECT seq FROM cases WHERE case_id = '${ids.calm}'`);
  const [lost] = await rows(`SELECT case_no AS no FROM cases WHERE case_id = '${ids.lost}'`);
  return { books, vouchers, payouts, documents, heads, rungs, calm, lostNo: lost?.['no'] as string | undefined };
}

async function emptyDatabase(): Promise<TestDatabase> {
  const name = `test_drill_${randomUUID().slice(0, 8)}`;
  const administer = async (act: (sql: postgres.Sql) => Promise<unknown>) => {
    const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
    await act(sql);
    await sql.end();
  };
  await administer((sql) => sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0`));
  return {
    url: database.url.replace(/[^/]*$/, name),
    close: () => administer((sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}
