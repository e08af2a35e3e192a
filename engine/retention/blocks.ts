import type { Text } from '../../sdk/program.ts';
import type { OpenRows } from '../../sdk/retention.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { moneyProblem } from '../acts/life.ts';
import { isAskedToErase } from '../custody.ts';
import type { State } from '../state.ts';
import type { Kept } from './periods.ts';

/** Why nothing of a case may be destroyed now. */
export type BlockCode =
  | 'notEnded'
  | 'periods'
  | 'hold'
  | 'erasure'
  | 'books'
  | 'emergencyAccess'
  | 'findings'
  | 'requests'
  | 'tasks';

/** One reason, in words. */
export interface Block {
  readonly code: BlockCode;
  readonly text: Text;
}

/** Everything that keeps the contents of a case from being destroyed on a day; empty: they may be. */
export function blocksOf(state: State, kept: readonly Kept[], open: OpenRows, today: CalendarDate): Block[] {
  const blocks: Block[] = [];
  const add = (code: BlockCode, zh: string, en: string) => blocks.push({ code, text: [zh, en] });
  if (state.status !== 'closed')
    add('notEnded', '个案还没有结束（含回访期）', 'the case, with its follow-up, has not ended');
  for (const each of kept) {
    if (each.class.stays || each.state === 'nothing') continue;
    if (each.until === undefined || each.until >= today)
      add(
        'periods',
        `${each.class.name[0]}保存期限未满${each.until ? `（至 ${each.until}）` : ''}`,
        `the period of ${each.class.name[1]} runs${each.until ? ` until ${each.until}` : ''}`,
      );
  }
  const holds = count(state.holds);
  if (holds > 0) add('hold', `有 ${holds} 项保全`, `${holds} legal holds`);
  if (isAskedToErase(state)) add('erasure', '有待答复的删除请求', 'a request to erase waits for its answer');
  if (moneyProblem({ state })) add('books', '账目还没有了结', 'the books are not settled');
  if (count(state.emergencyAccess) > 0)
    add('emergencyAccess', '有待复核的紧急查阅', 'emergency accesses wait for review');
  if (count(state.findings) > 0) add('findings', '有未办结的督查问题', 'findings are open');
  if (count(state.offers) > 0) add('requests', '有待答复的转交或转介', 'requests to other units are open');
  // one sentence for all of these: that somebody complained must not show to whom it is about
  const tasks = Object.values(state.items).filter(({ kind }) => kind !== 'finding' && kind !== 'erasure').length;
  const words = count(state.complaints) + count(state.emergencies) + open.accountability;
  if (tasks + words + open.effects + Object.keys(state.effects).length > 0)
    add('tasks', '有未办结的事项', 'tasks or other matters of the case are open');
  return blocks;
}

function count(rows: Readonly<Record<string, unknown>> | undefined): number {
  return Object.keys(rows ?? {}).length;
}
