import { createRoute } from '@hono/zod-openapi';
import { hasLogin } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { problem } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { caseToRead, nowOf } from '../reading.ts';
import { Verification, VerificationRequest } from '../schemas/audit.ts';
import { idempotencyHeader, json, jsonBody, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const verify = createRoute({
  method: 'post',
  path: '/audit/verifications',
  tags: ['audit'],
  summary: 'Verify a case: its chain of events, and the tables against it',
  request: { headers: idempotencyHeader, body: jsonBody(VerificationRequest) },
  responses: { 200: json(Verification, 'What was found'), ...problems(400, 401, 403, 404, 413, 415, 422, 503) },
});

/** `/audit/verifications`, for auditors and administrators of the case's unit or one above. */
export const auditRoutes = (deps: AppDeps) =>
  routes().openapi(verify, async (c) => {
    const { case: caseId } = c.req.valid('json');
    const caller = c.get('caller');
    const record = await caseToRead(deps, caller, caseId);
    if (!hasLogin(caller, 'auditor') && !hasLogin(caller, 'admin'))
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
