import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import type { Sql } from '../db/client.ts';
import { latestOfType } from '../db/queries/events.ts';
import {
  effectPlace,
  keysOf,
  openEffects,
  openJsonAll,
  openStates,
  type StateRow,
  storedAnswer,
} from '../db/sealed.ts';
import type { ActRequest, CaseRow, OpenCaseRequest, Outcome } from '../door/outcome.ts';
import type { ProgramCatalogue } from '../plugins/index.ts';
import type { Program } from '../sdk/program.ts';
import { type EffectActivities, type EffectOutcome, effectWorkflowId } from '../workflows/names.ts';
import { isAskedBy } from './asked-by.ts';

/** What the activities of an effect need: its row, the door for its answer, and the programs' calls. */
export interface EffectDeps {
  readonly sql: Sql;
  readonly door: { open(request: OpenCaseRequest): Promise<Outcome>; act(request: ActRequest): Promise<Outcome> };
  readonly programs: Pick<ProgramCatalogue, 'byId' | 'calls'>;
}

/** What a plugin's call is given. Sent again with the same key it must do nothing again. */
export interface CallInput {
  readonly idempotencyKey: string;
  readonly caseId: string;
  readonly caseNo: string;
  readonly item: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Of a referral: the unit its case is opened in, and all that it is given. */
interface Referred {
  readonly unit: string;
  readonly text: string;
  readonly shared: {
    readonly fields: readonly string[];
    readonly parties: readonly string[];
    readonly data: Readonly<Record<string, unknown>>;
  };
  readonly assignments: Readonly<Record<string, string>>;
}

/** A row of `effects` with the case that asks for it. */
interface Effect {
  readonly id: string;
  readonly caseId: string;
  readonly kind: 'child' | 'call';
  /** What it was answered, where that is recorded: Temporal may have been put back to before it. */
  readonly answer: { readonly result?: unknown; readonly failed?: string } | null;
  readonly payload: {
    readonly id: string;
    readonly item: string;
    readonly programId: string;
    readonly program?: string;
    readonly call?: string;
    readonly child?: Referred;
  };
  readonly case: Pick<CaseRow, 'caseNo' | 'unit' | 'state'>;
}

const system = (unit: string) => ({ kind: 'system', id: 'effect', logins: [{ role: 'caseworker', unit }] }) as const;
const mostResultBytes = 64 * 1024;
const childLookMs = 60_000;
/** So often Temporal is told that the process still lives; a few times within the workflow's `heartbeatTimeout`. */
const beatMs = 5_000;

/**
 * What effects do: open a child case, or run a plugin's call. Each may be tried any number of times; the effect's id is the
 * key under which it happens once. The answer is the act `effect/<id>` of the case that asked. Only the effect's own workflow
 * may ask.
 */
export function createEffects(deps: EffectDeps): EffectActivities {
  const { sql, door, programs } = deps;

  async function load(effectId: string): Promise<Effect> {
    if (!isAskedBy(effectWorkflowId(effectId)))
      throw ApplicationFailure.nonRetryable('an effect is run and answered by its own workflow alone', 'STRANGER');
    const rows = await sql<(Omit<Effect, 'case'> & Omit<Effect['case'], 'state'> & StateRow)[]>`
      SELECT e.id, e.case_id AS "caseId", e.kind, e.payload, e.answer, c.case_no AS "caseNo", c.unit, c.seq, c.state
      FROM effects e JOIN cases c ON c.case_id = e.case_id WHERE e.id = ${effectId}`;
    const [row] = await openEffects(sql, await openStates(sql, rows));
    if (!row) throw new Error(`there is no effect ${effectId}`);
    const { caseNo, unit, state, ...effect } = row;
    const [answer] = await openJsonAll(sql, [{ place: effectPlace('answer', effectId), stored: row.answer }]);
    return { ...effect, answer: answer as Effect['answer'], case: { caseNo, unit, state: state as CaseRow['state'] } };
  }

  /**
   * The child is opened once, with the people and posts of the same roles; that of a referral in another unit, with what was
   * named for it. Done when it is closed: the words of its end are told to who referred it, not to a mother case of one unit.
   */
  async function child({ id, caseId: asking, payload, case: parent }: Effect): Promise<EffectOutcome> {
    const program = programs.byId(payload.program ?? '');
    if (!program) {
      // who referred it can name another; a program that misses one of its own waits for the release that brings it
      if (payload.child) return { failed: `the program ${payload.program} is not installed` };
      throw new Error(`the program ${payload.program} is not installed`);
    }
    const from = programs.byId(payload.programId);
    const keys = payload.child?.shared.fields ?? [];
    const strange = keys.filter((key) => key in program.fields && !hasPlace(key, from, program));
    if (strange.length > 0) return { failed: `the program ${program.id} would not mask ${strange.join(', ')}` };
    const given = payload.child ? referral(asking, parent, payload.child, program) : ownChild(parent, from, program);
    const outcome = await door.open({
      actId: `${effectWorkflowId(id)}/open`,
      actor: system(given.unit),
      program: program.id,
      ...given,
    });
    if (outcome.status === 'refused') return refused(outcome);
    const { caseId } = outcome.case;
    const ended = await sql<StateRow[]>`
      SELECT case_id AS "caseId", seq, state FROM cases WHERE case_id = ${caseId} AND status IN ('closed', 'followUp')`;
    const [closed] = await openStates(sql, ended);
    if (closed) {
      const end = await latestOfType(sql, caseId, 'case.closed');
      const text = payload.child && typeof end?.data['text'] === 'string' ? { text: end.data['text'] } : {};
      return { result: { caseId, outcome: (closed.state as CaseRow['state']).outcome ?? null, ...text } };
    }
    // not an error: Temporal's retry is the wait, and adds nothing to the history
    throw ApplicationFailure.create({
      type: 'CHILD_OPEN',
      message: `the child case ${caseId} is open`,
      nextRetryDelay: childLookMs,
    });
  }

  async function call({ id, caseId, payload, case: parent }: Effect): Promise<EffectOutcome> {
    const run = programs.calls(payload.programId)[payload.call ?? ''];
    if (!run) throw new Error(`the program ${payload.programId} has no call ${payload.call}`);
    const { caseNo, state } = parent;
    const input: CallInput = { idempotencyKey: id, caseId, caseNo, item: payload.item, fields: state.fields };
    const result = (await run(input)) ?? null;
    const bytes = Buffer.byteLength(JSON.stringify(result));
    if (bytes > mostResultBytes)
      return { failed: `the call answered ${bytes} bytes; at most ${mostResultBytes} are kept` };
    return { result };
  }

  return {
    async runEffect(effectId) {
      const beats = setInterval(heartbeat, beatMs);
      try {
        const effect = await load(effectId);
        const { answer } = effect;
        if (answer) return answer.failed === undefined ? { result: answer.result ?? null } : { failed: answer.failed };
        return await (effect.kind === 'child' ? child(effect) : call(effect));
      } finally {
        clearInterval(beats);
      }
    },

    async answerEffect(effectId, said) {
      const { caseId, payload, case: asking } = await load(effectId);
      const data = 'failed' in said ? { failed: said.failed.slice(0, 2_000) } : { result: said.result };
      const outcome = await door.act({
        caseId,
        act: {
          id: effectWorkflowId(effectId),
          type: 'effect.answer',
          actor: system(asking.unit),
          target: payload.id,
          data,
        },
      });
      // a case that cannot take it now is asked again; one that no longer waits for it needs no answer
      if (outcome.status === 'refused' && outcome.refusal.kind === 'unavailable') throw new Error(outcome.refusal.code);
      const key = await keysOf(sql)?.ofCase(caseId);
      await sql`UPDATE effects SET answer = ${storedAnswer(key, effectId, data)}::text::json WHERE id = ${effectId} AND answer IS NULL`;
    },
  };
}

/** Whether a program has a place for a field of another: a sensitive one is given only where it is masked as well. */
function hasPlace(key: string, from: Program | undefined, program: Program): boolean {
  const sensitive = from?.fields[key]?.sensitive;
  return key in program.fields && (sensitive === undefined || program.fields[key]?.sensitive === sensitive);
}

/** What a child case of the same unit begins with: all that its program has a place for. */
function ownChild({ state, unit }: Effect['case'], from: Program | undefined, program: Program) {
  const roles = new Set(Object.keys(program.roles));
  const posts = Object.entries(state.assignments).flatMap(([role, { post, person }]) =>
    roles.has(role) ? [[role, post ?? person ?? ''] as const] : [],
  );
  return {
    unit,
    data: Object.fromEntries(Object.entries(state.fields).filter(([key]) => hasPlace(key, from, program))),
    parties: Object.values(state.parties)
      .filter(({ role }) => roles.has(role))
      .map(({ id: _id, since: _since, ...party }) => party),
    assignments: Object.fromEntries(posts),
  };
}

/** What the case of a referral begins with: what the act named of the other case, as it stands there now, and nothing else. */
function referral(
  caseId: string,
  { caseNo, state, unit: from }: Effect['case'],
  { unit, text, shared, assignments }: Referred,
  program: Program,
) {
  const fields = shared.fields.flatMap((key) =>
    key in program.fields && Object.hasOwn(state.fields, key) ? [[key, state.fields[key]] as const] : [],
  );
  return {
    unit,
    data: { ...Object.fromEntries(fields), ...shared.data },
    parties: shared.parties.flatMap((id) => {
      const party = state.parties[id];
      if (!party || !(party.role in program.roles)) return [];
      const { role, name, birthDate, person } = party;
      return [
        {
          role,
          ...(name === undefined ? {} : { name }),
          ...(birthDate === undefined ? {} : { birthDate }),
          ...(person === undefined ? {} : { person }),
        },
      ];
    }),
    assignments,
    referredFrom: { caseId, caseNo, unit: from, text },
  };
}

function refused({ refusal }: Extract<Outcome, { status: 'refused' }>): EffectOutcome {
  if (refusal.kind === 'unavailable') throw new Error(refusal.code);
  return { failed: `${refusal.code}: ${refusal.detail[1]}` };
}
