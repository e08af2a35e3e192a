import type { Tx } from '../db/transactions.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { type ChainRow, sha256, verifyChain } from './chain.ts';
import { UNKNOWN_BODY } from './known-acts.ts';
import type { WitnessedEvent } from './outcome.ts';
import type { ActRow, EventRow } from './pending.ts';
import { type RebuildDeps, writeModels, writeRow } from './rebuild.ts';
import { mayTouchBooks } from './sitting.ts';
import { rebuildModels } from './verify-models.ts';
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
  /** Why nothing was done. */
  readonly refused?: string;
}

/**
 * Puts the events that a frozen case's record lacks back from its histories: each hash by hash behind the last one of the
 * record, with the acts they belong to, and rebuilds state and read models from all of them. The case is let go in the same
 * transaction; its workflow is told afterwards. Refused where histories and record disagree on an event, an event's payload is
 * in no history, or what is missing concerns the books. Without `write` it only says what it would do.
 */
export function repairCase(
  { transactions, engine }: RebuildDeps,
  caseId: string,
  told: ToldByHistories,
  write: boolean,
): Promise<Repaired> {
  return transactions.run(async (tx) => {
    await tx.unsafe("SET LOCAL idle_in_transaction_session_timeout = '60s'");
    const [frozen] = await tx<{ seq: number; head: string }[]>`
      SELECT frozen_seq AS seq, frozen_head AS head FROM cases WHERE case_id = ${caseId} AND frozen_at IS NOT NULL FOR UPDATE`;
    const nothing = { caseId, missing: 0, written: false, held: [] };
    if (!frozen) return { ...nothing, refused: 'it is not frozen' };
    const snapshot = await snapshotIn(tx, caseId);
    const found = missingRows(caseId, snapshot, told, frozen);
    if (typeof found === 'string') return { ...nothing, refused: found };
    if (!write) return { ...nothing, missing: found.length };
    const rows = found.map(({ event }) => event);
    const chain = [...snapshot.events, ...found.map(({ link }) => link)];
    if (rows.length > 0) await insertEvents(tx, rows);
    const acts = actsOf(rows, told.actTypes);
    if (acts.length > 0) await insertActs(tx, acts);
    const rebuilt = rebuildModels(chain);
    await writeRow(tx, engine, { ...snapshot, events: chain }, rebuilt, caseId);
    const held = await writeModels(tx, snapshot, rebuilt, caseId);
    await letGo(tx, caseId);
    return { caseId, missing: rows.length, written: true, held };
  });
}

type Missing = { readonly event: EventRow; readonly link: ChainRow };

/** The rows the record lacks, or why they cannot be had. */
function missingRows(
  caseId: string,
  { row, events }: Snapshot,
  told: ToldByHistories,
  frozen: ToldByHistories['end'],
): Missing[] | string {
  const broken = verifyChain(events, { seq: row.seq, hash: row.head })[0];
  if (broken) return `its chain does not hold at event ${broken.seq}: ${broken.what}`;
  const recorded = new Map(events.map(({ seq, hash }) => [seq, hash]));
  const known = new Map<number, WitnessedEvent>();
  for (const event of told.events) {
    const { seq } = event.header;
    const other = recorded.get(seq) ?? known.get(seq)?.hash;
    if (other !== undefined && other !== event.hash)
      return `from event ${seq} on the record tells something else than its workflow was told: what was done since has to be looked at first`;
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
  const books = missing.find(({ event }) => mayTouchBooks({ type: event.type } as Parameters<typeof mayTouchBooks>[0]));
  if (books) return `event ${books.event.seq} concerns the books, whose tables are not repaired by this release`;
  const end = [...events, ...missing.map(({ link }) => link)].find(({ seq }) => seq === frozen.seq);
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
        occurred_at,
        after: null,
      },
    });
  }
  return [...acts.values()];
}

function letGo(tx: Tx, caseId: string): PromiseLike<unknown> {
  return tx`
    UPDATE cases SET frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL, stuck_since = NULL, stuck_reason = NULL,
      witnessed_seq = seq, lagging_since = NULL
    WHERE case_id = ${caseId}`;
}
