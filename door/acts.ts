import type { DoorDeps } from './deps.ts';
import { askedAbout, loadFacts, versionsNamed } from './facts.ts';
import { replay } from './known-acts.ts';
import { holdAppointments, lockCase, readMoment } from './lock.ts';
import type { Outcome } from './outcome.ts';
import { sceneOf } from './scene.ts';
import { whyClosed } from './shut.ts';
import { type Attempt, type Manner, type PreparedAct, Sitting } from './sitting.ts';

/** One transaction of the door for acts of one case. Throws what the database throws. */
export function attemptActs(
  deps: DoorDeps,
  caseId: string,
  acts: readonly PreparedAct[],
  manner: Manner,
  { dry = false }: { readonly dry?: boolean } = {},
): Promise<Attempt> {
  return deps.transactions.run(async (tx) => {
    const persons = [
      ...new Set(acts.flatMap(({ request: { act } }) => (act.actor.kind === 'system' ? [] : [act.actor.id]))),
    ];
    const asked = acts.map(({ request }) => request.act);
    const [row, , moment, facts] = await Promise.all([
      lockCase(tx, caseId),
      holdAppointments(tx, persons),
      readMoment(
        tx,
        deps.clock,
        asked.map(({ id }) => id),
      ),
      loadFacts(tx, caseId, asked, dry),
    ]);
    deps.step('act-locked');
    const outcomes: (Outcome | undefined)[] = acts.map(() => undefined);
    if (row) {
      for (const [i, { request, body }] of acts.entries()) {
        const found = moment.known.get(request.act.id);
        if (found) outcomes[i] = await replay(tx, found, { caseId, body });
      }
    }
    const closed = whyClosed(deps, row);
    if (closed || (acts.length > 0 && outcomes.every(Boolean))) {
      await tx.undo();
      return nothingKept(outcomes.map((outcome) => outcome ?? { status: 'refused', refusal: closed! }));
    }
    const scene = await sceneOf(deps, tx, row!, moment, askedAbout(asked, facts));
    const versions = await versionsNamed(tx, deps.programs, scene.world.program.id, asked);
    return new Sitting(deps, tx, scene, { ...facts, ...versions }, manner, dry).hold(acts, outcomes);
  });
}

const nothingKept = (outcomes: readonly Outcome[]): Attempt => ({ outcomes, committed: [], grew: false, more: false });
