import { z } from '@hono/zod-openapi';
import { Bulletin } from './audit-samples.ts';
import { countOut, idIn, instantOut, listOf, pageQuery, say, textIn } from './common.ts';

/** A month of the civil calendar as callers write it. */
export const monthIn = z.string().regex(/^(19|20|21)\d{2}-(0[1-9]|1[0-2])$/);

/** Body of `POST /audit/published-bulletins`. */
export const BulletinRequest = z
  .strictObject({
    sample: idIn.optional().openapi({ description: 'The bulletin of this sample, or else' }),
    month: monthIn.optional().openapi({ description: 'of this month' }),
    unit: idIn
      .optional()
      .openapi({ description: 'Of a month: this unit and those below it; otherwise the unit of the login' }),
    corrects: idIn.optional().openapi({ description: 'The published bulletin that this one takes the place of' }),
    reason: textIn(2_000).optional().openapi({ description: 'Why it is corrected' }),
  })
  .refine(({ sample, month }) => (sample === undefined) !== (month === undefined), {
    message: say('sample 和 month 填一项', 'one of sample and month is needed'),
    path: ['month'],
  })
  .refine(({ sample, unit }) => sample === undefined || unit === undefined, {
    message: say('样本的单位已定', 'the sample has its unit'),
    path: ['unit'],
  })
  .refine(({ corrects, reason }) => (corrects === undefined) === (reason === undefined), {
    message: say('更正须说明原因', 'a correction says why'),
    path: ['reason'],
  })
  .openapi('BulletinRequest');

/** A bulletin as it was published. Its bytes are RFC 8785 JSON; their SHA-256 is in the organisation's chain. */
export const PublishedBulletin = z
  .object({
    v: z.literal(1),
    id: z.string(),
    language: z.enum(['zh', 'en']),
    corrects: z.string().nullable(),
    reason: z.string().nullable(),
    bulletin: Bulletin,
  })
  .openapi('PublishedBulletin');

/** A published bulletin in a list. */
export const BulletinHead = z
  .object({
    id: z.string(),
    unit: z.string(),
    unitName: z.string(),
    sample: z.string().nullable(),
    month: z.string().nullable(),
    corrects: z.string().nullable(),
    correctedBy: z.string().nullable(),
    language: z.string(),
    hash: z.string().openapi({ description: 'SHA-256 of its bytes' }),
    bytes: countOut,
    publishedAt: instantOut,
  })
  .openapi('BulletinHead');

/** Published bulletins. */
export const BulletinList = listOf(BulletinHead).openapi('BulletinList');

/** `GET /audit/published-bulletins`. */
export const BulletinQuery = z.object({ ...pageQuery, unit: idIn.optional() });

/** A published bulletin. */
export type PublishedBulletinView = z.infer<typeof PublishedBulletin>;
/** A published bulletin in a list. */
export type BulletinHeadView = z.infer<typeof BulletinHead>;
