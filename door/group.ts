import type { Tx } from '../db/transactions.ts';
import { unitsUp } from '../engine/org.ts';
import { inBoth, type Refusal, refuse } from '../engine/refusal.ts';
import type { GroupTally, PartOf } from '../engine/state.ts';
import type { World } from '../engine/world.ts';

/**
 * Why a case cannot be a member of that group: there is none that is open, its members are of another program, or its case
 * belongs to a unit that does not stand above the member's. Read from the other case's outline, which is not locked: a group
 * that is done at the same instant gets a member that nobody waits for.
 */
export async function groupProblem(
  tx: Tx,
  { caseId, key }: PartOf,
  { unit, program, world }: { readonly unit: string; readonly program: string; readonly world: World },
): Promise<Refusal | undefined> {
  const [found] = await tx<{ unit: string; group: GroupTally | null }[]>`
    SELECT unit, outline -> 'groups' -> ${key} AS "group" FROM cases WHERE case_id = ${caseId}`;
  // one answer for what is not there and what is not for everybody
  if (!found?.group || !unitsUp(world.org, unit).includes(found.unit)) return noGroup();
  if (found.group.program === program) return undefined;
  const wanted = found.group.program;
  return refuse(
    'INVALID_DATA',
    [`这个名单的个案属于项目“${wanted}”。`, `The members of that group are cases of "${wanted}".`],
    [['改用该项目立案', 'Open a case of that program']],
    [{ path: 'program', message: inBoth(`应为 ${wanted}`, `has to be ${wanted}`) }],
  );
}

const noGroup = (): Refusal =>
  refuse(
    'INVALID_DATA',
    ['没有这个在办的名单任务。', 'There is no such open group.'],
    [['在上级个案的计划中查看在办的名单任务', 'The plan of the other case shows its open groups']],
    [{ path: 'partOf', message: inBoth('没有这个在办的名单任务', 'no such open group') }],
  );
