import { z } from '@hono/zod-openapi';
import { idIn, instantOut, listOf, pageQuery, textIn } from './common.ts';

/** Something that is public now: what was posted, and nothing else of its case. */
export const PublicDisclosure = z
  .object({
    id: z.string(),
    unit: z.object({ id: z.string(), name: z.string() }),
    name: z.string(),
    text: z.string(),
    postedAt: instantOut,
    until: instantOut,
  })
  .openapi('PublicDisclosure');
/** Something public as an answer. */
export type PublicDisclosureView = z.infer<typeof PublicDisclosure>;

/** A page of what is public. */
export const PublicDisclosureList = listOf(PublicDisclosure).openapi('PublicDisclosureList');

/** What of the list is asked for. */
export const PublicDisclosureQuery = z.object({
  ...pageQuery,
  unit: idIn.optional().openapi({ description: 'Of this unit and those below it' }),
});

/** What somebody says against it. */
export const ObjectionRequest = z
  .strictObject({
    text: textIn(2_000),
    contact: textIn(200).optional().openapi({ description: 'How to reach whoever objects; nobody has to say' }),
  })
  .openapi('ObjectionRequest');

/** That it has arrived. */
export const ObjectionAnswer = z
  .object({ id: z.string().openapi({ description: 'Its number in the case' }), receivedAt: instantOut })
  .openapi('ObjectionAnswer');
