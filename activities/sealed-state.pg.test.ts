import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Sql } from '../db/client.ts';
import { clocksOf, dutyCasesOf } from '../db/queries/agenda.ts';
import { statesOf } from '../db/queries/audit-events.ts';
import { caseInEmergency, caseRecord, listCases } from '../db/queries/cases.ts';
import { dossierCase } from '../db/queries/dossier.ts';
import { actRow } from '../db/queries/events.ts';
import { listTransfers } from '../db/queries/transfers.ts';
import { effectPlace, keyOfValue, keysOf, openJsonEach, refusalPlace } from '../db/sealed.ts';
import { createTransactions } from '../db/transactions.ts';
import { countLot, drawing } from '../door/count-lot.ts';
import { engine } from '../door/engine.ts';
import { outlineOf } from '../door/outline.ts';
import { rebuildCase } from '../door/rebuild.ts';
import { verify } from '../door/verify.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { changeState, stateOf } from '../test/support/states.ts';
import { createStateSealer } from './state-sealer.ts';

const words = '行动不便，不愿出门';
const names = /[周邱]某|行动不便/;
let bench: DoorBench;
/** Whoever took the tables, or a machine without the yearly keys. */
let strangers: Sql;
beforeAll(async () => {
  bench = await doorBench();
  strangers = connect(bench.url, { max: 2 });
}, 60_000);
afterAll(async () => {
  await strangers?.end({ timeout: 1 });
  await bench?.close();
});

const log = pino({ level: 'silent' });
const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
const open = async (change = {}): Promise<string> => recorded(await bench.door.open(fuleOpening(change))).case.caseId;
const note = (caseId: string) => actOn(caseId, 'note.add', { data: { text: '来访' } });
const stored = async (caseId: string) =>
  (
    await bench.sql<{ state: unknown; outline: object; version: number; seq: number }[]>`
      SELECT state, outline, state_version AS version, seq FROM cases WHERE case_id = ${caseId}`
  )[0]!;
const keyNamed = (value: unknown) => keyOfValue(Buffer.from(String(value), 'base64'));
const keyOf = async (caseId: string) =>
  (await bench.sql<{ id: string }[]>`SELECT id FROM data_keys WHERE owner = ${caseId}`)[0]!.id;
const findings = async (caseId: string, sql = bench.sql) =>
  (await verify(sql, { caseId })).findings.map(({ rule, what }) => `${rule}: ${what}`);
async function rebuild(caseId: string): Promise<void> {
  const transactions = createTransactions(bench.sql, { lanes: 1 });
  try {
    const drawn = drawing(engine, await countLot(bench.sql));
    expect(await rebuildCase({ transactions, engine: drawn }, caseId, true)).toMatchObject({ written: true });
  } finally {
    await transactions.end();
  }
}
const reader = { person: 'p-caseworker', loginUnit: 'community-1', login: 'casework' } as const;
async function behind(statement: (tx: Sql) => PromiseLike<unknown>): Promise<void> {
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await statement(tx as unknown as Sql);
  });
}

