import { verifyBooks } from '../db/books-verify.ts';
import { storedAnswer } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import type { State } from '../engine/state.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { UNKNOWN_BODY } from './act-body.ts';
import { writeBooks } from './books.ts';
import { columnsOf } from './case-row.ts';
import { type ChainRow, GENESIS, sha256, verifyChain, whyUnread } from './chain.ts';
import { type DoorDeps, orgOf } from './deps.ts';
import { branchWaits, carryOver, type GivenUpBranch, giveUp, type SettledAct, settleBranches } from './give-up.ts';
import { lockedKey } from './lock.ts';
import { createOrgCache } from './org.ts';
import type { WitnessedEvent } from './outcome.ts';
import type { ActRow, EventRow } from './pending.ts';
import type { Programs } from './programs.ts';
import { type RebuildDeps, writeModels, writeRow } from './rebuild.ts';
import { mayTouchBooks } from './sitting.ts';
import { eventOf, type RebuiltModels, rebuildModels } from './verify-models.ts';
import { type Snapshot, snapshotIn } from './verify-snapshot.ts';
import { insertActs, insertEvents } from './write.ts';

/** What the histories of a case's workflow tell. */
export interface ToldByHistories {
  readonly events: readonly WitnessedEvent[];
  /** The last event that any run knows. */
  readonly end: { readonly seq: number; readonly head: string };
  /** Types of acts by their ids, as far as the workflow was woken by them. */
  readonly actTypes: ReadonlyMap<string, string>;
}

/** What repairing a case's record came to. */
export interface Repaired {
  readonly caseId: string;
  /** Events that the record lacked. */
  readonly missing: number;
  readonly written: boolean;
  /** Effects that are not carried out by themselves: whether they were is not known. */
  readonly held: readonly string[];
  /** Acts that were answered, and of which the workflow knows the wake alone: what they said is lost. */
  readonly answered?: readonly { readonly id: string; readonly type: string }[];
  /** What was recorded since the restore and put aside, because the histories tell something else there. */
  readonly givenUp?: GivenUpBranch;
  /** What became of its acts. */
  readonly settled?: readonly SettledAct[];
  /** Why nothing was done. */
  readonly refused?: string;
}

/** What repairing a record works with. */
export interface RepairDeps extends RebuildDeps {
  readonly programs: Pick<Programs, 'byHash'>;
  /** The door's own parts, with which acts of a branch that is given up are decided again. */
  readonly door: DoorDeps;
}

/** What is asked of a repair. */
export interface RepairWish {
  readonly write: boolean;
  /** Where record and histories tell different things, what was recorded since is put aside. Default: such a case stays frozen. */
  readonly giveUpSince?: boolean;
}

/**
 * Puts the events that a frozen case's record lacks back from its histories: each hash by hash behind the last one of the
 * record, with the acts they belong to and what they mean for the books, and rebuilds state and read models from all of them. A case
 * that the record lacks altogether is made anew. A transaction writes one side of the books, as it did the first time: where both are
 * missing there are several, and the case stays frozen until the last, with which it is let go; its workflow is told afterwards.
 * Refused where histories and record disagree on an event, unless what was recorded since is given up: then that is put aside, what the
 * histories tell is written, and the acts put aside are decided again on top of it where that repeats nothing. Refused too where an
 * event's payload is in no history, or the books do not hold. Without `write` the first of these transactions is tried, and nothing kept.
 */
export async function repairCase(
  deps: RepairDeps,
  caseId: string,
  told: ToldByHistories,
  wish: RepairWish,
): Promise<Repaired> {
  let missing = 0;
  const held: string[] = [];
  let aside: Pick<Repaired, 'givenUp'> = {};
  for (;;) {
    const { put, waits, givenUp, ...step } = await repairStep(deps, caseId, told, wish);
    if (givenUp) aside = { givenUp };
    held.push(...step.held);
    if (!wish.write || step.refused !== undefined) return { ...step, ...aside, missing: missing + step.missing, held };
    missing += put;
    if (!step.written) continue;
    if (!waits) return { ...step, ...aside, missing, held };
    const settled = await settleBranches(deps.door, caseId);
    await deps.transactions.run(async (tx) => {
      await letGo(tx, caseId, told.end.seq);
    });
    return { ...step, ...aside, missing, held, settled };
  }
}

