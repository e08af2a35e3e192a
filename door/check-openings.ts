import { isRefusal } from '../engine/act-kind.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { World } from '../engine/world.ts';
import { type DoorDeps, worldOfOpening } from './deps.ts';
import { readMoment } from './lock.ts';
import { unknownProgram } from './open.ts';
import type { OpenCaseRequest } from './outcome.ts';

/** After so many decisions others have their turn. */
const AT_A_STRETCH = 50;

/**
 * What would be refused of these openings now, in the same order; undefined for one that would be recorded. The decisions
 * are those of opening. Nothing is written. What only the database refuses (a case number that is taken) is not seen.
 */
export async function checkOpenings(
  deps: DoorDeps,
  requests: readonly OpenCaseRequest[],
): Promise<(Refusal | undefined)[]> {
  const worlds = new Map<string, World | Refusal>();
  const keyOf = ({ program, unit, assignments }: OpenCaseRequest) =>
    JSON.stringify([program, unit, Object.values(assignments).toSorted()]);
  await deps.transactions.run(async (tx) => {
    const moment = await readMoment(tx, deps.clock, []);
    for (const request of requests) {
      const key = keyOf(request);
      if (worlds.has(key)) continue;
      const program = deps.programs.latest(request.program);
      if (!program) {
        worlds.set(key, unknownProgram(request.program));
        continue;
      }
      worlds.set(key, await worldOfOpening(deps, tx, program, moment, request));
    }
    await tx.undo();
  });
  const refusals: (Refusal | undefined)[] = [];
  for (const [n, request] of requests.entries()) {
    if (n % AT_A_STRETCH === 0) await new Promise((resolve) => setImmediate(resolve));
    const world = worlds.get(keyOf(request))!;
    if (isRefusal(world)) {
      refusals.push(world);
      continue;
    }
    const { program: _, ...rest } = request;
    const decision = deps.engine.open({ ...rest, caseId: 'dry-run', caseNo: request.caseNo ?? 'dry-run' }, world);
    refusals.push(isRefusal(decision) ? decision : undefined);
  }
  return refusals;
}
