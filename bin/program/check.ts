import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadPrograms, ProgramsError } from '../../plugins/index.ts';
import type { Program, Text } from '../../sdk/program.ts';
import { programHash } from '../../sdk/program-hash.ts';
import { contractProblems } from '../../sdk/testing/contract.ts';
import { partsOfFolder, partsOfPackage, type ReadParts } from './parts.ts';

/** What was found: usable programs, and everything that is wrong. */
export interface ProgramCheck {
  readonly programs: readonly {
    readonly id: string;
    readonly version: string;
    readonly name: Text;
    readonly hash: string;
  }[];
  readonly problems: readonly string[];
}

/** The folder of the programs that come with this installation. */
export const installedFolder = fileURLToPath(new URL('../../plugins', import.meta.url));

/**
 * Checks the programs of this installation, those of a folder of programs, the one program whose folder it is, or an npm
 * package: whether they can be used together, and the contract every program holds to (sdk/testing). All problems at once.
 */
export async function checkPrograms(place: string | undefined, packages: readonly string[]): Promise<ProgramCheck> {
  if (place === undefined) {
    const here = await folderOfPrograms(installedFolder, packages);
    const more = await Promise.all(packages.map(async (name) => checked(name, await partsOfPackage(name))));
    return joined([here, ...more]);
  }
  const own = resolve(place);
  if (!existsSync(own)) {
    if (place.startsWith('.') || place.startsWith('/') || !isPackage(place))
      return { programs: [], problems: [`there is no folder ${own}, and no package "${place}"`] };
    return checked(place, await partsOfPackage(place));
  }
  if (!isProgram(own)) return folderOfPrograms(own, []);
  const name = basename(own);
  // among its neighbours and what is installed, for the programs it names; what is wrong with those is passed over
  const links = (await linked(dirname(own), installedBeside(dirname(own)))).filter((problem) =>
    problem.startsWith(`${name}: `),
  );
  const found = await checked(name, await partsOfFolder(own));
  return { ...found, problems: [...new Set([...links, ...found.problems])] };
}

async function folderOfPrograms(folder: string, packages: readonly string[]): Promise<ProgramCheck> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isProgram(join(folder, entry.name)))
    .map(({ name }) => name)
    .sort();
  const links = await linked(folder, packages);
  const all = await Promise.all(names.map(async (name) => checked(name, await partsOfFolder(join(folder, name)))));
  const found = joined(all);
  return { ...found, problems: [...new Set([...links, ...found.problems])] };
}

/** What keeps programs from being used together: an id twice, calls or child programs that are not there. */
async function linked(folder: string, packages: readonly string[]): Promise<readonly string[]> {
  try {
    await loadPrograms({ folder, packages });
    return [];
  } catch (error) {
    if (error instanceof ProgramsError) return error.problems;
    throw error;
  }
}

function checked(name: string, { parts, problems }: ReadParts): ProgramCheck {
  if (parts.program === undefined) {
    const none = 'has no default export; write `export default defineProgram({ … })`';
    return { programs: [], problems: (problems.length > 0 ? problems : [none]).map((each) => `${name}: ${each}`) };
  }
  const all = [...problems, ...contractProblems(parts)].map((problem) => `${name}: ${problem}`);
  if (all.length > 0) return { programs: [], problems: all };
  const { id, version, name: called } = parts.program as Program;
  return { programs: [{ id, version, name: called, hash: programHash(parts.program as Program) }], problems: [] };
}

function joined(checks: readonly ProgramCheck[]): ProgramCheck {
  return {
    programs: checks.flatMap(({ programs }) => programs),
    problems: checks.flatMap(({ problems }) => problems),
  };
}

/** The installed programs that a folder of programs has none in place of, as modules. */
function installedBeside(folder: string): string[] {
  return readdirSync(installedFolder).flatMap((name) => {
    const file = programFile(join(installedFolder, name));
    return file === undefined || isProgram(join(folder, name)) ? [] : [pathToFileURL(file).href];
  });
}

function isProgram(folder: string): boolean {
  return programFile(folder) !== undefined;
}

function programFile(folder: string): string | undefined {
  return ['program.ts', 'program.js'].map((file) => join(folder, file)).find((path) => existsSync(path));
}

function isPackage(name: string): boolean {
  try {
    return import.meta.resolve(name) !== '';
  } catch {
    return false;
  }
}
