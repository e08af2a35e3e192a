import { createHash } from 'node:crypto';
import { keyOfValue } from '../../db/sealed.ts';
import type { YearlyKeys } from '../../door/keys/wrapping.ts';
import { SealProblem } from '../seal.ts';
import { GrowingTree, openedTree } from './checkpoint.ts';
import { type BackupContent, bytesOf, contentOf } from './content.ts';
import { checkFiles } from './files.ts';
import { type BackupManifest, readManifest } from './manifest.ts';
import { openedSeal } from './sealing.ts';
import { type BackupSignature, checkSignature } from './signature.ts';

/** What a backup is looked at with. */
export interface VerifyWith {
  /** The yearly keys at hand: without the one that wraps the key of a sealed backup, its files are not opened. */
  readonly yearly?: Pick<YearlyKeys, 'byId'>;
  /** The keys of the log that are known without the backup, for its installation, as `linli audit key` shows them. */
  readonly logKeys?: (installation: string) => readonly string[];
}

/** Whether a backup is whole, and what it holds. */
export interface BackupVerdict {
  /** Nothing is wrong with what was looked at: whether that was all, `content` says, and whether it is ours, `signature`. */
  readonly holds: boolean;
  readonly findings: readonly string[];
  readonly manifest: BackupManifest;
  readonly signature: BackupSignature;
  /** What the files hold; undefined when they were not looked into: their key is not here, or they are damaged. */
  readonly content: BackupContent | undefined;
  /** The names of the data keys that the events of each case are sealed with; of the cases whose events are. */
  readonly sealedWith: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Proves a backup from its files alone: every file has the sum that was written and the log's key has signed, none is missing
 * and none added. With the yearly key also what is in them: every table has the rows the manifest counts, the leaves of the log
 * have the root of the newest checkpoint, and the histories of open runs reach no further than the events do. What is in the
 * rows is proven after a restore, by `linli audit verify`. Throws where there is no backup.
 */
export async function verifyBackup(folder: string, { yearly, logKeys }: VerifyWith = {}): Promise<BackupVerdict> {
  const manifest = await readManifest(folder);
  const signed = await checkSignature(folder, manifest.installation, logKeys?.(manifest.installation) ?? []);
  const findings = [...(await checkFiles(folder)), ...signed.findings];
  const outside = { manifest, signature: signed.signature, content: undefined, sealedWith: new Map() };
  // what is in damaged files says nothing
  if (findings.length > 0) return { ...outside, holds: false, findings };
  const key = manifest.seal && yearly && openedSeal(manifest.seal, yearly);
  if (manifest.seal && !key) return { ...outside, holds: true, findings };
  const content = contentOf(folder, key);
  const events = await eventFaults(content, manifest);
  findings.push(...(await rowFaults(content, manifest)), ...events.findings, ...(await logFaults(content, manifest)));
  for (const { file, sha256 } of manifest.histories)
    findings.push(
      ...(await readingFaults(file, async () => {
        const hash = createHash('sha256');
        for await (const chunk of content.bytes(file)) hash.update(chunk as Uint8Array);
        return hash.digest('hex') === sha256 ? [] : [`${file} is another history`];
      })),
    );
  return { ...outside, holds: findings.length === 0, findings, content, sealedWith: events.sealedWith };
}

/** What reading a file finds; also that it cannot be opened, which the sums do not tell where a hand made them anew. */
async function readingFaults(file: string, read: () => Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch (error) {
    const damaged = error instanceof SealProblem || String((error as NodeJS.ErrnoException).code).startsWith('Z_');
    if (!damaged) throw error;
    return [`${file} cannot be opened: ${(error as Error).message}`];
  }
}

async function rowFaults(content: BackupContent, { tables }: BackupManifest): Promise<string[]> {
  const findings: string[] = [];
  for (const { file, rows, name } of tables) {
    if (name === 'log_leaves' || name === 'events') continue;
    const faults = await readingFaults(file, async () => {
      let n = 0;
      for await (const _ of content.lines(file)) n += 1;
      return n === rows ? [] : [`${file} has ${n} rows, ${rows} were written`];
    });
    findings.push(...faults);
  }
  return findings;
}

/** Every event that an open run has witnessed last is there, with its hash: Temporal is never ahead of its backup. And with which keys events are sealed. */
async function eventFaults(
  content: BackupContent,
  { tables, histories, record }: BackupManifest,
): Promise<{ readonly findings: string[]; readonly sealedWith: Map<string, Set<string>> }> {
  const { file, columns } = tableOf(tables, 'events');
  const [caseAt, seqAt, hashAt, payloadAt] = ['case_id', 'seq', 'hash', 'payload'].map((name) =>
    columns.indexOf(name),
  ) as [number, number, number, number];
  const wanted = new Map(
    histories.flatMap(({ caseId, lastSeq, lastHead }) => (lastSeq > 0 ? [[`${caseId} ${lastSeq}`, lastHead]] : [])),
  );
  const sealedWith = new Map<string, Set<string>>();
  const findings = await readingFaults(file, async () => {
    const faults: string[] = [];
    let n = 0;
    for await (const line of content.lines(file)) {
      n += 1;
      const row = line.split('\t');
      const caseId = row[caseAt]!;
      const sealedBy = keyOfValue(startOf(row[payloadAt] ?? ''));
      if (sealedBy !== undefined) sealedWith.set(caseId, (sealedWith.get(caseId) ?? new Set()).add(sealedBy));
      const key = `${caseId} ${row[seqAt]}`;
      const head = wanted.get(key);
      if (head === undefined) continue;
      wanted.delete(key);
      if (head !== row[hashAt]) faults.push(`the history of case ${caseId} knows another event ${row[seqAt]}`);
    }
    if (n !== record.events) faults.push(`there are ${n} events, ${record.events} were counted`);
    for (const key of wanted.keys()) faults.push(`a history has witnessed an event that is missing: case ${key}`);
    return faults;
  });
  return { findings, sealedWith };
}

/** The first bytes of a value of type bytea, as COPY writes it: as many as the name of a key takes. */
const startOf = (value: string): Uint8Array => bytesOf(value.slice(0, 3 + 2 * 258));

async function logFaults(content: BackupContent, { tables, record }: BackupManifest): Promise<string[]> {
  const { file, columns } = tableOf(tables, 'log_leaves');
  const hashAt = columns.indexOf('hash');
  const signed = record.checkpoint && openedTree(record.checkpoint.note);
  return readingFaults(file, async () => {
    const tree = new GrowingTree();
    let root = signed?.size === 0 ? tree.root() : undefined;
    for await (const line of content.lines(file)) {
      tree.add(bytesOf(line.split('\t')[hashAt] ?? ''));
      if (tree.size === signed?.size) root = tree.root();
    }
    const faults =
      tree.size === record.logSize ? [] : [`the log has ${tree.size} leaves, ${record.logSize} were counted`];
    if (signed && root !== signed.root) faults.push('the log is not what the newest checkpoint signs');
    return faults;
  });
}

function tableOf(tables: BackupManifest['tables'], name: string): BackupManifest['tables'][number] {
  const found = tables.find((table) => table.schema === 'public' && table.name === name);
  if (!found) throw new Error(`The backup holds no table ${name}.`);
  return found;
}
