// A worker in a process of its own, for tests that kill it. Started by `startWorkerProcess` (worker-child.ts).

import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { clientConverter } from '../../activities/data-converter.ts';
import { createWorker } from '../../activities/worker.ts';
import { crashInDoor } from '../../bin/failpoint.ts';
import { connect } from '../../db/client.ts';
import { roleOfPart } from '../../db/roles.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import type { DoorStep } from '../../door/step.ts';
import { loadPrograms } from '../../plugins/index.ts';
import { testKeyring } from './keyring.ts';
import { silentLog as log, quietRuntime } from './quiet.ts';

/** What the parent tells, as JSON in the only argument. */
export interface WorkerOrders {
  readonly databaseUrl: string;
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Kills itself between the door's commit and Temporal's, at the n-th commit that has events for the workflow. */
  readonly dieAtCommit?: number;
  /** The door's clock runs ahead by so much: things come due without waiting. */
  readonly aheadMs?: number;
  /** True: it keeps the units' wheels. */
  readonly wheels?: boolean;
  /** Kills itself the n-th time the door comes to this place. */
  readonly dieAt?: { readonly step: DoorStep; readonly nth: number };
}

const orders = JSON.parse(process.argv[2] ?? '{}') as WorkerOrders;
const { address, namespace, taskQueue, dieAtCommit, aheadMs, wheels = false, dieAt } = orders;
quietRuntime();
const sql = connect(orders.databaseUrl, { role: roleOfPart('worker') });
const sealer = connect(orders.databaseUrl, { role: roleOfPart('sealer'), max: 1 });
const keyring = await testKeyring(sql);
const catalogue = await loadPrograms();
const door = await createDoor({
  sql,
  programs: await installPrograms(sql, catalogue.all()),
  log,
  ...(dieAt ? { step: crashInDoor({ name: dieAt.step, nth: dieAt.nth }) } : {}),
  ...(aheadMs === undefined ? {} : { now: async () => new Date(Date.now() + aheadMs).toISOString() }),
});
const dataConverter = clientConverter(keyring);
const client = new Client({ connection: await Connection.connect({ address }), namespace, dataConverter });
let commits = 0;
const worker = await createWorker({
  ...{ connection: await NativeConnection.connect({ address }), client, keyring, namespace, taskQueue, door, log },
  ...{ sql, sealer },
  programs: catalogue,
  clock: { mayFire: () => true },
  wheels,
  afterCommit: async (_query, answer) => {
    if ('recordBehind' in answer || answer.events.length === 0) return;
    commits += 1;
    if (commits === dieAtCommit) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write('ready\n');
await worker.run();
