import { createHash } from 'node:crypto';
import { loginsOfPerson } from '../db/queries/sign-in.ts';
import { giveKeys, keysOf, openPayloads } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import type { Act, Actor } from '../engine/act.ts';
import type { Instant } from '../sdk/time.ts';
import { hashesOf } from './act-body.ts';
import { hashesBy, wordsOf } from './act-words.ts';
import { bookEvents } from './arrival-books.ts';
import type { BookDuty } from './book-duties.ts';
import { type DoorDeps, orgOf } from './deps.ts';
import { loadFacts } from './facts.ts';
import { type EventColumns, eventFrom } from './known-acts.ts';
import { lockCase, readMoment } from './lock.ts';
import { cutLog } from './log/cut.ts';
import type { Programs } from './programs.ts';
import { type RebuildDeps, writeModels, writeRow } from './rebuild.ts';
import { sceneOf } from './scene.ts';
import { mayTouchBooks, type PreparedAct, Sitting } from './sitting.ts';
import { rebuildModels } from './verify-models.ts';
import type { Snapshot } from './verify-snapshot.ts';

/** What an act did beyond the record: whoever does it again has to know what was done already. */
export type Did = 'money' | 'call' | 'message';

/** An act of a branch that was given up; `hash` is that of its last event there, null where it made none. */
export interface GivenUpAct {
  readonly id: string;
  readonly type: string;
  readonly seq: number;
  readonly hash: string | null;
  readonly did: readonly Did[];
}

/** What became of it: decided again on top of what the histories told, or left for people, and why. */
export type SettledAct = GivenUpAct & ({ readonly came: 'recorded' } | { readonly came: 'left'; readonly why: string });

/** A branch that was put aside. */
export interface GivenUpBranch {
  readonly n: number;
  /** The last event that record and histories both tell. */
  readonly after: number;
  readonly events: number;
  /** SHA-256 of what was put aside, lower-case hex. */
  readonly sha256: string;
  readonly acts: readonly GivenUpAct[];
  /** Effects that had begun: what they did outside is done. */
  readonly begun: readonly string[];
  /** Events that left the log, and the signed checkpoints that fell with them. */
  readonly cut: { readonly leaves: number; readonly checkpoints: number };
}

interface KeptAct extends GivenUpAct {
  readonly status: string;
  readonly bodyHash: string;
  readonly firstSeq: number | null;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorPost: string | null;
  readonly recordedAt: Instant;
  readonly occurredAt: Instant;
}

interface KeptMessage {
  readonly kind: string;
  readonly about: string | null;
  readonly post: string | null;
  readonly person: string | null;
  readonly unit: string;
  readonly level: string;
  readonly generation: number | null;
  readonly top: boolean;
  /** When it was to be brought next; null: never again. */
  readonly nextAt: Instant | null;
}

interface Kept {
  readonly caseId: string;
  readonly after: number;
  readonly events: readonly (Omit<EventColumns, 'payload'> & {
    readonly header: string;
    readonly hash: string;
    readonly payload: string;
  })[];
  readonly acts: readonly KeptAct[];
  readonly effects: readonly { readonly id: string; readonly what: string; readonly begun: boolean }[];
  readonly messages: readonly KeptMessage[];
  readonly checkpoints: readonly string[];
}

/** Events by which money moved, was promised or was counted. */
const MONEY = /^(cash|ledger|voucher|payout|advance|gift|statement|books?|day|month|count|discrepancy)\./;

/**
 * Puts a case's branch behind event `after` aside, in a transaction with the owner's rights that holds the case: its events, acts,
 * messages and effects go from their tables into a row of `given_up_branches`, read models, books and log go back to that event.
 * The case stays frozen. Answers what was put aside.
 */
