import { z } from '@hono/zod-openapi';
import { dateIn, dateOut, idIn, instantIn, instantOut, listOf, textIn } from './common.ts';

/** A unit of the organisation. */
export const Unit = z
  .object({
    id: z.string(),
    level: z.string(),
    name: z.string(),
    above: z.string().nullable(),
    headPost: z.string().nullable(),
    /** Working hours of a working day, the end excluded. */
    hours: z.object({ from: z.string(), to: z.string() }),
    /** Since when it is closed; `above` is then the unit it went into. */
    closed: instantOut.nullable(),
  })
  .openapi('Unit');
/** A page of units. */
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
    /** Who stands in for the holder now. */
    deputy: z.string().nullable(),
    deputyName: z.string().nullable(),
    closed: instantOut.nullable(),
  })
  .openapi('Post');
/** A page of posts. */
export const PostList = listOf(Post).openapi('PostList');

/** A person who signs in or holds posts. */
export const Person = z.object({ id: z.string(), name: z.string(), posts: z.array(z.string()) }).openapi('Person');
/** A page of people. */
export const PersonList = listOf(Person).openapi('PersonList');

/** A responsibility pledge (责任书): what it says is shown to who signed it and to those who oversee the unit. */
const Pledge = z.object({
  hash: z.string(),
  signedOn: dateOut,
  text: z.string().nullable(),
  documentId: z.string().nullable(),
});

/** A responsibility pledge as it comes in: its text, or a document of a case; `signedOn` defaults to today. */
export const PledgeRequest = z
  .strictObject({
    text: textIn(20_000).optional(),
    documentId: idIn.optional(),
    signedOn: dateIn.optional(),
  })
  .openapi('PledgeRequest');

/** Who holds a post: `from` included, `until` excluded. */
export const Appointment = z
  .object({
    id: z.string(),
    post: z.string(),
    person: z.string(),
    from: instantOut,
    until: instantOut.nullable(),
    pledge: Pledge.nullable(),
  })
  .openapi('Appointment');
/** A page of appointments. */
export const AppointmentList = listOf(Appointment).openapi('AppointmentList');

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** Body of `PUT /units/{id}/hours`: working hours of a working day; null sets them back to 09:00–17:00. */
export const UnitHours = z
  .strictObject({ hours: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable() })
  .openapi('UnitHours');

/** Who stands in for the holder of a post: `from` included, `until` excluded. */
export const Substitution = z
  .object({ id: z.string(), post: z.string(), person: z.string(), from: instantOut, until: instantOut.nullable() })
  .openapi('Substitution');
/** A page of substitutions. */
export const SubstitutionList = listOf(Substitution).openapi('SubstitutionList');

/** Body of `POST /substitutions`. */
export const SubstitutionRequest = z
  .strictObject({ post: idIn, person: idIn, from: instantIn.optional(), until: instantIn.optional() })
  .openapi('SubstitutionRequest');

/** Body of `POST /substitutions/{id}/end`. */
export const SubstitutionEnd = z.strictObject({ until: instantIn.optional() }).openapi('SubstitutionEnd');

/** Body of `POST /appointments`. */
export const AppointmentRequest = z
  .strictObject({ post: idIn, person: idIn, from: instantIn.optional(), pledge: PledgeRequest.optional() })
  .openapi('AppointmentRequest');

/** Body of `POST /appointments/{id}/end`. */
export const AppointmentEnd = z.strictObject({ until: instantIn.optional() }).openapi('AppointmentEnd');
