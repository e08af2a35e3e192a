import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import postgres from 'postgres';
import { signalRun } from '../../activities/case-run.ts';
import { clientConverter } from '../../activities/data-converter.ts';
import { someAtATime } from '../../activities/some-at-a-time.ts';
import { callWheel } from '../../activities/wheel-call.ts';
import { connect, type Sql } from '../../db/client.ts';
import { migrate } from '../../db/migrate.ts';
import { installPrograms } from '../../door/programs.ts';
import { burstBudgetMs, burstProgram } from '../../test/support/burst-program.ts';
import { testKeyring } from '../../test/support/keyring.ts';
import { openMany } from '../../test/support/many-cases.ts';
import { writeOrganisation } from '../../test/support/stage.ts';
import { startWorkerChild } from '../../test/support/worker-child.ts';
import { GENESIS, wheelWorkflowId } from '../../workflows/names.ts';
import type { Installation } from '../installation.ts';

const unit = 'community';
const startsAtOnce = 32;
/** Waiting goes on as long as something becomes less within this time. */
const patienceMs = 300_000;

/** Cases of a program with one deadline, in a database of their own, with a worker process of their own. */
export interface Fleet {
  readonly sql: Sql;
  readonly workerPid: number;
  /** Opens so many cases whose deadline comes due then, starts their workflows, and waits until these sleep. */
  prepare(n: number, dueAtMs: number): Promise<void>;
  /** Waits until every case's workflow has taken all events in. */
  witnessed(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes a database beside Linli's own; answers its address. */
export async function makeDatabase(url: string, name: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`CREATE DATABASE ${sql(name)}`;
  } finally {
    await sql.end();
  }
  return url.replace(/[^/]*$/, name);
}

/** Sets up an empty fleet. `wheels`: whether the unit has a wheel, or the cases go by their own timers alone. */
export async function startFleet(
  { client: linlis, temporal, databaseUrl }: Installation,
  name: string,
  { wheels }: { readonly wheels: boolean },
): Promise<Fleet> {
  const url = await makeDatabase(databaseUrl, `bench_${name}`);
  await migrate(url);
  const sql = connect(url, { max: 2, name: 'bench', statementTimeoutMs: 60_000 });
  await writeOrganisation(sql, burstProgram);
  const program = (await installPrograms(sql, [burstProgram])).latest(burstProgram.id)!;
  const taskQueue = `bench-${name}`;
  const { address, namespace } = temporal;
  const dataConverter = clientConverter(await testKeyring(sql)); // the worker's
  const client = new Client({ connection: linlis.connection, namespace, dataConverter });
  const worker = await startWorkerChild({ databaseUrl: url, address, namespace, taskQueue, wheels });

  async function until(countLeft: () => PromiseLike<{ left: number }[]>): Promise<void> {
    let least = Number.POSITIVE_INFINITY;
    let end = 0;
    for (;;) {
      const left = (await countLeft())[0]!.left;
      if (left === 0) return;
      if (left < least) end = Date.now() + patienceMs;
      else if (Date.now() > end) throw new Error(`${name}: ${left} did not come in ${patienceMs / 60_000} minutes.`);
      least = Math.min(least, left);
      await sleep(100);
    }
  }

  const witnessed = () => until(() => sql`SELECT count(*)::int AS left FROM cases WHERE witnessed_seq < seq`);
  return {
    sql,
    workerPid: worker.pid,
    witnessed,
    async prepare(n, dueAtMs) {
      const openedAt = new Date(dueAtMs - burstBudgetMs).toISOString();
      const cases = await openMany(sql, program, n, {
        actor: { kind: 'person', id: 'the caseworker', logins: [{ role: 'caseworker', unit }] },
        ...{ unit, openedAt, data: { need: '行动不便,没有收入' }, assignments: {} },
        parties: [{ role: 'household', name: '周某' }],
      });
      if (wheels) {
        await callWheel(client, unit, undefined, taskQueue);
        await until(() => sql`SELECT (1 - count(*))::int AS left FROM wheels WHERE armed_at IS NOT NULL`);
      }
      await someAtATime(startsAtOnce, cases, (caseId) => {
        const work = { caseId, openedAt, witnessed: { seq: 0, head: GENESIS } };
        return signalRun(client, work, { name: 'case.open', args: [] }, taskQueue);
      });
      await witnessed();
    },
    async stop() {
      worker.kill('SIGKILL');
      await worker.ended;
      // its wheel would wait for a worker that never comes again
      await client.workflow
        .getHandle(wheelWorkflowId(unit))
        .terminate()
        .catch(() => {});
      await sql.end({ timeout: 5 });
    },
  };
}
