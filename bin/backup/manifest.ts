import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { whyGone } from './pruned.ts';

/** The file that says what a backup holds. */
export const MANIFEST = 'manifest.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

const fields = z.object({
  format: z.literal('linli-backup'),
  // 1: what the files hold lies in clear
  v: z.union([z.literal(1), z.literal(2)]),
  seal: z.object({ key: z.string(), yearlyKey: z.string(), wrapped: z.base64() }).optional(),
  release: z.string(),
  installation: z.string(),
  takenAt: z.string(),
  // absent of earlier releases
  keepUntil: z.iso.date().optional(),
  migrations: z.array(z.object({ hash: z.string(), createdAt: z.number() })).min(1),
  tables: z.array(
    z.object({
      ...{ schema: z.string(), name: z.string(), columns: z.array(z.string()).min(1) },
      ...{ file: z.string(), rows: count, sizeBytes: count, sha256 },
    }),
  ),
  sequences: z.array(
    z.object({ schema: z.string(), name: z.string(), lastValue: z.number().int(), isCalled: z.boolean() }),
  ),
  record: z.object({
    ...{ cases: count, openCases: count, events: count, unwitnessed: count, lastEventAt: z.string().nullable() },
    // they lie in the folder of the keys
    dataKeys: count.default(0),
    ...{ logSize: count, checkpoint: z.object({ size: count, root: sha256, note: z.string() }).nullable() },
  }),
  histories: z.array(
    z.object({
      ...{ caseId: z.string(), runId: z.string(), file: z.string() },
      ...{ events: count, sizeBytes: count, sha256 },
      ...{ lastSeq: z.number().int(), lastHead: z.string() },
    }),
  ),
});

// what calls itself sealed and has no key would be read as if it lay in clear
const shape = fields.refine(({ v, seal }) => (v === 2) === (seal !== undefined), {
  message: 'its version and its seal do not belong together',
});

/**
 * What a backup says of itself. `record` counts what is in it; `histories` are of workflow runs that were open; `seal` is the
 * key its files are sealed with, wrapped by a yearly key: absent where they lie in clear. `keepUntil` is its last day, in Shanghai.
 */
export type BackupManifest = z.infer<typeof shape>;

/** Reads the manifest of a backup. Throws when there is none, or it is not one. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new Error(`${folder} holds no backup: there is no ${MANIFEST}.${await whyGone(folder)}`);
  const found = shape.safeParse(parsed(text));
  if (!found.success) throw new Error(`${join(folder, MANIFEST)} cannot be read: ${found.error.issues[0]?.message}`);
  return found.data;
}

/** What the keys of a backup say of themselves, in a file of the same name. */
export const keysLabel = (of: Pick<BackupManifest, 'installation' | 'takenAt' | 'keepUntil'>): string =>
  `${JSON.stringify({ format: 'linli-backup-keys', v: 1, installation: of.installation, takenAt: of.takenAt, keepUntil: of.keepUntil }, undefined, 2)}\n`;

const label = z.object({
  format: z.enum(['linli-backup', 'linli-backup-keys']),
  ...{ installation: fields.shape.installation, takenAt: fields.shape.takenAt, keepUntil: fields.shape.keepUntil },
});

/** What a folder is: a backup or the keys of one, whose, of when, and its last day, where one was written. */
export type BackupLabel = Omit<z.infer<typeof label>, 'format'> & { readonly kind: 'backup' | 'keys' };

/** What a folder says it is; undefined where it is neither a backup nor the keys of one that say so. */
export async function labelOf(folder: string): Promise<BackupLabel | undefined> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => '');
  const { data } = label.safeParse(parsed(text));
  if (!data) return undefined;
  const { format, ...said } = data;
  return { ...said, kind: format === 'linli-backup' ? 'backup' : 'keys' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
