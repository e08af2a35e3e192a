import type { Sql } from '../db/client.ts';
import { installationOf } from '../db/queries/installation.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { GENESIS, sha256 } from './chain.ts';
import { objectIn } from './json-bytes.ts';
import { type AccessBlockHeader, accessRoot } from './log/access-chain.ts';

/** Something of the access log that does not hold; `seq` is that of the block. */
export interface AccessFinding {
  readonly seq: number;
  readonly what: string;
}

/** What was looked at, and what does not hold. */
export interface AccessProof {
  /** Reads that lie in a block, and those that wait for theirs. */
  readonly sealed: number;
  readonly waiting: number;
  readonly findings: readonly AccessFinding[];
}

interface BlockRow {
  readonly seq: number;
  readonly header: Uint8Array;
  readonly hash: string;
  readonly prev: string;
  readonly count: number;
  readonly sealedAt: string;
}

interface NoteRow {
  readonly id: number;
  readonly content: Uint8Array;
  readonly columns: Readonly<Record<string, unknown>>;
}

const blocksAtOnce = 200;

/**
 * Verifies the access log: the chain of its blocks, that each holds the reads it sealed and no others, and that the columns of
 * every read say what its bytes say. Reads only.
 */
export async function verifyAccesses(sql: Sql): Promise<AccessProof> {
  const findings: AccessFinding[] = [];
  const installation = await installationOf(sql);
  let before = { seq: 0, hash: GENESIS };
  let sealed = 0;
  for (;;) {
    const blocks = await sql<BlockRow[]>`
      SELECT seq, header, hash, prev, count, sealed_at AS "sealedAt" FROM access_blocks WHERE seq > ${before.seq}
      ORDER BY seq LIMIT ${blocksAtOnce}`;
    for (const block of blocks) {
      const notes = await notesOf(sql, block.seq);
      sealed += notes.length;
      for (const what of [...wrongBlock(block, before, installation, notes), ...wrongNotes(notes)])
        findings.push({ seq: block.seq, what });
      before = block;
    }
    if (blocks.length < blocksAtOnce) break;
  }
  const waiting = await notesOf(sql, undefined);
  for (const what of wrongNotes(waiting)) findings.push({ seq: 0, what });
  return { sealed, waiting: waiting.length, findings };
}

function notesOf(sql: Sql, block: number | undefined): Promise<NoteRow[]> {
  return sql<NoteRow[]>`
    SELECT id, content, json_build_object('at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'person', person,
      'role', role, 'post', post, 'unit', unit, 'kind', kind, 'cases', to_json(cases), 'purpose', purpose, 'relation', relation,
      'emergency', emergency, 'status', status) AS columns
    FROM accesses WHERE ${block === undefined ? sql`block IS NULL` : sql`block = ${block}`} ORDER BY id`;
}

function wrongBlock(
  { seq, header, hash, prev, count, sealedAt }: BlockRow,
  before: { readonly seq: number; readonly hash: string },
  installation: string | undefined,
  notes: readonly NoteRow[],
): string[] {
  const wrong: string[] = [];
  if (seq !== before.seq + 1) wrong.push('a block of the access log is missing');
  else if (prev !== before.hash) wrong.push('it does not follow the block before it');
  if (sha256(header) !== hash) wrong.push('its hash is not that of its header');
  const said = objectIn<AccessBlockHeader>(header);
  if (!said) return [...wrong, 'its header is no JSON'];
  const same = said.seq === seq && said.prev === prev && said.count === count && said.sealedAt === sealedAt;
  if (!same || said.installation !== installation) wrong.push('its columns say something else than its header');
  if (said.count !== notes.length) wrong.push(`it sealed ${said.count} reads, and ${notes.length} are there`);
  else if (accessRoot(notes.map(({ content }) => content)) !== said.root)
    wrong.push('the reads are not those it has sealed');
  return wrong;
}

function wrongNotes(notes: readonly NoteRow[]): string[] {
  return notes.flatMap(({ id, content, columns }) => {
    const said = objectIn<Record<string, unknown>>(content);
    if (!said) return [`read ${id}: its bytes are no JSON`];
    const names = Object.keys(columns).filter(
      (name) => canonicalJson(said[name] ?? null) !== canonicalJson(columns[name]),
    );
    return names.map((name) => `read ${id}: its ${name} is not what was noted`);
  });
}
