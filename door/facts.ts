import { archiveFacts } from '../db/queries/book-archives.ts';
import { bookMovements } from '../db/queries/book-closings.ts';
import type { Tx } from '../db/transactions.ts';
import type { Act } from '../engine/act.ts';
import {
  addBank,
  addDraft,
  addFact,
  addMovements,
  addPosted,
  type BankFacts,
  neededArchive,
  neededFacts,
  neededMovements,
  type PostedFacts,
} from '../engine/books/index.ts';
import type { Movement } from '../engine/books/movements.ts';
import { scansOf } from '../engine/decide.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { DocumentFact, DraftFact, EntryFact, Facts } from '../engine/world.ts';
import type { Instant } from '../sdk/time.ts';
import { loadBank } from './bank-statements.ts';
import { type BroughtCode, codeOf, loadDrafts, readCode, type Tries } from './book-vouchers.ts';
import { loadEntries } from './books.ts';
import { loadOffices, type Offices, officeOf } from './office-facts.ts';
import type { Near } from './org.ts';
import { loadPosted } from './posted-facts.ts';
import type { PinnedProgram, Programs } from './programs.ts';
import { loadRegisters, type RegisterFacts, registersAfter, registersFor } from './register-facts.ts';
import { type LoadedRetention, loadRetention, retentionFor } from './retention-facts.ts';

type ClosedItem = NonNullable<Facts['closedItem']>;
type Accountability = NonNullable<Facts['accountability']>;
type Message = NonNullable<Facts['message']>;

interface MessageRow {
  readonly id: string;
  readonly unit: string;
  readonly post: string | null;
  readonly person: string | null;
  readonly emergency: string | null;
  readonly acknowledged: boolean;
}

/** The rows a batch of acts asks about, read under the lock. */
export interface LoadedFacts {
  readonly registers: RegisterFacts;
  readonly bank: BankFacts;
  readonly documents: readonly DocumentFact[];
  readonly entries: readonly EntryFact[];
  readonly movements: readonly Movement[];
  readonly drafts: readonly DraftFact[];
  readonly posted: PostedFacts;
  readonly archives: readonly NonNullable<Facts['archive']>[];
  readonly codes: readonly BroughtCode[];
  readonly closedItems: readonly ClosedItem[];
  readonly accountability: readonly Accountability[];
  readonly messages: readonly Message[];
  readonly samples: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly named: Readonly<Record<string, readonly string[]>>;
  readonly offices: Offices;
  readonly retention: LoadedRetention | undefined;
  /** The versions that acts of migration name, by act; loaded once the case's program is known. */
  readonly versions?: ReadonlyMap<string, PinnedProgram>;
}

const documentActs = ['document.'];

