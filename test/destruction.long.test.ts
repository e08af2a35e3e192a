import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../bin/config.ts';
import { openKeys } from '../bin/keys.ts';
import { connect, type Sql } from '../db/client.ts';
import { createDoor, type Door } from '../door/door.ts';
import { installPrograms } from '../door/programs.ts';
import { loadPrograms } from '../plugins/index.ts';
import type { Instant } from '../sdk/time.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { newCanary } from './canary/needles.ts';
import { inFolder, inRows } from './canary/places.ts';
import { Rig } from './faults/rig.ts';
import { databaseOf } from './support/clone.ts';
import { actOn, caseworker, fuleOpening, person, recorded } from './support/door.ts';
import { makeTestFolder, removeTestFolder, sweepTestFolders } from './support/folders.ts';
import { inClear } from './support/histories.ts';
import { cleanEnvironment } from './support/linli.ts';
import { quietRuntime } from './support/quiet.ts';

// Two people destroy what a case of thirty years ago held: API, worker and commands as processes of their own, on real servers. What
// happened in those years was recorded by a door whose clock was set back; everything else is by the real clock.
const root = join(import.meta.dirname, '..');
const DAY_MS = 86_400_000;
const OPENED_MS = Date.UTC(1994, 2, 1, 2);
/** A word of the case that is destroyed, and one of a case like it that stays. */
const [GONE, KEPT] = [newCanary(), newCanary()];

let rig: Rig;
let sql: Sql;
let door: Door;
let now: Instant | undefined;
let gone: string;
let kept: string;
let going: string;
let backups: string;

beforeAll(async () => {
  quietRuntime();
  await sweepTestFolders(pino({ level: 'silent' }));
  backups = makeTestFolder('destruction-backups');
  rig = await Rig.build({
    demoFrom: '1990-01-01T00:00:00.000Z',
    environment: (folder) => ({
      LINLI_KEY_FOLDER: join(folder, 'data-keys'),
      LINLI_ARCHIVE_FOLDER: join(folder, 'archive'),
    }),
  });
  sql = connect(rig.databaseUrl, { max: 4, statementTimeoutMs: 60_000 });
  await openKeys(readConfig(rig.environment), sql);
  door = await createDoor({
    ...{ sql, programs: await installPrograms(sql, (await loadPrograms()).all()), log: pino({ level: 'silent' }) },
    now: async (tx) => now ?? (await tx<{ at: Instant }[]>`SELECT clock_timestamp()::timestamptz(3) AS at`)[0]!.at,
  });
}, 240_000);
afterAll(async () => {
  await door?.end();
  await sql?.end();
  await rig?.close();
  removeTestFolder(backups);
}, 120_000);

const at = (ms: number) => {
  now = new Date(ms).toISOString();
};

