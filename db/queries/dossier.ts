import type { Sql } from '../client.ts';
import {
  type EffectWithPayload,
  openJsonReadable,
  openPayloads,
  openStates,
  refusalPlace,
  withChildren,
} from '../sealed.ts';
import { createTransactions, type Tx } from '../transactions.ts';

/** Tables of a case that go into its dossier, by folder and name of their file. Secrets of codes and of surprise counts are in none of them. */
const dossierTables = {
  acts: 'acts',
  'models/parties': 'person.parties',
  'models/assignments': 'assignments',
  'models/items': 'items',
  'models/deadlines': 'deadlines',
  'models/rungs': 'rungs',
  'models/messages': 'messages',
  'models/accountability': 'accountability',
  'models/transfers': 'transfers',
  'models/disclosures': 'person.disclosures',
  'models/keepers': 'book_keepers',
  'models/effects': 'effects',
  'books/books': 'books',
  'books/book_channels': 'book_channels',
  'books/book_duties': 'book_duties',
  'books/cash_entries': 'cash_entries',
  'books/cash_lines': 'cash_lines',
  'books/vouchers': 'vouchers',
  'books/voucher_lines': 'voucher_lines',
  'books/voucher_drafts': 'voucher_drafts',
  'books/book_payouts': 'book_payouts',
  'books/book_reconciliations': 'book_reconciliations',
  'books/book_discrepancies': 'book_discrepancies',
  'books/book_matches': 'book_matches',
  'books/book_match_entries': 'book_match_entries',
  'books/book_counts': 'book_counts',
  'books/book_count_channels': 'book_count_channels',
  'books/book_days': 'book_days',
  'books/book_day_channels': 'book_day_channels',
  'books/book_months': 'book_months',
  'books/book_month_channels': 'book_month_channels',
  'books/book_month_accounts': 'book_month_accounts',
  'books/book_archives': 'book_archives',
  'books/book_gifts': 'book_gifts',
  'books/book_gift_thanks': 'book_gift_thanks',
  'books/book_advances': 'book_advances',
  'books/book_names': 'person.book_names',
  'books/bank_statements': 'bank_statements',
  'books/bank_lines': 'bank_lines',
  'books/bank_line_names': 'person.bank_line_names',
  'books/bank_matches': 'bank_matches',
  'books/bank_match_members': 'bank_match_members',
} as const;

/** The name of such a file, without its ending. */
export type DossierTable = keyof typeof dossierTables;

/** Columns that follow from the outside world, or hold an answer that was given and nothing of the record. */
const leftOut: Readonly<Partial<Record<DossierTable, readonly string[]>>> = {
  acts: ['case_id', 'after'],
  'models/effects': ['created_at', 'lease_until', 'tries', 'next_try', 'done_at', 'answer'],
};

/** The order of rows: by these columns, as far as a table has them, then by the whole row. */
const ORDER = ['seq', 'opened_at', 'since', 'recorded_at', 'no', 'line', 'n'];

/** A table as read: the names of its columns in their order, and its rows. */
export interface ReadTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A document as its row says, without its bytes. */
export interface DossierDocument {
  readonly id: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly media_type: string;
  readonly kind: string;
  readonly uploaded_by: string;
  readonly uploaded_at: string;
}

/** A case at one instant: all but its events and the bytes of its documents, which never change and are read after. */
export interface DossierCase {
  readonly installation: string;
  readonly seq: number;
  readonly head: string;
  readonly lastAt: string;
  readonly caseNo: string;
  readonly state: unknown;
  readonly stateVersion: number;
  readonly tables: Readonly<Record<DossierTable, ReadTable>>;
  readonly documents: readonly DossierDocument[];
}

/** Reads a case as it stands at one instant; undefined when there is none. */
export async function dossierCase(sql: Sql, caseId: string): Promise<DossierCase | undefined> {
  return atOneInstant(sql, async (tx) => {
    const names = Object.keys(dossierTables) as DossierTable[];
    const [cases, documents, ...tables] = await Promise.all([
      tx<Omit<DossierCase, 'tables' | 'documents' | 'stateVersion'>[]>`
        SELECT (SELECT id FROM installation) AS installation, seq, head, last_at AS "lastAt", case_no AS "caseNo", state
          FROM cases WHERE case_id = ${caseId}`,
      tx<DossierDocument[]>`
        SELECT id, sha256, size_bytes, media_type, kind, uploaded_by, uploaded_at FROM documents
        WHERE case_id = ${caseId} ORDER BY uploaded_at, id`,
      ...names.map((name) => tx`SELECT * FROM ${tx.unsafe(dossierTables[name])} WHERE case_id = ${caseId}`),
    ]);
    const [row] = await openStates(
      tx,
      cases.map((each) => ({ ...each, caseId })),
    );
    if (!row) return undefined;
    const read = await Promise.all(
      names.map(async (name, n) => [name, tableOf(name, await openedRows(tx, name, tables[n] as unknown as Rows))]),
    );
    const { v: stateVersion } = row.state as { readonly v: number };
    return {
      ...row,
      stateVersion,
      documents: [...documents],
      tables: Object.fromEntries(read) as DossierCase['tables'],
    };
  });
}

/** Reads in a transaction of its own, on a connection of its own, that sees one instant. */
async function atOneInstant<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 60_000 });
  try {
    return await transactions.run(async (tx) => {
      await tx.unsafe('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      return work(tx);
    });
  } finally {
    await transactions.end();
  }
}

