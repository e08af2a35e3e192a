// Bundled together with the workflows when histories are replayed: tells where each run ended.
import { proxySinks, type Sinks, type WorkflowInterceptorsFactory, workflowInfo } from '@temporalio/workflow';

/** Where a replayed run ended: with the result it completed with, or with what it handed to the next run. */
export interface WitnessSinks extends Sinks {
  witness: { end(workflowId: string, runId: string, position: { seq: number; head: string }): void };
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { witness } = proxySinks<WitnessSinks>();
  const tell = (position: unknown): void => {
    const { workflowId, runId } = workflowInfo();
    witness.end(workflowId, runId, position as { seq: number; head: string });
  };
  return {
    inbound: [
      {
        async execute(input, next) {
          const result = await next(input);
          tell(result);
          return result;
        },
      },
    ],
    outbound: [
      {
        continueAsNew(input, next) {
          tell(input.args[0]);
          return next(input);
        },
      },
    ],
  };
};
