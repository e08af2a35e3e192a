import { spansOf } from '../../db/queries/audit-levels.ts';
import {
  accountsOf,
  actCounts,
  deadlinesMet,
  isKnown,
  moneyCounts,
  type OfficialQuery,
  officesOf,
  readCounts,
  workedCases,
} from '../../db/queries/audit-officials.ts';
import { namesOf } from '../../db/queries/names.ts';
import { addMs } from '../../engine/time/civil.ts';
import type { Text } from '../../sdk/program.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { nowOf } from '../reading.ts';
import type { LevelReportView, OfficialReportView } from '../schemas/audit-officials.ts';
import { auditedUnits } from './auditor.ts';

const YEAR_MS = 366 * 86_400_000;
/** So many records of accountability are told in one report; the list at /accountability has them all. */
const MOST_ACCOUNTS = 200;

/** Acts that decide something about other people's work or money, or about the plan. */
const DECISIONS: ReadonlySet<string> = new Set([
  ...['decision.record', 'plan.revise', 'stage.extend', 'stage.repeat', 'stage.stepBack', 'stage.skip', 'task.skip'],
  ...['deadline.decideExtension', 'accountability.decide', 'discrepancy.decide', 'voucher.review'],
  ...['payout.approve', 'payout.refuse', 'case.acceptTransfer', 'case.refuseTransfer', 'case.return', 'case.suspend'],
  ...['case.close', 'case.reopen', 'finding.accept', 'finding.return'],
]);

/** What is asked of a report. */
export interface ReportQuery {
  readonly unit?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/**
 * What an official did, or what was done under a post, in the cases of the auditor's units. Cases in which the auditor fills
 * a role himself, and all that complaints and emergencies left, are in no number. Throws the problems 403, 404, 422.
 */
export async function officialReport(
  deps: AppDeps,
  caller: Caller,
  who: { readonly person: string; readonly post?: undefined } | { readonly post: string; readonly person?: undefined },
  asked: ReportQuery,
  language: Language,
): Promise<OfficialReportView> {
  const { sql } = deps;
  const units = await auditedUnits(deps, caller, asked.unit);
  const query: OfficialQuery = { units, ...who, ...spanAsked(deps, asked), reader: caller.person };
  if (!(await isKnown(sql, who))) throw notFound();
  const [acts, cases, money, deadlines, offices, accounts, reads] = await Promise.all([
    actCounts(sql, query),
    workedCases(sql, query),
    moneyCounts(sql, query),
    deadlinesMet(sql, query),
    officesOf(sql, query),
    accountsOf(sql, query, MOST_ACCOUNTS),
    readCounts(sql, query),
  ]);
  // of somebody who has nothing to do with these units an auditor does not learn that he exists
  if (acts.length + offices.length + accounts.length + reads.length === 0) throw notFound();
  caller.reads?.cases(accounts.map(({ caseId }) => caseId));
  const subject = who.person ?? who.post ?? '';
  const names = await namesOf(sql, new Set([subject, ...offices.flatMap(({ person, post }) => [person, post])]));
  const text = (name: Text | undefined, id: string) => (name ? pick(name, language) : id);
  return {
    ...{ person: who.person ?? null, post: who.post ?? null, from: query.from, until: query.until },
    name: who.person === undefined ? text(names.posts.get(subject), subject) : (names.people.get(subject) ?? subject),
    offices: offices.map(({ person, post, ...rest }) => ({
      ...{ person, post, ...rest },
      personName: names.people.get(person) ?? person,
      postName: text(names.posts.get(post), post),
    })),
    cases: [...cases],
    acts: acts.map(({ type, ...rest }) => ({ type, decision: DECISIONS.has(type), ...rest })),
    reads: [...reads],
    money: [...money],
    deadlines,
    accountability: accounts.map(({ caseId, nameZh, nameEn, ...rest }) => ({
      case: caseId,
      name: pick([nameZh, nameEn], language),
      ...rest,
    })),
  };
}

/** How long the auditor's units took, by unit. Throws the problems 403, 404, 422. */
export async function levelReport(
  deps: AppDeps,
  caller: Caller,
  asked: ReportQuery,
  language: Language,
): Promise<LevelReportView> {
  const units = await auditedUnits(deps, caller, asked.unit);
  const span = spanAsked(deps, asked);
  const [spans, names] = await Promise.all([spansOf(deps.sql, units, span), namesOf(deps.sql, new Set(units))]);
  const nameOf = (id: string) => {
    const name = names.units.get(id);
    return name ? pick(name, language) : id;
  };
  return { ...span, units: spans.map((each) => ({ ...each, name: nameOf(each.unit) })) };
}

/** The period asked for: without an end until now, without a beginning a year. Throws the problem 422. */
function spanAsked(deps: AppDeps, { from, until = nowOf(deps) }: ReportQuery): { from: string; until: string } {
  const span = { from: from ?? addMs(until, -YEAR_MS), until };
  if (span.from < span.until) return span;
  throw problem(
    'INVALID_DATA',
    ['结束时间应晚于开始时间。', 'The end should come after the beginning.'],
    [['改正 from 和 until', 'Correct from and until']],
    [{ path: 'until', message: span.until }],
  );
}