export async function giveUp(
  tx: Tx,
  {
    engine,
    programs,
    orgs,
  }: Pick<RebuildDeps, 'engine'> & Pick<DoorDeps, 'orgs'> & { readonly programs: Pick<Programs, 'byHash'> },
  caseId: string,
  { snapshot, after }: { readonly snapshot: Snapshot; readonly after: number },
): Promise<GivenUpBranch> {
  const events = snapshot.events.slice(0, after);
  const gone = snapshot.events.slice(after);
  const [{ n, duties, at } = { n: 1, duties: [], at: '' }] = await tx<
    { n: number; duties: (BookDuty & { during: string })[]; at: Instant }[]
  >`
    SELECT (SELECT coalesce(max(n), 0) + 1 FROM given_up_branches WHERE case_id = ${caseId}) AS n,
      (SELECT coalesce(json_agg(json_build_object('book', book, 'duty', duty, 'person', person, 'during', during::text)), '[]')
        FROM book_duties WHERE case_id = ${caseId}) AS duties, clock_timestamp()::timestamptz(3) AS at`;
  const put = await asideOf(tx, caseId, after);
  const cut = await cutLog(tx, caseId, after);
  const kept: Kept = { ...put, checkpoints: cut.checkpoints };
  const text = JSON.stringify(kept);
  const sha256 = createHash('sha256').update(text).digest('hex');
  await tx`
    INSERT INTO given_up_branches (case_id, n, after, given_up_at, kept, sha256)
    VALUES (${caseId}, ${n}, ${after}, ${at}, ${text}::text::json, ${sha256})`;

  const rebuilt = rebuildModels(events);
  const books = gone.some(({ type }) => mayTouchBooks({ type } as Parameters<typeof mayTouchBooks>[0]));
  const { program } = await programs.byHash(tx, gone[0]!.programHash);
  // rows that never change go as when a case is destroyed: this takes the owner of the tables
  await tx`SELECT set_config('linli.destroying', ${caseId}, true)`;
  const stays = [...rebuilt.rows.messages.values()].map(({ id }) => String(id));
  await tx`
    DELETE FROM delivery_messages WHERE message_id IN (SELECT id FROM messages WHERE case_id = ${caseId} AND seq > ${after}
      AND id NOT IN (SELECT json_array_elements_text(${JSON.stringify(stays)}::text::json)))`;
  await tx`DELETE FROM acts WHERE case_id = ${caseId} AND seq > ${after}`;
  await tx`DELETE FROM events WHERE case_id = ${caseId} AND seq > ${after}`;
  // a code of a payout of the branch would else be good for another one that gets its number
  await tx`DELETE FROM person.payout_codes WHERE case_id = ${caseId} AND issued_at > ${events.at(-1)?.recordedAt ?? null}::timestamptz`;
  if (books && program.books.length > 0) await deleteBooks(tx, caseId);
  await tx`SELECT set_config('linli.destroying', '', true)`;
  // an answer that came into the branch is none any more
  const answers = put.acts.map(({ id }) => id);
  await tx`
    UPDATE effects SET answer = NULL WHERE case_id = ${caseId} AND seq <= ${after}
      AND 'effect/' || id IN (SELECT json_array_elements_text(${JSON.stringify(answers)}::text::json))`;
  const before = { ...snapshot, events };
  await writeRow(tx, engine, before, rebuilt, caseId);
  await writeModels(tx, before, rebuilt, caseId, 'next morning');
  if (books && program.books.length > 0 && rebuilt.state) {
    const { seq } = (await tx<{ seq: number }[]>`SELECT coalesce(max(seq), 0)::bigint AS seq FROM org_events`)[0]!;
    const org = await orgOf({ orgs }, tx, seq, rebuilt.state);
    const literals = await tx<{ hash: string; content: Uint8Array }[]>`SELECT hash, content FROM programs`;
    await bookEvents(
      tx,
      { caseId, duties, programs: new Map(literals.map(({ hash, content }) => [hash, content])) },
      ...([events, [], { state: rebuilt.state, world: { org, program } }] as const),
    );
  }
  return {
    ...{ n, after, events: gone.length, sha256 },
    acts: put.acts.map(plain),
    begun: put.effects.filter(({ begun }) => begun).map(({ id }) => id),
    cut: { leaves: cut.leaves, checkpoints: cut.checkpoints.length },
  };
}

const plain = ({ id, type, seq, hash, did }: KeptAct): GivenUpAct => ({ id, type, seq, hash, did });

