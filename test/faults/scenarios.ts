import { setTimeout as sleep } from 'node:timers/promises';
import { caseWorkflowId, wheelWorkflowId } from '../../workflows/names.ts';
import { addNote, community, type Ground, openCase, openCases, people } from './ground.ts';
import { clocksOff } from './skew.ts';

/** Breaks something while people work and time goes on. What must hold afterwards is judged by the oracle, not here. */
export type Scenario = (ground: Ground) => Promise<void>;

const before = 2_500;
const after = 7_000;

/** People work on fresh cases that come due meanwhile, before the fault, during it, and after it. */
async function among(
  ground: Ground,
  { cases, dueIn, callers = 4 }: { cases: number; dueIn: readonly [number, number]; callers?: number },
  fault: (cases: readonly string[]) => Promise<void>,
): Promise<void> {
  const opened = await openCases(ground, cases, ...dueIn);
  const crowd = people(ground, opened, { callers });
  try {
    await sleep(before);
    await ground.rig.fault(() => fault(opened));
    await sleep(after);
  } finally {
    await crowd.goHome();
  }
}

const seconds = (n: number): Promise<void> => sleep(n * 1_000);

/** How often the processes named were killed, for the report. */
function count(ground: Ground, what: string): void {
  ground.figures[what] = Number(ground.figures[what] ?? 0) + 1;
}

/** The API is killed at moments nobody chose: between a request and its answer, before or after commit and wake. */
const killApi: Scenario = async (ground) => {
  const { rig, random, length } = ground;
  await among(ground, { cases: 6, dueIn: [5, 25], callers: 8 }, async () => {
    for (let n = 0; n < 6 * length; n++) {
      await sleep(random.between(0, 700));
      await rig.part('api').kill();
      count(ground, 'api killed');
      await rig.start('api');
    }
  });
};

/**
 * The API ends itself after a commit, before the case is woken and the caller answered. The caller's repeat wakes
 * nobody, so that the sweeper alone brings the case to its workflow.
 */
const crashBeforeWake: Scenario = async (ground) => {
  const { rig, random, length } = ground;
  const [caseId] = await openCases(ground, 1, 30, 30);
  for (let n = 0; n < 3 * length; n++) {
    await rig.end('api');
    await rig.fault(async () => {
      const api = await rig.start('api', { failpoint: `act-committed:${random.between(1, 4)}` });
      const opened = openCase(ground, 20);
      const calls = [];
      // notes that come together share a commit: only going on reaches the one at which it ends
      while (api.lives()) {
        calls.push(...Array.from({ length: 3 }, () => addNote(ground, caseId!)));
        await Promise.race([api.ended, sleep(300)]);
      }
      count(ground, 'api killed between commit and wake');
      await rig.start('api');
      await Promise.all([opened, ...calls]);
    });
  }
  const crowd = people(ground, [caseId!], { callers: 2 });
  await sleep(after + before);
  await crowd.goHome();
};

/** The worker is killed at moments nobody chose, while rungs come due and acts come in. */
const killWorker: Scenario = async (ground) => {
  const { rig, random, length } = ground;
  await among(ground, { cases: 12, dueIn: [3, 25] }, async () => {
    for (let n = 0; n < 4 * length; n++) {
      await sleep(random.between(0, 900));
      await rig.part('worker').kill();
      count(ground, 'worker killed');
      await rig.start('worker');
    }
  });
};

/** The worker ends itself after the door's commit, before Temporal is told: the workflow asks again. */
const crashBeforeTemporal: Scenario = async (ground) => {
  const { rig, random, length } = ground;
  await rig.end('worker');
  await among(ground, { cases: 10, dueIn: [1, 25] }, async () => {
    for (let n = 0; n < 3 * length; n++) {
      const worker = await rig.start('worker', { failpoint: `advance-committed:${random.between(1, 8)}` });
      await worker.ended;
      count(ground, 'worker killed between commit and Temporal');
    }
    await rig.start('worker');
  });
};

