import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readKeys } from '../../bin/keys-file.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { cleanEnvironment, endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// A case moves from one installation to another by the commands alone: two data folders, each with a whole Linli running on it.
type House = { readonly data: string; readonly linli: LinliProcess };
let folder: string;
const houses: House[] = [];
const names = ['there', 'here'] as const;
const environmentOf = (data: string, port: number) => ({ LINLI_DATA: data, LINLI_PORT: String(port) });

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  folder = makeTestFolder('move');
  // one after the other: a start is what a small machine has most to do for
  for (const [n, name] of names.entries()) {
    const data = join(folder, name);
    houses.push({ data, linli: await startLinli(environmentOf(data, 8_640 + n * 10)) });
  }
}, 400_000);
afterAll(async () => {
  for (const { linli } of houses) await endLinli(linli, undefined);
  await endLinli(undefined, folder);
}, 120_000);

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

function keyOf({ data }: House, role: string, unit: string): string {
  const key = readKeys(data)?.keys.find((each) => each.role === role && each.unit === unit)?.key;
  if (!key) throw new Error(`the demonstration has no ${role} of ${unit}`);
  return key;
}

/** Asks a house as somebody of its demonstration; again under the same key while a busy machine says "not now". */
async function ask(house: House, role: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const asked = {
    method,
    headers: {
      authorization: `Bearer ${keyOf(house, role, role === 'auditor' ? 'district-1' : 'community-1')}`,
      ...{ 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  for (let n = 0; ; n += 1) {
    const response = await fetch(`${house.linli.url}/api/v1${path}`, asked);
    const answer = { status: response.status, body: (await response.json()) as Answer['body'] };
    if (answer.status !== 503 || n === 10) return answer;
    await sleep(1_000);
  }
}

/** Runs a command on a house's data folder, as its operator does. */
async function run({ data }: House, ...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['bin/run.mjs', ...args], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...cleanEnvironment(), LINLI_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

/** The same of a command that must succeed; answers what it printed. */
async function done(house: House, ...args: string[]): Promise<string> {
  const { code, out, err } = await run(house, ...args);
  if (code !== 0) throw new Error(`linli ${args.join(' ')} ended with ${code}\n${out}\n${err}`);
  return out;
}

async function openCase(house: House, caseNo: string): Promise<string> {
  const { status, body } = await ask(house, 'caseworker', 'POST', '/cases', {
    ...{ program: 'fule', unit: 'community-1', caseNo, data: { needs: '行动不便，不愿出门' } },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
  });
  expect([status, body]).toEqual([201, expect.anything()]);
  return String(body['id']);
}
const note = (house: House, caseId: string, text: string) =>
  ask(house, 'caseworker', 'POST', `/cases/${caseId}/acts`, { type: 'note.add', data: { text } });

interface LogKeys {
  readonly origin: string;
  readonly keys: readonly { readonly key: string }[];
}

test('a case goes to another installation and on there, by the commands alone', async () => {
  const [there, here] = houses as [House, House];
  const words = join(folder, 'words.txt');
  writeFileSync(words, '迁居 以后 再见 二十 个字 以上 的 口令 要 长\n');
  const [caseId, stays] = [await openCase(there, 'N-1'), await openCase(there, 'N-2')];
  expect((await note(there, caseId, '迁居之前')).status).toBe(200);

  // each house tells the other its key; the worker makes it with the first checkpoint
  const keyOfLog = async (house: House): Promise<LogKeys> => {
    for (let n = 0; ; n += 1) {
      const told = JSON.parse(await done(house, 'audit', 'key', '--json')) as LogKeys;
      if (told.keys.length > 0 || n === 30) return told;
      await sleep(5_000);
    }
  };
  const [logThere, logHere] = [await keyOfLog(there), await keyOfLog(here)];
  const receiver = logHere.origin.replace('linli/', '');
  const key = logThere.keys.at(-1)!.key;
  // who heads the community, in both demonstrations
  const by = 'p-director';
  const away = (id: string, to: string) => [
    'case',
    'export',
    id,
    '--to',
    to,
    '--receiver',
    receiver,
    '--by',
    by,
    '--reason',
    '全家迁居',
    '--passphrase-file',
    words,
  ];
  const file = join(folder, 'case.linli');
  const exported = await done(there, ...away(caseId, file));
  expect(exported).toMatch(/^✓ .+: case .+ up to event \d+ [0-9a-f]{64}$/m);
  expect(exported).not.toContain('no signed checkpoint');
  expect(await note(there, caseId, '已移交')).toMatchObject({ status: 409, body: { code: 'CASE_AWAY' } });

  // one that was handed away is taken back and goes on
  await done(there, ...away(stays, join(folder, 'stays.linli')), '--wait', '0');
  await done(there, 'case', 'take-back', stays, '--reason', '不迁了', '--by', by);
  expect((await note(there, stays, '留下')).status).toBe(200);

  // what the map lacks is said first; both demonstrations call the same posts and people the same
  const map = join(folder, 'map.json');
  const taking = (...more: string[]) =>
    run(
      here,
      'case',
      'import',
      file,
      '--unit',
      'community-1',
      '--by',
      by,
      '--trusted-key',
      key,
      '--passphrase-file',
      words,
      '--json',
      ...more,
    );
  const first = await taking('--dry-run');
  const { came, lines } = JSON.parse(first.out) as { came: string; lines: string[] };
  expect([first.code, came]).toEqual([1, 'unmapped']);
  const lacks = lines.flatMap((line): [string, string][] => {
    const [, what, id] = /^ {2}(post|person|unit) (\S+)/.exec(line) ?? [];
    return what && id ? [[what, id]] : [];
  });
  const same = (what: string) => Object.fromEntries(lacks.filter(([kind]) => kind === what).map(([, id]) => [id, id]));
  writeFileSync(map, JSON.stringify({ posts: same('post'), people: same('person'), units: same('unit') }));
  expect(JSON.parse((await taking('--map', map, '--dry-run')).out)).toMatchObject({ came: 'received' });
  expect((await ask(here, 'caseworker', 'GET', `/cases/${caseId}`)).status).toBe(404);
  const taken = await taking('--map', map);
  expect([taken.code, JSON.parse(taken.out)]).toMatchObject([0, { came: 'received' }]);
  const receipt = /[0-9a-f-]{36}:\d+:[0-9a-f]{64}:[^\s"]+/.exec(taken.out)?.[0] ?? '';
  expect(receipt).toContain(caseId);

  // there it ends by the receipt, here it goes on; both records hold
  expect((await run(there, 'case', 'confirm', 'no receipt')).code).toBe(1);
  expect(await done(there, 'case', 'confirm', receipt)).toContain('is closed here');
  expect((await ask(there, 'caseworker', 'GET', `/cases/${caseId}`)).body).toMatchObject({ status: 'closed' });
  const goesOn = async () => (await note(here, caseId, '到了新的社区')).status;
  await expect.poll(goesOn, { timeout: 60_000, interval: 2_000 }).toBe(200);
  for (const house of houses)
    await expect
      .poll(async () => (await run(house, 'audit', 'verify')).out, { timeout: 240_000, interval: 5_000 })
      .toContain('✓ 记录成立');

  // its dossier of here proves offline that it is the case whose end the other house has told
  const dossier = join(folder, 'dossier.zip');
  const take = async () => {
    const response = await fetch(`${here.linli.url}/api/v1/audit/cases/${caseId}/dossier`, {
      headers: { authorization: `Bearer ${keyOf(here, 'auditor', 'district-1')}` },
    });
    expect(response.status).toBe(200);
    writeFileSync(dossier, Buffer.from(await response.arrayBuffer()));
  };
  const [, seq, head] = /up to event (\d+) ([0-9a-f]{64})/.exec(exported) ?? [];
  const verify = (known: string) =>
    run(here, 'dossier', 'verify', dossier, '--json', '--head', known, '--key', logHere.keys.at(-1)!.key);
  // until a checkpoint covers what was recorded last nothing of it is proven
  const proven = async () => {
    await take();
    const { code, out } = await verify(`${seq}:${head}`);
    return { code, ...(JSON.parse(out) as object) };
  };
  await expect
    .poll(proven, { timeout: 180_000, interval: 10_000 })
    .toMatchObject({ code: 0, holds: true, case: caseId, findings: [] });
  const wrong = await verify(`${seq}:${'0'.repeat(64)}`);
  expect([wrong.code, JSON.parse(wrong.out)]).toMatchObject([1, { holds: false }]);

  // nothing was destroyed by it
  expect(JSON.parse(await done(there, 'retention', 'report', '--from', '2026-01-01', '--json'))).toEqual({ items: [] });
  expect((await run(there, 'retention', 'report', '--from', 'yesterday')).code).toBe(1);
  expect(existsSync(file)).toBe(true);
}, 900_000);
