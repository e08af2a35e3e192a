import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DossierFile, zipOf } from '../../api/dossier/archive.ts';
import { HEAD_PROOF, ORGANISATION_EVENTS } from '../../api/dossier/manifest.ts';
import { type Table, tableCsv, tableJson } from '../../api/dossier/table.ts';
import { Archive } from '../../bin/dossier/archive.ts';
import { checkChain } from '../../bin/dossier/chain.ts';
import { Contents } from '../../bin/dossier/contents.ts';
import { Findings } from '../../bin/dossier/findings.ts';
import { checkManifest } from '../../bin/dossier/manifest.ts';
import { pagesOf } from '../../bin/dossier/pages.ts';
import { sha256 } from '../../door/chain.ts';
import type { HeadProof } from '../../door/log/proofs.ts';
import { actTypes, ownEvents } from '../../engine/own-events.ts';
import { parseCheckpoint } from '../../engine/record/checkpoint.ts';
import { headLeaf } from '../../engine/record/heads.ts';
import { rootFromInclusion } from '../../engine/record/merkle.ts';
import { parseNote } from '../../engine/record/note.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import { randomFrom } from '../faults/random.ts';
import { planted, signedByHouse } from './story.ts';

/** A dossier taken apart: its bytes, and its files in their order. */
export interface Parts {
  readonly bytes: Buffer;
  readonly files: readonly DossierFile[];
  readonly redacted: boolean;
}

/** A dossier that somebody has changed. */
export interface Mutant {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Whether the chain tells of it; `engine`: only who has the engine that made the dossier, and the other says that it has not looked. */
  readonly found: 'both' | 'engine';
}

/** Takes an archive apart. */
export function partsOf(path: string, bytes: Buffer): Parts {
  const archive = new Archive(path);
  try {
    const files = archive.entries.map((entry) => ({ path: entry.path, bytes: archive.read(entry.path)! }));
    return { bytes, files, redacted: manifestOf(files)['redacted'] === true };
  } finally {
    archive.close();
  }
}

/** Numbers from a seed, the same every time. */
export function drawer(seed: number) {
  const { between, pick } = randomFrom(seed);
  return { below: (n: number): number => between(0, n - 1), pick };
}
type Draw = ReturnType<typeof drawer>;

interface Line {
  seq: number;
  hash: string;
  header: string;
  payload: string | null;
  shown?: unknown;
}

/** What the manifest among files says. */
export function manifestOf(files: readonly DossierFile[]): Record<string, unknown> {
  const text = files.find(({ path }) => path === 'manifest.json')!.bytes;
  return JSON.parse(Buffer.from(text).toString('utf8')) as Record<string, unknown>;
}

