import type { Sql } from '../db/client.ts';
import { holderOf, keepsMoney, type SubstitutionRow, substitutionOf } from '../db/queries/substitutions.ts';
import { moneyRoles } from '../engine/deputies.ts';
import type { Program } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { administers, change, notBefore } from './appointments.ts';
import { notFound, problem } from './errors.ts';
import type { Asking } from './once.ts';

/** A substitution to be made; its id is the request's. */
export interface SubstitutionWish {
  readonly post: string;
  readonly person: string;
  readonly from: Instant;
  readonly until?: Instant | undefined;
}

/**
 * Lets a person stand in for the holder of a post in the administrator's unit or below. Posts that keep money take no deputy:
 * those of the kinds the installed programs name for a side of a book, and those that keep one in an open case.
 * Throws the problems 403, 409, 422.
 */
export async function substitute(
  { sql, programs }: { readonly sql: Sql; readonly programs: readonly Program[] },
  { caller, now, request }: Asking,
  wish: SubstitutionWish,
): Promise<SubstitutionRow> {
  await administers(sql, caller, wish.post, wish.person);
  notBefore(wish.from, now, 'from');
  if (wish.until !== undefined && wish.until <= wish.from)
    throw problem(
      'INVALID_DATA',
      ['代理的结束时间应晚于开始时间。', 'A substitution ends after it begins.'],
      [],
      [{ path: 'until', message: 'not after from' }],
    );
  if (await keepsMoney(sql, wish.post, moneyIn(programs)))
    throw problem(
      'NO_DEPUTY',
      ['管钱和管账的岗位不设代理人。', 'A post that keeps money or its accounts takes no deputy.'],
      [['由他人正式接任并交接账簿', 'Appoint somebody else, who takes the book over']],
    );
  if ((await holderOf(sql, wish.post, wish.from)) === wish.person)
    throw problem(
      'INVALID_DATA',
      ['任职人不能代理自己的岗位。', 'Nobody stands in for himself.'],
      [['换一个人代理', 'Name somebody else']],
      [{ path: 'person', message: 'holds the post' }],
    );
  return change(sql, { caller, request }, async (organisation) => {
    await organisation.substitute(wish, request.id);
    return { id: request.id, post: wish.post, person: wish.person, fromAt: wish.from, untilAt: wish.until ?? null };
  });
}

/** Whether a post may have a deputy at all: it keeps no money. */
export async function takesDeputy(
  { sql, programs }: { readonly sql: Sql; readonly programs: readonly Program[] },
  post: string,
): Promise<boolean> {
  return !(await keepsMoney(sql, post, moneyIn(programs)));
}

/** Ends a substitution, at the earliest now. One that is over comes back as it is. Throws the problems 403, 404, 422. */
export async function endSubstitution(
  sql: Sql,
  { caller, now, request }: Asking,
  id: string,
  until: Instant,
): Promise<SubstitutionRow> {
  const row = await substitutionOf(sql, id);
  if (!row) throw notFound();
  await administers(sql, caller, row.post);
  if (row.untilAt !== null && row.untilAt <= until) return row;
  notBefore(until, now, 'until');
  return change(sql, { caller, request }, async (organisation) => {
    await organisation.endSubstitution(id, until);
    return { ...row, untilAt: until };
  });
}

/** The kinds of posts that keep money, and by program the roles that do. */
function moneyIn(programs: readonly Program[]): { kinds: string[]; roles: [program: string, role: string][] } {
  const roles = programs.flatMap((program) => moneyRoles(program).map((role): [Program, string] => [program, role]));
  return {
    kinds: roles.flatMap(([program, role]) => {
      const def = program.roles[role];
      return def && 'post' in def ? [def.post] : [];
    }),
    roles: roles.map(([program, role]) => [program.id, role]),
  };
}
