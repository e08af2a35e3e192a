import { Client, Connection } from '@temporalio/client';
import { connect } from '../../db/client.ts';
import { type AuditProof, type VerifyOptions, verify } from '../../door/verify.ts';
import type { TemporalTarget } from '../config.ts';
import type { CommandContext } from '../context.ts';
import { caseLister, historyReader } from './histories.ts';

const sayEveryMs = 2_000;

/** Verifies one case or all, with the histories of a Temporal server unless there is none to be asked. Says how far it is. */
export async function prove(
  context: CommandContext,
  target: TemporalTarget | undefined,
  caseId: string | undefined,
): Promise<AuditProof> {
  if (!target) return proveWith(context, caseId, {});
  const connection = await Connection.connect({ ...target.connectionOptions, connectTimeout: 5_000 });
  try {
    const client = new Client({ connection, namespace: target.namespace });
    return await proveWith(context, caseId, { histories: historyReader(client), witnessedCases: caseLister(client) });
  } finally {
    await connection.close();
  }
}

function proveWith(
  context: CommandContext,
  caseId: string | undefined,
  witness: Pick<VerifyOptions, 'histories' | 'witnessedCases'>,
): Promise<AuditProof> {
  return context.withDatabase(async (url) => {
    const sql = connect(url, { max: 2, name: 'linli audit', statementTimeoutMs: 600_000 });
    let saidAt = performance.now();
    try {
      return await verify(sql, {
        ...(caseId === undefined ? {} : { caseId }),
        ...witness,
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