/** The archive of files, made like a dossier's; `manifest`: what it says besides, with all hashes made good again. */
export async function packed(files: readonly DossierFile[], manifest?: Record<string, unknown>): Promise<Buffer> {
  const proofs = files.filter(({ path }) => path.startsWith('proofs/'));
  const rest = files.filter(({ path }) => path !== 'manifest.json' && !path.startsWith('proofs/'));
  const all = manifest === undefined ? files : [...rest, remade(rest, manifest), ...proofs];
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipOf(all)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function remade(files: readonly DossierFile[], manifest: Record<string, unknown>): DossierFile {
  const listed = files.map(({ path, bytes }) => ({ path, bytes: bytes.length, sha256: sha256(bytes) }));
  return { path: 'manifest.json', bytes: Buffer.from(canonicalJson({ ...manifest, files: listed })) };
}

/** The lines of the chain. */
export function linesOf({ files }: Parts): Line[] {
  return files
    .filter(({ path }) => path.startsWith('events/'))
    .flatMap(({ bytes }) => Buffer.from(bytes).toString('utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Line);
}

/** The files with another chain, in one file. */
export function withLines(files: readonly DossierFile[], lines: readonly Line[]): DossierFile[] {
  const bytes = Buffer.from(lines.map((line) => `${canonicalJson(line)}\n`).join(''));
  return files.flatMap((file) => {
    if (!file.path.startsWith('events/')) return [file];
    return file.path === 'events/000001.jsonl' ? [{ path: file.path, bytes }] : [];
  });
}

/** Hashes and links of a chain made good again from its `from`-th line on, numbers included: nothing in it tells. */
export function rechained(lines: readonly Line[], from = 0): Line[] {
  let prev = from === 0 ? '0'.repeat(64) : lines[from - 1]!.hash;
  return lines.map((line, n) => {
    if (n < from) return line;
    const said = JSON.parse(line.header) as Record<string, unknown>;
    const commitment = line.payload === null ? said['commitment'] : sha256(line.payload);
    const header = canonicalJson({ ...said, seq: n + 1, prev, commitment });
    prev = sha256(header);
    return { ...line, seq: n + 1, header, hash: prev };
  });
}

/** What a manifest says of a chain. */
export function endOf(lines: readonly Line[]): Record<string, unknown> {
  const last = lines.at(-1)!;
  const { recordedAt } = JSON.parse(last.header) as { recordedAt: string };
  return { seq: last.seq, head: last.hash, recordedAt };
}

function replaced(files: readonly DossierFile[], path: string, bytes: Uint8Array): DossierFile[] {
  return files.map((file) => (file.path === path ? { path, bytes } : file));
}

function bytesAt(files: readonly DossierFile[], path: string): Buffer {
  return Buffer.from(files.find((file) => file.path === path)!.bytes);
}

function tableAt(files: readonly DossierFile[], name: string): { columns: string[]; rows: unknown[][] } {
  return JSON.parse(bytesAt(files, `${name}.json`).toString('utf8')) as { columns: string[]; rows: unknown[][] };
}

/** A table put back, its CSV made to agree. */
function withTable(files: readonly DossierFile[], name: string, table: Table): DossierFile[] {
  const json = replaced(files, `${name}.json`, Buffer.from(tableJson(table)));
  return replaced(json, `${name}.csv`, Buffer.from(tableCsv(table)));
}

/** Another value of the same kind. */
function other(value: unknown, draw: Draw): unknown {
  if (typeof value === 'number') return value + 1 + draw.below(100);
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string' || value === '') return 'x';
  const at = draw.below(value.length);
  const sign = value[at] === '7' ? '3' : '7';
  return value.slice(0, at) + sign + value.slice(at + 1);
}

/** A value with one of its leaves changed. */
function changed(value: unknown, draw: Draw): unknown {
  if (Array.isArray(value) && value.length > 0) {
    const n = draw.below(value.length);
    return value.map((each, i) => (i === n ? changed(each, draw) : each));
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const name = draw.pick(Object.keys(value).sort());
    return { ...value, [name]: changed((value as Record<string, unknown>)[name], draw) };
  }
  return other(value, draw);
}

type Forge = (parts: Parts, draw: Draw) => Promise<Buffer> | Buffer;

/** Changes of the archive's own bytes, by who cannot repair it. */
const raw: Readonly<Record<string, Forge>> = {
  'a bit turned': ({ bytes }, draw) => {
    const made = Buffer.from(bytes);
    const at = draw.below(made.length);
    made[at]! ^= 1 << draw.below(8);
    return made;
  },
  'the tail cut': ({ bytes }, draw) => bytes.subarray(0, bytes.length - 1 - draw.below(5_000)),
  'bytes inserted': ({ bytes }, draw) => {
    const at = draw.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([draw.below(256)]), bytes.subarray(at)]);
  },
  'bytes removed': ({ bytes }, draw) => {
    const at = draw.below(bytes.length - 100);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + draw.below(99))]);
  },
  'a file changed': ({ files }, draw) => {
    const { path, bytes } = draw.pick(files);
    const made = Buffer.from(bytes);
    if (made.length === 0) return packed(files.filter((file) => file.path !== path));
    made[draw.below(made.length)]! ^= 1 << draw.below(8);
    return packed(replaced(files, path, made));
  },
  'a file removed': ({ files }, draw) => {
    // proofs may be added, so they may be missing
    const { path } = draw.pick(files.filter((file) => !file.path.startsWith('proofs/')));
    return packed(files.filter((file) => file.path !== path));
  },
  'a file added': ({ files }, draw) =>
    packed([...files.slice(0, draw.below(files.length)), { path: 'more.txt', bytes: Buffer.from('x') }, ...files]),
  'two files exchanged': ({ files }, draw) => {
    const n = draw.below(files.length - 1);
    return packed(files.map((file, i) => files[i === n ? n + 1 : i === n + 1 ? n : i] ?? file));
  },
};

