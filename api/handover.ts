import { randomUUID } from 'node:crypto';
import type { Sql } from '../db/client.ts';
import { bookRolesHeld } from '../db/queries/handover.ts';
import { type AppointmentRow, appointmentOf } from '../db/queries/organisation.ts';
import { type PostChannelRow, postChannels } from '../db/queries/post-channels.ts';
import type { HandedOver, Words } from '../door/handover.ts';
import type { Side } from '../engine/books/entry.ts';
import type { Instant } from '../sdk/time.ts';
import { notBegun, over } from './appointment-problems.ts';
import { administers, change, notBefore, pledgeRow } from './appointments.ts';
import type { AppDeps } from './deps.ts';
import { notFound, problem } from './errors.ts';
import type { Asking } from './once.ts';
import { type PledgeWish, pledgeOf } from './pledge.ts';
import { pinnedProgram } from './reading.ts';

/** A handover asked for: to whom (without: to the head above), when, and what is said with it. */
export interface HandoverWish extends Words {
  readonly to?: string | undefined;
  readonly at: Instant;
  readonly pledge?: PledgeWish | undefined;
}

/** A side of a book that waits for the new keeper to count it. */
export interface BookToCount {
  readonly caseId: string;
  readonly caseNo: string;
  readonly book: string;
  readonly side: Side;
}

/** What a handover came to. */
export interface HandoverDone extends HandedOver {
  readonly ended: AppointmentRow;
  readonly next: AppointmentRow | null;
  readonly books: readonly BookToCount[];
  /** The post's own channels as they were: nothing goes there any more until it is confirmed anew. */
  readonly channels: readonly PostChannelRow[];
}

/**
 * Hands a post over in one act: the appointment ends where the next begins, and with it everything goes over at once. Throws
 * the problems 403, 404, 409 (ended already, or somebody else holds the post from then on), 422.
 */
export async function handOver(
  deps: AppDeps,
  asking: Asking,
  id: string,
  { to, at, pledge: wish, reason, note }: HandoverWish,
): Promise<HandoverDone> {
  const { caller, now, request } = asking;
  const { sql } = deps;
  const row = await appointmentOf(sql, id);
  if (!row) throw notFound();
  await administers(sql, caller, row.post, to);
  notBefore(at, now, 'at');
  if (row.untilAt !== null && row.untilAt <= at) throw over();
  if (at <= row.fromAt) throw notBegun();
  await mayFollow(sql, row, to);
  if (wish && to === undefined)
    throw problem(
      'INVALID_DATA',
      ['没有接任人，就没有人签责任书。', 'Without a successor there is nobody to sign a pledge.'],
      [['填写 to，或去掉 pledge', 'Fill in to, or leave pledge out']],
      [{ path: 'pledge', message: 'needs to' }],
    );
  const pledge = wish && (await pledgeOf(deps, asking, wish));
  const books = await booksToCount(deps, row);
  const appointmentId = randomUUID();
  return change(sql, { caller, request }, async (organisation, tx) => {
    const channels = await postChannels(tx, row.post);
    const done = await organisation.handOver(row.post, to, at, {
      ...{ id: request.id, endedId: row.id, appointmentId, pledge, reason, note },
    });
    if (!done) throw over();
    const next: AppointmentRow | null =
      to === undefined
        ? null
        : { id: appointmentId, post: row.post, person: to, fromAt: at, untilAt: null, pledge: pledgeRow(pledge) };
    return { ...done, ended: { ...row, untilAt: at }, next, books, channels };
  });
}

/** The sides of books which a post keeps, or its holder by name, with what the programs call them. */
export async function booksToCount(deps: AppDeps, { post, person }: AppointmentRow): Promise<BookToCount[]> {
  const rows = await bookRolesHeld(deps.sql, post, person);
  const found = await Promise.all(
    rows.map(async ({ caseId, caseNo, programHash, role }) => {
      const program = await pinnedProgram(deps, programHash);
      const sides = (['cash', 'ledger'] as const).flatMap((side) =>
        (program?.books ?? []).filter((def) => def[side] === role).map((def) => ({ book: def.book, side })),
      );
      return sides.map((each) => ({ caseId, caseNo, ...each }));
    }),
  );
  return found.flat();
}

async function mayFollow(sql: Sql, { person }: AppointmentRow, to: string | undefined): Promise<void> {
  if (to === undefined) return;
  if (to === person)
    throw problem(
      'INVALID_DATA',
      ['不能交给本人。', 'Nobody hands over to himself.'],
      [['换一位接任人，或不填 to，由上级负责人接手', 'Name somebody else, or leave to out for the head above']],
      [{ path: 'to', message: 'holds the post' }],
    );
  const [known] = await sql`SELECT FROM person.people WHERE id = ${to}`;
  if (!known)
    throw problem(
      'UNKNOWN_ASSIGNMENT',
      ['没有这个人。', 'There is no such person.'],
      [['人员列表见 GET /api/v1/people', 'GET /api/v1/people lists the people']],
      [{ path: 'to', message: 'no such person' }],
    );
}
