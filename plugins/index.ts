import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InvalidProgramError } from '../sdk/define-program.ts';
import { deepFreeze } from '../sdk/freeze.ts';
import { problemsOf } from '../sdk/problems.ts';
import type { Program } from '../sdk/program.ts';
import { programHash } from '../sdk/program-hash.ts';
import { type Calls, callsIn, linkProblems } from './links.ts';

/** The installed programs. A case of an older release is served by the program stored under its hash, not by these. */
export interface ProgramCatalogue {
  /** The installed program of that id, or undefined. */
  byId(id: string): Program | undefined;
  /** The installed program of exactly that content, or undefined. */
  byHash(hash: string): Program | undefined;
  /** All installed programs, by id. */
  all(): readonly Program[];
  /** Content hash of an installed program, or undefined. */
  hashOf(id: string): string | undefined;
  /** The program's own activities, by the name its `call` items use; none for an unknown program. */
  calls(programId: string): Calls;
}

/** Where programs are looked for. */
export interface ProgramSources {
  /** A folder with one folder per program; by default the `plugins/` of this installation. */
  readonly folder?: string;
  /** Installed npm packages whose default export is a program and whose export `calls`, if any, its activities. */
  readonly packages?: readonly string[];
}

/** Programs that cannot be used, each with everything that is wrong with it: the process must not start. */
export class ProgramsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The programs cannot be used, ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}\nMend or remove these programs and start again.`,
    );
    this.name = 'ProgramsError';
    this.problems = problems;
  }
}

/** A program with its activities and the place it was found at, for messages. */
interface Found {
  readonly at: string;
  readonly program: Program;
  readonly calls: Calls;
}

/**
 * Finds and checks all programs: `<folder>/<id>/program.ts` (with `calls.ts` beside it where it has calls) and the packages
 * named. A folder without that file is no program and is passed over.
 * @throws ProgramsError once, with every problem of every program: invalid, twice the same id, missing calls or child programs
 */
export async function loadPrograms(sources: ProgramSources = {}): Promise<ProgramCatalogue> {
  const problems: string[] = [];
  const folder = sources.folder ?? fileURLToPath(new URL('.', import.meta.url));
  const found = [
    ...(await Promise.all(foldersIn(folder).map((name) => fromFolder(folder, name, problems)))),
    ...(await Promise.all((sources.packages ?? []).map((name) => fromPackage(name, problems)))),
  ].filter((one) => one !== undefined);

  for (const [n, { at, program }] of found.entries()) {
    const first = found.findIndex((other) => other.program.id === program.id);
    if (first < n) problems.push(`${at}: the program id "${program.id}" is already used by ${found[first]?.at}`);
  }
  const installed = new Map(found.map(({ program }) => [program.id, program]));
  for (const one of found) problems.push(...linkProblems(one, installed));
  if (problems.length > 0) throw new ProgramsError(problems);
  return catalogueOf(found);
}

function catalogueOf(found: readonly Found[]): ProgramCatalogue {
  const byId = new Map(found.map((one) => [one.program.id, { ...one, hash: programHash(one.program) }]));
  const byHash = new Map([...byId.values()].map(({ program, hash }) => [hash, program]));
  const all = [...byId.values()].map(({ program }) => program).sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    byId: (id) => byId.get(id)?.program,
    byHash: (hash) => byHash.get(hash),
    all: () => all,
    hashOf: (id) => byId.get(id)?.hash,
    calls: (programId) => byId.get(programId)?.calls ?? {},
  };
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && moduleAt(folder, entry.name, 'program'))
    .map(({ name }) => name)
    .sort();
}

async function fromFolder(folder: string, name: string, problems: string[]): Promise<Found | undefined> {
  const module = await load(name, moduleAt(folder, name, 'program')!, problems);
  const program = module && checked(name, module['default'], problems);
  if (!program) return undefined;
  if (program.id !== name) problems.push(`${name}: the folder must be named like the program, "${program.id}"`);
  const callsAt = moduleAt(folder, name, 'calls');
  const calls = callsAt ? await load(name, callsAt, problems) : {};
  return calls && { at: name, program, calls: callsIn(calls) };
}

async function fromPackage(name: string, problems: string[]): Promise<Found | undefined> {
  const module = await load(name, name, problems);
  const program = module && checked(name, module['default'], problems);
  return program && { at: name, program, calls: callsIn(module['calls'] ?? {}) };
}

/** In the source tree a module is TypeScript, in a build JavaScript. */
function moduleAt(folder: string, name: string, module: string): string | undefined {
  const file = ['ts', 'js'].map((ending) => join(folder, name, `${module}.${ending}`)).find((path) => existsSync(path));
  return file && pathToFileURL(file).href;
}

async function load(at: string, module: string, problems: string[]): Promise<Record<string, unknown> | undefined> {
  try {
    return (await import(/* @vite-ignore */ module)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof InvalidProgramError) problems.push(...error.problems.map((problem) => `${at}: ${problem}`));
    else problems.push(`${at}: cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function checked(at: string, program: unknown, problems: string[]): Program | undefined {
  if (program === undefined) {
    problems.push(`${at}: has no default export; write \`export default defineProgram({ … })\``);
    return undefined;
  }
  const wrong = problemsOf(program);
  problems.push(...wrong.map((problem) => `${at}: ${problem}`));
  return wrong.length === 0 ? deepFreeze(program as Program) : undefined;
}
