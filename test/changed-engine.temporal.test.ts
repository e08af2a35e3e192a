import { expect, test } from 'vitest';
import { clientConverter } from '../activities/data-converter.ts';
import { decodeRun } from '../activities/run-history.ts';
import { connect } from '../db/client.ts';
import { type Engine, engine } from '../door/engine.ts';
import type { WitnessedEvent } from '../door/outcome.ts';
import fule from '../plugins/fule/program.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { witnessOf } from './support/histories.ts';
import { freshDatabase } from './support/postgres.ts';
import { quietRuntime } from './support/quiet.ts';
import { replay } from './support/replay.ts';
import { seamServer } from './support/seam-server.ts';
import { createStage, writeOrganisation } from './support/stage.ts';
import { stateOf } from './support/states.ts';

/** A later release that understands events otherwise: every note takes ten visits off and renames what is due. */
const changed: Engine = {
  ...engine,
  evolve(state, event) {
    const next = engine.evolve(state, event);
    if (event.type !== 'note.added') return next;
    return { ...next, counts: { ...next.counts, visit: -10 }, fields: { ...next.fields, mood: '改过' } };
  },
};

test('a changed engine changes nothing of the past: replay passes, the record stays, the case goes on', async () => {
  quietRuntime();
  const temporal = await seamServer(60);
  const database = await freshDatabase();
  const sql = connect(database.url);
  const record = (caseId: string) =>
    sql`SELECT seq, header, hash, payload FROM events WHERE case_id = ${caseId} ORDER BY seq`;
  const taskQueue = 'changed-engine';
  try {
    await writeOrganisation(sql, fule);
    const before = await createStage({ temporal, database, taskQueue });
    const caseId = await before.open();
    for (let n = 0; n < 15; n++) {
      await before.act(caseId, 'caseworker', 'note.add', { data: { text: `记录 ${n}` } });
      await before.witnessed(caseId);
    }
    await before.close();
    const past = await record(caseId);

    const after = await createStage({ temporal, database, taskQueue, engine: changed });
    const workflowId = caseWorkflowId(caseId);
    for (let n = 0; n < 15; n++) {
      await after.act(caseId, 'caseworker', 'note.add', { data: { text: `新版 ${n}` } });
      await after.witnessed(caseId);
    }
    const now = await record(caseId);
    expect(now.slice(0, past.length)).toEqual(past);
    expect(now).toHaveLength(past.length + 15);
    expect((await stateOf(after.sql, caseId)).fields['mood']).toBe('改过'); // the other engine did decide

    const { events, runs } = await witnessOf<WitnessedEvent>(after.client, workflowId);
    expect(events.map(({ hash }) => hash)).toEqual(now.map((each) => each['hash']));
    const finished = runs.slice(0, -1);
    expect(finished.length).toBeGreaterThan(0);
    const ends = await Promise.all(finished.map(async ({ history }) => (await decodeRun(after.client, history)).end));
    const replayed = await replay(
      runs.map(({ history }) => ({ workflowId, history })),
      clientConverter(after.keyring),
    );
    expect(replayed.map(({ error }) => error)).toEqual(runs.map(() => undefined));
    expect(replayed.slice(0, -1).map(({ end }) => end)).toEqual(ends);
    for (const { seq, head } of ends) expect(now[seq - 1]?.['hash']).toBe(head);
    await after.close();
  } finally {
    await sql.end();
    await temporal.teardown();
    await database.close();
  }
});
