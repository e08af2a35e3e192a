import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../../db/client.ts';
import { programContent } from '../../db/queries/cases.ts';
import { certificateOf } from '../../db/queries/destroyed.ts';
import { documentOf } from '../../db/queries/documents.ts';
import {
  type DossierCase,
  type DossierEvent,
  dossierCase,
  dossierEvents,
  dossierOrganisation,
} from '../../db/queries/dossier.ts';
import type { Header } from '../../door/chain.ts';
import { objectIn } from '../../door/json-bytes.ts';
import { ORGANISATION } from '../../door/log/append.ts';
import { proveEvent, proveHead } from '../../door/log/proofs.ts';
import type { WitnessedRun } from '../../door/verify-histories.ts';
import { parseCheckpoint } from '../../engine/record/checkpoint.ts';
import { parseNote } from '../../engine/record/note.ts';
import type { State } from '../../engine/state.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { Program } from '../../sdk/program.ts';
import { extensionOf } from '../media-type.ts';
import type { DossierFile } from './archive.ts';
import { codeId } from './code.ts';
import type { About, Facts, ShownEvent } from './facts.ts';
import { htmlOf } from './html.ts';
import { inForceOf } from './in-force.ts';
import {
  HEAD_PROOF,
  ORGANISATION_EVENTS,
  ORGANISATION_PROOF,
  type OrganisationProof,
  PDF,
  README,
  TIMELINE,
  withManifest,
} from './manifest.ts';
import { PDF_EVENTS, pdfOf } from './pdf.ts';
import { readmeOf } from './readme.ts';
import { type Redactor, redactorOf, textsIn } from './redact.ts';
import { type Table, tableFiles } from './table.ts';

/** Where a dossier is read from. */
export interface DossierSource {
  readonly sql: Sql;
  /** The histories of a case's workflow that can still be read. Rejects where the server of workflows cannot be reached. */
  readonly histories?: ((caseId: string) => Promise<readonly WitnessedRun[]>) | undefined;
}

/** Tables that hold little beside what people are called and what was written about them: a redacted dossier has none of them. */
const WORDS_ONLY = new Set(['books/book_names', 'books/bank_line_names', 'books/bank_lines', 'models/messages']);

const PAGE = 500;
/** A file of events holds at most so many, and ends early when it is this large. */
const EVENTS_A_FILE = 1_000;
const EVENT_FILE_BYTES = 4 * 1024 * 1024;

/** A dossier that can be written: how far it goes, and its files one by one. */
export interface Dossier {
  readonly about: About;
  readonly documentBytes: number;
  readonly files: AsyncGenerator<DossierFile>;
}

/**
 * Prepares the dossier of a case as it stands now; undefined when there is none. Of a case whose contents are destroyed it is what
 * remains: headers, hashes, the certificate, who held which post, proofs. Its files are made as they are taken, one
 * document or one stretch of events in memory at a time; the last is the manifest.
 */
export async function dossierOf(
  source: DossierSource,
  caseId: string,
  { redacted = false }: { readonly redacted?: boolean } = {},
): Promise<Dossier | undefined> {
  // nobody can read the histories of a destroyed case; others are read before the record, so that none is ahead of it
  const destroyed = (await certificateOf(source.sql, caseId)) !== undefined;
  const runs = destroyed ? [] : await inTime(source.histories?.(caseId));
  const record = await dossierCase(source.sql, caseId);
  if (!record) return undefined;
  const { installation, seq, head, lastAt: recordedAt, stateVersion } = record;
  const about: About = { installation, case: caseId, redacted, seq, head, recordedAt };
  const histories = runs?.length ?? null;
  const listed = withManifest(filesOf(source.sql, record, about, runs ?? []), () => ({
    ...about,
    ...{ code: codeId(), stateVersion, histories },
  }));
  const files = withProofs(listed, source.sql, about);
  const documentBytes = destroyed ? 0 : record.documents.reduce((sum, each) => sum + each.size_bytes, 0);
  return { about, documentBytes, files };
}

