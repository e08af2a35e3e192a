import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTables } from '../../api/sheets/write.ts';
import { type Keys, readKeys } from '../../bin/keys-file.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { cleanEnvironment, endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// Lists and history over HTTP against a whole Linli: real worker, real Temporal, and a process that is killed.
const root = join(import.meta.dirname, '../..');
let dataDir: string;
let linli: LinliProcess;
let keys: Keys;
const environment = () => ({ LINLI_DATA: dataDir, LINLI_PORT: '8590' });

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  dataDir = makeTestFolder('import');
  linli = await startLinli(environment());
  const read = readKeys(dataDir);
  if (!read) throw new Error('the first run has left no keys');
  keys = read;
}, 240_000);

afterAll(() => endLinli(linli, dataDir), 120_000);

async function ask(method: string, path: string, body?: object): Promise<Response> {
  const key = keys.keys.find(({ role, unit }) => role === 'caseworker' && unit === 'community-1')?.key ?? '';
  const form = body instanceof FormData;
  return fetch(`${linli.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(form || !body ? {} : { 'content-type': 'application/json' }) },
    ...(body ? { body: form ? body : JSON.stringify(body) } : {}),
  });
}
async function answer<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await ask(method, path, body);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
interface List {
  readonly id: string;
  readonly status: string;
  readonly counts: { readonly opened: number; readonly total: number };
}
async function until(id: string, holds: (list: List) => boolean): Promise<List> {
  for (let n = 0; n < 1_200; n++) {
    const list = await answer<List>('GET', `/imports/${id}`);
    if (holds(list)) return list;
    await sleep(100);
  }
  throw new Error('the list has not come so far in two minutes');
}
const linliSays = (...args: string[]) =>
  spawnSync(process.execPath, ['bin/run.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...cleanEnvironment(), ...environment() },
  });

test('192 households are all opened, each once, though the process is killed in the middle', async () => {
  const rows = Array.from({ length: 192 }, (_, n) => [`周某${n + 1}`, '1960-01-01', '邱某', '老旧管网，无水表']);
  const columns = ['本人姓名', '本人出生日期', '临时妈妈姓名', '困难与需要'];
  const form = new FormData();
  form.set('file', new File([new Uint8Array(await writeTables('xlsx', [{ columns, rows }]))], 'list.xlsx'));
  form.set('program', 'fule');
  form.set('unit', 'community-1');
  const { id } = await answer<List>('POST', '/imports', form);
  await answer('POST', `/imports/${id}/run`, {});
  const { counts } = await until(id, (list) => list.counts.opened >= 25);
  expect(counts.opened).toBeLessThan(192);
  linli.kill('SIGKILL');
  await linli.ended;
  linli = await startLinli(environment());
  const done = await until(id, (list) => list.status === 'done');
  expect(done.counts).toMatchObject({ opened: 192, total: 192 });
  const { total } = await answer<{ total: number }>('GET', '/cases?count=true&limit=1');
  expect(total).toBe(192);
}, 300_000);

test('a history of 2,000 entries with scans is shown as imported, and holds before linli audit verify', async () => {
  const { id } = await answer<{ id: string }>('POST', '/cases', {
    ...{ program: 'fule', unit: 'community-1', imported: true, openedAt: '2004-05-06T00:00:00+08:00' },
    data: { needs: '一家三口均有残疾' },
    parties: [
      { role: 'beneficiary', name: '党某' },
      { role: 'companion', name: '马某' },
    ],
  });
  const scan = new FormData();
  scan.set('file', new File(['%PDF-1.4 scan'], 'scan.pdf'));
  const document = await answer<{ id: string }>('POST', `/cases/${id}/documents`, scan);
  const events = Array.from({ length: 2_000 }, (_, n) => ({
    ...{ type: 'visit', text: `第 ${n + 1} 次走访` },
    occurredAt: new Date(Date.UTC(2004, 4, 6 + n * 4)).toISOString().slice(0, 10),
    ...(n % 20 === 0 ? { evidence: [document.id] } : {}),
  }));
  for (let part = 0; part < 4; part++)
    await answer('POST', `/cases/${id}/acts`, {
      type: 'case.import',
      data: { events: events.slice(part * 500, part * 500 + 500) },
    });
  const page = await answer<{ items: { imported: boolean; text: string }[] }>(
    'GET',
    `/cases/${id}/timeline?order=occurred&limit=3&lang=zh`,
  );
  expect(page.items.map(({ imported, text }) => [imported, text])).toEqual([
    [true, '补录（2004年5月6日）走访：第 1 次走访'],
    [true, '补录（2004年5月10日）走访：第 2 次走访'],
    [true, '补录（2004年5月14日）走访：第 3 次走访'],
  ]);
  // the workflow takes all of it into its history
  for (let n = 0; n < 600; n++) {
    const one = await answer<{ revision: number; witnessedRevision: number }>('GET', `/cases/${id}`);
    if (one.witnessedRevision === one.revision) break;
    await sleep(100);
  }
  const verified = linliSays('audit', 'verify', '--json');
  expect(verified.status, `${verified.stdout}${verified.stderr}`).toBe(0);
  expect(JSON.parse(verified.stdout)).toMatchObject({ holds: true, findings: [] });
}, 300_000);
