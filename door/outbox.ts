import type { Sql } from '../db/client.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { uuidV5 } from './act-id.ts';
import type { Digest } from './endpoint.ts';
import { dueAt, type Preferences } from './outbox-times.ts';

/**
 * An endpoint that takes messages: verified, not disabled, not removed. Of a person who has none, those that were disabled
 * because they failed: what would have gone there counts as not delivered, and is there to be sent again.
 */
export interface OpenEndpoint extends Preferences {
  readonly id: string;
  readonly person: string | undefined;
  readonly unit: string | undefined;
  readonly post: string | undefined;
}

/** A message on its way to a person, as far as it says which endpoints it concerns. */
export interface Routed {
  readonly post: string | undefined;
  /** The unit of that post. */
  readonly postUnit: string | undefined;
  readonly caseId: string | undefined;
  readonly caseNo: string | undefined;
  readonly urgent: boolean;
  /** For the person alone: not for what a post or a unit shares. */
  readonly sealed?: boolean;
}

/** A row of the outbox, as it is written with its delivery. */
export interface OutboxRow {
  readonly id: string;
  readonly delivery_id: string;
  readonly endpoint_id: string;
  readonly personal: boolean;
  readonly count: number;
  readonly text_zh: string;
  readonly text_en: string;
  readonly case_id: string | null;
  readonly case_no: string | null;
  readonly urgent: boolean;
  readonly created_at: Instant;
  readonly due_at: Instant;
}

/** The endpoints of a person, of these posts, and of the units of these posts. */
export async function endpointsFor(
  sql: Sql,
  person: string,
  messages: readonly Routed[],
): Promise<readonly OpenEndpoint[]> {
  const posts = JSON.stringify([...new Set(messages.flatMap(({ post }) => post ?? []))]);
  const units = JSON.stringify([...new Set(messages.flatMap(({ postUnit }) => postUnit ?? []))]);
  const rows = await sql<EndpointRow[]>`
    SELECT id, person, unit, post, quiet_from AS "quietFrom", quiet_to AS "quietTo", digest, daily_at AS "dailyAt"
    FROM person.channel_endpoints
    WHERE (person = ${person} OR post IN (SELECT json_array_elements_text(${posts}::text::json))
        OR unit IN (SELECT json_array_elements_text(${units}::text::json)))
      AND verified_at IS NOT NULL AND removed_at IS NULL AND (disabled_at IS NULL OR (person = ${person}
        AND disabled_reason IN ('gone', 'failing') AND NOT EXISTS (
          SELECT FROM person.channel_endpoints other WHERE other.person = ${person} AND other.verified_at IS NOT NULL
            AND other.disabled_at IS NULL AND other.removed_at IS NULL))) ORDER BY id`;
  return rows.map((row) => ({
    id: row.id,
    person: row.person ?? undefined,
    unit: row.unit ?? undefined,
    post: row.post ?? undefined,
    ...preferencesOf(row),
  }));
}

interface EndpointRow extends PreferenceColumns {
  readonly id: string;
  readonly person: string | null;
  readonly unit: string | null;
  readonly post: string | null;
}

/** How the table keeps the preferences of an endpoint. */
export interface PreferenceColumns {
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly digest: string;
  readonly dailyAt: string | null;
}

/** The preferences of an endpoint as the table keeps them. */
export function preferencesOf({ quietFrom, quietTo, digest, dailyAt }: PreferenceColumns): Preferences {
  return {
    quiet: quietFrom === null || quietTo === null ? undefined : { from: quietFrom, to: quietTo },
    digest: dailyAt === null ? (digest as Exclude<Digest, object>) : { dailyAt },
  };
}

/**
 * The rows of the outbox for one delivery: for each endpoint of the person all its messages, for one of a post or a unit
 * those told to that post, or to a post of that unit. `textOf` words a choice of the messages.
 */
export function outboxRows<M extends Routed>(
  delivery: { readonly id: string; readonly messages: readonly M[] },
  endpoints: readonly OpenEndpoint[],
  now: Instant,
  textOf: (messages: readonly M[]) => Text,
): OutboxRow[] {
  return endpoints.flatMap((endpoint) => {
    const mine = delivery.messages.filter((message) => concerns(endpoint, message));
    const [first] = mine;
    if (!first) return [];
    const urgent = mine.some((message) => message.urgent);
    const [textZh, textEn] = textOf(mine);
    const oneCase = mine.every(({ caseId }) => caseId === first.caseId);
    return [
      {
        id: uuidV5('outbox', delivery.id, endpoint.id),
        delivery_id: delivery.id,
        endpoint_id: endpoint.id,
        personal: endpoint.person !== undefined,
        count: mine.length,
        text_zh: textZh,
        text_en: textEn,
        case_id: (oneCase ? first.caseId : undefined) ?? null,
        case_no: (oneCase ? first.caseNo : undefined) ?? null,
        urgent,
        created_at: now,
        due_at: dueAt(endpoint, now, urgent),
      },
    ];
  });
}

const FOR_PERSONS: ReadonlySet<string> = new Set([
  'complaint',
  'emergency',
  'undelivered',
  'withdrawal',
  'access',
  'reads',
  'signIn',
]);

/** Whether messages of a kind never go to what a group shares: it may hold whom they are about. */
export function isForPersonsOnly(kind: string): boolean {
  return FOR_PERSONS.has(kind);
}

function concerns({ person, post, unit }: OpenEndpoint, message: Routed): boolean {
  if (person !== undefined) return true;
  if (message.sealed) return false;
  return post === undefined ? unit === message.postUnit : post === message.post;
}
