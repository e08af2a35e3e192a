import { z } from '@hono/zod-openapi';
import { countOut, idIn, instantOut, pageQuery } from './common.ts';

const integer = (minimum: number) =>
  z.coerce
    .number()
    .int()
    .min(minimum)
    .max(Number.MAX_SAFE_INTEGER)
    .openapi({ type: 'integer', minimum, maximum: Number.MAX_SAFE_INTEGER });
const place = integer(0);
/** Coercion takes what is missing for what may be. */
const required = { param: { required: true } } as const;
const hashOut = z.string().openapi({ pattern: '^[0-9a-f]{64}$' });
const pathOut = z.array(hashOut).openapi({ description: 'Hashes of an RFC 6962 proof, from the leaf up' });
const noteOut = z.string().openapi({
  description:
    'A signed note (c2sp.org/signed-note): origin, size, base64 root, then lines for heads and time, then signatures',
});

/** Query of `GET /audit/checkpoints`. */
export const CheckpointQuery = z.object({
  ...pageQuery,
  after: place
    .optional()
    .openapi({ description: 'Those made after this number, in order; for whoever keeps them all' }),
});

/** A signed checkpoint. */
export const Checkpoint = z
  .object({ number: countOut, size: countOut, at: instantOut, note: noteOut })
  .openapi('Checkpoint');

/** The checkpoints, and the keys that check them. */
export const CheckpointList = z
  .object({
    origin: z.string(),
    keys: z
      .array(z.object({ key: z.string(), announced: z.boolean(), madeAt: instantOut }))
      .openapi({ description: 'Keys of the log as `name+id+key`, the one that signs now last' }),
    latest: Checkpoint.nullable(),
    items: z.array(Checkpoint),
    nextCursor: z.string().nullable(),
  })
  .openapi('CheckpointList');

/** Query of `GET /audit/inclusion`. */
export const InclusionQuery = z.object({
  chain: idIn.openapi({ description: 'A case, `organisation` or `calendar`' }),
  seq: integer(1).openapi(required),
  size: place.optional().openapi({ description: 'Of the tree; by default that of the newest checkpoint' }),
});

/** That an event lies in the log. */
export const InclusionProof = z
  .object({
    chain: z.string(),
    seq: countOut,
    hash: hashOut.openapi({ description: 'Of the event; its 32 bytes are the leaf' }),
    position: countOut,
    size: countOut,
    path: pathOut,
    checkpoint: noteOut.nullable(),
  })
  .openapi('InclusionProof');

/** Query of `GET /audit/consistency`. */
export const ConsistencyQuery = z.object({ from: place.openapi(required), to: place.openapi(required) });

/** That the log has only grown. */
export const ConsistencyProof = z.object({ from: countOut, to: countOut, path: pathOut }).openapi('ConsistencyProof');

/** Query of `GET /audit/head`. */
export const HeadQuery = z.object({ chain: InclusionQuery.shape.chain });

/** That a chain ended with this event when the checkpoint was signed. */
export const HeadProof = z
  .object({
    chain: z.string(),
    seq: countOut,
    hash: hashOut,
    number: countOut.openapi({ description: 'Place of the chain among the heads' }),
    count: countOut.openapi({ description: 'How many heads there are' }),
    path: pathOut,
    checkpoint: noteOut,
  })
  .openapi('HeadProof');
