import type { Sql } from '../client.ts';
import { openPayloads } from '../sealed.ts';
import { dataOf } from './events.ts';
import { toldTo } from './work.ts';

/** What complaints about a person, and emergencies he is named in, have left in a case's record. */
export interface SealedRow {
  /** Events that say so. */
  readonly seqs: readonly number[];
  /** Ids of the complaints and emergencies: all that is recorded of them later names one. */
  readonly ids: readonly string[];
  /** The messages that told of them. */
  readonly messages: readonly string[];
}

interface Word {
  readonly seq: number;
  readonly actorId: string;
  readonly messages: readonly { readonly id: string; readonly about: string | null }[];
  readonly said: Said;
  readonly occurredAt: string;
  readonly recordedAt: string;
}

/**
 * What a complaint or an emergency says of whom it is about, without its words: a case may have thousands, folded together.
 * Before complaints were answered they had no id and no list.
 */
interface Said {
  readonly id?: string;
  readonly about?: string | readonly string[];
  readonly sealed?: readonly string[];
  readonly apart?: readonly string[];
  readonly onBehalfOf?: string;
  /** The emergency it was folded into: who was told of that reads it, unless it is about him. */
  readonly into?: string;
}

/** A reader, and the units he administers or audits with his login. */
export interface Reader {
  readonly person: string;
  readonly adminOf?: string | undefined;
  readonly auditorOf?: string | undefined;
}

interface Known {
  readonly appointments: readonly { readonly post: string; readonly fromAt: string; readonly untilAt: string | null }[];
  /** Ids, roles and names under which the person is a party of the case. */
  readonly parties: readonly string[];
  /** Who filled which role from which event on, in order. */
  readonly filled: readonly {
    readonly seq: number;
    readonly role: string;
    readonly post?: string;
    readonly person?: string;
  }[];
}

/**
 * The complaints and emergencies of a case that are kept from this person: he is among those of whom the record says so, or
 * is named by his id, as a party, by his post, or by a role he or his post filled when it was made. Whoever holds that post
 * later is not meant. The rule of `complaint.make` and `emergency.report` (engine/voice/above.ts), which tell past these persons.
 * What is about nobody known is kept from all but who spoke, was told, or audits the unit of the case.
 */
export async function sealedFor(sql: Sql, caseId: string, reader: Reader): Promise<SealedRow> {
  const { person } = reader;
  const words: Word[] = [];
  for await (const page of wordPages(sql, caseId)) words.push(...page);
  if (words.length === 0) return { seqs: [], ids: [], messages: [] };
  const [known, told] = await Promise.all([knownOf(sql, caseId, person), readable(sql, caseId, reader)]);
  const isClosed = ({ actorId, messages, said: { about, apart, onBehalfOf, into } }: Word) =>
    (apart !== undefined || about === undefined) &&
    !(actorId === person || told === 'all' || known.parties.includes(onBehalfOf ?? '')) &&
    !(into !== undefined && told.has(into)) &&
    !messages.some(({ id, about: word }) => told.has(id) || (word !== null && told.has(word)));
  const against = words.filter(
    (word) => word.said.sealed?.includes(person) || names(word, person, known) || isClosed(word),
  );
  const ids = against.flatMap(({ said }) => said.id ?? []);
  const messages = against.flatMap((each) => each.messages.map(({ id }) => id));
  const later =
    ids.length === 0
      ? []
      : await sql<{ id: string }[]>`
          SELECT id FROM messages WHERE case_id = ${caseId} AND kind IN ('complaint', 'emergency')
            AND about IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json))`;
  return {
    seqs: against.map(({ seq }) => seq),
    ids,
    messages: [...new Set([...messages, ...later.map(({ id }) => id)])],
  };
}

const pageSize = 200;

/** The complaints and emergencies of a case, some at a time: their words are opened and let go again. */
async function* wordPages(sql: Sql, caseId: string): AsyncGenerator<Word[]> {
  for (let after = 0; ; ) {
    const rows = await sql<(Omit<Word, 'said'> & { payload: Uint8Array })[]>`
      SELECT e.seq, e.payload, e.actor_id AS "actorId", e.occurred_at AS "occurredAt", e.recorded_at AS "recordedAt",
        (SELECT coalesce(json_agg(json_build_object('id', m.id, 'about', m.about)), '[]') FROM messages m
         WHERE m.case_id = e.case_id AND m.seq = e.seq) AS messages
      FROM events e
      WHERE e.case_id = ${caseId} AND e.seq > ${after} AND e.type IN ('complaint.made', 'emergency.reported')
      ORDER BY e.seq LIMIT ${pageSize}`;
    const opened = await openPayloads(sql, rows, caseId);
    yield opened.map(({ payload, ...row }) => ({ ...row, said: saidOf(dataOf<Said>(payload)) }));
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = last.seq;
  }
}

