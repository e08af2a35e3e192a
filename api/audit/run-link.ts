import { caseWorkflowId } from '../../workflows/names.ts';
import type { AppDeps } from '../deps.ts';

/** Where the run of a case's workflow lies that has an event in its history. */
export interface RunLink {
  readonly workflowId: string;
  /** Null until the first wake has arrived. */
  readonly runId: string | null;
  /** Whether the workflow has taken it in. */
  readonly witnessed: boolean;
  /** The run has ended and lies in the archive; Temporal shows it only as long as its retention lasts. */
  readonly archived: boolean;
  /** Its page in Temporal's Web UI, where signals carry the types of acts as names; null where no address is known. */
  readonly url: string | null;
}

/** The link of an event's run; nothing in it names a person. */
export function runLink(
  { temporalUi }: Pick<AppDeps, 'temporalUi'>,
  event: {
    readonly caseId: string;
    readonly witnessed: boolean;
    readonly currentRun: string | null;
    readonly archivedRun: string | null;
  },
): RunLink {
  const { caseId, witnessed, currentRun, archivedRun } = event;
  const runId = archivedRun ?? currentRun;
  const workflowId = caseWorkflowId(caseId);
  const place = [workflowId, ...(runId === null ? [] : [runId])].map(encodeURIComponent).join('/');
  const url = temporalUi
    ? `${temporalUi.url}/namespaces/${encodeURIComponent(temporalUi.namespace)}/workflows/${place}${runId === null ? '' : '/history'}`
    : null;
  return { workflowId, runId, witnessed, archived: archivedRun !== null, url };
}
