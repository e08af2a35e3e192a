import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseView } from '../../api/schemas/case.ts';
import type { TimelineView } from '../../api/schemas/views.ts';
import { type Api, apiAt } from '../../bin/demo/api.ts';
import { type Cast, castOf } from '../../bin/demo/cast.ts';
import { type Drive, drive } from '../../bin/demo/drive.ts';
import { type Findings, findingsOf, takings, waitForWitness } from '../../bin/demo/findings.ts';
import { all } from '../../bin/demo/timeline.ts';
import { type Keys, readKeys } from '../../bin/keys-file.ts';
import { runningPostgres } from '../../bin/platform/postgres.ts';
import { wholeStory } from '../../plugins/fule/scenarios.ts';
import { askPython } from '../dossier/python.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { cleanEnvironment, endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// One server, one story told once: the tests of this file look at it from all sides, and in the end one of them edits its record.
const root = join(import.meta.dirname, '../..');
let dataDir: string;
let linli: LinliProcess;
let keys: Keys;
let cast: Cast;
let story: Drive;
let found: Findings;
let witnessMs: number | undefined;
const statuses: string[] = [];

const environment = (): Record<string, string> => ({ LINLI_DATA: dataDir, LINLI_PORT: '8560' });
const as = (part: string, lang: 'zh' | 'en' = 'en'): Api => apiAt(linli.url, cast.keyOf(part), lang);

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  dataDir = makeTestFolder('story');
  linli = await startLinli(environment());
  const read = readKeys(dataDir);
  if (!read) throw new Error('the first run has left no keys');
  keys = { ...read, url: linli.url };
  cast = castOf(keys, wholeStory.assignments);
  story = await drive({
    url: linli.url,
    cast,
    scenario: wholeStory,
    lang: 'zh',
    onOpened: ({ status }) => void statuses.push(status),
    onPlayed: ({ answer }) => {
      if (statuses.at(-1) !== answer.case.status) statuses.push(answer.case.status);
    },
  });
  witnessMs = await waitForWitness(as('auditor'), story.case.id, 30_000);
  found = await findingsOf(linli.url, cast, story.case.id, 'zh');
}, 240_000);

afterAll(() => endLinli(linli, dataDir));

/** A clock as its event has it. */
interface Clock {
  readonly id: string;
  readonly rungs: readonly { readonly at: string; readonly tell: string }[];
}

describe('the story', () => {
  test('goes from a proposal to self-reliance and a year of follow-up', () => {
    expect(statuses).toEqual(['proposed', 'open', 'followUp']);
    expect(found.case).toMatchObject({ status: 'followUp', outcome: 'selfReliant', program: { id: 'fule' } });
    const stages = found.timeline.filter(({ type }) => type === 'stage.entered').map(({ data }) => data['stage']);
    expect(stages).toEqual(['speak', 'outside', 'wish', 'outside', 'wish', 'earn']);
  });

  test('is witnessed by its workflow within seconds', async () => {
    expect(witnessMs).toBeLessThan(10_000);
    expect(found.case.witnessedRevision).toBe(found.case.revision);
    expect(found.case.runId).toEqual(expect.any(String));
    const { id } = story.played.at(-1)!.answer.act;
    expect(await as('auditor').get(`/cases/${story.case.id}/acts/${id}`)).toMatchObject({ witnessed: true });
  });

  test('is told in Chinese and in English', async () => {
    const english = await all<TimelineView>(as('auditor', 'en'), `/cases/${story.case.id}/timeline?lang=en`);
    expect(english.map(({ seq }) => seq)).toEqual(found.timeline.map(({ seq }) => seq));
    const missed = (entries: readonly TimelineView[]) => entries.find(({ type }) => type === 'duty.missed')?.text ?? '';
    expect(missed(found.timeline)).toMatch(/漏办.陪伴走访/);
    expect(missed(english)).toMatch(/missed/i);
    for (const { text, type } of [...found.timeline, ...english]) expect(text, type).not.toBe(type);
  });
});

