// Records histories of real runs into test/histories/, to be replayed by every later release:
//   npx tsx test/record-histories.ts <release>
// Run it when a release changed workflows/. Files of earlier releases stay: cases of theirs may still be open.
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { decodeRun } from '../activities/run-history.ts';
import { connect, type Sql } from '../db/client.ts';
import fule from '../plugins/fule/program.ts';
import { caseWorkflowId, UNFREEZE_SIGNAL } from '../workflows/names.ts';
import { historyToJson, inClear, witnessOf } from './support/histories.ts';
import { longProgram } from './support/long-program.ts';
import { quietRuntime } from './support/quiet.ts';
import { scriptDatabase } from './support/script-database.ts';
import { seamServer } from './support/seam-server.ts';
import { createStage, type Stage, writeOrganisation } from './support/stage.ts';
import { timeSkippingEnvironment } from './support/temporal.ts';

const release = process.argv[2];
if (!release) throw new Error('usage: npx tsx test/record-histories.ts <release>');
const root = dirname(import.meta.dirname);
const folder = join(root, 'test/histories');

quietRuntime();
const database = await scriptDatabase();
const sql = connect(database.url);
await writeOrganisation(sql, fule);
const [server, skipping] = await Promise.all([seamServer(60), timeSkippingEnvironment()]);
try {
  await record('many-acts', server, async (stage) => {
    const caseId = await stage.open();
    for (let n = 0; n < 12; n++) {
      const notes = Array.from({ length: 3 }, (_, i) => note(stage, caseId, `记录 ${n}.${i}`));
      await Promise.all(notes);
      await stage.witnessed(caseId);
    }
    return caseId;
  });
  await record('frozen', server, async (stage) => {
    const caseId = await stage.open();
    await stage.witnessed(caseId);
    await freezeAndLetGo(stage, sql, caseId);
    for (let n = 0; n < 12; n++) {
      await note(stage, caseId, `记录 ${n}`);
      await stage.witnessed(caseId);
    }
    return caseId;
  });
  await record('outage', server, async (stage) => {
    const caseId = await stage.open();
    await stage.witnessed(caseId);
    await sql`ALTER TABLE events RENAME TO events_away`; // the door cannot read: it throws until the table is back
    await stage.client.workflow.getHandle(caseWorkflowId(caseId)).signal('note.add', 'none');
    await sleep(8_000);
    await sql`ALTER TABLE events_away RENAME TO events`;
    for (let n = 0; n < 12; n++) {
      await note(stage, caseId, `记录 ${n}`);
      await stage.witnessed(caseId);
    }
    return caseId;
  });
  await record('years', skipping, async (stage) => {
    const caseId = await stage.open();
    await stage.witnessed(caseId);
    await skipping.sleep('400 days');
    await note(stage, caseId, '一年以后');
    await stage.act(caseId, 'caseworker', 'case.close', { data: { outcome: 'withdrew' }, reason: '本人退出' });
    await stage.client.workflow.getHandle(caseWorkflowId(caseId)).result();
    return caseId;
  });
} finally {
  await Promise.all([server.teardown(), skipping.teardown()]);
  await sql.end();
  await database.close();
}
process.exit();

function note(stage: Stage, caseId: string, text: string) {
  return stage.act(caseId, 'caseworker', 'note.add', { data: { text } });
}

/** Plays one case and writes the last of its finished runs, after comparing where each ended with the record. */
async function record(
  name: string,
  temporal: TestWorkflowEnvironment,
  play: (stage: Stage) => Promise<string>,
): Promise<void> {
  const skips = temporal === skipping ? ({ skipsTime: true, program: longProgram } as const) : {};
  const stage = await createStage({ temporal, database, ...skips });
  try {
    const workflowId = caseWorkflowId(await play(stage));
    const runs = [];
    for (const { history } of (await witnessOf(stage.client, workflowId)).runs) {
      const { end, input } = await decodeRun(stage.client, history);
      const last = history.events?.at(-1);
      const finished =
        last?.workflowExecutionCompletedEventAttributes ?? last?.workflowExecutionContinuedAsNewEventAttributes;
      if (!finished) continue;
      const [event] = await sql`SELECT hash FROM events WHERE case_id = ${input.caseId} AND seq = ${end.seq}`;
      if (event?.['hash'] !== end.head) throw new Error(`${name}: a run ended otherwise than the record says`);
      runs.push({ workflowId, ...end, history: historyToJson(await inClear(stage.keyring, history)) });
    }
    if (runs.length === 0) throw new Error(`${name}: no run is finished`);
    mkdirSync(folder, { recursive: true });
    // stacks of failures name folders of this machine, which are nobody's business
    const folders = [root, dirname(realpathSync(join(root, 'node_modules')))];
    const text = folders.reduce(
      (all, each) => all.replaceAll(each, '/linli'),
      JSON.stringify({ release, name, runs: runs.slice(-2) }),
    );
    writeFileSync(join(folder, `${release}-${name}.json`), `${text}\n`);
    process.stdout.write(`${name}: ${runs.length} runs\n`);
  } finally {
    await stage.close();
  }
}

async function freezeAndLetGo(stage: Stage, db: Sql, caseId: string): Promise<void> {
  const handle = stage.client.workflow.getHandle(caseWorkflowId(caseId));
  await db`UPDATE cases SET frozen_at = now() WHERE case_id = ${caseId}`;
  await handle.signal('note.add', 'none');
  await sleep(1_000);
  await db`UPDATE cases SET frozen_at = NULL WHERE case_id = ${caseId}`;
  await handle.signal(UNFREEZE_SIGNAL);
}
