import { Readable } from 'node:stream';
import type { Client } from '@temporalio/client';
import { packHistory } from '../../activities/pack-run.ts';
import { someAtATime } from '../../activities/some-at-a-time.ts';
import { CASE_WORKFLOW, caseOfWorkflow } from '../../workflows/names.ts';
import type { FolderInMaking } from './files.ts';
import type { BackupManifest } from './manifest.ts';

const pageSize = 200;
const atOnce = 8;
/** `NOT_FOUND` of gRPC. */
const notFound = 5;

/**
 * Writes the history of every open run of a case's workflow: what Temporal knows and the archive does not hold yet. Read over
 * Temporal's interface, so that it is the same for the embedded server, a cluster and the cloud. A run that ends meanwhile is
 * taken as far as it came, or is in the archive.
 */
export async function writeHistories(
  client: Client,
  folder: FolderInMaking,
  say: (text: string) => void,
): Promise<BackupManifest['histories']> {
  const written: BackupManifest['histories'][number][] = [];
  const one = async ({ workflowId, runId }: { readonly workflowId: string; readonly runId: string }): Promise<void> => {
    const caseId = caseOfWorkflow(workflowId);
    const packed = await packHistory(client, workflowId, runId).catch((error: { code?: unknown }) => {
      if (error.code === notFound) return undefined;
      throw error;
    });
    if (!packed) return;
    const { parts, events, sizeBytes, sha256, told } = packed;
    const name = `histories/${encodeURIComponent(caseId)}/${encodeURIComponent(runId)}.history.gzip`;
    const { file } = await folder.write(name, Readable.from(parts, { objectMode: true }));
    const end = told?.end ?? { seq: -1, head: '' };
    written.push({ caseId, runId, file, events, sizeBytes, sha256, lastSeq: end.seq, lastHead: end.head });
  };
  let page: { workflowId: string; runId: string }[] = [];
  const flush = async () => {
    await someAtATime(atOnce, page, one);
    page = [];
    say(`${written.length} histories`);
  };
  const query = `WorkflowType = '${CASE_WORKFLOW}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    page.push({ workflowId, runId });
    if (page.length === pageSize) await flush();
  }
  if (page.length > 0) await flush();
  return written.sort((a, b) => (a.file < b.file ? -1 : 1));
}
