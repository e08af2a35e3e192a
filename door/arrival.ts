import { verifyBooks } from '../db/books-verify.ts';
import type { Sql } from '../db/client.ts';
import type { DossierDocument } from '../db/queries/dossier.ts';
import { databaseNow } from '../db/queries/now.ts';
import { type ColumnKey, type ColumnKeys, holdKey, keysOf, type WrappedKey } from '../db/sealed.ts';
import { createTransactions, type Tx } from '../db/transactions.ts';
import { isRefusal } from '../engine/act-kind.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { State } from '../engine/state.ts';
import type { World } from '../engine/world.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import type { Instant } from '../sdk/time.ts';
import { UNKNOWN_BODY } from './act-body.ts';
import { uuidV5 } from './act-id.ts';
import { bookEvents } from './arrival-books.ts';
import { type ArrivalMap, type Ids, type MapProblem, mapProblems, peopleHere, rolesHere } from './arrival-plan.ts';
import type { BookDuty } from './book-duties.ts';
import { createCalendars } from './calendars.ts';
import { storedColumns } from './case-row.ts';
import { type ChainRow, type Header, sha256, verifyChain } from './chain.ts';
import { countLot, drawing } from './count-lot.ts';
import { worldOf } from './deps.ts';
import { engine as ownEngine } from './engine.ts';
import { KeyGone } from './keys/errors.ts';
import { later } from './lock.ts';
import { needKeys } from './need-keys.ts';
import { insertKey } from './open.ts';
import { createOrgCache } from './org.ts';
import { Organisation } from './organisation.ts';
import { type ActRow, type EventRow, nothingPending } from './pending.ts';
import { installPrograms } from './programs.ts';
import { modelNames } from './read-models.ts';
import { writeModels } from './rebuild.ts';
import { append } from './record.ts';
import { compareRow } from './verify.ts';
import { compareModels, rebuildModels } from './verify-models.ts';
import { type Snapshot, snapshotIn } from './verify-snapshot.ts';
import { insertActs, insertEvents } from './write.ts';

/** A case as another installation has recorded it. Whoever makes one has verified its chain, documents and programs. */
export interface ArrivingCase {
  readonly caseId: string;
  /** The installation that has handed it away. */
  readonly installation: string;
  readonly events: readonly { readonly header: string; readonly hash: string; readonly payload: string }[];
  readonly programs: ReadonlyMap<string, Uint8Array>;
  readonly acts: readonly Omit<ActRow, 'case_id' | 'after'>[];
  readonly documents: readonly ArrivingDocument[];
  readonly duties: readonly (BookDuty & { readonly during: string })[];
  /** What over there is called how: ids of all that the record names. */
  readonly ids: Ids;
  /** Names of its people. */
  readonly names: ReadonlyMap<string, string>;
  /** The state over there: this release must come to the same. */
  readonly state: unknown;
}

/** A document's row, and where its bytes are. */
export interface ArrivingDocument extends DossierDocument {
  readonly bytes: () => Uint8Array;
}

/** Where it is to go on, and by whose decision. */
export interface ArrivalWish {
  readonly unit: string;
  readonly by: string;
  readonly map: ArrivalMap;
}

/** What became of an arrival: `received` with the first own event, or why not. Of a dry run nothing is kept. */
export type Arrival =
  | { readonly came: 'received'; readonly seq: number; readonly hash: string; readonly roles: Record<string, unknown> }
  | { readonly came: 'unmapped'; readonly problems: readonly MapProblem[] }
  | { readonly came: 'refused'; readonly refusal: Refusal }
  | { readonly came: 'impossible'; readonly why: string };

interface ArrivalOptions {
  readonly sql: Sql;
  readonly write: boolean;
  /** Default: the database's clock. */
  readonly now?: () => Instant;
}

/** Why nothing is written; ends the transaction. */
class Stopped extends Error {
  readonly arrival: Arrival;
  constructor(arrival: Arrival) {
    super('nothing is written');
    this.arrival = arrival;
  }
}

const impossible = (why: string): Stopped => new Stopped({ came: 'impossible', why });

/**
 * Takes a case from another installation: its events byte for byte, its acts, documents and programs, and after them its first
 * event of this installation, by which it goes on here. Books and read models are made from the events, the books under all
 * rules of the database; in the end everything is verified as `linli audit verify` does. One transaction: all of it, or
 * nothing. Without `write` the same is done and undone. Throws what the database throws.
 */