const forged =
  (change: (parts: Parts, draw: Draw) => { files: readonly DossierFile[]; more?: Record<string, unknown> }): Forge =>
  (parts, draw) => {
    const { files, more = {} } = change(parts, draw);
    return packed(files, { ...manifestOf(parts.files), ...more });
  };

/** A line with its payload changed and its commitment left. */
function withPayload(line: Line, draw: Draw): Line {
  if (line.payload === null) return { ...line, hash: String(other(line.hash, draw)) };
  const { data, salt } = JSON.parse(line.payload) as { data: unknown; salt: string };
  return { ...line, payload: canonicalJson({ data: changed(data, draw), salt }) };
}

function withHeader(line: Line, draw: Draw): Line {
  const header = canonicalJson(changed(JSON.parse(line.header), draw));
  return { ...line, header, hash: sha256(header) };
}

/** Changes of the chain by who repairs the archive and the manifest after it. */
const chain: Readonly<Record<string, Forge>> = {
  'a payload changed': forged((parts, draw) => {
    const lines = linesOf(parts);
    const n = draw.below(lines.length);
    return {
      files: withLines(
        parts.files,
        lines.map((line, i) => (i === n ? withPayload(line, draw) : line)),
      ),
    };
  }),
  'a header changed and hashed anew': forged((parts, draw) => {
    const lines = linesOf(parts);
    const n = draw.below(lines.length);
    const made = lines.map((line, i) => (i === n ? withHeader(line, draw) : line));
    return { files: withLines(parts.files, made), more: endOf(made) };
  }),
  'an event removed': forged((parts, draw) => {
    const lines = linesOf(parts);
    const n = draw.below(lines.length - 1);
    return {
      files: withLines(
        parts.files,
        lines.filter((_, i) => i !== n),
      ),
    };
  }),
  'an event doubled': forged((parts, draw) => {
    const lines = linesOf(parts);
    const n = draw.below(lines.length);
    return { files: withLines(parts.files, [...lines.slice(0, n), lines[n]!, ...lines.slice(n)]) };
  }),
  'two events exchanged': forged((parts, draw) => {
    const lines = linesOf(parts);
    const n = draw.below(lines.length - 1);
    const made = lines.map((line, i) => lines[i === n ? n + 1 : i === n + 1 ? n : i] ?? line);
    return { files: withLines(parts.files, made), more: endOf(made) };
  }),
  'the last events cut, also in the manifest': forged((parts, draw) => {
    const lines = linesOf(parts);
    const made = lines.slice(0, lines.length - 1 - draw.below(10));
    return { files: withLines(parts.files, made), more: endOf(made) };
  }),
  'an event removed and the rest written anew': forged((parts, draw) => {
    const lines = linesOf(parts);
    const n = 1 + draw.below(lines.length - 2);
    const made = rechained(
      lines.filter((_, i) => i !== n),
      n,
    );
    return { files: withLines(parts.files, made), more: endOf(made) };
  }),
  'an event put in and the rest written anew': forged((parts, draw) => {
    const lines = linesOf(parts);
    const n = 1 + draw.below(lines.length - 1);
    const made = rechained([...lines.slice(0, n), lines[n - 1]!, ...lines.slice(n)], n);
    return { files: withLines(parts.files, made), more: endOf(made) };
  }),
  'the manifest changed': forged(({ files }, draw) => {
    const manifest = manifestOf(files);
    const name = draw.pick(
      Object.keys(manifest)
        .filter((each) => each !== 'files')
        .sort(),
    );
    return { files, more: { [name]: manifest[name] === null ? 1 : other(manifest[name], draw) } };
  }),
  'a program changed': forged(({ files }, draw) => {
    const { path, bytes } = draw.pick(files.filter((file) => file.path.startsWith('program/')));
    const program = JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    return { files: replaced(files, path, Buffer.from(canonicalJson(changed(program, draw)))) };
  }),
  'an act changed': forged(({ files }, draw) => {
    const table = tableAt(files, 'acts');
    const status = table.columns.indexOf('status');
    const row = draw.pick(
      table.rows.filter((each) => each[status] === 'recorded' && each[table.columns.indexOf('first_seq')] !== null),
    );
    const column = table.columns.indexOf(
      draw.pick(['act_id', 'actor_kind', 'actor_id', 'recorded_at', 'first_seq', 'seq']),
    );
    row[column] = other(row[column], draw);
    return { files: replaced(files, 'acts.json', Buffer.from(tableJson(table))) };
  }),
  'an act of another type': forged((parts, draw) => {
    const table = tableAt(parts.files, 'acts');
    const at = (name: string) => table.columns.indexOf(name);
    const lines = linesOf(parts).map((line) => (JSON.parse(line.header) as { type: string }).type);
    const row = draw.pick(
      table.rows.filter((each) => each[at('status')] === 'recorded' && each[at('first_seq')] !== null),
    );
    const made = lines.slice(Number(row[at('first_seq')]) - 1, Number(row[at('seq')]));
    // also one that makes the same events, and the name of one of them
    const others = [...actTypes, ...ownEvents(String(row[at('type')]))!.filter((each) => made.includes(each))];
    row[at('type')] = draw.pick(others.filter((type) => type !== row[at('type')]));
    return { files: replaced(parts.files, 'acts.json', Buffer.from(tableJson(table))) };
  }),
  'an act removed': forged(({ files }, draw) => {
    const table = tableAt(files, 'acts');
    const recorded = table.rows.filter((row) => row[table.columns.indexOf('status')] === 'recorded');
    const gone = draw.pick(recorded.filter((row) => row[table.columns.indexOf('first_seq')] !== null));
    const rows = table.rows.filter((row) => row !== gone);
    return { files: replaced(files, 'acts.json', Buffer.from(tableJson({ ...table, rows }))) };
  }),
  'what was in force changed': forged(({ files, redacted }, draw) => {
    // appointments follow from events of the organisation, which a redacted dossier has not: nobody may have acted under one
    const name = redacted ? 'organisation/in_force' : draw.pick(['organisation/in_force', 'organisation/appointments']);
    const table = tableAt(files, name);
    const row = draw.pick(table.rows);
    const column = draw.below(name.endsWith('in_force') ? 3 : 2);
    row[column] = other(row[column], draw);
    return { files: replaced(files, `${name}.json`, Buffer.from(tableJson(table))) };
  }),
  'a history changed': forged(({ files }, draw) => {
    const { path, bytes } = draw.pick(files.filter((file) => file.path.startsWith('histories/')));
    const run = JSON.parse(Buffer.from(bytes).toString('utf8')) as { start: unknown; end: unknown; events: unknown[] };
    const n = draw.below(run.events.length);
    const made = draw.pick([
      { ...run, end: changed(run.end, draw) },
      { ...run, start: changed(run.start, draw) },
      { ...run, frozen: true },
      { ...run, events: run.events.map((each, i) => (i === n ? changed(each, draw) : each)) },
    ]);
    return { files: replaced(files, path, Buffer.from(canonicalJson(made))) };
  }),
  'a history removed': forged(({ files }) => ({ files: files.filter(({ path }) => path !== 'histories/0001.json') })),
};

