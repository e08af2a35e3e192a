import { randomUUID } from 'node:crypto';
import type { Sql } from '../../db/client.ts';
import { keysOf } from '../../db/sealed.ts';
import { createTransactions, type Tx } from '../../db/transactions.ts';
import { createCalendars } from '../../door/calendars.ts';
import { caseRowOf, storedColumns } from '../../door/case-row.ts';
import { worldOfOpening } from '../../door/deps.ts';
import { engine } from '../../door/engine.ts';
import { afterOf } from '../../door/known-acts.ts';
import { readMoment } from '../../door/lock.ts';
import { insertKey } from '../../door/open.ts';
import { createOrgCache } from '../../door/org.ts';
import type { OpenCaseRequest } from '../../door/outcome.ts';
import { noRows, nothingPending } from '../../door/pending.ts';
import type { PinnedProgram } from '../../door/programs.ts';
import { append, beginning } from '../../door/record.ts';
import { type MovedCase, statementsFor, statementsForMany } from '../../door/write.ts';
import { isRefusal } from '../../engine/act-kind.ts';
import type { State } from '../../engine/state.ts';

/** What all the openings have in common. */
export type ManyOpenings = Omit<OpenCaseRequest, 'actId' | 'caseNo' | 'program'>;

/** Few enough to be worked out well within the time a transaction may idle. */
const atOnce = 25;

/**
 * Opens many cases at once with the door's own parts: the same decisions, events, chain, acts and read models as so many
 * openings through the door leave behind, in a few transactions. Only for tests and benches that begin with thousands of
 * cases: nobody is woken. Books are not opened, and nothing may be due yet. Answers the cases' ids.
 */
export async function openMany(sql: Sql, pinned: PinnedProgram, n: number, common: ManyOpenings): Promise<string[]> {
  const { program, hash } = pinned;
  const near = { orgs: createOrgCache(), calendars: createCalendars() };
  const transactions = createTransactions(sql, { lanes: 1, role: 'linli_door' });
  const [installation] = await sql<{ id: string }[]>`SELECT id FROM installation`;
  const ids: string[] = [];
  try {
    while (ids.length < n) {
      const count = Math.min(atOnce, n - ids.length);
      ids.push(...(await transactions.run((tx) => openSome(tx, count))));
    }
  } finally {
    await transactions.end();
  }
  return ids;

  async function openSome(tx: Tx, count: number): Promise<string[]> {
    const moment = await readMoment(tx, undefined, []);
    const world = await worldOfOpening(near, tx, pinned, moment, common);
    const { now } = world;
    const numbers = await tx<
      { n: number }[]
    >`SELECT nextval('case_numbers') AS n FROM generate_series(1, ${count}::int)`;
    const opened: (MovedCase & { readonly state: State })[] = [];
    for (const { n: number } of numbers) {
      const [caseId, actId] = [randomUUID(), randomUUID()];
      const caseNo = `${now.slice(0, 4)}-${String(number).padStart(6, '0')}`;
      const decision = engine.open({ ...common, actId, caseId, caseNo }, world);
      if (isRefusal(decision)) throw new Error(`refused: ${decision.code}: ${decision.detail[1]}`);
      const pending = nothingPending();
      const drawn = keysOf(tx)?.drawn(caseId, now);
      if (drawn) await insertKey(tx, drawn.row);
      const key = drawn?.key;
      const recorder = { engine, installation: installation!.id, caseId, programHash: hash, now, key };
      const post = decision.post === undefined ? {} : { post: decision.post };
      const cause = { actor: common.actor, actId, at: now, ...post };
      const { progress } = append(recorder, beginning, decision.events, cause, pending);
      const state = progress.state as State;
      pending.acts.push({
        ...{
          act_id: actId,
          case_id: caseId,
          type: 'case.open',
          body_hash: '0'.repeat(64),
          status: 'recorded' as const,
        },
        ...{ refusal: null, seq: progress.seq, first_seq: 1, actor_kind: common.actor.kind, actor_id: common.actor.id },
        ...{ actor_post: decision.post ?? null, recorded_at: now, occurred_at: now },
        after: afterOf(caseRowOf(state, { seq: progress.seq, lastAt: now, witnessedSeq: 0, runId: null })),
      });
      opened.push({ caseId, key, pending, state, columns: storedColumns(tx, recorder, { ...progress, state }) });
    }
    const rows = opened.map(({ caseId, state, columns }) => ({
      ...{ case_id: caseId, case_no: state.caseNo, unit: state.unit, program_id: program.id },
      ...{ program_version: program.version, program_hash: hash, imported: state.imported, opened_at: state.openedAt },
      ...columns,
      lagging_since: now,
    }));
    const acts = { events: [], acts: opened.flatMap(({ pending }) => pending.acts), models: noRows() };
    await Promise.all([
      tx`INSERT INTO cases (case_id, case_no, unit, program_id, program_version, program_hash, imported, opened_at, status,
          stage, seq, head, state, outline, state_version, calendar_version, last_at, next_due, wake_at, lagging_since)
        SELECT case_id, case_no, unit, program_id, program_version, program_hash, imported, opened_at, status, stage, seq,
          head, state::json, outline::json, state_version, calendar_version, last_at, next_due, wake_at, lagging_since
        FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS r (case_id text, case_no text, unit text,
          program_id text, program_version text, program_hash text, imported boolean, opened_at timestamptz, status text,
          stage text, seq bigint, head text, state text, outline text, state_version int, calendar_version text, last_at timestamptz,
          next_due timestamptz, wake_at timestamptz, lagging_since timestamptz)`,
      ...statementsForMany(tx, opened),
      ...statementsFor(tx, { caseId: '', key: undefined }, acts),
    ]);
    return opened.map(({ caseId }) => caseId);
  }
}
