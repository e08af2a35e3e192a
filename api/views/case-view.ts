import type { CaseListRow, CaseRecord } from '../../db/queries/cases.ts';
import type { CaseRow } from '../../door/outcome.ts';
import { maskedFields } from '../../engine/sensitive.ts';
import type { Party, State } from '../../engine/state.ts';
import type { Program } from '../../sdk/program.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { type Language, pick } from '../language.ts';
import type { CaseSummaryView, CaseView } from '../schemas/case.ts';

/** What a case's answer is made of: its row as queries read it. */
export type CaseSource = Omit<CaseRecord, 'head'>;

/** The same from what the door answers. */
export function caseSource(row: CaseRow): CaseSource {
  const { program, stage, closedAt, nextDue, runId, ...rest } = row;
  return {
    ...rest,
    programId: program.id,
    programVersion: program.version,
    programHash: program.hash,
    stage: stage ?? null,
    closedAt: closedAt ?? null,
    nextDue: nextDue ?? null,
    runId: runId ?? null,
  };
}

/** A case as the API answers it, from its row, its state and its pinned program. `now` decides what is overdue. */
export function caseView(row: CaseSource, program: Program | undefined, language: Language, now: string): CaseView {
  const state = row.state as State;
  return {
    ...headOf(row, program, language),
    data: maskedFields(program?.fields ?? {}, state.fields),
    partOf: state.partOf ?? null,
    parties: Object.values(state.parties).map(partyView),
    assignments: Object.fromEntries(
      Object.entries(state.assignments).map(([role, { post, person }]) => [role, post ?? person ?? '']),
    ),
    imported: state.imported,
    openedAt: row.openedAt,
    closedAt: row.closedAt,
    followUpUntil: state.followUpUntil ?? null,
    outcome: state.outcome ?? null,
    approvedAt: state.approvedAt ?? null,
    nextDue: row.nextDue,
    nextDueProvisional: Object.values(state.deadlines).some(
      ({ dueAt, provisional, pausedSince }) => provisional && !pausedSince && dueAt === row.nextDue,
    ),
    overdue: row.nextDue !== null && row.nextDue <= now,
    updatedAt: row.lastAt,
    workflowId: caseWorkflowId(row.caseId),
    runId: row.runId,
    witnessedRevision: row.witnessedSeq,
    revision: row.seq,
  };
}

/** An entry of a list of cases. */
export function caseSummary(
  row: CaseListRow,
  program: Program | undefined,
  language: Language,
  now: string,
): CaseSummaryView {
  return {
    ...headOf(row, program, language),
    parties: row.parties.map(({ role, name }) => ({ role, name })),
    openedAt: row.openedAt,
    closedAt: row.closedAt,
    nextDue: row.nextDue,
    nextDueProvisional: row.nextDueProvisional,
    overdue: row.nextDue !== null && row.nextDue <= now,
    updatedAt: row.lastAt,
    revision: row.seq,
  };
}

/** The strong ETag of a revision. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

type CaseHeadRow = Omit<CaseListRow, 'parties' | 'nextDueProvisional'>;

/** What every answer about a case begins with. */
function headOf(row: CaseHeadRow, program: Program | undefined, language: Language) {
  return {
    id: row.caseId,
    caseNo: row.caseNo,
    program: programView(row, program, language),
    unit: row.unit,
    status: row.status as CaseView['status'],
    stage: row.stage,
    stageName: stageName(program, row.stage, language),
  };
}

function programView(row: CaseHeadRow, program: Program | undefined, language: Language) {
  return {
    id: row.programId,
    version: row.programVersion,
    hash: row.programHash,
    name: program ? pick(program.name, language) : row.programId,
  };
}

function stageName(program: Program | undefined, stage: string | null, language: Language): string | null {
  if (stage === null) return null;
  const found = program?.stages.find((one) => one.stage === stage);
  return found ? pick(found.name, language) : stage;
}

function partyView({ id, role, name, birthDate, person, since, guardian }: Party): CaseView['parties'][number] {
  return {
    id,
    role,
    name: name ?? null,
    birthDate: birthDate ?? null,
    person: person ?? null,
    since,
    guardian: guardianView(guardian),
  };
}

function guardianView(guardian: Party['guardian']): CaseView['parties'][number]['guardian'] {
  if (!guardian) return null;
  const { kind, basis, from, until } = guardian;
  return { kind, basis: basis ?? null, from: from ?? null, until: until ?? null };
}