/** Loads what the acts of a batch ask about: few statements, all in one round trip, none where nothing is asked. */
export async function loadFacts(tx: Tx, caseId: string, acts: readonly Act[], dry = false): Promise<LoadedFacts> {
  const documents = new Set(acts.flatMap(documentsOf));
  const targets = (has: (act: Act) => boolean) =>
    JSON.stringify([...new Set(acts.filter(has).flatMap(({ target }) => (target === undefined ? [] : [target])))]);
  const accounts = targets(({ type }) => type.startsWith('accountability.'));
  const messages = JSON.stringify(acts.flatMap((act) => messageMeant(act) ?? []));
  const items = targets(({ type }) => /^(task|milestone|await)\./.test(type));
  const entries = acts.flatMap((act) => neededFacts(act) ?? []);
  const moved = acts.flatMap((act) => neededMovements(act) ?? []);
  const nothing = '[]';
  const handsOver = acts.some(({ type }) => type === 'book.handOver' || type === 'cash.count');
  const witnessed = [...acts.filter(namesWitness).map(({ actor }) => actor.id), ...acts.flatMap(approvedIn)];
  const about = [...new Set(acts.flatMap(namedIn))];
  const samples = acts.flatMap(sampleIn);
  const codes = dry ? [] : acts.map((act) => readCode(tx, caseId, act));
  const [
    documentRows,
    itemRows,
    accountRows,
    messageRows,
    nameRows,
    namedRows,
    drafts,
    brought,
    movements,
    registers,
    bank,
    offices,
    archives,
    sampleRows,
    posted,
    retention,
    ...entryRows
  ] = await Promise.all([
    documents.size === 0
      ? []
      : tx<DocumentFact[]>`SELECT id, kind, sha256 FROM documents
          WHERE case_id = ${caseId} AND id IN (SELECT json_array_elements_text(${JSON.stringify([...documents])}::text::json))`,
    items === nothing
      ? []
      : tx<ClosedItem[]>`SELECT item_id AS id, key, state FROM items
          WHERE case_id = ${caseId} AND state <> 'open' AND item_id IN (SELECT json_array_elements_text(${items}::text::json))`,
    accounts === nothing
      ? []
      : tx<(Accountability & { outcome: string | null; decidedBy: string | null })[]>`
          SELECT id, post, answered_at IS NOT NULL AS answered, outcome, decided_by AS "decidedBy",
            coalesce(appealed_at >= decided_at, false) AS appealed FROM accountability
          WHERE case_id = ${caseId} AND id IN (SELECT json_array_elements_text(${accounts}::text::json))`,
    messages === nothing
      ? []
      : tx<MessageRow[]>`
          SELECT id, m.unit, CASE WHEN m.kind = 'emergency' THEN m.about END AS emergency, coalesce(m.post, o.post) AS post, CASE WHEN o IS NULL THEN m.person ELSE o.person END AS person,
            acknowledged_at IS NOT NULL AS acknowledged
          FROM messages m LEFT JOIN LATERAL owner_of(m.person, m.created_at, clock_timestamp(), (SELECT k.unit FROM cases k WHERE k.case_id = m.case_id)) o
            ON m.post IS NULL AND m.deputy_for IS NULL AND m.person IS NOT NULL
          WHERE case_id = ${caseId} AND id IN (SELECT json_array_elements_text(${messages}::text::json))`,
    witnessed.length === 0
      ? []
      : tx<{ id: string; name: string }[]>`SELECT id, name FROM person.people
          WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(witnessed)}::text::json)
            UNION SELECT paid_by FROM book_payouts WHERE case_id = ${caseId} AND state = 'paid'
            UNION SELECT person FROM book_duties WHERE case_id = ${caseId} AND ${handsOver}::boolean)`,
    about.length === 0 ? [] : inOfficeNamed(tx, about),
    loadDrafts(tx, caseId, entries),
    Promise.all(codes),
    bookMovements(tx, caseId, moved),
    loadRegisters(tx, caseId, acts),
    loadBank(tx, caseId, acts),
    loadOffices(tx, acts),
    archiveFacts(
      tx,
      caseId,
      acts.flatMap((act) => neededArchive(act) ?? []),
    ),
    samples.length === 0
      ? []
      : tx<{ sample: string }[]>`SELECT sample FROM audit_sample_cases WHERE case_id = ${caseId}
          AND sample IN (SELECT json_array_elements_text(${JSON.stringify(samples)}::text::json))`,
    loadPosted(tx, caseId, acts),
    loadRetention(tx, caseId, acts),
    ...entries.map((needed) => loadEntries(tx, caseId, needed)),
  ]);
  return {
    documents: [...documentRows],
    closedItems: [...itemRows],
    accountability: accountRows.map(({ outcome, decidedBy, ...rest }) => ({
      ...rest,
      ...(outcome === null ? {} : { outcome }),
      ...(decidedBy === null ? {} : { decidedBy }),
    })),
    messages: messageRows.map(({ id, unit, post, person, emergency, acknowledged }) => ({
      id,
      unit,
      acknowledged,
      ...(emergency === null ? {} : { emergency }),
      ...(post === null ? {} : { post }),
      ...(person === null ? {} : { person }),
    })),
    samples: sampleRows.map(({ sample }) => sample),
    names: Object.fromEntries(nameRows.map(({ id, name }) => [id, name])),
    named: Object.fromEntries(namedRows.map(({ named, persons }) => [named, persons])),
    entries: unique(entryRows.flat()),
    movements,
    registers,
    bank,
    offices,
    drafts,
    posted,
    retention,
    archives,
    codes: brought.flat(),
  };
}

/** Who in office is meant by a name or an id; how a name is spaced, and full and half width, make no difference. */
function inOfficeNamed(tx: Tx, about: readonly string[]) {
  const plain = (text: ReturnType<Tx>) => tx`lower(regexp_replace(normalize(${text}, NFKC), '\\s', '', 'g'))`;
  return tx<{ named: string; persons: string[] }[]>`
    SELECT a.named, json_agg(p.id ORDER BY p.id) AS persons
    FROM json_array_elements_text(${JSON.stringify(about)}::text::json) AS a (named)
    JOIN person.people p ON p.id = a.named OR ${plain(tx`p.name`)} = ${plain(tx`a.named`)}
    WHERE EXISTS (SELECT FROM stand_ins s WHERE s.person = p.id AND (s.until_at IS NULL OR s.until_at > clock_timestamp()))
      OR EXISTS (SELECT FROM api_keys k WHERE k.person = p.id AND k.revoked_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp()))
    GROUP BY a.named`;
}

/** Whom a complaint or an emergency is about, as its act says. */
function namedIn({ type, data }: Act): string[] {
  if (type !== 'complaint.make' && type !== 'emergency.report') return [];
  const { about } = Object(data) as { about?: unknown };
  return [about]
    .flat()
    .filter((each): each is string => typeof each === 'string' && each.length <= 200)
    .slice(0, 20);
}

/** The sample that an inspection says it is for. */
function sampleIn({ type, data }: Act): string[] {
  const { sample } = Object(type === 'inspection.record' ? data : undefined) as { sample?: unknown };
  return typeof sample === 'string' && sample.length <= 200 ? [sample] : [];
}

