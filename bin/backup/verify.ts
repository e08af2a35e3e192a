import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { unpacked } from '../../activities/history-bytes.ts';
import { GrowingTree, openedTree } from './checkpoint.ts';
import { checkFiles, linesOf } from './files.ts';
import { type BackupManifest, readManifest } from './manifest.ts';

/** Whether a backup is whole, and what it holds. */
export interface BackupVerdict {
  readonly holds: boolean;
  readonly findings: readonly string[];
  readonly manifest: BackupManifest;
}

/**
 * Proves a backup from its files alone: every file has the sum that was written, no other lies there, every table has the rows
 * the manifest counts, the leaves of the log have the root of the newest checkpoint, and the histories of open runs reach no
 * further than the events do. What is in the rows is proven after a restore, by `linli audit verify`. Throws where there is no backup.
 */
export async function verifyBackup(folder: string): Promise<BackupVerdict> {
  const manifest = await readManifest(folder);
  const findings = await checkFiles(folder);
  // what is in damaged files says nothing
  if (findings.length > 0) return { holds: false, findings, manifest };
  for (const { file, rows, name } of manifest.tables) {
    if (name === 'log_leaves' || name === 'events') continue;
    let n = 0;
    for await (const _ of linesOf(join(folder, file))) n += 1;
    if (n !== rows) findings.push(`${file} has ${n} rows, ${rows} were written`);
  }
  findings.push(...(await eventFaults(folder, manifest)), ...(await logFaults(folder, manifest)));
  for (const { file, sha256 } of manifest.histories) {
    const hash = createHash('sha256');
    for await (const chunk of unpacked(createReadStream(join(folder, file)))) hash.update(chunk);
    if (hash.digest('hex') !== sha256) findings.push(`${file} is another history`);
  }
  return { holds: findings.length === 0, findings, manifest };
}

/** Every event that an open run has witnessed last is there, with its hash: Temporal is never ahead of its backup. */
async function eventFaults(folder: string, { tables, histories, record }: BackupManifest): Promise<string[]> {
  const { file, columns } = tableOf(tables, 'events');
  const [caseAt, seqAt, hashAt] = ['case_id', 'seq', 'hash'].map((name) => columns.indexOf(name)) as [
    number,
    number,
    number,
  ];
  const wanted = new Map(
    histories.flatMap(({ caseId, lastSeq, lastHead }) => (lastSeq > 0 ? [[`${caseId} ${lastSeq}`, lastHead]] : [])),
  );
  const findings: string[] = [];
  let n = 0;
  for await (const line of linesOf(join(folder, file))) {
    n += 1;
    const row = line.split('\t');
    const key = `${row[caseAt]} ${row[seqAt]}`;
    const head = wanted.get(key);
    if (head === undefined) continue;
    wanted.delete(key);
    if (head !== row[hashAt]) findings.push(`the history of case ${row[caseAt]} knows another event ${row[seqAt]}`);
  }
  if (n !== record.events) findings.push(`there are ${n} events, ${record.events} were counted`);
  for (const key of wanted.keys()) findings.push(`a history has witnessed an event that is missing: case ${key}`);
  return findings;
}

async function logFaults(folder: string, { tables, record }: BackupManifest): Promise<string[]> {
  const { file, columns } = tableOf(tables, 'log_leaves');
  const hashAt = columns.indexOf('hash');
  const signed = record.checkpoint && openedTree(record.checkpoint.note);
  const tree = new GrowingTree();
  let root = signed?.size === 0 ? tree.root() : undefined;
  for await (const line of linesOf(join(folder, file))) {
    tree.add(Buffer.from((line.split('\t')[hashAt] ?? '').replace(/^\\\\x/, ''), 'hex'));
    if (tree.size === signed?.size) root = tree.root();
  }
  const findings =
    tree.size === record.logSize ? [] : [`the log has ${tree.size} leaves, ${record.logSize} were counted`];
  if (signed && root !== signed.root) findings.push('the log is not what the newest checkpoint signs');
  return findings;
}

function tableOf(tables: BackupManifest['tables'], name: string): BackupManifest['tables'][number] {
  const found = tables.find((table) => table.schema === 'public' && table.name === name);
  if (!found) throw new Error(`The backup holds no table ${name}.`);
  return found;
}
