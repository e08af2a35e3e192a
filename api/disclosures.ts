import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import {
  type DisclosurePlace,
  type DisclosureRow,
  disclosureOf,
  publicDisclosures,
} from '../db/queries/disclosures.ts';
import { actIdOf } from '../door/act-id.ts';
import type { AppDeps } from './deps.ts';
import { ApiProblem, notFound, problem, tooMany } from './errors.ts';
import { type Language, pick } from './language.ts';
import { decodeCursor, pageOf } from './pagination.ts';
import { peerOf } from './peer.ts';
import { createRateLimit, type RateLimitOptions } from './rate-limit.ts';
import { nowOf } from './reading.ts';
import type { PublicDisclosureView } from './schemas/disclosures.ts';

/** Behind a proxy all readers are one peer, so the bounds are wide: they keep a process alive and slow down who floods. */
export const READ_LIMIT: RateLimitOptions = { burst: 300, perMinute: 600 };
const FROM_ONE: RateLimitOptions = { burst: 20, perMinute: 6 };
const TO_ONE: RateLimitOptions = { burst: 40, perMinute: 10 };

/** What is public now, in pages. Throws the problem of a cursor that is not ours. */
export async function listDisclosures(
  deps: AppDeps,
  asked: { readonly limit: number; readonly cursor?: string | undefined; readonly unit?: string | undefined },
  language: Language,
): Promise<{ items: PublicDisclosureView[]; nextCursor: string | null }> {
  const after = decodeCursor(asked.cursor, ['moment', 'text']) as DisclosurePlace | undefined;
  const { limit, unit } = asked;
  const rows = await publicDisclosures(deps.sql, { now: nowOf(deps), unit, after, limit: limit + 1 });
  return pageOf(
    rows,
    limit,
    (row) => disclosureView(row, language),
    ({ postedAt, id }) => [postedAt, id],
  );
}

/** Something public as it is answered. */
export function disclosureView(row: DisclosureRow, language: Language): PublicDisclosureView {
  return {
    id: row.id,
    unit: { id: row.unit, name: pick([row.unitZh, row.unitEn], language) },
    name: pick([row.nameZh, row.nameEn], language),
    text: row.text,
    postedAt: row.postedAt,
    until: row.until,
  };
}

/** What is public under an id. Throws the problem 404 where nothing is. */
export async function publicDisclosure(deps: AppDeps, id: string): Promise<DisclosureRow> {
  const row = await disclosureOf(deps.sql, id, nowOf(deps));
  if (!row) throw notFound();
  return row;
}

/** What somebody without a sign-in says against what is public. */
export interface PublicObjection {
  readonly text: string;
  readonly contact?: string | undefined;
}

/**
 * Takes objections of anybody: as many as one address, and one disclosure, may bring in a while. A key makes a repeat answer the same.
 * The case is not told of: refused by its state it is not taken now, whatever the state is.
 * Throws the problems 404, 409, 422 (the same key with other words), 429, 503.
 */
export function createObjections(deps: AppDeps) {
  const fromOne = createRateLimit(FROM_ONE);
  const toOne = createRateLimit(TO_ONE);
  return async (c: Context, id: string, said: PublicObjection, key: string = randomUUID()) => {
    const wait = fromOne(peerOf(c));
    if (wait !== undefined) throw tooMany(wait);
    const row = await disclosureOf(deps.sql, id, nowOf(deps));
    if (!row) throw notFound();
    const held = toOne(id);
    if (held !== undefined) throw tooMany(held);
    const path = `/public/disclosures/${id}/objections`;
    const { text, contact } = said;
    const outcome = await deps.door.act({
      caseId: row.caseId,
      act: {
        id: actIdOf({ caller: 'public', method: 'POST', path, idempotencyKey: key }),
        type: 'objection.raise',
        actor: { kind: 'system', id: 'public', logins: [] },
        target: row.itemId,
        data: { text, ...(contact === undefined ? {} : { contact }) },
      },
    });
    if (outcome.status === 'recorded') {
      const raised = outcome.events.find(({ type }) => type === 'objection.raised');
      return { id: String((raised?.data as { id?: string } | undefined)?.id ?? ''), receivedAt: outcome.recordedAt };
    }
    if (outcome.refusal.kind === 'conflict') throw notNow();
    throw new ApiProblem(outcome.refusal);
  };
}

function notNow(): ApiProblem {
  return problem(
    'NOT_OPEN',
    ['现在不能在这里提出异议。', 'Objections cannot be taken here now.'],
    [['请直接与社区联系', 'Speak with the community itself']],
  );
}
