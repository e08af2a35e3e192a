import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readKeys } from '../../bin/keys-file.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// Two communities become one, with everything real: a whole Linli with its database and its Temporal server, killed while
// the cases are on their way.
let dataDir: string;
let linli: LinliProcess;
const CASES = 50;
const environment = (): Record<string, string> => ({ LINLI_DATA: join(dataDir, 'data'), LINLI_PORT: '8630' });

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  dataDir = makeTestFolder('merge');
  linli = await startLinli(environment());
}, 240_000);

afterAll(() => endLinli(linli, dataDir));

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Asks as somebody of the demonstration; again under the same key while a busy machine says "not now". */
async function ask(role: string, unit: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const key = readKeys(join(dataDir, 'data'))?.keys.find((each) => each.role === role && each.unit === unit)?.key;
  const asked = {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  for (let n = 0; ; n += 1) {
    const response = await fetch(`${linli.url}/api/v1${path}`, asked);
    const answer = { status: response.status, body: (await response.json()) as Answer['body'] };
    if (answer.status !== 503 || n === 10) return answer;
    await sleep(1_000);
  }
}
const admin = (method: string, path: string, body?: unknown) => ask('admin', 'district-1', method, path, body);

test('fifty open cases follow their posts once each, and the record holds', async () => {
  const opening = {
    ...{ program: 'fule', unit: 'community-1', data: { needs: '行动不便，不愿出门' } },
    openedAt: new Date(Date.now() - 20 * 86_400_000).toISOString(),
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
  };
  const ids: string[] = [];
  for (let n = 0; n < CASES; n += 10) {
    const opened = await Promise.all(
      Array.from({ length: 10 }, () => ask('caseworker', 'community-1', 'POST', '/cases', opening)),
    );
    expect(opened.map(({ status }) => status)).toEqual(opened.map(() => 201));
    ids.push(...opened.map(({ body }) => String(body['id'])));
  }

  const preview = await admin('POST', '/units/community-1/merge?dryRun=true', { into: 'community-2' });
  expect(preview.body).toMatchObject({ into: [{ cases: CASES, posts: 5 }] });
  const merged = await admin('POST', '/units/community-1/merge', { into: 'community-2' });
  expect(merged.status).toBe(200);
  const progress = async () => (await admin('GET', `/unit-moves/${merged.body['move']}`)).body;
  while ((await progress())['moved'] === 0) await sleep(20);
  linli.kill('SIGKILL');
  await linli.ended;
  linli = await startLinli(environment());
  const end = performance.now() + 120_000;
  while ((await progress())['doneAt'] === null && performance.now() < end) await sleep(500);
  expect(await progress()).toMatchObject({ cases: CASES, moved: CASES, waiting: 0, doneAt: expect.any(String) });

  for (const id of ids) {
    const { status, body } = await ask('caseworker', 'community-2', 'GET', `/cases/${id}/timeline?limit=200`);
    const moves = (body['items'] as { type: string }[]).filter(({ type }) => type === 'case.moved');
    expect([status, moves.length]).toEqual([200, 1]);
  }
  // their own secretary, now of the other community, goes on where he was
  const note = { type: 'note.add', data: { text: '撤并后第一次走访' } };
  expect((await ask('cadre', 'community-1', 'POST', `/cases/${ids[0]}/acts`, note)).status).toBe(200);
  const proof = await ask('auditor', 'district-1', 'POST', '/audit/verifications', { case: ids[0] });
  expect(proof.body).toMatchObject({ findings: [] });
  const closed = await ask('caseworker', 'community-1', 'POST', '/cases', opening);
  expect(closed.body).toMatchObject({ status: 409, code: 'UNIT_CLOSED' });
}, 400_000);
