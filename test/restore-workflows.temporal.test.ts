import { expect, test } from 'vitest';
import { restoreWorkflows } from '../activities/restore.ts';
import { readRun } from '../activities/run-history.ts';
import { connect } from '../db/client.ts';
import fule from '../plugins/fule/program.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { freshDatabase } from './support/postgres.ts';
import { silentLog as log, quietRuntime } from './support/quiet.ts';
import { seamServer } from './support/seam-server.ts';
import { createStage, writeOrganisation } from './support/stage.ts';
import { realTemporal } from './support/temporal.ts';

test("on an empty Temporal the cases' workflows are started again from the record", async () => {
  quietRuntime();
  const temporal = await seamServer(4_096);
  const database = await freshDatabase();
  const sql = connect(database.url);
  const text = (n: number) => ({ data: { text: `记录 ${n}` } });
  try {
    await writeOrganisation(sql, fule);
    const before = await createStage({ temporal: realTemporal(), database });
    const cases = await Promise.all(Array.from({ length: 5 }, () => before.open()));
    for (const caseId of cases) await before.witnessed(caseId);
    await before.close();

    const after = await createStage({ temporal, database });
    const { client, taskQueue } = after;
    expect(await restoreWorkflows({ sql, client, log, taskQueue })).toBe(5);
    expect(await restoreWorkflows({ sql, client, log, taskQueue })).toBe(5); // again: only woken
    for (const [n, caseId] of cases.entries()) {
      await after.act(caseId, 'caseworker', 'note.add', text(n));
      await after.witnessed(caseId);
      const [row] = await sql`SELECT seq, head FROM cases WHERE case_id = ${caseId}`;
      const { input, end } = await readRun(client, caseWorkflowId(caseId));
      expect(input.seq).toBe(row?.['seq'] - 1);
      expect(end).toEqual({ seq: row?.['seq'], head: row?.['head'] });
    }
    await after.close();
  } finally {
    await sql.end();
    await temporal.teardown();
    await database.close();
  }
});
