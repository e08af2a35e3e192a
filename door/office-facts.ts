import type { Sql } from '../db/client.ts';
import type { Tx } from '../db/transactions.ts';
import type { Act } from '../engine/act.ts';
import type { Facts } from '../engine/world.ts';

type Office = NonNullable<Facts['office']>;

/** Who of the actors of a batch is in office, by person. */
export type Offices = ReadonlyMap<string, Office>;

const NONE: Offices = new Map();

/** Loads for acts that open a case in an emergency: a post each actor holds now, and who audits. Nothing for other acts. */
export async function loadOffices(tx: Tx, acts: readonly Act[]): Promise<Offices> {
  const asked = acts.filter(({ type }) => type === 'access.breakGlass').map(({ actor }) => actor);
  if (asked.length === 0) return NONE;
  const persons = JSON.stringify([...new Set(asked.map(({ id }) => id))]);
  const [posts, auditors] = await Promise.all([
    tx<{ person: string; post: string }[]>`
      SELECT person, min(post) AS post FROM appointments
      WHERE person IN (SELECT json_array_elements_text(${persons}::text::json))
        AND from_at <= clock_timestamp() AND (until_at IS NULL OR until_at > clock_timestamp()) GROUP BY person`,
    loadAuditors(tx),
  ]);
  const held = new Map(posts.map(({ person, post }) => [person, post]));
  return new Map(
    asked.flatMap(({ id, logins }): [string, Office][] => {
      const post = held.get(id);
      const caseworker = logins.some(({ role }) => role === 'caseworker');
      if (post === undefined && !caseworker) return [];
      return [[id, { ...(post === undefined ? {} : { post }), auditors: [...auditors] }]];
    }),
  );
}

/** Everybody who audits, with the unit of his login. */
export async function loadAuditors(tx: Sql): Promise<{ person: string; unit: string }[]> {
  return tx<{ person: string; unit: string }[]>`
    SELECT DISTINCT person, unit FROM api_keys WHERE role = 'auditor' AND revoked_at IS NULL
      AND (expires_at IS NULL OR expires_at > clock_timestamp()) ORDER BY person, unit`;
}

/** What an act that opens a case in an emergency may look at. */
export function officeOf(offices: Offices, { actor, type }: Act): Pick<Facts, 'office'> {
  const office = type === 'access.breakGlass' ? offices.get(actor.id) : undefined;
  return office ? { office } : {};
}
