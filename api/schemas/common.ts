import { z } from '@hono/zod-openapi';
import { NEEDED } from '../../engine/refusal.ts';
import { isCalendarDate, normalizeInstant } from '../../engine/time/civil.ts';
import { isKeepable } from '../strict-json.ts';

/** Words of our own for a failed check: {@link inputErrors} splits them by language. */
export const say = (zh: string, en: string) => `!${zh}|${en}`;

/** Dates of the years 1900 to 2999, and times of a day with their offset, in the document. */
const DATE = '^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
const TIME = 'T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])';

/** An instant as callers may write it (any offset); becomes our form. */
export const instantIn = z
  .string()
  .max(40)
  .transform((text, ctx) => {
    const instant = normalizeInstant(text);
    if (instant !== undefined) return instant;
    ctx.addIssue({
      code: 'custom',
      message: say(
        '应当是带时区的时间，如 2026-09-18T09:00:00+08:00',
        'should be a time with offset, like 2026-09-18T09:00:00+08:00',
      ),
    });
    return z.NEVER;
  })
  .openapi({ type: 'string', format: 'date-time', pattern: `${DATE}${TIME}$`, example: '2026-09-18T09:00:00+08:00' });

/** A calendar date as callers write it. */
export const dateIn = z
  .string()
  .refine(isCalendarDate, say('应当是日期，如 2026-09-18', 'should be a date like 2026-09-18'))
  .openapi({ type: 'string', format: 'date', pattern: `${DATE}$`, example: '2026-09-18' });

/** A file in a form, judged by what it is. */
export const fileIn = z
  .any()
  .refine((file) => file !== undefined, NEEDED)
  .openapi({ type: 'string', format: 'binary' });

/** An instant in answers. */
export const instantOut = z.string().openapi({ format: 'date-time', example: '2026-11-22T03:16:55.000Z' });
/** A calendar date in answers. */
export const dateOut = z.string().openapi({ format: 'date', example: '2026-11-22' });
/** Integer fen in answers. */
export const fenOut = z.number().int().openapi({ example: 259000 });
/** A count in answers. */
export const countOut = z.number().int();

/** An id or key in requests: short, visible, nothing Postgres or a log could stumble over. */
export const idIn = z
  .string()
  .regex(/^[\p{L}\p{N}_.:/@-]{1,200}$/u, say('不是有效的编号', 'is not a valid id'))
  .openapi({ type: 'string', pattern: '^[\\p{L}\\p{N}_.:/@-]{1,200}$' });

/** A text in requests that the record can keep. */
export const textIn = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(isKeepable, say('含有不能保存的字符', 'contains characters that cannot be kept'))
    // the other half of the rule, that surrogates come in pairs, holds for all that is JSON in UTF-8
    .openapi({ pattern: '^[^\\u0000]*$' });

/** An id in a path. What does not look like one is answered by the route as not found. */
export const pathId = (name: string) => z.string().openapi({ param: { name, in: 'path' } });

/** `?limit=` and `?cursor=` of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(400).optional(),
};

/** `?flag=true|false`. */
export const flagIn = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A list answer. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** Which lists of an answer go on: what is here are the newest of them. */
export const cutOut = z
  .array(z.string())
  .openapi({ description: 'The lists of this answer that go on: here are the first or newest of them' });

/** The body of every error. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    waysOut: z.array(z.string()).optional(),
  })
  .openapi('Problem');

const PROBLEMS = {
  400: 'The request is malformed',
  401: 'Not signed in',
  403: 'The caller may read this but not do it',
  404: 'It does not exist, or the caller may not know of it',
  409: 'The state refuses it',
  412: 'If-Match names an older revision',
  413: 'The body is too large',
  415: 'The content type is not taken here',
  422: 'Well formed but invalid',
  429: 'Too often: see Retry-After',
  503: 'Not now: see Retry-After; the same Idempotency-Key is safe',
} as const;

/** The problems a route may answer, for its OpenAPI entry. */
export function problems<const S extends keyof typeof PROBLEMS>(...statuses: S[]) {
  const entries = statuses.map((status) => [
    status,
    { description: PROBLEMS[status], content: { 'application/problem+json': { schema: Problem } } },
  ]);
  return Object.fromEntries(entries) as Record<S, ProblemEntry>;
}

interface ProblemEntry {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: typeof Problem } };
}

/** An answer in JSON, for a route's OpenAPI entry. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A JSON body, for a route's OpenAPI entry. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
});

/** `Idempotency-Key`, taken on every POST. */
export const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(
      /^[\x21-\x7e]{1,255}$/,
      say('幂等键应为 1 到 255 个可见的 ASCII 字符', 'should be 1 to 255 visible ASCII characters'),
    )
    .optional()
    .openapi({ description: 'The same key and body gives the same answer; another body under it is refused.' }),
});