/**
 * The chain written anew, whole or from some event on, by a forger who has all but what a witness keeps: the house's key, the log, the
 * workflows' histories and the program. In a plain dossier another thing is said as well. Nothing among the files tells.
 */
export const rewrittenAndSigned: Forge = async (parts, draw) => {
  const [said, instead] = draw.pick(SAID_INSTEAD);
  const spoken = (text: string) => (parts.redacted ? text : text.replaceAll(said, instead));
  const lines = linesOf(parts);
  const first = lines.findIndex(({ payload }) => payload !== null && spoken(payload) !== payload);
  const from = draw.below(first < 0 ? lines.length : first + 1);
  const again = rechained(
    lines.map((line, n) =>
      n < from ? line : withOtherSalt({ ...line, payload: line.payload && spoken(line.payload) }, draw),
    ),
    from,
  );
  const files = withLines(parts.files, again).map((file) => {
    if (/^(events|documents|proofs|program)\//.test(file.path) || !/\.(json|csv)$/.test(file.path)) return file;
    const text = Buffer.from(file.bytes).toString('utf8');
    const made = file.path.startsWith('histories/') ? historyOf(text, again) : spoken(text);
    return { ...file, bytes: Buffer.from(made) };
  });
  const signed = resigned(JSON.parse(bytesAt(files, HEAD_PROOF).toString('utf8')) as HeadProof, again, draw);
  const proved = replaced(files, HEAD_PROOF, Buffer.from(canonicalJson(signed)));
  const manifest = { ...manifestOf(parts.files), ...endOf(again) };
  const pages = await pagesIn(await packed(proved, manifest));
  return packed(
    proved.map((file) => ({ ...file, bytes: pages.get(file.path) ?? file.bytes })),
    manifest,
  );
};

/** Texts of the story that stand in events, state, books and pages, and nowhere in a document. */
const SAID_INSTEAD = [
  [planted.answer, '一切都不好，请不要再来了'],
  [planted.paper, '票据子丑寅卯'],
  [planted.buyer, '某买家李老四'],
] as const;

/** A history that has seen this chain in place of its own. */
function historyOf(text: string, lines: readonly Line[]): string {
  const run = JSON.parse(text) as {
    start: { seq: number };
    end: { seq: number };
    events: { header: { seq: number }; payload?: unknown }[];
  };
  const at = ({ seq }: { seq: number }) => ({ seq, head: seq === 0 ? '0'.repeat(64) : lines[seq - 1]!.hash });
  const events = run.events.map((event) => {
    const { hash, header, payload } = lines[event.header.seq - 1]!;
    const held = 'payload' in event ? { payload: JSON.parse(payload!) as unknown } : {};
    return { ...event, hash, header: JSON.parse(header) as unknown, ...held };
  });
  return canonicalJson({ ...run, start: at(run.start), end: at(run.end), events });
}

/** A proof for this chain, under a checkpoint signed by the house within the time that the witness looks back on. */
function resigned(proof: HeadProof, lines: readonly Line[], draw: Draw): HeadProof {
  const { seq } = proof;
  const { hash } = lines[seq - 1]!;
  const was = parseCheckpoint(parseNote(proof.checkpoint).text);
  const path = proof.path.map((each) => Buffer.from(each, 'hex'));
  const leaf = headLeaf({ chain: proof.chain, seq, head: hash });
  const heads = { count: proof.count, root: rootFromInclusion(leaf, proof.number, proof.count, path)! };
  const at = new Date(Date.parse(was.at) + draw.pick([0, 30_000, 60_000])).toISOString();
  return { ...proof, hash, checkpoint: signedByHouse({ ...was, heads, at }) };
}

/** The pages of an archive as the program writes them. */
async function pagesIn(bytes: Buffer): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = mkdtempSync(join(tmpdir(), 'linli-forged-'));
  const path = join(folder, 'forged.zip');
  writeFileSync(path, bytes);
  const archive = new Archive(path);
  try {
    const findings = new Findings();
    const contents = new Contents(archive, findings);
    const manifest = checkManifest(archive, contents, findings)!;
    return new Map(await pagesOf(contents, manifest, checkChain(contents, manifest, findings)));
  } finally {
    archive.close();
    rmSync(folder, { recursive: true });
  }
}