/** The worker is killed while a call of the program is under way: it is tried again, under the same key, and soon. */
const killDuringCall: Scenario = async (ground) => {
  const { rig, length } = ground;
  for (let n = 0; n < length; n++) {
    await rig.fault(async () => {
      await openCases(ground, 6, 20, 30);
      const underWay = () => rig.sql`SELECT FROM effects WHERE done_at IS NOT NULL AND answer IS NULL`;
      const until = performance.now() + 30_000;
      while ((await underWay()).length === 0 && performance.now() < until) await sleep(20);
      await sleep(300); // started: now its activity is running
      const met = (await underWay()).length;
      await rig.part('worker').kill();
      ground.figures['calls under way when the worker was killed'] = met;
      await rig.start('worker');
    });
  }
  await among(ground, { cases: 2, dueIn: [5, 10] }, async () => {});
};

/** Worker and Temporal's server are killed together while timers come due. */
const killWorkerAndTemporal: Scenario = async (ground) => {
  const { rig, length } = ground;
  await among(ground, { cases: 24, dueIn: [3, 20] }, async () => {
    for (let n = 0; n < length; n++) {
      await seconds(1);
      await Promise.all([rig.part('worker').kill(), rig.killServer('temporal')]);
      count(ground, 'worker and Temporal killed together');
      await seconds(6);
      await rig.startServer('temporal');
      await rig.start('worker');
    }
  });
};

/** Temporal and all workers are away, and people go on working as if nothing were. */
const temporalAway: Scenario = async (ground) => {
  const { rig, callers, length } = ground;
  const awayMs = 60_000 * length;
  await among(ground, { cases: 12, dueIn: [5, 25] }, async (cases) => {
    await Promise.all([rig.part('worker').kill(), rig.killServer('temporal')]);
    const begin = performance.now();
    await sleep(awayMs / 2);
    // a case opened now has no workflow until Temporal is back
    await openCases(ground, 3, 2, 8);
    await sleep(begin + awayMs - performance.now());
    const during = callers.journal.filter(({ startedMs }) => startedMs >= begin);
    const answered = during.filter(({ answer, tries }) => answer && tries === 1);
    ground.figures['acts while Temporal was away'] = answered.length;
    if (answered.length < cases.length || answered.length < during.length * 0.8)
      throw new Error(`people could not go on: ${answered.length} of ${during.length} acts were answered at once`);
    await rig.startServer('temporal');
    await rig.start('worker');
  });
};

/**
 * An administrator deletes workflows of open cases in Temporal, and their unit's wheel: the sweeper starts the
 * cases again where the record stands, the keeper the wheel.
 */
const deleteWorkflows: Scenario = async (ground) => {
  const { rig } = ground;
  await among(ground, { cases: 6, dueIn: [8, 16] }, async (cases) => {
    const unbegun = () => rig.sql`SELECT FROM cases WHERE case_id IN ${rig.sql(cases)} AND witnessed_seq = 0`;
    while ((await unbegun()).length > 0) await sleep(200);
    await rig.withTemporal(async (client) => {
      const workflows = [...cases.slice(0, 4).map(caseWorkflowId), wheelWorkflowId(community)];
      for (const workflowId of workflows) {
        await client.workflowService.deleteWorkflowExecution({
          namespace: client.options.namespace,
          workflowExecution: { workflowId },
        });
        count(ground, 'workflows deleted');
      }
    });
    await seconds(20);
  });
};

/** PostgreSQL is killed and stays away; callers are told 503 or nothing, and repeat. */
const postgresAway: Scenario = async (ground) => {
  const { rig, callers, length } = ground;
  await among(ground, { cases: 12, dueIn: [5, 25] }, async () => {
    const begin = callers.journal.length;
    for (let n = 0; n < length; n++) {
      await rig.killServer('postgres');
      await seconds(60);
      await rig.startServer('postgres');
      count(ground, 'PostgreSQL away for a minute');
      await seconds(10);
    }
    const failures = new Set(callers.journal.slice(begin).map(({ firstFailure }) => firstFailure));
    ground.figures['answers while PostgreSQL was away'] = [...failures].filter(Boolean).join(', ');
  });
};