/** Help that began and ended in March 1994: documents, notes, a complaint, money received and paid out. */
async function longAgo(word: string): Promise<string> {
  at(OPENED_MS);
  const posts = {
    secretary: 'community-1-secretary',
    cashHolder: 'community-1-residents-representative',
    accountant: 'community-1-supervision-head',
  };
  const parties = [
    { role: 'beneficiary', name: `周${word}`, birthDate: '1950-01-01' },
    { role: 'companion', name: `邱${word}` },
  ];
  const opening = fuleOpening({ parties, data: { needs: `${word}，不愿出门` }, assignments: posts });
  const { caseId } = recorded(await door.open(opening)).case;
  const does = async (who: string, type: string, act: Parameters<typeof actOn>[2] = {}) =>
    recorded(
      await door.act(actOn(caseId, type, { actor: who === 'caseworker' ? caseworker : person(`p-${who}`), ...act })),
    );
  const beneficiary = { onBehalfOf: 'beneficiary' };
  const evidence = [await document(caseId, word)];
  await does('caseworker', 'consent.give', { ...beneficiary, data: { witness: `邱${word}` } });
  for (const body of ['party-branch', 'two-committees', 'residents-representatives'])
    await does('secretary', 'decision.record', {
      data: { body, present: 9, for: 8, against: 0, abstain: 1, text: `同意 ${word}` },
    });
  await does('caseworker', 'note.add', { data: { text: `今天见了 ${word}` }, evidence });
  const complaint = randomUUID();
  await does('caseworker', 'complaint.make', { id: complaint, data: { text: `没有人来，${word}` } });
  await does('sub-district-head', 'complaint.answer', {
    target: `complaint-${complaint}`,
    data: { text: `已经去过，${word}` },
  });
  const money = { book: 'earnings', channel: 'cash' };
  const both = async (direction: 'in' | 'out', sourceDoc: string) => {
    await does('cash-holder', 'cash.record', { data: { ...money, direction, sourceDoc, amountFen: 10_000 }, evidence });
    const lines = [{ text: `笔筒 ${word}`, amountFen: 10_000 }];
    await does('accountant', 'ledger.record', { data: { ...money, direction, sourceDoc, lines }, evidence });
  };
  await both('in', 'S-1');
  await does('caseworker', 'payout.request', {
    ...beneficiary,
    data: { ...money, amountFen: 10_000, text: `交给 ${word}`, witness: `邱${word}` },
    evidence,
  });
  const [payout] = await sql<{ id: string }[]>`SELECT id FROM book_payouts WHERE case_id = ${caseId}`;
  const target = payout!.id;
  await does('secretary', 'payout.approve', { target });
  await both('out', 'P-1');
  await does('caseworker', 'payout.confirm', { ...beneficiary, target, data: { witness: `邱${word}` }, evidence });
  await does('caseworker', 'case.close', { data: { outcome: 'withdrew', followUp: false }, reason: `退出 ${word}` });
  // the time in which an answer to a complaint may be appealed against passes, and a legal hold comes and goes
  at(OPENED_MS + 120 * DAY_MS);
  const hold = await does('director', 'hold.set', { data: { ground: 'petition' }, reason: `信访 ${word}` });
  const held = (hold.events[0]!.data as { id: string }).id;
  await does('sub-district-head', 'hold.lift', { target: held, reason: `办结 ${word}` });
  now = undefined;
  return caseId;
}

async function document(caseId: string, word: string): Promise<string> {
  const [id, bytes] = [randomUUID(), Buffer.from(`%PDF-1.4 ${word}`)];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await sql`
    INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
    VALUES (${id}, ${caseId}, ${sha256}, ${bytes.length}, 'application/pdf', 'file', 'p-caseworker', '1994-03-01T02:00:00Z')`;
  await sql`INSERT INTO document_contents (document_id, bytes) VALUES (${id}, ${bytes})`;
  return id;
}

interface Said {
  readonly how: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Linli's program to its end. */
function linli(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Said> {
  return run(process.execPath, ['bin/run.mjs', ...args], { ...rig.environment, ...environment });
}

function run(program: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
      env: { ...cleanEnvironment(), ...environment },
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]!.setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    // a test that fails leaves none behind
    const late = setTimeout(() => child.kill('SIGKILL'), 120_000);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(late);
      resolve({ how: String(signal ?? code), ...said });
    });
  });
}

/** A command that has to go well; what it prints. */
async function must(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { how, stdout, stderr } = await linli(args, environment);
  expect({ args, how, said: how === '0' ? '' : stdout + stderr }).toEqual({ args, how: '0', said: '' });
  return stdout;
}

