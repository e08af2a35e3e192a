import {
  type CheckedRow,
  casesAbout,
  type ImportRow,
  type RowPerson,
  type RowProblem,
  takenNumbers,
  unitsCalled,
} from '../../db/queries/imports.ts';
import type { Actor } from '../../engine/act.ts';
import { personAbout } from '../../engine/person-about.ts';
import type { Refusal } from '../../engine/refusal.ts';
import type { Program } from '../../sdk/program.ts';
import type { AppDeps } from '../deps.ts';
import { ApiProblem } from '../errors.ts';
import { worded } from '../issues.ts';
import { openingOf, type RowOpening } from './opening.ts';

/** A list of cases to be checked. */
export interface CaseList {
  readonly program: Program;
  readonly unit: string;
  readonly imported: boolean;
  readonly mapping: Readonly<Record<string, string | null>>;
  readonly rows: readonly Pick<ImportRow, 'sheet' | 'row' | 'cells' | 'rounded'>[];
}

/** Refusals that say nothing of whether the caller may open a case anywhere. */
const BEFORE_RIGHTS = new Set(['UNKNOWN_UNIT', 'UNIT_CLOSED', 'FORBIDDEN']);

/**
 * Checks every row by the decisions of `POST /cases`, and whether the person it is about, or its case number, is there already
 * or twice in the list. Nothing is written. Throws the problem 403 where the caller may open none of them.
 */
export async function checkCases(deps: AppDeps, actor: Actor, list: CaseList): Promise<CheckedRow[]> {
  const { program, mapping, rows } = list;
  const unitColumn = Object.keys(mapping).find((column) => mapping[column] === 'unit');
  const called = unitColumn === undefined ? [] : rows.flatMap(({ cells }) => cells?.[unitColumn] ?? []);
  const units = await unitsCalled(deps.sql, [...new Set(called)]);
  const openings = rows.map(({ row, cells, rounded }) =>
    openingOf({ ...list, units }, { row, cells: cells ?? {}, ...(rounded ? { rounded } : {}) }),
  );
  const asked = openings.flatMap(({ request, rest = request }, n) => (rest ? [{ n, request: rest }] : []));
  const refusals = await deps.door.checkOpenings(asked.map(({ request }) => ({ ...request, actId: 'dry-run', actor })));
  const forbidden = refusals.find((refusal) => refusal?.code === 'FORBIDDEN');
  if (forbidden && refusals.every((refusal) => refusal && BEFORE_RIGHTS.has(refusal.code)))
    throw new ApiProblem(forbidden);
  const refused = new Map(asked.map(({ n }, i) => [n, refusals[i]]));
  const [twins, numbers] = await Promise.all([
    twinsOf(deps, program, openings),
    takenNumbers(
      deps.sql,
      openings.flatMap(({ request }) => request?.caseNo ?? []),
    ),
  ]);
  const seen = new Set<string>();
  return rows.map(({ sheet, row }, n): CheckedRow => {
    const opening = openings[n]!;
    const refusal = refused.get(n);
    const blamed = new Set(opening.problems.map(({ column }) => column));
    const decided = refusal ? problemsOf(refusal, opening.columnOf) : [];
    // of a value that is wrong it is not said as well that it is missing
    const problems = [...opening.problems, ...decided.filter(({ column }) => column === null || !blamed.has(column))];
    const number = opening.request?.caseNo;
    // of a row that is refused anyway nothing is said of what is there
    if (problems.length === 0 && number !== undefined && (numbers.has(number) || seen.has(number)))
      problems.push(numberTaken(opening.columnOf('caseNo')));
    if (number !== undefined) seen.add(number);
    const request = opening.request as Record<string, unknown> | undefined;
    if (problems.length > 0 || !request) return { sheet, row, state: 'refused', request: null, problems };
    const twin = twins.get(n);
    return { sheet, row, state: twin ? 'duplicate' : 'ready', request, problems: twin ? [twin] : [] };
  });
}

/** A refusal as what is wrong with a row: place by place where it says so. */
export function problemsOf(refusal: Refusal, columnOf: (path: string) => string | null = () => null): RowProblem[] {
  const { code, detail, errors = [] } = refusal;
  if (errors.length === 0) return [{ column: null, code, zh: detail[0], en: detail[1] }];
  return errors.map(({ path, message }) => ({
    column: columnOf(path),
    code,
    zh: worded(message, 'zh'),
    en: worded(message, 'en'),
  }));
}

/** Rows about a person of whom the unit has a case of this program, or an earlier row speaks. Lists tell people apart by name and date of birth. */
async function twinsOf(
  { sql }: AppDeps,
  program: Program,
  openings: readonly RowOpening[],
): Promise<ReadonlyMap<number, RowProblem>> {
  const persons = openings.flatMap(({ request }, n): RowPerson[] => {
    const about = request && personAbout(program, request.parties);
    return request && about ? [{ key: String(n), unit: request.unit, ...about }] : [];
  });
  const there = await casesAbout(sql, program.id, persons);
  const twins = new Map<number, RowProblem>();
  const before = new Map<string, { birthDate: string | null; n: number }[]>();
  for (const { key, unit, role, name, birthDate } of persons) {
    const n = Number(key);
    const at = openings[n]?.request?.parties.findIndex((each) => each.role === role);
    const column = openings[n]?.columnOf(`parties.${at}.name`) ?? null;
    const found = there.get(key);
    const same = JSON.stringify([unit, name]);
    const twin = before.get(same)?.find((each) => !each.birthDate || !birthDate || each.birthDate === birthDate);
    before.set(same, [...(before.get(same) ?? []), { birthDate, n }]);
    if (found) twins.set(n, isThere(column, found.caseNo));
    else if (twin) twins.set(n, isTwice(column));
  }
  return twins;
}

function isThere(column: string | null, caseNo: string | null): RowProblem {
  return {
    ...{ column, code: 'DUPLICATE' },
    zh: `本单位已有同名同生日的人的个案${caseNo === null ? '' : `：${caseNo}`}`,
    en: `the unit has a case about a person of this name and date of birth${caseNo === null ? '' : `: ${caseNo}`}`,
  };
}

function isTwice(column: string | null): RowProblem {
  return {
    ...{ column, code: 'DUPLICATE' },
    zh: '名单里前面已有同名同生日的人',
    en: 'an earlier row is about a person of this name and date of birth',
  };
}

function numberTaken(column: string | null): RowProblem {
  return { column, code: 'CASE_NO_TAKEN', zh: '这个案号已被使用', en: 'this case number is taken' };
}
