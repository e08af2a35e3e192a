import { setTimeout as sleep } from 'node:timers/promises';
import { archiveReader } from '../../bin/audit/archive.ts';
import { historyReader } from '../../bin/audit/histories.ts';
import type { Sql } from '../../db/client.ts';
import { effectPlace, openJsonAll } from '../../db/sealed.ts';
import { type HistoryReader, verify } from '../../door/verify.ts';
import type { WitnessedRun } from '../../door/verify-histories.ts';
import { overClearEvents } from '../support/clear-events.ts';
import type { Entry } from './client.ts';
import type { Ground } from './ground.ts';
import type { FaultWindow, Rig } from './rig.ts';

/** What must hold after every run of faults, and does not; and figures for the report. */
export interface Verdict {
  readonly wrong: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** The sweeper has to find nothing more after this. */
const settleMs = 60_000;
/** Settled means that nothing has been due, or waited for its witness, for so long: rungs fire all the time. */
const punctualMs = 5_000;
/** A rung is missing when it was due so long ago. */
const latenessMs = 10_000;
/** Of the requests outside the time of a fault at least so many are answered at the first try. */
const leastAnswered = 0.8;
/** Types of events that only an act makes. */
const ofPeople = ['note.added', 'task.completed', 'cash.recorded', 'ledger.recorded', 'case.opened'];

/** Waits until nothing lags and nothing is overdue, with all parts running; answers how long it took. */
export async function settle({ sql }: Rig): Promise<{ readonly tookMs: number; readonly left: readonly string[] }> {
  const begin = performance.now();
  for (;;) {
    const left = await unsettled(sql);
    const tookMs = performance.now() - begin;
    if (left.length === 0 || tookMs > settleMs) return { tookMs, left };
    await sleep(200);
  }
}

/** Cases that lag, oversleep, or wait for the sweeper, and effects that wait for an answer. */
async function unsettled(sql: Sql): Promise<string[]> {
  const rows = await sql<{ what: string }[]>`
    SELECT 'not witnessed: ' || case_id || ' ' || witnessed_seq || ' of ' || seq AS what FROM cases
      WHERE witnessed_seq <> seq AND lagging_since < clock_timestamp() - ${punctualMs} * interval '1 ms'
    UNION ALL SELECT 'overslept: ' || case_id FROM cases
      WHERE wake_at < clock_timestamp() - ${punctualMs} * interval '1 ms'
    UNION ALL SELECT 'on the sweeper''s list: ' || case_id || ' ' || why FROM wakes
      WHERE why <> 'fired' OR found_at < clock_timestamp() - ${punctualMs} * interval '1 ms'
    UNION ALL SELECT 'effect without its answer: ' || id FROM effects WHERE answer IS NULL OR done_at IS NULL`;
  return rows.map(({ what }) => what);
}

/**
 * Judges what was recorded against what callers were told: nothing lost, nothing twice, nothing from nowhere, in the acts,
 * the events, the rungs and the books; the chain; and the histories of the cases changed since `since` (all without it).
 */
export async function judge(ground: Ground, since?: string): Promise<Verdict> {
  const { rig, callers, figures } = ground;
  const { sql } = rig;
  const { tookMs, left } = await settle(rig);
  await rig.openKeys();
  const share = answeredShare(callers.journal, rig.windows);
  const parts = await Promise.all([
    wrongActs(sql, callers.journal),
    wrongNotes(sql, callers.journal),
    wrongTime(sql),
    wrongEffects(sql),
    wrongRungs(sql),
    setAside(sql),
    endedBadly(rig),
  ]);
  const proof = await prove(rig, since);
  const wrong = [
    ...left.map((what) => `after ${Math.round(tookMs / 1_000)} s still ${what}`),
    ...callers.journal.flatMap((entry) => entry.wrong.map((what) => `a client got ${what}`)),
    ...callers.journal.filter(({ answer, wrong }) => !answer && wrong.length === 0).map(gaveUp),
    ...parts.flat(),
    ...proof.wrong,
    ...(share < leastAnswered ? [`only ${Math.round(share * 100)} % were answered at once outside the faults`] : []),
  ];
  return {
    wrong,
    figures: {
      acts: callers.journal.length,
      answeredAtOnce: Math.round(share * 1_000) / 10,
      tries: callers.journal.reduce((sum, { tries }) => sum + tries, 0),
      settledAfterMs: Math.round(tookMs),
      ...proof.figures,
      ...(await lateness(sql)),
      ...(figures as Record<string, number>),
    },
  };
}

const gaveUp = ({ type, firstFailure, lastFailure, tries }: Entry): string =>
  `a client gave up after ${tries} tries: ${type}: first ${firstFailure}, last ${lastFailure}`;

/** Of the requests that neither began nor ended while something was broken: how many were answered at the first try. */
function answeredShare(journal: readonly Entry[], windows: readonly FaultWindow[]): number {
  const outside = journal.filter(
    ({ startedMs, endedMs }) => !windows.some(({ from, to }) => startedMs < to && endedMs > from),
  );
  if (outside.length === 0) return 0;
  return outside.filter(({ answer, tries }) => answer && tries === 1).length / outside.length;
}

/** Every answer is in `acts` as it was told, with its events; and every act there was asked for by somebody. */
async function wrongActs(sql: Sql, journal: readonly Entry[]): Promise<string[]> {
  const rows = await sql<
    { id: string; status: string; seq: number; events: number; expected: number; system: boolean }[]
  >`
    SELECT a.act_id AS id, a.status, a.seq, a.actor_kind = 'system' AS system,
      coalesce(a.seq - a.first_seq + 1, 0)::int AS expected, count(e.seq)::int AS events
    FROM acts a LEFT JOIN events e ON e.case_id = a.case_id AND e.act_id = a.act_id GROUP BY a.act_id`;
  const acts = new Map(rows.map((row) => [row.id, row]));
  const wanted = new Set(journal.map(({ actId }) => actId));
  const wrong = rows.flatMap(({ id, system, events, expected }) => [
    ...(system || wanted.has(id) ? [] : [`act ${id} was sent by nobody`]),
    ...(events === expected ? [] : [`act ${id} has ${events} events, not ${expected}`]),
  ]);
  for (const { actId, answer, type } of journal) {
    if (!answer) continue;
    const row = acts.get(actId);
    const status = answer.status === 409 ? 'refused' : 'recorded';
    if (!row) wrong.push(`lost: ${type} ${actId} was answered ${answer.status}`);
    else if (row.status !== status) wrong.push(`${type} ${actId} was answered ${answer.status} and is ${row.status}`);
    else if (answer.body.act && answer.body.act.seq !== row.seq)
      wrong.push(`${type} ${actId} was told seq ${answer.body.act.seq} and is at ${row.seq}`);
  }
  return wrong;
}

/** Notes carry their key: each that was acknowledged is in exactly one event, and no event holds one nobody sent. */
async function wrongNotes(sql: Sql, journal: readonly Entry[]): Promise<string[]> {
  const rows = await overClearEvents(
    sql,
    (tx) => tx<{ text: string; n: number }[]>`
    SELECT convert_from(payload, 'UTF8')::json->'data'->>'text' AS text, count(*)::int AS n
    FROM events WHERE type = 'note.added' GROUP BY 1`,
  );
  const recorded = new Map(rows.map(({ text, n }) => [text, n]));
  const sent = journal.filter(({ type }) => type === 'note.add');
  const keys = new Set(sent.map(({ key }) => key));
  return [
    ...rows.filter(({ n }) => n > 1).map(({ text, n }) => `${text} was recorded ${n} times`),
    ...rows.filter(({ text }) => !keys.has(text)).map(({ text }) => `${text} was sent by nobody`),
    ...sent.flatMap(({ key, answer }) => (answer && !recorded.has(key) ? [`lost: ${key} was acknowledged`] : [])),
  ];
}

/** Events without an act are time's own. */
async function wrongTime(sql: Sql): Promise<string[]> {
  const rows = await sql<{ type: string; n: number }[]>`
    SELECT type, count(*)::int AS n FROM events
    WHERE (act_id IS NULL AND (actor_kind <> 'system' OR type IN ${sql(ofPeople)}))
      OR (act_id IS NOT NULL AND NOT EXISTS (SELECT FROM acts a WHERE a.act_id = events.act_id)) GROUP BY type`;
  return rows.map(({ type, n }) => `${n} events ${type} have neither act nor time behind them`);
}

/** Each effect was answered once, and by its call, not by a limit that passed. */
async function wrongEffects(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string; answers: number; answer: unknown }[]>`
    SELECT f.id, f.answer, (SELECT count(*)::int FROM acts a WHERE a.act_id = 'effect/' || f.id) AS answers FROM effects f`;
  const values = rows.map(({ id, answer }) => ({ place: effectPlace('answer', id), stored: answer }));
  const said = (await openJsonAll(sql, values)).map((answer) => JSON.stringify(answer));
  return rows.flatMap(({ id, answers }, n) =>
    answers === 1 && said[n]?.includes(id) ? [] : [`effect ${id} was answered ${answers} times: ${said[n]}`],
  );
}

