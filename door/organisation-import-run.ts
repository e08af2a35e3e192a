import type { Sql } from '../db/client.ts';
import { ORGANISATION_ROLE } from '../db/roles.ts';
import { createTransactions } from '../db/transactions.ts';
import type { Text } from '../sdk/program.ts';
import { type OrgActor, Organisation } from './organisation.ts';
import { applyPlan, type OrgFinding, type OrgRow, readThere } from './organisation-import.ts';
import { planOrganisation } from './organisation-plan.ts';

/** Some thousands of rows are recorded in one transaction. */
const deadlineMs = 300_000;

/**
 * Carries out a list of the organisation: decided anew on what is there when its turn has come, all of it and the list's own rows in one transaction,
 * or nothing. A list whose rows cannot be (any more) is stopped with what was found. Answers how many things were added;
 * throws what the database throws, and then nothing is written.
 */
export async function runOrganisationImport(
  sql: Sql,
  list: { readonly id: string; readonly unit: string; readonly actor: OrgActor },
): Promise<number> {
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs, role: ORGANISATION_ROLE });
  try {
    return await transactions.run(async (tx) => {
      const [own] = await tx`SELECT FROM imports WHERE id = ${list.id} AND status = 'running' FOR UPDATE`;
      if (!own) return 0;
      const stored = await tx<{ request: OrgRow }[]>`
        SELECT request FROM person.import_rows WHERE import_id = ${list.id} AND state IN ('ready', 'skipped') AND request IS NOT NULL
        ORDER BY sheet, row`;
      const rows = stored.map(({ request }) => request);
      const organisation = new Organisation(tx, list.actor);
      await organisation.turn();
      const plan = planOrganisation(rows, await readThere(tx, rows, { unit: list.unit, by: list.actor.id }));
      if (plan.findings.length > 0) {
        const found = JSON.stringify(plan.findings.map(asProblem));
        await tx`
          UPDATE person.import_rows t SET state = 'failed', problems = json_build_array(r.problem)
          FROM json_to_recordset(${found}::text::json) AS r (sheet text, row int, problem json)
          WHERE t.import_id = ${list.id} AND t.sheet = r.sheet AND t.row = r.row`;
        await close(tx, list.id, 'stopped', NOTHING_WRITTEN);
        return 0;
      }
      await applyPlan(organisation, plan);
      const added = JSON.stringify(plan.steps.map(({ row: { sheet, row } }) => ({ sheet, row })));
      await tx`
        UPDATE person.import_rows t SET cells = NULL, rounded = NULL, request = NULL, problems = NULL,
          state = CASE WHEN EXISTS (SELECT FROM json_to_recordset(${added}::text::json) AS r (sheet text, row int)
            WHERE r.sheet = t.sheet AND r.row = t.row) THEN 'opened' ELSE 'skipped' END
        WHERE t.import_id = ${list.id} AND t.state IN ('ready', 'skipped')`;
      await close(tx, list.id, 'done', undefined);
      return plan.steps.length;
    });
  } finally {
    await transactions.end();
  }
}

const NOTHING_WRITTEN: Text = [
  '有的行现在不能导入，什么都没有写入。改正后重新上传。',
  'Some rows cannot be recorded now, so nothing was written. Mend them and bring the list again.',
];

function close(tx: Sql, id: string, status: 'done' | 'stopped', why: Text | undefined) {
  return tx`
    UPDATE imports SET status = ${status}, stopped = ${why ? JSON.stringify(why) : null}::text::json, lease_until = NULL,
      finished_at = clock_timestamp(), forget_at = clock_timestamp() + interval '7 days' WHERE id = ${id}`;
}

function asProblem({ sheet, row, code, text }: OrgFinding) {
  return { sheet, row, problem: { column: null, code, zh: text[0], en: text[1] } };
}
