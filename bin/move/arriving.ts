import { HEAD_PROOF, MANIFEST, type Manifest } from '../../api/dossier/manifest.ts';
import { textsIn } from '../../api/dossier/redact.ts';
import { rowsOf, type Table } from '../../api/dossier/table.ts';
import type { ArrivingCase } from '../../door/arrival.ts';
import type { Header } from '../../door/chain.ts';
import type { HeadProof } from '../../door/log/proofs.ts';
import type { NoteVerifier } from '../../engine/record/note.ts';
import { Archive } from '../dossier/archive.ts';
import { type Verdict, verifyDossier } from '../dossier/verify.ts';

/** What a file holds: a case that can be taken, or why it is not taken. `verdict` is what verifying it found. */
export type OpenedFile =
  | { readonly arriving: ArrivingCase; readonly verdict: Verdict; readonly proved: boolean; close(): void }
  | { readonly refused: string; readonly verdict: Verdict };

/**
 * Reads a case from its dossier once all of the dossier holds (docs/dossier.md). `proved` says whether the key, known from
 * elsewhere, has signed where the chain ended: without it the whole file may have been written anew. Close it when done.
 */
export async function openFile(path: string, key: NoteVerifier | undefined): Promise<OpenedFile> {
  const verdict = await verifyDossier(path, key ? { key } : {});
  if (!verdict.holds) {
    const found = verdict.findings.slice(0, 5).map(({ rule, where, what }) => `${rule}: ${where}: ${what[1]}`);
    return { verdict, refused: `it does not hold: ${found.join('; ')}` };
  }
  if (verdict.redacted) return { verdict, refused: 'it is a redacted dossier: what was left out of it cannot go on' };
  const archive = new Archive(path);
  try {
    const arriving = readCase(archive);
    const proof = jsonIn(archive, HEAD_PROOF) as HeadProof | undefined;
    const proved = key !== undefined && proof?.seq === verdict.seq;
    return { arriving, verdict, proved, close: () => archive.close() };
  } catch (error) {
    archive.close();
    throw error;
  }
}

function readCase(archive: Archive): ArrivingCase {
  const manifest = jsonIn(archive, MANIFEST) as Manifest;
  const table = (name: string) => rowsOf(jsonIn(archive, `${name}.json`) as Table | undefined);
  const events = archive.entries
    .filter(({ path }) => path.startsWith('events/'))
    .flatMap(({ path }) => textIn(archive, path).split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as ArrivingCase['events'][number]);
  const programs = archive.entries.flatMap(({ path }): [string, Uint8Array][] => {
    const hash = /^program\/([0-9a-f]{64})\.json$/.exec(path)?.[1];
    return hash === undefined ? [] : [[hash, archive.read(path)!]];
  });
  const duties = table('books/book_duties') as unknown as ArrivingCase['duties'];
  const named = new Set<unknown>(duties.map(({ person }) => person));
  for (const { header, payload } of events)
    for (const text of textsIn([JSON.parse(header), JSON.parse(payload)])) named.add(text);
  const documents = table('documents');
  for (const { uploaded_by } of documents) named.add(uploaded_by);
  const idsOf = (name: string, acted: readonly string[] = []) =>
    new Set([...table(`organisation/${name}`).flatMap(({ id }) => (named.has(id) ? [String(id)] : [])), ...acted]);
  // who acted, and under which post, is hashed: it counts also where the sender has left it out of the organisation's rows
  const actors = events.map(({ header }) => (JSON.parse(header) as Pick<Header, 'actor'>).actor);
  const people = actors.flatMap(({ kind, id }) => (kind === 'person' ? [id] : []));
  const posts = actors.flatMap(({ post }) => post ?? []);
  return {
    caseId: manifest.case,
    installation: manifest.installation,
    events: events.map(({ header, hash, payload }) => ({ header, hash, payload })),
    programs: new Map(programs),
    acts: table('acts') as unknown as ArrivingCase['acts'],
    documents: documents.map((row) => ({
      ...(row as unknown as Omit<ArrivingCase['documents'][number], 'bytes'>),
      bytes: () => archive.read(String(row['path']))!,
    })),
    duties,
    ids: { posts: idsOf('posts', posts), people: idsOf('people', people), units: idsOf('units') },
    names: new Map(table('organisation/people').map(({ id, name }) => [String(id), String(name)])),
    state: jsonIn(archive, 'state.json'),
  };
}

const textIn = (archive: Archive, path: string): string => archive.read(path)?.toString('utf8') ?? '';

function jsonIn(archive: Archive, path: string): unknown {
  const bytes = archive.read(path);
  return bytes && JSON.parse(bytes.toString('utf8'));
}
