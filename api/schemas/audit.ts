import { z } from '@hono/zod-openapi';
import { countOut, idIn, instantOut } from './common.ts';

/** Body of `POST /audit/verifications`. */
export const VerificationRequest = z
  .strictObject({ case: idIn.openapi({ description: 'The case to verify' }) })
  .openapi('VerificationRequest');

/** What a verification found: the chain against its hashes, and the tables against the chain. */
export const Verification = z
  .object({
    case: z.string(),
    holds: z.boolean(),
    events: countOut,
    findings: z.array(z.object({ rule: z.string(), detail: z.string() })),
    verifiedAt: instantOut,
  })
  .openapi('Verification');