/** A dossier's files, and after them what proves its chain and the organisation's events under the newest checkpoint, where there is one. */
async function* withProofs(files: AsyncIterable<DossierFile>, sql: Sql, about: About): AsyncGenerator<DossierFile> {
  let organisation: readonly number[] = [];
  for await (const file of files) {
    if (file.path === ORGANISATION_EVENTS) organisation = seqsIn(file.bytes);
    yield file;
  }
  const proof = await proveHead(sql, about.case).catch(() => undefined);
  // a checkpoint may already know events that were recorded since
  if (!proof || proof.seq > about.seq) return;
  yield { path: HEAD_PROOF, bytes: Buffer.from(canonicalOf(proof)) };
  if (about.redacted) return;
  const { size } = parseCheckpoint(parseNote(proof.checkpoint).text);
  const events: OrganisationProof['events'][number][] = [];
  for (const seq of organisation) {
    const proved = await proveEvent(sql, ORGANISATION, seq, size);
    if (proved) events.push({ seq, position: proved.position, path: proved.path });
  }
  yield { path: ORGANISATION_PROOF, bytes: Buffer.from(canonicalOf({ events } satisfies OrganisationProof)) };
}

const seqsIn = (lines: Uint8Array): number[] =>
  Buffer.from(lines)
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { seq: number }).seq);

/** What comes within ten seconds; undefined where it does not, or fails. */
async function inTime<T>(coming: Promise<T> | undefined): Promise<T | undefined> {
  const late = new AbortController();
  const tired = sleep(10_000, undefined, { signal: late.signal, ref: false }).catch(() => undefined);
  try {
    return await Promise.race([coming, tired]);
  } catch {
    return undefined;
  } finally {
    late.abort();
  }
}

async function* filesOf(
  sql: Sql,
  record: DossierCase,
  about: About,
  runs: readonly WitnessedRun[],
): AsyncGenerator<DossierFile> {
  const { ids, actors, programs, secret } = await lookThrough(sql, about);
  for (const id of textsIn([record.state, Object.values(record.tables)])) if (isId(id)) ids.add(id);
  for (const { uploaded_by } of record.documents) ids.add(uploaded_by);
  const organisation = await dossierOrganisation(sql, ids);
  const literals = new Map<string, Uint8Array>();
  for (const hash of programs) {
    const content = await programContent(sql, hash);
    if (content) literals.set(hash, content);
  }
  const pinned = literals.get((record.state as State).program.hash);
  const program = pinned && (JSON.parse(Buffer.from(pinned).toString('utf8')) as Program);
  const plain = new Map<string, Table>([
    ...Object.entries(record.tables).filter(([name]) => !(about.redacted && WORDS_ONLY.has(name))),
    ...Object.entries(organisation.tables),
    ['documents', documentTable(record, about.redacted)],
  ]);
  const redactor = about.redacted
    ? redactorOf(secret, new Set([...knownIn(record, plain, program), ...actors]))
    : undefined;
  const stateText = canonicalOf(redactor ? redactor.value(record.state) : record.state);
  // pages are written from what stands in the files, in the order of the files
  const state = JSON.parse(stateText) as State;
  const tables = new Map([...plain].map(([name, table]) => [name, redactor ? redactor.table(table) : table]));

  const inForce = inForceOf(tables);
  for await (const file of eventFiles(sql, about, redactor, (event) => inForce.add(event))) yield file;
  for (const [hash, bytes] of literals) yield { path: `program/${hash}.json`, bytes };
  yield { path: 'state.json', bytes: Buffer.from(stateText) };
  for (const [name, table] of tables) yield* tableFiles(name, table);
  yield* tableFiles('organisation/in_force', inForce.table());
  if (!about.redacted) yield { path: ORGANISATION_EVENTS, bytes: linesOf(organisation.events) };
  yield* historyFiles(runs, about.redacted);
  if (!about.redacted) yield* documentFiles(sql, about.case, tables.get('documents')!);
  const facts: Facts = { about, program, state, tables };
  const latest: ShownEvent[] = [];
  const events = keepingLatest(shownEvents(sql, about, redactor), latest, PDF_EVENTS);
  yield { path: TIMELINE, bytes: await htmlOf(facts, events) };
  yield { path: PDF, bytes: await pdfOf(facts, latest) };
  yield { path: README, bytes: readmeOf(about, state.caseNo) };
}