describe('the state of a case', () => {
  test('is sealed with its key when it opens, after each act, and after what time did; its outline holds no words', async () => {
    const caseId = await open({ openedAt: daysAgo(20) });
    const sealed = async () => {
      const { state, outline, version } = await stored(caseId);
      expect(keyNamed(state)).toBe(await keyOf(caseId));
      // a process of an earlier release knows 1 and lets alone what is above it
      expect(version).toBe(2);
      expect(JSON.stringify(outline)).not.toMatch(names);
      expect(outline).toEqual(JSON.parse(JSON.stringify(outlineOf(await stateOf(bench.sql, caseId)))));
      expect(await findings(caseId)).toEqual([]);
    };
    await sealed();
    recorded(await bench.door.act(note(caseId)));
    await sealed();
    await bench.door.project(caseId);
    await sealed();
    expect(Buffer.from(String((await stored(caseId)).state), 'base64').includes('周某')).toBe(false);
    expect((await stateOf(bench.sql, caseId)).fields['needs']).toBe(words);
    const read = await caseRecord(bench.sql, reader, caseId);
    expect(read?.state).toMatchObject({ caseId, fields: { needs: words } });
    expect((await dossierCase(bench.sql, caseId))?.state).toMatchObject({ fields: { needs: words } });
  });

  test('is sealed as well where a wheel turns many cases at once', async () => {
    const ids = await Promise.all([open({ openedAt: daysAgo(1) }), open({ openedAt: daysAgo(1) })]);
    const before = await Promise.all(ids.map(stored));
    try {
      bench.clock.now = new Date(Date.now() + 40 * dayMs).toISOString();
      await bench.door.turn({ unit: 'community-1' });
    } finally {
      bench.clock.now = undefined;
    }
    for (const [n, id] of ids.entries()) {
      const { state, seq } = await stored(id);
      expect(seq).toBeGreaterThan(before[n]!.seq);
      expect(keyNamed(state)).toBe(await keyOf(id));
      expect(await findings(id)).toEqual([]);
    }
  });

  test('in clear, as earlier releases left it, is read, and sealed by the next act or by the loop', async () => {
    const [acted, idle] = [await open(), await open()];
    for (const id of [acted, idle]) await changeState({ keyed: bench.sql, clear: true }, id, (state) => state);
    expect(await stored(acted)).toMatchObject({ state: { caseId: acted }, outline: null, version: 1 });
    expect(await findings(acted)).toEqual([]);
    expect((await caseRecord(strangers, reader, acted))?.state).toMatchObject({ fields: { needs: words } });
    recorded(await bench.door.act(note(acted)));
    expect(keyNamed((await stored(acted)).state)).toBe(await keyOf(acted));
    // whoever wrote it knew nothing of what lies beside it
    await bench.sql`UPDATE cases SET outline = '{"limited":true}' WHERE case_id = ${idle}`;
    expect(await createStateSealer({ sql: strangers, log }).turn()).toBe(0);
    const sealer = createStateSealer({ sql: bench.worker, log });
    expect(await sealer.turn()).toBe(1);
    expect(keyNamed((await stored(idle)).state)).toBe(await keyOf(idle));
    expect((await stored(idle)).outline).toEqual(JSON.parse(JSON.stringify(outlineOf(await stateOf(bench.sql, idle)))));
    expect(await sealer.turn()).toBe(0);
    expect(await findings(idle)).toEqual([]);
  });

  test('is looked into by lists until it is sealed, and by its outline after that', async () => {
    const [open1, limited] = [await open({ openedAt: daysAgo(20) }), await open()];
    const transfer = {
      data: {
        unit: 'community-2',
        consent: 'overridden',
        ground: '履行法定职责所必需',
        assignments: { secretary: 'community-2-secretary' },
      },
    };
    recorded(await bench.door.act(actOn(open1, 'case.offerTransfer', { reason: '已迁走', ...transfer })));
    const clockOf = async (caseId: string) =>
      (await clocksOf(bench.sql, 'p-secretary', 1_000)).find((clock) => clock.caseId === caseId)!;
    const { deadlineId } = await clockOf(open1);
    await behind((tx) => tx`UPDATE deadlines SET of = 'duty' WHERE case_id = ${open1} AND deadline_id = ${deadlineId}`);
    await behind((tx) => tx`UPDATE person.parties SET birth_date = '2015-01-01' WHERE case_id = ${open1}`);
    await behind((tx) => tx`UPDATE cases SET status = 'closed' WHERE case_id = ${limited}`);
    const plannedAt = daysAgo(-2);
    await changeState({ keyed: bench.sql, clear: true }, open1, (state) => ({
      ...state,
      minorAccess: { standing: daysAgo(-10), persons: { 'p-director': daysAgo(-5) } },
      emergencyAccess: { a: { id: 'a', person: 'p-director', from: daysAgo(1), until: daysAgo(-1) } },
      duties: { visit: { anchor: '2026-11-01', next: 3, opensAt: daysAgo(-1), after: '2026-11-20' } },
      serial: { ...state.serial, visit: 2, meet: 1 },
      items: { ...state.items, [deadlineId]: { ...state.items[deadlineId], id: deadlineId, plannedAt } },
    }));
    await changeState({ keyed: bench.sql, clear: true }, limited, (state) => ({
      ...state,
      erasure: { id: 'e', by: 'beneficiary', at: daysAgo(1), voices: [], recordedBy: 'p-x', decision: 'limited' },
    }));
    const told = async () => {
      const listed = await listCases(bench.sql, reader, {}, { limit: 500, after: undefined });
      const nameIn = (id: string) => listed.find(({ caseId }) => caseId === id)?.parties.map(({ name }) => name)[0];
      const duty = (await dutyCasesOf(bench.sql, 'p-secretary', 1_000)).find(({ caseId }) => caseId === open1);
      const [offer] = await listTransfers(bench.sql, reader, { caseId: open1 }, { limit: 1, after: undefined });
      return {
        ...{ minor: nameIn(open1), limited: nameIn(limited), duties: duty?.duties, serial: duty?.serial['visit'] },
        ...{ emergency: (await caseInEmergency(bench.sql, open1))?.caseId, offer: offer?.assignments },
        plannedAt: (await clockOf(open1)).plannedAt,
      };
    };
    const before = await told();
    expect(before).toMatchObject({ minor: '周某', limited: null, serial: 2, emergency: open1, plannedAt });
    expect(before).toMatchObject({ duties: { visit: { next: 3 } }, offer: { secretary: 'community-2-secretary' } });
    const sealer = createStateSealer({ sql: bench.worker, log });
    expect(await sealer.turn()).toBe(2);
    expect(await told()).toEqual(before);
    for (const id of [open1, limited]) {
      const { outline, state } = await stored(id);
      expect(typeof state).toBe('string');
      expect(outline).toEqual(JSON.parse(JSON.stringify(outlineOf(await stateOf(bench.sql, id)))));
    }
  });

  test('that says it lies in clear and does not is not sealed twice, and is told', async () => {
    const caseId = await open();
    await bench.sql`UPDATE cases SET state_version = 1 WHERE case_id = ${caseId}`;
    expect((await findings(caseId)).join()).toContain('column state_version');
    const lines: string[] = [];
    const told = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const { state } = await stored(caseId);
    expect(await createStateSealer({ sql: bench.worker, log: told }).turn()).toBe(1);
    expect((await stored(caseId)).state).toBe(state);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ caseId }, { alarm: 'IN_CLEAR', cases: 1 }]);
    await rebuild(caseId);
    expect(await findings(caseId)).toEqual([]);
  });
});

