import type { ClockRow } from '../../db/queries/agenda.ts';
import { itemOf, stageOf } from '../../engine/lookup.ts';
import type { Program, Text } from '../../sdk/program.ts';

/** What is said instead of a name that somebody typed in: it may hold the name of a person. */
const KINDS: Readonly<Record<string, Text>> = {
  stage: ['阶段', 'stage'],
  duty: ['定期事项', 'recurring duty'],
  discrepancy: ['账簿差异', 'difference between the books'],
  count: ['账簿盘点移交', 'count of a book by its new keeper'],
  review: ['凭证复核', 'review of a voucher'],
  archive: ['会计档案归档', 'taking accounts into the archive'],
  payout: ['付款', 'payout'],
  advance: ['归还垫付款', "repayment of a helper's advance"],
  thanks: ['捐赠致谢', 'thanks for a gift'],
  extension: ['延期申请', 'request for more time'],
  accountability: ['履职说明', 'statement on a missed promise'],
  added: ['补充事项', 'added item'],
};
const OTHER: Text = ['个案事项', 'item of a case'];

/**
 * The name a clock is shown by outside of Linli: the program's own, which is the same for every case and names nobody. What
 * workers typed (added items, papers, purposes) stays inside.
 */
export function thingName(
  program: Program | undefined,
  row: Pick<ClockRow, 'of' | 'key' | 'kind' | 'deadlineId' | 'nameZh' | 'nameEn'>,
): Text {
  if (row.of === 'stage') {
    const key = /^stage:(.*)\.\d+$/.exec(row.deadlineId)?.[1];
    return (program && stageOf(program, key)?.name) ?? KINDS['stage']!;
  }
  const { key, kind, deadlineId } = row;
  const ofBook = row.of === 'discrepancy' ? /\.([fwy])\.\d+$/.exec(deadlineId)?.[1] : undefined;
  const of = { f: 'count', w: 'review', y: 'archive' }[ofBook ?? ''] ?? row.of;
  const general = KINDS[kind ?? of] ?? OTHER;
  if (!program || key === null || kind === 'added') return general;
  const duty = program.duties.find((each) => each.duty === key);
  if (duty && kind === 'duty') {
    // with the name of the festival, which the program gives as well
    const named = row.nameZh.startsWith(duty.name[0]) && row.nameEn.startsWith(duty.name[1]);
    return named ? [row.nameZh, row.nameEn] : duty.name;
  }
  return program.stages.map(({ stage }) => itemOf(program, stage, key)?.name).find(Boolean) ?? general;
}
