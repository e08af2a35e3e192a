import type { Allowance, Text } from '../../sdk/program.ts';
import type { FieldValue } from '../act.ts';
import { own } from './access.ts';
import { yuan } from './checks.ts';

/** What is known of a household in a month, in fen; absent: not on file. */
export interface AllowanceFacts {
  /** The month `YYYY-MM`, in civil time. */
  readonly month: string;
  /** Counted by the rule and received this month already. */
  readonly receivedFen: number;
  /** What is about to be paid out. */
  readonly payoutFen: number;
  readonly household?: number;
  /** What the household draws a month. */
  readonly drawnFen?: number;
  readonly standardFen: number;
}

/** What would become of the allowance: nothing, less, none any more, or nobody can say. */
export type AllowanceVerdict = 'none' | 'lower' | 'ends' | 'unknown';

/** What a payout would do to a month's allowance by the rule on file: a reckoning, never the decision. */
export interface AllowanceEffect extends AllowanceFacts {
  readonly verdict: AllowanceVerdict;
  /** What counts of the month's income, without this payout and with it. */
  readonly countedFen: number;
  readonly countedWithFen: number;
  /** The allowance of the month without this payout, with it, and the difference; absent when nobody can say. */
  readonly beforeFen?: number;
  readonly afterFen?: number;
  readonly lessFen?: number;
  /** So much could still be paid out this month without lessening the allowance. */
  readonly freeFen: number;
  readonly source: Allowance['source'];
}

/**
 * What a payout would do to the minimum living allowance (低保) of a household. The allowance is the difference between the
 * local standard and the income a head, paid by the month; on a change the county's civil affairs office raises, lessens or
 * stops it, with written reasons where it stops. That is after the Interim Measures for Social Assistance (社会救助暂行办法,
 * State Council Order 649 of 2014, arts. 9, 12 and 13), cited without its text at hand: compare it with the one in force. So
 * each counted fen takes a fen of it: with income beyond what the place does not count, `drawnFen` falls by as much, never
 * below nothing, never above the standard times the household. Standard, disregard and what counts come from the program or
 * the case, never from here. Places that pay by brackets, or count by the quarter, decide otherwise: the words say who decides.
 */
export function allowanceEffect(rule: Allowance, facts: AllowanceFacts): AllowanceEffect {
  const { receivedFen, household, drawnFen, standardFen } = facts;
  // earnings count when they are earned: paying them out changes nothing more
  const payoutFen = rule.counts === 'payouts' ? facts.payoutFen : 0;
  const counted = (fen: number) => Math.max(0, fen - (rule.disregardFen ?? 0));
  const countedFen = counted(receivedFen);
  const countedWithFen = counted(receivedFen + payoutFen);
  const base = {
    ...facts,
    countedFen,
    countedWithFen,
    freeFen: Math.max(0, (rule.disregardFen ?? 0) - receivedFen),
    source: rule.source,
  };
  if (drawnFen === 0) return { ...base, verdict: 'none', beforeFen: 0, afterFen: 0, lessFen: 0 };
  if (drawnFen === undefined || household === undefined) return { ...base, verdict: 'unknown' };
  const most = Math.min(drawnFen, standardFen * household);
  const beforeFen = Math.max(0, most - countedFen);
  const afterFen = Math.max(0, most - countedWithFen);
  const lessFen = beforeFen - afterFen;
  const verdict = lessFen === 0 ? 'none' : afterFen === 0 ? 'ends' : 'lower';
  return { ...base, verdict, beforeFen, afterFen, lessFen };
}

/** What a case's fields say about the household, as the rule names them; what is not filled in, or no sensible number, is absent. */
export function householdFacts(
  rule: Allowance,
  fields: Readonly<Record<string, FieldValue>>,
): Pick<AllowanceFacts, 'household' | 'drawnFen' | 'standardFen'> {
  const number = (field: string | undefined, least: number) => {
    const value = field === undefined ? undefined : own(fields, field);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= 1e13
      ? value
      : undefined;
  };
  const [household, drawnFen] = [number(rule.household, 1), number(rule.drawn, 0)];
  return {
    standardFen: number(rule.standard, 1) ?? rule.standardFen,
    ...(household === undefined ? {} : { household }),
    ...(drawnFen === undefined ? {} : { drawnFen }),
  };
}

/** Whether somebody has to have seen the effect before the payout is asked for and before it is approved. */
export function mustBeSeen({ verdict }: Pick<AllowanceEffect, 'verdict'>): boolean {
  return verdict !== 'none';
}

/** The effect in words: how it was reckoned, where the rule stands, and that the civil affairs office decides. */
export function allowanceWords(effect: AllowanceEffect): Text {
  const { month, verdict, standardFen, household, receivedFen, payoutFen, countedWithFen, source } = effect;
  const { beforeFen = 0, afterFen = 0, lessFen = 0 } = effect;
  const reckoned: Text = [
    `${month} 已收 ${yuan(receivedFen)} 元，本次 ${yuan(payoutFen)} 元，计入收入 ${yuan(countedWithFen)} 元；标准每人每月 ${yuan(standardFen)} 元${household === undefined ? '' : `，家庭 ${household} 人`}`,
    `${month}: ${yuan(receivedFen)} yuan received, ${yuan(payoutFen)} now, ${yuan(countedWithFen)} counted; standard ${yuan(standardFen)} yuan a head${household === undefined ? '' : `, household of ${household}`}`,
  ];
  const outcome: Readonly<Record<AllowanceVerdict, Text>> = {
    none: ['推算不影响当月低保金', "reckoned to leave the month's allowance as it is"],
    lower: [
      `推算当月低保金由 ${yuan(beforeFen)} 元降为 ${yuan(afterFen)} 元，减少 ${yuan(lessFen)} 元`,
      `reckoned to lower the month's allowance from ${yuan(beforeFen)} to ${yuan(afterFen)} yuan, by ${yuan(lessFen)}`,
    ],
    ends: [
      `推算当月不再有低保金（原 ${yuan(beforeFen)} 元）`,
      `reckoned to leave no allowance for the month (${yuan(beforeFen)} yuan before)`,
    ],
    unknown: [
      '未登记家庭人数或每月低保金，无法推算，可能减少或停发',
      'the size of the household or its monthly allowance is not on file: it may fall or stop',
    ],
  };
  const [zh, en] = outcome[verdict];
  return [
    `${zh}（${reckoned[0]}；依据 ${source.name[0]}，${source.date}）。这只是推算，由县级民政部门决定。`,
    `${en} (${reckoned[1]}; by ${source.name[1]}, ${source.date}). This is a reckoning only; the civil affairs office decides.`,
  ];
}
