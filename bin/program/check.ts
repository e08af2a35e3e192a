import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadPrograms, type ProgramCatalogue, ProgramsError } from '../../plugins/index.ts';
import type { Program, Text } from '../../sdk/program.ts';
import { programHash } from '../../sdk/program-hash.ts';

/** What was found: usable programs, or everything that is wrong. */
export interface ProgramCheck {
  readonly programs: readonly {
    readonly id: string;
    readonly version: string;
    readonly name: Text;
    readonly hash: string;
  }[];
  readonly problems: readonly string[];
}

/** Checks the programs of this installation, those of a folder of programs, or the one program whose folder it is. */
export async function checkPrograms(folder: string | undefined, packages: readonly string[]): Promise<ProgramCheck> {
  if (folder === undefined) return listed(() => loadPrograms({ packages }));
  const own = resolve(folder);
  if (!existsSync(own)) return { programs: [], problems: [`there is no folder ${own}`] };
  if (!['program.ts', 'program.js'].some((file) => existsSync(join(own, file))))
    return listed(() => loadPrograms({ folder: own }));
  return alone(own);
}

/** A single program, looked at among its neighbours; what is wrong with those is passed over. */
async function alone(own: string): Promise<ProgramCheck> {
  const name = basename(own);
  const { programs, problems } = await listed(() => loadPrograms({ folder: dirname(own) }));
  if (problems.length === 0) return { programs: programs.filter(({ id }) => id === name), problems };
  const mine = problems.filter((problem) => problem.startsWith(`${name}: `));
  if (mine.length > 0) return { programs: [], problems: mine };
  const file = ['program.ts', 'program.js'].map((each) => join(own, each)).find((each) => existsSync(each)) ?? own;
  const module = (await import(pathToFileURL(file).href)) as { default: Program };
  const { id, version, name: called } = module.default;
  return { programs: [{ id, version, name: called, hash: programHash(module.default) }], problems: [] };
}

async function listed(load: () => Promise<ProgramCatalogue>): Promise<ProgramCheck> {
  try {
    const catalogue = await load();
    const programs = catalogue
      .all()
      .map(({ id, version, name }) => ({ id, version, name, hash: catalogue.hashOf(id) ?? '' }));
    return { programs, problems: [] };
  } catch (error) {
    if (error instanceof ProgramsError) return { programs: [], problems: error.problems };
    throw error;
  }
}
