import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Program } from '../../sdk/program.ts';
import { programBytes } from '../../sdk/program-hash.ts';
import { partsOfFolder, VERSIONS } from './parts.ts';

/**
 * Keeps a program as it is now under its version (`versions/<version>.json`), the very bytes cases pin by their hash.
 * @returns the file
 * @throws when that version is kept already with another content; nothing is overwritten
 */
export async function keepVersion(folder: string): Promise<string> {
  const place = resolve(folder);
  const { parts } = await partsOfFolder(place);
  const program = parts.program as Program;
  const file = join(place, VERSIONS, `${program.version}.json`);
  const bytes = Buffer.from(programBytes(program));
  if (existsSync(file)) {
    if (readFileSync(file).equals(bytes)) return file;
    throw new Error(
      `${file} holds what was released as ${program.version}, which was another. Give the program a new version.`,
    );
  }
  mkdirSync(join(place, VERSIONS), { recursive: true });
  writeFileSync(file, bytes, { flag: 'wx' });
  return file;
}