describe('a state that cannot be read', () => {
  test('because its key is away, is not compared, leaves lists as they are, and lets no act in', async () => {
    const caseId = await open();
    const { unread } = await verify(strangers, { caseId });
    expect(unread).toEqual([{ caseId, events: (await stored(caseId)).seq }]);
    await expect(caseRecord(strangers, reader, caseId)).rejects.toMatchObject({ why: 'key away' });
    const listed = await listCases(strangers, reader, {}, { limit: 200, after: undefined });
    expect(listed.map((row) => row.caseId)).toContain(caseId);
    expect([...(await statesOf(strangers, [caseId])).keys()]).toEqual([]);
    // an act that is sent again is answered as the first time, whatever became of the case since
    const first = note(caseId);
    const answered = recorded(await bench.door.act(first));
    recorded(await bench.door.act(note(caseId)));
    // a key that nobody knows
    await bench.sql`UPDATE cases SET state = '"AQNuaWwx"' WHERE case_id = ${caseId}`;
    expect(await bench.door.act(note(caseId))).toMatchObject({ refusal: { code: 'STORE_UNAVAILABLE' } });
    expect(await bench.door.act(first)).toMatchObject({ status: 'recorded', seq: answered.seq, replayed: true });
  });

  test.each([
    [
      'an older one of the same case',
      async (one: string) => {
        const { state } = await stored(one);
        recorded(await bench.door.act(note(one)));
        return state;
      },
    ],
    ['another case’s', async () => (await stored(await open())).state],
    [
      'a changed one',
      async (one: string) => {
        const bytes = Buffer.from(String((await stored(one)).state), 'base64');
        bytes[200]! ^= 1;
        return bytes.toString('base64');
      },
    ],
    ['bytes that are no seal', async () => Buffer.from('{}').toString('base64')],
  ] as const)('because it is %s, is found and mended by a rebuild', async (_, make) => {
    const caseId = await open();
    const other = JSON.stringify(await make(caseId));
    await behind((tx) => tx`UPDATE cases SET state = ${other}::text::json WHERE case_id = ${caseId}`);
    expect((await findings(caseId)).join()).toMatch(/^state: the state cannot be read: (altered|key unknown)$/);
    await expect(caseRecord(bench.sql, reader, caseId)).rejects.toMatchObject({ name: 'Unreadable' });
    // whoever comes to the case first, and be it its workflow
    const [{ hash = '' } = {}] = await bench.sql<
      { hash: string }[]
    >`SELECT hash FROM events WHERE case_id = ${caseId} AND seq = 1`;
    const lines: string[] = [];
    const door = await bench.another({
      log: pino({ level: 'error' }, { write: (line: string) => void lines.push(line) }),
    });
    await expect(door.advance({ caseId, seq: 1, head: hash })).rejects.toMatchObject({ name: 'Unreadable' });
    expect(new Set(lines.map((line) => JSON.parse(line).alarm))).toEqual(new Set(['RECORD_CHANGED']));
    await rebuild(caseId);
    expect(await findings(caseId)).toEqual([]);
    recorded(await bench.door.act(note(caseId)));
  });
});

