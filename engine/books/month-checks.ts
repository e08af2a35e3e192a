import type { CalendarDate } from '../../sdk/time.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { toDate } from '../time/civil.ts';
import type { OpenedBook } from './access.ts';
import { yuan } from './checks.ts';
import type { MonthChannel } from './close-month.ts';
import { lastDayOf, monthOf, type Period } from './closings.ts';
import { draftsOf } from './drafts.ts';
import type { Movement } from './movements.ts';

/** Why a month is not the one to close now, if so: not over, closed already, or an earlier one with movement is open. */
export function monthProblem(
  { def, state }: OpenedBook,
  month: Period,
  { today, moved }: { readonly today: string; readonly moved: readonly Movement[] },
): Refusal | undefined {
  if (month >= monthOf(today)) {
    return refuse(
      'INVALID_DATA',
      [`${month} 还没有结束。`, `${month} is not over.`],
      [['月末之后再结账', 'Close it when the month is over']],
      [{ path: 'data.month', message: inBoth('还没有结束', 'not over') }],
    );
  }
  const closed = state.closings?.month?.period;
  if (closed !== undefined && month <= closed) {
    return refuse(
      'ALREADY_DONE',
      [`${closed} 及以前已经结账，不能反结账。`, `Everything up to ${closed} is closed, and is never opened again.`],
      [['更正登记在未结账的月份里', 'Corrections go into the open month']],
    );
  }
  const first = moved.map(({ day }) => monthOf(day)).sort()[0];
  if (first === undefined || first === month) return undefined;
  return refuse(
    'BLOCKED',
    [`${first} 有收付，尚未结账。`, `Money moved in ${first}, and that month is not closed.`],
    [[`先结 ${first}`, `Close it first: books.closeMonth with {"book":"${def.book}","month":"${first}"}`]],
  );
}

/** What is still missing before a month can be closed: its days, its count, a document's other side, a decision. */
export function readyProblem(
  { def, state }: OpenedBook,
  month: Period,
  moved: readonly Movement[],
): Refusal | undefined {
  const last = lastDayOf(month);
  const used = def.channels.filter((each) => (state.cash[each]?.no ?? 0) > 0);
  if (used.length > 0 && (state.closings?.day ?? '') < last) {
    return refuse(
      'BLOCKED',
      [`${month} 还有没日清的日子。`, `Not all days of ${month} are closed.`],
      [[`由管钱人日清到 ${last}`, `Let the cash holder close them: books.closeDay up to ${last}`]],
    );
  }
  const waiting = Object.values(draftsOf(state)).filter(({ since }) => toDate(since) <= last).length;
  if (waiting > 0) {
    return refuse(
      'BLOCKED',
      [`${waiting} 张凭证还在等待复核。`, `${waiting} vouchers still wait for their review.`],
      [['先复核（voucher.review）', 'Have them reviewed first (voucher.review)']],
    );
  }
  const uncounted = used.filter((each) => (state.closings?.third?.[each] ?? '') < countedFrom(month, each, moved));
  if (uncounted.length > 0) {
    return refuse(
      'BLOCKED',
      [
        `${month} 最后一笔收付之后还没有由管钱人以外的人盘点：${uncounted.join('、')}。`,
        `Nobody but the cash holder has counted since the last movement of ${month}: ${uncounted.join(', ')}.`,
      ],
      [
        [
          '由审批人、复核人或上级负责人盘点（cash.count）',
          'Let the approver, the reviewer or a head count (cash.count)',
        ],
      ],
    );
  }
  const open = Object.values(state.open).filter(({ since, carried }) => !carried && toDate(since) <= last);
  if (open.length === 0) return undefined;
  return refuse(
    'BLOCKED',
    [
      `有 ${open.length} 份单据两账不符或缺一边，例如：${open[0]!.sourceDoc}。`,
      `${open.length} documents are unmatched or differ, such as ${open[0]!.sourceDoc}.`,
    ],
    [
      ['由另一方补记，或冲销更正', 'Let the other side record it, or correct it by red ink'],
      [
        '由审批人确认挂账（discrepancy.decide，carry）',
        'Or have the approver sign it as carried (discrepancy.decide, carry)',
      ],
    ],
  );
}

/** The day from which on a count covers a month of a channel: the last it moved on, else the first of the month. */
function countedFrom(month: Period, name: string, moved: readonly Movement[]): CalendarDate {
  const days = moved.flatMap((row) => (row.of === 'cash' && row.name === name ? [row.day] : []));
  return [`${month}-01`, ...days].sort().at(-1)!;
}

/** BLOCKED unless the accountant has signed, channel by channel, exactly what the two sides differ by at the end of the month. */
export function carryProblem(
  channels: readonly MonthChannel[],
  carry: Readonly<Partial<Record<string, number>>> = {},
): Refusal | undefined {
  const wrong = channels.filter(
    ({ channel, cash, ledger }) => cash.closingFen - ledger.closingFen !== (carry[channel] ?? 0),
  );
  if (wrong.length === 0) return undefined;
  const [zh, en] = [0, 1].map((n) =>
    wrong
      .map(({ channel, cash, ledger }) => {
        const [c, l] = [yuan(cash.closingFen), yuan(ledger.closingFen)];
        return n === 0 ? `${channel} 日记账 ${c} 元、总账 ${l} 元` : `${channel}: cash ${c} yuan, ledger ${l} yuan`;
      })
      .join(n === 0 ? '；' : '; '),
  );
  return refuse(
    'BLOCKED',
    [`月末两边余额不一致：${zh}。`, `At the end of the month the two sides differ: ${en}.`],
    [
      [
        '核对无误后在 data.carry 中逐渠道签认差额（日记账减总账，单位分）',
        'Check it, then sign the difference by channel in data.carry (cash less ledger, in fen)',
      ],
    ],
    wrong.map(({ channel }) => ({ path: `data.carry.${channel}`, message: inBoth('差额未签认', 'not signed') })),
  );
}
