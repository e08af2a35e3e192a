// The reference worker, a process of its own: reads its set-up from standard input, prints `ready`, works until SIGTERM.
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import pino from 'pino';
import { installRuntime } from '../../activities/runtime.ts';
import { connect } from '../../db/client.ts';
import { REFERENCE_QUEUE, type ReferenceActivities, type ReferenceSetup } from './names.ts';

const nothing = (): void => {};
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

const parts: Buffer[] = [];
for await (const part of process.stdin) parts.push(part as Buffer);
const { address, namespace, databaseUrl } = JSON.parse(Buffer.concat(parts).toString('utf8')) as ReferenceSetup;

installRuntime(pino({ level: 'warn' }, pino.destination(2)));
const sql = connect(databaseUrl, { max: 20, name: 'bench reference' });
await sql`CREATE TABLE IF NOT EXISTS stored (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL, at timestamptz NOT NULL DEFAULT now())`;
const activities: ReferenceActivities = {
  async commitRow(text) {
    await sql`INSERT INTO stored (text) VALUES (${text})`;
  },
};
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: REFERENCE_QUEUE,
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    logger: silent,
  }),
  activities: { ...activities },
});
process.once('SIGTERM', () => worker.shutdown());
const running = worker.run();
process.stdout.write('ready\n');
await running;
await connection.close();
await sql.end();