/**
 * What one transaction came to; `put` = events it wrote. Let go it is in the last one, unless acts of a branch that was given up wait
 * to be decided again (`waits`).
 */
type Step = Repaired & { readonly put: number; readonly waits?: boolean };

function repairStep(
  { transactions, engine, programs, door }: RepairDeps,
  caseId: string,
  told: ToldByHistories,
  { write, giveUpSince = false }: RepairWish,
): Promise<Step> {
  return transactions.run(async (tx) => {
    await tx.unsafe("SET LOCAL idle_in_transaction_session_timeout = '60s'");
    const [row] = await tx<{ seq: number | null; head: string | null; frozen: boolean }[]>`
      SELECT frozen_seq AS seq, frozen_head AS head, frozen_at IS NOT NULL AS frozen FROM cases WHERE case_id = ${caseId} FOR UPDATE`;
    const nothing: Step = { caseId, missing: 0, written: false, held: [], put: 0 };
    if (row && !row.frozen) return { ...nothing, refused: 'it is not frozen' };
    if (row && (row.seq === null || row.head === null))
      return { ...nothing, refused: 'it is held and not compared yet: a worker does that first' };
    const whole = row ? await snapshotIn(tx, caseId) : undefined;
    const stands = row ? { seq: row.seq as number, head: row.head as string } : told.end;
    const after = giveUpSince && whole ? forkOf(whole, told) : undefined;
    const found = missingRows(caseId, after === undefined ? whole : upTo(whole!, after), told, stands);
    if (typeof found === 'string') return { ...nothing, refused: found };
    const missing = found.length;
    if (!whole && missing === 0) return { ...nothing, refused: 'no history tells how it began' };
    const put =
      after === undefined
        ? undefined
        : await giveUp(tx, { engine, programs, orgs: door.orgs }, caseId, { snapshot: whole!, after });
    const lost = await answeredOnly(tx, caseId, told);
    const said = {
      ...{ ...nothing, missing },
      ...(put ? { givenUp: put } : {}),
      ...(lost.length > 0 ? { answered: lost } : {}),
    };
    // what puts the books back to an earlier point has written both of their sides: what comes then has a transaction of its own
    const part = put ? [] : found.slice(0, oneSide(found));
    const held = put ? [] : await writeMissing({ tx, engine, programs }, caseId, whole, part, told);
    await carryOver(tx, caseId);
    const broken = (await verifyBooks(tx, { caseId })).findings[0];
    if (broken || !write) await tx.undo();
    if (broken) return { ...said, refused: `its books would not hold: ${broken.rule}: ${broken.detail}` };
    if (!write || put) return said;
    const last = part.length === missing;
    const waits = last && (await branchWaits(tx, caseId));
    if (last && !waits) await letGo(tx, caseId);
    return { ...said, put: part.length, written: last, waits, held };
  });
}

/**
 * The last event that record and histories both tell, where they tell different things behind it; undefined where they do not, or
 * where histories tell both.
 */
function forkOf({ events }: Snapshot, told: ToldByHistories): number | undefined {
  const recorded = new Map(events.map(({ seq, hash }) => [seq, hash]));
  const differs = told.events.filter(({ header, hash }) => (recorded.get(header.seq) ?? hash) !== hash);
  if (differs.length === 0) return undefined;
  const first = Math.min(...differs.map(({ header }) => header.seq));
  const tellsBoth = told.events.some(({ header, hash }) => header.seq >= first && recorded.get(header.seq) === hash);
  return tellsBoth ? undefined : first - 1;
}

