import { createRoute, z } from '@hono/zod-openapi';
import { may } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { answerDossier } from '../dossier/answer.ts';
import { problem } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { caseToRead, nowOf } from '../reading.ts';
import { Verification, VerificationRequest } from '../schemas/audit.ts';
import { flagIn, idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const verify = createRoute({
  method: 'post',
  path: '/audit/verifications',
  tags: ['audit'],
  summary: 'Verify a case: its chain of events, and the tables against it',
  request: { headers: idempotencyHeader, body: jsonBody(VerificationRequest) },
  responses: { 200: json(Verification, 'What was found'), ...problems(400, 401, 403, 404, 413, 415, 422, 503) },
});

const dossier = createRoute({
  method: 'get',
  path: '/audit/cases/{caseId}/dossier',
  tags: ['audit'],
  summary: 'The dossier of a case: one archive that people read and programs verify offline (docs/dossier.md)',
  request: {
    params: z.object({ caseId: pathId('caseId') }),
    query: z.object({
      redacted: flagIn.optional().openapi({
        type: 'string',
        enum: ['true', 'false'],
        description:
          'Names become stable pseudonyms, texts, payloads and documents are left out; the chain still verifies',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The archive. `Linli-Head` names the number and hash of the last event in it',
      content: { 'application/zip': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problems(401, 403, 404, 413, 422, 503),
  },
});

/** `/audit/verifications` and `/audit/cases/{id}/dossier`, for auditors and administrators of the case's unit or one above. */
export const auditRoutes = (deps: AppDeps) =>
  routes()
    .openapi(dossier, async (c) => {
      const { redacted = false } = c.req.valid('query');
      const { body, name, head } = await answerDossier(deps, c.get('caller'), c.req.valid('param').caseId, redacted);
      return c.body(body, 200, {
        'Content-Type': 'application/zip',
        'Content-Disposition': `attachment; filename="${name}"`,
        'Cache-Control': 'private, no-store',
        'Linli-Head': head,
      });
    })
    .openapi(verify, async (c) => {
      const { case: caseId } = c.req.valid('json');
      const caller = c.get('caller');
      const record = await caseToRead(deps, caller, caseId);
      if (!may(caller, 'audit'))
        throw problem(
          'FORBIDDEN',
          ['只有审计员可以核验。', 'Only auditors verify cases.'],
          [['请审计员办理', 'Ask an auditor']],
        );
      requestId(c);
      const { holds, events, findings } = await deps.verifyCase(record.caseId);
      return c.json(
        {
          case: caseId,
          holds,
          events,
          findings: findings.map(({ rule, detail }) => ({ rule, detail })),
          verifiedAt: nowOf(deps),
        },
        200,
      );
    });
