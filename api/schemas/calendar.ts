import { z } from '@hono/zod-openapi';
import { fromHolidayCn, type YearRecord } from '../../engine/time/calendar-record.ts';
import { countOut, dateIn, dateOut, instantOut, textIn } from './common.ts';

/** A notice in requests. */
const SourceIn = z.strictObject({
  number: textIn(100).optional().openapi({ description: 'Its document number (发文字号)' }),
  title: textIn(200).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  date: dateIn.optional(),
});

const yearIn = z.number().int().min(1900).max(2999);
const MOST_DAYS = 400;

/** A year as Linli writes it. */
const OwnYear = z.strictObject({
  year: yearIn,
  source: z.array(SourceIn).max(20).default([]),
  days: z.array(z.strictObject({ date: dateIn, name: textIn(50), off: z.boolean() })).max(MOST_DAYS),
  reason: textIn(500).optional(),
});

/** A year as the project holiday-cn publishes it. */
const HolidayCn = z.strictObject({
  $schema: z.string().max(500).optional(),
  $id: z.string().max(500).optional(),
  year: yearIn,
  papers: z.array(z.string().max(500)).max(20),
  days: z.array(z.strictObject({ name: textIn(50), date: dateIn, isOffDay: z.boolean() })).max(MOST_DAYS),
  reason: textIn(500).optional(),
});

/** Body of `PUT /calendars/{year}`. */
export const CalendarRequest = z.union([OwnYear, HolidayCn]).openapi('CalendarRequest');

/** The record a body holds, without what it leaves out. */
export function recordOf(body: z.infer<typeof CalendarRequest>): YearRecord {
  if ('papers' in body) return fromHolidayCn(body);
  const { year, source, days } = body;
  return {
    year,
    days,
    source: source.map(
      (each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as typeof each,
    ) as YearRecord['source'],
  };
}

/** A year of the working-day calendar. */
export const CalendarYear = z
  .object({
    year: countOut,
    area: z.string().nullable().openapi({ description: 'The unit whose area it is for; null for the country' }),
    revision: countOut.openapi({ description: '0 while nothing has been loaded; also the ETag' }),
    provisional: z.boolean().openapi({
      description: 'No official arrangement is known (暂定): weekends, and the holidays of the law as `days`',
    }),
    calendar: z.string().openapi({ description: 'Version of the calendar it is part of; events name it' }),
    source: z.array(
      z.object({
        number: z.string().optional(),
        title: z.string().optional(),
        url: z.string().optional(),
        date: dateOut.optional(),
      }),
    ),
    days: z.array(z.object({ date: dateOut, name: z.string(), off: z.boolean() })),
    loadedAt: instantOut.nullable(),
    loadedBy: z.object({ kind: z.string(), id: z.string() }).nullable(),
    reason: z.string().nullable(),
    projection: z
      .object({
        state: z.enum(['waiting', 'finding', 'projecting', 'done']),
        affected: countOut.openapi({ description: 'Cases with a deadline that it touches, as far as they are found' }),
        done: countOut.openapi({ description: 'Those projected again' }),
        waiting: countOut.openapi({
          description: 'Those that wait for repair (frozen or stuck) and follow then; the load is done without them',
        }),
        beganAt: instantOut.nullable(),
        doneAt: instantOut.nullable(),
      })
      .nullable()
      .openapi({ description: 'How far deadlines have been projected again by this revision' }),
  })
  .openapi('CalendarYear');
/** A year of the calendar as it is answered. */
export type CalendarYearView = z.infer<typeof CalendarYear>;
