import { createRoute, z } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { problem } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { caseToRead } from '../reading.ts';
import { fileIn, flagIn, idempotencyHeader, json, pathId, problems } from '../schemas/common.ts';
import { bring, mustHold, understand } from '../statements/bring.ts';
import { type Columns, meanings } from '../statements/columns.ts';
import { routes } from '../validation.ts';

const columnsOut = z.record(z.string(), z.string());
const Statement = z
  .object({
    columns: columnsOut.openapi({ description: 'Which column was taken for what' }),
    rows: z.number().int().openapi({ description: 'Lines of the file that are movements' }),
    passed: z.number().int().openapi({ description: 'Rows that are none: sums, remarks' }),
    document: z.object({ id: z.string(), sha256: z.string() }).nullable(),
    acts: z.array(z.string()),
    imported: z.number().int(),
    skipped: z.number().int().openapi({ description: 'Lines that were there already' }),
    matched: z.number().int(),
  })
  .openapi('BankStatement');

const upload = createRoute({
  method: 'post',
  path: '/cases/{caseId}/books/statements/imports',
  tags: ['books'],
  summary:
    'Bring in the statement of a bank or of WeChat (CSV or XLSX); with `dryRun=true` only tell how it is understood',
  request: {
    params: z.object({ caseId: pathId('caseId') }),
    query: z.object({ dryRun: flagIn.optional() }),
    headers: idempotencyHeader,
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({
            file: fileIn,
            book: z.string().min(1).max(60),
            channel: z.enum(['bank', 'wechat']),
            columns: z
              .string()
              .max(4_000)
              .optional()
              .openapi({ description: `JSON: the names of columns by what they mean (${meanings.join(', ')})` }),
          }),
        },
      },
    },
  },
  responses: { 200: json(Statement, 'Brought in'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

/** `/cases/{id}/books/statements` */
export const bankStatementRoutes = (deps: AppDeps) =>
  routes().openapi(upload, async (c) => {
    const { caseId } = c.req.valid('param');
    const caller = c.get('caller');
    await caseToRead(deps, caller, caseId);
    const { file, book, channel, columns } = c.req.valid('form') as Record<string, unknown>;
    const { id } = requestId(c);
    const bytes = await bytesOf(file);
    const understood = await understand(deps, caller, bytes, columnsSaid(columns));
    const { lines, passed } = understood.read;
    const about = { columns: Object.fromEntries(Object.entries(understood.columns)), rows: lines.length, passed };
    mustHold(understood.read);
    if (c.req.valid('query').dryRun) {
      return c.json({ ...about, document: null, acts: [], imported: 0, skipped: 0, matched: 0 }, 200);
    }
    const account = { caseId, book: String(book), channel: channel as 'bank' | 'wechat', requestId: id };
    const brought = await bring(deps, caller, account, { bytes, lines });
    return c.json({ ...about, ...brought, acts: [...brought.acts] }, 200);
  });

const Said = z.partialRecord(z.enum(meanings), z.string().min(1).max(200));

function columnsSaid(text: unknown): Columns {
  if (typeof text !== 'string' || text === '') return {};
  try {
    return Said.parse(JSON.parse(text)) as Columns;
  } catch {
    throw problem(
      'INVALID_DATA',
      ['columns 应是 JSON：含义到列名。', 'columns should be JSON: names of columns by meaning.'],
      [],
      [{ path: 'columns', message: `!含义只能是：${meanings.join('、')}|meanings are: ${meanings.join(', ')}` }],
    );
  }
}

async function bytesOf(file: unknown): Promise<Uint8Array> {
  if (file instanceof File && file.size > 0) return new Uint8Array(await file.arrayBuffer());
  throw problem(
    'INVALID_DATA',
    ['表单里应当有一个名为 file 的文件。', 'The form should hold one file, called "file".'],
    [],
    [{ path: 'file', message: '!缺少文件|the file is missing or empty' }],
  );
}
