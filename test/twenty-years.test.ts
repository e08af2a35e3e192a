import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dossierOf } from '../api/dossier/build.ts';
import { caseHistories } from '../bin/audit/case-histories.ts';
import { historyReader } from '../bin/audit/histories.ts';
import { verifyDossier } from '../bin/dossier/verify.ts';
import { logKeysMade } from '../db/queries/record-log.ts';
import type { WitnessedEvent } from '../door/outcome.ts';
import { verify } from '../door/verify.ts';
import { parseVerifier } from '../engine/record/note.ts';
import { addDays, addMonths, atTime, toDate } from '../engine/time/civil.ts';
import { lunarToSolar } from '../engine/time/lunar.ts';
import { caseWorkflowId, RUN_EVENTS } from '../workflows/names.ts';
import { askPython } from './dossier/python.ts';
import { writeDossier } from './dossier/story.ts';
import { makeTestFolder, removeTestFolder } from './support/folders.ts';
import { sizeOf, witnessOf } from './support/histories.ts';
import { longProgram } from './support/long-program.ts';
import { quietRuntime } from './support/quiet.ts';
import { logAll, recordLogOver } from './support/record-log.ts';
import { createStage, type Stage } from './support/stage.ts';
import { stateOf } from './support/states.ts';
import { timeSkippingEnvironment } from './support/temporal.ts';

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;
const years = 20;

let env: TestWorkflowEnvironment;
let stage: Stage;
const findings: string[] = [];
beforeAll(async () => {
  quietRuntime();
  env = await timeSkippingEnvironment();
  stage = await createStage({
    temporal: env,
    skipsTime: true,
    program: longProgram,
    onFound: (why, n) => findings.push(`${n} ${why}`),
  });
});
afterAll(async () => {
  await stage.close();
  await env.teardown();
});