/** Each rung that was due fired exactly once in its generation, none before its time, and each record was written once. */
async function wrongRungs(sql: Sql): Promise<string[]> {
  const rows = await overClearEvents(
    sql,
    (tx) => tx<{ what: string }[]>`
    WITH fired AS (
      SELECT case_id, seq, convert_from(payload, 'UTF8')::json->'data' AS data FROM events WHERE type = 'rung.fired'
    ), planned AS (
      SELECT d.case_id, d.deadline_id, d.generation, (rung->>'n')::int AS rung, (rung->>'at')::timestamptz AS at
      FROM deadlines d JOIN cases c USING (case_id), json_array_elements(d.data->'rungs') AS rung
      WHERE c.status IN ('open', 'followUp') AND ((d.state = 'running'
          AND (rung->>'at')::timestamptz < clock_timestamp() - ${latenessMs} * interval '1 ms')
        OR (d.state = 'met' AND (rung->>'at')::timestamptz < d.met_at))
    ), accounts AS (
      SELECT case_id, convert_from(payload, 'UTF8')::json->'data'->>'id' AS id FROM events WHERE type = 'accountability.opened'
    )
    SELECT 'rung fired twice: ' || case_id || ' ' || (data->>'deadline') || ' ' || (data->>'rung') AS what FROM fired
    GROUP BY case_id, data->>'deadline', data->>'generation', data->>'rung' HAVING count(*) > 1
    UNION ALL
    SELECT 'rung did not fire: ' || p.case_id || ' ' || p.deadline_id || ' ' || p.rung FROM planned p
    WHERE NOT EXISTS (SELECT FROM rungs r WHERE r.case_id = p.case_id AND r.deadline_id = p.deadline_id
      AND r.generation = p.generation AND r.rung = p.rung)
    UNION ALL
    SELECT 'rung fired too early: ' || case_id || ' ' || deadline_id || ' ' || rung FROM rungs WHERE fired_at < planned_at
    UNION ALL
    SELECT 'rung without its event: ' || r.case_id || ' ' || r.seq FROM rungs r
    -- rungs go on firing while the events are being opened: those of the last seconds are looked at in the next round
    WHERE r.fired_at < now() - interval '10 seconds'
      AND NOT EXISTS (SELECT FROM fired f WHERE f.case_id = r.case_id AND f.seq = r.seq)
    UNION ALL
    SELECT 'record of accountability written twice: ' || case_id || ' ' || id FROM accounts
    GROUP BY case_id, id HAVING count(*) > 1`,
  );
  return rows.map(({ what }) => what);
}

