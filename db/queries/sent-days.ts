import type { Sql } from '../client.ts';

/** How the attempts of one day over an endpoint ended, by local time: also of days whose single attempts are kept no more. */
export interface SentDay {
  readonly day: string;
  readonly sent: number;
  readonly again: number;
  readonly refused: number;
}

/** The days on which something was tried over an endpoint, newest first. */
export async function listSentDays(
  sql: Sql,
  endpointId: string,
  { limit, before }: { readonly limit: number; readonly before?: string | undefined },
): Promise<SentDay[]> {
  const [dayBefore, atBefore] =
    before === undefined
      ? [sql``, sql``]
      : [sql`AND day < ${before}::date`, sql`AND at < ${before}::date::timestamp AT TIME ZONE 'Asia/Shanghai'`];
  return sql<SentDay[]>`
    SELECT day::text AS day, coalesce(sum(attempts) FILTER (WHERE outcome = 'sent'), 0)::int AS sent,
      coalesce(sum(attempts) FILTER (WHERE outcome = 'again'), 0)::int AS again,
      coalesce(sum(attempts) FILTER (WHERE outcome = 'refused'), 0)::int AS refused
    FROM (
      SELECT day, outcome, attempts FROM delivery_days WHERE endpoint_id = ${endpointId} ${dayBefore}
      UNION ALL
      SELECT (at AT TIME ZONE 'Asia/Shanghai')::date, outcome, 1 FROM delivery_attempts
      WHERE endpoint_id = ${endpointId} ${atBefore}
    ) every
    GROUP BY day ORDER BY day DESC LIMIT ${limit + 1}`;
}
