import { z } from '@hono/zod-openapi';
import { countOut, dateIn, flagIn, idIn, instantIn, instantOut, listOf, pageQuery, textIn } from './common.ts';

/** Where a case stands. */
export const STATUSES = ['proposed', 'open', 'suspended', 'followUp', 'closed'] as const;

/** A value of a field of the case. */
export const FieldValue = z.union([z.string(), z.number(), z.boolean()]);

const guardianKind = z.enum(['parent', 'appointed', 'organisation']);

const PartyIn = z.strictObject({
  role: idIn,
  name: textIn(200).optional(),
  birthDate: dateIn.optional(),
  person: idIn.optional(),
  guardian: z
    .strictObject({ kind: guardianKind, from: dateIn.optional(), until: dateIn.optional() })
    .optional()
    .openapi({ description: 'Of a guardian; `party.change` names the document later' }),
});

/** Body of `POST /cases`. */
export const CaseRequest = z
  .strictObject({
    program: idIn,
    unit: idIn,
    data: z.record(z.string().min(1).max(100), z.union([z.string().max(20_000), z.number(), z.boolean()])).default({}),
    parties: z.array(PartyIn).max(200).default([]),
    assignments: z
      .record(z.string().min(1).max(100), idIn)
      .default({})
      .openapi({ description: 'Role → id of a post or a person' }),
    openedAt: instantIn.optional(),
    imported: z.boolean().optional(),
    caseNo: textIn(100).optional(),
    partOf: z
      .strictObject({ caseId: idIn, key: idIn })
      .optional()
      .openapi({ description: 'The group of another case, in this unit or one above, that it is to be a member of' }),
  })
  .openapi('CaseRequest');

const Party = z.object({
  id: z.string(),
  role: z.string(),
  name: z.string().nullable(),
  birthDate: z.string().nullable(),
  person: z.string().nullable(),
  since: instantOut,
  guardian: z
    .object({
      kind: guardianKind,
      basis: z.string().nullable(),
      from: z.string().nullable(),
      until: z.string().nullable(),
    })
    .nullable(),
});

/** What every answer about a case begins with. */
const nextDueProvisional = z
  .boolean()
  .openapi({ description: 'The next due date hangs on a year without an official calendar' });

const caseHead = {
  id: z.string(),
  caseNo: z.string(),
  program: z.object({ id: z.string(), version: z.string(), hash: z.string(), name: z.string() }),
  unit: z.string(),
  status: z.enum(STATUSES),
  stage: z.string().nullable(),
  stageName: z.string().nullable(),
};

/** A case. */
export const Case = z
  .object({
    ...caseHead,
    data: z.record(z.string(), FieldValue),
    partOf: z
      .object({ caseId: z.string(), key: z.string() })
      .nullable()
      .openapi({ description: 'The group it is a member of' }),
    parties: z.array(Party),
    assignments: z
      .record(z.string(), z.string())
      .openapi({ description: 'Role → id of the post or person that fills it' }),
    imported: z.boolean(),
    openedAt: instantOut,
    closedAt: instantOut.nullable(),
    followUpUntil: instantOut.nullable(),
    outcome: z.string().nullable(),
    approvedAt: instantOut.nullable(),
    nextDue: instantOut
      .nullable()
      .openapi({ description: 'The earliest due date of an open deadline; may lie in the past' }),
    nextDueProvisional,
    overdue: z.boolean(),
    updatedAt: instantOut,
    workflowId: z.string(),
    runId: z.string().nullable().openapi({ description: 'null until the first wake has arrived' }),
    witnessedRevision: countOut.openapi({
      description: 'How far the case’s workflow has taken the events into its history',
    }),
    revision: countOut,
  })
  .openapi('Case');
/** A case as it is answered. */
export type CaseView = z.infer<typeof Case>;

/** An entry of the list of cases. */
export const CaseSummary = z
  .object({
    ...caseHead,
    parties: z.array(z.object({ role: z.string(), name: z.string().nullable() })),
    openedAt: instantOut,
    closedAt: instantOut.nullable(),
    nextDue: instantOut.nullable(),
    nextDueProvisional,
    overdue: z.boolean(),
    updatedAt: instantOut,
    revision: countOut,
  })
  .openapi('CaseSummary');
/** A case in a list as it is answered. */
export type CaseSummaryView = z.infer<typeof CaseSummary>;

/** Filters of `GET /cases`, also of `/tasks`. */
export const caseFilters = {
  program: idIn.optional(),
  unit: idIn.optional().openapi({ description: 'The unit and those below it' }),
  status: z
    .string()
    .max(100)
    .optional()
    .openapi({
      description: 'One status, or several joined by commas',
      pattern: `^(${STATUSES.join('|')})(,(${STATUSES.join('|')}))*$`,
    }),
  responsible: idIn.optional().openapi({ description: 'A post or a person' }),
  overdue: flagIn.optional(),
  dueBefore: instantIn.optional(),
  partOf: idIn.optional().openapi({ description: 'The case of whose groups they are members' }),
  q: textIn(100).optional().openapi({ description: 'Part of a case number or of a name' }),
  party: idIn.optional().openapi({ description: 'Id of a person, or name of a party' }),
};
/** Filters and page of `GET /cases`. */
export const CaseListQuery = z.object({ ...caseFilters, ...pageQuery, count: flagIn.optional() });

/** Answer of `GET /cases`. */
export const CaseList = listOf(CaseSummary).extend({ total: countOut.optional() }).openapi('CaseList');