/** Stuck and frozen cases. */
async function setAside(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string; frozen: boolean; why: string | null }[]>`
    SELECT case_id AS id, frozen_at IS NOT NULL AS frozen, stuck_reason AS why FROM cases
    WHERE frozen_at IS NOT NULL OR stuck_since IS NOT NULL`;
  return rows.map(({ id, frozen, why }) => (frozen ? `frozen: ${id}` : `stuck: ${id}: ${why}`));
}

/** Workflows that ended as none of ours may, or whose code fails. */
function endedBadly(rig: Rig): Promise<string[]> {
  return rig.withTemporal(async (client) => {
    const found: string[] = [];
    const ended = ['Failed', 'Terminated', 'TimedOut', 'Canceled'].map((each) => `ExecutionStatus = '${each}'`);
    for await (const { workflowId, status } of client.workflow.list({ query: ended.join(' OR ') })) {
      found.push(`workflow ${workflowId} is ${status.name}`);
    }
    return found;
  });
}

/** The auditor's proof of cases, with their histories; each running workflow stands exactly where the record does. */
function prove(rig: Rig, since: string | undefined): Promise<Verdict> {
  const { sql } = rig;
  return rig.withTemporal(async (client) => {
    const read = historyReader(client);
    const archive = archiveReader(sql, { converter: client.options.loadedDataConverter });
    let runs = 0;
    const behind: string[] = [];
    const histories = async (caseId: string) => {
      const found = await read(caseId);
      runs += found.length;
      const apart = await standsApart(sql, caseId, found, read);
      if (apart) behind.push(apart);
      return found;
    };
    if (since === undefined) {
      const { findings, checked } = await verify(sql, { histories, archive });
      return { wrong: [...behind, ...findings.map(inWords)], figures: { ...checked, runs } };
    }
    const changed = await sql<{ id: string }[]>`SELECT case_id AS id FROM cases WHERE last_at >= ${since}`;
    const proofs = [];
    for (const { id: caseId } of changed) proofs.push(await verify(sql, { caseId, histories, archive }));
    const events = proofs.reduce((sum, { checked }) => sum + checked.events, 0);
    return {
      wrong: [...behind, ...proofs.flatMap(({ findings }) => findings.map(inWords))],
      figures: { cases: proofs.length, events, runs },
    };
  });
}