/** PostgreSQL is killed again and again, every few seconds, under load. */
const postgresFlaps: Scenario = async (ground) => {
  const { rig, random, length } = ground;
  await among(ground, { cases: 8, dueIn: [5, 30], callers: 6 }, async () => {
    for (let n = 0; n < 4 * length; n++) {
      await sleep(random.between(300, 2_500));
      await rig.killServer('postgres');
      count(ground, 'PostgreSQL killed');
      await rig.startServer('postgres');
    }
  });
};

/** Worker and PostgreSQL die within the same moment, PostgreSQL is back first. */
const killWorkerAndPostgres: Scenario = async (ground) => {
  const { rig, length } = ground;
  await among(ground, { cases: 10, dueIn: [3, 20] }, async () => {
    for (let n = 0; n < length; n++) {
      await seconds(1);
      await Promise.all([rig.part('worker').kill(), rig.killServer('postgres')]);
      count(ground, 'worker and PostgreSQL killed together');
      await seconds(2);
      await rig.startServer('postgres');
      await rig.start('worker');
    }
  });
};

/** Stopped until this is over: longer than any lock, transaction or local activity may last. */
const stoppedMs = 8_000;

/** An API is stopped with a case's lock in its hands; the other goes on, and the first wakes up later. */
const stopApi: Scenario = async (ground) => {
  const { rig, length } = ground;
  await rig.standUp('api', 'api 2', 'worker');
  const [caseId] = await openCases(ground, 1, 4, 4);
  for (let n = 0; n < length; n++) {
    const first = rig.part('api');
    const [only, other] = [[first.url], [rig.part('api 2').url]];
    await rig.fault(async () => {
      let stop = false;
      const hammer = Array.from({ length: 8 }, async () => {
        while (!stop) await addNote(ground, caseId!, only);
      });
      await sleep(500);
      const held = await stopHoldingLock(ground);
      if (held) count(ground, 'API stopped while it held the lock');
      const stoppedAt = performance.now();
      await addNote(ground, caseId!, other);
      ground.figures['others waited for the lock at most ms'] = Math.max(
        Number(ground.figures['others waited for the lock at most ms'] ?? 0),
        Math.round(performance.now() - stoppedAt),
      );
      const crowd = people(ground, [caseId!], { callers: 3 });
      await sleep(stoppedAt + stoppedMs - performance.now());
      stop = true;
      first.thaw();
      count(ground, 'API stopped and woken');
      await Promise.all(hammer);
      await crowd.goHome();
    });
  }
  const crowd = people(ground, [caseId!], { callers: 3 });
  await sleep(after);
  await crowd.goHome();
};

/** Stops the first API at a moment when one of its transactions is open between two statements; false when none was met. */
async function stopHoldingLock({ rig }: Ground): Promise<boolean> {
  const api = rig.part('api');
  for (let n = 0; n < 200; n++) {
    api.freeze();
    await sleep(15);
    const [row] = await rig.sql`
      SELECT FROM pg_stat_activity WHERE state = 'idle in transaction' AND application_name = 'linli api'`;
    if (row) return true;
    if (n === 199) return false;
    api.thaw();
    await sleep(7);
  }
  return false;
}

/** The worker is stopped while rungs come due; another takes over; the first wakes up with its old answers. */
const stopWorker: Scenario = async (ground) => {
  const { rig, length } = ground;
  await rig.standUp('api', 'worker', 'worker 2');
  await among(ground, { cases: 12, dueIn: [2, 20] }, async () => {
    for (let n = 0; n < length; n++) {
      for (const name of ['worker', 'worker 2']) {
        const worker = rig.part(name);
        worker.freeze();
        await sleep(stoppedMs);
        worker.thaw();
        count(ground, 'worker stopped and woken');
        await seconds(1);
      }
    }
  });
};

/** Two APIs at once on the same cases, either killed in turn: the other answers. */
const twoApis: Scenario = async (ground) => {
  const { rig, random, length } = ground;
  await rig.standUp('api', 'api 2', 'worker');
  await among(ground, { cases: 3, dueIn: [5, 25], callers: 10 }, async () => {
    for (let n = 0; n < 3 * length; n++) {
      const name = random.pick(['api', 'api 2']);
      await sleep(random.between(0, 800));
      await rig.part(name).kill();
      count(ground, 'one of two APIs killed');
      await rig.start(name);
    }
  });
};