/** A line that says the same under another salt; of a redacted one nobody knows what it says. */
function withOtherSalt(line: Line, draw: Draw): Line {
  const salt = sha256(String(draw.below(2 ** 30)));
  if (line.payload !== null) {
    const { data } = JSON.parse(line.payload) as { data: unknown };
    return { ...line, payload: canonicalJson({ data, salt }) };
  }
  return { ...line, header: canonicalJson({ ...(JSON.parse(line.header) as object), commitment: salt }) };
}

const bookColumns = {
  'books/cash_entries':
    'id no amount_fen balance_fen direction source_doc occurred_date text recorded_by recorded_at channel seq',
  'books/vouchers':
    'id no amount_fen balance_fen direction source_doc occurred_date recorded_by recorded_at channel seq line_count total_fen',
  'books/voucher_lines': 'voucher line text account side amount_fen item buyer price_fen',
} as const;
const bookNames = Object.keys(bookColumns) as (keyof typeof bookColumns)[];

/** Changes of what is bound to payloads: a redacted dossier has none. */
const contents: Readonly<Record<string, Forge>> = {
  'an entry of the books changed': forged(({ files }, draw) => {
    const name = draw.pick(bookNames);
    const table = tableAt(files, name);
    const row = draw.pick(table.rows);
    const column = table.columns.indexOf(draw.pick(bookColumns[name].split(' ')));
    row[column] = other(row[column], draw);
    return { files: withTable(files, name, table) };
  }),
  'an entry of the books removed': forged(({ files }, draw) => {
    const name = draw.pick(bookNames);
    const table = tableAt(files, name);
    const n = draw.below(table.rows.length);
    return { files: withTable(files, name, { ...table, rows: table.rows.filter((_, i) => i !== n) }) };
  }),
  'an entry of the books doubled': forged(({ files }, draw) => {
    const name = draw.pick(bookNames);
    const table = tableAt(files, name);
    return { files: withTable(files, name, { ...table, rows: [...table.rows, draw.pick(table.rows)] }) };
  }),
  'a CSV changed': forged(({ files }, draw) => {
    const { path, bytes } = draw.pick(files.filter((file) => file.path.endsWith('.csv')));
    return { files: replaced(files, path, Buffer.concat([bytes, Buffer.from('"x"\r\n')])) };
  }),
  'a document changed, its row too': forged(({ files }, draw) => {
    const table = tableAt(files, 'documents');
    // the third one is named by no event
    const row = draw.pick(table.rows.slice(0, 2));
    const path = String(row[table.columns.indexOf('path')]);
    const bytes = bytesAt(files, path);
    bytes[draw.below(bytes.length)]! ^= 1 << draw.below(8);
    row[table.columns.indexOf('sha256')] = sha256(bytes);
    return { files: replaced(replaced(files, path, bytes), 'documents.json', Buffer.from(tableJson(table))) };
  }),
  'a document changed': forged(({ files }, draw) => {
    const { path, bytes } = draw.pick(files.filter((file) => file.path.startsWith('documents/')));
    return { files: replaced(files, path, Buffer.concat([bytes, Buffer.from([draw.below(256)])])) };
  }),
  'a document removed': forged(({ files }, draw) => {
    const { path } = draw.pick(files.filter((file) => file.path.startsWith('documents/')));
    return { files: files.filter((file) => file.path !== path) };
  }),
  'an event of the organisation changed': forged(({ files }, draw) => {
    const path = ORGANISATION_EVENTS;
    const lines = bytesAt(files, path).toString('utf8').trimEnd().split('\n');
    const n = draw.below(lines.length);
    const made = lines.map((line, i) => (i === n ? canonicalJson(withPayload(JSON.parse(line) as Line, draw)) : line));
    return { files: replaced(files, path, Buffer.from(`${made.join('\n')}\n`)) };
  }),
};

