import { type AccessFilters, type AccessRow, type LeftOut, listAccesses } from '../../db/queries/accesses.ts';
import { isOwnCase } from '../../engine/rights.ts';
import type { Program } from '../../sdk/program.ts';
import { type Caller, may } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { problem } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { type CaseToRead, caseToRead, nowOf, overseerOf, pinnedProgram } from '../reading.ts';
import type { AccessView } from '../schemas/access.ts';
import { isPurpose, purposes } from './purposes.ts';
import { READING, standingsOf } from './rights.ts';

/** What whoever works on a case is not told of those who read it: an inspection does not pass through those it looks at. */
const INSPECTIONS: LeftOut = { relations: ['audit'], purposes: ['audit', 'complaint', 'legal'] };

interface Page {
  readonly limit: number;
  readonly after: number | undefined;
}

/**
 * Who read what. Auditors: of their unit and those below. Of one case also whoever it is about and his
 * guardian (PIPL arts. 44 and 45), all of it; and who answers for it or heads its unit, without inspections. Problems: 403, 404.
 */
export async function accessesFor(
  deps: AppDeps,
  caller: Caller,
  filters: AccessFilters,
  page: Page,
): Promise<AccessRow[]> {
  const { caseId } = filters;
  if (caseId === undefined) {
    if (!oversees(caller)) throw onlyOfOne();
    return listAccesses(deps.sql, { overseer: overseerOf(caller) }, filters, page);
  }
  const without = await readersKnownTo(deps, caller, caseId);
  return listAccesses(deps.sql, { ofCase: caseId, ...(without ? { without } : {}) }, filters, page);
}

/** What is kept from the caller of those who read a case. Throws the problems 403 and 404. */
async function readersKnownTo(deps: AppDeps, caller: Caller, caseId: string): Promise<LeftOut | undefined> {
  const record = await caseToRead(deps, caller, caseId);
  const told = readersToldTo(caller, record, await pinnedProgram(deps, record.programHash), nowOf(deps));
  if (!told) throw notTold();
  return told.without;
}

/** Whether the caller is told who has read a case he reads, and without whom; undefined: he is not. */
export function readersToldTo(
  caller: Caller,
  record: CaseToRead,
  program: Program | undefined,
  now: string,
): { readonly without?: LeftOut } | undefined {
  if (record.emergency !== undefined) return undefined;
  const stands = standingsOf(record, caller);
  if (READING[stands[0]].accesses === 'all') return {};
  if (stands[0] === 'ownCase') return isOwnCase(record.state, program ?? {}, caller.person, now) ? {} : undefined;
  // of who answers for it, posts are told: who was given work by name is not
  const inOffice = caller.post !== undefined && caller.inOffice;
  const told = stands.filter((each) => each !== 'responsible' || (each === stands[0] && inOffice));
  return told.some((each) => READING[each].accesses === 'withoutInspections') ? { without: INSPECTIONS } : undefined;
}

const oversees = (caller: Caller): boolean => may(caller, 'accessLog');

function onlyOfOne() {
  return problem(
    'FORBIDDEN',
    ['只有审计员可以查看全部查阅记录。', 'Only auditors see the whole access log.'],
    [
      [
        '用 case 指明一件个案：当事人、责任岗位和单位负责人可以查看。',
        'Name one case: who it is about, who answers for it and the head of its unit may see it.',
      ],
    ],
  );
}

function notTold() {
  return problem(
    'FORBIDDEN',
    [
      '谁看过这件个案，只告诉当事人、其监护人、责任岗位、单位负责人和审计员。',
      'Who has read this case is told to whoever it is about, his guardian, who answers for it, the head of its unit and auditors.',
    ],
    [['请责任岗位或审计员查看', 'Ask who answers for the case, or an auditor']],
  );
}

/** A read as it is answered. */
export function accessView(row: AccessRow, language: Language): AccessView {
  const { request, things } = JSON.parse(Buffer.from(row.content).toString('utf8')) as {
    request: string;
    things: Record<string, string>;
  };
  const { id, at, person, role, post, unit, kind, cases, purpose, relation, emergency, status, block } = row;
  return {
    ...{ id: String(id), at, person, role, post, unit, kind, cases: [...cases], things, purpose },
    purposeText: isPurpose(purpose) ? pick(purposes[purpose], language) : purpose,
    ...{ relation, breakGlass: emergency, request, status, block },
    outcome: status < 400 || status === 409 || status === 422 ? 'shown' : 'denied',
  };
}