/** The rows of the branch as they are stored: what its events say stays sealed. */
async function asideOf(tx: Tx, caseId: string, after: number): Promise<Omit<Kept, 'checkpoints'>> {
  const [events, acts, effects, messages] = await Promise.all([
    tx<Kept['events'][number][]>`
      SELECT seq, type, convert_from(header, 'UTF8') AS header, hash, encode(payload, 'base64') AS payload, recorded_at AS "recordedAt",
        occurred_at AS "occurredAt", actor_kind AS "actorKind", actor_id AS "actorId", actor_post AS "actorPost", act_id AS "actId"
      FROM events WHERE case_id = ${caseId} AND seq > ${after} ORDER BY seq`,
    tx<Omit<KeptAct, 'hash' | 'did'>[]>`
      SELECT act_id AS id, type, status, body_hash AS "bodyHash", seq, first_seq AS "firstSeq", actor_kind AS "actorKind",
        actor_id AS "actorId", actor_post AS "actorPost", recorded_at AS "recordedAt", occurred_at AS "occurredAt"
      FROM acts WHERE case_id = ${caseId} AND seq > ${after} ORDER BY seq, act_id`,
    tx<{ id: string; seq: number; what: string; begun: boolean }[]>`
      SELECT id, seq, concat_ws(' ', kind, payload ->> 'item', payload ->> 'call') AS what,
        done_at IS NOT NULL OR tries > 0 OR lease_until IS NOT NULL AS begun
      FROM effects WHERE case_id = ${caseId} AND seq > ${after} ORDER BY seq, n`,
    tx<(KeptMessage & { seq: number })[]>`
      SELECT m.seq, m.kind, m.about, m.post, m.person, m.unit, m.level, m.generation, m.top, r.next_at AS "nextAt"
      FROM messages m LEFT JOIN reminders r ON r.message_id = m.id WHERE m.case_id = ${caseId} AND m.seq > ${after} ORDER BY m.seq, m.n`,
  ]);
  const within = ({ seq }: { readonly seq: number }, act: { readonly firstSeq: number | null; readonly seq: number }) =>
    act.firstSeq !== null && act.firstSeq <= seq && seq <= act.seq;
  return {
    ...{ caseId, after, events },
    acts: acts.map((act) => {
      const own = events.filter((event) => within(event, act));
      const did: readonly (Did | false)[] = [
        own.some(({ type }) => MONEY.test(type)) && 'money',
        effects.some((effect) => within(effect, act)) && 'call',
        messages.some((message) => within(message, act)) && 'message',
      ];
      return { ...act, hash: own.at(-1)?.hash ?? null, did: did.filter((each) => each !== false) };
    }),
    effects: effects.map(({ id, what, begun }) => ({ id, what, begun })),
    messages: messages.map(({ seq: _, ...message }) => message),
  };
}

/** The rows of a case's books; codes that people were given stay. In one statement, since rows refer to each other. */
async function deleteBooks(tx: Tx, caseId: string): Promise<void> {
  const [row] = await tx<{ statement: string }[]>`
    SELECT 'WITH ' || string_agg(format('d%s AS (DELETE FROM %s WHERE case_id = $1)', n, t), ', ') || ' SELECT' AS statement
    FROM unnest(destruction_tables()) WITH ORDINALITY AS each (t, n) WHERE t ~ '^(book|bank|voucher|cash)' AND t <> 'book_keepers'`;
  await tx.unsafe('SET CONSTRAINTS ALL DEFERRED');
  await tx.unsafe(row!.statement, [caseId]);
  await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
}

interface Waiting {
  readonly n: number;
  readonly kept: Kept;
}

/** The branches of a case whose acts were not decided again yet. */
const waitingOf = (tx: Tx, caseId: string) =>
  tx<Waiting[]>`SELECT n, kept FROM given_up_branches WHERE case_id = ${caseId} AND settled_at IS NULL ORDER BY n`;

/** Whether acts of a given-up branch of the case wait to be decided again. */
export const branchWaits = async (tx: Tx, caseId: string): Promise<boolean> => (await waitingOf(tx, caseId)).length > 0;

/**
 * What a given-up branch had brought to people is not brought again when the histories, or time, bring it about anew: reminders of the
 * same messages go on from where they were. Effects that the branch had begun are held.
 */
export async function carryOver(tx: Tx, caseId: string): Promise<void> {
  for (const { kept } of await waitingOf(tx, caseId)) {
    const messages = JSON.stringify(kept.messages);
    const same = tx`
      m.case_id = ${caseId} AND m.seq > ${kept.after} AND r.message_id = m.id AND (m.kind, m.about, m.post, m.person, m.unit, m.level, m.generation, m.top)
        IS NOT DISTINCT FROM (k.kind, k.about, k.post, k.person, k.unit, k.level, k.generation, k.top)`;
    const brought = tx`json_to_recordset(${messages}::text::json) AS k (kind text, about text, post text, person text, unit text, level text,
      generation int, top boolean, "nextAt" timestamptz)`;
    const begun = JSON.stringify(kept.effects.flatMap(({ what, begun: has }) => (has ? [what] : [])));
    await tx`UPDATE reminders r SET next_at = greatest(r.next_at, k."nextAt") FROM messages m, ${brought} WHERE k."nextAt" IS NOT NULL AND ${same}`;
    await tx`DELETE FROM reminders r USING messages m, ${brought} WHERE k."nextAt" IS NULL AND ${same}`;
    await tx`
      UPDATE effects SET done_at = coalesce(done_at, clock_timestamp()), lease_until = NULL
      WHERE case_id = ${caseId} AND seq > ${kept.after} AND answer IS NULL AND concat_ws(' ', kind, payload ->> 'item', payload ->> 'call')
        IN (SELECT json_array_elements_text(${begun}::text::json))`;
  }
}

