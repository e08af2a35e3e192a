import { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';
import { testServerPath } from '../../bin/platform/binaries.mjs';

/** The run's real Temporal server; tests keep apart by task queues and workflow ids of their own. */
export function realTemporal(): { readonly address: string; readonly namespace: string } {
  return { address: inject('temporalAddress'), namespace: inject('temporalNamespace') };
}

/** A new server that skips the time nobody waits through. Its clock is one for all: close it with `teardown()`. */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const path = await testServerPath();
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}