/** A case as it was at that event, as far as it is looked at before something is written. */
function upTo({ row, events }: Snapshot, seq: number): Pick<Snapshot, 'row' | 'events'> {
  const kept = events.slice(0, seq);
  return { row: { ...row, seq, head: kept.at(-1)?.hash ?? GENESIS }, events: kept };
}

/** How many of the events one transaction may write: it writes one side of the books only. */
function oneSide(found: readonly Missing[]): number {
  let side: string | undefined;
  for (const [i, { event }] of found.entries()) {
    const own = /^cash\.(recorded|reversed)$/.test(event.type)
      ? 'cash'
      : /^(ledger\.(recorded|reversed)|voucher\.drafted)$/.test(event.type)
        ? 'ledger'
        : undefined;
    if (own === undefined) continue;
    side ??= own;
    if (own === side) continue;
    // the act's other events stay with it
    let from = i;
    while (event.act_id !== null && found[from - 1]?.event.act_id === event.act_id) from -= 1;
    return from;
  }
  return found.length;
}

/** Acts that woke the workflow, and that neither the record nor any history holds: they were answered, and what they said is lost. */
export async function answeredOnly(
  tx: Tx,
  caseId: string,
  { events, actTypes }: Pick<ToldByHistories, 'events' | 'actTypes'>,
): Promise<{ id: string; type: string }[]> {
  const rows = await tx<{ id: string }[]>`
    SELECT act_id AS id FROM acts WHERE case_id = ${caseId}
    UNION ALL SELECT a ->> 'id' FROM given_up_branches b, json_array_elements(b.kept -> 'acts') AS a WHERE b.case_id = ${caseId}`;
  const known = new Set([...rows.map(({ id }) => id), ...events.flatMap(({ header }) => header.actId ?? [])]);
  // what is no id of an act was signalled by somebody else
  return [...actTypes].filter(([id]) => isActId(id) && !known.has(id)).map(([id, type]) => ({ id, type }));
}

/** An id as the API makes them, or that of an effect's answer. */
const isActId = (id: string): boolean => /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|effect\/\S+)$/.test(id);

interface Writing extends Omit<RepairDeps, 'transactions' | 'door'> {
  readonly tx: Tx;
}

/** Writes events, acts, row, read models and books; answers the effects that are held. */
async function writeMissing(
  { tx, engine, programs }: Writing,
  caseId: string,
  snapshot: Snapshot | undefined,
  found: readonly Missing[],
  told: ToldByHistories,
): Promise<string[]> {
  const rows = found.map(({ event }) => event);
  const chain = [...(snapshot?.events ?? []), ...found.map(({ link }) => link)];
  const rebuilt = rebuildModels(chain);
  if (!snapshot) await insertCase(tx, engine, caseId, chain, rebuilt, told.end);
  const key = rows.length > 0 ? await lockedKey(tx, caseId) : undefined;
  if (rows.length > 0) await insertEvents(tx, rows, () => key);
  const acts = actsOf(rows, told.actTypes);
  if (acts.length > 0) await insertActs(tx, acts, key);
  const there = snapshot ?? (await snapshotIn(tx, caseId));
  await writeRow(tx, engine, { ...there, events: chain }, rebuilt, caseId);
  const held = await writeModels(tx, there, rebuilt, caseId, 'next morning');
  await repairBooks({ tx, engine, programs }, caseId, snapshot?.events ?? [], found);
  // what has its answer is done, whether the row knew that it had begun or not
  for (const { event } of found) {
    if (event.type !== 'effect.answered' || event.act_id === null) continue;
    const { data } = JSON.parse(event.payload) as { data: { id: string; item: string } };
    const { id: _, item: __, ...said } = data;
    const effectId = event.act_id.slice('effect/'.length);
    await tx`
      UPDATE effects SET done_at = coalesce(done_at, clock_timestamp()), lease_until = NULL,
        answer = coalesce(answer, ${storedAnswer(key, effectId, said)}::text::json)
      WHERE case_id = ${caseId} AND 'effect/' || id = ${event.act_id}`;
  }
  const answered = new Set(rows.flatMap(({ act_id }) => act_id ?? []));
  return held.filter((id) => !answered.has(`effect/${id}`));
}