/**
 * Decides the acts of a case's given-up branches again, under their ids and the rights their people have now, on what the histories told.
 * Left for people is what moved money, began something outside or told somebody, since all that was done; what was sent in words that its
 * events do not tell; and what is refused now. The case is frozen and stays so. Done again it finds what it had done. Answers what became
 * of each act.
 */
export async function settleBranches(deps: DoorDeps, caseId: string): Promise<SettledAct[]> {
  const branches = await deps.transactions.run((tx) => waitingOf(tx, caseId));
  const settled: SettledAct[] = [];
  for (const { n, kept } of branches) {
    const own: SettledAct[] = [];
    // what time brings about again is compared with what the branch had brought, also where no act is decided again
    await fire(deps, caseId, []);
    for (const act of kept.acts) own.push(await settleAct(deps, kept, act));
    const text = JSON.stringify(own);
    await deps.transactions.run(async (tx) => {
      await tx`
        UPDATE given_up_branches SET settled_at = clock_timestamp(), settled = ${text}::text::json WHERE case_id = ${caseId} AND n = ${n}`;
    });
    settled.push(...own);
  }
  return settled;
}

async function settleAct(deps: DoorDeps, kept: Kept, act: KeptAct): Promise<SettledAct> {
  const left = (why: string): SettledAct => ({ ...plain(act), came: 'left', why });
  if (act.status !== 'recorded') return left('it was refused');
  if (act.did.length > 0) return left(act.did.join(', '));
  const prepared = await deps.transactions.run((tx) => preparedOf(tx, kept, act));
  if (!prepared) return left('what it was sent with is not known: whoever sent it sends it again under its key');
  const outcome = await fire(deps, kept.caseId, [prepared]);
  if (outcome?.status === 'refused') return left(outcome.refusal.code);
  return { ...plain(act), came: 'recorded' };
}

/** The act as it was sent, with the rights its person has now. */
async function preparedOf(tx: Tx, kept: Kept, act: KeptAct): Promise<PreparedAct | undefined> {
  const own = kept.events.filter(({ actId }) => actId === act.id);
  const opened = await openPayloads(
    tx,
    own.map((event) => ({ ...event, payload: Buffer.from(event.payload, 'base64') as Uint8Array })),
    kept.caseId,
  );
  const hashes = hashesBy((body) => hashesOf(keysOf(tx), body));
  const words = wordsOf(act, opened.map(eventFrom), hashes);
  if (!words) return undefined;
  const logins = act.actorKind === 'person' ? await loginsOfPerson(tx, act.actorId) : [];
  const actor: Actor = {
    kind: act.actorKind as Actor['kind'],
    id: act.actorId,
    logins: logins.map(({ role, unit }) => ({ role, unit })),
  };
  // it happened then, whenever it is recorded
  const request = { caseId: kept.caseId, act: { occurredAt: act.occurredAt, ...words, id: act.id, actor } as Act };
  return { request, body: hashes(words) };
}

/** Brings a frozen case's time up to date and decides at most one act, as the door does. */
async function fire(deps: DoorDeps, caseId: string, acts: readonly PreparedAct[]) {
  for (;;) {
    const attempt = await deps.transactions.run(async (tx) => {
      await tx.unsafe("SET LOCAL idle_in_transaction_session_timeout = '60s'");
      const asked = acts.map(({ request }) => request.act);
      const [row, moment, facts] = await Promise.all([
        lockCase(tx, caseId),
        readMoment(
          tx,
          deps.clock,
          asked.map(({ id }) => id),
        ),
        loadFacts(tx, caseId, asked),
      ]);
      if (asked.some(({ id }) => moment.known.has(id)))
        return { outcomes: [{ status: 'recorded' } as const], more: false };
      await tx.unsafe('SET LOCAL ROLE linli_door');
      const scene = await sceneOf(deps, tx, row!, moment);
      return new Sitting(deps, keepOpen(tx), scene, facts, 'one by one', false)
        .hold(
          acts,
          acts.map(() => undefined),
        )
        .then(async (held) => {
          await tx.unsafe('RESET ROLE');
          await carryOver(tx, caseId);
          return held;
        });
    });
    const [outcome] = attempt.outcomes;
    if (!attempt.more && (acts.length === 0 || outcome)) return outcome;
  }
}

/** The same transaction, which whoever has begun it ends. */
const keepOpen = (tx: Tx): Tx =>
  giveKeys(
    new Proxy(tx, { get: (own, name) => (name === 'commit' ? async () => {} : Reflect.get(own, name)) }),
    keysOf(tx),
  );