describe('the missed visit', () => {
  test('is recorded, told to holder and head of the unit once each, and leaves a record of accountability', async () => {
    const done = new Set(found.timeline.filter(({ type }) => type === 'task.completed').map(({ data }) => data['id']));
    const missed = found.timeline.filter(({ type, data }) => type === 'duty.missed' && !done.has(data['id']));
    expect(missed.map(({ data }) => data['id'])).toEqual(['visit-3']);
    const rungs = found.timeline.filter(({ type, data }) => type === 'rung.fired' && data['deadline'] === 'visit-3');
    expect(rungs.map(({ data }) => data['tell'])).toEqual(['holder', 'unit']);
    const record = found.accountability.find(({ deadline }) => deadline === 'visit-3');
    expect(record).toMatchObject({ post: cast.assignments['secretary'], holders: [{ person: 'p-secretary' }] });
  });

  test('lies in the inbox of the head of the unit, who acknowledges it once however often she sends it', async () => {
    const message = found.escalations.find(({ about }) => about === 'visit-3');
    expect(message).toMatchObject({ kind: 'rung', level: 'community', acknowledgedAt: null });
    const key = randomUUID();
    const path = `/inbox/${message?.id}/acknowledge`;
    const answers = [await as('director').post(path, undefined, key), await as('director').post(path, undefined, key)];
    expect(answers[1]).toEqual(answers[0]);
    const inbox = await all<Findings['escalations'][number]>(as('director'), '/inbox');
    expect(inbox.find(({ id }) => id === message?.id)?.acknowledgedAt).toEqual(expect.any(String));
    await expect(as('cashHolder').post(path)).rejects.toMatchObject({ status: 404 });
  });
});

describe('the money', () => {
  test('is 2,590.00 yuan in both books, in at least twelve lines on six days, entered by two logins', () => {
    expect([takings(found.cash), takings(found.vouchers)]).toEqual([259_000, 259_000]);
    const sales = found.vouchers.filter(({ direction, reverses }) => direction === 'in' && reverses === null);
    expect(
      sales.flatMap(({ lines = [] }) => lines.filter(({ side }) => side === 'credit')).length,
    ).toBeGreaterThanOrEqual(12);
    expect(new Set(sales.map(({ occurredDate }) => occurredDate)).size).toBeGreaterThanOrEqual(6);
    expect(new Set(found.cash.map(({ recordedBy }) => recordedBy))).toEqual(new Set(['p-cash-holder']));
    expect(new Set(found.vouchers.map(({ recordedBy }) => recordedBy))).toEqual(new Set(['p-accountant']));
    expect(found.books.items).toMatchObject([{ cashFen: 0, ledgerFen: 0, openDocuments: 0, openDiscrepancies: 0 }]);
    expect(found.books.payouts).toMatchObject([{ amountFen: 259_000, state: 'confirmed' }]);
  });

  test('had one wrong entry: found, escalated, explained, reversed in red, settled', () => {
    const about = found.timeline.filter(({ type }) => type.startsWith('discrepancy.')).map(({ type }) => type);
    expect(about).toEqual(['discrepancy.found', 'discrepancy.explained', 'discrepancy.decided', 'discrepancy.settled']);
    const wrong = found.timeline.find(({ type }) => type === 'discrepancy.found');
    expect(wrong?.data).toMatchObject({
      sourceDoc: 'SJ-03',
      cash: { amountFen: 35_000 },
      ledger: { amountFen: 30_500 },
    });
    const fired = found.timeline.filter(
      ({ type, data }) => type === 'rung.fired' && data['deadline'] === wrong?.data['id'],
    );
    // how many working days lie between the market day and now depends on the day of the test
    const set = found.timeline.find(
      ({ type, data }) => type === 'deadline.set' && (data['deadline'] as Clock).id === wrong?.data['id'],
    );
    const due = (set!.data['deadline'] as Clock).rungs.filter(({ at }) => at <= set!.recordedAt);
    expect(fired.map(({ data }) => data['tell'])).toEqual(due.map(({ tell }) => tell));
    expect(found.cash.filter(({ reverses }) => reverses !== null)).toMatchObject([
      { sourceDoc: 'SJ-03', amountFen: -35_000 },
    ]);
    expect(found.comparisons.discrepancies).toMatchObject([{ sourceDoc: 'SJ-03', settledAt: expect.any(String) }]);
    expect(found.comparisons.now.flatMap(({ differences }) => differences)).toEqual([]);
  });
});

describe('who may not, cannot', () => {
  const note = { type: 'note.add', data: { text: '…' } };

  test('a person of another community is not told that the case is there', async () => {
    const stranger = keys.keys.find(({ role, unit }) => role === 'caseworker' && unit === 'community-2')!;
    const api = apiAt(linli.url, stranger.key, 'en');
    await expect(api.get(`/cases/${story.case.id}`)).rejects.toMatchObject({ status: 404 });
    await expect(api.post(`/cases/${story.case.id}/acts`, note)).rejects.toMatchObject({ status: 404 });
  });

  test('a person of the case may not do what is another role’s', async () => {
    const entry = { book: 'earnings', direction: 'in', amountFen: 100, sourceDoc: 'X-1', channel: 'cash' };
    const act = { type: 'cash.record', data: entry };
    await expect(as('accountant').post(`/cases/${story.case.id}/acts`, act)).rejects.toMatchObject({ status: 403 });
    await expect(as('auditor').post(`/cases/${story.case.id}/acts`, note)).rejects.toMatchObject({ status: 403 });
  });

  test('without a key, or with a wrong one, nobody gets in', async () => {
    await expect(apiAt(linli.url, 'linli_wrong', 'en').get('/cases')).rejects.toMatchObject({ status: 401 });
    expect((await fetch(`${linli.url}/api/v1/cases`)).status).toBe(401);
  });

  test('one person cannot hold both money roles', async () => {
    const { program, data, parties } = wholeStory;
    const assignments = { ...cast.assignments, accountant: cast.assignments['cashHolder'] };
    const opening = { program, unit: cast.unit, data, parties, assignments };
    await expect(as('caseworker').post('/cases', opening)).rejects.toMatchObject({
      status: 422,
      code: 'ROLES_NOT_APART',
    });
  });
});

