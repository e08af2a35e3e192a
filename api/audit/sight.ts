import { type AuditEventRow, casesWithSecrets } from '../../db/queries/audit-events.ts';
import type { EventRow } from '../../db/queries/events.ts';
import { isUnreadAlone } from '../../door/failure.ts';
import type { Caller } from '../auth/caller.ts';
import { bookSight, isUntold, withSight } from '../book-sight.ts';
import { complaintSight } from '../complaint-sight.ts';
import type { AppDeps } from '../deps.ts';
import { ApiProblem } from '../errors.ts';
import { caseToRead, pinnedProgram } from '../reading.ts';

/** An event as it was found; one that cannot be read says nothing. */
type Found = EventRow & Pick<AuditEventRow, 'caseId' | 'unread'>;

/** What of an event its reader may see: all or a part of it, or nothing, not even that it is there. */
export interface Sight {
  of<E extends Found>(event: E): E | undefined;
  /** Whether it is left out because it cannot be judged: its words, or what its case says of the reader, cannot be read. */
  isUnjudged(event: Found): boolean;
}

/**
 * The sight of an auditor on events of many cases: the rules of one case's timeline (api/book-sight.ts, api/complaint-sight.ts),
 * asked only of those cases in which anything can be kept from him. An auditor who holds money or keeps accounts somewhere
 * is as blind there as anybody who does, and what was said about him stays hidden from him. The rules go by what events say: in
 * these cases one that cannot be read is left out, and all where the rules themselves cannot be read. Throws `Unreadable` while no key can be had.
 */
export async function sightOn(deps: AppDeps, caller: Caller, caseIds: readonly string[]): Promise<Sight> {
  const asked = await casesWithSecrets(deps.sql, caseIds, caller.person);
  const sights = new Map<string, CaseSight>();
  for (const caseId of asked) sights.set(caseId, await sightOnCase(deps, caller, caseId));
  const isUnjudged = ({ caseId, unread }: Found) => {
    const sight = sights.get(caseId);
    return sight !== undefined && sight !== 'nothing' && (sight === 'unjudged' || unread !== null);
  };
  return {
    isUnjudged,
    of<E extends Found>(event: E): E | undefined {
      const sight = sights.get(event.caseId);
      if (!sight) return event;
      return typeof sight === 'string' || isUnjudged(event) ? undefined : (sight(event) as E | undefined);
    },
  };
}

/** `unjudged`: what is kept from the reader there cannot be told. */
type CaseSight = ((event: EventRow) => EventRow | undefined) | 'nothing' | 'unjudged';

async function sightOnCase(deps: AppDeps, caller: Caller, caseId: string): Promise<CaseSight> {
  try {
    const record = await caseToRead(deps, caller, caseId);
    const program = await pinnedProgram(deps, record.programHash);
    const [books, words] = await Promise.all([
      bookSight(deps, caller, record, program),
      complaintSight(deps, caller, caseId),
    ]);
    return (event) => (words.hides(event) || isUntold(event, books) ? undefined : withSight(event, books));
  } catch (error) {
    // he works on it himself, and what allows that is not there: as on its own pages he sees nothing of it
    if (error instanceof ApiProblem) return 'nothing';
    if (isUnreadAlone(error)) return 'unjudged';
    throw error;
  }
}
