import { z } from '@hono/zod-openapi';
import { countOut, fenOut, idIn, instantIn, instantOut, textIn } from './common.ts';
import { Appointment, PledgeRequest } from './organisation.ts';

const side = z.enum(['cash', 'ledger']);
const listOfAtMost200 = <T extends z.ZodType>(item: T) => z.object({ total: countOut, items: z.array(item) });

/** As above, where the total also counts what lies in cases the caller may not read. */
const countedInAll = <T extends z.ZodType>(item: T) =>
  z.object({
    total: countOut.openapi({ description: 'Also those in cases the caller may not read' }),
    items: z.array(item),
  });

const keeps = z.array(z.string()).openapi({
  description: 'Units in which the person stays in office: what was given by name in cases under them stays with him',
});

const Case = z.object({
  caseId: z.string(),
  caseNo: z.string(),
  programId: z.string(),
  unit: z.string(),
  status: z.string(),
  roles: z.array(z.string()),
});

const Work = z.object({
  caseId: z.string(),
  caseNo: z.string(),
  unit: z.string(),
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  by: z.string(),
  dueAt: instantOut.nullable(),
  overdue: z.boolean(),
});

const StandIn = z.object({
  id: z.string(),
  post: z.string(),
  person: z.string(),
  from: instantOut,
  until: instantOut.nullable(),
});

const Channel = z.object({
  id: z.string(),
  channel: z.string(),
  hint: z.string().openapi({ description: 'What of the address may be shown' }),
  trusted: z.boolean().openapi({ description: 'Whether it carries texts; with the handover it no longer does' }),
  byCode: z.boolean().openapi({
    description:
      'An e-mail address or a telephone number: with the handover it takes nothing until it is verified again',
  }),
});

/** Answer of `GET /appointments/{id}/handover`: everything that goes over, at most 200 of each kind listed. */
export const HandoverPreview = z
  .object({
    appointment: Appointment,
    fallsTo: z
      .string()
      .openapi({ description: 'The post of the head above, to whom everything falls without a successor' }),
    cases: countedInAll(Case),
    work: countedInAll(Work)
      .extend({ overdue: countOut })
      .openapi({ description: 'Open items and clocks of the post, overdue ones first' }),
    byName: z
      .object({
        goesOver: z.boolean(),
        keeps,
        cases: countedInAll(Case),
        work: countedInAll(Work).extend({ overdue: countOut }),
      })
      .openapi({ description: 'Roles and items the person was given by name; they stay with who stays in the unit' }),
    messages: listOfAtMost200(
      z.object({ id: z.string(), caseId: z.string(), caseNo: z.string(), kind: z.string(), createdAt: instantOut }),
    ).openapi({ description: 'Reminders and nudges nobody has acknowledged' }),
    accountability: listOfAtMost200(
      z.object({ id: z.string(), caseId: z.string(), caseNo: z.string(), name: z.string(), dueAt: instantOut }),
    ).openapi({ description: 'Records the person has still to answer; afterwards his successor does' }),
    deputyships: z.array(StandIn).openapi({ description: 'Posts the person stands in for: they end' }),
    deputies: z.array(StandIn).openapi({ description: 'Who stands in for this post: they stay' }),
    books: z
      .object({
        total: countOut,
        items: z.array(
          z.object({
            caseId: z.string(),
            caseNo: z.string(),
            book: z.string(),
            name: z.string(),
            side,
            balanceFen: fenOut.nullable(),
            channels: z.array(z.object({ channel: z.string(), balanceFen: fenOut.nullable() })),
            openPayouts: countOut,
            openDiscrepancies: countOut,
          }),
        ),
      })
      .openapi({ description: 'Sides of books the post keeps: frozen until the new keeper has counted them' }),
    channels: z.array(Channel).openapi({ description: "The post's own channels: whoever follows confirms them anew" }),
  })
  .openapi('HandoverPreview');

/** Body of `POST /appointments/{id}/handover`. */
export const HandoverRequest = z
  .strictObject({
    to: idIn.optional().openapi({ description: 'Who follows; without, everything falls to the head above' }),
    at: instantIn.optional(),
    pledge: PledgeRequest.optional(),
    reason: textIn(2_000).optional(),
    note: textIn(20_000).optional(),
  })
  .openapi('HandoverRequest');

/** Answer of `POST /appointments/{id}/handover`. */
export const Handover = z
  .object({
    ended: Appointment,
    next: Appointment.nullable(),
    fallsTo: z.string().nullable(),
    byName: z.boolean().openapi({ description: 'Whether what the person was given by name went over' }),
    keeps,
    substitutions: z
      .array(z.object({ id: z.string(), post: z.string(), person: z.string() }))
      .openapi({ description: 'Substitutions that ended with it' }),
    books: z
      .array(z.object({ caseId: z.string(), caseNo: z.string(), book: z.string(), side }))
      .openapi({ description: 'Sides of books that are frozen until counted (act `book.handOver`)' }),
    channels: z.array(Channel).openapi({
      description:
        "The post's own channels as they were. From the handover on none is trusted, and e-mail and text messages take nothing until whoever follows, or an administrator, has verified them again (`/channels/{id}`)",
    }),
  })
  .openapi('Handover');
