import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import {
  type CaseToChase,
  casesToChase,
  type OfficesMark,
  officesMark,
  personsMoved,
} from '../db/queries/book-chases.ts';
import { databaseNow } from '../db/queries/now.ts';
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
  /** After how long a case that could not be looked at is tried again for the first time, each time twice as late. Default 5,000. */
  readonly againMs?: number;
}

/** The loop of a worker process that finds sides of books whose keeper has lost the post. */
export interface Chaser extends Loop {
  /** One turn: looks where somebody's office has begun or ended since, and through all when that was long ago; answers how many cases it sent. */
  turn(): Promise<number>;
}

const everyMs = 1_000;
const atATime = 4;
/** As many answers are remembered, so that a case for which nothing is to be done is not sent again and again. */
const mostAnswered = 10_000;

/**
 * Finds the cases in which somebody's office, begun or ended, has frozen a side of a book or freed it, and sends each the act
 * `books.chase` through the door, which decides what is to be done. After every change of the organisation, and at the instant
 * one that was recorded ahead takes effect, it looks at the books of those concerned; through all when it begins, when units
 * were changed, and every ten minutes; a case that could not be looked at is tried again by itself. The act's id stands for the finding and the revision of
 * the case: sent again, by whatever process, it does nothing twice. A process keeps nothing but how far it has looked. With the same look the channels of posts that somebody has left are cleared for whoever follows.
 */
export function createChaser(deps: ChaserDeps): Chaser {
  const { sql, door, log, mayFire = () => true, atOnce = 2_000, patienceMs = 600_000, againMs = 5_000 } = deps;
  const answered = new Set<string>();
  const failed = new Map<string, { readonly pauseMs: number; readonly dueMs: number }>();
  let looked: (OfficesMark & { readonly at: Instant; readonly fullAt: number }) | undefined;

  const nowOf = deps.now ?? (() => databaseNow(sql));

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

  /** Sends what is found among some cases, or all; answers how many those were. */
  async function look(
    at: Instant,
    mark: string,
    among: { readonly keepers?: readonly string[] | undefined; readonly cases?: readonly string[] },
  ): Promise<number> {
    let sent = 0;
    for (let after = ''; ; ) {
      const step = await casesToChase(sql, at, { ...among, after, limit: atOnce });
      await someAtATime(atATime, step.found, async (each) => {
        const pauseMs = Math.min((failed.get(each.caseId)?.pauseMs ?? againMs / 2) * 2, patienceMs);
        if (await send(each, mark)) failed.delete(each.caseId);
        else failed.set(each.caseId, { pauseMs, dueMs: performance.now() + pauseMs });
      });
      sent += step.found.length;
      if (step.looked < atOnce || step.last === null) return sent;
      after = step.last;
    }
  }

  /** Tries those again that could not be looked at and whose time has come. */
  async function retry(at: Instant, mark: string, due: number): Promise<number> {
    const cases = [...failed].filter(([, { dueMs }]) => dueMs <= due).map(([caseId]) => caseId);
    if (cases.length === 0) return 0;
    const sent = await look(at, mark, { cases });
    // what was not found again needs nothing more, or waits for its repair
    for (const caseId of cases) if ((failed.get(caseId)?.dueMs ?? due) < due) failed.delete(caseId);
    return sent;
  }

  async function turn(): Promise<number> {
    if (!mayFire()) return 0;
    const begunMs = performance.now();
    const at = await nowOf();
    const { seq, mark, ended } = await officesMark(sql, at);
    const overdue = !looked || Date.now() - looked.fullAt >= patienceMs;
    if (looked?.mark === mark && !overdue) return retry(at, mark, begunMs);
    // an ending recorded afterwards is seen to where it is recorded
    if (overdue || looked?.ended !== ended) await clearPostChannels(sql, at);
    const keepers = looked && !overdue ? await personsMoved(sql, looked, at) : undefined;
    const fullAt = keepers === undefined || !looked ? Date.now() : looked.fullAt;
    const sent = keepers?.length === 0 ? 0 : await look(at, mark, { keepers });
    looked = { mark, seq, ended, at, fullAt };
    return sent + (await retry(at, mark, begunMs));
  }

  const body = async () => {
    await turn();
    return false;
  };
  const loop = createLoop({ name: 'chaser', everyMs, log, body });
  return { ...loop, turn };
}