/**
 * Rows with what is sealed in them opened. What cannot be read stands there as `{unread: why}`: whoever checks the dossier says so, and
 * the rest of it is there. Throws `Unreadable` while no key can be had.
 */
async function openedRows(tx: Tx, name: DossierTable, rows: Rows): Promise<Rows> {
  const keep = (opened: readonly object[]) => Object.assign([...opened], { columns: rows.columns }) as Rows;
  if (name === 'models/effects') {
    const effects = rows as unknown as readonly (Rows[number] & EffectWithPayload)[];
    return keep(await withChildren(effects, (values) => openJsonReadable(tx, values)));
  }
  if (name !== 'acts') return rows;
  const values = rows.map((row) => ({ place: refusalPlace(String(row['act_id'])), stored: row['refusal'] }));
  const refusals = await openJsonReadable(tx, values);
  return keep(rows.map((row, n) => ({ ...row, refusal: refusals[n] })));
}

type Rows = readonly Readonly<Record<string, unknown>>[] & { readonly columns: readonly { readonly name: string }[] };

function tableOf(name: DossierTable, rows: Rows): ReadTable {
  const columns = rows.columns.map((column) => column.name).filter((column) => !leftOut[name]?.includes(column));
  const by = ORDER.flatMap((column) => (columns.includes(column) ? [columns.indexOf(column)] : []));
  const read = rows.map((row) => columns.map((column) => row[column] ?? null));
  return { columns, rows: read.sort((a, b) => compareBy(by, a, b)) };
}

function compareBy(by: readonly number[], a: readonly unknown[], b: readonly unknown[]): number {
  for (const n of by) {
    const [x, y] = [a[n], b[n]];
    if (typeof x === 'number' && typeof y === 'number' && x !== y) return x - y;
    if (typeof x === 'string' && typeof y === 'string' && x !== y) return x < y ? -1 : 1;
  }
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/**
 * Whether somebody ever had to do with a case otherwise than by auditing it: acted in it, is one of its parties, or was given
 * a role of it or holds or held a post that has one.
 */
export async function hasToDoWith(sql: Sql, caseId: string, person: string): Promise<boolean> {
  const rows = await sql`
    SELECT WHERE EXISTS (SELECT FROM events WHERE case_id = ${caseId} AND actor_kind <> 'system' AND actor_id = ${person})
      OR EXISTS (SELECT FROM person.parties p WHERE p.case_id = ${caseId} AND p.person = ${person})
      OR EXISTS (SELECT FROM assignments a WHERE a.case_id = ${caseId} AND (a.person = ${person}
        OR a.post IN (SELECT post FROM stand_ins WHERE person = ${person})))`;
  return rows.length > 0;
}

/** An event as its bytes are kept, its payload opened. */
export interface DossierEvent {
  readonly seq: number;
  readonly hash: string;
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/** Events of a case after a seq and up to another, in order: at most `limit`. */
export async function dossierEvents(sql: Sql, caseId: string, after: number, upTo: number, limit: number) {
  const rows = await sql<DossierEvent[]>`
    SELECT seq, hash, header, payload FROM events
    WHERE case_id = ${caseId} AND seq > ${after} AND seq <= ${upTo} ORDER BY seq LIMIT ${limit}`;
  return openPayloads(sql, rows, caseId);
}

/** Who held which of these posts when, who stood in, what the posts, their units and these people are called, and the events of the organisation that name posts and units: all at one instant. */
export async function dossierOrganisation(sql: Sql, ids: ReadonlySet<string>) {
  return atOneInstant(sql, async (tx) => {
    const named = JSON.stringify([...ids]);
    const posts = tx`SELECT id FROM posts WHERE id IN (SELECT json_array_elements_text(${named}::text::json))`;
    const units = tx`SELECT id FROM units WHERE id IN (SELECT json_array_elements_text(${named}::text::json))
      UNION SELECT unit FROM posts WHERE id IN (${posts})`;
    const tenures = (table: 'appointments' | 'substitutions') =>
      tx`SELECT post, person, from_at, until_at FROM ${tx(table)} WHERE post IN (${posts}) ORDER BY post, from_at, person`;
    const [unitRows, postRows, appointments, substitutions, people, events] = await Promise.all([
      tx`SELECT id, level, name_zh, name_en, above FROM units WHERE id IN (${units}) ORDER BY id`,
      tx`SELECT id, kind, unit, name_zh, name_en FROM posts WHERE id IN (${posts}) ORDER BY id`,
      tenures('appointments'),
      tenures('substitutions'),
      tx`SELECT id, name FROM person.people WHERE id IN (SELECT json_array_elements_text(${named}::text::json))
        OR id IN (SELECT person FROM appointments WHERE post IN (${posts}) UNION SELECT person FROM substitutions WHERE post IN (${posts}))
        ORDER BY id`,
      tx<DossierEvent[]>`
        SELECT seq, hash, header, payload FROM org_events WHERE org_subjects(payload) && ARRAY(
          SELECT left(encode(convert_to(id, 'UTF8'), 'escape'), 2000) FROM (${posts} UNION (${units})) AS i (id)) ORDER BY seq`,
    ]);
    const table = (rows: unknown): ReadTable => {
      const read = rows as Rows;
      const columns = read.columns.map(({ name }) => name);
      return { columns, rows: read.map((row) => columns.map((column) => row[column] ?? null)) };
    };
    return {
      tables: {
        'organisation/units': table(unitRows),
        'organisation/posts': table(postRows),
        'organisation/people': table(people),
        'organisation/appointments': table(appointments),
        'organisation/substitutions': table(substitutions),
      },
      events: [...events],
    };
  });
}
