import { Client, Connection } from '@temporalio/client';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { connect, type Sql } from '../../db/client.ts';
import { type AuditProof, type VerifyOptions, verify } from '../../door/verify.ts';
import { archiveFolder } from '../archive-folder.ts';
import type { TemporalTarget } from '../config.ts';
import type { CommandContext } from '../context.ts';
import { keysToProve } from '../converter-to-read.ts';
import { archiveReader } from './archive.ts';
import { caseLister, historyReader } from './histories.ts';
import { logWitnesses } from './log-witnesses.ts';

const sayEveryMs = 2_000;

/**
 * Verifies one case or all, with the histories of a Temporal server unless there is none to be asked. Says how far it is. What the
 * histories hold is encrypted: without the yearly keys of the installation they prove nothing, which the answer says.
 */
export async function prove(
  context: CommandContext,
  target: TemporalTarget | undefined,
  caseId: string | undefined,
  witnessFolder?: string,
): Promise<AuditProof> {
  const connection = target && (await Connection.connect({ ...target.connectionOptions, connectTimeout: 5_000 }));
  try {
    return await context.withDatabase(async (url) => {
      const sql = connect(url, { max: 2, name: 'linli audit', statementTimeoutMs: 600_000 });
      try {
        const { converter: dataConverter, away } = await keysToProve(context.config(), sql);
        const decrypts = dataConverter ? { dataConverter } : {};
        const client = connection && new Client({ connection, namespace: target.namespace, ...decrypts });
        const listed = client ? { witnessedCases: caseLister(client) } : {};
        if (away) return await proveWith(context, sql, caseId, witnessFolder, { ...listed, historiesSealed: true });
        const witness = client ? { ...listed, histories: historyReader(client) } : {};
        const converter = loadDataConverter(dataConverter);
        const archive = archiveReader(sql, { folder: archiveFolderOf(context), converter });
        return await proveWith(context, sql, caseId, witnessFolder, { ...witness, archive });
      } finally {
        await sql.end();
      }
    });
  } finally {
    await connection?.close();
  }
}

/** Where `linli start` or the configuration keeps copies of archived histories, when that is on this machine. */
export function archiveFolderOf(context: CommandContext): string | undefined {
  const config = context.config();
  // workers on a database of one's own choice keep copies elsewhere or nowhere: none can be said to be missing here
  if (config.archiveFolder === undefined && config.databaseUrl !== undefined) return undefined;
  return archiveFolder(config);
}

async function proveWith(
  context: CommandContext,
  sql: Sql,
  caseId: string | undefined,
  witnessFolder: string | undefined,
  stores: Pick<VerifyOptions, 'histories' | 'witnessedCases' | 'archive' | 'historiesSealed'>,
): Promise<AuditProof> {
  let saidAt = performance.now();
  return verify(sql, {
    ...(caseId === undefined ? {} : { caseId }),
    ...stores,
    log: await logWitnesses(sql, context.config(), witnessFolder),
    onCase: (done, of) => {
      if (done < of && performance.now() - saidAt < sayEveryMs) return;
      saidAt = performance.now();
      context.say(`${done} of ${of} cases`);
    },
  });
}
