import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { archiveFiles } from '../activities/archive-folder.ts';
import { type ArchiverDeps, createArchiver } from '../activities/archiver.ts';
import { readRun } from '../activities/run-history.ts';
import { archiveReader } from '../bin/audit/archive.ts';
import { historyReader } from '../bin/audit/histories.ts';
import type { Sql } from '../db/client.ts';
import { sha256 } from '../door/chain.ts';
import { type VerifyFinding, verify } from '../door/verify.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { historyToJson, witnessOf } from './support/histories.ts';
import { quietRuntime, silentLog } from './support/quiet.ts';
import { seamServer } from './support/seam-server.ts';
import { createStage, type Stage } from './support/stage.ts';

const { History } = proto.temporal.api.history.v1;

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // hundreds of steps of a workflow, one after the other

// Runs that end are archived once, whoever tries, and an archive that was touched is found out.
let temporal: TestWorkflowEnvironment;
let stage: Stage;
let folder: string;
beforeAll(async () => {
  quietRuntime();
  temporal = await seamServer(30);
  stage = await createStage({ temporal });
  folder = mkdtempSync(join(tmpdir(), 'linli-archive-'));
});
afterAll(async () => {
  await stage.close();
  await temporal.teardown();
  rmSync(folder, { recursive: true, force: true });
});

const archiver = (over: Partial<ArchiverDeps> = {}) => {
  const { sql, client, taskQueue } = stage;
  return createArchiver({
    ...{ sql, client, taskQueue, folder, log: silentLog, scanEveryMs: 0, pageSize: 3 },
    ...over,
  });
};
type Archiver = ReturnType<typeof archiver>;

