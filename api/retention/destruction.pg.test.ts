import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { archiveFiles, createArchiveFolder } from '../../activities/archive-folder.ts';
import { createDestroyer } from '../../activities/destroyer.ts';
import { bringBackRuns } from '../../bin/audit/folder-runs.ts';
import { takeBackup } from '../../bin/backup/backup.ts';
import { prune } from '../../bin/backup/shelf.ts';
import { destroyedCleaner } from '../../bin/clean-destroyed.ts';
import { readConfig } from '../../bin/config.ts';
import { openGrave } from '../../bin/grave.ts';
import { keyCopies } from '../../bin/key-copies.ts';
import { type LogKeyFiles, logKeyFiles } from '../../bin/log-key.ts';
import { reapplyAll } from '../../bin/reapply.ts';
import { createTransactions } from '../../db/transactions.ts';
import { archiveRun, type EndedRun } from '../../door/archive.ts';
import { buriedOf } from '../../door/buried.ts';
import { type Header, sha256 } from '../../door/chain.ts';
import { createDoor } from '../../door/door.ts';
import { engine } from '../../door/engine.ts';
import type { BuriedCase, KeyCopies } from '../../door/keys/data-keys.ts';
import { logOrigin } from '../../door/log/checkpoint.ts';
import { installPrograms } from '../../door/programs.ts';
import { type Reapplied, reapply } from '../../door/reapply.ts';
import { rebuildCase } from '../../door/rebuild.ts';
import { verify } from '../../door/verify.ts';
import { DESTRUCTION_WAITS_DAYS, digestText, ENDS_DESTRUCTION } from '../../engine/destruction.ts';
import { verifierText } from '../../engine/record/note.ts';
import { addDays } from '../../engine/time/civil.ts';
import { loadPrograms } from '../../plugins/index.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { logAll, recordLogOver } from '../../test/support/record-log.ts';
import { type Login, openingOf, pageAs, type Scene, setScene, signIn } from '../scene.fixture.ts';

/** A word of one case alone: other cases of the same database keep theirs. */
let CANARY = '';
const START = Date.now();
const DAY = 86_400_000;
let database: TestDatabase;
let scene: Scene;
let caseId: string;
let clock = START;
beforeAll(async () => {
  database = await freshDatabase();
  scene = await setScene({ now: () => new Date(clock).toISOString() }, undefined, database);
});
afterAll(() => scene.close());

const reason = '保存期限已满';
const said = (login: Login, body: Record<string, unknown>) => scene.ask(login, 'POST', `/cases/${caseId}/acts`, body);
const code = async (login: Login, body: Record<string, unknown>) => {
  const answer = await said(login, body);
  return answer.status === 200 ? 'ok' : ((await answer.json()) as { code: string }).code;
};
const must = async (login: Login, body: Record<string, unknown>) => expect(await code(login, body)).toBe('ok');
const destroy = (id: string = randomUUID()) =>
  scene.door.act({
    caseId,
    act: { id, type: 'record.destroy', actor: { kind: 'system', id: 'retention', logins: [] } },
  });
const findings = async () => (await verify(scene.sql, { caseId })).findings;

