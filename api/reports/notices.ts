import { shiftPeriod } from '../../engine/books/closings.ts';
import type { Text } from '../../sdk/program.ts';
import { cutNotice } from './cut.ts';
import { type Period, periodWords, type ReportTable } from './model.ts';

/**
 * What has to be known before a report is read: that a month of it is not closed yet (`closed`: the last month that is), so
 * that its figures can still change, and that rows are left out.
 */
export function noticesOf(period: Period, closed: string | undefined, tables: readonly ReportTable[]): readonly Text[] {
  const cut = tables.flatMap(({ cutAt }) => (cutAt === undefined ? [] : [cutNotice(cutAt)]));
  return [...openNotice(period, closed), ...cut];
}

function openNotice({ from, to }: Period, closed: string | undefined): readonly Text[] {
  if (closed !== undefined && closed >= to) return [];
  if (from === to) {
    return [['本月尚未结账，数字还可能变动。', 'The month is not closed yet: its figures can still change.']];
  }
  const first = closed !== undefined && closed >= from ? shiftPeriod(closed, 1) : from;
  const [zh, en] = periodWords({ from: first, to: first });
  return [[`${zh}起尚未结账，数字还可能变动。`, `Not closed yet from ${en} on: figures can still change.`]];
}
