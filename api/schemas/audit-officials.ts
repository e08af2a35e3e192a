import { z } from '@hono/zod-openapi';
import { countOut, fenOut, idIn, instantIn, instantOut } from './common.ts';

/** Period and unit of a report over officials or levels. */
export const AuditSpanQuery = z.object({
  unit: idIn.optional().openapi({ description: 'This unit and those below it; otherwise the unit of the login' }),
  from: instantIn.optional().openapi({ description: 'Default: a year before the end' }),
  until: instantIn.optional().openapi({ description: 'Default: now' }),
});

/** What a person did, or what was done under a post, over a period. */
export const OfficialReport = z
  .object({
    person: z.string().nullable(),
    post: z.string().nullable(),
    name: z.string(),
    from: instantOut,
    until: instantOut,
    offices: z.array(
      z.object({
        person: z.string(),
        personName: z.string(),
        post: z.string(),
        postName: z.string(),
        unit: z.string(),
        how: z.enum(['appointment', 'substitution']),
        from: instantOut,
        until: instantOut.nullable(),
      }),
    ),
    cases: z.array(z.object({ program: z.string(), cases: countOut })),
    acts: z.array(
      z.object({
        type: z.string(),
        decision: z.boolean().openapi({ description: 'It decides something; GET /audit/events?act= lists them' }),
        recorded: countOut,
        refused: countOut,
        cases: countOut,
        recordedLate: countOut.openapi({ description: 'Recorded more than three days after it had happened' }),
      }),
    ),
    reads: z
      .array(z.object({ kind: z.string(), reads: countOut, cases: countOut, emergencies: countOut }))
      .openapi({ description: 'What was shown to him of these cases; GET /audit/access-log lists it' }),
    money: z.array(
      z.object({
        side: z.enum(['cash', 'ledger']),
        direction: z.enum(['in', 'out']),
        entries: countOut,
        reversals: countOut,
        amountFen: fenOut,
      }),
    ),
    deadlines: z.object({
      ...{ met: countOut, late: countOut, recordedLate: countOut },
      unread: countOut.openapi({
        description: 'Met, but the event cannot be read: it counts as neither late nor in time',
      }),
    }),
    accountability: z.array(
      z.object({
        case: z.string(),
        caseNo: z.string(),
        id: z.string(),
        name: z.string(),
        post: z.string(),
        dueAt: instantOut,
        openedAt: instantOut,
        result: z.string().nullable(),
        answered: z.boolean(),
        outcome: z.string().nullable(),
        appealed: z.boolean(),
      }),
    ),
  })
  .openapi('OfficialReport');

/** How long units and levels took. */
export const LevelReport = z
  .object({
    from: instantOut,
    until: instantOut,
    units: z.array(
      z.object({
        unit: z.string(),
        name: z.string(),
        level: z.string(),
        what: z.enum(['task', 'acknowledged', 'acted', 'asked']),
        count: countOut,
        open: countOut,
        medianMs: z.number().int().nullable(),
        maxMs: z.number().int().nullable(),
      }),
    ),
  })
  .openapi('LevelReport');

/** What a person did, or what was done under a post. */
export type OfficialReportView = z.infer<typeof OfficialReport>;
/** How long units took. */
export type LevelReportView = z.infer<typeof LevelReport>;
