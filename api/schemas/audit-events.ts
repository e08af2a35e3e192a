import { z } from '@hono/zod-openapi';
import { countOut, idIn, instantIn, instantOut, listOf, pageQuery } from './common.ts';

const TYPES = '^[A-Za-z.]{1,60}(,[A-Za-z.]{1,60}){0,19}$';
const typesIn = z
  .string()
  .regex(new RegExp(TYPES))
  .transform((text) => text.split(','))
  .openapi({ type: 'string', pattern: TYPES, example: 'decision.recorded,discrepancy.decided' });

/** What a search over events is narrowed to. */
export const AuditEventQuery = z.object({
  ...pageQuery,
  unit: idIn.optional().openapi({ description: 'This unit and those below it; otherwise the unit of the login' }),
  case: idIn.optional(),
  program: idIn.optional().openapi({ description: 'Id of a program' }),
  person: idIn.optional().openapi({ description: 'Who acted' }),
  post: idIn.optional().openapi({ description: 'The post under which somebody acted' }),
  type: typesIn.optional().openapi({ description: 'Types of events, separated by commas' }),
  act: typesIn.optional().openapi({ description: 'Types of acts, separated by commas' }),
  from: instantIn.optional().openapi({ description: 'From this moment on' }),
  until: instantIn.optional().openapi({ description: 'Before this moment' }),
  by: z
    .enum(['recorded', 'occurred'])
    .default('recorded')
    .openapi({ description: 'Which of its two times period and order go by' }),
  lang: z.enum(['zh', 'zh-CN', 'en']).optional().openapi({ description: 'Otherwise by Accept-Language' }),
});

/** Where a run lies in Temporal. */
export const RunLinkView = z
  .object({
    workflowId: z.string(),
    runId: z.string().nullable(),
    witnessed: z.boolean(),
    archived: z.boolean(),
    url: z.string().nullable(),
  })
  .openapi('RunLink');

/** An event as auditors see it, with what was in force when it was recorded. */
export const AuditEvent = z
  .object({
    case: z.object({ id: z.string(), caseNo: z.string(), unit: z.string() }),
    seq: z.number().int(),
    type: z.string(),
    act: z.object({ id: z.string(), type: z.string().nullable() }).nullable(),
    text: z.string(),
    recordedAt: instantOut,
    occurredAt: instantOut,
    actor: z.object({
      kind: z.string(),
      id: z.string(),
      name: z.string().nullable(),
      post: z.string().nullable(),
      postName: z.string().nullable(),
    }),
    roles: z.array(z.string()).nullable().openapi({
      description:
        'Roles of the case that the actor or his post filled then; null where an event before that said so cannot be read',
    }),
    inForce: z
      .object({ how: z.enum(['appointment', 'substitution']), from: instantOut, until: instantOut.nullable() })
      .nullable()
      .openapi({ description: 'Under which appointment, or as whose deputy, the post was his at that moment' }),
    program: z.object({ id: z.string(), version: z.string(), hash: z.string() }),
    hash: z.string(),
    unread: z
      .enum(['key away', 'key destroyed', 'key unknown', 'altered'])
      .nullable()
      .openapi({ description: 'Why what it says cannot be read: then its text tells that alone' }),
    run: RunLinkView,
  })
  .openapi('AuditEvent');

/** A page of events over cases. */
export const AuditEventList = listOf(AuditEvent)
  .extend({
    unread: countOut.nullable().openapi({
      description:
        'How many events of this page cannot be read and are left out: in their cases something may be kept from the caller. Null where types were asked for: it would tell that there are some',
    }),
  })
  .openapi('AuditEventList');

/** An event as auditors see it. */
export type AuditEventView = z.infer<typeof AuditEvent>;
