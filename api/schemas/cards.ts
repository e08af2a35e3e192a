import { z } from '@hono/zod-openapi';
import { inBoth } from '../../engine/refusal.ts';
import { TELEPHONE } from '../../engine/sensitive.ts';
import { instantOut, textIn } from './common.ts';

/** Whom to reach and when. */
const contact = {
  post: z.object({ id: z.string(), name: z.string() }),
  unit: z.object({ id: z.string(), name: z.string() }),
  /** Who holds the post, where his name is published. */
  holder: z.object({ name: z.string() }).nullable(),
  telephone: z.string().nullable(),
  /** Working hours of a working day. */
  hours: z.object({ from: z.string(), to: z.string() }),
  services: z.array(z.string()),
  languages: z.array(z.string()),
};

/** The convenience card of a post, as anybody may read it. */
export const PublicCard = z
  .object({
    ...contact,
    /** Nobody holds the post now. */
    vacant: z.boolean(),
    /** Whom to turn to while the post has nobody who can be reached by it: the head of the unit, or the next above. */
    instead: z.object(contact).nullable(),
    /** The address of the page, which the code on the printed card leads to. */
    url: z.string(),
  })
  .openapi('PublicCard');
/** A public card as an answer. */
export type PublicCardView = z.infer<typeof PublicCard>;

/** What is published of a post, for its holder and the administrators. */
export const PostCard = z
  .object({
    post: z.string(),
    published: z.boolean(),
    showName: z.boolean(),
    telephone: z.string().nullable(),
    services: z.array(z.string()),
    languages: z.array(z.string()),
    /** It was published for somebody who no longer holds the post: name and telephone are not shown any more. */
    outdated: z.boolean(),
    revision: z.number().int(),
    publishedAt: instantOut.nullable(),
  })
  .openapi('PostCard');

const telephone = z.string().regex(TELEPHONE, inBoth('不是有效的电话号码', 'is not a telephone number'));

/** Body of `PUT /posts/{id}/card`: what is not given is not shown. */
export const PostCardRequest = z
  .strictObject({
    showName: z.boolean(),
    telephone: telephone.nullable().optional(),
    services: z.array(textIn(60)).max(30).default([]),
    languages: z.array(textIn(30)).max(10).default([]),
  })
  .openapi('PostCardRequest');
