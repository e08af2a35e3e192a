import { z } from 'zod';

/** How a program names roles, fields, stages and the like. */
export const KEY = /^[a-z][A-Za-z0-9]{0,39}$/;
const key = z.string().regex(KEY, 'a name of letters and digits, starting with a small letter');
/** How programs, kinds of posts and bodies are called. */
export const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const slug = z.string().regex(SLUG, 'small letters, digits and hyphens');
const text = z.tuple([z.string(), z.string()]);
const yes = z.literal(true).optional();
const count = z.int().min(1).max(1000);
const proof = z.enum(['photo', 'file', 'note', 'witness']);

const role = z.union([
  z.strictObject({ name: text, post: slug, optional: yes }),
  z.strictObject({ name: text, party: z.enum(['one', 'many']), optional: yes, answers: key }),
]);
const field = z.strictObject({
  name: text,
  kind: z.enum(['text', 'number', 'date', 'yesNo', 'choice']),
  of: z.array(z.string().min(1)).min(1).optional(),
  personal: yes,
  sensitive: z.enum(['idNumber', 'telephone', 'health']).optional(),
});
const need = z.strictObject({
  done: z.record(key, count).optional(),
  filled: z.array(key).optional(),
  proof: z.array(proof).optional(),
  get any() {
    return z.array(need).optional();
  },
});
const rung = z.strictObject({
  at: z.string(),
  tell: z.enum(['holder', 'unit', 'sub-district', 'district']),
  account: yes,
  hours: z.enum(['working', 'any']).optional(),
});

const extension = z.strictObject({
  cap: z.string(),
  times: z.int().min(0).max(100),
  approves: z.enum(['unit', 'sub-district', 'district']),
});

const itemBase = {
  name: text,
  within: z.string().optional(),
  from: key.optional(),
  extend: extension.optional(),
  ladder: key.optional(),
  optional: yes,
  purpose: key.optional(),
  when: need.optional(),
};
const item = z.union([
  z.strictObject({
    ...itemBase,
    task: key,
    by: key,
    repeat: yes,
    asks: z.array(key).optional(),
    proof: z.array(proof).optional(),
  }),
  z.strictObject({ ...itemBase, milestone: key, needs: need, agrees: key }),
  z.strictObject({ ...itemBase, await: key }),
  z.strictObject({ ...itemBase, child: key, program: slug }),
  z.strictObject({ ...itemBase, group: key, program: slug }),
  z.strictObject({ ...itemBase, choice: key, by: key }),
  z.strictObject({ ...itemBase, call: key, limit: z.string() }),
  z.strictObject({
    ...{ ...itemBase, vote: key, body: slug, named: key.optional(), by: key },
    ...{ quorum: z.string().optional(), passes: z.string().optional(), proof: z.array(proof).optional() },
    lost: key.optional(),
  }),
  z.strictObject({
    ...{ ...itemBase, disclosure: key, by: key, days: z.int().min(1).max(365) },
    counts: z.literal('working days').optional(),
    objections: z.strictObject({ by: key, within: z.string(), ladder: key.optional(), upheld: key.optional() }),
  }),
]);
const stage = z.strictObject({
  stage: key,
  name: text,
  target: text,
  answers: key,
  within: z.string(),
  from: key.optional(),
  extend: extension.optional(),
  ladder: key,
  when: need.optional(),
  items: z.array(item),
});
const duty = z.strictObject({
  duty: key,
  name: text,
  by: key,
  every: z.string().optional(),
  rrule: z.string().max(500).optional(),
  solar: z.array(z.string()).min(1).max(366).optional(),
  lunar: z
    .array(
      z.strictObject({
        month: z.int().min(1).max(12),
        day: z.union([z.int().min(1).max(30), z.literal('last')]),
        leap: z.enum(['also', 'instead']).optional(),
        name: text.optional(),
      }),
    )
    .min(1)
    .max(100)
    .optional(),
  quota: z.strictObject({ times: count, within: z.string() }).optional(),
  at: z.array(z.string()).min(1).max(24).optional(),
  window: z.strictObject({ opens: z.string().optional(), closes: z.string().optional() }).optional(),
  restDays: z.enum(['next', 'before', 'skip']).optional(),
  grace: z.string().optional(),
  ladder: key,
  asks: z.array(key).optional(),
  purpose: key.optional(),
  during: z.string().optional(),
});
const book = z.strictObject({
  book: key,
  name: text,
  keeps: z.enum(['held for beneficiary', 'project funds']),
  profile: z.enum(['two-person', 'vouchers']),
  cash: key,
  ledger: key,
  approves: key,
  confirms: key,
  reviews: key.optional(),
  archives: key.optional(),
  channels: z.array(z.enum(['cash', 'bank', 'wechat'])).min(1),
  gifts: z.strictObject({ by: key.optional(), thanks: z.string().optional(), ladder: key.optional() }).optional(),
  advances: z.strictObject({ within: z.string().optional(), ladder: key.optional() }).optional(),
  archive: z
    .strictObject({ within: z.string().optional(), extend: extension.optional(), ladder: key.optional() })
    .optional(),
  allowance: z
    .strictObject({
      standardFen: z.int().min(1).max(1e13),
      standard: key.optional(),
      disregardFen: z.int().min(0).max(1e13).optional(),
      counts: z.enum(['payouts', 'earnings']),
      household: key,
      drawn: key,
      source: z.strictObject({ name: text, date: z.iso.date() }),
    })
    .optional(),
  match: z.string(),
  ladder: key,
  closes: z.literal('monthly'),
  closeWithin: z.string().optional(),
  closeDayWithin: z.string().optional(),
  statementWithin: z.string().optional(),
  counts: z.int().min(1).max(12).optional(),
});