/** Without the words. */
const saidOf = ({ id, about, sealed, apart, onBehalfOf, into }: Said): Said =>
  JSON.parse(JSON.stringify({ id, about, sealed, apart, onBehalfOf, into })) as Said;

/** What a reader was told of complaints and emergencies: ids of the messages and of what they tell; all of it for an auditor. */
async function readable(
  sql: Sql,
  caseId: string,
  { person, adminOf, auditorOf }: Reader,
): Promise<ReadonlySet<string> | 'all'> {
  const [[audits], rows] = await Promise.all([
    sql`WITH RECURSIVE up AS (
        SELECT u.id, u.above FROM units u JOIN cases c ON c.unit = u.id WHERE c.case_id = ${caseId}
        UNION SELECT u.id, u.above FROM units u JOIN up ON u.id = up.above)
      SELECT FROM up WHERE id = ${auditorOf ?? null}`,
    sql<{ id: string; about: string | null }[]>`
      SELECT m.id, m.about FROM messages m WHERE m.case_id = ${caseId} AND m.kind IN ('complaint', 'emergency')
        AND ${toldTo(sql, person, adminOf)} AND ${unsealed(sql, person)}`,
  ]);
  return audits ? 'all' : new Set(rows.flatMap(({ id, about }) => (about === null ? [id] : [id, about])));
}

/** Whether message `m` is not kept from a person. */
function unsealed(sql: Sql, person: string) {
  return sql`(m.sealed_from IS NULL OR NOT (m.sealed_from::jsonb ? ${person}))`;
}

async function knownOf(sql: Sql, caseId: string, person: string): Promise<Known> {
  const [appointments, parties, filled] = await Promise.all([
    sql<Known['appointments'][number][]>`
      SELECT post, from_at AS "fromAt", until_at AS "untilAt" FROM stand_ins WHERE person = ${person}`,
    sql<{ partyId: string; role: string; name: string | null }[]>`
      SELECT party_id AS "partyId", role, name FROM person.parties WHERE case_id = ${caseId} AND person = ${person}`,
    sql<{ seq: number; payload: Uint8Array }[]>`
      SELECT seq, payload FROM events WHERE case_id = ${caseId} AND type IN ('case.opened', 'role.assigned') ORDER BY seq`.then(
      (rows) => openPayloads(sql, rows, caseId),
    ),
  ]);
  return {
    appointments,
    parties: parties.flatMap(({ partyId, role, name }) => [partyId, role, ...(name === null ? [] : [name])]),
    filled: filled.flatMap(({ seq, payload }) => assignmentsIn(payload).map((one) => ({ seq, ...one }))),
  };
}

function names({ seq, occurredAt, recordedAt, said: { about = [] } }: Word, person: string, known: Known): boolean {
  return [about].flat().some((each) => {
    const role = known.filled.filter((one) => one.role === each && one.seq < seq).at(-1);
    const post = role?.post ?? each;
    const held = known.appointments.some(
      (one) => one.post === post && one.fromAt <= recordedAt && (one.untilAt === null || one.untilAt > occurredAt),
    );
    return each === person || role?.person === person || held || known.parties.includes(each);
  });
}

interface Assigned {
  readonly post?: string;
  readonly person?: string;
}

/** Who fills roles from an event on: all of them at the opening, one later. */
function assignmentsIn(payload: Uint8Array): ({ readonly role: string } & Assigned)[] {
  const data = dataOf<{ assignments?: Record<string, Assigned>; role?: string; assignment?: Assigned }>(payload);
  const all = data.assignments ?? (data.role === undefined ? {} : { [data.role]: data.assignment ?? {} });
  return Object.entries(all).map(([role, assigned]) => ({ role, ...assigned }));
}

/** Ids of the complaints and emergencies of a case that this person was told of, in a post or for the unit he administers. */
export async function toldWords(
  sql: Sql,
  caseId: string,
  person: string,
  adminOf: string | undefined,
): Promise<ReadonlySet<string>> {
  const rows = await sql<{ about: string }[]>`
    SELECT DISTINCT m.about FROM messages m
    WHERE m.case_id = ${caseId} AND m.kind IN ('complaint', 'emergency') AND m.about IS NOT NULL
      AND (m.post IS NOT NULL OR m.deputy_for IS NOT NULL OR m.person IS NULL) AND ${toldTo(sql, person, adminOf)}`;
  return new Set(rows.map(({ about }) => about));
}