test('a case of twenty years: nothing lost, nothing twice, state and history bounded', async () => {
  const began = performance.now();
  const startMs = await env.currentTimeMs();
  const caseId = await stage.open();
  await stage.witnessed(caseId); // its workflow runs before any time is skipped
  const sent: string[] = [];
  const act = async (...[as, type, words]: [as: string, type: string, words?: Parameters<Stage['act']>[3]]) => {
    sent.push((await stage.act(caseId, as, type, words)).actId);
  };
  const until = async (ms: number) => {
    await stage.waker.flush(); // wakes are spaced by the real clock: a skip would run past those that wait
    const rest = ms - (await env.currentTimeMs());
    if (rest > 0) await env.sleep(rest);
  };
  const note = (text: string) => act('caseworker', 'note.add', { data: { text } });

  await act('caseworker', 'consent.give', { onBehalfOf: 'beneficiary', evidence: ['file'] });
  for (const body of ['party-branch', 'two-committees', 'residents-representatives']) {
    const vote = { body, present: 9, for: 9, against: 0, abstain: 0, text: '同意' };
    await act('secretary', 'decision.record', { data: vote, evidence: ['file'] });
  }

  let missed = 0;
  let skipped: string | undefined;
  let birthdays = 0;
  let stateBytes = 0;
  let birthdayMs = startMs + yearMs;
  for (let month = 1; month <= years * 12; month++) {
    const visitMs = startMs + month * 30.5 * dayMs;
    if (birthdayMs < visitMs) {
      // acts just before the case turns a year older, as it does, and just after
      await until(birthdayMs - 2_000);
      await note('满年之前');
      await Promise.all([until(birthdayMs), note('满年'), note('满年')]);
      await Promise.all([note('满年之后'), until(birthdayMs + 2_000)]);
      await stage.witnessed(caseId);
      birthdays += 1;
      birthdayMs += yearMs;
    }
    await until(visitMs);
    // a month's visits are open now: the state is never larger
    stateBytes = Math.max(stateBytes, JSON.stringify(await stateOf(stage.sql, caseId)).length);
    missed += await handInDiary(month);
    if (month % 3 === 0) await sale(`SJ-${month}`);
    if (month % 12 === 0) await settleAccountability();
  }
  await act('secretary', 'case.close', { data: { outcome: 'selfReliant' }, reason: '本人自食其力' });
  const handle = stage.client.workflow.getHandle(caseWorkflowId(caseId));
  const end = await handle.result();

  // the record, the histories and what was asked for tell the same
  const rows = await stage.sql`SELECT seq, hash, type, act_id FROM events WHERE case_id = ${caseId} ORDER BY seq`;
  const { events, runs } = await witnessOf<WitnessedEvent>(stage.client, caseWorkflowId(caseId));
  expect(events.map(({ hash }) => hash)).toEqual(rows.map((row) => row['hash']));
  expect(end).toEqual({ seq: rows.length, head: rows.at(-1)?.['hash'] });
  const inRecord = new Set(rows.map((row) => row['act_id']));
  expect(sent.filter((id) => !inRecord.has(id))).toEqual([]);
  const notes = rows.filter((row) => row['type'] === 'note.added');
  expect(notes).toHaveLength(birthdays * 4);
  expect(runs.length).toBeGreaterThan(2 * years);
  const rungs = await stage.sql`
    SELECT deadline_id, count(*)::int AS n FROM rungs
    WHERE case_id = ${caseId} AND deadline_id LIKE 'visit-%' GROUP BY deadline_id, generation`;
  // every visit lies on the three-day grid, none is left out, and each was done, or missed and that is on record
  const dues = events.flatMap(({ header, payload }) =>
    header.type === 'duty.due' ? [payload?.data as { duty: string; plannedDate: string }] : [],
  );
  const plannedDays = (duty: string) => dues.flatMap((each) => (each.duty === duty ? [each.plannedDate] : []));
  const visits = plannedDays('visit');
  const anchor = toDate(new Date(startMs).toISOString());
  expect(visits).toEqual(visits.map((_, n) => addDays(anchor, (n + 1) * 3)));
  expect(visits.length).toBeGreaterThanOrEqual(Math.floor((years * 365) / 3));
  const festivals = plannedDays('festival');
  expect(festivals).toEqual(
    lunarDays([1, 1], [8, 15], [9, 9])
      .filter((date) => date > anchor)
      .slice(0, festivals.length),
  );
  expect(festivals.length).toBeGreaterThanOrEqual(years * 3 - 1);
  const reviews = plannedDays('review');
  const monthEnds = Array.from({ length: 400 }, (_, n) => addDays(addMonths(`${anchor.slice(0, 7)}-01`, n + 1), -1));
  expect(reviews).toEqual(monthEnds.filter((date) => date > anchor).slice(0, reviews.length));
  expect(reviews.length).toBeGreaterThanOrEqual(years * 12);
  const ends = await stage.sql<{ state: string; missed: boolean; n: number }[]>`
    SELECT state, missed_at IS NOT NULL AS missed, count(*)::int AS n FROM items
    WHERE case_id = ${caseId} AND key IN ('visit', 'festival', 'review') GROUP BY 1, 2`;
  const count = (state: string, wasMissed: boolean) =>
    ends.find((row) => row.state === state && row.missed === wasMissed)?.n ?? 0;
  const all = visits.length + festivals.length + reviews.length;
  const inGrace = count('cancelled', false); // open when the case was closed
  expect(count('done', false) + count('missed', true) + count('cancelled', true) + inGrace).toBe(all);
  expect(inGrace).toBeLessThan(8);
  const noticed = events.filter(
    ({ header, payload }) =>
      header.type === 'duty.missed' && (payload?.data as { duty: string } | undefined)?.duty !== 'after',
  );
  expect(noticed).toHaveLength(count('missed', true) + count('cancelled', true));
  expect(count('missed', true) + count('cancelled', true)).toBeGreaterThanOrEqual(missed - 1);
  expect(rungs.filter(({ n }) => n === 2).length).toBeGreaterThanOrEqual(missed - 2);
  expect(rungs.every(({ n }) => n <= 2)).toBe(true);
  // on a slow machine a wake may be late, which the sweeper mends; nothing else may have to be mended
  expect(findings.filter((each) => !each.endsWith(' lagging'))).toEqual([]);

  await provedOffline(rows.length);

  const sizes = runs.map(({ history }) => ({ events: history.events?.length ?? 0, bytes: sizeOf(history) }));
  const most = { events: Math.max(...sizes.map((s) => s.events)), bytes: Math.max(...sizes.map((s) => s.bytes)) };
  expect(stateBytes).toBeLessThan(64 * 1024);
  expect(most.events).toBeLessThan(2 * RUN_EVENTS);
  expect(most.bytes).toBeLessThan(1024 * 1024);
  process.stdout.write(
    `twenty years in ${Math.round((performance.now() - began) / 1000)} s: ` +
      `${visits.length} visits, ${festivals.length} festivals, ${reviews.length} reviews; ` +
      `${runs.length} runs, ${birthdays} birthdays, ${sent.length} acts, ${rows.length} events of record, ` +
      `${missed} visits missed; a run at most ${most.events} events and ${most.bytes} bytes, ` +
      `all runs ${sizes.reduce((sum, s) => sum + s.bytes, 0)} bytes; state at most ${stateBytes} bytes\n`,
  );

  /** The whole record holds, and so does the dossier of the case, by its file alone and in the eyes of both verifiers. */
  async function provedOffline(seq: number): Promise<void> {
    const log = recordLogOver(stage.sql);
    await logAll(log);
    await log.stop();
    const { sql, client } = stage;
    const { findings: found } = await verify(sql, { histories: historyReader(client) });
    expect(found).toEqual([]);
    const folder = makeTestFolder('twenty-years');
    // read first: an answer over HTTP leaves histories out that take longer than ten seconds
    const told = await caseHistories(sql, client)(caseId);
    const dossier = await dossierOf({ sql, histories: async () => told }, caseId, { redacted: false });
    const file = await writeDossier(dossier, folder);
    const key = (await logKeysMade(sql)).at(-1)!.key;
    const verdict = await verifyDossier(file, { key: parseVerifier(key) });
    expect(verdict).toMatchObject({ holds: true, findings: [], checked: { events: seq, witnessed: seq } });
    expect(await askPython([file], ['--key', key])).toMatchObject([{ holds: true, findings: [] }]);
    removeTestFolder(folder);
  }

  /** At a month's end: what was planned since is recorded with the day on which it was done. Every third month one visit was not. */
  async function handInDiary(month: number): Promise<number> {
    const today = toDate(new Date(await env.currentTimeMs()).toISOString());
    const open = await stage.sql<{ id: string; key: string; planned: string }[]>`
      SELECT item_id AS id, key, planned_date::text AS planned FROM items
      WHERE case_id = ${caseId} AND kind = 'duty' AND state = 'open' AND missed_at IS NULL AND planned_date < ${today}
      ORDER BY planned_date, item_id`;
    const visits = open.filter(({ key }) => key === 'visit');
    const undone = month % 3 === 0 ? visits.at(-2) : undefined;
    await Promise.all(open.filter((item) => item !== undone && item.id !== skipped).map(complete));
    skipped = undone?.id ?? skipped;
    return undone ? 1 : 0;
  }

  async function complete({ id, key, planned }: { id: string; key: string; planned: string }): Promise<void> {
    const told = { target: id, occurredAt: atTime(planned, '10:00'), reason: '月底交来的走访日记' };
    if (key !== 'visit') return act('secretary', 'task.complete', { ...told, data: {} });
    const data = { fields: { mood: '平稳' } };
    return act('caseworker', 'task.complete', { ...told, data, onBehalfOf: 'companion', evidence: ['photo'] });
  }

  async function sale(sourceDoc: string): Promise<void> {
    const common = { book: 'earnings', direction: 'in', sourceDoc, channel: 'cash' };
    await act('residents-representative', 'cash.record', {
      data: { ...common, amountFen: 25_000 },
      evidence: ['photo'],
    });
    const lines = [{ text: '笔筒 10 件', item: '笔筒', quantity: 10, priceFen: 2_500, amountFen: 25_000 }];
    await act('supervision-head', 'ledger.record', { data: { ...common, lines }, evidence: ['photo'] });
  }

  async function settleAccountability(): Promise<void> {
    const open = await stage.sql<{ id: string }[]>`
      SELECT id FROM accountability WHERE case_id = ${caseId} AND decided_at IS NULL`;
    for (const { id } of open) {
      await act('secretary', 'accountability.answer', { target: id, data: { text: '家里没有人' } });
      await act('sub-district-head', 'accountability.decide', { target: id, data: { outcome: '提醒' } });
    }
  }
}, 1_500_000);

/** Days of the lunar years 2026 to 2070, in order. */
function lunarDays(...days: readonly (readonly [month: number, day: number])[]): string[] {
  return Array.from({ length: 45 }, (_, n) => 2026 + n)
    .flatMap((year) => days.map(([month, day]) => lunarToSolar(year, month, day)))
    .sort();
}