/** The canonical text of a value; what is undefined in it is left out. */
const canonicalOf = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify(value)));

/** A first look through all events: ids of the organisation they may name, the programs their headers name, the first one's salt. */
async function lookThrough(sql: Sql, about: About) {
  const ids = new Set<string>();
  const actors = new Set<string>();
  const programs = new Set<string>();
  let secret = '';
  for await (const page of pages(sql, about)) {
    for (const { seq, header, payload } of page) {
      const { program, actor } = said<Header>(header);
      const { data, salt } = said<{ data: unknown; salt: string }>(payload);
      if (typeof program === 'string') programs.add(program);
      // headers name them anyway, also those of an installation the case was in before
      for (const id of [actor?.id, actor?.post]) if (typeof id === 'string') actors.add(id);
      if (seq === 1) secret = String(salt);
      for (const id of textsIn([data, actor])) if (isId(id)) ids.add(id);
    }
  }
  return { ids, actors, programs, secret };
}

const isId = (text: string): boolean => /^(?![0-9a-f]{64}$|\d{4}-\d\d-\d\d)[\p{L}\p{N}_.:/@-]{1,100}$/u.test(text);

async function* pages(sql: Sql, { case: caseId, seq }: About): AsyncGenerator<readonly DossierEvent[]> {
  for (let after = 0; after < seq; ) {
    const page = await dossierEvents(sql, caseId, after, seq, PAGE);
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last.seq;
  }
}

/** What bytes say as JSON; nothing where somebody has edited them: the verifier finds that. */
const said = <T extends object>(bytes: Uint8Array): Partial<T> => objectIn<T>(bytes) ?? {};

function shown({ seq, hash, header, payload }: DossierEvent, redactor: Redactor | undefined): ShownEvent {
  const { type = '', occurredAt = '', recordedAt = '', actor } = said<Header>(header);
  const { data = {} } = said<{ data: object }>(payload);
  const seen = redactor ? (JSON.parse(canonicalOf(redactor.value(data))) as object) : data;
  return { seq, type, occurredAt, recordedAt, hash, data: seen, actor: actor ?? { kind: '', id: '', post: null } };
}

async function* shownEvents(sql: Sql, about: About, redactor: Redactor | undefined) {
  for await (const page of pages(sql, about)) for (const event of page) yield shown(event, redactor);
}

/** Passes events on; the last `most` of them are in `latest` once all have passed. */
async function* keepingLatest(events: AsyncIterable<ShownEvent>, latest: ShownEvent[], most: number) {
  for await (const event of events) {
    latest.push(event);
    if (latest.length > most) latest.shift();
    yield event;
  }
}

/** The chain in files of whole lines, and each event to whoever looks at it on the way. */
async function* eventFiles(
  sql: Sql,
  about: About,
  redactor: Redactor | undefined,
  look: (event: ShownEvent) => void,
): AsyncGenerator<DossierFile> {
  let lines: string[] = [];
  let [bytes, n] = [0, 0];
  const close = (): DossierFile => {
    n += 1;
    const file = { path: `events/${String(n).padStart(6, '0')}.jsonl`, bytes: Buffer.from(lines.join('')) };
    [lines, bytes] = [[], 0];
    return file;
  };
  for await (const page of pages(sql, about)) {
    for (const event of page) {
      const seen = shown(event, redactor);
      look(seen);
      const line = lineOf(event, redactor ? { shown: seen.data } : undefined);
      lines.push(line);
      bytes += Buffer.byteLength(line);
      if (lines.length >= EVENTS_A_FILE || bytes >= EVENT_FILE_BYTES) yield close();
    }
  }
  if (lines.length > 0) yield close();
}

