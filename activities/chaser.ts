import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import {
  type CaseToChase,
  casesToChase,
  type OfficesMark,
  officesMark,
  personsMoved,
} from '../db/queries/book-chases.ts';
import { clearPostChannels } from '../db/queries/post-channels.ts';
import { uuidV5 } from '../door/act-id.ts';
import type { Door } from '../door/door.ts';
import type { Instant } from '../sdk/time.ts';
import { createLoop, type Loop } from './loop.ts';
import { someAtATime } from './some-at-a-time.ts';

/** What chasing the keepers of books needs. */
export interface ChaserDeps {
  readonly sql: Sql;
  readonly door: Pick<Door, 'act'>;
  readonly log: Logger;
  readonly mayFire?: () => boolean;
  /** The time by which offices are held; without it the database's. */
  readonly now?: () => Promise<Instant>;
  /** Cases looked at in one step. Default 2,000. */
  readonly atOnce?: number;
  /** After how long all cases are looked at again, whatever has changed. Default 600,000. */
  readonly patienceMs?: number;
}

/** The loop of a worker process that finds sides of books whose keeper has lost the post. */
export interface Chaser extends Loop {
  /** One turn: looks where somebody's office has begun or ended since, and through all when that was long ago; answers how many cases it sent. */
  turn(): Promise<number>;
}

const everyMs = 1_000;
const atATime = 4;
/** When what could not be done is tried again. */
const againMs = 5_000;
/** As many answers are remembered, so that a case for which nothing is to be done is not sent again and again. */
const mostAnswered = 10_000;

/**
 * Finds the cases in which somebody's office, begun or ended, has frozen a side of a book or freed it, and sends each the act
 * `books.chase` through the door, which decides what is to be done. After every change of the organisation, and at the instant
 * one that was recorded ahead takes effect, it looks at the books of those concerned; through all when it begins, when units
 * were changed, and every ten minutes. The act's id stands for the finding and the revision of
 * the case: sent again, by whatever process, it does nothing twice. A process keeps nothing but how far it has looked. With the same look the channels of posts that somebody has left are cleared for whoever follows.
 */
export function createChaser(deps: ChaserDeps): Chaser {
  const { sql, door, log, mayFire = () => true, atOnce = 2_000, patienceMs = 600_000 } = deps;
  const answered = new Set<string>();
  let looked: (OfficesMark & { readonly at: Instant; readonly fullAt: number }) | undefined;

  const nowOf = async (): Promise<Instant> => {
    if (deps.now) return deps.now();
    const [row] = await sql<{ now: Instant }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
    return row!.now;
  };

  /** Whether the case needs nothing more by what was found. */
  async function send({ caseId, seq, found }: CaseToChase, mark: string): Promise<boolean> {
    const id = uuidV5('books.chase', caseId, String(seq), found, mark);
    if (answered.has(id)) return true;
    try {
      const actor = { kind: 'system', id: 'organisation', logins: [] } as const;
      const outcome = await door.act({ caseId, act: { id, type: 'books.chase', data: {}, actor } });
      if (outcome.status === 'recorded') {
        if (answered.size >= mostAnswered) answered.clear();
        answered.add(id);
        return true;
      }
      log.warn({ caseId, code: outcome.refusal.code }, 'the keepers of a case could not be looked at; tried again');
    } catch (error) {
      log.warn(
        { caseId, reason: (error as Error).message },
        'the keepers of a case could not be looked at; tried again',
      );
    }
    return false;
  }

  async function turn(): Promise<number> {
    if (!mayFire()) return 0;
    const at = await nowOf();
    const { seq, mark } = await officesMark(sql, at);
    const overdue = !looked || Date.now() - looked.fullAt >= patienceMs;
    if (looked?.mark === mark && !overdue) return 0;
    await clearPostChannels(sql, at);
    const keepers = looked && !overdue ? await personsMoved(sql, looked, at) : undefined;
    let sent = 0;
    let all = true;
    for (let after = ''; keepers?.length !== 0; ) {
      const step = await casesToChase(sql, at, { after, limit: atOnce, keepers });
      await someAtATime(atATime, step.found, async (each) => {
        if (!(await send(each, mark))) all = false;
      });
      sent += step.found.length;
      if (step.looked < atOnce || step.last === null) break;
      after = step.last;
    }
    const fullAt = keepers === undefined || !looked ? Date.now() : looked.fullAt;
    looked = { mark, seq, at, fullAt: all ? fullAt : Date.now() - patienceMs + againMs };
    return sent;
  }

  const body = async () => {
    await turn();
    return false;
  };
  const loop = createLoop({ name: 'chaser', everyMs, log, body });
  return { ...loop, turn };
}