/**
 * The row of a case that the record lacks, as its last event leaves it; frozen, until all of it is there. Its state is written with the
 * rest (`writeRow`): only a case that is there has a key.
 */
async function insertCase(
  tx: Tx,
  engine: RepairDeps['engine'],
  caseId: string,
  chain: readonly ChainRow[],
  { state }: RebuiltModels,
  end: ToldByHistories['end'],
): Promise<void> {
  const last = chain.at(-1);
  if (!state || !last) throw new Error('no history tells how it began');
  const columns = columnsOf(engine, { state, seq: last.seq, head: last.hash }, last.recordedAt);
  await tx`
    INSERT INTO cases (case_id, case_no, unit, program_id, program_version, program_hash, imported, opened_at, status, stage,
      seq, head, state, outline, state_version, calendar_version, last_at, closed_at, next_due, wake_at,
      frozen_at, frozen_seq, frozen_head)
    VALUES (${caseId}, ${state.caseNo}, ${state.unit}, ${state.program.id}, ${state.program.version}, ${state.program.hash},
      ${state.imported}, ${state.openedAt}, ${columns.status}, ${columns.stage}, ${last.seq}, ${last.hash},
      '{}', ${columns.outline}::text::json, ${columns.state_version}, ${columns.calendar_version}, ${columns.last_at},
      ${columns.closed_at}, ${columns.next_due}, ${columns.wake_at}, clock_timestamp(), ${end.seq}, ${end.head})`;
}

/** Does again what the door did for the books with each act's events, in their order; the database's rules hold as they held then. */
async function repairBooks(
  { tx, engine, programs }: Writing,
  caseId: string,
  before: readonly ChainRow[],
  found: readonly Missing[],
): Promise<void> {
  const first = found[0];
  if (!first) return;
  const { program } = await programs.byHash(tx, first.link.programHash);
  if (program.books.length === 0) return;
  let state: State | undefined = before.length > 0 ? rebuildModels(before).state : undefined;
  const orgs = createOrgCache();
  const [{ seq: orgSeq } = { seq: 0 }] = await tx<
    { seq: number }[]
  >`SELECT coalesce(max(seq), 0)::bigint AS seq FROM org_events`;
  await tx.unsafe('SET LOCAL ROLE linli_door');
  for (const group of together(found)) {
    const events = group.map(({ link }) => eventOf(link));
    for (const event of events) state = engine.evolve(state, event);
    if (!state || !events.some(mayTouchBooks)) continue;
    const org = await orgOf({ orgs }, tx, orgSeq, state);
    await writeBooks(tx, events, { caseId, state, org, program });
  }
  await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
  await tx.unsafe('RESET ROLE');
}

/** Events that were written together: of one act, or of one moment. */
function together(found: readonly Missing[]): Missing[][] {
  const groups: Missing[][] = [];
  for (const each of found) {
    const last = groups.at(-1);
    const before = last?.[0]?.event;
    if (last && before?.act_id === each.event.act_id && before.recorded_at === each.event.recorded_at) last.push(each);
    else groups.push([each]);
  }
  return groups;
}

type Missing = { readonly event: EventRow; readonly link: ChainRow };

