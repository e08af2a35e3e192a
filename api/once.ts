import type { Context } from 'hono';
import type { Sql } from '../db/client.ts';
import { bodyOf } from '../door/act-body.ts';
import { type OrgRequest, orgAnswer, RepeatedOrgRequest } from '../door/organisation.ts';
import type { Instant } from '../sdk/time.ts';
import type { Caller } from './auth/caller.ts';
import type { AppEnv } from './env.ts';
import { problem } from './errors.ts';
import { requestId } from './idempotency.ts';

/** Who asks for a change of the organisation, when, and under which key. */
export interface Asking {
  readonly caller: Caller;
  readonly now: Instant;
  readonly request: OrgRequest;
}

/**
 * Makes a change of the organisation once: a request sent again under its Idempotency-Key gets the first one's answer, however
 * many come at the same instant. Throws the problem 422 when the key was used for something else.
 */
export async function once<T>(
  c: Context<AppEnv>,
  { sql, now, body }: { readonly sql: Sql; readonly now: Instant; readonly body: object },
  make: (asking: Asking) => Promise<T>,
): Promise<T> {
  const request = { id: requestId(c).id, bodyHash: bodyOf(body).hash };
  const { answer, repeated } = await madeOnce(sql, { caller: c.get('caller'), now, request }, make);
  if (repeated) c.header('Idempotency-Replayed', 'true');
  return answer;
}

/** The same for whoever knows the request already, as a form does by its key. Throws the problem 422 of another body. */
export async function madeOnce<T>(
  sql: Sql,
  asking: Asking,
  make: (asking: Asking) => Promise<T>,
): Promise<{ readonly answer: T; readonly repeated: boolean }> {
  const known = await answered<T>(sql, asking.request);
  if (known) return { answer: known.answer, repeated: true };
  try {
    return { answer: await make(asking), repeated: false };
  } catch (error) {
    const meanwhile = error instanceof RepeatedOrgRequest ? await answered<T>(sql, asking.request) : undefined;
    if (!meanwhile) throw error;
    return { answer: meanwhile.answer, repeated: true };
  }
}

async function answered<T>(sql: Sql, request: OrgRequest): Promise<{ answer: T } | undefined> {
  const known = await orgAnswer<T>(sql, request);
  if (!known) return undefined;
  if (!known.same)
    throw problem('IDEMPOTENCY_KEY_REUSED', ['这个幂等键已用于另一项请求。', 'This key was used for another request.']);
  return known;
}
