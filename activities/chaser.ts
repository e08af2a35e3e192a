import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { type CaseToChase, casesToChase, officesMark } from '../db/queries/book-chases.ts';
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
  /** Cases looked up at a time. Default 500. */
  readonly atOnce?: number;
  /** How long all may go unlooked at while no office begins or ends. Default 60,000. */
  readonly patienceMs?: number;
}

/** The loop of a worker process that finds sides of books whose keeper has lost the post. */
export interface Chaser extends Loop {
  /** One turn: looks through all when an office has begun or ended since, or it was long ago; answers how many cases it sent. */
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
 * `books.chase` through the door, which decides what is to be done. It looks after every change of the organisation, at the
 * instant one that was recorded ahead takes effect, and every minute. The act's id stands for the finding and the revision of
 * the case: sent again, by whatever process, it does nothing twice. A process keeps nothing but how far it has looked; one that
 * begins looks through all. With the same look the channels of posts that somebody has left are cleared for whoever follows.
 */
export function createChaser(deps: ChaserDeps): Chaser {
  const { sql, door, log, mayFire = () => true, atOnce = 500, patienceMs = 60_000 } = deps;
  const answered = new Set<string>();
  let looked: { readonly mark: string; readonly at: number } | undefined;

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
    const mark = await officesMark(sql, at);
    if (looked?.mark === mark && Date.now() - looked.at < patienceMs) return 0;
    await clearPostChannels(sql, at);
    let sent = 0;
    let all = true;
    for (let after = '', page: CaseToChase[] = []; ; after = page.at(-1)!.caseId) {
      page = await casesToChase(sql, { at, after, limit: atOnce });
      await someAtATime(atATime, page, async (each) => {
        if (!(await send(each, mark))) all = false;
      });
      sent += page.length;
      if (page.length < atOnce) break;
    }
    looked = { mark, at: all ? Date.now() : Date.now() - patienceMs + againMs };
    return sent;
  }

  const body = async () => {
    await turn();
    return false;
  };
  const loop = createLoop({ name: 'chaser', everyMs, log, body });
  return { ...loop, turn };
}
