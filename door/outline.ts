import type { GroupTally, Offer, RunningDuty, State } from '../engine/state.ts';
import { KEY } from '../sdk/program-shape.ts';
import type { Instant } from '../sdk/time.ts';

/**
 * What SQL has to find in cases without their keys: ids, keys of programs, numbers, dates and flags, and no word of anybody. Kept in
 * clear in `cases.outline` beside the sealed state it follows from. What is empty is left out. Where the column is null (a row as an
 * earlier release left it) SQL looks into the state, which lies in clear there: who adds something here adds it to its reader twice.
 */
export interface Outline {
  /** Duties that run, and the number of the last occurrence of each: calendars of people show those that are planned. */
  readonly duties?: Readonly<Record<string, RunningDuty>>;
  readonly serial?: Readonly<Record<string, number>>;
  /** Open items that are planned for a time of the day, by id. */
  readonly plannedAt?: Readonly<Record<string, Instant>>;
  /** The first day a newer calendar has to reach to plan one of its duties for another day. */
  readonly gridFrom?: string;
  /** Until when who may read of its minors: lists and searches leave out their names for all others. */
  readonly minorAccess?: State['minorAccess'];
  /** Once it is closed, it is only stored and protected. */
  readonly limited?: true;
  /** Somebody may read it in an emergency. */
  readonly emergency?: true;
  /** The group it is a member of: another case and the key of the group there. */
  readonly partOf?: State['partOf'];
  /** Its open groups, by key, as their members were last counted. */
  readonly groups?: Readonly<Record<string, GroupTally>>;
  /** Posts and persons proposed for its roles to another unit, by the request's id. */
  readonly offers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The outline of a state. */
export function outlineOf(state: State): Outline {
  const { duties, serial, minorAccess, erasure, emergencyAccess } = state;
  const items = Object.values(state.items);
  const gridFrom = [...Object.values(duties), ...items.flatMap(({ grid }) => grid ?? [])]
    .flatMap(({ after }) => after ?? [])
    .sort()[0];
  return {
    ...filled('duties', duties),
    ...filled('serial', only(serial, Object.keys(duties))),
    ...filled(
      'plannedAt',
      pairs(items, ({ id, plannedAt }) => [id, plannedAt]),
    ),
    ...(gridFrom === undefined ? {} : { gridFrom }),
    ...(minorAccess === undefined ? {} : { minorAccess }),
    ...(erasure?.decision === 'limited' ? { limited: true } : {}),
    ...(emergencyAccess === undefined ? {} : { emergency: true }),
    ...(state.partOf === undefined ? {} : { partOf: state.partOf }),
    ...filled(
      'groups',
      pairs(items, ({ key, group }) => [key, group]),
    ),
    ...filled(
      'offers',
      pairs(Object.values(state.offers ?? {}), (offer) => [offer.id, rolesOf(state, offer)]),
    ),
  };
}

/**
 * Who was proposed for which role, without what is not known to be the name of a role: the program of the case to be opened may be
 * another one, and an earlier release took whatever was written there.
 */
function rolesOf(
  { program, assignments: own }: State,
  { program: wanted = program.id, assignments }: Offer,
): Record<string, string> | undefined {
  const isRole = (key: string) => KEY.test(key) && (wanted === program.id || Object.hasOwn(own, key));
  return assignments && Object.fromEntries(Object.entries(assignments).filter(([key]) => isRole(key)));
}

const filled = <K extends string, T extends object>(key: K, value: T): { readonly [key in K]?: T } =>
  Object.keys(value).length === 0 ? {} : ({ [key]: value } as { [key in K]: T });

const only = <T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> =>
  pairs(keys, (key) => [key, record[key]]);

const pairs = <T, V>(list: readonly T[], pair: (each: T) => readonly [string, V | undefined]): Record<string, V> =>
  Object.fromEntries(list.map(pair).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
