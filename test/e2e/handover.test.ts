import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readKeys } from '../../bin/keys-file.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// Who holds the money leaves, with everything real: a whole Linli that is dead at the instant of the handover.
let dataDir: string;
let linli: LinliProcess;
const environment = (): Record<string, string> => ({ LINLI_DATA: join(dataDir, 'data'), LINLI_PORT: '8638' });

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  dataDir = makeTestFolder('handover');
  linli = await startLinli(environment());
}, 240_000);

afterAll(() => endLinli(linli, dataDir));

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Asks as somebody of the demonstration; again under the same key while a busy machine says "not now". */
async function ask(person: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const key = readKeys(join(dataDir, 'data'))?.keys.find((each) => each.person === person)?.key;
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
const items = ({ body }: Answer) => body['items'] as Record<string, unknown>[];

test('the money waits for his follower under a clock, whatever was dead when he left', async () => {
  const opened = await ask('p-caseworker', 'POST', '/cases', {
    ...{ program: 'fule', unit: 'community-1', data: { needs: '行动不便，不愿出门' } },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
  });
  const id = String(opened.body['id']);
  const act = (person: string, type: string, more: object = {}) =>
    ask(person, 'POST', `/cases/${id}/acts`, { type, ...more });
  const consent = { onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  expect((await act('p-caseworker', 'consent.give', consent)).status).toBe(200);
  for (const body of ['party-branch', 'two-committees', 'residents-representatives']) {
    const data = { body, present: 9, for: 9, against: 0, abstain: 0 };
    expect((await act('p-secretary', 'decision.record', { data })).status).toBe(200);
  }
  const sale = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'S-1', amountFen: 12_900 };
  expect((await act('p-cash-holder', 'cash.record', { data: sale })).status).toBe(200);

  const posts = await ask('p-admin', 'GET', '/appointments?post=community-1-residents-representative');
  const at = new Date(Date.now() + 3_000).toISOString();
  const path = `/appointments/${items(posts)[0]!['id']}/handover`;
  const done = await ask('p-admin', 'POST', path, { to: 'p-secretary-2', at });
  expect([done.status, done.body['books']]).toMatchObject([200, [{ caseId: id, side: 'cash' }]]);
  linli.kill('SIGKILL');
  await linli.ended;
  await sleep(Math.max(0, Date.parse(at) - Date.now()));
  linli = await startLinli(environment());

  const cash = async () => {
    const [book] = items(await ask('p-secretary-2', 'GET', `/cases/${id}/books`));
    return (book!['keepers'] as Record<string, unknown>[])[0]!;
  };
  const end = performance.now() + 60_000;
  while ((await cash())['clock'] === null && performance.now() < end) await sleep(250);
  expect(await cash()).toMatchObject({ holder: 'p-secretary-2', frozenSince: at, countBy: expect.any(String) });
  const task = async () =>
    items(await ask('p-secretary-2', 'GET', '/tasks?limit=200')).filter(({ kind }) => kind === 'count');
  expect(await task()).toMatchObject([{ name: '账簿“手工收入”的款项待盘点移交' }]);
  const refused = await act('p-secretary-2', 'cash.record', { data: { ...sale, sourceDoc: 'S-2' } });
  expect([refused.status, refused.body['code']]).toEqual([409, 'BOOK_FROZEN']);
  const data = { book: 'earnings', side: 'cash', channels: { cash: 12_900, wechat: 0 }, witness: '邱某' };
  expect((await act('p-secretary-2', 'book.handOver', { data })).status).toBe(200);
  expect(await cash()).toMatchObject({ keeper: 'p-secretary-2', frozenSince: null, clock: null });
  expect(await task()).toEqual([]);
  const types = items(await ask('p-caseworker', 'GET', `/cases/${id}/timeline?limit=200`)).map(({ type }) => type);
  expect(types.filter((type) => String(type).startsWith('book.'))).toEqual(
    expect.arrayContaining(['book.frozen', 'book.handedOver']),
  );
  expect(types.filter((type) => type === 'book.frozen')).toHaveLength(1);
  const proof = await ask('p-auditor', 'POST', '/audit/verifications', { case: id });
  expect(proof.body).toMatchObject({ findings: [] });
}, 240_000);
