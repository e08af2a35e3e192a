import { z } from '@hono/zod-openapi';
import { MOST_DAYS, MOST_GRACE_DAYS } from '../auth/own-keys.ts';
import { idIn, instantOut, textIn } from './common.ts';

/** An API key of the caller's. `key` is told when it is made or changed, and never again. */
export const ApiKey = z
  .object({
    id: z.string(),
    key: z.string().nullable(),
    /** What it is for; null for the key of the first run. */
    label: z.string().nullable(),
    /** The login it works with. */
    login: z.string(),
    role: z.string(),
    post: z.string().nullable(),
    unit: z.string(),
    /** `read`: it changes nothing. */
    scope: z.enum(['all', 'read']),
    createdAt: instantOut,
    rotatedAt: instantOut.nullable(),
    /** Until when the key before the last change is good; null when it is not any more. */
    oldUntil: instantOut.nullable(),
    /** By the hour; null: never, or not known. */
    lastUsedAt: instantOut.nullable(),
    /** Null for the key of the first run. */
    expiresAt: instantOut.nullable(),
  })
  .openapi('ApiKey');
/** The caller's keys: a few, in one page. */
export const ApiKeyList = z.object({ items: z.array(ApiKey), nextCursor: z.null() }).openapi('ApiKeyList');

/** What a key is for: words in which nobody is named. */
export const keyLabel = textIn(60).refine((text) => text.trim() !== '');

/** Body of `POST /keys`. Without `login` it is for the one the session works with. */
export const ApiKeyRequest = z
  .strictObject({
    label: keyLabel,
    scope: z.enum(['all', 'read']),
    days: z.number().int().min(1).max(MOST_DAYS),
    login: idIn.optional(),
  })
  .openapi('ApiKeyRequest');

/** Body of `POST /keys/{keyId}/rotate`: for how many days the key before is still good. */
export const ApiKeyRotation = z
  .strictObject({ graceDays: z.number().int().min(0).max(MOST_GRACE_DAYS) })
  .openapi('ApiKeyRotation');