/**
 * The form of a program, for literals that no compiler has seen (a package in JavaScript, a row of an old release): known
 * members only, two languages in every text, names that can be part of an id. What the members mean to each other:
 * `problemsOf`.
 */
export const programShape = z.strictObject({
  id: slug,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'three numbers, as in 1.0.0'),
  name: text,
  roles: z.record(key, role),
  apart: z.array(z.array(key).min(2)),
  fields: z.record(key, field),
  intake: z.array(key),
  consent: z
    .strictObject({
      by: z.array(key).min(1),
      before: z.literal('approval'),
      rest: z.string().optional(),
      purposes: z.record(key, text).optional(),
    })
    .optional(),
  ladders: z.record(key, z.array(rung).min(1)),
  pauses: z.record(key, text).optional(),
  approval: z
    .strictObject({
      votes: z.array(slug).min(1),
      fixes: z.array(z.enum(['targets', 'deadlines', 'items'])),
      child: z.strictObject({ program: slug, states: key, passes: z.array(key).min(1) }).optional(),
    })
    .optional(),
  stages: z.array(stage).min(1),
  duties: z.array(duty),
  books: z.array(book),
  life: z.strictObject({
    extend: extension,
    followUp: z.string().optional(),
    outcomes: z.record(key, text).refine((outcomes) => Object.keys(outcomes).length > 0, 'no outcome'),
    after: z.record(key, key).optional(),
  }),
});

/**
 * What is wrong with the form of a program, one line each: `stages.0.target: …`. Of a choice between forms (a role, an
 * item) the form that fits best speaks. Empty when the form is right.
 */
export function shapeProblems(program: unknown): string[] {
  const result = programShape.safeParse(program);
  return result.success ? [] : result.error.issues.flatMap((issue) => lines(issue, []));
}

function lines(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): string[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return [`${path.join('.') || 'program'}: ${issue.message}`];
  const closest = [...issue.errors].sort((a, b) => weight(a) - weight(b))[0] ?? [];
  return closest.length > 0
    ? closest.flatMap((inner) => lines(inner, path))
    : [`${path.join('.')}: fits none of the forms`];
}

/** Members nobody knows weigh most: `{ milestone, … }` is meant as a milestone, not as a task with strange members. */
function weight(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 1), 0);
}
