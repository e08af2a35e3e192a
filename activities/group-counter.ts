import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { memberOf } from '../db/queries/cases.ts';
import { uuidV5 } from '../door/act-id.ts';
import type { Door } from '../door/door.ts';
import { createLoop, type Loop } from './loop.ts';
import { someAtATime } from './some-at-a-time.ts';

/** What counting the members of groups needs. */
export interface GroupCounterDeps {
  readonly sql: Sql;
  readonly door: Pick<Door, 'act'>;
  readonly log: Logger;
  readonly mayFire?: () => boolean;
  /** Milliseconds of a clock that never goes back. Default: the process' own. */
  readonly now?: () => number;
}

/** The loop of a worker process that tells cases how the members of their groups stand. */
export interface GroupCounter extends Loop {
  /** One turn: counts the members of all open groups; answers how many cases were told something new. */
  turn(): Promise<number>;
}

const everyMs = 5_000;
const atATime = 4;
/** What a process tells a case about one of its groups lies so far apart, unless the group is done: its history does not grow with its members. */
const apartMs = 60_000;
/** Of so many groups a process remembers when it told of them. */
const mostKnown = 10_000;

interface Counted {
  readonly caseId: string;
  readonly seq: number;
  readonly key: string;
  readonly told: { readonly size?: number; readonly listed: number; readonly ended: number };
  readonly listed: number;
  readonly ended: number;
}

/**
 * Counts the members of open groups, where one act a minute and group tells the case what has changed, and one at once when
 * its group is done. The members themselves never touch the other case: however many end at one instant, none waits for
 * another. The act's id stands for the case's revision and the figures, so that several processes tell it once.
 */
export function createGroupCounter({
  sql,
  door,
  log,
  mayFire = () => true,
  now = () => performance.now(),
}: GroupCounterDeps): GroupCounter {
  const toldAt = new Map<string, number>();

  const count = () => sql<Counted[]>`
    SELECT p.case_id AS "caseId", p.seq, g.key, g.value AS told, m.listed, m.ended
    FROM cases p CROSS JOIN LATERAL json_each(p.outline -> 'groups') g CROSS JOIN LATERAL (
      SELECT count(*)::int AS listed, (count(*) FILTER (WHERE c.status IN ('closed', 'followUp')))::int AS ended
      FROM cases c WHERE ${memberOf(sql, sql`p.case_id`)} AND c.outline -> 'partOf' ->> 'key' = g.key) m
    WHERE p.outline -> 'groups' IS NOT NULL AND p.status = 'open' AND p.frozen_at IS NULL AND p.stuck_since IS NULL`;

  async function tell({ caseId, seq, key, listed, ended }: Counted): Promise<void> {
    const id = uuidV5('group.count', caseId, key, String(seq), `${listed}/${ended}`);
    const actor = { kind: 'system', id: 'groups', logins: [] } as const;
    try {
      const outcome = await door.act({
        caseId,
        act: { id, type: 'group.count', target: key, data: { listed, ended }, actor },
      });
      toldAt.set(`${caseId}/${key}`, now());
      if (outcome.status === 'refused')
        log.warn({ caseId, code: outcome.refusal.code }, 'a group could not be counted');
    } catch (error) {
      log.warn({ caseId, reason: (error as Error).message }, 'a group could not be counted and is tried again');
    }
  }

  async function turn(): Promise<number> {
    if (!mayFire()) return 0;
    const changed = (await count()).filter((each) => {
      const { caseId, key, told, listed, ended } = each;
      if (told.listed === listed && told.ended === ended) return false;
      const isDone = listed === told.size && ended === listed;
      return isDone || now() - (toldAt.get(`${caseId}/${key}`) ?? -apartMs) >= apartMs;
    });
    if (toldAt.size > mostKnown) toldAt.clear();
    await someAtATime(atATime, changed, tell);
    return changed.length;
  }

  const loop = createLoop({ name: 'group-counter', everyMs, log, body: async () => (await turn(), false) });
  return { ...loop, turn };
}
