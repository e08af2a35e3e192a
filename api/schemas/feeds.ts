import { z } from '@hono/zod-openapi';
import { instantOut } from './common.ts';

/** A calendar feed of the caller's. `url` is told when it is made and when its token is changed, and never again. */
export const CalendarFeed = z
  .object({
    id: z.string(),
    url: z.string().nullable(),
    language: z.enum(['zh', 'en']),
    /** How far ahead planned duties are shown. */
    months: z.number().int(),
    createdAt: instantOut,
    /** When its token was last changed. */
    rotatedAt: instantOut.nullable(),
    /** When a calendar program last read it, to the minute; null: never since it has its token. */
    lastUsedAt: instantOut.nullable(),
  })
  .openapi('CalendarFeed');
/** The caller's feeds: a few, in one page. */
export const CalendarFeedList = z
  .object({ items: z.array(CalendarFeed), nextCursor: z.null() })
  .openapi('CalendarFeedList');

/** Body of `POST /calendar-feeds`. */
export const CalendarFeedRequest = z
  .strictObject({ language: z.enum(['zh', 'en']).optional(), months: z.number().int().min(1).max(12).optional() })
  .openapi('CalendarFeedRequest');
