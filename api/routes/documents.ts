import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { caseRecord } from '../../db/queries/cases.ts';
import { documentOf, storeDocument } from '../../db/queries/documents.ts';
import { type Caller, hasLogin } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { type ApiProblem, notFound, problem } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { extensionOf, mediaTypeOf } from '../media-type.ts';
import { caseToRead } from '../reading.ts';
import { idempotencyHeader, json, pathId, problems } from '../schemas/common.ts';
import { Document } from '../schemas/views.ts';
import { MAX_DOCUMENT_BYTES, routes } from '../validation.ts';

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
          // checked below, by what the bytes are and not by what the form says
          schema: z.object({ file: z.any().openapi({ type: 'string', format: 'binary' }) }),
        },
      },
    },
  },
  responses: {
    201: json(Document, 'Stored'),
    ...problems(400, 401, 403, 404, 413, 415, 422, 503),
  },
});

const download = createRoute({
  method: 'get',
  path: '/cases/{caseId}/documents/{documentId}',
  tags: ['documents'],
  summary: 'Download a document',
  request: { params: z.object({ caseId: pathId('caseId'), documentId: pathId('documentId') }) },
  responses: {
    200: {
      description: 'The bytes',
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
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
      if (!(await worksOn(deps, caller, caseId))) throw notYours();
      const { id } = requestId(c);
      const { file } = c.req.valid('form') as { file: unknown };
      const bytes = await bytesOf(file);
      const found = mediaTypeOf(bytes);
      if (!found)
        throw problem(
          'UNSUPPORTED_MEDIA_TYPE',
          [
            '只收 JPEG、PNG、WebP、GIF 图片，PDF，录音（WAV、MP3、M4A、AMR、OGG）和视频（MP4、MOV、3GP、WebM），以及纯文本，按内容判断。',
            'Taken are JPEG, PNG, WebP and GIF pictures, PDF, sound (WAV, MP3, M4A, AMR, OGG), video (MP4, MOV, 3GP, WebM) and plain text, judged by content.',
          ],
          [['另存为其中一种格式再上传。', 'Save it as one of these and upload again.']],
        );
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const { row, stored } = await storeDocument(deps.sql, {
        id,
        caseId,
        sha256,
        sizeBytes: bytes.byteLength,
        mediaType: found.mediaType,
        kind: found.kind,
        uploadedBy: caller.person,
        bytes,
      });
      if (row.sha256 !== sha256)
        throw problem(
          'IDEMPOTENCY_KEY_REUSED',
          ['这个幂等键已用于另一份材料。', 'This key was used for another document.'],
          [['换一个幂等键。', 'Use another key.']],
        );
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

/**
 * Whether a caller has to do with a case by more than the right to read it: through a post, a role, work he was given, as
 * head of its unit or one above, or as its caseworker. Who audits or administers leaves no papers in it.
 */
async function worksOn(deps: AppDeps, caller: Caller, caseId: string): Promise<boolean> {
  const loginUnit = hasLogin(caller, 'caseworker') ? caller.unit : undefined;
  return (await caseRecord(deps.sql, { person: caller.person, loginUnit }, caseId)) !== undefined;
}

function notYours(): ApiProblem {
  return problem(
    'FORBIDDEN',
    ['只有办理本个案的人可以上传材料。', 'Only who works on the case may upload documents into it.'],
    [['请经办人上传', 'Ask the caseworker to upload it']],
  );
}

/** The bytes of the form's one file. Throws the problem of a form that has none, several, or too large a one. */
async function bytesOf(file: unknown): Promise<Uint8Array> {
  if (!(file instanceof File) || file.size === 0)
    throw problem(
      'INVALID_DATA',
      ['表单里应当有一个名为 file 的文件。', 'The form should hold one file, called "file".'],
      [],
      [{ path: 'file', message: '!缺少文件|the file is missing or empty' }],
    );
  if (file.size > MAX_DOCUMENT_BYTES)
    throw problem('BODY_TOO_LARGE', ['单个文件不超过 20 MiB。', 'A file may have at most 20 MiB.']);
  return new Uint8Array(await file.arrayBuffer());
}
