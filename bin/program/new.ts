import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SLUG } from '../../sdk/program-shape.ts';
import { installedFolder } from './check.ts';
import { contractTest, firstChange, programText, readmeText, scenariosText } from './scaffold.ts';

const sdk = fileURLToPath(new URL('../../sdk', import.meta.url));

/** Where a new program is made, and the installed one it begins as a copy of. */
export interface NewProgram {
  readonly folder?: string | undefined;
  readonly from?: string | undefined;
  /** The day its first version is dated with. */
  readonly on: string;
}

/**
 * Writes the folder of a new program: program, README for officials, a story, what its first version is for, and a test that
 * runs the contract suite. It passes `linli program check` as it stands.
 * @returns the folder and its files
 * @throws when the id is none, there is such a folder already, or no program to begin with; nothing is written then
 */
export function newProgram(
  id: string,
  { folder = installedFolder, from, on }: NewProgram,
): { folder: string; files: string[] } {
  if (!SLUG.test(id)) throw new Error(`"${id}" is no id of a program: small letters, digits and hyphens.`);
  const place = join(resolve(folder), id);
  if (existsSync(place)) throw new Error(`${place} is there already; nothing was written. Choose another id.`);
  const up = relative(place, sdk).replaceAll('\\', '/');
  const first = firstChange(up, on);
  const common = { 'changes.ts': first, 'contract.test.ts': contractTest(up) };
  const files =
    from === undefined
      ? { 'program.ts': programText(id, up), 'README.md': readmeText(id), 'scenarios.ts': scenariosText(id, up) }
      : copied(from, id, up);
  const all = Object.entries({ ...files, ...common });
  mkdirSync(place, { recursive: true });
  for (const [file, text] of all) writeFileSync(join(place, file), text, { flag: 'wx' });
  return { folder: place, files: all.map(([file]) => file).sort() };
}

/** The files of an installed program under another id, as its first version; its tests and kept versions stay behind. */
function copied(from: string, id: string, up: string): Record<string, string> {
  const source = join(installedFolder, from);
  if (!SLUG.test(from) || !existsSync(join(source, 'program.ts'))) {
    const known = readdirSync(installedFolder).filter((name) => existsSync(join(installedFolder, name, 'program.ts')));
    throw new Error(`There is no program "${from}" to begin with. Installed: ${known.join(', ')}.`);
  }
  const wanted = readdirSync(source).filter((file) => /\.(ts|md)$/.test(file) && !/\.test\.ts$/.test(file));
  return Object.fromEntries(
    wanted.map((file) => {
      const text = readFileSync(join(source, file), 'utf8')
        .replaceAll(`'../../sdk/`, `'${up}/`)
        .replaceAll(`program: '${from}'`, `program: '${id}'`)
        .replaceAll(`id: '${from}'`, `id: '${id}'`)
        .replaceAll(`\`${from}\``, `\`${id}\``)
        .replace(/version: '[^']+'/, "version: '1.0.0'");
      return [file, text];
    }),
  );
}
