import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWitness } from '../bin/witness/folder.ts';
import { runWitness } from '../bin/witness/run.ts';
import { openCheckpoint } from '../engine/record/checkpoint.ts';
import { headLeaf } from '../engine/record/heads.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../engine/record/merkle.ts';
import { parseVerifier } from '../engine/record/note.ts';
import { removeTestFolder } from '../test/support/folders.ts';
import { logAll, recordLogOver } from '../test/support/record-log.ts';
import { type Login, type Scene, setScene } from './scene.fixture.ts';
import { serveApp } from './server.ts';

let scene: Scene;
let caseId: string;
let folder: string;
beforeAll(async () => {
  scene = await setScene();
  caseId = await scene.open();
  folder = mkdtempSync(join(tmpdir(), 'linli-witness-'));
});
afterAll(async () => {
  removeTestFolder(folder);
  await scene.close();
});

interface Proof {
  readonly seq: number;
  readonly hash: string;
  readonly position: number;
  readonly number: number;
  readonly size: number;
  readonly count: number;
  readonly path: string[];
  readonly checkpoint: string;
}

interface Checkpoints {
  readonly keys: { key: string }[];
  readonly latest: { note: string; number: number };
  readonly items: { note: string; number: number }[];
  readonly nextCursor: string | null;
}

const get = async <T>(login: Login, path: string, status = 200): Promise<T> => {
  const response = await scene.ask(login, 'GET', `/api/v1/audit${path}`);
  expect(response.status, path).toBe(status);
  return (await response.json()) as T;
};
const bytes = (hashes: readonly string[]) => hashes.map((each) => Buffer.from(each, 'hex'));

async function signAll(): Promise<void> {
  const log = recordLogOver(scene.sql);
  await logAll(log);
  await log.stop();
}

test('auditors see checkpoints and proofs, and check them with nothing but the key', async () => {
  expect((await get<Checkpoints>('auditor', '/checkpoints')).latest).toBeNull();
  await get('auditor', `/inclusion?chain=${caseId}&seq=1`, 404);
  await signAll();
  await scene.act('caseworker', caseId, { type: 'note.add', data: { text: '来访' } });
  await signAll();
  const list = await get<Checkpoints>('auditor', '/checkpoints');
  expect(list.items.map(({ number }) => number)).toEqual([2, 1]);
  const keys = list.keys.map(({ key }) => parseVerifier(key));
  const [newer, older] = list.items.map(({ note }) => openCheckpoint(note, keys).checkpoint);
  const text = await scene.ask('auditor', 'GET', '/api/v1/audit/checkpoints/latest');
  expect(await text.text()).toBe(list.latest.note);
  const pages = await get<Checkpoints>('auditor', '/checkpoints?limit=1');
  expect((await get<Checkpoints>('auditor', `/checkpoints?limit=1&cursor=${pages.nextCursor}`)).items[0]!.number).toBe(
    1,
  );
  expect((await get<Checkpoints>('auditor', '/checkpoints?after=1')).items.map(({ number }) => number)).toEqual([2]);

  const growth = await get<Proof>('auditor', `/consistency?from=${older!.size}&to=${newer!.size}`);
  expect(verifyConsistency(older!, newer!, bytes(growth.path))).toBe(true);
  const head = await get<Proof>('auditor', `/head?chain=${caseId}`);
  const tree = { size: newer!.heads.count, root: newer!.heads.root };
  const leaf = headLeaf({ chain: caseId, seq: head.seq, head: head.hash });
  expect(verifyInclusion(leaf, head.number, tree, bytes(head.path))).toBe(true);
  for (const [chain, seq] of [
    [caseId, head.seq],
    [caseId, 1],
    ['organisation', 3],
    ['calendar', 8],
  ] as const) {
    const proof = await get<Proof>('auditor', `/inclusion?chain=${chain}&seq=${seq}`);
    expect(verifyInclusion(leafHash(Buffer.from(proof.hash, 'hex')), proof.position, newer!, bytes(proof.path))).toBe(
      true,
    );
  }
  await get('auditor', `/inclusion?chain=${caseId}&seq=1000`, 404);
  await get('auditor', '/consistency?from=9&to=3', 404);
});

test('nobody else does, and of a case only who may read it', async () => {
  for (const path of ['/checkpoints', '/checkpoints/latest', '/consistency?from=0&to=1', '/head?chain=calendar'])
    await get('caseworker', path, 403);
  await get('caseworker', `/head?chain=${caseId}`, 403);
  await get('stranger', `/head?chain=${caseId}`, 404);
  await get('auditor', '/head?chain=00000000-0000-4000-8000-000000000000', 404);
  await get('admin', '/checkpoints');
});

test('a witness over the real API follows the log, and refuses it when its history is rewritten and signed anew', async () => {
  const server = await serveApp(scene.app, { port: 0, host: '127.0.0.1' });
  const said: string[] = [];
  const look = (apiKey = scene.keyOf('auditor')) =>
    runWitness({
      ...{ url: `http://127.0.0.1:${server.port}`, folder, apiKey, once: true, say: (line) => said.push(line) },
    });
  try {
    await signAll();
    expect(await look(scene.keyOf('caseworker'))).toBe(3);
    expect(await look()).toBe(0);
    await scene.act('caseworker', caseId, { type: 'note.add', data: { text: '再访' } });
    await signAll();
    expect(await look()).toBe(0);
    expect(readWitness(folder).notes).toHaveLength(2);
    // an administrator of the database takes the last event away, and the log is written again with the key of the house
    await scene.sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`DELETE FROM events WHERE case_id = ${caseId} AND seq = (SELECT seq FROM cases WHERE case_id = ${caseId})`;
      await tx`UPDATE cases SET seq = seq - 1 WHERE case_id = ${caseId}`;
      for (const table of ['log_leaves', 'log_nodes', 'log_head_nodes', 'log_checkpoints', 'log_chains'])
        await tx.unsafe(`DELETE FROM ${table}`);
    });
    await signAll();
    expect(await look()).toBe(1);
    expect(readdirSync(folder).some((name) => name.startsWith('evidence'))).toBe(true);
    expect(said.join('\n')).toContain('✗ rollback');
  } finally {
    await server.stop();
  }
});
