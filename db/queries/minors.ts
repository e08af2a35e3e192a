import type { Sql } from '../client.ts';
import { isAssigned, isHead, isOfLogin, isParty, type Reader } from './reader.ts';

type Fragment = ReturnType<Sql>;

/** The condition that party `p` is under eighteen; as `isOfAge` of engine/time/age.ts: somebody is of age after his birthday. */
export function isMinor(sql: Sql): Fragment {
  return sql`coalesce((p.birth_date + interval '18 years')::date >= ${today(sql)}, false)`;
}

const today = (sql: Sql): Fragment => sql`(now() AT TIME ZONE 'Asia/Shanghai')::date`;

/**
 * The condition that a reader who may read case `c` may also read of the minors in it; goes with `readerScope`.
 * The rule for one case is `mayReadMinors` of api/access/minors.ts; a test holds the two against each other.
 */
function mayReadMinors(sql: Sql, reader: Reader): Fragment {
  const { person, login } = reader;
  const holds = (until: Fragment) => sql`coalesce((${until})::timestamptz > now(), false)`;
  const access = sql`coalesce(c.outline, c.state) -> 'minorAccess'`;
  const standing = holds(sql`${access} ->> 'standing'`);
  return sql`(${holds(sql`${access} -> 'persons' ->> ${person}`)}
    OR EXISTS (SELECT FROM person.parties own WHERE own.case_id = c.case_id AND own.person = ${person} AND own.ended_at IS NULL
      AND (own.role = 'guardian' AND ${today(sql)} BETWEEN coalesce(own.guardian_from, '-infinity') AND coalesce(own.guardian_until, 'infinity')
        OR own.party_id IN (SELECT p.party_id FROM person.parties p WHERE p.case_id = c.case_id AND ${isMinor(sql)})))
    OR ${isHead(sql)} OR ${audits(sql, reader)} OR NOT ${isParty(sql, reader)} AND ${standing}
      AND (${isAssigned(sql, reader)} OR ${login === 'casework'}::boolean AND ${isOfLogin(sql)}))`;
}

/** The condition that the reader audits case `c`: his login says so and reaches it, whatever else he is to it. */
function audits(sql: Sql, { login }: Reader): Fragment {
  return sql`(${login === 'audit'}::boolean AND ${isOfLogin(sql)})`;
}

/** The condition that party `p` of case `c` may be named also where it is only stored and protected (engine/custody.ts): to himself and auditors. */
function mayNameLimited(sql: Sql, reader: Reader): Fragment {
  const limited = sql`CASE WHEN c.outline IS NULL THEN c.state -> 'erasure' ->> 'decision' = 'limited' ELSE c.outline ->> 'limited' = 'true' END`;
  return sql`(${audits(sql, reader)} OR p.person IS NOT DISTINCT FROM ${reader.person}
    OR NOT coalesce(c.status = 'closed' AND ${limited}, false))`;
}

/**
 * The condition that a list of cases may name party `p` of case `c` to the reader, and a search may find the case by him: an adult
 * always, a minor as {@link mayReadMinors} says, and nobody of a case that is only stored and protected. What a list does not tell, a search must not confirm.
 */
export function mayBeNamed(sql: Sql, reader: Reader): Fragment {
  return sql`((NOT ${isMinor(sql)} OR ${mayReadMinors(sql, reader)}) AND ${mayNameLimited(sql, reader)})`;
}
