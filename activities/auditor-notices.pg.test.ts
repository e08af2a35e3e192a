import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertAccesses } from '../db/queries/accesses.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { createAuditorNotices } from './auditor-notices.ts';

let bench: DoorBench;
const alarms: object[] = [];
const log = pino({ level: 'error' }, { write: (line: string) => alarms.push(JSON.parse(line) as object) });
beforeEach(async () => {
  bench = await doorBench();
  alarms.length = 0;
});
afterEach(() => bench.close());

const open = async (birthDate = '1990-01-01') => {
  const parties = [
    { role: 'beneficiary', name: '周某', birthDate },
    { role: 'companion', name: '邱某' },
  ];
  return recorded(await bench.door.open(fuleOpening({ parties }))).case.caseId;
};
const turnAt = (now: string, readLimits = { minors: 2, sensitive: 2 }) =>
  createAuditorNotices({ sql: bench.worker, log, now: async () => now, readLimits }).turn();
const messages = () => bench.sql<{ kind: string; person: string; zh: string; en: string; about: string }[]>`
  SELECT kind, person, text_zh AS zh, text_en AS en, about FROM messages WHERE case_id IS NULL ORDER BY created_at, id`;

test('on the last working day of a month auditors are told once where nobody has inspected', async () => {
  const caseId = await open();
  const [auditor] = await bench.sql<{ person: string }[]>`SELECT person FROM api_keys WHERE role = 'auditor'`;
  // Monday 30 November 2026 is the last working day of its month, from nine in the morning
  for (const early of ['2026-11-27T06:00:00.000Z', '2026-11-30T00:59:00.000Z'])
    expect(await turnAt(early)).toEqual({ reminded: 0, readers: 0 });
  expect(await turnAt('2026-11-30T01:00:00.000Z')).toEqual({ reminded: 1, readers: 0 });
  expect(await turnAt('2026-11-30T08:00:00.000Z')).toEqual({ reminded: 0, readers: 0 });
  const [message, ...none] = await messages();
  expect(none).toEqual([]);
  expect(message).toMatchObject({ kind: 'uninspected', person: auditor!.person, about: 'month:2026-11' });
  expect(message!.zh).toMatch(/^2026年11月有 1 个单位没有督查记录：.+。请在月底前/);
  expect(`${message!.zh}${message!.en}`).not.toContain('周某');
  const brought =
    await bench.sql`SELECT next_at AS at FROM reminders r JOIN messages m ON m.id = r.message_id WHERE m.case_id IS NULL`;
  expect(brought).toMatchObject([{ at: '2026-11-30T01:00:00.000Z' }]);

  // 31 January 2027 is a Sunday: it is the Friday before, also where the worker was away until the Sunday; an inspected unit is not named
  const act = { actor: person(auditor!.person, 'auditor', 'district-1'), data: { method: 'phone' } };
  recorded(await bench.door.act(actOn(caseId, 'inspection.record', act)));
  const [now] = await bench.sql<{ month: string }[]>`
    SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month`;
  const { month } = now!;
  const last = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0, 12)).toISOString();
  await bench.sql`DELETE FROM reminders; DELETE FROM messages WHERE case_id IS NULL`.simple();
  expect((await turnAt(last)).reminded).toBe(0);
  expect((await turnAt('2027-01-28T03:00:00.000Z')).reminded).toBe(0);
  expect((await turnAt('2027-01-31T03:00:00.000Z')).reminded).toBe(1);
});

test('who reads more cases about minors, or their sensitive fields, than is usual in a day is told to the auditors once', async () => {
  const ids = [await open('2015-05-05'), await open('2016-06-06'), await open('2017-07-07'), await open()];
  const now = '2026-11-24T03:00:00.000Z';
  const read = (at: string, cases: readonly string[], kind = 'case', status = 200) =>
    insertAccesses(bench.sql, [
      ...cases.map((id) => ({
        ...{ at, person: 'p-caseworker', role: 'caseworker', post: null, unit: 'community-1', kind, cases: [id] },
        ...{ purpose: 'casework', relation: 'unit', emergency: null, status, content: '{}' },
      })),
    ]);
  // two are usual; an adult's, what was refused, what a list shows, and what was read yesterday do not count
  await read('2026-11-24T01:00:00.000Z', [ids[0]!, ids[1]!, ids[0]!, ids[3]!]);
  await read('2026-11-24T01:10:00.000Z', [ids[2]!], 'case', 403);
  await read('2026-11-24T01:20:00.000Z', [ids[2]!], 'caseList');
  await read('2026-11-23T15:59:00.000Z', [ids[2]!]);
  expect(await turnAt(now)).toEqual({ reminded: 0, readers: 0 });
  await read('2026-11-24T02:00:00.000Z', [ids[2]!]);
  expect(await turnAt(now)).toEqual({ reminded: 0, readers: 1 });
  expect(await turnAt(now)).toEqual({ reminded: 0, readers: 0 });
  expect(alarms).toMatchObject([{ alarm: 'READ_VOLUME', person: 'p-caseworker', what: 'minors', cases: 3 }]);
  const [message, ...none] = await messages();
  expect(none).toEqual([]);
  expect(message!.zh).toMatch(/^“.+”一位工作人员今天查阅了 3 件未成年人个案，超过提醒线（2 件）。/);
  expect(message).toMatchObject({ kind: 'reads', about: 'reads:2026-11-24:p-caseworker' });
  for (const kind of ['sensitive']) await read('2026-11-24T02:30:00.000Z', ids.slice(1), kind);
  expect((await turnAt(now)).readers).toBe(1);
  expect(alarms).toHaveLength(2);
  expect((await messages()).at(-1)!.zh + (await messages())[0]!.zh).toContain('3 件个案的敏感信息');
});
