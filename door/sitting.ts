import type { Tx } from '../db/transactions.ts';
import { isRefusal } from '../engine/act-kind.ts';
import type { CaseEvent, Decision } from '../engine/event.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { State } from '../engine/state.ts';
import type { BodyHashes } from './act-body.ts';
import { codeOf, countTry, isTry } from './book-vouchers.ts';
import { bookStatements } from './books.ts';
import { type CaseColumns, caseRowOf, storedColumns } from './case-row.ts';
import { catchUp } from './catch-up.ts';
import { refusalOfRule } from './constraint.ts';
import type { CommittedAct, DoorDeps, Planned } from './deps.ts';
import { factsAfter, factsFor, type LoadedFacts } from './facts.ts';
import { failureOf, isCollision, valueRefused } from './failure.ts';
import { afterOf } from './known-acts.ts';
import type { ActRequest, Outcome, Recorded } from './outcome.ts';
import { type ActRow, merge, nothingPending, type Pending } from './pending.ts';
import { append, type Progress, type Recorder } from './record.ts';
import { markStuck, type Scene } from './scene.ts';
import { stale, stuck } from './shut.ts';
import { statementsFor } from './write.ts';

/** An act with the hash of its words. */
export interface PreparedAct {
  readonly request: ActRequest;
  readonly body: BodyHashes;
}

/**
 * `together`: all is decided in memory and written at once, with the commit; when the database refuses anything, nothing
 * is kept and the same acts go `one by one`, a savepoint each, so that a refused act harms no other.
 */
export type Manner = 'together' | 'one by one';

/** What one transaction came to. Acts without an outcome go on in the next one. */
export interface Attempt {
  readonly outcomes: readonly (Outcome | undefined)[];
  readonly committed: readonly CommittedAct[];
  readonly grew: boolean;
  /** What time does to the case next, when the transaction added events. */
  readonly planned?: Planned;
  /** Time has more to do: the next transaction fires on. */
  readonly more: boolean;
}

/** The acts of one transaction, after the lock: fires what is due, decides each act on what the ones before led to, writes. */
export class Sitting {
  readonly #deps: DoorDeps;
  readonly #tx: Tx;
  readonly #scene: Scene;
  readonly #manner: Manner;
  readonly #dry: boolean;
  #facts: LoadedFacts;
  #progress: Progress;
  #pending: Pending = nothingPending();
  #events: CaseEvent[] = [];
  /** The revision that `ifMatch` is compared with: what time does in this transaction does not make it stale. */
  #revision: number;
  /** What the last event of a case says when its contents are destroyed. */
  #certificate: string | undefined;
  #stuck: string | undefined;
  #more = false;
  readonly #committed: CommittedAct[] = [];
  /** Codes that were tried, by the act that brought them: counted in any case, also of an act the database then refuses. */
  readonly #tries = new Map<string, string>();

  constructor(deps: DoorDeps, tx: Tx, scene: Scene, facts: LoadedFacts, manner: Manner, dry: boolean) {
    this.#deps = deps;
    this.#tx = tx;
    this.#scene = scene;
    this.#facts = facts;
    this.#manner = manner;
    this.#dry = dry;
    const { state, seq, head } = scene.row;
    this.#progress = { state, seq, head };
    this.#revision = seq;
  }

  async hold(acts: readonly PreparedAct[], outcomes: (Outcome | undefined)[]): Promise<Attempt> {
    await this.#catchUp();
    for (const [i, prepared] of acts.entries()) {
      if (this.#more) break;
      if (outcomes[i]) continue;
      const { request } = prepared;
      const twin = acts.findIndex((each, j) => j < i && each.request.act.id === request.act.id);
      // the same act twice in one batch: the next transaction finds it decided
      if (twin >= 0) continue;
      outcomes[i] =
        this.#stuck === undefined ? await this.#decideOne(prepared) : { status: 'refused', refusal: stuck() };
    }
    return this.#close(outcomes);
  }

  /** Runs a step whose writes go in a savepoint of their own when acts go one by one. */
  async #step<T>(step: () => T): Promise<T> {
    if (this.#manner === 'together') return step();
    const before = {
      progress: this.#progress,
      facts: this.#facts,
      revision: this.#revision,
      committed: this.#committed.length,
    };
    this.#pending = nothingPending();
    this.#events = [];
    await this.#tx.unsafe('SAVEPOINT step');
    try {
      const result = step();
      await this.#write();
      await this.#tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
      await this.#tx.unsafe('RELEASE SAVEPOINT step');
      return result;
    } catch (error) {
      const failure = failureOf(error);
      if (isCollision(error) || failure === 'again' || failure === 'fault') throw error;
      await this.#tx.unsafe('ROLLBACK TO SAVEPOINT step');
      this.#progress = before.progress;
      this.#facts = before.facts;
      this.#revision = before.revision;
      this.#committed.length = before.committed;
      this.#more = false;
      throw new RuleBroken(error);
    } finally {
      this.#pending = nothingPending();
      this.#events = [];
    }
  }

  /** Fires what is due before the first act. What the database refuses of it is not kept: the case is stuck. */
  async #catchUp(): Promise<void> {
    try {
      await this.#step(() => this.#fire());
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      this.#stuck = reasonOf(error.cause);
    }
  }