/**
 * What keeps a running workflow from standing exactly where the record does. Time goes on while histories are read, and the
 * witness follows the wheel: a difference counts when it is there after a minute of looking again.
 */
async function standsApart(
  sql: Sql,
  caseId: string,
  found: readonly WitnessedRun[],
  read: HistoryReader,
): Promise<string | undefined> {
  const begin = performance.now();
  for (let runs = found; ; runs = await read(caseId)) {
    const [row] = await sql<{ seq: number; head: string }[]>`SELECT seq, head FROM cases WHERE case_id = ${caseId}`;
    const open = runs.find(({ running }) => running);
    if (open && row && open.end.seq === row.seq && open.end.head === row.head) return undefined;
    if (performance.now() - begin > settleMs) {
      if (!open) return `case ${caseId} has no running workflow`;
      return `the workflow of ${caseId} stands at ${open.end.seq}, the record at ${row?.seq}`;
    }
    await sleep(500);
  }
}

const inWords = ({ rule, caseId, seq, what }: { rule: string; caseId: string; seq?: number; what: string }): string =>
  `${rule}: case ${caseId}${seq === undefined ? '' : ` event ${seq}`}: ${what}`;

/** How late rungs fired that came due after their case was opened, faults included. */
async function lateness(sql: Sql): Promise<Record<string, number>> {
  const [row] = await sql<{ n: number; p50: number | null; most: number | null }[]>`
    SELECT count(*)::int AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS p50, max(late) AS most FROM (
      SELECT extract(epoch FROM r.fired_at - r.planned_at)::float8 * 1000 AS late FROM rungs r
      JOIN events e ON e.case_id = r.case_id AND e.seq = 1 WHERE r.planned_at > e.recorded_at) AS fired`;
  const round = (ms: number | null | undefined) => Math.round(ms ?? 0);
  return { rungs: row?.n ?? 0, rungLateP50Ms: round(row?.p50), rungLateMostMs: round(row?.most) };
}