/** An appointment dated back or forth in the organisation's events, hashes and tables made to agree: nothing among the files tells. */
const organisationForged = forged(({ files }, draw) => {
  const made = draw.pick(['2021-06-06T00:00:00.000Z', '2022-02-02T00:00:00.000Z', '2023-03-03T00:00:00.000Z']);
  const inForce = tableAt(files, 'organisation/in_force');
  const appointments = tableAt(files, 'organisation/appointments');
  const post = draw.pick(inForce.rows.filter((row) => row[3] === 'appointment'))[2];
  const lines = bytesAt(files, ORGANISATION_EVENTS).toString('utf8').trimEnd().split('\n');
  const before = new Map<number, string>();
  const again = lines.map((line) => {
    const each = JSON.parse(line) as Line;
    const header = JSON.parse(each.header) as { seq: number; type: string; prev: string };
    const { data, salt } = JSON.parse(each.payload!) as { data: Record<string, unknown>; salt: string };
    const other = header.type === 'appointment.made' && data['post'] === post ? { ...data, from: made } : data;
    const payload = canonicalJson({ data: other, salt });
    const text = canonicalJson({
      ...header,
      prev: before.get(header.seq - 1) ?? header.prev,
      commitment: sha256(payload),
    });
    before.set(header.seq, sha256(text));
    return canonicalJson({ ...each, payload, header: text, hash: sha256(text) });
  });
  for (const row of inForce.rows) if (row[2] === post && row[3] === 'appointment') row[4] = made;
  const at = (name: string) => appointments.columns.indexOf(name);
  for (const row of appointments.rows) if (row[at('post')] === post) row[at('from_at')] = made;
  const told = replaced(files, ORGANISATION_EVENTS, Buffer.from(`${again.join('\n')}\n`));
  const dated = withTable(told, 'organisation/appointments', appointments);
  return { files: withTable(dated, 'organisation/in_force', inForce) };
});

