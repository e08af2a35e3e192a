import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Change } from '../../sdk/changes.ts';
import { problemsOf } from '../../sdk/problems.ts';
import type { Program } from '../../sdk/program.ts';
import type { Scenario } from '../../sdk/scenario.ts';
import type { ProgramParts } from '../../sdk/testing/contract.ts';

/** A program as it lies in its folder or package, and what could not be read there. */
export interface ReadParts {
  readonly parts: ProgramParts;
  readonly problems: readonly string[];
}

/** The name of the folder in which a program keeps its released versions: `<version>.json`, the bytes its cases pin by hash. */
export const VERSIONS = 'versions';

/** Reads what lies in a program's own folder: program, README.md, scenarios, changes, versions kept. */
export async function partsOfFolder(folder: string): Promise<ReadParts> {
  const problems: string[] = [];
  const [program, scenarios, changes] = await Promise.all([
    exportOf(folder, 'program', 'default', problems),
    exportOf(folder, 'scenarios', 'scenarios', problems),
    exportOf(folder, 'changes', 'changes', problems),
  ]);
  const readme = textAt(join(folder, 'README.md'));
  const parts = partsFrom(program, readme, scenarios, changes);
  return { parts: { ...parts, kept: keptVersions(folder, problems) }, problems };
}

/** The same of an installed npm package: default export the program, exports `scenarios` and `changes`; README.md and versions/ in the package. */
export async function partsOfPackage(name: string): Promise<ReadParts> {
  const problems: string[] = [];
  const module = await import(name).catch((error: unknown) => {
    problems.push(`cannot be loaded: ${messageOf(error)}`);
    return {};
  });
  const found = module as Record<string, unknown>;
  const root = packageRoot(name);
  const readme = root && textAt(join(root, 'README.md'));
  const parts = partsFrom(found['default'], readme, found['scenarios'], found['changes']);
  return { parts: { ...parts, kept: root ? keptVersions(root, problems) : [] }, problems };
}

/** Versions of a program that are kept in its folder, newest last by name; a file that is none, or was changed, is a problem. */
export function keptVersions(folder: string, problems: string[]): Program[] {
  const place = join(folder, VERSIONS);
  if (!existsSync(place)) return [];
  const files = readdirSync(place).filter((file) => file.endsWith('.json'));
  return files.sort().flatMap((file) => {
    try {
      const program = JSON.parse(readFileSync(join(place, file), 'utf8')) as Program;
      const wrong = problemsOf(program);
      problems.push(...wrong.map((problem) => `${VERSIONS}/${file}: ${problem}`));
      if (`${program.version}.json` !== file)
        problems.push(`${VERSIONS}/${file}: is version ${program.version}; call it ${program.version}.json`);
      return wrong.length === 0 ? [program] : [];
    } catch (error) {
      problems.push(`${VERSIONS}/${file}: cannot be read: ${messageOf(error)}`);
      return [];
    }
  });
}

function partsFrom(program: unknown, readme: string | undefined, scenarios: unknown, changes: unknown): ProgramParts {
  return {
    program,
    readme,
    scenarios: scenarios as Readonly<Record<string, Scenario>> | undefined,
    changes: changes as readonly Change[] | undefined,
  };
}

async function exportOf(folder: string, file: string, name: string, problems: string[]): Promise<unknown> {
  const path = ['ts', 'js'].map((ending) => join(folder, `${file}.${ending}`)).find((each) => existsSync(each));
  if (path === undefined) return undefined;
  try {
    return ((await import(/* @vite-ignore */ pathToFileURL(path).href)) as Record<string, unknown>)[name];
  } catch (error) {
    const told = (error as { problems?: unknown }).problems;
    problems.push(...(Array.isArray(told) ? told.map(String) : [`${file}.ts: cannot be loaded: ${messageOf(error)}`]));
    return undefined;
  }
}

function packageRoot(name: string): string | undefined {
  try {
    let at = dirname(fileURLToPath(import.meta.resolve(name)));
    while (!existsSync(join(at, 'package.json'))) {
      if (at === dirname(at)) return undefined;
      at = dirname(at);
    }
    return at;
  } catch {
    return undefined;
  }
}

function textAt(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
