import { Client, Connection } from '@temporalio/client';
import { connect } from '../../db/client.ts';
import { type AuditProof, type VerifyOptions, verify } from '../../door/verify.ts';
import { archiveFolder } from '../archive-folder.ts';
import type { TemporalTarget } from '../config.ts';
import type { CommandContext } from '../context.ts';
import { archiveReader } from './archive.ts';
import { caseLister, historyReader } from './histories.ts';
import { logWitnesses } from './log-witnesses.ts';

const sayEveryMs = 2_000;

/** Verifies one case or all, with the histories of a Temporal server unless there is none to be asked. Says how far it is. */
export async function prove(
  context: CommandContext,
  target: TemporalTarget | undefined,
  caseId: string | undefined,
  witnessFolder?: string,
): Promise<AuditProof> {
  if (!target) return proveWith(context, caseId, witnessFolder, {});
  const connection = await Connection.connect({ ...target.connectionOptions, connectTimeout: 5_000 });
  try {
    const client = new Client({ connection, namespace: target.namespace });
    const witness = { histories: historyReader(client), witnessedCases: caseLister(client) };
    return await proveWith(context, caseId, witnessFolder, witness);
  } finally {
    await connection.close();
  }
}

/** Where `linli start` or the configuration keeps copies of archived histories, when that is on this machine. */
export function archiveFolderOf(context: CommandContext): string | undefined {
  const config = context.config();
  // workers on a database of one's own choice keep copies elsewhere or nowhere: none can be said to be missing here
  if (config.archiveFolder === undefined && config.databaseUrl !== undefined) return undefined;
  return archiveFolder(config);
}

function proveWith(
  context: CommandContext,
  caseId: string | undefined,
  witnessFolder: string | undefined,
  witness: Pick<VerifyOptions, 'histories' | 'witnessedCases'>,
): Promise<AuditProof> {
  return context.withDatabase(async (url) => {
    const sql = connect(url, { max: 2, name: 'linli audit', statementTimeoutMs: 600_000 });
    let saidAt = performance.now();
    try {
      return await verify(sql, {
        ...(caseId === undefined ? {} : { caseId }),
        ...witness,
        log: await logWitnesses(sql, context.config(), witnessFolder),
        archive: archiveReader(sql, { folder: archiveFolderOf(context) }),
        onCase: (done, of) => {
          if (done < of && performance.now() - saidAt < sayEveryMs) return;
          saidAt = performance.now();
          context.say(`${done} of ${of} cases`);
        },
      });
    } finally {
      await sql.end();
    }
  });
}
