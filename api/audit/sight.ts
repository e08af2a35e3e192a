import { casesWithSecrets } from '../../db/queries/audit-events.ts';
import type { EventRow } from '../../db/queries/events.ts';
import type { Caller } from '../auth/caller.ts';
import { bookSight, isUntold, withSight } from '../book-sight.ts';
import { complaintSight } from '../complaint-sight.ts';
import type { AppDeps } from '../deps.ts';
import { ApiProblem } from '../errors.ts';
import { caseToRead, pinnedProgram } from '../reading.ts';

/** What of an event its reader may see: all or a part of it, or nothing, not even that it is there. */
export type Sight = <E extends EventRow & { readonly caseId: string }>(event: E) => E | undefined;

/**
 * The sight of an auditor on events of many cases: the rules of one case's timeline (api/book-sight.ts, api/complaint-sight.ts),
 * asked only of those cases in which anything can be kept from him. An auditor who holds money or keeps accounts somewhere
 * is as blind there as anybody who does, and what was said about him stays hidden from him.
 */
export async function sightOn(deps: AppDeps, caller: Caller, caseIds: readonly string[]): Promise<Sight> {
  const asked = await casesWithSecrets(deps.sql, caseIds, caller.person);
  const sights = new Map<string, (event: EventRow) => EventRow | undefined>();
  for (const caseId of asked) {
    const record = await caseToRead(deps, caller, caseId).catch((error: unknown) => {
      // he works on it himself, and what allows that is not there: as on its own pages he sees nothing of it
      if (error instanceof ApiProblem) return undefined;
      throw error;
    });
    if (!record) {
      sights.set(caseId, () => undefined);
      continue;
    }
    const program = await pinnedProgram(deps, record.programHash);
    const [books, words] = await Promise.all([
      bookSight(deps, caller, record, program),
      complaintSight(deps, caller, caseId),
    ]);
    sights.set(caseId, (event) => (words.hides(event) || isUntold(event, books) ? undefined : withSight(event, books)));
  }
  return <E extends EventRow & { readonly caseId: string }>(event: E) => {
    const sight = sights.get(event.caseId);
    return sight ? (sight(event) as E | undefined) : event;
  };
}