test('a refusal that is kept lies sealed, and is answered again as the first time', async () => {
  const caseId = await open();
  const request = actOn(caseId, 'deadline.nudge', { target: '邱某的事', reason: '催' });
  const first = await bench.door.act(request);
  expect(first).toMatchObject({ status: 'refused', refusal: { code: 'NOT_OPEN' } });
  const [row] = await bench.sql<{ refusal: unknown }[]>`SELECT refusal FROM acts WHERE act_id = ${request.act.id}`;
  expect(keyNamed(row!.refusal)).toBe(await keyOf(caseId));
  expect(await bench.door.act(request)).toEqual({ ...JSON.parse(JSON.stringify(first)), replayed: true });
  expect((await actRow(bench.sql, caseId, request.act.id))?.refusal).toMatchObject({ code: 'NOT_OPEN' });
  await expect(actRow(strangers, caseId, request.act.id)).rejects.toMatchObject({ why: 'key away' });
  const { acts } = (await dossierCase(bench.sql, caseId))!.tables;
  const at = acts.columns.indexOf('refusal');
  expect(acts.rows.map((each) => each[at]).filter(Boolean)).toMatchObject([{ code: 'NOT_OPEN' }]);
  const value = { place: refusalPlace('another act'), stored: row!.refusal };
  expect(await openJsonEach(keysOf(bench.sql), [value])).toMatchObject([{ why: 'altered' }]);
});

test('a refusal, or an answer of an effect, that was altered is found, and stops no dossier', async () => {
  const caseId = await open();
  const request = actOn(caseId, 'deadline.nudge', { target: '邱某的事', reason: '催' });
  expect(await bench.door.act(request)).toMatchObject({ status: 'refused' });
  expect(await findings(caseId)).toEqual([]);
  const [row] = await bench.sql<{ refusal: string }[]>`SELECT refusal FROM acts WHERE act_id = ${request.act.id}`;
  const json = (text: string) => JSON.stringify(text);
  const altered = Buffer.from(row!.refusal, 'base64');
  altered[altered.length - 1]! ^= 1;
  await behind(
    (tx) =>
      tx`UPDATE acts SET refusal = ${json(altered.toString('base64'))}::text::json WHERE act_id = ${request.act.id}`,
  );
  // sealed, but not as the answer of this effect
  await behind(
    (tx) => tx`
      INSERT INTO effects (id, case_id, seq, n, kind, payload, answer, created_at, next_try, done_at)
      VALUES (${`${caseId}-1`}, ${caseId}, 1, 1, 'child', '{}', ${json(row!.refusal)}::text::json, now(), now(), now())`,
  );
  const found = await findings(caseId);
  expect(found).toContain(`acts: the refusal of act ${request.act.id} cannot be read: altered`);
  expect(found).toContain(`acts: the answer of effect ${caseId}-1 cannot be read: altered`);
  const { acts } = (await dossierCase(bench.sql, caseId))!.tables;
  const at = acts.columns.indexOf('refusal');
  expect(acts.rows.map((each) => each[at]).filter(Boolean)).toEqual([{ unread: 'altered' }]);
  await behind((tx) => tx`DELETE FROM effects WHERE case_id = ${caseId}`);
});

