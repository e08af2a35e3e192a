import { z } from 'zod';
import { parseBudget } from '../../sdk/budget.ts';
import { isCalendarDate } from '../time/civil.ts';

/** Texts people write: not empty, at most 20,000 characters. */
export const text = z.string().trim().min(1).max(20_000);
/** Names and keys. */
export const name = z.string().trim().min(1).max(200);
/** A civil date. */
export const date = z.string().refine(isCalendarDate, 'a date like 2026-11-22');
/** A positive budget of the sdk, e.g. `10 working days`. */
export const budget = z
  .string()
  .max(40)
  .refine((value) => (parseBudget(value)?.n ?? 0) > 0, 'a budget like "10 working days" or "2 months"');
/** Values of fields by key; checked against the program by engine/fields.ts. */
export const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** A count of people. */
export const count = z.int().min(0).max(100_000);
/** No data at all, or an empty object. */
export const nothing = z.strictObject({});
/** What may be said when something is done. */
export const proofShape = { note: text.optional(), witness: name.optional() };
