import { z } from '@hono/zod-openapi';
import { countOut, fileIn, idIn, instantOut, listOf, pageQuery } from './common.ts';

const RowStateName = z.enum(['ready', 'duplicate', 'refused', 'opened', 'failed', 'skipped']).openapi({
  description:
    '`ready` would be recorded; `duplicate` too, but looks as if it were there already; `refused` would not be; ' +
    '`opened` is recorded; `failed` was refused in the run; `skipped` was left out as a duplicate',
});

/** Something wrong with a row, in both languages. */
const Problem = z.object({
  column: z.string().nullable().openapi({ description: 'As the file calls it; null where no column is to blame' }),
  code: z.string(),
  zh: z.string(),
  en: z.string(),
});

/** A row of a list and what came of it. */
export const ImportRowView = z
  .object({
    sheet: z.string(),
    row: countOut.openapi({ description: 'The number a spreadsheet shows beside it' }),
    state: RowStateName,
    problems: z.array(Problem),
    caseId: z.string().nullable(),
  })
  .openapi('ImportRow');
/** A page of rows. */
export const ImportRowList = listOf(ImportRowView).openapi('ImportRowList');

/** A list somebody brought, what its columns mean, and how far it has come. */
export const ImportView = z
  .object({
    id: z.string(),
    kind: z.enum(['cases', 'organisation']),
    program: z.string().nullable(),
    unit: z.string().nullable(),
    imported: z.boolean(),
    status: z.enum(['checked', 'running', 'done', 'cancelled', 'stopped']),
    stopped: z
      .object({ zh: z.string(), en: z.string() })
      .nullable()
      .openapi({ description: 'Why it stopped by itself' }),
    waiting: z
      .object({ since: instantOut, nextTryAt: instantOut, zh: z.string(), en: z.string() })
      .nullable()
      .openapi({
        description:
          'Since when no row could be recorded though nothing is wrong with it, why, and when it is tried next; ' +
          '`run` tries it now, `cancel` ends it. After 24 hours it stops by itself',
      }),
    columns: z.array(z.string()),
    mapping: z
      .record(z.string(), z.string().nullable())
      .openapi({ description: 'Column → what it means; null: nothing' }),
    counts: z.object({
      total: countOut,
      ready: countOut,
      duplicate: countOut,
      refused: countOut,
      opened: countOut,
      failed: countOut,
      skipped: countOut,
    }),
    rows: z.array(ImportRowView).openapi({ description: 'The first rows of which something is wrong, at most 100' }),
    createdAt: instantOut,
    startedAt: instantOut.nullable(),
    finishedAt: instantOut.nullable(),
    forgetAt: instantOut.openapi({ description: 'From then on nothing of what the rows held is kept' }),
    forgotten: z.boolean(),
  })
  .openapi('Import');

/** A page of lists, without their rows. */
export const ImportList = listOf(ImportView.omit({ rows: true })).openapi('ImportList');

const mappingIn = z.record(z.string().min(1).max(20_000), z.string().min(1).max(200).nullable());

/** What comes with the file of a list: texts of a form. */
export const ImportForm = z.object({
  file: fileIn,
  program: idIn,
  unit: idIn,
  sheet: z.string().min(1).max(100).optional(),
  imported: z.enum(['true', 'false']).optional().openapi({ description: 'The cases began on paper' }),
  mapping: z
    .string()
    .max(20_000)
    .transform((text, ctx) => {
      const parsed = mappingIn.safeParse(json(text));
      if (parsed.success) return parsed.data;
      ctx.addIssue({ code: 'custom', message: '!应当是 JSON：列名 → 含义|should be JSON: column → meaning' });
      return z.NEVER;
    })
    .optional()
    .openapi({ type: 'string', description: 'JSON: column → what it means; those left out are guessed' }),
});

/** The file of a list of the organisation. */
export const OrgImportForm = ImportForm.pick({ file: true });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Body of `POST /imports/{id}/check`. */
export const ImportCheck = z.strictObject({ mapping: mappingIn.optional() }).openapi('ImportCheck');

/** Body of `POST /imports/{id}/run`. */
export const ImportRun = z
  .strictObject({
    duplicates: z
      .enum(['skip', 'open'])
      .default('skip')
      .openapi({ description: 'What becomes of rows that look like another' }),
  })
  .openapi('ImportRun');

/** `?state=` of the rows of a list. */
export const ImportRowQuery = z.object({ ...pageQuery, state: RowStateName.optional() });

/** Form of a file to be downloaded. */
export const TableFormatQuery = z.enum(['csv', 'xlsx']).default('xlsx');
