import { z } from '@hono/zod-openapi';
import { countOut, listOf } from './common.ts';

/** How much work a post has. */
export const Workload = z
  .object({
    post: z.string(),
    name: z.string(),
    unit: z.string(),
    holder: z.string().nullable(),
    holderName: z.string().nullable(),
    deputy: z.string().nullable(),
    deputyName: z.string().nullable(),
    cases: countOut.openapi({ description: 'Cases that are not closed of which it fills a role' }),
    open: countOut.openapi({ description: 'Open items and clocks it does, was given or answers for' }),
    dueInWeek: countOut.openapi({ description: 'Of those, due in the next seven days' }),
    overdue: countOut,
    averageAgeDays: z.number().nullable().openapi({ description: 'How long the open ones have been open' }),
    escalations: countOut.openapi({ description: 'Rungs that told somebody above, in the last ninety days' }),
    share: z.number().nullable().openapi({ description: 'Its part of all that is open in its unit, 0 to 1' }),
    timesAverage: z
      .number()
      .nullable()
      .openapi({ description: 'How many times the average of the posts of its unit it has; 1 is even' }),
  })
  .openapi('Workload');
/** The work of a post as it is answered. */
export type WorkloadView = z.infer<typeof Workload>;
/** A page of posts with their work. */
export const WorkloadList = listOf(Workload).openapi('WorkloadList');
