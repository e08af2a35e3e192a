import type { Sql } from '../db/client.ts';
import { postInReach, unitInReach } from '../db/queries/organisation.ts';
import { changeOrganisation, type OrgActor, type OrgRequest } from '../door/organisation.ts';
import type { LockedUnit, OrgChange } from '../door/unit-changes.ts';
import type { Text } from '../sdk/program.ts';
import { type Caller, may } from './auth/caller.ts';
import { ApiProblem, notFound, problem } from './errors.ts';

/** Who asks for a change of units, posts or people; without a request it is only tried out and nothing is kept. */
export interface OrgAsking {
  readonly caller: Caller;
  readonly request?: OrgRequest;
}

const ask: Text = ['请管理员办理', 'Ask an administrator'];

/** That the caller is an administrator of a unit or above. Throws the problems 403, and 404 or (named in a body) 422. */
export async function administersUnit(sql: Sql, caller: Caller, unit: string, path?: string): Promise<void> {
  const found = await unitInReach(sql, unit, caller.unit);
  if (!found && path === undefined) throw notFound();
  if (!found)
    throw problem(
      'UNKNOWN_UNIT',
      [`没有单位“${unit}”。`, `There is no unit "${unit}".`],
      [['单位列表见 GET /api/v1/units', 'GET /api/v1/units lists the units']],
      [{ path: path!, message: unit }],
    );
  if (!may(caller, 'organisation') || !found.within)
    throw problem(
      'FORBIDDEN',
      [
        '只有该单位或其上级的管理员可以变更单位和岗位。',
        'Only an administrator of that unit or above changes units and posts.',
      ],
      [ask],
    );
}

/** That the caller is an administrator of the unit a post lies in, or above. Throws the problems 403, 404. */
export async function administersPost(sql: Sql, caller: Caller, post: string): Promise<void> {
  const within = await postInReach(sql, post, caller.unit);
  if (within === undefined) throw notFound();
  if (!may(caller, 'organisation') || !within)
    throw problem(
      'FORBIDDEN',
      ['只有该单位或其上级的管理员可以变更岗位。', 'Only an administrator of that unit or above changes its posts.'],
      [ask],
    );
}

/** A unit among those locked, still open. Throws the problem 409. */
export function stillOpen(units: ReadonlyMap<string, LockedUnit>, id: string): LockedUnit {
  const unit = units.get(id);
  if (unit && !unit.closed) return unit;
  throw problem(
    'UNIT_CLOSED',
    [`单位“${id}”已撤并。`, `The unit "${id}" is closed.`],
    [['改用它并入的单位', 'Use the unit it went into']],
  );
}

/** What was only tried out: carries what it came to past the end of the transaction, which keeps nothing. */
class TriedOut extends Error {
  readonly value: unknown;
  constructor(value: unknown) {
    super('tried out');
    this.value = value;
  }
}

/**
 * One change in a transaction with its events in the organisation's chain; without a request everything is done and undone
 * again, so that a dry run refuses what the change would. Rules of the database come back as problems.
 */
export async function changeUnits<T>(
  sql: Sql,
  { caller, request }: OrgAsking,
  work: (change: OrgChange) => Promise<T>,
): Promise<T> {
  const actor: OrgActor = { kind: 'person', id: caller.person };
  try {
    return await changeOrganisation(
      sql,
      actor,
      async (organisation, tx) => {
        await organisation.turn();
        const value = await work({ tx, organisation });
        if (!request) throw new TriedOut(value);
        return value;
      },
      request,
    );
  } catch (error) {
    if (error instanceof TriedOut) return error.value as T;
    if (error instanceof ApiProblem) throw error;
    if ((error as { code?: unknown }).code === '23505')
      throw problem(
        'ID_TAKEN',
        ['这个编号已被使用。', 'That id is taken.'],
        [['换一个编号，或不填由系统编号', 'Use another id, or none: then one is made up.']],
        [{ path: 'id', message: 'taken' }],
      );
    throw error;
  }
}
