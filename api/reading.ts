import {
  type CaseRecord,
  type CaseRelation,
  caseInEmergency,
  caseRecord,
  programContent,
} from '../db/queries/cases.ts';
import { namesOf, thingNames } from '../db/queries/names.ts';
import type { PeopleReader } from '../db/queries/people.ts';
import type { Reader } from '../db/queries/reader.ts';
import { openToSight } from '../db/walled.ts';
import type { Recorded } from '../door/outcome.ts';
import { accessAt, isAboutMinor } from '../engine/access.ts';
import { isLimited, isOwnOf } from '../engine/custody.ts';
import type { State } from '../engine/state.ts';
import type { Program } from '../sdk/program.ts';
import { mayReadMinors, notApproved } from './access/minors.ts';
import { READING, standingsOf } from './access/rights.ts';
import { type Caller, may } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { ApiProblem, notFound, problem } from './errors.ts';
import type { Language } from './language.ts';
import { asOwnedNow } from './owners.ts';
import type { Names } from './timeline-text.ts';
import { idsIn, namesFor } from './views/names.ts';

/** The caller as queries over many cases know him. */
export function readerOf(caller: Caller): Reader {
  const login = (['casework', 'audit'] as const).find((right) => may(caller, right));
  return { person: caller.person, loginUnit: may(caller, 'cases') ? caller.unit : undefined, login };
}

/**
 * The caller as who oversees units: those whose head he is or stands in for, and those of an administrator's or auditor's
 * login, each with the units below. A caseworker's login oversees nobody.
 */
export function overseerOf(caller: Caller): Reader {
  const oversees = may(caller, 'organisation') || may(caller, 'audit');
  return { person: caller.person, loginUnit: oversees ? caller.unit : undefined };
}

/** Of which people the caller may know. */
export function peopleReaderOf(caller: Caller): PeopleReader {
  return { person: caller.person, under: may(caller, 'organisation') ? caller.unit : undefined };
}

/** A case somebody may read; `emergency`: by which emergency access alone. */
export type CaseToRead = CaseRecord & CaseRelation & { readonly state: State; readonly emergency?: string };

/** A case the caller may read, with who has it now (api/owners.ts). Throws the problem 404 otherwise, whether it exists or not, and 403 where it is about a minor and nobody has approved it (api/access/minors.ts), or is only stored and protected. */
export async function caseToRead(
  deps: Pick<AppDeps, 'sql' | 'house' | 'now'>,
  caller: Caller,
  caseId: string,
): Promise<CaseToRead> {
  const row = await caseRecord(deps.sql, readerOf(caller), caseId);
  if (!row) return inEmergency(deps, caller, caseId);
  const state = row.state as State;
  const stands = standingsOf(row, caller);
  const now = nowOf(deps);
  const own = isLimited(state) && isOwnOf(state, caller.person, now) ? (['self'] as const) : [];
  if (isLimited(state) && ![...stands, ...own].some((each) => READING[each].limited)) {
    if (caller.reads?.emergencies && accessAt(state, caller.person, now)) return inEmergency(deps, caller, caseId);
    caller.reads?.add(caseId, stands[0]);
    throw onlyStored();
  }
  caller.reads?.add(caseId, stands[0]);
  if (!mayReadMinors(state, caller, stands, now)) throw notApproved(stands[0]);
  return { ...row, state: await asOwnedNow(deps.sql, state) };
}

/** Whether somebody did an act on a case about a minor without the approval to read it, or on one that is only stored: he is told that it is recorded, and no more. */
export async function isUnapproved(
  deps: Pick<AppDeps, 'sql' | 'house' | 'now'>,
  caller: Caller,
  { case: state }: Recorded,
): Promise<boolean> {
  // only a closed case can be one that is only stored; what the answer says of it does not tell
  if (!isAboutMinor(state, nowOf(deps)) && state.status !== 'closed') return false;
  return caseToRead(deps, caller, state.caseId).then(
    () => false,
    (error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error;
      return true;
    },
  );
}

/** A case for what its head decides about who reads it, which is his also where it is only stored and protected: what it says is not to be shown then. Throws as {@link caseToRead}. */
export async function caseToDecideOn(
  deps: Pick<AppDeps, 'sql' | 'house' | 'now'>,
  caller: Caller,
  caseId: string,
): Promise<CaseToRead> {
  try {
    return await caseToRead(deps, caller, caseId);
  } catch (error) {
    const limited = error instanceof ApiProblem && error.refusal.code === 'LIMITED';
    const row = limited ? await caseRecord(deps.sql, readerOf(caller), caseId) : undefined;
    if (!row?.isHead) throw error;
    return { ...row, state: row.state as State };
  }
}

/** The problem of a case that is only stored and protected (engine/custody.ts). */
function onlyStored() {
  return problem(
    'LIMITED',
    [
      '本人已请求删除，保存期限届满前本案只存储和保护（个人信息保护法第四十七条），不提供查阅。',
      'It was asked to be erased: until the periods of the law have run out this case is only stored and protected (PIPL art. 47).',
    ],
    [
      [
        '依法履行职责确需查阅：access.breakGlass 写明理由，事后复核',
        'Where a legal duty needs it: access.breakGlass with the reason; it is reviewed afterwards',
      ],
      ['审计员、本人和监护人可以查阅', 'Auditors read it, and whom it is about, and his guardian'],
    ],
  );
}

const OUTSIDE: CaseRelation = { isParty: false, isAssigned: false, isHead: false, isOfLogin: false };

/** A case that somebody may read for a while without a right to it. Throws the problem 404 where he may not, or does more than read. */
async function inEmergency(
  deps: Pick<AppDeps, 'sql' | 'house' | 'now'>,
  caller: Caller,
  caseId: string,
): Promise<CaseToRead> {
  if (!caller.reads?.emergencies) throw notFound();
  const row = await caseInEmergency(deps.house, caseId);
  const state = row?.state as State | undefined;
  const access = state && accessAt(state, caller.person, nowOf(deps));
  if (!row || !access) throw notFound();
  openToSight(caseId);
  caller.reads.add(caseId, 'breakGlass', access.id);
  const owned = await asOwnedNow(deps.sql, state);
  return { ...row, ...OUTSIDE, state: owned, emergency: access.id };
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
export function nowOf(deps: Pick<AppDeps, 'now'>): string {
  return deps.now ? deps.now() : new Date().toISOString();
}
