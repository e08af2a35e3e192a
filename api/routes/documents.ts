import { createRoute, z } from '@hono/zod-openapi';
import { documentOf } from '../../db/queries/documents.ts';
import type { AppDeps } from '../deps.ts';
import { keepDocument } from '../documents.ts';
import { notFound } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { extensionOf, mediaTypes } from '../media-type.ts';
import { caseToRead } from '../reading.ts';
import { fileIn, idempotencyHeader, json, pathId, problems } from '../schemas/common.ts';
import { Document } from '../schemas/views.ts';
import { routes } from '../validation.ts';

const upload = createRoute({
  method: 'post',
  path: '/cases/{caseId}/documents',
  tags: ['documents'],
  summary: 'Upload one document; acts attach it as evidence',
  request: {
    params: z.object({ caseId: pathId('caseId') }),
    headers: idempotencyHeader,
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({ file: fileIn }),
        },
      },
    },
  },
  responses: {
    201: json(Document, 'Stored'),
    ...problems(400, 401, 403, 404, 413, 415, 422, 503),
  },
});

/** What documents may be; statements of banks are bytes. */
const KEPT = [...mediaTypes, 'application/octet-stream'];

const download = createRoute({
  method: 'get',
  path: '/cases/{caseId}/documents/{documentId}',
  tags: ['documents'],
  summary: 'Download a document',
  request: { params: z.object({ caseId: pathId('caseId'), documentId: pathId('documentId') }) },
  responses: {
    200: {
      description: 'The bytes',
      content: Object.fromEntries(KEPT.map((type) => [type, { schema: z.string().openapi({ format: 'binary' }) }])),
    },
    ...problems(401, 404, 503),
  },
});

/** `/cases/{id}/documents` */
export const documentRoutes = (deps: AppDeps) =>
  routes()
    .openapi(upload, async (c) => {
      const { caseId } = c.req.valid('param');
      const caller = c.get('caller');
      await caseToRead(deps, caller, caseId);
      const { file } = c.req.valid('form') as { file: unknown };
      const { row, stored } = await keepDocument(deps, caller, { caseId, request: requestId(c), file });
      if (!stored) c.header('Idempotency-Replayed', 'true');
      c.header('Location', `/api/v1/cases/${encodeURIComponent(caseId)}/documents/${row.id}`);
      return c.json({ ...row }, 201);
    })
    .openapi(download, async (c) => {
      const { caseId, documentId } = c.req.valid('param');
      await caseToRead(deps, c.get('caller'), caseId);
      const document = await documentOf(deps.sql, caseId, documentId);
      if (!document) throw notFound();
      return c.body(new Uint8Array(document.bytes), 200, {
        'Content-Type': document.mediaType,
        'Content-Disposition': `attachment; filename="${document.id}.${extensionOf(document.mediaType)}"`,
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': "default-src 'none'; sandbox",
        'Cache-Control': 'private, no-store',
        ETag: `"${document.sha256}"`,
      });
    });