async function ask(who: string, method: string, path: string, body?: object) {
  const key = rig.keys.find((each) => each.person === `p-${who}`)?.key;
  return fetch(`${rig.urls[0]}${path.startsWith('/cases') || path.startsWith('/retention') ? '/api/v1' : ''}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

/** Acts on the case of today, and waits until its workflow has taken it in. */
async function goesOn(): Promise<void> {
  const answer = await ask('caseworker', 'POST', `/cases/${going}/acts`, { type: 'note.add', data: { text: '记' } });
  expect(answer.status).toBe(200);
  await witnessed(going);
}

const witnessed = (caseId: string) =>
  expect
    .poll(() => sql`SELECT FROM cases WHERE case_id = ${caseId} AND witnessed_seq = seq`, { timeout: 90_000 })
    .toHaveLength(1);

/** Waits until each of so many runs of a case lies in the archive's folder. */
const archived = (caseId: string, runs: number) =>
  expect.poll(() => histories(caseId).length, { timeout: 90_000 }).toBeGreaterThanOrEqual(runs);

const filesOf = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
const histories = (caseId: string) =>
  filesOf(join(rig.dataDir, 'archive', caseId)).filter((name) => name.endsWith('.history.gz'));
const keyFiles = (caseId: string) => filesOf(join(rig.dataDir, 'data-keys')).filter((name) => name.startsWith(caseId));

/** Tables of a database with a word of the destroyed case; that the search finds words the other case shows. */
async function tablesWithWord(database: Sql = sql): Promise<string[]> {
  const found = await inRows(database, { mayPack: true });
  const having = (word: string) => [...found].filter(([, words]) => words.has(word)).map(([place]) => place);
  expect(having(KEPT)).toEqual(expect.arrayContaining(['person.parties.name', 'person.document_contents.bytes']));
  return having(GONE);
}

/** What is there of it in the database, the key's copies and the archive's folder. */
async function left() {
  const [row] = await sql<{ last: string; key: boolean; said: boolean }[]>`
    SELECT (SELECT type FROM events WHERE case_id = ${gone} ORDER BY seq DESC LIMIT 1) AS last,
      EXISTS (SELECT FROM data_keys WHERE owner = ${gone} AND wrapped IS NOT NULL) AS key,
      (SELECT length(payload) > 20 FROM events WHERE case_id = ${gone} AND seq = 1) AS said`;
  const copies = keyFiles(gone);
  return {
    ...row,
    copies: copies.some((name) => !name.endsWith('.destroyed.json')),
    grave: copies.some((name) => name.endsWith('.destroyed.json')),
    histories: histories(gone).length > 0,
  };
}

const WHOLE = { last: 'destruction.approved', key: true, said: true, copies: true, grave: false, histories: true };
const COMMITTED = { ...WHOLE, last: 'record.destroyed', key: false, said: false };
const BURIED = { ...COMMITTED, copies: false, grave: true };
const ALL_GONE = { ...BURIED, histories: false };

test('two cases of 1994 and one of today are recorded, witnessed and archived; two people decide', async () => {
  [gone, kept] = [await longAgo(GONE), await longAgo(KEPT)];
  await Promise.all([rig.start('api'), rig.start('worker')]);
  const opened = await ask('caseworker', 'POST', '/cases', {
    ...{ program: 'fule', unit: 'community-1', data: { needs: '行动不便' } },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
  });
  going = ((await opened.json()) as { id: string }).id;
  await goesOn();
  for (const caseId of [gone, kept]) {
    await witnessed(caseId);
    await archived(caseId, 1);
  }
  expect(await tablesWithWord()).toEqual(expect.arrayContaining(['person.parties.name', 'person.voucher_lines.text']));
  expect(((await (await ask('director', 'GET', `/cases/${gone}/retention`)).json()) as { blocks: [] }).blocks).toEqual(
    [],
  );
  // eight days ago, by the same door that people's requests come to
  at(Date.now() - 9 * DAY_MS);
  recorded(await door.act(actOn(gone, 'destruction.request', { reason: `期限已满 ${GONE}` })));
  at(Date.now() - 8 * DAY_MS);
  expect(await door.act(actOn(gone, 'destruction.approve'))).toMatchObject({ status: 'refused' });
  recorded(await door.act(actOn(gone, 'destruction.approve', { actor: person('p-director') })));
  now = undefined;
  await witnessed(gone);
  await archived(gone, 2);
  await must(['backup', '--to', join(backups, 'before'), '--keys-to', join(backups, 'keys-before')]);
  await rig.end('worker');
  expect(await left()).toMatchObject(WHOLE);
}, 300_000);

test.each([
  ['act-locked', WHOLE],
  ['destroyed', COMMITTED],
  ['destroyed-buried', BURIED],
])(
  'a worker that ends at %s leaves all of it or none, and the next goes on',
  async (failpoint, expected) => {
    const ended = await linli(['worker'], { LINLI_FAILPOINT: failpoint });
    expect({ how: ended.how, said: ended.how === 'SIGKILL' ? '' : ended.stdout + ended.stderr }).toEqual({
      how: 'SIGKILL',
      said: '',
    });
    expect(await left()).toMatchObject(expected);
  },
  150_000,
);

test('the worker carries it out to its end; nothing of it is left anywhere', async () => {
  await rig.start('worker');
  await expect.poll(left, { timeout: 60_000 }).toMatchObject(ALL_GONE);
  const once = await sql`SELECT FROM events WHERE case_id = ${gone} AND type = 'record.destroyed'`;
  expect(once).toHaveLength(1);
  expect(filesOf(join(rig.dataDir, 'archive', gone)).length).toBeGreaterThan(1); // their manifests
  expect(await tablesWithWord()).toEqual([]);
  // PostgreSQL's own files and the backups made before hold it until they are gone
  const ofPostgres = (path: string) => path.startsWith('postgres');
  const words = (found: ReturnType<typeof inFolder>) =>
    [...found].filter(([, each]) => each.has(GONE)).map(([path]) => path);
  expect(words(inFolder(rig.dataDir, ofPostgres))).toEqual([]);
}, 150_000);

test('Temporal’s histories of it are there, and nobody can open them; those of others are read', async () => {
  const connection = await Connection.connect({ address: rig.temporalAddress });
  try {
    const bare = new Client({ connection });
    const of = (caseId: string) => bare.workflow.getHandle(caseWorkflowId(caseId)).fetchHistory();
    const keyring = await openKeys(readConfig(rig.environment), sql);
    await expect(inClear(keyring, await of(kept))).resolves.toBeDefined();
    await expect(inClear(keyring, await of(gone))).rejects.toThrow('destroyed');
  } finally {
    await connection.close();
  }
}, 60_000);

test('pages, API, report, dossier and commands tell of it; the record holds; others go on', async () => {
  const view = (await (await ask('director', 'GET', `/cases/${gone}/retention`)).json()) as {
    destroyed: { digest: string };
  };
  expect(view.destroyed).toMatchObject({ requested: { by: 'p-caseworker' }, approved: { by: 'p-director' } });
  expect((await ask('auditor', 'GET', `/cases/${gone}`)).status).toBe(200);
  expect((await ask('director', 'POST', `/cases/${gone}/acts`, { type: 'case.reopen', reason: '重开' })).status).toBe(
    409,
  );
  const { items } = (await (await ask('auditor', 'GET', '/retention/report')).json()) as {
    items: { caseId: string }[];
  };
  expect(items.map(({ caseId }) => caseId)).toEqual([gone]);
  expect(await must(['retention', 'report'])).toContain(view.destroyed.digest);
  expect(await must(['retention', 'report', '--csv'])).toContain(view.destroyed.digest);
  expect(await must(['rebuild'])).toContain('0 differ');
  expect(await must(['audit', 'verify'])).toContain('the record holds');
  expect(await must(['data-keys', 'check'])).not.toContain('✗');
  expect(await must(['retention', 'reapply'])).toContain(`✓ case ${gone}: is destroyed`);
  const taken = await ask('auditor', 'GET', `/api/v1/audit/cases/${gone}/dossier`);
  expect(taken.status).toBe(200);
  const file = join(backups, 'dossier.zip');
  writeFileSync(file, new Uint8Array(await taken.arrayBuffer()));
  expect(await must(['dossier', 'verify', file])).toContain('the dossier holds');
  expect((await run('python3', ['bin/dossier/verify_dossier.py', file], {})).how).toBe('0');
  await goesOn();
}, 300_000);

/** An empty database of the same server, by the variables with which Linli uses it. */
async function emptyDatabase(name: string): Promise<Record<string, string>> {
  await sql.unsafe(`CREATE DATABASE ${name}`);
  return { DATABASE_URL: databaseOf(rig.databaseUrl, name) };
}

/** The same on another machine: a data folder of its own. */
async function elsewhere(name: string): Promise<Record<string, string>> {
  const folder = join(backups, name);
  mkdirSync(folder);
  return {
    ...(await emptyDatabase(name)),
    ...{
      LINLI_DATA: folder,
      LINLI_KEY_FOLDER: join(folder, 'data-keys'),
      LINLI_ARCHIVE_FOLDER: join(folder, 'archive'),
    },
  };
}

async function wordsIn({ DATABASE_URL = '' }: Record<string, string>): Promise<string[]> {
  const there = connect(DATABASE_URL, { max: 1, statementTimeoutMs: 60_000 });
  try {
    return await tablesWithWord(there);
  } finally {
    await there.end();
  }
}

test('of a backup made after it the case comes back destroyed on another machine', async () => {
  await must(['backup', '--to', join(backups, 'after'), '--keys-to', join(backups, 'keys-after')]);
  const there = await elsewhere('after_it');
  const restored = await must(
    ['restore', '--from', join(backups, 'after'), '--keys-from', join(backups, 'keys-after')],
    there,
  );
  expect(restored).toContain('the record holds');
  expect(await wordsIn(there)).toEqual([]);
  expect(await must(['retention', 'report'], there)).toContain('1 cases destroyed');
}, 200_000);

test('a backup made before it is readable where nobody knows of the destruction, until the files beside the keys come there', async () => {
  const there = await elsewhere('before_it');
  const restored = await must(
    ['restore', '--from', join(backups, 'before'), '--keys-from', join(backups, 'keys-before')],
    there,
  );
  expect(restored).toContain('the record holds');
  expect((await wordsIn(there)).length).toBeGreaterThan(3);
  cpSync(join(rig.dataDir, 'data-keys'), there['LINLI_KEY_FOLDER']!, { recursive: true });
  const check = await linli(['data-keys', 'check'], there);
  expect([check.how, check.stdout]).toEqual(['1', expect.stringContaining('linli retention reapply')]);
  expect(await must(['retention', 'reapply'], there)).toContain('destroyed again');
  expect(await wordsIn(there)).toEqual([]);
  expect(await must(['audit', 'verify', '--record-only'], there)).toContain('the record holds');
}, 200_000);

test('restored on its own machine it is destroyed again at once, with the same certificate; all others go on', async () => {
  const [then] = await sql`SELECT seq, head FROM cases WHERE case_id = ${gone}`;
  await rig.end('worker');
  await rig.end('api');
  const again = await emptyDatabase('again');
  const restored = await must(['restore', '--from', join(backups, 'before')], again);
  expect(restored).toContain(`✓ case ${gone}: destroyed again`);
  expect(restored).toContain('the record holds');
  expect(await wordsIn(again)).toEqual([]);
  await door.end();
  await sql.end();
  rig.useDatabase(again['DATABASE_URL']!);
  sql = connect(rig.databaseUrl, { max: 4, statementTimeoutMs: 60_000 });
  await openKeys(readConfig(rig.environment), sql);
  expect(await sql`SELECT seq, head FROM cases WHERE case_id = ${gone}`).toEqual([then]);
  await Promise.all([rig.start('api'), rig.start('worker')]);
  const frozen = async () => {
    const response = await fetch(`${rig.urls[0]}/readyz`);
    const { restorePending } = (await response.json()) as { restorePending: boolean };
    const [row] = await sql<{ n: number }[]>`SELECT count(*)::int AS n FROM cases WHERE frozen_at IS NOT NULL`;
    return { restorePending, frozen: row!.n };
  };
  // what was noted today since the backup is known to Temporal, and waits for its repair
  await expect.poll(frozen, { timeout: 90_000 }).toEqual({ restorePending: false, frozen: 1 });
  await must(['repair-record', '--write']);
  await expect.poll(frozen, { timeout: 60_000 }).toMatchObject({ frozen: 0 });
  await goesOn();
  const verify = await linli(['audit', 'verify']);
  // the log had been signed further: that is told until somebody takes it upon himself (docs/backup.md)
  expect(verify.stdout.match(/^✗ [a-z]+: .*$/gmu)).toEqual([expect.stringContaining('what was signed here last')]);
  await must(['audit', 'accept-restore']);
  await expect
    .poll(async () => (await linli(['audit', 'verify'])).how, { timeout: 120_000, interval: 5_000 })
    .toBe('0');
  expect(await left()).toMatchObject(ALL_GONE);
}, 400_000);
