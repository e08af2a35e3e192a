import { z } from '@hono/zod-openapi';
import { CHANNELS } from '../../door/endpoint.ts';
import { countOut, dateOut, idIn, instantOut, listOf, textIn } from './common.ts';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, '!应为 HH:MM 形式的时间，如 21:00|should be a time of day like 21:00')
  .openapi({ example: '21:00' });

const quietHours = z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable().openapi({
  description: 'Local times between which only emergencies come; null: none. Default 21:00–07:30',
});

const digest = z
  .union([z.enum(['atOnce', 'hourly']), z.strictObject({ dailyAt: timeOfDay })])
  .openapi({ description: 'At once, gathered each full hour, or once a day' });

const settingName = /^[A-Za-z]{1,40}$/;
const settings = z.record(z.string().regex(settingName), textIn(4_000)).openapi({
  ...({ propertyNames: { pattern: settingName.source } } as object),
  description:
    '`address` of e-mail, `phone` of sms, `url` and `secret` of a webhook, `url` (and `secret`, `keyword`) of a group robot. Never shown again',
  example: { address: 'name@example.cn' },
});

/** Whose endpoint: one of the three; the caller's own without it. */
const owner = z
  .strictObject({ person: idIn.optional(), unit: idIn.optional(), post: idIn.optional() })
  .refine(
    (given) => Object.values(given).filter((each) => each !== undefined).length === 1,
    '!应恰好填写 person、unit、post 中的一项|should name exactly one of person, unit, post',
  );

/** An endpoint as it is shown: never its settings. */
export const Channel = z
  .object({
    id: z.string(),
    owner: z.object({ person: z.string().nullable(), unit: z.string().nullable(), post: z.string().nullable() }),
    channel: z.enum(CHANNELS),
    hint: z.string().openapi({ description: 'What of the address may be shown', example: 'z•••@example.cn' }),
    language: z.enum(['zh', 'en']),
    trusted: z.boolean().openapi({ description: 'Texts of the inbox go there; otherwise ids and counts' }),
    quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
    digest: z.union([z.enum(['atOnce', 'hourly']), z.object({ dailyAt: z.string() })]),
    createdAt: instantOut,
    verifiedAt: instantOut.nullable(),
    disabledAt: instantOut.nullable(),
    disabledReason: z.string().nullable().openapi({ description: '`gone`, `failing` or `byHand`' }),
    failingSince: instantOut.nullable(),
    sentAt: instantOut.nullable(),
    waiting: countOut.openapi({ description: 'Messages on their way' }),
    silentSince: instantOut
      .nullable()
      .openapi({ description: 'Since when its unit or post is closed: it gets nothing new' }),
  })
  .openapi('Channel');
/** An endpoint as it is answered. */
export type ChannelView = z.infer<typeof Channel>;
/** A page of endpoints. */
export const ChannelList = listOf(Channel).openapi('ChannelList');

/** Body of `POST /channels`. */
export const ChannelRequest = z
  .strictObject({
    owner: owner.optional(),
    channel: z.enum(CHANNELS),
    settings,
    language: z.enum(['zh', 'en']).optional(),
    trusted: z.boolean().optional(),
    quietHours: quietHours.optional(),
    digest: digest.optional(),
  })
  .openapi('ChannelRequest');
/** What is asked for with `POST /channels`. */
export type ChannelWish = z.infer<typeof ChannelRequest>;

/** Body of `PATCH /channels/{id}`. */
export const ChannelChange = z
  .strictObject({
    settings: settings.optional(),
    language: z.enum(['zh', 'en']).optional(),
    trusted: z.boolean().optional(),
    quietHours: quietHours.optional(),
    digest: digest.optional(),
    enabled: z.boolean().optional(),
  })
  .openapi('ChannelChange');
/** What is asked for with `PATCH /channels/{id}`. */
export type ChannelChangeWish = z.infer<typeof ChannelChange>;

/** Body of `POST /channels/{id}/verify`. */
export const ChannelCode = z
  .strictObject({ code: z.string().regex(/^\d{6}$/, '!验证码为六位数字|a code has six digits') })
  .openapi('ChannelCode');

/** Answer of what puts a message on its way. */
export const Sending = z.object({ id: z.string() }).openapi('ChannelSending');

/** Body and answer of `POST /channels/{id}/resend`. */
export const ResendRequest = z
  .strictObject({ sending: idIn.optional() })
  .openapi('ResendRequest', { description: 'Without `sending` everything that failed in the last 30 days' });
/** How many messages go out again. */
export const Resent = z.object({ resent: countOut }).openapi('Resent');

/** An attempt to send. */
export const Attempt = z
  .object({
    id: countOut,
    sendingId: z.string().openapi({ description: 'The id the receiver sees, the same for every attempt' }),
    kind: z.enum(['messages', 'test', 'code']),
    count: countOut,
    n: countOut,
    at: instantOut,
    outcome: z.enum(['sent', 'again', 'refused']),
    reason: z.string().nullable(),
    reasonText: z.string().nullable(),
    reference: z.string().nullable(),
    durationMs: countOut,
    result: z.enum(['sent', 'failed']).nullable().openapi({ description: 'How it ended; null while it is tried' }),
    nextTry: instantOut.nullable(),
  })
  .openapi('ChannelAttempt');
/** An attempt as it is answered. */
export type AttemptView = z.infer<typeof Attempt>;
/** How the attempts of a day ended. */
export const SentDayView = z
  .object({ day: dateOut, sent: countOut, again: countOut, refused: countOut })
  .openapi('ChannelDay');
/** A page of days. */
export const SentDayList = listOf(SentDayView).openapi('ChannelDayList');

/** A page of attempts. */
export const AttemptList = listOf(Attempt).openapi('ChannelAttemptList');
