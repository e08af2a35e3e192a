import { z } from '@hono/zod-openapi';
import { instantIn, instantOut, listOf } from './common.ts';

/** An entry of `GET /programs`. */
export const ProgramSummary = z
  .object({ id: z.string(), version: z.string(), hash: z.string(), name: z.string() })
  .openapi('ProgramSummary');

/** The installed programs. */
export const ProgramList = listOf(ProgramSummary).openapi('ProgramList');

/** A program as installed: `definition` is what is pinned, hashed and shown to auditors. */
export const Program = ProgramSummary.extend({
  intake: z.record(z.string(), z.unknown()).openapi({ description: 'JSON Schema of `data` in `POST /cases`' }),
  roles: z.record(z.string(), z.unknown()),
  fields: z.record(z.string(), z.unknown()),
  ladders: z.record(z.string(), z.unknown()),
  stages: z.array(z.record(z.string(), z.unknown())),
  duties: z.array(z.record(z.string(), z.unknown())),
  books: z.array(z.record(z.string(), z.unknown())),
  definition: z.record(z.string(), z.unknown()),
}).openapi('Program');

/** Body of `POST /programs/{id}/simulate`. */
export const SimulationRequest = z
  .strictObject({
    data: z.record(z.string().min(1).max(100), z.union([z.string().max(20_000), z.number(), z.boolean()])).default({}),
    openedAt: instantIn,
    until: instantIn,
    script: z
      .array(
        z.strictObject({
          at: instantIn,
          type: z.string().min(1).max(100),
          as: z.string().min(1).max(100).optional().openapi({
            description: 'A role of the program, `subDistrictHead` or `districtHead`; `caseworker` when left out',
          }),
          target: z.string().min(1).max(200).optional(),
          reason: z.string().min(1).max(5_000).optional(),
          data: z.record(z.string(), z.unknown()).optional(),
          evidence: z
            .array(z.enum(['photo', 'file']))
            .max(20)
            .optional(),
          onBehalfOf: z.string().min(1).max(100).optional(),
        }),
      )
      .max(500)
      .optional(),
  })
  .openapi('SimulationRequest');

/** A dated entry of a simulated agenda. */
export const Simulation = z
  .object({
    program: ProgramSummary,
    openedAt: instantOut,
    until: instantOut,
    agenda: z.array(
      z.object({ at: instantOut, kind: z.string(), text: z.string(), data: z.record(z.string(), z.unknown()) }),
    ),
    refused: z.array(z.object({ at: instantOut, type: z.string(), code: z.string(), detail: z.string() })),
    truncated: z.boolean(),
  })
  .openapi('Simulation');
