import { z } from '@hono/zod-openapi';
import { countOut, cutOut, dateOut, fenOut, instantOut } from './common.ts';

const hiddenFen = fenOut.nullable().openapi({ description: 'null where the caller has yet to record what is in it' });

/** What one channel moved over closed days, or over a month on one side. */
const Sums = z.object({
  channel: z.string(),
  openingFen: hiddenFen,
  inFen: hiddenFen,
  outFen: hiddenFen,
  closingFen: hiddenFen,
});

/** Answer of `GET /cases/{id}/books/closings`. */
export const BookClosings = z
  .object({
    counts: z
      .array(
        z.object({
          id: z.string(),
          book: z.string(),
          kind: z.enum(['day', 'scheduled', 'surprise']),
          day: dateOut,
          by: z.string(),
          at: instantOut,
          present: z.string().nullable(),
          witness: z.string().nullable(),
          denominations: z.record(z.string(), countOut).nullable(),
          drawn: z.string().nullable(),
          text: z.string().nullable(),
          channels: z.array(z.object({ channel: z.string(), bookedFen: hiddenFen, countedFen: hiddenFen })),
        }),
      )
      .openapi({
        description: 'The register of counts, newest first; `present`: the cash holder, at the count of another',
      }),
    days: z
      .array(
        z.object({
          book: z.string(),
          day: dateOut,
          after: dateOut.nullable(),
          count: z.string().nullable(),
          by: z.string(),
          at: instantOut,
          channels: z.array(Sums),
        }),
      )
      .openapi({ description: 'Closed days of the journal, newest first: those after `after` up to `day` together' }),
    months: z
      .array(
        z.object({
          book: z.string(),
          period: z.string(),
          by: z.string(),
          at: instantOut,
          carry: z.record(z.string(), fenOut).nullable(),
          resultFen: fenOut.nullable(),
          channels: z.array(
            z.object({
              side: z.enum(['cash', 'ledger']),
              channel: z.string(),
              openingFen: fenOut,
              inFen: fenOut,
              outFen: fenOut,
              closingFen: fenOut,
            }),
          ),
          accounts: z.array(
            z.object({
              account: z.string(),
              openingFen: fenOut,
              debitFen: fenOut,
              creditFen: fenOut,
              closingFen: fenOut,
              carriedFen: fenOut,
            }),
          ),
        }),
      )
      .openapi({
        description:
          'Closed months, newest first, with the trial balance (debit positive). `carry`: by channel what the cash side had more, as signed; `carriedFen` and `resultFen`: what the end of the year moved',
      }),
    draws: z
      .array(
        z.object({
          book: z.string(),
          span: z.string(),
          day: dateOut,
          seed: z.string(),
          drawnAt: instantOut,
          missedAt: instantOut.nullable(),
          count: z.string().nullable(),
        }),
      )
      .openapi({ description: 'Surprise counts that were drawn, never one to come' }),
    archives: z
      .array(
        z.object({
          book: z.string(),
          period: z.string(),
          after: z.string().nullable(),
          vouchers: countOut,
          entries: countOut,
          sha256: z.string(),
          place: z.string().nullable(),
          by: z.string(),
          at: instantOut,
        }),
      )
      .openapi({
        description:
          'What was taken over into the archive, newest first: the closed months after `after` up to `period`, with the hash of their vouchers, journal and statements',
      }),
    cut: cutOut,
  })
  .openapi('BookClosings');