/** The rows the record lacks, or why they cannot be had. */
function missingRows(
  caseId: string,
  snapshot: Pick<Snapshot, 'row' | 'events'> | undefined,
  told: ToldByHistories,
  frozen: ToldByHistories['end'],
): Missing[] | string {
  const events = snapshot?.events ?? [];
  const row = snapshot?.row ?? { seq: 0, head: GENESIS };
  const broken = snapshot && verifyChain(events, { seq: row.seq, hash: row.head })[0];
  if (broken) return `its chain does not hold at event ${broken.seq}: ${broken.what}`;
  const unread = whyUnread(events);
  if (unread) return unread;
  const recorded = new Map(events.map(({ seq, hash }) => [seq, hash]));
  const known = new Map<number, WitnessedEvent>();
  for (const event of told.events) {
    const { seq } = event.header;
    const other = recorded.get(seq) ?? known.get(seq)?.hash;
    if (other !== undefined && other !== event.hash)
      return `from event ${seq} on the record tells something else than its workflow was told. Way out: look at what was done since, then linli repair-record --case ${caseId} --give-up-since`;
    known.set(seq, event);
  }
  const missing: Missing[] = [];
  let prev = row.head;
  for (let seq = row.seq + 1; seq <= told.end.seq; seq++) {
    const event = known.get(seq);
    if (!event?.payload) return `event ${seq} is whole in no history`;
    const [header, payload] = [canonicalJson(event.header), canonicalJson(event.payload)];
    const follows = event.header.prev === prev && event.header.case === caseId;
    if (!follows || sha256(header) !== event.hash || sha256(payload) !== event.header.commitment)
      return `event ${seq} of the histories does not follow the record`;
    missing.push(rowsOf(event, header, payload));
    prev = event.hash;
  }
  const end =
    frozen.seq === 0
      ? { hash: frozen.head }
      : [...events, ...missing.map(({ link }) => link)].find(({ seq }) => seq === frozen.seq);
  if (end?.hash !== frozen.head) return 'the histories do not reach to where its workflow stands';
  return missing;
}

function rowsOf({ hash, header: said }: WitnessedEvent, header: string, payload: string): Missing {
  const { case: caseId, seq, type, recordedAt, occurredAt, actor, actId, program, prev } = said;
  const programHash = program ?? '';
  return {
    event: {
      ...{ case_id: caseId, seq, type, header, hash, prev, payload, recorded_at: recordedAt, occurred_at: occurredAt },
      ...{
        actor_kind: actor.kind,
        actor_id: actor.id,
        actor_post: actor.post,
        act_id: actId,
        program_hash: programHash,
      },
    },
    link: {
      ...{
        caseId,
        seq,
        type,
        header: Buffer.from(header),
        hash,
        prev,
        payload: Buffer.from(payload),
        recordedAt,
        occurredAt,
      },
      ...{ actorKind: actor.kind, actorId: actor.id, actorPost: actor.post, actId, programHash },
    },
  };
}

/** The acts that events belong to. What they were sent with is not known: {@link UNKNOWN_BODY}. */
function actsOf(rows: readonly EventRow[], types: ReadonlyMap<string, string>): ActRow[] {
  const acts = new Map<string, ActRow>();
  for (const { act_id, case_id, seq, type, actor_kind, actor_id, actor_post, recorded_at, occurred_at } of rows) {
    if (act_id === null) continue;
    const before = acts.get(act_id);
    acts.set(act_id, {
      ...{
        act_id,
        case_id,
        type: types.get(act_id) ?? type,
        body_hash: UNKNOWN_BODY,
        status: 'recorded',
        refusal: null,
      },
      ...{
        seq,
        first_seq: before?.first_seq ?? seq,
        actor_kind,
        actor_id,
        actor_post,
        recorded_at,
        occurred_at: before?.occurred_at ?? occurred_at,
        after: null,
      },
    });
  }
  return [...acts.values()];
}

/** `witnessed`: the last event that the workflow was told; default: all. */
function letGo(tx: Tx, caseId: string, witnessed: number | null = null): PromiseLike<unknown> {
  return tx`
    UPDATE cases SET frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL, stuck_since = NULL, stuck_reason = NULL,
      witnessed_seq = least(seq, ${witnessed}::bigint), lagging_since = CASE WHEN seq > ${witnessed}::bigint THEN clock_timestamp() END
    WHERE case_id = ${caseId}`;
}