/** A case full of words, closed six years ago. */
beforeEach(async () => {
  clock = START;
  CANARY = `獬豸${randomUUID()}`;
  caseId = await scene.open({
    ...openingOf(),
    openedAt: undefined,
    data: { needs: `${CANARY} 右腿残疾` },
    parties: [
      { role: 'beneficiary', name: CANARY, birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
  });
  const form = new FormData();
  form.append('file', new File([`%PDF-1.4 ${CANARY}`], 'x.pdf', { type: 'application/pdf' }));
  const uploaded = await scene.ask('caseworker', 'POST', `/cases/${caseId}/documents`, form, {
    'idempotency-key': randomUUID(),
  });
  expect(uploaded.status).toBe(201);
  await must('caseworker', { type: 'note.add', data: { text: `${CANARY} 今天说话了` } });
  await must('caseworker', {
    type: 'case.close',
    reason: `${CANARY} 本人退出`,
    data: { outcome: 'withdrew', followUp: false },
  });
  clock = START + 6 * 366 * DAY;
});

const approve = async () => {
  await must('caseworker', { type: 'destruction.request', reason });
  await must('director', { type: 'destruction.approve' });
  clock += DESTRUCTION_WAITS_DAYS * DAY;
};
const destroyed = async () => {
  await approve();
  expect(await destroy()).toMatchObject({ status: 'recorded' });
};

/** Whether a word is in a backup in clear, in whatever table. */
const isIn = (backup: string) =>
  readdirSync(join(backup, 'database')).some((file) =>
    gunzipSync(readFileSync(join(backup, 'database', file))).includes(CANARY),
  );

/** Tables in which a word is found, in clear or in bytes. */
async function tablesWith(word: string): Promise<string[]> {
  const tables = await scene.sql<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'person')`;
  const hex = Buffer.from(word).toString('hex');
  const escaped = JSON.stringify(word).slice(1, -1);
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await scene.sql.unsafe(
      `SELECT FROM ${name} t WHERE t::text LIKE ANY (ARRAY[$1, $2, $3]) LIMIT 1`,
      [word, hex, escaped].map((each) => `%${each}%`),
    );
    if (row) found.push(name);
  }
  return found;
}

describe('refused', () => {
  test('while a period runs, under a hold, by the same person, before the wait is over, and when nobody asked', async () => {
    const later = clock;
    clock = START + DAY;
    expect(await code('caseworker', { type: 'destruction.request', reason })).toBe('BLOCKED');
    clock = later;
    expect(await destroy()).toMatchObject({ refusal: { code: 'NOT_OPEN' } });
    await must('director', { type: 'hold.set', reason, data: { ground: 'petition' } });
    expect(await code('caseworker', { type: 'destruction.request', reason })).toBe('BLOCKED');
    const { holds } = (await (await scene.ask('auditor', 'GET', `/cases/${caseId}/retention`)).json()) as {
      holds: { id: string }[];
    };
    await must('auditor', { type: 'hold.lift', reason, target: holds[0]!.id });
    await must('director', { type: 'destruction.request', reason });
    expect(await code('director', { type: 'destruction.approve' })).toBe('FORBIDDEN');
    await must('subDistrictHead', { type: 'destruction.approve' });
    expect(await destroy()).toMatchObject({ refusal: { code: 'BLOCKED' } });
    clock += DESTRUCTION_WAITS_DAYS * DAY;
    await must('auditor', { type: 'destruction.revoke', reason });
    expect(await destroy()).toMatchObject({ refusal: { code: 'NOT_OPEN' } });
    expect(await findings()).toEqual([]);
    expect(await tablesWith(CANARY)).toContain('person.parties');
  });

  test('by the database itself, whoever writes the last event', async () => {
    await expect(scene.sql`SELECT destroy_case(${caseId}, '')`).rejects.toThrow('two people');
    await expect(scene.sql`UPDATE events SET payload = '{"data":{}}' WHERE case_id = ${caseId}`).rejects.toThrow(
      'never change',
    );
    await expect(
      scene.sql.begin(async (tx) => {
        await tx`SELECT set_config('linli.destroying', ${caseId}, true)`;
        await tx`UPDATE events SET payload = '{"data":{}}' WHERE case_id = ${caseId}`;
      }),
    ).rejects.toThrow('only emptied');
  });
});

test('everything the case says is gone, in every table; chain, log, models and books hold; nothing more is recorded', async () => {
  expect(await tablesWith(CANARY)).toEqual(expect.arrayContaining(['person.parties', 'person.document_contents']));
  await scene.sql`INSERT INTO data_keys (id, owner, yearly_key, wrapped)
    VALUES (${`${caseId}.0badcafe`}, ${caseId}, 'y', ${Buffer.alloc(60, 7)}) ON CONFLICT DO NOTHING`;
  await destroyed();
  expect(await tablesWith(CANARY)).toEqual([]);
  expect(
    await scene.sql`SELECT wrapped, destroyed_at IS NOT NULL AS gone FROM data_keys WHERE owner = ${caseId}`,
  ).toEqual([{ wrapped: null, gone: true }]);
  expect(await findings()).toEqual([]);
  expect((await verify(scene.sql)).findings).toEqual([]);
  const transactions = createTransactions(scene.sql, { lanes: 1 });
  expect(await rebuildCase({ transactions, engine }, caseId, true)).toMatchObject({ differences: [], written: false });
  await transactions.end();
  expect(await code('director', { type: 'case.reopen', reason })).toBe('CASE_DESTROYED');
  expect(await destroy()).toMatchObject({ refusal: { code: 'CASE_DESTROYED' } });
  const [row] = await scene.sql<{ seq: number; witnessed: number; lagging: string | null; wake: string | null }[]>`
    SELECT seq, witnessed_seq AS witnessed, lagging_since AS lagging, wake_at AS wake FROM cases WHERE case_id = ${caseId}`;
  expect(row).toMatchObject({ witnessed: row!.seq, lagging: null, wake: null });
});

test('the certificate is on the page, in the answer, in the report of an auditor, and nowhere a name', async () => {
  await destroyed();
  const path = `/cases/${caseId}/retention`;
  const view = (await (await scene.ask('director', 'GET', path)).json()) as {
    destroyed: { digest: string; caseNo: string };
  };
  expect(view.destroyed).toMatchObject({
    ground: 'periods',
    requested: { by: 'p-caseworker' },
    approved: { by: 'p-director' },
  });
  expect(await pageAs(scene, 'director', path)).toContain('销毁清册');
  const report = await scene.ask('auditor', 'GET', '/retention/report');
  const { items } = (await report.json()) as { items: { caseId: string }[] };
  expect(items.find((each) => each.caseId === caseId)).toMatchObject({ digest: view.destroyed.digest });
  expect((await scene.ask('caseworker', 'GET', '/retention/report')).status).toBe(403);
  for (const each of ['', '/timeline', '/plan', '/books', '/documents', '/deadlines'])
    expect((await scene.ask('auditor', 'GET', `/cases/${caseId}${each}`)).status, each).toBeLessThan(500);
  for (const each of [`/cases/${caseId}`, '/cases', '/inbox', '/audit'])
    expect(await pageAs(scene, 'auditor', each)).not.toContain(CANARY);
  expect((await scene.ask('auditor', 'GET', '/audit/events?limit=200')).status).toBe(200);
});

test('backups made before hold it: the certificate says until when, and pruned on the day after they do no more', async () => {
  const folder = makeTestFolder('destroyed-in-backups');
  const config = readConfig({ LINLI_DATA: join(folder, 'data') });
  const take = (name: string, keepDays: number) =>
    takeBackup({
      ...{ databaseUrl: database.url, client: undefined, config, inClear: true, say: () => {} },
      ...{ to: join(folder, 'backups', name), keepDays },
    });
  const { manifest } = await take('before', 20);
  await destroyed();
  await take('since', 30);
  // the clock of the cases is ahead of the database's
  const after = new Date(clock + DAY).toISOString();
  const since = (at: string) =>
    scene.sql`UPDATE backups SET begun_at = ${at} WHERE keep_until > ${manifest.keepUntil!}`;
  // one that was begun while the destruction was on its way may hold it as well
  await since(new Date(clock + 60_000).toISOString());
  const report1 = await (await scene.ask('auditor', 'GET', '/retention/report')).json();
  expect(JSON.stringify(report1)).toContain(addDays(manifest.keepUntil!, 10));
  await since(after);
  const { destroyed: certificate } = (await (
    await scene.ask('director', 'GET', `/cases/${caseId}/retention`)
  ).json()) as { destroyed: { backupsUntil: string } };
  expect(certificate.backupsUntil).toBe(manifest.keepUntil);
  expect(await pageAs(scene, 'director', `/cases/${caseId}/retention`)).toContain(
    `另存的副本不在内）：${manifest.keepUntil}`,
  );
  const report = (await (await scene.ask('auditor', 'GET', '/retention/report')).json()) as {
    items: { caseId: string; backupsUntil: string }[];
  };
  expect(report.items.find((each) => each.caseId === caseId)?.backupsUntil).toBe(manifest.keepUntil);
  expect([isIn(join(folder, 'backups/before')), isIn(join(folder, 'backups/since'))]).toEqual([true, false]);
  const onDay = (after: number) =>
    prune(join(folder, 'backups'), {
      now: `${addDays(certificate.backupsUntil, after)}T04:00:00.000Z`,
      logKeys: () => [],
    });
  expect(await onDay(0)).toEqual({ removed: [], left: [] });
  expect(await onDay(1)).toMatchObject({ removed: [{ name: 'before' }], left: [] });
  expect(readdirSync(join(folder, 'backups'))).toEqual(['pruned.jsonl', 'since']);
  await scene.sql`DELETE FROM backups`;
  removeTestFolder(folder);
});

test('two forms on the page of a case are enough', async () => {
  const cookieOf = { caseworker: await signIn(scene, 'caseworker'), director: await signIn(scene, 'director') };
  const path = `/cases/${caseId}/retention`;
  const send = async (login: 'caseworker' | 'director', form: Record<string, string>) => {
    const cookie = cookieOf[login];
    const shown = await (await scene.app.request(path, { headers: { cookie } })).text();
    const token = /name="token" value="([^"]+)"/.exec(shown)?.[1] ?? '';
    const answer = await scene.app.request(path, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token, key: randomUUID(), ...form }).toString(),
    });
    return answer.status;
  };
  expect(await send('caseworker', { type: 'destruction.request', reason })).toBe(303);
  expect(await send('caseworker', { type: 'destruction.approve' })).toBe(403);
  expect(await send('director', { type: 'destruction.approve' })).toBe(303);
  expect(await (await scene.ask('director', 'GET', path)).json()).toMatchObject({
    destruction: { approvedBy: 'p-director' },
  });
});

test('the worker carries it out when the wait is over, once, also after it ended between commit and cleaning up', async () => {
  await approve();
  clock -= DAY;
  await scene.sql`UPDATE cases SET witnessed_seq = seq WHERE case_id = ${caseId}`;
  const cleaned: string[] = [];
  const clean = async (id: string) => void cleaned.push(id);
  const now = async () => new Date(clock).toISOString();
  const log = pino({ level: 'silent' });
  const loop = () => createDestroyer({ sql: scene.worker, door: scene.door, log, clean, now });
  expect(await loop().turn()).toBe(0);
  clock += DAY;
  const broken = createDestroyer({
    sql: scene.worker,
    door: scene.door,
    log,
    now,
    clean: async () => Promise.reject(new Error('cut off')),
  });
  await expect(broken.turn()).rejects.toThrow('cut off');
  expect(cleaned).not.toContain(caseId);
  expect(await loop().turn()).toBe(0);
  expect(cleaned).toContain(caseId);
  expect(await findings()).toEqual([]);
});

test('done again, as every worker does when it starts, it writes no row', async () => {
  expect(await code('director', { type: 'destruction.approve' })).toBe('NOT_OPEN');
  await scene.sql.begin(async (tx) => {
    // what went out of it; no endpoint is needed for that
    await tx`SET LOCAL session_replication_role = replica`;
    const at = new Date(START).toISOString();
    await tx`INSERT INTO sendings (id, endpoint_id, kind, count, text_zh, text_en, path, urgent, created_at, began_at, next_try, outcome, ended_at)
      VALUES (${`s-${caseId}`}, 'e', 'messages', 1, ${CANARY}, '', '/', false, ${at}, ${at}, ${at}, 'sent', ${at})`;
    await tx`INSERT INTO outbox (id, delivery_id, endpoint_id, personal, count, text_zh, text_en, case_id, urgent, created_at, due_at, state, sending_id)
      VALUES (${`o-${caseId}`}, 'd', 'e', true, 1, ${CANARY}, '', ${caseId}, false, ${at}, ${at}, 'sent', ${`s-${caseId}`})`;
  });
  expect(await tablesWith(CANARY)).toEqual(expect.arrayContaining(['person.outbox', 'person.sendings']));
  /** Tables in which destroying it again has written a row. */
  const written = () =>
    scene.sql.begin(async (tx) => {
      await tx`SELECT destroy_case(case_id, convert_from(payload, 'UTF8')) FROM events WHERE case_id = ${caseId} AND type = 'record.destroyed'`;
      const tables = await tx<
        { name: string }[]
      >`SELECT tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'person') ORDER BY 1`;
      const found: string[] = [];
      for (const { name } of tables)
        if ((await tx`SELECT FROM ${tx(name)} WHERE xmin = pg_current_xact_id()::xid LIMIT 1`).length > 0)
          found.push(name);
      return found;
    });
  await destroyed();
  expect(await tablesWith(CANARY)).toEqual([]);
  expect(await written()).toEqual([]);
  // and what is there again goes
  await scene.sql`UPDATE outbox SET text_zh = ${CANARY} WHERE case_id = ${caseId}`;
  await scene.sql`UPDATE cases SET lagging_since = now() WHERE case_id = ${caseId}`;
  expect(await written()).toEqual(['cases', 'outbox']);
  expect(await tablesWith(CANARY)).toEqual([]);
});

test('a process that ends before the commit has destroyed nothing', async () => {
  await approve();
  const door = await createDoor({
    ...{
      sql: scene.sql,
      programs: await installPrograms(scene.sql, (await loadPrograms()).all()),
      log: pino({ level: 'silent' }),
    },
    now: async () => new Date(clock).toISOString(),
    step: (step) => {
      if (step === 'act-locked') throw new Error('cut off');
    },
  });
  const act = {
    id: randomUUID(),
    type: 'record.destroy',
    actor: { kind: 'system', id: 'retention', logins: [] },
  } as const;
  await expect(door.act({ caseId, act })).rejects.toThrow('cut off');
  await door.end();
  expect(await tablesWith(CANARY)).toContain('person.document_contents');
  expect(await destroy()).toMatchObject({ status: 'recorded' });
});

test('a database put back to before it is destroyed again, with the same last event', async () => {
  await approve();
  const kept = await scene.sql`SELECT * FROM events WHERE case_id = ${caseId} ORDER BY seq`;
  expect(await destroy()).toMatchObject({ status: 'recorded' });
  const buried = (await buriedOf(scene.sql, caseId))!;
  const head = () => scene.sql`SELECT seq, head FROM cases WHERE case_id = ${caseId}`;
  const [then] = await head();
  // what a restore brings back: the events up to the approval, and what they say
  for (const table of ['events', 'cases', 'acts', 'data_keys'])
    await scene.sql.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await scene.sql`DELETE FROM acts WHERE case_id = ${caseId} AND seq > ${kept.length}`;
  await scene.sql`DELETE FROM events WHERE case_id = ${caseId} AND seq > ${kept.length}`;
  await scene.sql`DELETE FROM messages WHERE case_id = ${caseId} AND id NOT IN (SELECT message_id FROM reminders)`;
  await scene.sql`DELETE FROM reminders WHERE message_id IN (SELECT id FROM messages WHERE case_id = ${caseId})`;
  await scene.sql`DELETE FROM messages WHERE case_id = ${caseId}`;
  for (const row of kept)
    await scene.sql`UPDATE events SET payload = ${row['payload']} WHERE case_id = ${caseId} AND seq = ${row['seq']}`;
  await scene.sql`UPDATE cases SET seq = ${kept.length}, head = ${kept.at(-1)!['hash']} WHERE case_id = ${caseId}`;
  await scene.sql`UPDATE data_keys SET wrapped = ${Buffer.alloc(60, 7)}, destroyed_at = NULL WHERE owner = ${caseId}`;
  for (const table of ['events', 'cases', 'acts', 'data_keys'])
    await scene.sql.unsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  expect((await findings()).length).toBeGreaterThan(0);
  const transactions = createTransactions(scene.sql, { lanes: 1 });
  expect(await reapply({ transactions, engine }, buried)).toMatchObject({ what: 'destroyed' });
  expect(await reapply({ transactions, engine }, buried)).toMatchObject({ what: 'held' });
  const other = { ...buried, headers: [buried.headers[1]!, ...buried.headers.slice(1)] };
  expect(await reapply({ transactions, engine }, other)).toMatchObject({ what: 'refused' });
  await transactions.end();
  expect(await head()).toEqual([then]);
  expect(await tablesWith(CANARY)).toEqual([]);
  expect(await findings()).toEqual([]);
});

test('the same act again answers the same, and an act of before tells nothing any more', async () => {
  await approve();
  const id = randomUUID();
  const before = randomUUID();
  const note = () =>
    scene.ask(
      'director',
      'POST',
      `/cases/${caseId}/acts`,
      { type: 'access.approve', data: {} },
      { 'idempotency-key': before },
    );
  await note();
  expect(await destroy(id)).toMatchObject({ status: 'recorded' });
  expect(await destroy(id)).toMatchObject({ status: 'recorded', replayed: true });
  expect((await note()).status).toBe(409);
});

test('every table that names a case is emptied of it, or is known to hold ids alone', async () => {
  const tables = await scene.sql<{ name: string }[]>`
    SELECT DISTINCT table_name AS name
    FROM information_schema.columns WHERE column_name = 'case_id' AND table_schema IN ('public', 'person')`;
  const rows = await scene.sql<{ name: string }[]>`SELECT unnest(destruction_tables()) AS name`;
  const gone = rows.map(({ name }) => name);
  // what they say is emptied, or they hold ids and times alone
  const known = [
    'cases',
    'events',
    'acts',
    'documents',
    'messages',
    'outbox',
    'archived_runs',
    'case_moves',
    'audit_sample_cases',
  ];
  expect(tables.map(({ name }) => name).filter((name) => !gone.includes(name) && !known.includes(name))).toEqual([]);
});

test('database and engine cover the same with the digest, and mean the same events', async () => {
  const events = await scene.sql<
    { seq: number; hash: string }[]
  >`SELECT seq, hash FROM events WHERE case_id = ${caseId} ORDER BY seq`;
  const documents = await scene.sql<
    { id: string; sha256: string }[]
  >`SELECT id, sha256 FROM documents WHERE case_id = ${caseId}`;
  const [row] = await scene.sql<{ digest: string }[]>`SELECT destruction_digest(${caseId}) AS digest`;
  expect(row?.digest).toBe(sha256(digestText(events, documents)));
  const [body] = await scene.sql<
    { text: string }[]
  >`SELECT prosrc AS text FROM pg_proc WHERE proname = 'destruction_holds'`;
  for (const type of ENDS_DESTRUCTION) expect(body?.text).toContain(`'${type}'`);
  expect(body?.text).toContain(`interval '${DESTRUCTION_WAITS_DAYS} days'`);
});

describe('a run of its workflow that is archived late', () => {
  const history = '工作流的历史';
  const ended = (): EndedRun => {
    const run = randomUUID();
    const at = new Date(START).toISOString();
    return {
      ...{ case: caseId, run, first: run, previous: null, next: null, status: 'completed' },
      ...{ startedAt: at, closedAt: at, from: null, to: null, events: 1 },
      ...{ sizeBytes: Buffer.byteLength(history), sha256: sha256(history) },
    };
  };
  const archive = async (run: EndedRun) => {
    const transactions = createTransactions(scene.sql, { lanes: 1, role: 'linli_door' });
    try {
      return await transactions.run((tx) => archiveRun(tx, run, [gzipSync(history)]));
    } finally {
      await transactions.end();
    }
  };
  const partsOf = ({ run }: EndedRun) => scene.sql`SELECT FROM archived_run_parts WHERE run_id = ${run}`;

  test('keeps its manifest alone, in the archive’s folder as well', async () => {
    const folder = makeTestFolder('late-run');
    const [before, late] = [ended(), ended()];
    expect(await archive(before)).toBe(true);
    expect(await partsOf(before)).toHaveLength(1);
    await destroyed();
    expect(await archive(late)).toBe(true);
    expect(await partsOf(before)).toEqual([]);
    expect(await partsOf(late)).toEqual([]);
    const copy = createArchiveFolder(scene.sql, folder);
    while ((await copy()) > 0);
    for (const { run } of [before, late]) {
      const files = archiveFiles(folder, { caseId, runId: run });
      expect([existsSync(files.manifest), existsSync(files.history)]).toEqual([true, false]);
    }
    expect(await findings()).toEqual([]);
    expect((await bringBackRuns(scene.sql, folder)).refused).toEqual([]);
    removeTestFolder(folder);
  });

  test('waits while somebody destroys the case: neither overlooks the other', async () => {
    const run = ended();
    let waiting: Promise<boolean> | undefined;
    await scene.sql.begin(async (tx) => {
      await tx`SELECT FROM cases WHERE case_id = ${caseId} FOR UPDATE`;
      waiting = archive(run);
      expect(await Promise.race([waiting, sleep(500, 'waits')])).toBe('waits');
    });
    expect(await waiting).toBe(true);
  });
});

test('one case that cannot be cleaned up after keeps no other waiting', async () => {
  const first = caseId;
  await destroyed();
  clock = START;
  const asked: string[] = [];
  const destroyer = createDestroyer({
    ...{
      sql: scene.worker,
      door: scene.door,
      log: pino({ level: 'silent' }),
      now: async () => new Date(clock).toISOString(),
    },
    clean: async (id) => {
      asked.push(id);
      if (id === first) throw new Error('cut off');
    },
  });
  await expect(destroyer.turn()).rejects.toThrow('cut off');
  const rows = await scene.sql<{ id: string }[]>`SELECT case_id AS id FROM events WHERE type = 'record.destroyed'`;
  expect(asked.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
});

test('a destroyed case that a restored database has brought back is an alarm, once', async () => {
  const said: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void said.push(JSON.parse(line) as Record<string, unknown>) };
  const destroyer = createDestroyer({
    ...{ sql: scene.worker, door: scene.door, log: pino({}, stream), now: async () => new Date(START).toISOString() },
    buried: () => [caseId, 'of another installation'],
  });
  await destroyer.turn();
  await destroyer.turn();
  const alarms = said.filter(({ alarm }) => alarm === 'DESTROYED_CASE_BACK');
  expect(alarms.map((each) => each['caseId'])).toEqual([caseId]);
});

test('what was kept of a destroyed case is not believed where it is no whole chain of that case', async () => {
  await approve();
  const before = await scene.sql`SELECT payload FROM events WHERE case_id = ${caseId} AND seq = 1`;
  const all = await scene.sql<{ header: string }[]>`
    SELECT convert_from(header, 'UTF8') AS header FROM events WHERE case_id = ${caseId} ORDER BY seq`;
  const headers = all.map(({ header }) => header);
  const transactions = createTransactions(scene.sql, { lanes: 1 });
  const forged = JSON.stringify({ ...JSON.parse(headers.at(-1)!), seq: headers.length + 1, type: 'record.destroyed' });
  for (const kept of [headers, [...headers, forged], []])
    expect(await reapply({ transactions, engine }, { caseId, headers: kept, certificate: '{}' })).toMatchObject({
      what: 'refused',
      why: expect.stringContaining('damaged'),
    });
  // whole, and nobody has approved it
  const asked = JSON.parse(headers.at(-2)!) as Header;
  expect(
    await reapply({ transactions, engine }, forgedEnd(headers.slice(0, -1), { requested: asked, approved: asked })),
  ).toMatchObject({ what: 'refused', why: expect.stringContaining('no request and approval') });
  await transactions.end();
  expect(await scene.sql`SELECT payload FROM events WHERE case_id = ${caseId} AND seq = 1`).toEqual(before);
});

/** Headers with an end that says their case is destroyed, decided by two events, and the certificate: made without any key. */
function forgedEnd(
  headers: readonly string[],
  { requested, approved }: Record<'requested' | 'approved', Header>,
  more: object = {},
): BuriedCase {
  const by = ({ seq, actor, recordedAt }: Header) => ({ seq, by: actor.id, at: recordedAt });
  const said = {
    requested: by(requested),
    approved: by(approved),
    case: { caseId },
    counts: { events: headers.length },
    ...more,
  };
  const certificate = JSON.stringify({ data: said });
  const last = JSON.stringify({
    ...JSON.parse(headers.at(-1)!),
    ...{ seq: headers.length + 1, type: 'record.destroyed', prev: sha256(headers.at(-1)!) },
    commitment: sha256(certificate),
    recordedAt: new Date(Date.parse(approved.recordedAt) + DESTRUCTION_WAITS_DAYS * DAY).toISOString(),
    ...{ actor: { kind: 'system', id: 'retention', post: null }, actId: randomUUID() },
  });
  return { caseId, headers: [...headers, last], certificate };
}

describe('what says beside the keys that a case is destroyed', () => {
  let folder: string;
  let copies: KeyCopies;
  let files: LogKeyFiles;
  let origin: string;
  beforeEach(async () => {
    folder = makeTestFolder('graves');
    copies = keyCopies(join(folder, 'data-keys'));
    files = logKeyFiles(join(folder, 'log-key.pem'));
    origin = await logOrigin(scene.sql);
  });
  afterEach(() => removeTestFolder(folder));

  /** A forgery that is right in everything but who has signed it: two people have decided, and the case is not destroyed. */
  const forged = async (): Promise<BuriedCase> => {
    await approve();
    const rows = await scene.sql<{ header: string }[]>`
      SELECT convert_from(header, 'UTF8') AS header FROM events WHERE case_id = ${caseId} ORDER BY seq`;
    const headers = rows.map(({ header }) => header);
    const [requested, approved] = headers.slice(-2).map((text) => JSON.parse(text) as Header) as [Header, Header];
    const [row] = await scene.sql<{ case: object; digest: string }[]>`
      SELECT json_build_object('caseId', case_id, 'caseNo', case_no, 'unit', unit, 'calendar', calendar_version, 'imported', false,
        'program', json_build_object('id', program_id, 'version', program_version, 'hash', program_hash),
        'openedAt', opened_at, 'closedAt', closed_at) AS case, destruction_digest(case_id) AS digest FROM cases WHERE case_id = ${caseId}`;
    return forgedEnd(
      headers,
      { requested, approved },
      { v: 1, ground: 'periods', rules: [], told: [], logged: 0, ...row },
    );
  };
  const reapplied = async (unsigned: string[] = []): Promise<Reapplied[]> => {
    const done: Reapplied[] = [];
    await reapplyAll(scene.sql, copies, { logKeys: () => files.all(origin), unsigned }, (each) => void done.push(each));
    return done;
  };
  const refused = (why: string) => ({ caseId, what: 'refused', why: expect.stringContaining(why) });
  const graveFile = () => join(folder, 'data-keys', `${caseId}.destroyed.json`);

  test('destroys nothing unless a key of the log has signed it that this machine knows', async () => {
    const made = await forged();
    files.signer(origin, undefined);
    const stranger = logKeyFiles(join(folder, 'stranger.pem')).signer(origin, undefined)!;
    const before = await tablesWith(CANARY);
    copies.bury!(made);
    expect(await reapplied()).toEqual([refused(`--unsigned ${caseId}`)]);
    copies.bury!(made, stranger);
    expect(await reapplied([caseId])).toEqual([refused(`signed with the key ${verifierText(stranger)}`)]);
    // what the right key has signed, of another case and with another end
    copies.bury!({ ...made, caseId: 'another' }, files.here(origin));
    const another = join(folder, 'data-keys', 'another.destroyed.json');
    renameSync(another, graveFile());
    expect(await reapplied()).toEqual([refused('tells of the case another')]);
    const right = JSON.parse(readFileSync(graveFile(), 'utf8')) as { note: string };
    copies.bury!(made, stranger);
    const other = JSON.parse(readFileSync(graveFile(), 'utf8')) as object;
    writeFileSync(graveFile(), JSON.stringify({ ...other, note: right.note }));
    expect(await reapplied()).toEqual([refused('is not what was signed')]);
    expect(await tablesWith(CANARY)).toEqual(before);
    expect(await findings()).toEqual([]);
  });

  test('destroys again what the key of the log has signed, also when another signs now', async () => {
    const made = await forged();
    copies.bury!(made, files.signer(origin, undefined));
    files.next(origin);
    files.adopt();
    expect(new Set(files.all(origin)).size).toBe(2);
    expect(await reapplied()).toEqual([{ caseId, what: 'destroyed' }]);
    expect(await tablesWith(CANARY)).toEqual([]);
    expect(await reapplied()).toEqual([{ caseId, what: 'held' }]);
  });

  test('is believed of a case that people have named; one that is damaged keeps no other waiting', async () => {
    files.signer(origin, undefined);
    const lost = await scene.open({ ...openingOf(), openedAt: undefined });
    copies.bury!(await forged());
    writeFileSync(join(folder, 'data-keys', `${lost}.destroyed.json`), '{');
    // no case can be called so
    for (const name of ['%00', '%ED%A0%80', 'x y'])
      writeFileSync(join(folder, 'data-keys', `${name}.destroyed.json`), '{');
    const done = await reapplied([caseId, lost]);
    expect(done.toSorted((a, b) => (a.what < b.what ? -1 : 1))).toEqual([
      { caseId, what: 'destroyed' },
      { caseId: lost, what: 'refused', why: expect.stringContaining(`${lost}.destroyed.json is damaged`) },
    ]);
  });

  test('is signed by the worker that has the key, also what an earlier release has left unsigned', async () => {
    await destroyed();
    await logAll(recordLogOver(scene.sql, { signing: files }));
    const clean = (signing: LogKeyFiles) =>
      destroyedCleaner(scene.sql, { copies, archiveFolder: undefined, signing })(caseId);
    await clean(logKeyFiles(join(folder, 'of-another.pem')));
    expect(copies.grave!(caseId).note).toBeUndefined();
    await clean(files);
    const { note } = copies.grave!(caseId);
    expect(note).toContain(`${origin}/destroyed`);
    expect(openGrave(copies.grave!(caseId), caseId, { origin, keys: files.all(origin), unsigned: [] })).toEqual(
      await buriedOf(scene.sql, caseId),
    );
    await clean(logKeyFiles(join(folder, 'of-another.pem')));
    expect(copies.grave!(caseId).note).toBe(note);
  });
});

test('a case of thousands of events is destroyed as quickly', async () => {
  clock = START;
  caseId = await scene.open({ imported: true, openedAt: '2004-05-06T00:00:00+08:00' });
  for (let part = 0; part < 20; part += 1) {
    const events = Array.from({ length: 250 }, (_, n) => ({
      type: 'visit',
      occurredAt: new Date(Date.UTC(2004, 4, 6 + part)).toISOString().slice(0, 10),
      text: `第 ${n + 1} 次上门`,
      persons: [{ role: 'secretary', name: '马某' }],
    }));
    await must('caseworker', { type: 'case.import', data: { events } });
  }
  await must('caseworker', { type: 'case.close', reason: '本人退出', data: { outcome: 'withdrew', followUp: false } });
  clock = START + 6 * 366 * DAY;
  await approve();
  const begun = performance.now();
  expect(await destroy()).toMatchObject({ status: 'recorded' });
  // one statement may take ten seconds, a transaction twelve
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(await findings()).toEqual([]);
});

describe('an attacker is found', () => {
  /** Changes rows with the triggers off. */
  const behind = (change: () => Promise<unknown>) => async () => {
    for (const table of ['events', 'documents', 'cases'])
      await scene.sql.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await change();
    for (const table of ['events', 'documents', 'cases'])
      await scene.sql.unsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
    return (await findings()).map(({ what }) => what).join('; ');
  };
  const empty = () =>
    scene.sql`UPDATE events SET payload = '{"data":{}}' WHERE case_id = ${caseId} AND type <> 'record.destroyed'`;

  test('who empties payloads of a case that nobody has destroyed', async () => {
    expect(await behind(empty)()).toContain('not what was committed to');
    await approve();
    expect(await behind(empty)()).toContain('not what was committed to');
  });

  test('who puts back a payload, a document, or a row of a destroyed case, or takes the certificate away', async () => {
    const [first] = await scene.sql<
      { payload: Uint8Array }[]
    >`SELECT payload FROM events WHERE case_id = ${caseId} AND seq = 1`;
    await destroyed();
    const put = (payload: Uint8Array) => () =>
      scene.sql`UPDATE events SET payload = ${Buffer.from(payload)} WHERE case_id = ${caseId} AND seq = 1`;
    expect(await behind(put(first!.payload))()).toContain('the payload is there');
    await behind(put(Buffer.from('{"data":{}}')))();
    expect(
      await behind(() => scene.sql`UPDATE documents SET sha256 = ${'0'.repeat(64)} WHERE case_id = ${caseId}`)(),
    ).toContain('covers other events or documents');
    const last = () => scene.sql`DELETE FROM events WHERE case_id = ${caseId} AND type = 'record.destroyed'`;
    expect(await behind(last)()).toContain('not what was committed to');
  });

  test('who puts a row, a key or a history of a destroyed case back', async () => {
    await destroyed();
    const back = async (change: () => Promise<unknown>, undo: () => Promise<unknown>) => {
      await change();
      const said = (await findings()).map(({ what }) => what).join('; ');
      await undo();
      expect(await findings()).toEqual([]);
      return said;
    };
    const wrapped = (bytes: Buffer | null) => async () => {
      await scene.sql`ALTER TABLE data_keys DISABLE TRIGGER USER`;
      await scene.sql`UPDATE data_keys SET wrapped = ${bytes}, destroyed_at = ${bytes ? null : new Date().toISOString()} WHERE owner = ${caseId}`;
      await scene.sql`ALTER TABLE data_keys ENABLE TRIGGER USER`;
    };
    expect(await back(wrapped(Buffer.alloc(60, 7)), wrapped(null))).toContain('data key is there');
    expect(
      await back(
        () =>
          scene.sql`INSERT INTO wakes (case_id, why, found_at, next_try) VALUES (${caseId}, 'lagging', now(), now())`,
        () => scene.sql`DELETE FROM wakes WHERE case_id = ${caseId}`,
      ),
    ).toContain('rows of it are in wakes');
  });

  test.each([
    [
      'the second person',
      `actor_id = (SELECT actor_id FROM events e WHERE e.case_id = events.case_id AND type = 'destruction.requested')`,
    ],
    ['when it was approved', `recorded_at = recorded_at + interval '1 day'`],
    ['what it was', `type = 'note.added'`],
  ])('who changes %s', async (_, change) => {
    await destroyed();
    expect(
      await behind(() =>
        scene.sql.unsafe(`UPDATE events SET ${change} WHERE case_id = $1 AND type = 'destruction.approved'`, [caseId]),
      )(),
    ).not.toBe('');
  });
});
