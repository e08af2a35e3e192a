import { z } from '@hono/zod-openapi';
import { MOST_YEARS, RETENTION } from '../../engine/retention/classes.ts';
import { countOut, dateOut, idIn, instantOut, textIn } from './common.ts';

const classIds = RETENTION.filter(({ period }) => period !== undefined).map(({ id }) => id);

const setPeriod = z.object({
  id: z.string(),
  class: z.string(),
  years: countOut,
  unit: z.string(),
  source: z.string(),
  setBy: z.string(),
  setAt: instantOut,
});

/** `GET /retention`: the table of the law, and what areas keep longer. */
export const RetentionTable = z
  .object({
    classes: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        covers: z.string(),
        months: countOut.nullable().openapi({ description: 'At least so long; null: for ever' }),
        from: z.enum(['caseEnded', 'yearAfterNewest', 'newest']),
        source: z.string(),
        stays: z.boolean().openapi({ description: 'It is not destroyed with the contents of a case' }),
      }),
    ),
    lengthened: z.array(setPeriod),
  })
  .openapi('RetentionTable');

/** Body of `POST /retention/periods`. */
export const LongerPeriodRequest = z
  .strictObject({
    unit: idIn,
    class: z.enum(classIds as [string, ...string[]]),
    years: z.number().int().min(1).max(MOST_YEARS),
    source: textIn(500).openapi({ description: 'The rule of the area that asks for it' }),
  })
  .openapi('LongerPeriodRequest');

/** A longer period as it was set. */
export const LongerPeriod = z.object({ id: z.string() }).openapi('LongerPeriod');

/** `GET /cases/{id}/retention`. */
export const CaseRetention = z
  .object({
    caseId: z.string(),
    caseNo: z.string(),
    endedAt: instantOut.nullable().openapi({ description: 'When the help and its follow-up ended' }),
    classes: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        covers: z.string(),
        count: countOut,
        since: dateOut.nullable(),
        until: dateOut.nullable().openapi({ description: 'The last day' }),
        state: z.enum(['notBegun', 'running', 'over', 'forever', 'nothing']),
        source: z.string().openapi({ description: 'The rule whose period counts' }),
        lengthenedBy: z.string().nullable().openapi({ description: 'The unit that keeps it longer than the law asks' }),
        stays: z.boolean(),
      }),
    ),
    until: dateOut
      .nullable()
      .openapi({ description: 'The last day on which its contents are kept; null: not known yet' }),
    holds: z.array(z.object({ id: z.string(), ground: z.string(), by: z.string(), since: instantOut })),
    erasure: z
      .object({
        id: z.string(),
        at: instantOut,
        decision: z.enum(['limited', 'refused']).nullable(),
        dueAt: instantOut.nullable(),
      })
      .nullable(),
    limited: z.boolean().openapi({ description: 'It is only stored and protected' }),
    blocks: z.array(z.object({ code: z.string(), text: z.string() })).openapi({
      description: 'Why its contents cannot be destroyed now; empty: the periods have run out and nothing is open',
    }),
  })
  .openapi('CaseRetention');

/** How long a case is kept, as it is answered. */
export type CaseRetentionView = z.infer<typeof CaseRetention>;
/** The table as it is answered. */
export type RetentionTableView = z.infer<typeof RetentionTable>;
