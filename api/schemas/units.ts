import { z } from '@hono/zod-openapi';
import { countOut, idIn, instantOut, listOf, textIn } from './common.ts';

/** A name in requests: both languages, or one text for both. */
const nameIn = z
  .union([textIn(200), z.tuple([textIn(200), textIn(200)])])
  .transform((given): readonly [string, string] => (typeof given === 'string' ? [given, given] : given))
  .openapi({
    oneOf: [
      { type: 'string' },
      { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2, description: '[Chinese, English]' },
    ],
  });

const level = z.enum(['grid', 'community', 'sub-district', 'district']);

/** Body of `POST /units`. Without an id one is made up. */
export const UnitRequest = z
  .strictObject({ id: idIn.optional(), level, name: nameIn, above: idIn })
  .openapi('UnitRequest');

/** Body of `PATCH /units/{id}`. `headPost`: a post of the unit, or null for none. */
export const UnitChange = z
  .strictObject({ name: nameIn.optional(), headPost: idIn.nullable().optional() })
  .openapi('UnitChange');

/** Body of `POST /units/{id}/merge`. */
export const UnitMerge = z.strictObject({ into: idIn }).openapi('UnitMerge');

/** Body of `POST /units/{id}/split`. `head`: which of the posts is the head's there; `cases`: these go along whoever answers for them. */
export const UnitSplit = z
  .strictObject({
    into: z
      .array(
        z.strictObject({
          id: idIn.optional(),
          name: nameIn,
          posts: z.array(idIn).max(1_000).default([]),
          head: idIn.optional(),
          cases: z.array(idIn).max(20_000).default([]),
        }),
      )
      .min(1)
      .max(20),
  })
  .openapi('UnitSplit');

/** A body that says nothing. */
export const Nothing = z.strictObject({}).openapi('Nothing');

/** A unit after a change. */
export const UnitChanged = z
  .object({
    id: z.string(),
    level: z.string(),
    name: z.string(),
    above: z.string().nullable(),
    headPost: z.string().nullable(),
    closed: instantOut.nullable(),
    dryRun: z.literal(true).optional(),
  })
  .openapi('UnitChanged');

const moving = {
  cases: countOut.openapi({ description: 'Cases that are not closed' }),
  deadlines: countOut.openapi({ description: 'Open deadlines of these cases' }),
  books: countOut,
  posts: countOut,
  units: countOut.openapi({ description: 'Units below' }),
  logins: countOut.openapi({ description: 'API keys whose right then holds in the new unit' }),
  loginsEnding: countOut.optional().openapi({ description: 'Of a merge: API keys whose right ends with the unit' }),
};

/** What goes along, and under which id its progress is read; with `dryRun` what would. */
export const UnitMoving = z
  .object({
    move: z.string().nullable(),
    unit: z.string(),
    into: z.array(z.object({ id: z.string(), ...moving })),
    dryRun: z.literal(true).optional(),
  })
  .openapi('UnitMoving');

/** How far the cases of a merged or split unit have come. `waiting`: those not moved that are frozen or stuck. */
export const UnitMove = z
  .object({
    id: z.string(),
    kind: z.enum(['merge', 'split', 'close']),
    unit: z.string(),
    cases: countOut,
    moved: countOut,
    waiting: countOut,
    beganAt: instantOut,
    doneAt: instantOut.nullable(),
  })
  .openapi('UnitMove');
/** A page of merges and splits. */
export const UnitMoveList = listOf(UnitMove).openapi('UnitMoveList');

/** Body of `POST /posts`. `heads`: its holder is the head of the unit. Without an id one is made up. */
export const PostRequest = z
  .strictObject({ id: idIn.optional(), unit: idIn, kind: idIn, name: nameIn, heads: z.literal(true).optional() })
  .openapi('PostRequest');

/** Body of `PATCH /posts/{id}`. */
export const PostChange = z.strictObject({ name: nameIn }).openapi('PostChange');

/** Body of `POST /posts/{id}/move`. */
export const PostMove = z.strictObject({ unit: idIn, heads: z.literal(true).optional() }).openapi('PostMove');

/** A post after a change, with what it answers for in cases that are not closed. */
export const PostChanged = z
  .object({
    id: z.string(),
    kind: z.string(),
    unit: z.string(),
    name: z.string(),
    closed: instantOut.nullable(),
    cases: countOut,
    deadlines: countOut,
    dryRun: z.literal(true).optional(),
  })
  .openapi('PostChanged');

/** Body of `POST /people`. Without an id one is made up: it is written into records for good, so it is never the name. */
export const PersonRequest = z.strictObject({ id: idIn.optional(), name: textIn(200) }).openapi('PersonRequest');
/** Body of `PATCH /people/{id}`. */
export const PersonChange = z.strictObject({ name: textIn(200) }).openapi('PersonChange');
/** A person after a change. */
export const PersonChanged = z.object({ id: z.string(), name: z.string() }).openapi('PersonChanged');
