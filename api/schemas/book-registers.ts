import { z } from '@hono/zod-openapi';
import { AGES } from '../reports/ages.ts';
import { countOut, dateOut, fenOut, instantOut, listOf } from './common.ts';

/** A row of the register of gifts. `hidden`: the caller has to record its paper first. */
export const BookGift = z
  .object({
    id: z.string(),
    book: z.string(),
    no: countOut,
    kind: z.enum(['cash', 'inKind']),
    giverKind: z.enum(['person', 'unit', 'anonymous']),
    giver: z.string().nullable().openapi({ description: 'The name; of an anonymous giver its number, 匿名-2026-3' }),
    contact: z.string().nullable(),
    item: z.string().nullable(),
    quantity: z.number().nullable(),
    unit: z.string().nullable(),
    valueFen: fenOut.nullable().openapi({ description: 'Of things an estimate; negative in a counter entry' }),
    channel: z.string().nullable(),
    entry: z.string().nullable(),
    sourceDoc: z.string().nullable(),
    receivedBy: z.string().nullable(),
    purpose: z.string().nullable(),
    occurredDate: dateOut,
    evidence: z.array(z.string()),
    reverses: z.string().nullable(),
    reversedBy: z.string().nullable(),
    thankedDate: dateOut.nullable(),
    thankedHow: z.string().nullable(),
    recordedBy: z.string(),
    recordedAt: instantOut,
    hidden: z.boolean(),
  })
  .openapi('BookGift');
/** A gift as it is answered. */
export type BookGiftView = z.infer<typeof BookGift>;
/** A page of the register of gifts. */
export const BookGiftList = listOf(BookGift).openapi('BookGiftList');

/** A row of the register of advances. Figures of a side the caller may not see yet are null. */
export const BookAdvance = z
  .object({
    id: z.string(),
    book: z.string(),
    no: countOut,
    paid: z.enum(['into the book', 'to others']),
    amountFen: fenOut.nullable(),
    helper: z.string().nullable(),
    helperPerson: z.string().nullable(),
    party: z.string().nullable(),
    text: z.string(),
    households: z.array(z.string()),
    sourceDoc: z.string(),
    occurredDate: dateOut,
    cashInFen: fenOut.nullable(),
    cashOutFen: fenOut.nullable(),
    ledgerInFen: fenOut.nullable(),
    ledgerOutFen: fenOut.nullable(),
    openFen: fenOut.nullable().openapi({ description: 'What the helper has not been given back, by the journal' }),
    ageDays: countOut.nullable().openapi({ description: 'Days since the helper paid, while it is open' }),
    age: z.enum(AGES.map(({ age }) => age)).nullable(),
    dueAt: instantOut.nullable(),
    state: z.enum(['open', 'repaid', 'withdrawn']),
    settledAt: instantOut.nullable(),
    recordedBy: z.string(),
    recordedAt: instantOut,
  })
  .openapi('BookAdvance');
/** An advance as it is answered. */
export type BookAdvanceView = z.infer<typeof BookAdvance>;
/** A page of the register of advances. */
export const BookAdvanceList = listOf(BookAdvance).openapi('BookAdvanceList');

/** A household's receipt, both sides beside one another. */
export const BookHousehold = z
  .object({
    book: z.string(),
    sourceDoc: z.string(),
    receipt: z.string(),
    payer: z.string().nullable(),
    cashFen: fenOut.nullable(),
    ledgerFen: fenOut.nullable(),
    state: z.enum(['agreed', 'cash only', 'ledger only', 'amount', 'payer']),
  })
  .openapi('BookHousehold');
/** A household's receipt as it is answered. */
export type BookHouseholdView = z.infer<typeof BookHousehold>;
/** A page of receipts. */
export const BookHouseholdList = listOf(BookHousehold).openapi('BookHouseholdList');
