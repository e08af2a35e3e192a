import { z } from '@hono/zod-openapi';
import { countOut, idIn, instantOut, listOf, pageQuery } from './common.ts';

const state = z.enum(['offered', 'accepted', 'refused', 'revoked', 'lapsed', 'returned', 'done', 'failed']);
const kind = z.enum(['transfer', 'referral', 'escalation']);
const consent = z.enum(['given', 'overridden']);

/** `?unit=&direction=&state=` and the rest of `GET /transfers`. */
export const TransferQuery = z.object({
  ...pageQuery,
  unit: idIn.optional(),
  direction: z.enum(['in', 'out']).optional().openapi({ description: 'in: asked of the unit; out: asked by it' }),
  state: state.optional(),
  kind: kind.optional(),
  consent: consent.optional().openapi({ description: '`overridden` lists what was shared without consent' }),
});

/** One request between units or levels, with the least whoever is asked has to know. */
export const Transfer = z
  .object({
    id: z.string().openapi({ description: 'What the answering act names as its target' }),
    kind,
    state,
    caseId: z.string().openapi({ description: 'Where the answer is sent: POST /cases/{caseId}/acts' }),
    caseNo: z.string(),
    program: z.object({ id: z.string(), name: z.string() }),
    stage: z.string().nullable(),
    stageName: z.string().nullable(),
    from: z.string(),
    fromName: z.string(),
    to: z.string(),
    toName: z.string(),
    text: z.string().nullable().openapi({ description: 'What is asked' }),
    reason: z.string().nullable(),
    consent: consent.nullable(),
    ground: z.string().nullable().openapi({ description: 'Of an overridden consent: the legal ground' }),
    offeredAt: instantOut,
    dueAt: instantOut,
    overdue: z.boolean(),
    answeredAt: instantOut.nullable(),
    answer: z.string().nullable(),
    closedAt: instantOut.nullable().openapi({ description: 'When the answer to a referral came' }),
    linkedCase: z.string().nullable().openapi({ description: 'The case a referral was answered by' }),
    openMatters: countOut.nullable().openapi({ description: 'Of a case that is offered: how much is open in it' }),
    assignments: z
      .record(z.string(), z.string())
      .nullable()
      .openapi({ description: 'While it waits: posts or persons proposed by role, if any' }),
    deadlines: z.array(
      z.object({
        of: z.string(),
        name: z.string().nullable().openapi({ description: 'As the program has it; null where a worker named it' }),
        dueAt: instantOut,
        overdue: z.boolean(),
      }),
    ),
    incoming: z.boolean(),
    outgoing: z.boolean(),
    mayAnswer: z.boolean(),
  })
  .openapi('Transfer');
/** A request as it is answered. */
export type TransferView = z.infer<typeof Transfer>;
/** A page of requests. */
export const TransferList = listOf(Transfer).openapi('TransferList');
