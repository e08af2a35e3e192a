import { caseRecord } from '../../db/queries/cases.ts';
import { certificateOf } from '../../db/queries/destroyed.ts';
import { lengthenedFor, openRows, retentionFacts, setPeriods } from '../../db/queries/retention.ts';
import { isLimited } from '../../engine/custody.ts';
import { blocksOf } from '../../engine/retention/blocks.ts';
import { RETENTION } from '../../engine/retention/classes.ts';
import { keptUntil, monthsOf, periodsOf } from '../../engine/retention/periods.ts';
import type { State } from '../../engine/state.ts';
import { toDate } from '../../engine/time/civil.ts';
import { standingsOf } from '../access/rights.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { nowOf, readerOf } from '../reading.ts';
import type { CaseRetentionView, RetentionTableView } from '../schemas/retention.ts';
import { certificateView } from './report.ts';

/** The table of the law and what units keep longer. */
export async function retentionTable(deps: Pick<AppDeps, 'sql'>, language: Language): Promise<RetentionTableView> {
  return {
    classes: RETENTION.map(({ id, name, covers, period, from, source, stays }) => ({
      ...{ id, name: pick(name, language), covers: pick(covers, language) },
      ...{ months: period ? monthsOf(period) : null, from, source: pick(source, language), stays: stays === true },
    })),
    lengthened: await setPeriods(deps.sql),
  };
}

/**
 * How long a case is kept and why, class by class: dates and counts, nothing of its content, so that whoever has a right to
 * the case sees it also while it is only stored and protected. Throws the problem 404.
 */
export async function caseRetention(
  deps: Pick<AppDeps, 'sql' | 'now'>,
  caller: Caller,
  caseId: string,
  language: Language,
): Promise<CaseRetentionView> {
  const row = await caseRecord(deps.sql, readerOf(caller), caseId);
  if (!row) throw notFound();
  caller.reads?.add(caseId, standingsOf(row, caller)[0]);
  const state = row.state as State;
  const [facts, lengthened, open, destroyed] = await Promise.all([
    retentionFacts(deps.sql, caseId),
    lengthenedFor(deps.sql, caseId),
    openRows(deps.sql, caseId),
    state.destroyed ? certificateOf(deps.sql, caseId) : undefined,
  ]);
  const today = toDate(nowOf(deps));
  const kept = periodsOf(facts, lengthened, today);
  const { erasure, destruction } = state;
  return {
    ...{ caseId, caseNo: row.caseNo, endedAt: facts.endedAt ?? null },
    classes: kept.map((each) => ({
      ...{ id: each.class.id, name: pick(each.class.name, language), covers: pick(each.class.covers, language) },
      ...{ count: each.count, since: each.since ?? null, until: each.until ?? null, state: each.state },
      source: each.lengthened?.source ?? pick(each.class.source, language),
      lengthenedBy: each.lengthened?.unit ?? null,
      stays: each.class.stays === true,
    })),
    until: keptUntil(kept) ?? null,
    holds: Object.values(state.holds ?? {}).map(({ id, ground, by, since }) => ({ id, ground, by, since })),
    erasure: erasure
      ? {
          ...{ id: erasure.id, at: erasure.at, decision: erasure.decision ?? null },
          dueAt: state.deadlines[erasure.id]?.dueAt ?? null,
        }
      : null,
    limited: isLimited(state),
    destruction: destruction
      ? {
          ...{ id: destruction.id, by: destruction.by, at: destruction.at, ground: destruction.ground },
          ...{ approvedBy: destruction.approved?.by ?? null, from: destruction.approved?.from ?? null },
        }
      : null,
    destroyed: destroyed ? certificateView(destroyed, language) : null,
    blocks: blocksOf(state, kept, open, today).map(({ code, text }) => ({ code, text: pick(text, language) })),
  };
}
