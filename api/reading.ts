import { type CaseRecord, caseRecord, programContent } from '../db/queries/cases.ts';
import { namesOf, thingNames } from '../db/queries/names.ts';
import type { PeopleReader } from '../db/queries/people.ts';
import type { Reader } from '../db/queries/reader.ts';
import type { State } from '../engine/state.ts';
import type { Program } from '../sdk/program.ts';
import { actorOf, type Caller, hasLogin } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { notFound } from './errors.ts';
import type { Language } from './language.ts';
import { asOwnedNow } from './owners.ts';
import type { Names } from './timeline-text.ts';
import { idsIn, namesFor } from './views/names.ts';

/** The caller as queries over many cases know him. */
export function readerOf(caller: Caller): Reader {
  return { person: caller.person, loginUnit: actorOf(caller).logins[0]?.unit };
}

/**
 * The caller as who oversees units: those whose head he is or stands in for, and those of an administrator's or auditor's
 * login, each with the units below. A caseworker's login oversees nobody.
 */
export function overseerOf(caller: Caller): Reader {
  const login = hasLogin(caller, 'admin') || hasLogin(caller, 'auditor');
  return { person: caller.person, loginUnit: login ? caller.unit : undefined };
}

/** Of which people the caller may know. */
export function peopleReaderOf(caller: Caller): PeopleReader {
  return { person: caller.person, all: hasLogin(caller, 'admin') };
}

/** A case the caller may read, with who has it now (api/owners.ts). Throws the problem 404 otherwise, whether it exists or not. */
export async function caseToRead(
  deps: Pick<AppDeps, 'sql'>,
  caller: Caller,
  caseId: string,
): Promise<CaseRecord & { readonly state: State }> {
  const row = await caseRecord(deps.sql, readerOf(caller), caseId);
  if (!row) throw notFound();
  return { ...row, state: await asOwnedNow(deps.sql, row.state as State) };
}

/** Programs that are no longer installed, read from the database once: content under a hash never changes. */
const olderPrograms = new Map<string, Program>();

/** The program a case is pinned to: the installed one of that content, or the one stored with the first case that used it. */
export async function pinnedProgram(deps: AppDeps, hash: string): Promise<Program | undefined> {
  const known = deps.programs.byHash(hash) ?? olderPrograms.get(hash);
  if (known) return known;
  const content = await programContent(deps.sql, hash);
  if (!content) return undefined;
  const program = JSON.parse(new TextDecoder().decode(content)) as Program;
  olderPrograms.set(hash, program);
  return program;
}

/** The names a case's texts are written with, for the ids that appear in `mentioned`. */
export async function caseNames(
  deps: AppDeps,
  record: { readonly programHash: string; readonly state: State },
  mentioned: unknown,
  language: Language,
): Promise<Names> {
  const ids = idsIn(mentioned);
  const [program, org, things] = await Promise.all([
    pinnedProgram(deps, record.programHash),
    namesOf(deps.sql, ids),
    thingNames(deps.sql, record.state.caseId, ids),
  ]);
  return namesFor(program, record.state, org, language, things);
}

/** This moment, as overdue is judged in answers. */
export function nowOf(deps: AppDeps): string {
  return deps.now ? deps.now() : new Date().toISOString();
}