/** Changes that only the engine which made the dossier can tell of. */
const engineOnly: Readonly<Record<string, Forge>> = {
  'the state changed': forged(({ files }, draw) => {
    const state = JSON.parse(bytesAt(files, 'state.json').toString('utf8')) as Record<string, unknown>;
    const name = draw.pick(
      Object.keys(state)
        .filter((each) => each !== 'v')
        .sort(),
    );
    const made = { ...state, [name]: changed(state[name], draw) };
    return { files: replaced(files, 'state.json', Buffer.from(canonicalJson(made))) };
  }),
  'a read model changed': forged(({ files }, draw) => {
    const name = draw.pick(['models/items', 'models/deadlines', 'models/parties', 'models/assignments']);
    const table = tableAt(files, name);
    const row = draw.pick(table.rows);
    const filled = row.flatMap((value, n) => (value === null || value === false ? [] : [n]));
    const column = draw.pick(filled);
    row[column] = changed(row[column], draw);
    return { files: replaced(files, `${name}.json`, Buffer.from(tableJson(table))) };
  }),
  'the page for people changed': forged(({ files }, draw) => {
    const path = draw.pick(['时间线.html', 'dossier.pdf', 'README.txt']);
    const bytes = bytesAt(files, path);
    const at = draw.below(bytes.length);
    bytes[at] = bytes[at] === 0x37 ? 0x33 : 0x37;
    return { files: replaced(files, path, bytes) };
  }),
};

/** The kinds of change that are tried on a dossier. */
function kindsFor({ redacted }: Parts): readonly (readonly [kind: string, forge: Forge, found: Mutant['found']])[] {
  const of = (kinds: Readonly<Record<string, Forge>>, found: Mutant['found']) =>
    Object.entries(kinds).map(([kind, forge]) => [kind, forge, found] as const);
  const signed = { 'rewritten whole and signed anew by the house': rewrittenAndSigned };
  const always = [...of(raw, 'both'), ...of(chain, 'both'), ...of(signed, 'both')];
  return redacted
    ? always
    : [
        ...always,
        ...of(contents, 'both'),
        ...of({ 'the organisation forged with all that follows': organisationForged }, 'both'),
        ...of(engineOnly, 'engine'),
      ];
}

/** The n-th change of a seed: every kind in turn. Never gives the dossier back as it was. */
export async function mutantOf(parts: Parts, seed: number, n: number): Promise<Mutant> {
  const kinds = kindsFor(parts);
  const [kind, forge, found] = kinds[n % kinds.length]!;
  for (let attempt = 0; ; attempt++) {
    const draw = drawer(Math.imul(seed, 1_000_003) + n * 31 + attempt * 7_919);
    const bytes = await forge(parts, draw);
    if (!bytes.equals(parts.bytes)) return { kind, bytes, found };
  }
}