/** An event's line: its exact bytes as texts; of a redacted one what may be shown stands instead of the payload. */
function lineOf({ seq, hash, header, payload }: DossierEvent, instead?: { readonly shown: object }): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
  const own = instead ? { payload: null, ...instead } : { payload: text(payload) };
  return `${canonicalOf({ seq, hash, header: text(header), ...own })}\n`;
}

const linesOf = (events: readonly DossierEvent[]): Buffer => Buffer.from(events.map((event) => lineOf(event)).join(''));

function* historyFiles(runs: readonly WitnessedRun[], redacted: boolean): Generator<DossierFile> {
  const order = [...runs].sort((a, b) => a.start.seq - b.start.seq || (a.runId < b.runId ? -1 : 1));
  for (const [n, run] of order.entries()) {
    const events = run.events.map(({ payload, ...rest }) => (redacted || !payload ? rest : { ...rest, payload }));
    const text = canonicalOf({ ...run, events });
    yield { path: `histories/${String(n + 1).padStart(4, '0')}.json`, bytes: Buffer.from(text) };
  }
}

const DOCUMENT_COLUMNS = [
  'id',
  'path',
  'sha256',
  'size_bytes',
  'media_type',
  'kind',
  'uploaded_by',
  'uploaded_at',
] as const;

function documentTable({ documents, state }: DossierCase, redacted: boolean): Table {
  const gone = redacted || (state as State).destroyed !== undefined;
  const rows = documents.map((document, n) => {
    const path = gone ? null : `documents/${String(n + 1).padStart(4, '0')}.${extensionOf(document.media_type)}`;
    return DOCUMENT_COLUMNS.map((name) => (name === 'path' ? path : document[name]));
  });
  return { columns: DOCUMENT_COLUMNS, rows };
}

/** The documents one by one; those of a destroyed case have no path. */
async function* documentFiles(sql: Sql, caseId: string, { rows }: Table): AsyncGenerator<DossierFile> {
  for (const [id, path] of rows as readonly (readonly [string, string | null])[]) {
    const document = path === null ? undefined : await documentOf(sql, caseId, id);
    if (document && path !== null) yield { path, bytes: document.bytes };
  }
}

/** Texts that tell of nobody: the program's own, those of posts and units, and ids. */
function knownIn(
  { caseNo, state }: DossierCase,
  tables: ReadonlyMap<string, Table>,
  program: Program | undefined,
): ReadonlySet<string> {
  const known = textsIn(program ?? {});
  for (const text of [caseNo, 'done late', 'done in time, recorded late', 'never done']) known.add(text);
  const { caseId, calendar, program: pin } = state as State;
  for (const text of [caseId, calendar, pin.id, pin.version]) known.add(text);
  for (const [name, { columns, rows }] of tables) {
    const harmless = columns.map(
      (column) => ID_COLUMNS.test(column) || (name.startsWith('organisation/') && NAME_COLUMNS.test(column)),
    );
    for (const row of rows)
      row.forEach((value, n) => {
        if (harmless[n] && typeof value === 'string') known.add(value);
      });
  }
  return known;
}

const NAME_COLUMNS = /^(name_zh|name_en|level|kind)$/;
/** Columns of ids that Linli itself gives, and of persons, posts and units, which headers name anyway. */
const ID_COLUMNS =
  /^(id|case_id|act_id|item_id|deadline_id|party_id|person|post|unit|from_unit|to_unit|above|role|book|stage|key|entry|voucher|gift|match|statement|count|reverses|payout|draft|recorded_by|reviewed_by|made_by|matched_by|compared_by|requested_by|asked_by|decided_by|paid_by|confirmed_by|explained_by|uploaded_by|acknowledged_by|offered_by|answered_by|child_case|account|advance|discrepancy)$/;