  /** Fires what is due; a case for which that fails keeps nothing of it and is stuck. */
  #fire(): void {
    const { recorder, world } = this.#scene;
    const caught = catchUp(recorder, world, this.#progress, this.#deps.foundRight);
    if (caught.kind === 'stuck') {
      this.#stuck = caught.reason;
      return;
    }
    merge(this.#pending, caught.fired);
    this.#events.push(...caught.events);
    this.#progress = caught.progress;
    this.#more = caught.kind === 'more';
  }

  async #decideOne(prepared: PreparedAct): Promise<Outcome> {
    try {
      return await this.#step(() => this.#decide(prepared));
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      return this.#decideAgain(prepared, error.cause);
    }
  }

  /** After the database refused an act with what fired because of it: the act alone, or its refusal. */
  async #decideAgain(prepared: PreparedAct, why: unknown): Promise<Outcome> {
    try {
      const outcome = await this.#step(() => this.#decide(prepared, false));
      this.#stuck = reasonOf(why);
      return outcome;
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      const refusal = failureOf(error.cause) === 'value' ? valueRefused() : refusalOfRule(error.cause);
      if (!refusal) throw error.cause;
      if (refusal.kind === 'conflict') await this.#step(() => this.#keepRefusal(prepared, refusal));
      return { status: 'refused', refusal };
    }
  }

  #decide(prepared: PreparedAct, fires = true): Outcome {
    const { act, ifMatch } = prepared.request;
    const { recorder, world } = this.#scene;
    const state = this.#progress.state!;
    let answer: Decision | Refusal;
    try {
      answer = recorder.engine.decide(state, act, {
        ...world,
        facts: factsFor(this.#facts, act, this.#tries, recorder.now),
      });
    } catch (error) {
      this.#deps.log.error(
        { alarm: 'ENGINE', caseId: state.caseId, act: act.type, reason: reasonOf(error) },
        'an act could not be decided',
      );
      return { status: 'refused', refusal: stuck() };
    }
    const refused = isRefusal(answer) ? answer : undefined;
    const clear = refused && refused.kind !== 'conflict';
    if (!clear && ifMatch !== undefined && ifMatch !== this.#revision)
      return { status: 'refused', refusal: stale(this.#revision) };
    const tried = isTry(refused) ? codeOf(this.#facts.codes, act, this.#tries) : undefined;
    if (tried) this.#tries.set(act.id, tried.id);
    if (isRefusal(answer)) {
      if (answer.kind === 'conflict') this.#keepRefusal(prepared, answer);
      return { status: 'refused', refusal: answer };
    }
    return this.#keep(prepared, answer, fires);
  }

  #keep(prepared: PreparedAct, decision: Decision, fires: boolean): Recorded {
    const { act } = prepared.request;
    const { recorder, row } = this.#scene;
    const cause = {
      actor: act.actor,
      actId: act.id,
      at: act.occurredAt ?? recorder.now,
      ...(decision.post === undefined ? {} : { post: decision.post }),
    };
    const firstSeq = this.#progress.seq + 1;
    const { unit, program } = this.#progress.state as State;
    const { progress, events } = append(recorder, this.#progress, decision.events, cause, this.#pending);
    this.#progress = progress;
    if (events.at(-1)?.type === 'record.destroyed') this.#certificate = this.#pending.events.at(-1)?.payload;
    this.#events.push(...events);
    this.#facts = events.reduce(factsAfter, this.#facts);
    this.#committed.push({ type: act.type, id: act.id });
    // a case that has come to another unit, or version of its program, goes on in the next transaction, in the world of that one
    const now = progress.state as State;
    if (now.unit !== unit || now.program.hash !== program.hash) this.#more = true;
    else if (fires) this.#fire();
    const lastAt = this.#progress.seq > row.seq ? recorder.now : row.lastAt;
    const caseRow = caseRowOf(this.#progress.state!, { ...row, seq: this.#progress.seq, lastAt });
    this.#revision = this.#progress.seq;
    this.#pending.acts.push(
      actRow(prepared, recorder, {
        status: 'recorded',
        refusal: null,
        seq: progress.seq,
        first_seq: events.length > 0 ? firstSeq : null,
        actor_post: decision.post ?? null,
        after: afterOf(caseRow),
      }),
    );
    return { status: 'recorded', actId: act.id, seq: progress.seq, recordedAt: recorder.now, events, case: caseRow };
  }

  /** A refusal by the case's state is the act's outcome for good. */
  #keepRefusal(prepared: PreparedAct, refusal: Refusal): void {
    const { recorder } = this.#scene;
    // a destroyed case has no key that words could be sealed with: only that it is destroyed is kept
    if (this.#progress.state?.destroyed && refusal.code !== 'CASE_DESTROYED') return;
    const outcome = {
      status: 'refused',
      refusal,
      seq: this.#progress.seq,
      first_seq: null,
      actor_post: null,
      after: null,
    } as const;
    this.#pending.acts.push(actRow(prepared, recorder, outcome));
  }

  /** Writes what is pending in one round trip; the books after everything else, under roles of their own. */
  async #write(last: readonly PromiseLike<unknown>[] = [], columns?: CaseColumns): Promise<void> {
    const { row, recorder, world } = this.#scene;
    const state = this.#progress.state as State;
    const books = this.#events.some(mayTouchBooks)
      ? bookStatements(this.#tx, this.#events, { caseId: row.caseId, state, org: world.org, program: world.program })
      : [];
    await Promise.all([...statementsFor(this.#tx, recorder, this.#pending, columns), ...books, ...last]);
  }

  async #close(outcomes: (Outcome | undefined)[]): Promise<Attempt> {
    const tx = this.#tx;
    const { row, recorder } = this.#scene;
    const grew = this.#progress.seq > row.seq;
    const last: PromiseLike<unknown>[] = [];
    const state = this.#progress.state as State;
    const columns = grew ? storedColumns(tx, recorder, { ...this.#progress, state }) : undefined;
    if (this.#stuck !== undefined) last.push(markStuck(tx, row.caseId, recorder.now, this.#stuck));
    else if (row.stuck && !grew)
      last.push(tx`UPDATE cases SET stuck_since = NULL, stuck_reason = NULL WHERE case_id = ${row.caseId}`);
    for (const code of this.#tries.values()) last.push(countTry(tx, row.caseId, code));
    // with all that is to be written: what the case holds goes in the same transaction, by the database's own rules
    const destroyed = grew && state.destroyed !== undefined;
    if (destroyed) last.push(tx`SELECT destroy_case(${row.caseId}, ${this.#certificate ?? ''})`);
    if (this.#dry) last.push(tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE'), tx.undo());
    else last.push(tx.commit());
    await this.#write(last, columns);
    if (this.#dry) return { outcomes, committed: [], grew: false, more: this.#more };
    if (this.#stuck !== undefined)
      this.#deps.log.error({ alarm: 'STUCK', caseId: row.caseId, reason: this.#stuck }, 'a case is stuck');
    if (destroyed) {
      this.#deps.step('destroyed');
      // nobody is woken: its workflow has ended, and there is no key left to tell it anything with
      return { outcomes, committed: [], grew: false, more: false };
    }
    const planned = columns?.wake_at ? { planned: { unit: state.unit, wakeAt: columns.wake_at } } : {};
    return { outcomes, committed: this.#committed, grew, more: this.#more, ...planned };
  }
}

/** A rule of the database refused a step; the step is undone, the transaction goes on. */
class RuleBroken extends Error {
  constructor(cause: unknown) {
    super('A rule of the database was broken.', { cause });
  }
}

/** Whether the tables of the books may have to know of an event. */
export function mayTouchBooks({ type }: CaseEvent): boolean {
  return /^(day|month|count|cash|ledger|voucher|books?|document|discrepancy|payout|gift|advance|statement|party|role)\.|^case\.(opened|moved|received)$/.test(
    type,
  );
}

function actRow(
  { request: { caseId, act }, body }: PreparedAct,
  { now }: Recorder,
  outcome: Pick<ActRow, 'status' | 'refusal' | 'seq' | 'first_seq' | 'actor_post' | 'after'>,
): ActRow {
  return {
    act_id: act.id,
    case_id: caseId,
    type: act.type,
    body_hash: body.kept,
    actor_kind: act.actor.kind,
    actor_id: act.actor.id,
    recorded_at: now,
    occurred_at: act.occurredAt ?? now,
    ...outcome,
  };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