describe('a request sent again', () => {
  test('with the same key has one effect; with another body it is refused', async () => {
    const key = randomUUID();
    const path = `/cases/${story.case.id}/acts`;
    const body = { type: 'note.add', data: { text: '一次' } };
    const first = await as('caseworker').post<{ act: { id: string } }>(path, body, key);
    expect(await as('caseworker').post(path, body, key)).toEqual(first);
    const other = { type: 'note.add', data: { text: '两次' } };
    await expect(as('caseworker').post(path, other, key)).rejects.toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    const notes = await all<TimelineView>(as('auditor'), `/cases/${story.case.id}/timeline`);
    expect(notes.filter(({ actId }) => actId === first.act.id)).toHaveLength(1);
  });

  test('opens one case', async () => {
    const { program, data, parties } = wholeStory;
    const opening = { program, unit: cast.unit, data, parties, assignments: cast.assignments };
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => as('caseworker').post<CaseView>('/cases', opening, key)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });
});

describe('bad input of every kind is the caller’s fault, told in a problem', () => {
  const acts = (): string => `/cases/${story.case.id}/acts`;
  const table: readonly (readonly [what: string, path: () => string, init: RequestInit, status: number])[] = [
    ['no JSON', acts, body('{"type":'), 400],
    ['JSON that is no object', acts, body('[1]'), 422],
    ['an empty body', acts, body(''), 400],
    ['bytes that are no UTF-8', acts, body(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), 400],
    ['another content type', acts, body('a=1', 'application/x-www-form-urlencoded'), 415],
    ['an unknown type of act', acts, body({ type: 'case.destroy' }), 422],
    ['a field too many', acts, body({ type: 'note.add', data: { text: 'a' }, more: 1 }), 422],
    ['data of the wrong kind', acts, body({ type: 'note.add', data: { text: 5 } }), 422],
    ['a character no database keeps', acts, body({ type: 'note.add', data: { text: 'a\u0000b' } }), 422],
    ['half a surrogate pair', acts, body('{"type":"note.add","data":{"text":"\\ud800"}}'), 422],
    ['an amount beyond all bounds', acts, body({ type: 'cash.record', data: { amountFen: 1e300 } }), 422],
    ['the future', acts, body({ type: 'note.add', occurredAt: '2999-01-01T00:00:00Z', data: { text: 'a' } }), 422],
    [
      'a day that does not exist',
      acts,
      body({ type: 'note.add', occurredAt: '2026-02-30T00:00:00Z', data: { text: 'a' } }),
      422,
    ],
    ['a body too large', acts, body({ type: 'note.add', data: { text: 'a'.repeat(3_000_000) } }), 413],
    [
      'a case that is not there',
      () => '/cases/no-such-case/acts',
      body({ type: 'note.add', data: { text: 'a' } }),
      404,
    ],
    ['an unknown program', () => '/cases', body({ program: 'no', unit: 'community-1' }), 422],
    ['a path that is not there', () => '/nothing', {}, 404],
    ['a method it does not take', () => '/programs', { method: 'DELETE' }, 405],
    ['a cursor of somebody’s making', () => '/cases?cursor=%00%FF', {}, 422],
    ['a limit beyond all bounds', () => '/cases?limit=1e9', {}, 422],
  ];

  test.each(table)('%s', async (_what, path, init, status) => {
    const answer = await fetch(`${linli.url}/api/v1${path()}`, {
      ...init,
      headers: { authorization: `Bearer ${cast.keyOf('caseworker')}`, ...(init.headers as Record<string, string>) },
    });
    const text = await answer.text();
    expect(answer.status, text).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.parse(text)).toMatchObject({
      status,
      code: expect.stringMatching(/^[A-Z_]+$/),
      title: expect.any(String),
    });
    expect(text).not.toContain('node_modules');
  });
});

