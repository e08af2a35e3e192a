// A worker in a process of its own that runs slow workflow code under our own patience; prints `done`.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { UNHURRIED } from '../../activities/worker.ts';
import { quietRuntime } from './quiet.ts';

/** What the parent tells, as JSON in the only argument. */
export interface SlowOrders {
  readonly address: string;
  readonly namespace: string;
  /** How many turns of its loop the workflow takes. */
  readonly turns: number;
}

const { address, namespace, turns } = JSON.parse(process.argv[2] ?? '{}') as SlowOrders;
quietRuntime();
const taskQueue = randomUUID();
const worker = await Worker.create({
  ...{ connection: await NativeConnection.connect({ address }), namespace, taskQueue },
  workflowsPath: fileURLToPath(new URL('./slow-workflow.ts', import.meta.url)),
  ...UNHURRIED,
});
const client = new Client({ connection: await Connection.connect({ address }), namespace });
await worker.runUntil(
  client.workflow.execute('slow', {
    workflowId: taskQueue,
    taskQueue,
    args: [turns],
    workflowTaskTimeout: '2 minutes',
  }),
);
process.stdout.write('done');
process.exit(0);