/** Turns until nothing is left to do. Temporal's list follows the runs within a second or so. */
async function archiveAll(one: Archiver, runs: number): Promise<void> {
  const end = performance.now() + 60_000;
  while ((await one.turn()) || (await count('archived_runs')) < runs) {
    if (performance.now() > end) throw new Error(`${await count('archived_runs')} of ${runs} runs are archived`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function count(table: string): Promise<number> {
  const [row] = await stage.sql<{ n: number }[]>`SELECT count(*)::int AS n FROM ${stage.sql(table)}`;
  return row!.n;
}

const converter = () => stage.client.options.loadedDataConverter;
const prove = (caseId?: string) =>
  verify(stage.sql, {
    ...(caseId === undefined ? {} : { caseId }),
    histories: historyReader(stage.client),
    archive: archiveReader(stage.sql, { folder, boundMs: 0, converter: converter() }),
    archiveBoundMs: 0,
  });

/** A case with some runs, the last of them running. */
async function casesRuns(notes = 12): Promise<{ caseId: string; ended: number }> {
  const caseId = await stage.open();
  for (let n = 0; n < notes; n++) {
    await stage.act(caseId, 'caseworker', 'note.add', { data: { text: `记录 ${n}` } });
    await stage.witnessed(caseId);
  }
  const { runs } = await witnessOf(stage.client, caseWorkflowId(caseId));
  expect(runs.length).toBeGreaterThan(2);
  return { caseId, ended: runs.length - 1 };
}

async function close(caseId: string): Promise<void> {
  await stage.act(caseId, 'caseworker', 'case.close', { data: { outcome: 'withdrew' }, reason: '本人退出' });
  await stage.client.workflow.getHandle(caseWorkflowId(caseId)).result();
}

describe('ended runs are archived', () => {
  test('each with its exact bytes, in one chain, as rows and as files', async () => {
    const one = archiver();
    const { caseId, ended } = await casesRuns();
    await archiveAll(one, ended);
    await close(caseId);
    const { runs } = await witnessOf(stage.client, caseWorkflowId(caseId));
    await archiveAll(one, runs.length);
    const rows = await stage.sql`SELECT * FROM archived_runs WHERE case_id = ${caseId} ORDER BY first_seq`;
    expect(rows.map((row) => row['run_id'])).toEqual(runs.map(({ runId }) => runId));
    expect(rows.map((row) => row['status'])).toEqual([...runs.slice(1).map(() => 'continuedAsNew'), 'completed']);
    for (const [n, { history }] of runs.entries()) {
      const row = rows[n]!;
      const parts =
        await stage.sql`SELECT content FROM archived_run_parts WHERE run_id = ${row['run_id']} ORDER BY part`;
      const bytes = gunzipSync(Buffer.concat(parts.map((part) => part['content'] as Uint8Array)));
      // the order of keys in a map is free, so that the same history has several encodings
      expect(historyToJson(History.decode(bytes))).toEqual(historyToJson(history));
      expect(row).toMatchObject({ sha256: sha256(bytes), size_bytes: bytes.length, events: history.events?.length });
      expect(row['previous_run']).toBe(runs[n - 1]?.runId ?? null);
      expect(row['first_run']).toBe(runs[0]?.runId);
      expect([row['first_seq'], row['first_head']]).toEqual([
        rows[n - 1]?.['last_seq'] ?? 0,
        rows[n - 1]?.['last_head'] ?? '0'.repeat(64),
      ]);
      const files = archiveFiles(folder, { caseId, runId: row['run_id'] });
      expect(gunzipSync(readFileSync(files.history)).equals(bytes)).toBe(true);
      expect(sha256(readFileSync(files.manifest))).toBe(row['hash']);
    }
    expect(readdirSync(join(folder, caseId))).toHaveLength(2 * runs.length); // nothing half written is left
    expect(await one.overdue()).toMatchObject({ overdue: 0, lost: 0 });
    expect(one.counts()).toMatchObject({ failed: 0, lost: 0 });
    // the stage's organisation was written without events
    expect((await prove()).findings.filter(({ rule }) => rule !== 'organisation')).toEqual([]);
    await one.stop();
  });

  test('once each, by two loops at once and after one that died with a run packed', async () => {
    const { caseId, ended } = await casesRuns();
    await stage.client.workflow.getHandle(caseWorkflowId(caseId)).terminate('test');
    const before = await count('archived_runs');
    const died = archiver({
      onPacked: async () => {
        throw new Error('the process was killed here');
      },
    });
    await expect.poll(async () => died.turn().then(() => died.counts().failed), { timeout: 30_000 }).toBeGreaterThan(0);
    await died.stop();
    expect(await count('archived_runs')).toBe(before);
    await stage.sql`UPDATE runs_to_archive SET lease_until = NULL, next_try = clock_timestamp()`; // its leases have run out
    await stage.sql`UPDATE archive_scan SET lease_until = NULL`;
    const both = [archiver(), archiver()];
    await expect
      .poll(
        async () => {
          await Promise.all(both.map((one) => one.turn()));
          return (await count('archived_runs')) - before;
        },
        { timeout: 30_000 },
      )
      .toBe(ended + 1);
    expect(both.reduce((sum, one) => sum + one.counts().archived, 0)).toBe(ended + 1);
    const [last] =
      await stage.sql`SELECT status FROM archived_runs WHERE case_id = ${caseId} ORDER BY last_seq DESC, closed_at DESC LIMIT 1`;
    expect(last).toEqual({ status: 'terminated' });
    expect((await both[0]!.overdue()).overdue).toBe(0);
    await Promise.all(both.map((one) => one.stop()));
  });

  test('a run that waits too long is told', async () => {
    await stage.sql`INSERT INTO runs_to_archive (run_id, workflow_id, closed_at, found_at, next_try)
      VALUES (gen_random_uuid()::text, 'case/none', now() - interval '20 minutes', now(), now())`;
    const one = archiver();
    await one.turn();
    expect(await one.overdue()).toMatchObject({ overdue: 1, lost: 1 });
    expect(one.counts().lost).toBe(1);
    await stage.sql`DELETE FROM runs_to_archive`;
    await one.stop();
  });

  test('the application may neither change nor delete them, nor add to them', async () => {
    const forbidden = [
      `UPDATE archived_runs SET status = 'failed'`,
      'DELETE FROM archived_run_parts',
      'TRUNCATE archived_runs CASCADE',
      `INSERT INTO archived_run_parts SELECT run_id, 99, content FROM archived_run_parts LIMIT 1`,
    ];
    for (const statement of forbidden) {
      await expect(stage.sql.unsafe(statement)).rejects.toThrow(/never change|nothing is added/);
      await expect(
        stage.sql.begin(async (tx) => {
          await tx.unsafe('SET LOCAL ROLE linli_door');
          await tx.unsafe(statement);
        }),
      ).rejects.toThrow(/never change|nothing is added|permission denied/);
    }
  });
});

describe('an archive that was touched is found', () => {
  const one = () => `(SELECT run_id FROM archived_runs WHERE case_id = $1 ORDER BY n OFFSET 1 LIMIT 1)`;
  const other = () => `(SELECT run_id FROM archived_runs WHERE case_id = $1 ORDER BY n LIMIT 1)`;
  const edits: readonly (readonly [what: string, edits: readonly string[]])[] = [
    [
      'a history taken out',
      [`DELETE FROM archived_run_parts WHERE run_id = ${one()}`, `DELETE FROM archived_runs WHERE run_id = ${one()}`],
    ],
    ['a history without its bytes', [`DELETE FROM archived_run_parts WHERE run_id = ${one()}`]],
    [
      'a byte of it changed',
      [
        `UPDATE archived_run_parts SET content = set_byte(content, 200, 255 - get_byte(content, 200)) WHERE run_id = ${one()}`,
      ],
    ],
    [
      'the history of another run in its place',
      [
        `UPDATE archived_run_parts SET content = (SELECT content FROM archived_run_parts WHERE run_id = ${other()}) WHERE run_id = ${one()}`,
      ],
    ],
    ['its end moved', [`UPDATE archived_runs SET last_seq = last_seq - 1 WHERE run_id = ${one()}`]],
    [
      'a manifest written anew',
      [
        `UPDATE archived_runs SET manifest = convert_to(replace(convert_from(manifest, 'UTF8'), '"continuedAsNew"', '"completed"'), 'UTF8'),
        hash = encode(sha256(convert_to(replace(convert_from(manifest, 'UTF8'), '"continuedAsNew"', '"completed"'), 'UTF8')), 'hex'), status = 'completed'
        WHERE run_id = ${one()}`,
      ],
    ],
    ['it given to another case', [`UPDATE archived_runs SET case_id = 'nobody' WHERE run_id = ${one()}`]],
  ];
  let caseId: string;
  beforeAll(async () => {
    const loop = archiver();
    const before = await count('archived_runs');
    const made = await casesRuns();
    caseId = made.caseId;
    await archiveAll(loop, before + made.ended);
    await loop.stop();
    expect((await prove(caseId)).findings).toEqual([]);
  });

  /** Edits past the triggers and foreign keys, as an administrator can, and takes it back. */
  async function findingsAfter(
    statements: readonly string[],
    temporalKeeps: boolean,
  ): Promise<readonly VerifyFinding[]> {
    const sql = stage.sql;
    await sql.unsafe(
      'CREATE SCHEMA kept; CREATE TABLE kept.r AS TABLE archived_runs; CREATE TABLE kept.p AS TABLE archived_run_parts',
    );
    const bypass = (list: readonly string[]) =>
      sql.begin(async (tx) => {
        await tx`SET LOCAL session_replication_role = replica`;
        for (const each of list) await tx.unsafe(each.replaceAll('$1', `'${caseId}'`));
      });
    try {
      await bypass(statements);
      const histories = temporalKeeps ? historyReader(stage.client) : newestAlone(sql);
      return (
        await verify(sql, { histories, archive: archiveReader(sql, { converter: converter() }), archiveBoundMs: 0 })
      ).findings;
    } finally {
      await bypass([
        'DELETE FROM archived_run_parts',
        'DELETE FROM archived_runs',
        'INSERT INTO archived_runs SELECT * FROM kept.r',
        'INSERT INTO archived_run_parts SELECT * FROM kept.p',
      ]);
      await sql.unsafe('DROP SCHEMA kept CASCADE');
    }
  }

  /** As Temporal would tell after its retention: of each case only the run that goes on, or the last. */
  const newestAlone = (_: Sql) => {
    const all = historyReader(stage.client);
    return async (id: string) => (await all(id)).slice(0, 1);
  };

  test.each(edits)('%s', async (_what, statements) => {
    for (const temporalKeeps of [true, false]) {
      const findings = await findingsAfter(statements, temporalKeeps);
      expect(findings.map(({ rule }) => rule)).toContain('archive');
      expect(JSON.stringify(findings)).not.toMatch(/[周邱王]某/);
    }
    expect((await prove(caseId)).findings).toEqual([]);
  });

  test('what Temporal no longer keeps is read from the archive, and the events are all proven', async () => {
    const proof = await verify(stage.sql, {
      caseId,
      histories: newestAlone(stage.sql),
      archive: archiveReader(stage.sql, { folder, converter: converter() }),
    });
    expect(proof.findings).toEqual([]);
    expect(proof.unproven).toEqual([]);
    expect(proof.checked.witnessed).toBe(proof.checked.events);
    expect(proof.checked.archived).toBeGreaterThan(1);
    const without = await verify(stage.sql, { caseId, histories: newestAlone(stage.sql) });
    expect(without.checked.witnessed).toBeLessThan(without.checked.events);
  });

  test('a copy in the folder that was changed or has no row', async () => {
    const [row] = await stage.sql`SELECT run_id FROM archived_runs WHERE case_id = ${caseId} ORDER BY n LIMIT 1`;
    const files = archiveFiles(folder, { caseId, runId: row?.['run_id'] as string });
    const { writeFileSync, copyFileSync } = await import('node:fs');
    const kept = readFileSync(files.history);
    writeFileSync(files.history, kept.subarray(0, kept.length - 20));
    expect((await prove(caseId)).findings.map(({ rule }) => rule)).toEqual(['archive']);
    rmSync(files.history);
    expect((await prove(caseId)).findings).toHaveLength(1);
    writeFileSync(files.history, kept);
    copyFileSync(files.manifest, files.manifest.replace(/[^/]*$/, 'unknown-run.json'));
    expect((await prove(caseId)).findings[0]?.what).toContain('which the database has not');
    rmSync(files.manifest.replace(/[^/]*$/, 'unknown-run.json'));
    expect((await prove(caseId)).findings).toEqual([]);
    expect((await readRun(stage.client, caseWorkflowId(caseId))).input.caseId).toBe(caseId);
  });
});
