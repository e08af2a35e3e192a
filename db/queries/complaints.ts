import type { Sql } from '../client.ts';

/** A complaint of a case, by what it left in the record. */
export interface ComplaintRow {
  readonly seq: number;
  /** The messages that told of it. */
  readonly messages: readonly string[];
}

interface Complaint extends ComplaintRow {
  /** Role, party, post or person, as the complaint names it. */
  readonly about: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
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
 * The complaints of a case that name this person: by his id, as a party, by his post, or by a role he or his post filled
 * when it was made. Whoever holds that post later is not meant. The rule of `complaint.make` (engine/acts/people.ts), which
 * tells of a complaint only past these persons.
 */
export async function complaintsAgainst(sql: Sql, caseId: string, person: string): Promise<ComplaintRow[]> {
  const complaints = await sql<Complaint[]>`
    SELECT m.seq, m.about, e.occurred_at AS "occurredAt", e.recorded_at AS "recordedAt", json_agg(m.id) AS messages
    FROM messages m JOIN events e ON e.case_id = m.case_id AND e.seq = m.seq
    WHERE m.case_id = ${caseId} AND m.kind = 'complaint' AND m.about IS NOT NULL
    GROUP BY m.seq, m.about, e.occurred_at, e.recorded_at ORDER BY m.seq`;
  if (complaints.length === 0) return [];
  const [appointments, parties, filled] = await Promise.all([
    sql<Known['appointments'][number][]>`
      SELECT post, from_at AS "fromAt", until_at AS "untilAt" FROM stand_ins WHERE person = ${person}`,
    sql<{ partyId: string; role: string; name: string | null }[]>`
      SELECT party_id AS "partyId", role, name FROM person.parties WHERE case_id = ${caseId} AND person = ${person}`,
    sql<{ seq: number; payload: Uint8Array }[]>`
      SELECT seq, payload FROM events WHERE case_id = ${caseId} AND type IN ('case.opened', 'role.assigned') ORDER BY seq`,
  ]);
  const known: Known = {
    appointments,
    parties: parties.flatMap(({ partyId, role, name }) => [partyId, role, ...(name === null ? [] : [name])]),
    filled: filled.flatMap(({ seq, payload }) => assignmentsIn(payload).map((one) => ({ seq, ...one }))),
  };
  return complaints
    .filter((complaint) => names(complaint, person, known))
    .map(({ seq, messages }) => ({ seq, messages }));
}

function names({ seq, about, occurredAt, recordedAt }: Complaint, person: string, known: Known): boolean {
  const role = known.filled.filter((each) => each.role === about && each.seq < seq).at(-1);
  const post = role?.post ?? about;
  const held = known.appointments.some(
    (each) => each.post === post && each.fromAt <= recordedAt && (each.untilAt === null || each.untilAt > occurredAt),
  );
  return about === person || role?.person === person || held || known.parties.includes(about);
}

interface Assigned {
  readonly post?: string;
  readonly person?: string;
}

/** Who fills roles from an event on: all of them at the opening, one later. */
function assignmentsIn(payload: Uint8Array): ({ readonly role: string } & Assigned)[] {
  const { data } = JSON.parse(new TextDecoder().decode(payload)) as {
    data: { assignments?: Record<string, Assigned>; role?: string; assignment?: Assigned };
  };
  const all = data.assignments ?? (data.role === undefined ? {} : { [data.role]: data.assignment ?? {} });
  return Object.entries(all).map(([role, assigned]) => ({ role, ...assigned }));
}
