import { isOwnEvent, ownEvents } from '../engine/own-events.ts';

/** An act as its row says. */
export interface ActSaid {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly seq: number;
  /** Its first event; null where it made none. */
  readonly firstSeq: number | null;
  /** What it was sent with is not known: it was found again in histories, or came with its case from another house. */
  readonly foundAgain: boolean;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorPost: string | null;
  readonly recordedAt: string;
  readonly occurredAt: string;
}

/** What an event of the chain says of the act it comes from. */
export interface ActedEvent extends Omit<ActSaid, 'id' | 'status' | 'firstSeq' | 'foundAgain'> {
  readonly actId: string | null;
}

/** Something that does not hold between acts and events; `seq` is the event's. `type unknown`: nothing that does not hold, a release that knows the type can tell. */
export type ActFault =
  | { readonly id: string; readonly why: 'twice' | 'beyond' | 'refused with events' }
  | { readonly id: string; readonly seq: number; readonly why: 'type unknown' }
  | { readonly id: string; readonly seq: number; readonly why: 'another' | 'not recorded'; readonly name: ActName };

/** What of an act its events contradict. */
export type ActName = 'its events' | 'kind of actor' | 'actor' | 'post' | 'recorded time' | 'time' | 'type';

/** Events that are dated by what they tell of: they may have happened before the act that told them. */
const DATED_THEMSELVES: ReadonlySet<string> = new Set(
  'history.imported history.stageDone history.counted case.opened'.split(' '),
);

/**
 * Compares acts with the events of their case, which are numbered from 1 without gap: every event with an act's id lies in the
 * stretch of that act, which was recorded; every event of a stretch is by the act's actor, under his post and of its time; the first of
 * them did not happen before the act; one at least is of a type that such an act makes. Which of several types that make the same
 * events it was, `compareWoken` tells. Bodies' hashes, and acts that were
 * refused or made no events, are bound by nothing.
 */
export function compareActs(acts: readonly ActSaid[], events: readonly ActedEvent[]): ActFault[] {
  const faults: ActFault[] = [];
  const covered = new Map<string, ActSaid & { readonly firstSeq: number }>();
  const ids = new Set<string>();
  for (const act of acts) {
    const { id, status, seq, firstSeq } = act;
    if (ids.has(id)) faults.push({ id, why: 'twice' });
    ids.add(id);
    if (!(seq <= events.length)) faults.push({ id, why: 'beyond' });
    if (firstSeq === null) continue;
    if (status !== 'recorded') {
      faults.push({ id, why: 'refused with events' });
      continue;
    }
    covered.set(id, { ...act, firstSeq });
    faults.push(...againstEvents({ ...act, firstSeq }, events));
  }
  for (const { seq, actId } of events) {
    const act = actId === null ? undefined : covered.get(actId);
    if (actId !== null && !(act && act.firstSeq <= seq && seq <= act.seq))
      faults.push({ id: actId, seq, why: 'not recorded', name: 'its events' });
  }
  return faults;
}

function againstEvents(act: ActSaid & { readonly firstSeq: number }, events: readonly ActedEvent[]): ActFault[] {
  const { id, type, firstSeq, seq } = act;
  const own = events.slice(Math.max(0, firstSeq - 1), seq);
  for (const event of own) {
    const name = differing(act, event);
    if (name) return [{ id, seq: event.seq, why: 'another', name }];
  }
  const [first] = own;
  if (!first || first.seq !== firstSeq) return [{ id, seq: firstSeq, why: 'another', name: 'its events' }];
  const faults: ActFault[] = [];
  const types = own.map((event) => event.type);
  // what release 0.2.0 found again in histories has the time of its last event
  const asLast = act.foundAgain && act.occurredAt === own.at(-1)?.occurredAt;
  if (act.occurredAt > first.occurredAt && !asLast && !types.some((each) => DATED_THEMSELVES.has(each)))
    faults.push({ id, seq: firstSeq, why: 'another', name: 'time' });
  const makes = ownEvents(type);
  if (!isCalledByEvent(act, types)) {
    // an event's name is no act's, as far as this release knows events
    if (!makes && !(types.includes(type) && isOwnEvent(type))) faults.push({ id, seq: firstSeq, why: 'type unknown' });
    else if (!makes) faults.push({ id, seq: firstSeq, why: 'another', name: 'type' });
    else if (!makes.some((each) => types.includes(each)))
      faults.push({ id, seq: firstSeq, why: 'another', name: 'type' });
  }
  return faults;
}

/** Whether an act has the name of an event: so those are called that were found again in histories which name no act. */
export const isCalledByEvent = (
  { type, foundAgain }: Pick<ActSaid, 'type' | 'foundAgain'>,
  types: readonly string[],
): boolean => foundAgain && types.includes(type);

/**
 * Acts that woke the case's workflow under another type than their row says: each signal is called by the type of its act. Acts that
 * were found again and are called by their event are left out.
 */
export function compareWoken(
  woken: readonly (readonly [id: string, type: string])[],
  acts: readonly ActSaid[],
): { readonly id: string; readonly seq: number }[] {
  const types = new Map<string, string[]>();
  for (const [id, type] of woken) types.set(id, [...(types.get(id) ?? []), type]);
  return acts.flatMap(({ id, seq, type, foundAgain }) => {
    const said = types.get(id);
    const another = said !== undefined && !said.includes(type) && !(foundAgain && !ownEvents(type));
    return another ? [{ id, seq }] : [];
  });
}

function differing(act: ActSaid, event: ActedEvent): ActName | undefined {
  if (event.actId !== act.id) return 'its events';
  if (event.actorKind !== act.actorKind) return 'kind of actor';
  if (event.actorId !== act.actorId) return 'actor';
  if (event.actorPost !== act.actorPost) return 'post';
  return event.recordedAt === act.recordedAt ? undefined : 'recorded time';
}
