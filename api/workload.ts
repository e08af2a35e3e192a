import { overseen } from '../db/queries/handover.ts';
import { namesOf } from '../db/queries/names.ts';
import { overseenUnits, type WorkloadRow, type WorkloadScope, workloads } from '../db/queries/workload.ts';
import type { Caller } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { notFound, problem } from './errors.ts';
import { type Language, pick } from './language.ts';
import { overseerOf } from './reading.ts';
import type { WorkloadView } from './schemas/workload.ts';

/** The work of one post, for its holder or deputy and those who oversee its unit. Throws the problems 403, 404. */
export async function workloadOf(
  deps: AppDeps,
  caller: Caller,
  post: string,
  language: Language,
): Promise<WorkloadView> {
  const [row] = await workloads(deps.sql, caller.person, { post }, 1);
  if (!row) throw notFound();
  const own = row.holder === caller.person || row.deputy === caller.person;
  if (!own && !(await overseen(deps.sql, overseerOf(caller), post))) throw notYours();
  return (await views(deps, [row], language))[0]!;
}

/** The unit whose workload a caller asks for: the one named, or else the highest he oversees. Throws the problem 403. */
export async function unitToOversee(deps: AppDeps, caller: Caller, unit?: string): Promise<string> {
  const [found] = await overseenUnits(deps.sql, overseerOf(caller), unit);
  if (!found) throw notYours();
  return found.id;
}

/** The work of the posts of a unit, as many as asked and one more where there are more. */
export async function workloadsOf(
  deps: AppDeps,
  caller: Caller,
  scope: WorkloadScope,
  limit: number,
  language: Language,
): Promise<WorkloadView[]> {
  return views(deps, await workloads(deps.sql, caller.person, scope, limit + 1), language);
}

async function views(deps: AppDeps, rows: readonly WorkloadRow[], language: Language): Promise<WorkloadView[]> {
  const names = await namesOf(
    deps.sql,
    new Set(rows.flatMap(({ holder, deputy }) => [holder ?? [], deputy ?? []].flat())),
  );
  const named = (person: string | null) => (person === null ? null : (names.people.get(person) ?? person));
  return rows.map(({ nameZh, nameEn, unitOpen, unitPosts, ...row }) => ({
    ...row,
    name: pick([nameZh, nameEn], language),
    holderName: named(row.holder),
    deputyName: named(row.deputy),
    share: unitOpen === 0 ? null : rounded(row.open / unitOpen),
    timesAverage: unitOpen === 0 ? null : rounded((row.open * unitPosts) / unitOpen),
  }));
}

const rounded = (n: number): number => Math.round(n * 100) / 100;

function notYours() {
  return problem(
    'FORBIDDEN',
    [
      '工作量供任职人本人、负责人和管理员查看。',
      'A workload is for the holder of the post, the heads above, administrators and auditors.',
    ],
    [['请本单位负责人查看', 'Ask the head of the unit']],
  );
}
