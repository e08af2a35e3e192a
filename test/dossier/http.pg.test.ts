import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scene, setScene } from '../../api/scene.fixture.ts';
import { verifyDossier } from '../../bin/dossier/verify.ts';
import { makeTestFolder, removeTestFolder } from '../support/folders.ts';
import { playStory } from './story.ts';

let scene: Scene;
let folder: string;
let caseId: string;
beforeAll(async () => {
  folder = makeTestFolder('dossier-http');
  scene = await setScene();
  caseId = await playStory(scene);
}, 240_000);
afterAll(async () => {
  await scene?.close();
  removeTestFolder(folder);
});

const path = () => `/audit/cases/${caseId}/dossier`;

test('an auditor takes a dossier over HTTP, whole or redacted, and it holds', async () => {
  for (const query of ['', '?redacted=true']) {
    const response = await scene.ask('auditor', 'GET', `${path()}${query}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/zip');
    const file = join(folder, 'taken.zip');
    writeFileSync(file, new Uint8Array(await response.arrayBuffer()));
    const [seq, hash] = response.headers.get('linli-head')!.split(':');
    const verdict = await verifyDossier(file, { known: { seq: Number(seq), hash: hash! } });
    expect(verdict.findings).toEqual([]);
    expect(verdict.redacted).toBe(query !== '');
  }
});

test('nobody else does: not who works on the case, not an administrator, not who may not know of it', async () => {
  const statusOf = async (login: Parameters<Scene['ask']>[0]) => (await scene.ask(login, 'GET', path())).status;
  expect(await statusOf(undefined)).toBe(401);
  expect(await statusOf('caseworker')).toBe(403);
  expect(await statusOf('admin')).toBe(404);
  expect(await statusOf('otherCaseworker')).toBe(404);
  expect((await scene.ask('auditor', 'GET', '/audit/cases/none/dossier')).status).toBe(404);
  expect((await scene.ask('auditor', 'GET', `${path()}?redacted=perhaps`)).status).toBe(422);
});

test('an auditor who has something to do with the case, or of whom a complaint speaks, does not', async () => {
  const other = await scene.openApproved();
  const its = `/audit/cases/${other}/dossier`;
  expect((await scene.ask('auditor', 'GET', its)).status).toBe(200);
  await scene.act('caseworker', other, { type: 'complaint.make', data: { text: '……', about: 'p-auditor' } });
  expect((await scene.ask('auditor', 'GET', its)).status).toBe(403);
});