export async function receiveCase(
  arriving: ArrivingCase,
  wish: ArrivalWish,
  options: ArrivalOptions,
): Promise<Arrival> {
  const { sql, write } = options;
  await needKeys(sql);
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 900_000 });
  const engine = drawing(ownEngine, await countLot(sql));
  let arrival: Arrival | undefined;
  try {
    return await transactions.run(async (tx) => {
      await tx.unsafe("SET LOCAL idle_in_transaction_session_timeout = '120s'");
      const before = await recordedThere(tx, arriving);
      await addPeople(tx, arriving, before.state, wish.map);
      const { world, installation } = await worldHere(tx, arriving, before.state, wish, options.now);
      const seq = before.chain.length;
      const head = before.chain.at(-1)!.hash;
      const act = {
        ...{ id: uuidV5('case.receive', arriving.caseId, head), type: 'case.receive' },
        actor: { kind: 'system', id: 'operator', logins: [] },
        data: {
          ...{ from: { installation: arriving.installation, seq, head }, unit: wish.unit, by: wish.by },
          ...{ assignments: rolesHere(before.state, wish.map), people: peopleHere(wish.map) },
        },
      } as const;
      const decision = engine.decide(before.state, act, world);
      if (isRefusal(decision)) throw new Stopped({ came: 'refused', refusal: decision });
      const pending = nothingPending();
      const keys = keysOf(tx);
      const sealing = keys && (await keyHere(keys, arriving.caseId, world.now));
      const recorder = {
        engine,
        installation,
        caseId: arriving.caseId,
        programHash: world.programHash,
        now: world.now,
        key: sealing?.key,
      };
      const cause = { actor: act.actor, actId: act.id, at: world.now };
      const { progress, events: own } = append(
        recorder,
        { state: before.state, seq, head },
        decision.events,
        cause,
        pending,
      );
      const state = progress.state as State;
      const chain = [...before.chain, ...pending.events.map(linkOf)];
      const columns = storedColumns(tx, recorder, { ...progress, state });
      await tx`
        INSERT INTO cases (case_id, case_no, unit, program_id, program_version, program_hash, imported, opened_at, status,
          stage, seq, head, state, outline, state_version, calendar_version, last_at, closed_at, next_due, wake_at, lagging_since)
        VALUES (${arriving.caseId}, ${state.caseNo}, ${state.unit}, ${state.program.id}, ${state.program.version},
          ${state.program.hash}, ${state.imported}, ${state.openedAt}, ${columns.status}, ${columns.stage}, ${columns.seq},
          ${columns.head}, ${columns.state}::text::json, ${columns.outline}::text::json, ${columns.state_version}, ${columns.calendar_version},
          ${columns.last_at}, ${columns.closed_at}, ${columns.next_due}, ${columns.wake_at}, ${columns.last_at})`;
      // its number is taken here too: numbers are drawn from those above it
      const drawn = /^\d{4}-(\d{6,15})$/.exec(state.caseNo)?.[1];
      if (drawn)
        await tx`SELECT setval('case_numbers', greatest((SELECT last_value FROM case_numbers), ${drawn}::bigint))`;
      if (sealing) holdKey(tx, sealing.key);
      if (sealing?.row) {
        await insertKey(tx, sealing.row);
        if (write) keys?.keepCopy(sealing.row);
      }
      await insertAll([...before.rows, ...pending.events], (rows) => insertEvents(tx, rows, () => sealing?.key));
      const acts = arriving.acts.map(
        (each): ActRow => ({
          ...each,
          // hashed with the other house's key: whoever sends such an act again is answered as the first time
          ...{ body_hash: UNKNOWN_BODY, case_id: arriving.caseId, after: null },
        }),
      );
      await insertAll([...acts, ownAct(act, arriving.caseId, world.now, seq + 1, progress.seq)], (rows) =>
        insertActs(tx, rows, sealing?.key),
      );
      await writeDocuments(tx, arriving);
      const rebuilt = rebuildModels(chain);
      await writeModels(tx, emptySnapshot(chain), rebuilt, arriving.caseId);
      // what was told over there is not brought to anybody here
      await tx`DELETE FROM reminders WHERE message_id IN (SELECT id FROM messages WHERE case_id = ${arriving.caseId} AND seq <= ${seq})`;
      await bookEvents(tx, arriving, before.chain, own, { state, world });
      await prove(tx, arriving.caseId, engine);
      arrival = { came: 'received', seq: seq + 1, hash: pending.events[0]!.hash, roles: state.assignments };
      if (write) return arrival;
      throw new Stopped(arrival);
    });
  } catch (error) {
    if (error instanceof Stopped) return error.arrival;
    const { code, constraint_name: rule = '', message } = error as Error & { code?: string; constraint_name?: string };
    if (code === '23505' && /^cases/.test(rule))
      return { came: 'impossible', why: `a case of this id or number is here already (${rule})` };
    if (code?.startsWith('23') || code === 'P0001')
      return {
        came: 'impossible',
        why: `a rule of the database refuses it: ${message}${rule ? ` (${rule})` : ''}`,
      };
    throw error;
  } finally {
    await transactions.end();
  }
}

