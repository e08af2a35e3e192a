import { actRow, eventsOfAct } from '../../db/queries/events.ts';
import type { CaseEvent } from '../../engine/event.ts';
import type { Caller } from '../auth/caller.ts';
import { bookSight, isHidden, withSight } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import { type Language, pick } from '../language.ts';
import { caseNames, type caseToRead, pinnedProgram } from '../reading.ts';
import { readable } from '../timeline-text.ts';

/** What an act of the caller's own has recorded, in words, as far as he may see it; nothing for another's act. */
export async function recordedJustNow(
  deps: AppDeps,
  caller: Caller,
  record: Awaited<ReturnType<typeof caseToRead>>,
  { actId, language }: { readonly actId: string | undefined; readonly language: Language },
): Promise<readonly string[]> {
  if (actId === undefined || !/^[0-9a-f-]{36}$/.test(actId)) return [];
  const row = await actRow(deps.sql, record.caseId, actId);
  if (row?.actorId !== caller.person) return [];
  const made = await eventsOfAct(deps.sql, record.caseId, actId);
  const sight = await bookSight(deps, caller, record, await pinnedProgram(deps, record.programHash));
  const seen = made.filter((event) => !isHidden(event, sight) && !/^(deadline|item)\./.test(event.type));
  const names = await caseNames(deps, record, seen, language);
  return seen.map((event) => {
    const { type, data } = withSight(event, sight);
    return pick(readable({ type, data } as Pick<CaseEvent, 'type' | 'data'>, names), language);
  });
}
