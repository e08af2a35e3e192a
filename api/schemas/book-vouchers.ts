import { z } from '@hono/zod-openapi';
import { Line } from './books.ts';
import { countOut, dateOut, fenOut, instantOut, listOf } from './common.ts';

/** A voucher that waits for its review, or was reviewed. */
const Draft = z
  .object({
    id: z.string(),
    book: z.string(),
    channel: z.string(),
    direction: z.enum(['in', 'out']),
    amountFen: fenOut,
    sourceDoc: z.string(),
    occurredDate: dateOut,
    text: z.string().nullable(),
    payout: z.string().nullable(),
    reverses: z.string().nullable().openapi({ description: 'Red ink: the voucher it is to reverse' }),
    lines: z.array(Line),
    madeBy: z.string(),
    madeAt: instantOut,
    state: z.enum(['waiting', 'posted', 'returned']),
    reviewedBy: z.string().nullable(),
    reviewedAt: instantOut.nullable(),
    voucher: z.string().nullable().openapi({ description: 'The voucher it became' }),
  })
  .openapi('VoucherDraft');

/** Answer of `GET /cases/{id}/books/drafts`. */
export const DraftList = listOf(Draft).openapi('VoucherDraftList');

/** Answer of `GET /cases/{id}/books/persons`: null where the caller has yet to record what is in it. */
export const PersonAccounts = listOf(
  z.object({
    book: z.string(),
    party: z.string(),
    recordedFen: fenOut.nullable(),
    paidFen: fenOut.nullable(),
    leftFen: fenOut.nullable(),
  }),
).openapi('PersonAccounts');

/** What `POST …/payouts/{payoutId}/code` asks for. */
export const CodeWish = z
  .strictObject({
    way: z.enum(['slip', 'channel']).openapi({
      description:
        '`slip`: shown once, to be printed for the beneficiary; `channel`: sent to a verified address of his own',
    }),
  })
  .openapi('CodeWish');

/** Its answer. */
export const CodeAnswer = z
  .object({
    way: z.enum(['slip', 'channel']),
    code: z.string().nullable().openapi({ description: 'On a slip, the first time only; null over a channel' }),
    until: instantOut,
    sentTo: z.string().nullable().openapi({ description: 'A hint of the address' }),
    seq: countOut,
  })
  .openapi('CodeAnswer');
