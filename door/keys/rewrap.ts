import type { Sql } from '../../db/client.ts';
import type { KeptKey, KeyCopies } from './data-keys.ts';
import { unwrap, wrap, type YearlyKeys } from './wrapping.ts';

/** What wrapping keys anew and checking them needs. */
export interface KeepingDeps {
  readonly sql: Sql;
  readonly yearly: YearlyKeys;
  readonly copies?: KeyCopies | undefined;
  /** Keys at a time. Default 500. */
  readonly batch?: number;
}

/** The data keys in order of their names, some at a time; destroyed ones are passed over. */
export async function* keptKeys({ sql, batch = 500 }: KeepingDeps): AsyncGenerator<readonly KeptKey[]> {
  for (let after = ''; ; ) {
    const rows = await sql<KeptKey[]>`
      SELECT id, owner, yearly_key AS "yearlyKey", wrapped, made_at AS "madeAt" FROM data_keys
      WHERE id > ${after} AND wrapped IS NOT NULL ORDER BY id LIMIT ${batch}`;
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    yield rows;
  }
}

/** Any number; whoever makes a new yearly key holds the lock of it. */
const rotationLock = 4_711_018_010;

/** Does something while nobody else makes a new yearly key for this database. Throws when somebody does. */
export async function rotating<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  // reserving a connection that is not open yet never answers (see db/transactions.ts)
  await sql`SELECT 1`;
  const session = await sql.reserve();
  try {
    const [row] = await session<{ got: boolean }[]>`SELECT pg_try_advisory_lock(${rotationLock}) AS got`;
    if (!row?.got)
      throw new Error(
        'Another "linli data-keys rotate" is under way on this database. Way out: wait until it has ended.',
      );
    try {
      return await work();
    } finally {
      await session`SELECT pg_advisory_unlock(${rotationLock})`;
    }
  } finally {
    session.release();
  }
}

/** How many data keys are wrapped with another yearly key than the newest. */
export async function wrappedBefore({ sql, yearly }: Pick<KeepingDeps, 'sql' | 'yearly'>): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM data_keys WHERE wrapped IS NOT NULL AND yearly_key <> ${yearly.newest().id}`;
  return row?.n ?? 0;
}

/**
 * Wraps every data key with the newest yearly key that is wrapped with an older one; the keys themselves stay, and so does all
 * that was encrypted with them. A batch is one statement: broken off, it is begun again and passes over what is done. Answers how
 * many were wrapped anew. Throws for a key that the yearly keys at hand cannot open, before anything of its batch is changed.
 */
export async function rewrapKeys(deps: KeepingDeps): Promise<number> {
  const { sql, yearly, copies } = deps;
  const newest = yearly.newest();
  let done = 0;
  for await (const page of keptKeys(deps)) {
    const old = page.filter(({ yearlyKey }) => yearlyKey !== newest.id);
    if (old.length === 0) continue;
    const fresh = old.map((key) => {
      const outer = yearly.byId(key.yearlyKey);
      if (!outer)
        throw new Error(
          `The data key ${key.id} is wrapped with the yearly key ${key.yearlyKey}, which is not here. Way out: put that key back into the file of the yearly keys.`,
        );
      return {
        ...key,
        was: key.yearlyKey,
        yearlyKey: newest.id,
        wrapped: wrap(newest, key, unwrap(outer, key, key.wrapped)),
      };
    });
    const rows = JSON.stringify(fresh.map(({ id, was, wrapped }) => ({ id, was, wrapped: wrapped.toString('hex') })));
    const changed = await sql<{ id: string }[]>`
      UPDATE data_keys k SET yearly_key = ${newest.id}, wrapped = decode(n.wrapped, 'hex')
      FROM json_to_recordset(${rows}::text::json) AS n (id text, was text, wrapped text)
      WHERE k.id = n.id AND k.yearly_key = n.was AND k.wrapped IS NOT NULL RETURNING k.id`;
    const ids = new Set(changed.map(({ id }) => id));
    for (const key of fresh) if (ids.has(key.id)) copies?.write(key);
    done += changed.length;
  }
  return done;
}
