import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveKeys, keysOf } from '../db/sealed.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { engine } from './engine.ts';
import type { Outcome } from './outcome.ts';

let bench: DoorBench;
const committed: { caseId: string; acts: readonly { type: string; id: string }[] }[] = [];

beforeAll(async () => {
  bench = await doorBench({ onCommit: (caseId, acts) => committed.push({ caseId, acts }) });
});
afterAll(() => bench.close());

const open = async () => recorded(await bench.door.open(fuleOpening())).case.caseId;
const note = (caseId: string, text = '来访', id: string = randomUUID()) =>
  actOn(caseId, 'note.add', { id, data: { text } });
const code = (outcome: Outcome) => (outcome.status === 'refused' ? outcome.refusal.code : 'recorded');
const count = async (caseId: string, type: string) =>
  Number((await bench.sql`SELECT count(*) AS n FROM events WHERE case_id = ${caseId} AND type = ${type}`)[0]!['n']);

describe('opening', () => {
  test('the same act id again answers the same case, also when sent twice at once', async () => {
    const request = fuleOpening();
    const answers = await Promise.all([bench.door.open(request), bench.door.open(request), bench.door.open(request)]);
    const cases = new Set(answers.map((answer) => recorded(answer).case.caseId));
    expect(cases.size).toBe(1);
    expect(answers.filter((answer) => answer.replayed).length).toBe(2);
    const other = await bench.door.open({ ...request, data: { needs: '别的' } });
    expect(code(other)).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test('a case number is given once', async () => {
    const { caseNo } = recorded(await bench.door.open(fuleOpening({ caseNo: 'A-1' }))).case;
    expect(caseNo).toBe('A-1');
    expect(code(await bench.door.open(fuleOpening({ caseNo: 'A-1' })))).toBe('CASE_NO_TAKEN');
    const made = await Promise.all([1, 2, 3].map(() => bench.door.open(fuleOpening())));
    expect(new Set(made.map((outcome) => recorded(outcome).case.caseNo)).size).toBe(3);
  });

  test.each([
    ['UNKNOWN_PROGRAM', { program: 'none' }],
    ['UNKNOWN_UNIT', { unit: 'none' }],
    ['INVALID_DATA', { data: { needs: '\u0000' } }],
    ['INVALID_DATA', { data: { needs: '\ud800' } }],
    ['ROLES_NOT_APART', { assignments: { cashHolder: 'p-secretary' } }],
    ['FORBIDDEN', { actor: person('p-caseworker-2', 'caseworker', 'community-2') }],
  ])('%s', async (expected, change) => {
    expect(code(await bench.door.open(fuleOpening(change)))).toBe(expected);
  });
});

describe('acts', () => {
  test('the same act twice has one effect and one answer; other words under its id are refused', async () => {
    const caseId = await open();
    const request = note(caseId);
    const first = recorded(await bench.door.act(request));
    await bench.door.act(note(caseId));
    const second = recorded(await bench.door.act(request));
    // though the case has gone on since
    expect(second).toEqual({ ...first, replayed: true, unwitnessed: true });
    expect(await count(caseId, 'note.added')).toBe(2);
    expect(code(await bench.door.act(note(caseId, '别的', request.act.id)))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(code(await bench.door.act(note(await open(), '来访', request.act.id)))).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test('what an act said is not to be guessed from the hash of its body; one that an earlier release kept is known again', async () => {
    const caseId = await open();
    const request = note(caseId);
    await bench.door.act(request);
    const { id, actor: _, ...asked } = request.act;
    const plain = createHash('sha256').update(canonicalJson(asked)).digest('hex');
    const [kept] = await bench.sql`SELECT body_hash AS hash FROM acts WHERE act_id = ${id}`;
    expect(kept!['hash']).not.toBe(plain);
    await bench.sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`UPDATE acts SET body_hash = ${plain} WHERE act_id = ${id}`;
    });
    expect(recorded(await bench.door.act(request)).replayed).toBe(true);
    expect(code(await bench.door.act(note(caseId, '别的', id)))).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test('a refusal by the state is the outcome for good; other refusals use nothing up', async () => {
    const caseId = await open();
    const early = actOn(caseId, 'case.resume', { reason: '试' });
    expect(code(await bench.door.act(early))).toBe('WRONG_STATUS');
    const [row] = await bench.sql`SELECT status FROM acts WHERE act_id = ${early.act.id}`;
    expect(row).toEqual({ status: 'refused' });
    expect(await bench.door.act(early)).toMatchObject({ status: 'refused', replayed: true });
    const wrong = actOn(caseId, 'note.add', { data: {} });
    expect(code(await bench.door.act(wrong))).toBe('INVALID_DATA');
    expect(code(await bench.door.act(note(caseId, '改正', wrong.act.id)))).toBe('recorded');
  });

  test.each([
    ['NOT_FOUND', () => note(randomUUID())],
    ['UNKNOWN_ACT', (caseId: string) => actOn(caseId, 'no.such')],
    [
      'FORBIDDEN',
      (caseId: string) => ({ ...note(caseId), act: { ...note(caseId).act, actor: person('p-caseworker-2') } }),
    ],
    ['INVALID_DATA', (caseId: string) => note(caseId, 'half \udc00 pair')],
    ['INVALID_DATA', (caseId: string) => note(caseId, '长'.repeat(200_000))],
    ['recorded', (caseId: string) => note(caseId, 'written \\u0000 out')],
    [
      'UNKNOWN_DOCUMENT',
      (caseId: string) => actOn(caseId, 'note.add', { data: { text: '见附件' }, evidence: ['none'] }),
    ],
  ])('%s', async (expected, request) => {
    expect(code(await bench.door.act(request(await open())))).toBe(expected);
  });

  test('a stale revision is refused, after the right and before the state', async () => {
    const caseId = await open();
    const { seq } = recorded(await bench.door.act(note(caseId))).case;
    const stale = actOn(caseId, 'note.add', { data: { text: '迟' }, ifMatch: seq - 1 });
    expect(code(await bench.door.act(stale))).toBe('STALE_REVISION');
    expect(code(await bench.door.act({ ...stale, ifMatch: seq }))).toBe('recorded');
    const close = actOn(caseId, 'case.close', { data: { outcome: 'selfReliant' }, reason: '试', ifMatch: seq });
    expect(code(await bench.door.act(close))).toBe('STALE_REVISION');
    const stranger = actOn(caseId, 'note.add', { data: { text: '?' }, ifMatch: 1, actor: person('nobody') });
    expect(code(await bench.door.act(stranger))).toBe('FORBIDDEN');
  });

  test('a dry run tells and keeps nothing', async () => {
    const caseId = await open();
    const request = note(caseId);
    expect(await bench.door.dryRun(request)).toMatchObject({ status: 'recorded', events: [{ type: 'note.added' }] });
    expect(await count(caseId, 'note.added')).toBe(0);
    expect(code((await bench.door.dryRun(actOn(caseId, 'no.such'))) as Outcome)).toBe('UNKNOWN_ACT');
    expect(recorded(await bench.door.act(request)).replayed).toBeUndefined();
  });
});

describe('acts together', () => {
  test('a refused one harms no other, and the answers keep their order', async () => {
    const caseId = await open();
    const requests = [
      note(caseId, '1'),
      actOn(caseId, 'no.such'),
      note(caseId, '2'),
      actOn(caseId, 'case.resume', { reason: '试' }),
    ];
    const twin = { ...requests[0]! };
    const outcomes = await bench.door.acts(caseId, [...requests, twin, note(caseId, '3')]);
    expect(outcomes.map(code)).toEqual(['recorded', 'UNKNOWN_ACT', 'recorded', 'WRONG_STATUS', 'recorded', 'recorded']);
    expect(outcomes[4]).toMatchObject({ replayed: true, seq: recorded(outcomes[0]!).seq });
    expect(await count(caseId, 'note.added')).toBe(3);
    const wake = committed.filter((each) => each.caseId === caseId);
    // the repeated one is not witnessed yet: its wake may have been lost
    const names = wake.map(({ acts }) => acts.map(({ type }) => type));
    expect(names).toEqual([['case.open'], ['note.add', 'note.add', 'note.add'], ['note.add']]);
  });

  test('what the database refuses is undone alone: the others are recorded, what fired stays', async () => {
    // an engine that lets one kind of note break a constraint, as a mistake in a rule of the books would
    const broken = await bench.another({
      engine: {
        ...engine,
        decide(state, act, world) {
          const answer = engine.decide(state, act, world);
          if ((act.data as { text?: string })?.text !== '坏' || 'code' in answer) return answer;
          const item = Object.values(state.items)[0]!;
          return {
            events: [{ type: 'item.opened', data: { item: { ...item, id: 'bad-1', openedAt: 'not a time' } } }],
          };
        },
      },
    });
    const caseId = await open();
    const outcomes = await broken.acts(caseId, [note(caseId, '1'), note(caseId, '坏'), note(caseId, '2')]);
    expect(outcomes.map(code)).toEqual(['recorded', 'INVALID_DATA', 'recorded']);
    const types = await bench.sql`SELECT type FROM events WHERE case_id = ${caseId} ORDER BY seq DESC LIMIT 2`;
    expect(types.map(({ type }) => type)).toEqual(['note.added', 'note.added']);
  });

  test('fifty callers at once on one case through two doors: each act exactly once, one chain', async () => {
    const caseId = await open();
    const doors = [bench.door, await bench.another({ connections: 5 })];
    const requests = Array.from({ length: 50 }, (_, i) => note(caseId, String(i)));
    const outcomes = await Promise.all([...requests, ...requests].map((request, i) => doors[i % 2]!.act(request)));
    for (const outcome of outcomes) expect(code(outcome)).toBe('recorded');
    expect(await count(caseId, 'note.added')).toBe(50);
    const [gap] = await bench.sql`
      SELECT count(*) AS n, max(seq) AS last, (SELECT seq FROM cases WHERE case_id = ${caseId}) AS seq FROM events WHERE case_id = ${caseId}`;
    expect(gap!['n']).toBe(gap!['last']);
    expect(gap!['seq']).toBe(gap!['last']);
  });

  test('an act that cannot be decided for a fault of ours is answered 503 and harms no other', async () => {
    const faulty = await bench.another({
      engine: {
        ...engine,
        decide(state, act, world) {
          if ((act.data as { text?: string })?.text === '坏') throw new Error('a fault');
          return engine.decide(state, act, world);
        },
      },
    });
    const caseId = await open();
    const outcomes = await faulty.acts(caseId, [note(caseId, '1'), note(caseId, '坏')]);
    expect(outcomes.map(code)).toEqual(['recorded', 'CASE_STUCK']);
  });
});

test('a process with a wrong clock decides nothing', async () => {
  const off = await bench.another({ mayFire: () => false });
  expect(code(await off.open(fuleOpening()))).toBe('STORE_UNAVAILABLE');
  expect(code(await off.act(note(await open())))).toBe('STORE_UNAVAILABLE');
});

test('an older process does not guess about the state of a newer one', async () => {
  const caseId = await open();
  await bench.sql`UPDATE cases SET state_version = 99 WHERE case_id = ${caseId}`;
  expect(code(await bench.door.act(note(caseId)))).toBe('NEWER_STATE');
});

test('while Postgres takes no connections the answer is a 503 that is safe to repeat', async () => {
  const caseId = await open();
  const request = note(caseId);
  await bench.sql.unsafe(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()`,
  );
  expect(code(await bench.door.act(request))).toBe('recorded');
  expect(recorded(await bench.door.act(request)).replayed).toBe(true);
  const options = { ...bench.sql.options, port: [1] };
  const elsewhere = new Proxy(bench.sql, {
    get: (sql, name) => (name === 'options' ? options : Reflect.get(sql, name)),
  });
  const cut = await bench.another({ sql: giveKeys(elsewhere, keysOf(bench.sql)) });
  expect(code(await cut.act(note(caseId)))).toBe('STORE_UNAVAILABLE');
  expect(code(await cut.open(fuleOpening()))).toBe('STORE_UNAVAILABLE');
});
