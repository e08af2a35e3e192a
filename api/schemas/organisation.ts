import { z } from '@hono/zod-openapi';
import { idIn, instantIn, instantOut, listOf } from './common.ts';

/** A unit of the organisation. */
export const Unit = z
  .object({
    id: z.string(),
    level: z.string(),
    name: z.string(),
    above: z.string().nullable(),
    headPost: z.string().nullable(),
  })
  .openapi('Unit');
export const UnitList = listOf(Unit).openapi('UnitList');

/** A post and who holds it now. */
export const Post = z
  .object({
    id: z.string(),
    kind: z.string(),
    unit: z.string(),
    name: z.string(),
    holder: z.string().nullable(),
    holderName: z.string().nullable(),
  })
  .openapi('Post');
export const PostList = listOf(Post).openapi('PostList');

/** A person who signs in or holds posts. */
export const Person = z.object({ id: z.string(), name: z.string(), posts: z.array(z.string()) }).openapi('Person');
export const PersonList = listOf(Person).openapi('PersonList');

/** Who holds a post: `from` included, `until` excluded. */
export const Appointment = z
  .object({ id: z.string(), post: z.string(), person: z.string(), from: instantOut, until: instantOut.nullable() })
  .openapi('Appointment');
export const AppointmentList = listOf(Appointment).openapi('AppointmentList');

/** Body of `POST /appointments`. */
export const AppointmentRequest = z
  .strictObject({ post: idIn, person: idIn, from: instantIn.optional() })
  .openapi('AppointmentRequest');

/** Body of `POST /appointments/{id}/end`. */
export const AppointmentEnd = z.strictObject({ until: instantIn.optional() }).openapi('AppointmentEnd');