/** The versions of the case's program that acts of migration name. */
export async function versionsNamed(
  tx: Tx,
  programs: Pick<Programs, 'version'>,
  id: string,
  acts: readonly Act[],
): Promise<Pick<LoadedFacts, 'versions'>> {
  const found = new Map<string, PinnedProgram>();
  for (const act of acts) {
    const { version, hash } = Object(act.type === 'case.migrate' ? act.data : undefined) as Record<string, unknown>;
    if (typeof version !== 'string') continue;
    const pinned = await programs.version(tx, id, version, typeof hash === 'string' ? hash : undefined);
    if (pinned) found.set(act.id, pinned);
  }
  return found.size > 0 ? { versions: found } : {};
}

/** The units and posts acts name: those asked to take a case, and those a record or a message is about, wherever they are now. */
export function askedAbout(acts: readonly Act[], { accountability, messages }: LoadedFacts): Near {
  const units = acts.filter(({ type }) => type === 'case.offerTransfer' || type === 'case.refer').flatMap(unitNamed);
  const posts = [...[...accountability, ...messages].flatMap(({ post }) => post ?? []), ...acts.flatMap(namedIn)];
  return { units, posts };
}

function unitNamed({ data }: Act): string[] {
  const { unit } = Object(data) as { unit?: unknown };
  return typeof unit === 'string' && unit.length <= 200 ? [unit] : [];
}

/** The message an act acknowledges: the target, or named in its data. */
const messageMeant = ({ type, target, data }: Act): string | undefined =>
  type === 'message.acknowledge' ? (target ?? (data as { message?: string } | undefined)?.message) : undefined;

/** What one act of the batch may look at. */
export function factsFor(facts: LoadedFacts, act: Act, tries: Tries, now: Instant): Facts {
  const of = <T extends { readonly id: string }>(rows: readonly T[]) => rows.find(({ id }) => id === act.target);
  const { book, month } = neededArchive(act) ?? {};
  const archive = facts.archives.find((each) => each.book === book && each.period === month);
  const code = codeOf(facts.codes, act, tries);
  const [closedItem, accountability] = [of(facts.closedItems), of(facts.accountability)];
  const version = facts.versions?.get(act.id);
  const message = facts.messages.find(({ id }) => id === messageMeant(act));
  return {
    documents: facts.documents,
    entries: facts.entries,
    movements: facts.movements,
    drafts: facts.drafts,
    posted: facts.posted,
    bank: facts.bank,
    ...registersFor(facts.registers, act),
    ...(code ? { code } : {}),
    ...(archive ? { archive } : {}),
    ...(version ? { version } : {}),
    samples: facts.samples,
    names: facts.names,
    named: facts.named,
    ...officeOf(facts.offices, act),
    ...retentionFor(facts.retention, act, now),
    ...(closedItem ? { closedItem } : {}),
    ...(accountability ? { accountability } : {}),
    ...(message ? { message } : {}),
  };
}

/** The facts after an event, for the acts that share its transaction. */
export function factsAfter(facts: LoadedFacts, event: CaseEvent): LoadedFacts {
  const closed = closes[event.type];
  const { id, key } = event.data as { id: string; key: string };
  return {
    ...facts,
    entries: addFact(facts.entries, event),
    movements: addMovements(facts.movements, event),
    drafts: addDraft(facts.drafts, event),
    posted: addPosted(facts.posted, event),
    bank: addBank(facts.bank, event),
    registers: registersAfter(facts.registers, event),
    closedItems: closed ? [...facts.closedItems, { id, key, state: closed }] : facts.closedItems,
    accountability: facts.accountability.map((each) => (each.id === id ? accountAfter(each, event) : each)),
    messages:
      event.type === 'message.acknowledged'
        ? facts.messages.map((each) => (each.id === event.data.message ? { ...each, acknowledged: true } : each))
        : facts.messages,
  };
}

const closes: Readonly<Record<string, string>> = {
  'task.completed': 'done',
  'milestone.reached': 'done',
  'await.occurred': 'done',
  'item.skipped': 'skipped',
};

function accountAfter(record: Accountability, event: CaseEvent): Accountability {
  if (event.type === 'accountability.answered') return { ...record, answered: true };
  if (event.type === 'accountability.appealed') return { ...record, appealed: true };
  if (event.type !== 'accountability.decided') return record;
  return { ...record, outcome: event.data.outcome, decidedBy: event.actor.id, appealed: false };
}

/** Whom alone an approval to read of a minor is for. */
function approvedIn({ type, data }: Act): string[] {
  const { person } = Object(type === 'access.approve' ? data : undefined) as { person?: unknown };
  return typeof person === 'string' && person.length <= 200 ? [person] : [];
}

/** Whether an act names a witness, who must be none of those who act. */
function namesWitness({ data }: Act): boolean {
  return typeof (Object(data) as { witness?: unknown }).witness === 'string';
}

/** Documents an act names: its evidence, and for acts about documents also target and data. */
function documentsOf(act: Act): string[] {
  const named = [...(act.evidence ?? []), ...scansOf(act)];
  if (documentActs.some((prefix) => act.type.startsWith(prefix))) {
    const { documents } = Object(act.data) as { documents?: unknown };
    if (act.target !== undefined) named.push(act.target);
    if (Array.isArray(documents)) named.push(...documents.filter((each) => typeof each === 'string'));
  }
  return named;
}

function unique(entries: readonly EntryFact[]): EntryFact[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}
