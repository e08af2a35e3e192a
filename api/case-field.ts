import { isOwnCase } from '../engine/rights.ts';
import type { Field, Program } from '../sdk/program.ts';
import { statedPurposes } from './access/purposes.ts';
import { READING, type Reading, standingsOf } from './access/rights.ts';
import type { Caller } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { type ApiProblem, notFound, problem } from './errors.ts';
import { type CaseToRead, caseToRead, nowOf, pinnedProgram } from './reading.ts';

/** A sensitive field of a case, and whether the caller is told what it says. */
export interface FieldSight {
  readonly record: CaseToRead;
  readonly field: Field;
  /** What it says, null while nobody has filled it in; undefined when he is not told. */
  readonly value?: string | null;
  /** Why he is not told: never, or not until he says what for. */
  readonly problem?: ApiProblem;
}

/**
 * The value of a sensitive field, which is masked everywhere else: freely for whom the case is about, his guardian and who opened
 * it in an emergency; for who works on it or looks after it once he has said what for. The access log has who read which field
 * and why. Problems: 403, 404 (also for fields that are not masked).
 */
export async function fieldSight(deps: AppDeps, caller: Caller, caseId: string, key: string): Promise<FieldSight> {
  const record = await caseToRead(deps, caller, caseId);
  const program = await pinnedProgram(deps, record.programHash);
  const field = program && Object.hasOwn(program.fields, key) ? program.fields[key] : undefined;
  if (!program || !field?.sensitive) throw notFound();
  const read = howRead(record, program, caller, nowOf(deps));
  if (read === 'nothing') return { record, field, problem: notForHim() };
  if (read === 'forPurpose' && caller.reads?.purpose === undefined) return { record, field, problem: saysNotWhatFor() };
  const value = record.state.fields[key];
  return { record, field, value: value === undefined ? null : String(value) };
}

function howRead(record: CaseToRead, program: Program, caller: Caller, now: string): Reading['sensitive'] {
  if (record.emergency !== undefined) return READING.breakGlass.sensitive;
  if (isOwnCase(record.state, program, caller.person, now)) return READING.self.sensitive;
  const ways = standingsOf(record, caller).map((standing) => READING[standing].sensitive);
  return ways.includes('forPurpose') ? 'forPurpose' : 'nothing';
}

function notForHim() {
  return problem(
    'FORBIDDEN',
    [
      '敏感个人信息只向本人、监护人和办理、督办、审计本案的人员显示。',
      'Sensitive personal information is shown to whom it is about, his guardian, and those who work on the case, supervise or audit it.',
    ],
    [['请责任岗位告知', 'Ask who answers for the case']],
  );
}

function saysNotWhatFor() {
  const known = statedPurposes.join(', ');
  return problem(
    'INVALID_DATA',
    ['查看敏感个人信息须说明用途。', 'Say what sensitive personal information is needed for.'],
    [[`用 purpose 填写：${known}`, `Give one of these as purpose: ${known}`]],
    [{ path: 'purpose', message: known }],
  );
}
