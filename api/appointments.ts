import type { Sql } from '../db/client.ts';
import { type AppointmentRow, appointmentOf, postInReach } from '../db/queries/organisation.ts';
import type { Tx } from '../db/transactions.ts';
import type { Pledge } from '../door/handover.ts';
import { changeOrganisation, type OrgActor, type Organisation } from '../door/organisation.ts';
import type { Instant } from '../sdk/time.ts';
import { notBegun, over } from './appointment-problems.ts';
import type { Caller } from './auth/caller.ts';
import { may } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { notFound, problem } from './errors.ts';
import type { Asking } from './once.ts';
import { type PledgeWish, pledgeOf } from './pledge.ts';

/** An appointment to be made; its id is the request's. */
export interface AppointmentWish {
  readonly post: string;
  readonly person: string;
  readonly from: Instant;
  readonly pledge?: PledgeWish | undefined;
}

/** Appointments shape who answered when, so they are made for now or later, never back in time (but for a slow clock). */
const SLACK_MS = 60_000;

/** Appoints a person to a post in the administrator's unit or below. Throws the problems 403, 409, 422. */
export async function appoint(
  deps: Pick<AppDeps, 'sql' | 'house'>,
  asking: Asking,
  { post, person, from, pledge: wish }: AppointmentWish,
): Promise<AppointmentRow> {
  const { caller, now, request } = asking;
  await administers(deps.sql, caller, post, person);
  notBefore(from, now, 'from');
  const pledge = wish && (await pledgeOf(deps, asking, wish));
  return change(deps.sql, { caller, request }, async (organisation) => {
    await organisation.appoint(post, person, from, request.id, pledge);
    return { id: request.id, post, person, fromAt: from, untilAt: null, pledge: pledgeRow(pledge) };
  });
}

/** A pledge as appointments show it. */
export function pledgeRow(pledge: Pledge | undefined): AppointmentRow['pledge'] {
  if (!pledge) return null;
  const { hash, signedOn, text = null, documentId = null } = pledge;
  return { hash, signedOn, text, documentId };
}

/**
 * Ends an appointment: a handover to the head above (api/handover.ts). One that has not begun by then is withdrawn, and ends
 * where it would have begun. One that has ended already comes back as it is. Throws the problems 403, 404, 409, 422.
 */
export async function endAppointment(
  sql: Sql,
  { caller, now, request }: Asking,
  id: string,
  until: Instant,
): Promise<AppointmentRow> {
  const row = await appointmentOf(sql, id);
  if (!row) throw notFound();
  await administers(sql, caller, row.post);
  if (row.untilAt !== null) return row;
  notBefore(until, now, 'until');
  const withdrawn = until <= row.fromAt;
  if (withdrawn && row.fromAt <= now) throw notBegun('until');
  return change(sql, { caller, request }, async (organisation) => {
    const done = withdrawn
      ? await organisation.withdraw(id, now)
      : await organisation.handOver(row.post, undefined, until, { endedId: id });
    if (!done) throw over();
    return { ...row, untilAt: withdrawn ? row.fromAt : until };
  });
}

/**
 * That the caller administers the unit of a post, and it is not himself (`person`) whom he gives it: who keeps the organisation
 * would read and decide on cases else. Throws the problems 403, 422.
 */
export async function administers(sql: Sql, caller: Caller, post: string, person?: string): Promise<void> {
  const found = await postInReach(sql, post, caller.unit);
  if (found === undefined)
    throw problem(
      'UNKNOWN_ASSIGNMENT',
      ['没有这个岗位。', 'There is no such post.'],
      [],
      [{ path: 'post', message: post }],
    );
  if (!may(caller, 'organisation') || !found)
    throw problem(
      'FORBIDDEN',
      ['只有该单位的管理员可以任免。', 'Only an administrator of that unit appoints people.'],
      [['请管理员办理', 'Ask an administrator']],
    );
  if (person === caller.person)
    throw problem(
      'FORBIDDEN',
      ['管理员不能任命自己，也不能由自己代理。', 'An administrator appoints somebody else, never himself.'],
      [['请另一位管理员办理', 'Ask another administrator']],
    );
}

/** That a moment is not in the past. Throws the problem 422. */
export function notBefore(at: Instant, now: Instant, path: string): void {
  if (Date.parse(at) < Date.parse(now) - SLACK_MS)
    throw problem(
      'INVALID_DATA',
      ['任免不能倒签。', 'Appointments are not made or ended back in time.'],
      [['去掉这一项，表示现在', 'Leave it out for now']],
      [{ path, message: 'in the past' }],
    );
}

/** One change in a transaction with its event in the organisation's chain; rules of the database come back as problems. */
export async function change<T>(
  sql: Sql,
  { caller, request }: Pick<Asking, 'caller' | 'request'>,
  work: (organisation: Organisation, tx: Tx) => Promise<T>,
): Promise<T> {
  const actor: OrgActor = { kind: 'person', id: caller.person };
  try {
    return await changeOrganisation(sql, actor, work, request);
  } catch (error) {
    const { code, constraint_name: rule } = error as { code?: unknown; constraint_name?: unknown };
    if (code === '23503')
      throw problem(
        'UNKNOWN_ASSIGNMENT',
        ['没有这个人。', 'There is no such person.'],
        [],
        [{ path: 'person', message: String(rule) }],
      );
    if (code === '23P01')
      throw problem(
        'POST_HELD',
        rule === 'substitutions_one_deputy'
          ? ['这个岗位在那段时间已有人代理。', 'Somebody stands in for that post at that time.']
          : ['这个岗位在那段时间已有人担任。', 'Somebody holds the post at that time.'],
        rule === 'substitutions_one_deputy'
          ? [['先结束现有的代理', 'End that substitution first']]
          : [['先结束现任的任职', 'End the present appointment first']],
      );
    if (rule === 'post_closed')
      throw problem(
        'POST_CLOSED',
        ['这个岗位已撤销。', 'The post is closed.'],
        [['换一个岗位', 'Choose another post']],
      );
    if (code === '23514')
      throw problem('INVALID_DATA', ['任职的起止时间不对。', 'An appointment ends after it begins.']);
    throw error;
  }
}