/**
 * The key its events are sealed with here: the one it had when it was here before a restore, in its row or its copy, or a new one
 * with its row, which is the caller's to insert.
 */
async function keyHere(
  keys: ColumnKeys,
  caseId: string,
  now: Instant,
): Promise<{ readonly key: ColumnKey; readonly row?: WrappedKey }> {
  try {
    return { key: await keys.ofCase(caseId) };
  } catch (error) {
    if (!(error instanceof KeyGone)) throw error;
    if (error.destroyed) throw impossible('its key was destroyed in this installation');
    return keys.drawn(caseId, now);
  }
}

/** The chain as rows, the state it leads to, and that this release reads it as the other one did. */
async function recordedThere(tx: Tx, arriving: ArrivingCase) {
  const rows = arriving.events.map(rowOf);
  const chain = rows.map(linkOf);
  const broken = verifyChain(chain)[0];
  if (broken) throw impossible(`its chain does not hold at event ${broken.seq}: ${broken.what}`);
  const { state } = rebuildModels(chain);
  if (!state) throw impossible('it has no events');
  if (canonicalJson(plain(state)) !== canonicalJson(plain(arriving.state)))
    throw impossible(
      'this release makes another state of its events than the one that exported it. Way out: bring both installations to the same release',
    );
  const [there] = await tx<{ id: string }[]>`
    SELECT case_id AS id FROM cases WHERE case_id = ${arriving.caseId} OR case_no = ${state.caseNo}`;
  if (there) {
    // the same file again, whose receipt was lost: it is given once more
    const [taken] = await tx<{ seq: number; hash: string }[]>`
      SELECT seq, hash FROM events WHERE case_id = ${arriving.caseId} AND type = 'case.received' AND prev = ${chain.at(-1)!.hash}`;
    if (taken) throw new Stopped({ came: 'received', ...taken, roles: {} });
    throw impossible(`a case of this id or number is here already (${there.id})`);
  }
  if (!state.away)
    throw impossible(
      'it was not handed away: this is a copy, and the case goes on where it is. Way out: a file of "linli case export"',
    );
  const [own] = await tx<{ id: string }[]>`SELECT id FROM installation`;
  if (state.away.departed || state.away.to !== own?.id)
    throw impossible(`it was handed to installation ${state.away.to}, and this is ${own?.id ?? 'none'}`);
  for (const [hash, content] of arriving.programs) {
    if (sha256(content) !== hash) throw impossible(`program ${hash} is not the one of that hash`);
    const { id, version } = JSON.parse(Buffer.from(content).toString('utf8')) as { id: string; version: string };
    await tx`INSERT INTO programs (hash, id, version, content) VALUES (${hash}, ${id}, ${version}, ${Buffer.from(content)})
      ON CONFLICT DO NOTHING`;
  }
  return { rows, chain, state };
}

/** Everybody whom the record names has a row here too, by the id he had there: without post or login. Says what the map lacks. */
async function addPeople(tx: Tx, { ids, names }: ArrivingCase, state: State, map: ArrivalMap): Promise<void> {
  const idsIn = async (table: 'posts' | 'units' | 'person.people') =>
    new Set((await tx<{ id: string }[]>`SELECT id FROM ${tx.unsafe(table)}`).map(({ id }) => id));
  const organisation = new Organisation(tx, { kind: 'system', id: 'operator' });
  await organisation.turn();
  const here = { posts: await idsIn('posts'), people: await idsIn('person.people'), units: await idsIn('units') };
  const problems = mapProblems(state, ids, here, map);
  if (problems.length > 0) throw new Stopped({ came: 'unmapped', problems });
  for (const id of ids.people)
    if (!here.people.has(id)) await organisation.addPerson({ id, name: names.get(id) ?? id });
}

/** The world around the case in the unit where it is to go on. */
async function worldHere(
  tx: Tx,
  arriving: ArrivingCase,
  state: State,
  { unit, map }: ArrivalWish,
  now?: () => Instant,
): Promise<{ readonly world: World; readonly installation: string }> {
  const [row] = await tx<{ id: string; org: number; calendar: number; unit: string | null }[]>`
    SELECT id, (SELECT coalesce(max(seq), 0) FROM org_events)::bigint AS org,
      (SELECT coalesce(max(seq), 0) FROM calendar_records)::bigint AS calendar,
      (SELECT id FROM units WHERE id = ${unit} AND closed_at IS NULL) AS unit FROM installation`;
  if (!row?.unit) throw impossible(`there is no unit ${unit} here. Way out: --unit with the id of the unit it goes to`);
  const programs = await installPrograms(tx, []);
  const program = await programs.byHash(tx, state.program.hash);
  const named = Object.values(rolesHere(state, map));
  const org = await createOrgCache().load(tx, row.org, unit, { posts: named, persons: named });
  const calendar = await createCalendars().load(tx, row.calendar, unit, org);
  const last = (JSON.parse(arriving.events.at(-1)!.header) as Header).recordedAt;
  return {
    world: worldOf(program, calendar, org, later(last, now?.() ?? (await databaseNow(tx)))),
    installation: row.id,
  };
}

