import { Client, Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { realTemporal, timeSkippingEnvironment } from './temporal.ts';

test('the real server keeps histories for a hundred years', async () => {
  const { address, namespace } = realTemporal();
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const found = await client.workflowService.describeNamespace({ namespace });
    expect(Number(found.config?.workflowExecutionRetentionTtl?.seconds)).toBe(36_500 * 86_400);
  } finally {
    await connection.close();
  }
});

test('the test server skips a year at once', async () => {
  const environment = await timeSkippingEnvironment();
  try {
    const before = await environment.currentTimeMs();
    await environment.sleep('365 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(365 * 86_400_000);
  } finally {
    await environment.teardown();
  }
});
