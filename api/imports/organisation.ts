import { createHash } from 'node:crypto';
import { type CheckedRow, type ImportRow, importOf, type RowProblem } from '../../db/queries/imports.ts';
import { type OrgFinding, readThere } from '../../door/organisation-import.ts';
import { planOrganisation } from '../../door/organisation-plan.ts';
import { type Caller, may } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { type ApiProblem, problem } from '../errors.ts';
import { sheetLimits } from '../sheets/sheet.ts';
import { columnOf, orgRowOf, withSubjects } from './org-rows.ts';
import { orgTargets } from './org-targets.ts';
import { guessMapping } from './targets.ts';
import { bytesOf, kept, mustMeanSomething, repeated, roomFor, sheetsOf } from './upload.ts';

/** A list of the organisation: one sheet or several, each row read for whatever it speaks of. */
export interface OrgUpload {
  readonly id: string;
  readonly file: unknown;
}

/**
 * Reads a list of units, posts, people and appointments, says what it would change and keeps it, under the id of the request.
 * Nothing of the organisation is written. Throws the problems 403, 409, 413, 422, 503.
 */
export async function bringOrganisation(
  deps: AppDeps,
  caller: Caller,
  upload: OrgUpload,
): Promise<{ id: string; repeated: boolean }> {
  if (!may(caller, 'organisation')) throw administratorsOnly();
  const bytes = await bytesOf(upload.file);
  const bodyHash = createHash('sha256').update(bytes).digest('hex');
  const known = await importOf(deps.sql, upload.id, caller.person);
  if (known) return repeated(known, bodyHash);
  await roomFor(deps, caller);
  const sheets = (await sheetsOf(deps, caller, bytes)).map(withSubjects);
  const columns = [...new Set(sheets.flatMap((sheet) => sheet.columns))];
  // sheets may call the same thing otherwise; within one no two columns mean the same
  const mapping = Object.assign({}, ...sheets.map((sheet) => guessMapping(sheet.columns, orgTargets))) as Record<
    string,
    string | null
  >;
  mustMeanSomething(mapping);
  const rows = sheets.flatMap(({ name = '', rows: own }) =>
    own.map(({ row, cells, rounded }) => ({
      sheet: sheets.length > 1 ? name : '',
      row,
      cells,
      rounded: rounded ?? null,
    })),
  );
  if (rows.length > sheetLimits.rows || rows.length === 0)
    throw problem(rows.length === 0 ? 'INVALID_DATA' : 'BODY_TOO_LARGE', [
      `表中有 ${rows.length} 行，应为 1 到 ${sheetLimits.rows} 行。`,
      `There are ${rows.length} rows; 1 to ${sheetLimits.rows} are taken.`,
    ]);
  const checked = await checkOrganisation(deps, { unit: caller.unit, by: caller.person }, mapping, rows);
  const made = {
    ...{ id: upload.id, kind: 'organisation' as const, person: caller.person, key: caller.key, program: null },
    ...{ unit: caller.unit, imported: false, bodyHash, columns, mapping },
  };
  return kept(deps, made, checked, rows);
}

/** What each row would change now: `ready` adds something, `skipped` is there already, `refused` cannot be. */
export async function checkOrganisation(
  { sql }: AppDeps,
  whose: { readonly unit: string; readonly by: string },
  mapping: Readonly<Record<string, string | null>>,
  rows: readonly Pick<ImportRow, 'sheet' | 'row' | 'cells' | 'rounded'>[],
): Promise<CheckedRow[]> {
  const read = rows.map((row) => orgRowOf(row, mapping));
  const sound = read.flatMap(({ request }) => (request ? [request] : []));
  const plan = planOrganisation(sound, await readThere(sql, sound, whose));
  const at = ({ sheet, row }: { sheet: string; row: number }) => `${sheet}\0${row}`;
  const adds = new Set(plan.steps.map(({ row }) => at(row)));
  const found = new Map<string, OrgFinding[]>();
  for (const finding of plan.findings) found.set(at(finding), [...(found.get(at(finding)) ?? []), finding]);
  return rows.map(({ sheet, row }, n): CheckedRow => {
    const { request, problems } = read[n]!;
    const all = [...problems, ...(found.get(at({ sheet, row })) ?? []).map((finding) => orgProblem(finding, mapping))];
    if (all.length > 0 || !request) return { sheet, row, state: 'refused', request: null, problems: all };
    const asked = request as unknown as Record<string, unknown>;
    return { sheet, row, state: adds.has(at({ sheet, row })) ? 'ready' : 'skipped', request: asked, problems: [] };
  });
}

function orgProblem({ part, code, text }: OrgFinding, mapping: Readonly<Record<string, string | null>>): RowProblem {
  return { column: columnOf(part, mapping), code, zh: text[0], en: text[1] };
}

/** The problem of who is no administrator. */
export function administratorsOnly(): ApiProblem {
  return problem(
    'FORBIDDEN',
    ['只有管理员可以导入机构。', 'Only an administrator imports the organisation.'],
    [['请管理员办理', 'Ask an administrator']],
  );
}
