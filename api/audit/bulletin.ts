import {
  inspectedCases,
  inspectedUnits,
  listSamples,
  namesOfParties,
  sampledCases,
  sampleRow,
} from '../../db/queries/audit-samples.ts';
import { namesOf } from '../../db/queries/names.ts';
import { startOfDay } from '../../engine/time/civil.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { nowOf } from '../reading.ts';
import type { BulletinView, FindingShown } from '../schemas/audit-samples.ts';
import { auditedUnits } from './auditor.ts';
import { type CaseFindings, findingsOf } from './findings.ts';

/** So many findings a bulletin lists. */
const MOST_LISTED = 1_000;

interface Case {
  readonly caseId: string;
  readonly caseNo: string;
  readonly unit: string;
}

/** What a bulletin is about: its cases, and which of their inspections and findings. */
interface Matter {
  readonly sample: string | null;
  readonly month: string | null;
  readonly unit: string;
  readonly units: readonly string[];
  readonly span: { readonly from: string; readonly until: string };
  readonly cases: readonly Case[];
  readonly drawn: number;
  readonly counts: (each: { readonly sample: string | null; readonly recordedAt: string }) => boolean;
}

/** The bulletin of a sample. Throws the problems 403, 404. */
export async function sampleBulletin(deps: AppDeps, caller: Caller, id: string, language: Language) {
  const reach = await auditedUnits(deps, caller, undefined);
  const row = await sampleRow(deps.sql, reach, id);
  if (!row) throw notFound();
  const units = await auditedUnits(deps, caller, row.unit);
  const drawn = await sampledCases(deps.sql, [id]);
  return bulletinOf(
    deps,
    caller,
    {
      ...{ sample: id, month: null, unit: row.unit, units, drawn: drawn.length },
      span: { from: row.drawnAt, until: '9999-01-01T00:00:00.000Z' },
      cases: drawn.filter(({ unit }) => units.includes(unit)),
      counts: ({ sample }) => sample === id,
    },
    language,
  );
}

/** The bulletin of a month (`2026-11`) for a unit and those below it: what was inspected in it, and where nothing was. Throws the problems 403, 404. */
export async function monthBulletin(
  deps: AppDeps,
  caller: Caller,
  {
    month,
    unit = caller.unit,
    language,
  }: { readonly month: string; readonly unit: string | undefined; readonly language: Language },
) {
  const units = await auditedUnits(deps, caller, unit);
  const span = spanOf(month);
  const [cases, samples] = await Promise.all([
    inspectedCases(deps.sql, units, span),
    listSamples(deps.sql, units, { limit: 1_000, ...span }),
  ]);
  const drawn = await sampledCases(
    deps.sql,
    samples.map(({ id }) => id),
  );
  return bulletinOf(
    deps,
    caller,
    {
      ...{ sample: null, month, unit, units, span, cases },
      drawn: new Set(drawn.map(({ caseId }) => caseId)).size,
      counts: ({ recordedAt }) => recordedAt >= span.from && recordedAt < span.until,
    },
    language,
  );
}

/** A month of the civil calendar, its end excluded. */
export function spanOf(month: string): { from: string; until: string } {
  const [year = 0, n = 1] = month.split('-').map(Number);
  const next = n === 12 ? `${year + 1}-01` : `${year}-${String(n + 1).padStart(2, '0')}`;
  return { from: startOfDay(`${month}-01`), until: startOfDay(`${next}-01`) };
}

async function bulletinOf(deps: AppDeps, caller: Caller, matter: Matter, language: Language): Promise<BulletinView> {
  const { sample, month, unit, units, span, cases, drawn, counts } = matter;
  const caseIds = cases.map(({ caseId }) => caseId);
  caller.reads?.cases(caseIds);
  const [found, rhythm, names, parties] = await Promise.all([
    findingsOf(deps, caseIds, language),
    inspectedUnits(deps.sql, units, span),
    namesOf(deps.sql, new Set(units)),
    namesOfParties(deps.sql, caseIds),
  ]);
  const nameOf = (id: string) => {
    const name = names.units.get(id);
    return name ? pick(name, language) : id;
  };
  const nameless = withoutNames(parties, language);
  const looked = cases.map((each) => ({ ...each, ...counted(found(each.caseId), counts) }));
  const inspected = looked.filter(({ inspections }) => inspections.length > 0);
  // of which sample it was cannot be read either
  const within = ({ recordedAt: at }: { readonly recordedAt: string }) =>
    sample !== null || (at >= span.from && at < span.until);
  const unread = looked.filter((each) => each.unread.some(within));
  const findings = looked.flatMap((each) =>
    each.findings.map((finding) => ({
      ...finding,
      text: nameless(each.caseId, finding.text),
      answer: finding.answer === null ? null : nameless(each.caseId, finding.answer),
      ...{ caseNo: each.caseNo, unit: each.unit, unitName: nameOf(each.unit) },
    })),
  );
  const inState = (list: readonly FindingShown[], state: FindingShown['state']) =>
    list.filter((each) => each.state === state).length;
  const listed = rhythm.map(({ unit: id, level, running, inspected: all }) => {
    const its = findings.filter((each) => each.unit === id);
    return {
      ...{ unit: id, name: nameOf(id), level, running: Number(running) },
      inspected: sample === null ? Number(all) : inspected.filter((each) => each.unit === id).length,
      ...{ findings: its.length, accepted: inState(its, 'accepted'), overdue: inState(its, 'overdue') },
    };
  });
  return {
    ...{ sample, month, unit, unitName: nameOf(unit), asOf: nowOf(deps) },
    numbers: {
      ...{ drawn, inspected: inspected.length },
      inOrder: inspected.filter((each) => each.findings.length === 0 && !unread.includes(each)).length,
      // a bulletin that was published before there was such a number stays the same
      ...(unread.length > 0 ? { unread: unread.length } : {}),
      ...{
        findings: findings.length,
        accepted: inState(findings, 'accepted'),
        answered: inState(findings, 'answered'),
      },
      ...{ asked: inState(findings, 'asked'), overdue: inState(findings, 'overdue') },
      late: findings.filter(({ late }) => late).length,
      sentBack: findings.reduce((sum, { sentBack }) => sum + sentBack, 0),
    },
    units: listed.filter(({ running, inspected: n, findings: f }) => running + n + f > 0),
    withoutInspection:
      month === null
        ? []
        : listed
            .filter(({ running, inspected: n }) => running > 0 && n === 0)
            .map(({ unit: id, name, level }) => ({ unit: id, name, level })),
    findings: findings.slice(0, MOST_LISTED),
    more: Math.max(0, findings.length - MOST_LISTED),
  };
}

/** Of a case what this bulletin counts. */
function counted({ inspections, findings, unread }: CaseFindings, counts: Matter['counts']): CaseFindings {
  return { inspections: inspections.filter(counts), findings: findings.filter(counts), unread };
}

/** Texts without the names that parties of a case have, or had. */
export function withoutNames(
  parties: readonly { readonly caseId: string; readonly name: string }[],
  language: Language,
): (caseId: string, text: string) => string {
  const of = new Map<string, string[]>();
  for (const { caseId, name } of parties) {
    // a single letter is no name, and would be found in half of all words
    if ([...name.trim()].length > 1) of.set(caseId, [...(of.get(caseId) ?? []), name.trim()]);
  }
  const instead = language === 'zh' ? '〔当事人〕' : '[party]';
  return (caseId, text) =>
    (of.get(caseId) ?? [])
      .toSorted((one, other) => other.length - one.length)
      .reduce((said, name) => said.replaceAll(name, instead), text);
}
