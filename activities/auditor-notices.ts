import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { databaseNow } from '../db/queries/now.ts';
import { type ReadLimits, tellManyReads, tellUninspected } from '../door/auditor-notices.ts';
import { createCalendars } from '../door/calendars.ts';
import type { Instant } from '../sdk/time.ts';
import { createLoop, type Loop } from './loop.ts';

/** What telling auditors needs. */
export interface AuditorNoticesDeps {
  readonly sql: Sql;
  readonly log: Logger;
  readonly mayFire?: () => boolean;
  /** Default: the database's clock. */
  readonly now?: () => Promise<Instant>;
  /** From how many cases read by one person in a day auditors are told. Default {@link READ_LIMITS}. */
  readonly readLimits?: ReadLimits | undefined;
}

/** So many cases one person may read in a day before auditors are told. */
export const READ_LIMITS: ReadLimits = { minors: 20, sensitive: 50 };

/** The loop of a worker process that tells auditors what falls to them. */
export interface AuditorNotices extends Loop {
  /** One turn; answers how many auditors were reminded, and of how many readers they were told. */
  turn(): Promise<{ readonly reminded: number; readonly readers: number }>;
}

const everyMs = 60_000;

/**
 * Tells auditors in their inboxes: on the last working day of a month where nobody has inspected anything, and of each person who reads
 * more cases in a day than is usual, with the alarm `READ_VOLUME`. Messages have ids of what they tell, so that each is written once,
 * whoever looks and however often.
 */
export function createAuditorNotices(deps: AuditorNoticesDeps): AuditorNotices {
  const { sql, log, mayFire = () => true, readLimits = READ_LIMITS } = deps;
  const nowOf = deps.now ?? (() => databaseNow(sql));
  const calendars = createCalendars();

  async function turn() {
    if (!mayFire()) return { reminded: 0, readers: 0 };
    const now = await nowOf();
    const many = await tellManyReads(sql, readLimits, now);
    for (const { person, what, cases } of many)
      log.error({ alarm: 'READ_VOLUME', person, what, cases }, 'one person reads more cases in a day than is usual');
    return { reminded: await tellUninspected(sql, calendars, now), readers: many.length };
  }

  const body = async () => {
    await turn();
    return false;
  };
  return { ...createLoop({ name: 'auditor notices', everyMs, log, body }), turn };
}
