import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Folders and files by which state, read models, texts and pages of a dossier are made, with all the sources that these load. */
export const sources = [
  'sdk',
  'engine',
  'api/dossier',
  'api/reports/font.ts',
  'api/language.ts',
  'api/sheets/guard.ts',
  'api/timeline-text.ts',
  'api/closing-text.ts',
  'api/register-text.ts',
  'api/views/names.ts',
  'door/act-id.ts',
  'door/chain.ts',
  'door/destroyed.ts',
  'door/json-bytes.ts',
  'door/engine.ts',
  'door/message-text.ts',
  'door/pending.ts',
  'door/project.ts',
  'door/project-keepers.ts',
  'door/verify-models.ts',
  'door/read-models.ts',
];

let made: string | undefined;

/**
 * Names the code that made a dossier's texts and read models: the SHA-256 over its source files. A verifier of the same code
 * must come to the same bytes; one of another release says that it could not compare them.
 */
export function codeId(): string {
  made ??= fingerprint();
  return made;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const path of sources.flatMap(filesIn))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

function filesIn(path: string): string[] {
  if (/\.tsx?$/.test(path)) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .flatMap((entry) => {
      const below = `${path}/${entry.name}`;
      if (entry.isDirectory()) return filesIn(below);
      return /\.tsx?$/.test(entry.name) && !/\.(test|fixture)\.tsx?$/.test(entry.name) ? [below] : [];
    })
    .sort();
}
