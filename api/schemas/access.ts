import { z } from '@hono/zod-openapi';
import { countOut, idIn, instantIn, instantOut, listOf, pageQuery } from './common.ts';

/** `GET /audit/access-log`. */
export const AccessQuery = z.object({
  ...pageQuery,
  case: idIn.optional(),
  person: idIn.optional(),
  post: idIn.optional(),
  from: instantIn.optional(),
  until: instantIn.optional(),
  kind: idIn.optional(),
  purpose: idIn.optional(),
  breakGlass: idIn.optional().openapi({ description: 'The id of an emergency access' }),
});

/** A read of personal data: ids only, never what was read. */
export const Access = z
  .object({
    id: z.string(),
    at: instantOut,
    person: z.string(),
    role: z.string().openapi({ description: 'What the login is for' }),
    post: z.string().nullable(),
    unit: z.string().nullable(),
    kind: z.string().openapi({ example: 'timeline' }),
    cases: z.array(z.string()),
    things: z.record(z.string(), z.string()).openapi({ description: 'Ids in the address, by their names' }),
    purpose: z.string(),
    purposeText: z.string(),
    relation: z.string().openapi({ description: 'How the reader stood to the case, whatever purpose he stated' }),
    breakGlass: z.string().nullable(),
    request: z.string(),
    outcome: z.enum(['shown', 'denied']),
    status: z.number().int(),
    block: countOut.nullable().openapi({ description: 'The event of the chain `accesses` that seals it' }),
  })
  .openapi('Access');

/** A page of reads. */
export const AccessList = listOf(Access).openapi('AccessList');

/** A read as it is answered. */
export type AccessView = z.infer<typeof Access>;
