import { z } from '@hono/zod-openapi';
import { Case } from './case.ts';
import { countOut, idIn, instantIn, instantOut, textIn } from './common.ts';

/** The one envelope of all acts; `data` is checked by the schema of its type. */
export const ActRequest = z
  .strictObject({
    type: z.string().min(1).max(100),
    target: idIn.optional(),
    occurredAt: instantIn.optional(),
    reason: textIn(5_000).optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    evidence: z.array(idIn).max(100).optional(),
    onBehalfOf: idIn.optional(),
  })
  .openapi('ActRequest');
/** The body of an act as it is validated. */
export type ActRequestBody = z.infer<typeof ActRequest>;

/** An event in answers: what was recorded. */
export const RecordedEvent = z
  .object({
    seq: countOut,
    type: z.string(),
    occurredAt: instantOut,
    recordedAt: instantOut,
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('RecordedEvent');

/** Answer of `POST /cases/{id}/acts`. */
export const ActAnswer = z
  .object({
    act: z.object({ id: z.string(), type: z.string(), seq: countOut, recordedAt: instantOut }),
    events: z.array(RecordedEvent),
    case: Case,
  })
  .openapi('ActAnswer');

/** Answer to an act of somebody who may not read the case: what was recorded is told, not what it led to. */
export const OutsideAnswer = z
  .object({
    act: z.object({ id: z.string(), type: z.string(), seq: countOut, recordedAt: instantOut }),
    events: z.array(RecordedEvent).max(0),
    case: z.null(),
  })
  .openapi('OutsideAnswer');

/** Answer of `POST /cases/{id}/acts?dryRun=true`: what would be recorded now. */
export const DryRunAnswer = z
  .object({
    dryRun: z.literal(true),
    events: z.array(z.object({ type: z.string(), data: z.record(z.string(), z.unknown()), text: z.string() })),
  })
  .openapi('DryRunAnswer');

/** Answer of `GET /cases/{id}/acts/{actId}`. */
export const ActRecord = z
  .object({
    id: z.string(),
    type: z.string(),
    status: z.enum(['recorded', 'refused']),
    actor: z.object({ kind: z.string(), id: z.string(), post: z.string().nullable() }),
    occurredAt: instantOut,
    recordedAt: instantOut,
    seq: countOut.openapi({ description: 'The revision of the case after the act' }),
    events: z.array(RecordedEvent),
    problem: z.object({ code: z.string(), title: z.string(), detail: z.string() }).nullable(),
    witnessed: z.boolean().openapi({ description: 'Handed to the case’s workflow, whose history now holds it' }),
  })
  .openapi('ActRecord');
