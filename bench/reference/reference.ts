import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, WithStartWorkflowOperation } from '@temporalio/client';
import postgres from 'postgres';
import { connect, type Sql } from '../../db/client.ts';
import { startScript } from '../processes.ts';
import {
  ALARM_WORKFLOW,
  REFERENCE_DATABASE,
  REFERENCE_QUEUE,
  REFERENCE_WORKFLOW,
  type ReferenceSetup,
} from './names.ts';

/** The running reference worker and what its clients do. */
export interface Reference {
  /** Starts a workflow that takes updates; gives its id. */
  open(): Promise<string>;
  /** One update, answered when the workflow has completed it. */
  update(workflowId: string, name: string, text: string): Promise<void>;
  /** Starts a new workflow with one update, in one call; gives its id. */
  start(name: string, text: string): Promise<string>;
  /** Starts a workflow that sleeps until then and commits one row; answers once it is started. */
  alarm(atMs: number, text: string): Promise<void>;
  /** Its worker process. */
  readonly pid: number;
  /** The database of its own. */
  readonly sql: Sql;
  /** How often an update had to be sent again. */
  readonly repeats: number;
  stop(): Promise<void>;
}

const mostRepeats = 200;

/** Starts the reference worker as a process of its own, with a database of its own in the same PostgreSQL. */
export async function startReference(
  linlis: Client,
  { address, namespace, databaseUrl }: ReferenceSetup,
): Promise<Reference> {
  // any Temporal application's: it encrypts nothing
  const client = new Client({ connection: linlis.connection, namespace: linlis.options.namespace });
  const own = await makeDatabase(databaseUrl);
  const file = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const worker = await startScript(file, { address, namespace, databaseUrl: own } satisfies ReferenceSetup);
  const sql = connect(own, { max: 1, name: 'bench' });
  let repeats = 0;

  /** A run that goes on in a new one, or has ten updates under way, refuses: the same update is sent again. */
  async function persist<T>(send: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        if (attempt >= mostRepeats) throw error;
        repeats += 1;
        await sleep(5);
      }
    }
  }

  const options = () => ({ workflowId: `bench/${randomUUID()}`, taskQueue: REFERENCE_QUEUE, args: [0] });
  return {
    async open() {
      const { workflowId } = await client.workflow.start(REFERENCE_WORKFLOW, options());
      return workflowId;
    },
    async update(workflowId, name, text) {
      const handle = client.workflow.getHandle(workflowId);
      const updateId = randomUUID();
      await persist(() => handle.executeUpdate(name, { args: [text], updateId }));
    },
    async start(name, text) {
      const startOptions = { ...options(), workflowIdConflictPolicy: 'USE_EXISTING' as const };
      const updateId = randomUUID();
      await persist(() =>
        client.workflow.executeUpdateWithStart(name, {
          args: [text],
          updateId,
          startWorkflowOperation: new WithStartWorkflowOperation(REFERENCE_WORKFLOW, startOptions),
        }),
      );
      return startOptions.workflowId;
    },
    async alarm(atMs, text) {
      const workflowId = `bench/${randomUUID()}`;
      await client.workflow.start(ALARM_WORKFLOW, { workflowId, taskQueue: REFERENCE_QUEUE, args: [atMs, text] });
    },
    pid: worker.pid,
    sql,
    get repeats() {
      return repeats;
    },
    async stop() {
      await sql.end({ timeout: 5 });
      await worker.stop();
    },
  };
}

async function makeDatabase(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const found = await sql`SELECT 1 FROM pg_database WHERE datname = ${REFERENCE_DATABASE}`;
    if (found.length === 0) await sql`CREATE DATABASE ${sql(REFERENCE_DATABASE)}`;
  } finally {
    await sql.end();
  }
  return url.replace(/[^/]*$/, REFERENCE_DATABASE);
}
