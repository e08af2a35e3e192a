import { TestWorkflowEnvironment } from '@temporalio/testing';
import { temporalCliPath } from '../../bin/platform/binaries.mjs';

/** A real Temporal server in memory that suggests continue-as-new after so many events, so that seams come often. */
export async function seamServer(suggestAt: number): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: await temporalCliPath() },
      extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${suggestAt}`],
      log: { format: 'pretty', level: 'error' },
    },
  });
}