const BATCH = 500;

async function insertAll<T>(rows: readonly T[], insert: (rows: readonly T[]) => PromiseLike<unknown>): Promise<void> {
  for (let n = 0; n < rows.length; n += BATCH) await insert(rows.slice(n, n + BATCH));
}

async function writeDocuments(tx: Tx, { caseId, documents }: ArrivingCase): Promise<void> {
  for (const { id, sha256: hash, size_bytes, media_type, kind, uploaded_by, uploaded_at, bytes } of documents) {
    await tx`INSERT INTO documents (id, case_id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at)
      VALUES (${id}, ${caseId}, ${hash}, ${size_bytes}, ${media_type}, ${kind}, ${uploaded_by}, ${uploaded_at})`;
    await tx`INSERT INTO document_contents (document_id, bytes) VALUES (${id}, ${Buffer.from(bytes())})`;
  }
}

/** What `linli audit verify --case` would find, before anything is kept. */
async function prove(tx: Tx, caseId: string, engine: typeof ownEngine): Promise<void> {
  await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
  const snapshot = await snapshotIn(tx, caseId);
  const rebuilt = rebuildModels(snapshot.events);
  const books = await verifyBooks(tx, { caseId });
  const found = [
    ...verifyChain(snapshot.events, { seq: snapshot.row.seq, hash: snapshot.row.head }).map(
      ({ seq, what }) => `chain: event ${seq}: ${what}`,
    ),
    ...compareRow(engine, snapshot, rebuilt),
    ...compareModels(rebuilt, snapshot.tables),
    ...snapshot.strayActs.map(({ seq, what }) => `acts: ${seq === undefined ? '' : `event ${seq}: `}${what}`),
    ...snapshot.changedDocuments,
    ...books.findings.map(({ rule, book, detail }) => `books: ${book}: ${rule}: ${detail}`),
  ];
  if (found.length > 0) throw impossible(`what was written does not hold: ${found.slice(0, 5).join('; ')}`);
}

function rowOf({ header: text, hash, payload }: ArrivingCase['events'][number]): EventRow {
  const header = JSON.parse(text) as Header;
  const { case: case_id, seq, type, prev, recordedAt, occurredAt, actor, actId, program } = header;
  return {
    ...{ case_id, seq, type, header: text, hash, prev, payload },
    ...{ recorded_at: recordedAt, occurred_at: occurredAt, actor_kind: actor.kind, actor_id: actor.id },
    ...{ actor_post: actor.post, act_id: actId, program_hash: program ?? '' },
  };
}

function linkOf(row: EventRow): ChainRow {
  return {
    ...{ caseId: row.case_id, seq: row.seq, type: row.type, hash: row.hash, prev: row.prev },
    ...{ header: Buffer.from(row.header), payload: Buffer.from(row.payload) },
    ...{ recordedAt: row.recorded_at, occurredAt: row.occurred_at },
    ...{ actorKind: row.actor_kind, actorId: row.actor_id, actorPost: row.actor_post },
    ...{ actId: row.act_id, programHash: row.program_hash },
  };
}

function ownAct(
  { id, type, actor, data }: { id: string; type: string; actor: { kind: string; id: string }; data: unknown },
  caseId: string,
  now: Instant,
  first: number,
  last: number,
): ActRow {
  return {
    ...{
      act_id: id,
      case_id: caseId,
      type,
      body_hash: UNKNOWN_BODY,
      status: 'recorded',
      refusal: null,
    },
    ...{ seq: last, first_seq: first, actor_kind: actor.kind, actor_id: actor.id, actor_post: null },
    ...{ recorded_at: now, occurred_at: now, after: null },
  };
}

const emptySnapshot = (events: readonly ChainRow[]): Snapshot => ({
  row: {} as Snapshot['row'],
  ...{ events, acts: [], strayActs: [], unjudgedActs: [], documents: [], changedDocuments: [] },
  tables: Object.fromEntries(modelNames.map((name) => [name, []])) as unknown as Snapshot['tables'],
});

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