test('what another unit is told with a referral lies sealed; what begins it is in clear, and a rebuild writes it so again', async () => {
  const caseId = await open();
  recorded(
    await bench.door.act(
      actOn(caseId, 'case.refer', {
        reason: '转介',
        data: {
          ...{ unit: 'community-2', program: 'fule', text: '请帮邱某走访', data: { needs: words } },
          ...{ consent: 'overridden', ground: '履行法定职责所必需' },
          share: { fields: [], parties: ['beneficiary', 'companion'] },
        },
      }),
    ),
  );
  const accept = { actor: person('p-director-2'), data: { assignments: { secretary: 'community-2-secretary' } } };
  recorded(await bench.door.act(actOn(caseId, 'case.acceptTransfer', accept)));
  const effect = async () =>
    (
      await bench.sql<{ id: string; payload: { child: unknown; program: string } }[]>`
        SELECT id, payload FROM effects WHERE case_id = ${caseId}`
    )[0]!;
  const before = await effect();
  expect(before.payload).toMatchObject({ program: 'fule', child: expect.any(String) });
  expect(keyNamed(before.payload.child)).toBe(await keyOf(caseId));
  const value = { place: effectPlace('payload', before.id), stored: before.payload.child };
  expect(await openJsonEach(keysOf(bench.sql), [value])).toMatchObject([{ text: '请帮邱某走访' }]);
  expect(await findings(caseId)).toEqual([]);
  await behind((tx) => tx`UPDATE effects SET payload = '{"child":"AQID"}' WHERE case_id = ${caseId}`);
  expect((await findings(caseId)).join()).toContain('read models: ');
  await rebuild(caseId);
  expect((await effect()).payload).toMatchObject({ program: 'fule', child: expect.any(String) });
  expect(await findings(caseId)).toEqual([]);
});

test('what effects of an earlier release carry and were answered in clear is sealed by the loop', async () => {
  const caseId = await open();
  const id = `${caseId}-1`;
  const [payload, answer] = [{ program: 'fule', child: { text: '请帮邱某走访' } }, { result: { text: '周某很好' } }];
  await behind(
    (tx) => tx`
      INSERT INTO effects (id, case_id, seq, n, kind, payload, answer, created_at, next_try, done_at)
      VALUES (${id}, ${caseId}, 1, 1, 'child', ${JSON.stringify(payload)}::text::json, ${JSON.stringify(answer)}::text::json, now(), now(), now())`,
  );
  const sealer = createStateSealer({ sql: bench.worker, log });
  expect(await sealer.turn()).toBe(1);
  const [row] = await bench.sql<{ payload: { program: string; child: unknown }; answer: unknown }[]>`
    SELECT payload, answer FROM effects WHERE id = ${id}`;
  expect(row).toMatchObject({ payload: { program: 'fule', child: expect.any(String) }, answer: expect.any(String) });
  const values = [
    { place: effectPlace('payload', id), stored: row!.payload.child },
    { place: effectPlace('answer', id), stored: row!.answer },
  ];
  expect(await openJsonEach(keysOf(bench.sql), values)).toEqual([payload.child, answer]);
  expect(await sealer.turn()).toBe(0);
  await behind((tx) => tx`DELETE FROM effects WHERE id = ${id}`);
});

test('a word in the place of a role’s name is refused, and one of an earlier release stays out of the outline', async () => {
  const caseId = await open();
  const data = { unit: 'community-2', text: '请帮他走访', consent: 'overridden', ground: '履行法定职责所必需' };
  const refer = (role: string) =>
    bench.door.act(
      actOn(caseId, 'case.refer', {
        reason: '转介',
        data: { ...data, assignments: { [role]: 'community-2-secretary' } },
      }),
    );
  expect(await refer('周某之子')).toMatchObject({ refusal: { code: 'INVALID_DATA' } });
  const program = { reason: '转介', data: { ...data, program: '周某的事' } };
  expect(await bench.door.act(actOn(caseId, 'case.refer', program))).toMatchObject({
    refusal: { code: 'INVALID_DATA' },
  });
  expect(await refer('zhou')).toMatchObject({ refusal: { code: 'UNKNOWN_ASSIGNMENT' } });
  const share = { share: { fields: ['needs'], parties: ['beneficiary', 'companion'] } };
  recorded(await bench.door.act(actOn(caseId, 'case.refer', { reason: '转介', data: { ...data, ...share } })));
  const state = await stateOf(bench.sql, caseId);
  const [offer] = Object.values(state.offers!);
  const named = { secretary: 'p-1', 周某之子: 'p-2', zhou: 'p-3' };
  const outlined = (program: string) =>
    outlineOf({ ...state, offers: { [offer!.id]: { ...offer!, program, assignments: named } } }).offers;
  expect(outlined('fule')).toEqual({ [offer!.id]: { secretary: 'p-1', zhou: 'p-3' } });
  expect(outlined('another')).toEqual({ [offer!.id]: { secretary: 'p-1' } });
});
