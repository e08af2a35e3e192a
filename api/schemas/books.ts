import { z } from '@hono/zod-openapi';
import { countOut, cutOut, dateOut, fenOut, instantOut, listOf } from './common.ts';

/** One channel of a book; a side the caller may not see yet is null. */
const Balance = z.object({
  channel: z.string(),
  cashFen: fenOut.nullable(),
  cashEntries: countOut.nullable(),
  ledgerFen: fenOut.nullable(),
  vouchers: countOut.nullable(),
});

/** Answer of `GET /cases/{id}/books`. */
export const Books = z
  .object({
    items: z.array(
      z.object({
        book: z.string(),
        name: z.string(),
        keeps: z.string(),
        cashFen: fenOut.nullable(),
        ledgerFen: fenOut.nullable(),
        channels: z.array(Balance),
        openDocuments: countOut,
        openDiscrepancies: countOut,
        keepers: z
          .array(
            z.object({
              side: z.enum(['cash', 'ledger']),
              keeper: z.string().nullable(),
              holder: z.string().nullable(),
              frozenSince: instantOut.nullable(),
              clock: z.string().nullable(),
              countBy: instantOut.nullable(),
            }),
          )
          .openapi({
            description:
              'Who keeps each side and who fills its role now; `frozenSince`: it waits to be counted by the new keeper (`book.handOver`); `clock` and `countBy`: the deadline of that count',
          }),
      }),
    ),
    payouts: z.array(
      z.object({
        id: z.string(),
        book: z.string(),
        channel: z.string(),
        amountFen: fenOut,
        text: z.string(),
        state: z.string(),
        requestedBy: z.string(),
        requestedAt: instantOut,
        decidedBy: z.string().nullable(),
        decidedAt: instantOut.nullable(),
        entry: z.string().nullable(),
        paidAt: instantOut.nullable(),
        confirmedBy: z.string().nullable(),
        confirmedAt: instantOut.nullable(),
        allowance: z
          .object({ verdict: z.string(), lessFen: fenOut.nullable(), text: z.string() })
          .nullable()
          .openapi({ description: 'What it may do to the allowance (低保), as it was shown last; the office decides' }),
        party: z.string().nullable().openapi({ description: 'Whose money it is, in a book of several persons' }),
      }),
    ),
    cut: cutOut,
  })
  .openapi('Books');

/** A line of a voucher. */
export const Line = z.object({
  text: z.string(),
  account: z.string(),
  side: z.enum(['debit', 'credit']),
  amountFen: fenOut,
  item: z.string().optional(),
  quantity: z.number().optional(),
  priceFen: fenOut.optional(),
  buyer: z.string().optional(),
  party: z.string().optional(),
  kind: z.string().optional().openapi({ description: 'What it is for: sale, fee, subsidy, material …' }),
  payer: z.string().optional(),
  receipt: z.string().optional(),
  purpose: z.string().optional(),
});

/** An entry of the cash journal or a voucher of the ledger. `hidden`: the caller has to record it first. */
export const BookEntry = z
  .object({
    id: z.string(),
    book: z.string(),
    channel: z.string(),
    no: countOut,
    month: z.string(),
    direction: z.enum(['in', 'out']),
    amountFen: fenOut.nullable(),
    balanceFen: fenOut.nullable(),
    sourceDoc: z.string(),
    occurredDate: dateOut,
    bookedDate: dateOut.openapi({ description: 'The day it is booked on: never a closed one' }),
    late: z
      .boolean()
      .openapi({ description: 'Recorded when the day of its paper (in the ledger: its month) was closed' }),
    text: z.string().nullable(),
    payout: z.string().nullable(),
    reverses: z.string().nullable(),
    reversedBy: z.string().nullable(),
    recordedBy: z.string(),
    recordedAt: instantOut,
    actId: z.string().nullable(),
    reviewedBy: z
      .string()
      .nullable()
      .optional()
      .openapi({ description: 'Of a voucher that was reviewed; `recordedBy` made it' }),
    draft: z.string().nullable().optional(),
    hidden: z.boolean(),
    lines: z.array(Line).optional(),
  })
  .openapi('BookEntry');
/** An entry of a book as it is answered. */
export type BookEntryView = z.infer<typeof BookEntry>;
/** A page of entries. */
export const BookEntryList = listOf(BookEntry).openapi('BookEntryList');

/** Answer of `…/books/reconciliations`. */
export const Reconciliations = z
  .object({
    now: z
      .array(
        z.object({
          book: z.string(),
          matched: countOut,
          matchedFen: fenOut,
          differing: countOut.openapi({ description: 'How many documents differ; the first of them follow' }),
          differences: z.array(
            z.object({
              sourceDoc: z.string(),
              why: z.string(),
              cashEntry: z.string().nullable(),
              cashFen: fenOut.nullable(),
              voucher: z.string().nullable(),
              ledgerFen: fenOut.nullable(),
              discrepancy: z.string().nullable(),
              hidden: z.boolean(),
            }),
          ),
        }),
      )
      .openapi({ description: 'The comparison as both books stand now' }),
    items: z
      .array(
        z.object({
          book: z.string(),
          seq: countOut,
          comparedBy: z.string(),
          comparedAt: instantOut,
          cashFen: fenOut.nullable(),
          ledgerFen: fenOut.nullable(),
          matched: countOut,
          unmatched: countOut,
        }),
      )
      .openapi({ description: 'Comparisons that were recorded, newest first' }),
    discrepancies: z.array(
      z.object({
        id: z.string(),
        book: z.string(),
        sourceDoc: z.string(),
        why: z.string(),
        found: z.string(),
        foundAt: instantOut,
        cashFen: fenOut.nullable(),
        ledgerFen: fenOut.nullable(),
        explainedAt: instantOut.nullable(),
        decision: z.string().nullable(),
        decidedAt: instantOut.nullable(),
        how: z.string().nullable(),
        settledAt: instantOut.nullable(),
      }),
    ),
    nextCursor: z.string().nullable(),
    cut: cutOut,
  })
  .openapi('Reconciliations');
