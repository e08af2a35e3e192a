import { z } from '@hono/zod-openapi';
import { countOut, idIn, instantIn, instantOut, listOf, pageQuery, textIn } from './common.ts';

const statusIn = z.enum(['proposed', 'open', 'suspended', 'followUp', 'closed']);

/** Body of `POST /audit/samples`. */
export const SampleRequest = z
  .strictObject({
    unit: idIn.optional().openapi({ description: 'This unit and those below it; otherwise the unit of the login' }),
    size: z.number().int().min(1).max(200),
    seed: textIn(200).optional().openapi({
      description:
        'What the sample is drawn with; without it a random one is made, which is better: nobody can choose it',
    }),
    program: idIn.optional(),
    statuses: z.array(statusIn).min(1).max(5).default(['open', 'suspended', 'followUp']),
    openedFrom: instantIn.optional(),
    openedUntil: instantIn.optional(),
  })
  .openapi('SampleRequest');

/** A finding and what has become of it. */
export const FindingView = z
  .object({
    id: z.string(),
    text: z.string(),
    answers: z.string().openapi({ description: 'The role whose post is to put it right' }),
    post: z.string().nullable(),
    postName: z.string().nullable(),
    recordedAt: instantOut,
    dueAt: instantOut.nullable(),
    state: z.enum(['asked', 'overdue', 'answered', 'accepted']),
    late: z.boolean().openapi({ description: 'An answer came, or is, later than it was to come' }),
    sentBack: countOut,
    answer: z.string().nullable(),
    sample: z.string().nullable(),
  })
  .openapi('Finding');

const inspection = z.object({
  method: z.string(),
  findings: countOut,
  text: z.string().nullable(),
  recordedAt: instantOut,
});

/** A sample as it was drawn, and what was found in its cases. */
export const Sample = z
  .object({
    id: z.string(),
    unit: z.string(),
    unitName: z.string(),
    drawnAt: instantOut,
    drawnBy: z.string(),
    size: countOut,
    seed: z.string(),
    seedHash: z.string(),
    query: z.record(z.string(), z.unknown()),
    frame: z.object({ count: countOut, hash: z.string() }),
    algorithm: z.string(),
    cases: z.array(
      z.object({
        position: countOut,
        id: z.string(),
        caseNo: z.string().nullable().openapi({ description: 'null: the case has gone to a unit elsewhere' }),
        unit: z.string(),
        unitThen: z.string(),
        status: z.string().nullable(),
        program: z.string().nullable(),
        inspections: z.array(inspection),
        findings: z.array(FindingView),
        unread: countOut.openapi({
          description:
            'Events of inspections and findings in the case that cannot be read: what they found is not known',
        }),
      }),
    ),
  })
  .openapi('Sample');

/** A sample in a list. */
export const SampleList = listOf(
  Sample.omit({ cases: true }).extend({ drawn: countOut, inspected: countOut, findings: countOut, open: countOut }),
).openapi('SampleList');

/** `GET /audit/samples`. */
export const SampleQuery = z.object({ ...pageQuery, unit: idIn.optional() });

const numbers = z.object({
  drawn: countOut,
  inspected: countOut,
  inOrder: countOut,
  unread: countOut.optional().openapi({
    description:
      'Cases of whose inspections something cannot be read: whether they are in order is not known. Absent: none',
  }),
  findings: countOut,
  accepted: countOut,
  answered: countOut,
  asked: countOut,
  overdue: countOut,
  late: countOut,
  sentBack: countOut,
});

/** A bulletin (通报): numbers and findings with what became of them, without names of people. */
export const Bulletin = z
  .object({
    sample: z.string().nullable(),
    month: z.string().nullable(),
    unit: z.string(),
    unitName: z.string(),
    asOf: instantOut,
    numbers,
    units: z.array(
      z.object({
        unit: z.string(),
        name: z.string(),
        level: z.string(),
        running: countOut,
        inspected: countOut,
        findings: countOut,
        accepted: countOut,
        overdue: countOut,
      }),
    ),
    withoutInspection: z.array(z.object({ unit: z.string(), name: z.string(), level: z.string() })).openapi({
      description: 'Of a month: units with running cases none of which was inspected in it (一月一督查)',
    }),
    findings: z.array(FindingView.extend({ caseNo: z.string(), unit: z.string(), unitName: z.string() })),
    more: countOut.openapi({ description: 'Findings that are counted and not listed' }),
  })
  .openapi('Bulletin');

/** A sample. */
export type SampleView = z.infer<typeof Sample>;
/** A bulletin. */
export type BulletinView = z.infer<typeof Bulletin>;
/** A finding. */
export type FindingShown = z.infer<typeof FindingView>;
