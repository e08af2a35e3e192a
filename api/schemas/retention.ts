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

const decided = z.object({ by: z.string(), at: instantOut, seq: countOut });

/** A certificate of destruction (销毁清册): no personal data of those whom the case was about. */
export const DestructionCertificate = z
  .object({
    caseId: z.string(),
    caseNo: z.string(),
    unit: z.string(),
    program: z.string(),
    seq: countOut,
    hash: z.string().openapi({ description: 'Hash of the last event of the case: what log and checkpoints prove' }),
    destroyedAt: instantOut,
    openedAt: instantOut,
    closedAt: instantOut.nullable(),
    ground: z.enum(['periods', 'erasure']),
    requested: decided,
    approved: decided,
    rules: z.array(
      z.object({ class: z.string(), name: z.string(), count: countOut, until: dateOut, source: z.string() }),
    ),
    counts: z.object({
      ...{ events: countOut, documents: countOut, documentBytes: countOut, bookEntries: countOut },
      ...{ personRows: countOut, messages: countOut, runs: countOut },
    }),
    digest: z.string().openapi({ description: 'SHA-256 over the hashes of all its events and documents' }),
    logged: countOut.openapi({ description: 'How many events the log held then' }),
    backupsUntil: dateOut.nullable().openapi({
      description:
        'The last day on which a backup made before is kept, as far as this installation knows of them; until it is pruned then, it holds the case. null: none is known',
    }),
  })
  .openapi('DestructionCertificate');

/** `GET /retention/report`. */
export const RetentionReport = z.object({ items: z.array(DestructionCertificate) }).openapi('RetentionReport');

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
    destruction: z
      .object({
        ...{ id: z.string(), by: z.string(), at: instantOut, ground: z.enum(['periods', 'erasure']) },
        approvedBy: z.string().nullable(),
        from: instantOut.nullable().openapi({ description: 'Not carried out before' }),
      })
      .nullable(),
    destroyed: DestructionCertificate.nullable(),
    blocks: z.array(z.object({ code: z.string(), text: z.string() })).openapi({
      description: 'Why its contents cannot be destroyed now; empty: the periods have run out and nothing is open',
    }),
  })
  .openapi('CaseRetention');

/** How long a case is kept, as it is answered. */
export type CaseRetentionView = z.infer<typeof CaseRetention>;
/** A certificate as it is answered. */
export type CertificateView = z.infer<typeof DestructionCertificate>;
/** The table as it is answered. */
export type RetentionTableView = z.infer<typeof RetentionTable>;