describe('the auditor', () => {
  test('verifies the whole record against tables and histories', async () => {
    for (const { id } of await all<CaseView>(as('auditor'), '/cases')) await waitForWitness(as('auditor'), id, 30_000);
    const { status, proof } = verifyAll();
    expect(proof).toMatchObject({ holds: true, witness: 'temporal', findings: [] });
    expect(status).toBe(0);
    expect(proof.checked.cases).toBeGreaterThanOrEqual(2);
    expect(proof.checked.witnessed).toBe(proof.checked.events);
    const books = linliCommand('books', 'verify', '--json');
    expect(books.status).toBe(0);
  });

  test.each(['', '?redacted=true'])(
    'takes a dossier%s that both verifiers prove offline, with the histories of a real workflow',
    async (query) => {
      const answer = await fetch(`${linli.url}/api/v1/audit/cases/${story.case.id}/dossier${query}`, {
        headers: { authorization: `Bearer ${cast.keyOf('auditor')}` },
      });
      expect(answer.status).toBe(200);
      const file = join(dataDir, `dossier${query.length}.zip`);
      writeFileSync(file, new Uint8Array(await answer.arrayBuffer()));
      const log = JSON.parse(linliCommand('audit', 'key', '--json').stdout) as { keys: { key: string }[] };
      const key = log.keys.at(-1)?.key ?? '';
      const { status, stdout } = linliCommand(
        'dossier',
        'verify',
        file,
        '--key',
        key,
        '--head',
        answer.headers.get('linli-head') ?? '',
        '--json',
      );
      const verdict = JSON.parse(stdout) as {
        holds: boolean;
        seq: number;
        checked: { events: number; witnessed: number };
      };
      expect([status, verdict]).toMatchObject([0, { holds: true, findings: [] }]);
      expect(verdict.checked.events).toBe(verdict.seq);
      if (query === '') expect(verdict.checked.witnessed).toBe(verdict.seq);
      const [second] = await askPython([file], ['--key', key]);
      expect(second).toMatchObject({ holds: true, findings: [] });
    },
  );

  test('finds one row that was edited behind the triggers, and names case and event', async () => {
    const seq = found.timeline.find(({ type }) => type === 'cash.recorded')?.seq ?? 0;
    const caseId = story.case.id;
    const change = () =>
      edit(
        (
          sql,
        ) => sql`UPDATE events SET payload = set_byte(payload, octet_length(payload) - 1, get_byte(payload, octet_length(payload) - 1) # 1)
          WHERE case_id = ${caseId} AND seq = ${seq}`,
      );
    await change();
    const { status, proof } = verifyAll();
    expect(status).toBe(1);
    expect(proof.holds).toBe(false);
    expect(proof.findings).toContainEqual({
      rule: 'chain',
      caseId,
      seq,
      what: 'the payload is not what was sealed',
    });
    await change();
  });

  test('finds a chain that was rewritten to its end, because the history of the workflow knows better', async () => {
    const caseId = story.case.id;
    await edit(async (sql) => {
      // the last event is taken away and the row of the case says so
      await sql`DELETE FROM events WHERE case_id = ${caseId} AND seq = (SELECT seq FROM cases WHERE case_id = ${caseId})`;
      await sql`UPDATE cases SET (seq, head) = (SELECT seq, hash FROM events WHERE case_id = ${caseId} ORDER BY seq DESC LIMIT 1)
        WHERE case_id = ${caseId}`;
    });
    const { status, stdout } = linliCommand('audit', 'verify');
    expect(status).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`^✗ history: case ${caseId} event \\d+: .* knows an event that the record lacks$`, 'm'),
    );
    const named = [...stdout.matchAll(/: case ([^\s:]+)/g)].map(([, id]) => id);
    expect(new Set(named)).toEqual(new Set([caseId]));
  });
});

/** Edits as a database administrator can: as superuser, with all triggers bypassed. */
async function edit(change: (sql: postgres.TransactionSql) => PromiseLike<unknown>): Promise<void> {
  const server = await runningPostgres(dataDir);
  const sql = postgres(server?.url ?? '', { max: 1, onnotice: () => {} });
  try {
    await sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await change(tx);
    });
  } finally {
    await sql.end();
  }
}

interface Proof {
  readonly holds: boolean;
  readonly checked: { readonly cases: number; readonly events: number; readonly witnessed: number };
  readonly findings: readonly {
    readonly rule: string;
    readonly caseId: string;
    readonly seq?: number;
    readonly what: string;
  }[];
}

function verifyAll(): { readonly status: number | null; readonly proof: Proof } {
  const { status, stdout } = linliCommand('audit', 'verify', '--json');
  return { status, proof: JSON.parse(stdout) as Proof };
}

function linliCommand(...args: string[]) {
  return spawnSync(process.execPath, ['bin/run.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...cleanEnvironment(), ...environment() },
  });
}

function body(content: unknown, type = 'application/json'): RequestInit {
  const raw = typeof content === 'string' || content instanceof Uint8Array;
  return {
    method: 'POST',
    headers: { 'content-type': type, 'idempotency-key': randomUUID() },
    body: raw ? (content as string) : JSON.stringify(content),
  };
}