/** Fifty callers at once on one case, until its workflow has gone through several runs. */
const fiftyCallers: Scenario = async (ground) => {
  const { callers, length } = ground;
  const [caseId] = await openCases(ground, 1, 5, 5);
  const begin = performance.now();
  const from = callers.journal.length;
  let working = true;
  const crowd = Array.from({ length: 50 }, async () => {
    while (working) await addNote(ground, caseId!);
  });
  let runs = 0;
  const tookMs = () => performance.now() - begin;
  while (tookMs() < 15_000 * length || (runs < wantedRuns && tookMs() < 120_000)) {
    await seconds(2);
    runs = await runsOf(ground, caseId!);
  }
  working = false;
  await Promise.all(crowd);
  const acts = callers.journal.length - from;
  ground.figures['acts of fifty callers'] = acts;
  ground.figures['acts a second'] = Math.round((acts / tookMs()) * 10_000) / 10;
  ground.figures['runs of the one workflow'] = runs;
  if (runs < wantedRuns) throw new Error(`its workflow went through ${runs} runs only, at ${acts} acts`);
};
const wantedRuns = 4;

/** How many runs of a case's workflow Temporal lists, which may be a moment behind. */
function runsOf({ rig }: Ground, caseId: string): Promise<number> {
  return rig.withTemporal(async (client) => (await client.workflow.count(`WorkflowId = 'case/${caseId}'`)).count);
}

/** The same key twice at once, from many callers and through two APIs: one effect, one answer. */
const sameKey: Scenario = async (ground) => {
  const { rig, callers } = ground;
  await rig.standUp('api', 'api 2', 'worker');
  const [caseId] = await openCases(ground, 1, 5, 5);
  for (let n = 0; n < 30; n++) {
    const key = `note-${crypto.randomUUID()}`;
    const wish = { as: rig.keyOf('caseworker'), key, path: `/api/v1/cases/${caseId}/acts` };
    const body = { type: 'note.add', data: { text: key } };
    const twins = await Promise.all(Array.from({ length: 4 }, () => callers.send({ ...wish, body })));
    const answers = new Set(twins.map(({ answer }) => JSON.stringify([answer?.status, answer?.body.act])));
    if (answers.size !== 1) throw new Error(`one key, different answers: ${[...answers].join(' and ')}`);
    count(ground, 'keys sent four times at once');
  }
  const wish = { as: rig.keyOf('caseworker'), path: '/api/v1/cases', key: crypto.randomUUID() };
  const body = {
    ...{ program: 'drill', unit: 'community-1', data: { need: '屋顶漏水' } },
    parties: [{ role: 'household', name: '周某' }],
  };
  const twins = await Promise.all(Array.from({ length: 4 }, () => callers.send({ ...wish, body })));
  const ids = new Set(twins.map(({ answer }) => answer?.body['id']));
  if (ids.size !== 1) throw new Error('one key opened several cases');
};

/** All there is, by the name it has in reports. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'kill -9 of the API between request and answer': killApi,
  'kill -9 of the API between commit and wake': crashBeforeWake,
  'kill -9 of the worker': killWorker,
  "kill -9 of the worker between the door's commit and Temporal's": crashBeforeTemporal,
  'kill -9 of the worker during a call of a program': killDuringCall,
  'kill -9 of worker and Temporal server together while timers come due': killWorkerAndTemporal,
  'Temporal and all workers away while people go on working': temporalAway,
  'workflows of open cases deleted in Temporal': deleteWorkflows,
  'PostgreSQL away': postgresAway,
  'PostgreSQL killed again and again': postgresFlaps,
  'kill -9 of worker and PostgreSQL together': killWorkerAndPostgres,
  'an API stopped with a lock in its hands wakes up later': stopApi,
  'a stopped worker wakes up later': stopWorker,
  'two APIs at once, one of them killed': twoApis,
  'clocks of an API and of the worker off by days': clocksOff,
  'fifty callers at once on one case through several continue-as-new': fiftyCallers,
  'the same Idempotency-Key several times at once': sameKey,
};
