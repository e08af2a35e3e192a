import { type AllowanceEffect, allowanceWords } from '../engine/books/allowance.ts';
import { yuan } from '../engine/books/checks.ts';
import type { RegisterEventData, ThanksHow } from '../engine/books/register-event.ts';
import type { Text } from '../sdk/program.ts';

type Say<T extends keyof RegisterEventData> = (data: RegisterEventData[T]) => Text;

const thanked: Readonly<Record<ThanksHow, Text>> = {
  letter: ['感谢信', 'a letter of thanks'],
  message: ['致谢信息', 'a message of thanks'],
  visit: ['上门致谢', 'a visit of thanks'],
  notice: ['公开致谢', 'public thanks'],
};

/** How a giver without a name is called: `匿名-2026-3`. */
export function anonymousName({ year, n }: { readonly year: string; readonly n: number }): string {
  return `匿名-${year}-${n}`;
}

/** What the events of the registers of gifts and advances read like. */
export const registerTexts: { readonly [T in keyof RegisterEventData]: Say<T> } = {
  'gift.recorded': (d) => {
    const giver = d.giver?.name ?? (d.anonymous ? anonymousName(d.anonymous) : '');
    const what: Text =
      d.kind === 'cash'
        ? [`捐款 ${yuan(d.valueFen)} 元`, `${yuan(d.valueFen)} yuan`]
        : [
            `捐赠 ${d.item ?? ''} ${d.quantity ?? ''}${d.unit ?? ''}（估价 ${yuan(d.valueFen)} 元）`,
            `${d.quantity ?? ''} ${d.unit ?? ''} of ${d.item ?? ''} (estimated at ${yuan(d.valueFen)} yuan)`,
          ];
    return [
      `捐赠登记第 ${d.no} 号：${giver}${what[0]}${d.purpose ? `，用于${d.purpose}` : ''}${d.receivedBy ? `，${d.receivedBy}接收` : ''}`,
      `Gift no. ${d.no}: ${what[1]} from ${giver}${d.purpose ? `, for ${d.purpose}` : ''}${d.receivedBy ? `, received by ${d.receivedBy}` : ''}`,
    ];
  },
  'gift.reversed': (d) => [
    `捐赠登记第 ${d.no} 号：更正 ${d.reverses}`,
    `Gift no. ${d.no}: counter entry of ${d.reverses}`,
  ],
  'gift.thanked': (d) => [
    `捐赠 ${d.gift} 已致谢（${thanked[d.how][0]}，${d.sentDate}）`,
    `Thanked for gift ${d.gift}: ${thanked[d.how][1]}, ${d.sentDate}`,
  ],
  'advance.recorded': (d) => [
    `垫付登记第 ${d.no} 号：${d.helper.name}垫付 ${yuan(d.amountFen)} 元（${d.text}）${d.households?.length ? `，${d.households.length} 户` : ''}，单据 ${d.sourceDoc}`,
    `Advance no. ${d.no}: ${d.helper.name} paid ${yuan(d.amountFen)} yuan (${d.text})${d.households?.length ? ` for ${d.households.length} households` : ''}, document ${d.sourceDoc}`,
  ],
  'advance.settled': (d) =>
    d.how === 'repaid'
      ? [`垫付款 ${d.id} 已全部归还`, `Advance ${d.id} is repaid in full`]
      : [`垫付款 ${d.id} 已注销`, `Advance ${d.id} is withdrawn`],
};

/** What was shown of the allowance with a payout, as a clause; nothing where the book has no rule for it. */
export function allowanceClause(effect: AllowanceEffect | undefined): Text {
  if (!effect) return ['', ''];
  const [zh, en] = allowanceWords(effect);
  return [`。低保影响：${zh}`, `. Allowance: ${en}`];
}
