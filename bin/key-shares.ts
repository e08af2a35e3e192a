import { createHash, randomBytes } from 'node:crypto';
import { combine, split } from 'shamir-secret-sharing';
import { z } from 'zod';
import { objectIn } from '../door/json-bytes.ts';

/** A yearly key as its file keeps it. */
export interface KeptKey {
  readonly id: string;
  /** 32 bytes, base64. */
  readonly secret: string;
  readonly madeAt: string;
}

const shape = z.strictObject({
  linliKeyShare: z.literal(1),
  /** Shares of one splitting belong together. */
  splitting: z.string().regex(/^[0-9a-f]{16}$/),
  number: z.number().int().min(1),
  need: z.number().int().min(2),
  of: z.number().int().min(2).max(20),
  madeAt: z.iso.datetime(),
  keys: z.array(z.strictObject({ id: z.string().regex(/^\d{4}-[0-9a-f]{8}$/), madeAt: z.iso.datetime() })).min(1),
  /** SHA-256 of the secrets, by which it shows that they were put together rightly. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  share: z.base64(),
});

/** What one person keeps of the yearly keys: alone it tells nothing of them. */
export type KeyShare = z.infer<typeof shape>;

/** How many shares there are, and how many it takes. */
export interface Splitting {
  /** 2 or more. */
  readonly need: number;
  /** At most 20. */
  readonly of: number;
}

const SECRET_BYTES = 32;

/**
 * Splits the yearly keys into shares by Shamir's scheme over GF(2^8): so many of them as are needed give the keys back, fewer give nothing.
 * Only the secrets are split, which are random; names and dates of the keys lie beside them in clear. Throws for numbers that do not fit.
 */
export async function splitKeys(keys: readonly KeptKey[], { need, of }: Splitting): Promise<KeyShare[]> {
  if (!Number.isInteger(need) || !Number.isInteger(of) || need < 2 || of < need || of > 20)
    throw new Error('Of 2 to 20 shares at least 2 are needed, and no more than there are. Way out: --need 2 --of 3.');
  // the library takes no Buffer
  const secret = new Uint8Array(Buffer.concat(keys.map((key) => Buffer.from(key.secret, 'base64'))));
  const shares = await split(secret, of, need);
  const common = {
    ...{
      linliKeyShare: 1 as const,
      splitting: randomBytes(8).toString('hex'),
      need,
      of,
      madeAt: new Date().toISOString(),
    },
    ...{ keys: keys.map(({ id, madeAt }) => ({ id, madeAt })), sha256: sumOf(secret) },
  };
  return shares.map((share, n) => ({ ...common, number: n + 1, share: Buffer.from(share).toString('base64') }));
}

/** Reads a share from the bytes of its file. Throws for what is none. */
export function readShare(bytes: Uint8Array, name: string): KeyShare {
  const { data } = shape.safeParse(objectIn(bytes));
  if (!data)
    throw new Error(`${name} is no share of yearly keys, or is damaged. Way out: ask its keeper for his file.`);
  return data;
}

/** Puts the keys together again from shares. Throws where there are too few, they belong to different splittings, or one was altered. */
export async function joinShares(shares: readonly KeyShare[]): Promise<KeptKey[]> {
  const [first] = shares;
  if (!first) throw new Error('There is no share. Way out: name the files of the shares.');
  const differs = shares.some(
    ({ number: _, share: __, ...rest }) => JSON.stringify(rest) !== JSON.stringify(commonOf(first)),
  );
  if (differs)
    throw new Error(
      'The shares are not of one splitting. Way out: use those that were made together; "splitting" in each file says which.',
    );
  const each = [...new Map(shares.map((share) => [share.number, share])).values()];
  if (each.length < first.need)
    throw new Error(
      `It takes ${first.need} different shares, and there are ${each.length}. Way out: ask another keeper.`,
    );
  const altered = new Error(
    'A share was altered or copied wrongly: what they give together is not what was split. Way out: leave one out and try with another.',
  );
  const secret = Buffer.from(
    await combine(each.map(({ share }) => new Uint8Array(Buffer.from(share, 'base64')))).catch(() => {
      throw altered;
    }),
  );
  if (sumOf(secret) !== first.sha256 || secret.length !== SECRET_BYTES * first.keys.length) throw altered;
  return first.keys.map(({ id, madeAt }, n) => {
    const own = secret.subarray(n * SECRET_BYTES, (n + 1) * SECRET_BYTES);
    return { id, secret: own.toString('base64'), madeAt };
  });
}

const commonOf = ({ number: _, share: __, ...common }: KeyShare) => common;
const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
