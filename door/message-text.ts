import type { EventData } from '../engine/event.ts';
import { addMs, toDate } from '../engine/time/civil.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';

// Texts of inbox messages: the case's number, names of things and dates, never names of people.

/** A rung: what is due (暂定 where the day hangs on a year without official calendar) or overdue, and whether a record of accountability was written. */
export function rungText(
  caseNo: string,
  { name, plannedAt, dueAt, account }: EventData['rung.fired'],
  provisional: boolean,
): Text {
  // a due date ends at 24:00, the first instant of the next day
  const day = toDate(new Date(Date.parse(dueAt) - 1).toISOString());
  const [guessZh, guessEn] = provisional ? ['（暂定）', ' (provisional)'] : [' ', ''];
  const [zh, en] =
    plannedAt < dueAt
      ? [`将于 ${day}${guessZh}到期`, `is due on ${day}${guessEn}`]
      : [`已于 ${day}${guessZh}到期，尚未完成`, `was due on ${day}${guessEn} and is not done`];
  const record = account ? ['。已记入问责', ' A record of accountability was written.'] : ['', ''];
  return [`个案 ${caseNo}：“${name[0]}”${zh}${record[0]}`, `Case ${caseNo}: "${name[1]}" ${en}.${record[1]}`];
}

/** 催办: somebody asks to get on with something. */
export function nudgeText(caseNo: string, name: Text): Text {
  return [`个案 ${caseNo}：催办“${name[0]}”`, `Case ${caseNo}: please get on with "${name[1]}".`];
}

/** Consent was taken back, all of it or single purposes, or refused when asked again, and not by the person himself. */
export function withdrawalText(caseNo: string, part: boolean): Text {
  return part
    ? [
        `个案 ${caseNo}：有人代本人撤回了部分同意，相关事项已停止，请核实`,
        `Case ${caseNo}: part of the consent was withdrawn, not by the person himself. What hangs on it has stopped; please make sure that it is what the person wants.`,
      ]
    : [
        `个案 ${caseNo}：有人代本人撤回了同意，帮扶已停止，请核实`,
        `Case ${caseNo}: consent was withdrawn, not by the person himself. The help has stopped; please make sure that it is what the person wants.`,
      ];
}

/** A complaint was made; what it says is in the case. */
export function complaintText(caseNo: string): Text {
  return [`个案 ${caseNo}：收到一条投诉，请处理`, `Case ${caseNo}: a complaint was made; please see to it.`];
}

/** A complaint is to be answered soon, or is late. */
export function complaintDueText(caseNo: string, dueAt: string, plannedAt: string): Text {
  const day = toDate(new Date(Date.parse(dueAt) - 1).toISOString());
  const [zh, en] =
    plannedAt < dueAt
      ? [`应于 ${day} 前答复`, `is to be answered by ${day}`]
      : [`应于 ${day} 前答复，尚未答复`, `was to be answered by ${day} and is not`];
  return [`个案 ${caseNo}：一条投诉${zh}`, `Case ${caseNo}: a complaint ${en}.`];
}

/** Who complained finds the answer in the case. */
export function complaintAnsweredText(caseNo: string): Text {
  return [`个案 ${caseNo}：您的投诉已有答复`, `Case ${caseNo}: your complaint is answered.`];
}

/** An answer is appealed against. */
export function complaintAppealText(caseNo: string): Text {
  return [
    `个案 ${caseNo}：投诉人不同意答复，请复查`,
    `Case ${caseNo}: who complained does not agree with the answer; please look at it again.`,
  ];
}

/** Somebody is in danger; told for the n-th time again, with so many more reports that came since. */
export function emergencyText(caseNo: string, n: number, more = 0): Text {
  const [zh, en] =
    more > 0 ? [`，另有 ${more} 份后来的报告`, `, with ${more} further report${more === 1 ? '' : 's'}`] : ['', ''];
  return n === 0
    ? [
        `紧急！个案 ${caseNo} 有人报告危险，请立即查看并确认`,
        `Emergency in case ${caseNo}: somebody is in danger. Look at it and acknowledge it at once.`,
      ]
    : [
        `紧急！个案 ${caseNo} 的危险报告还没有办结（第 ${n} 次再通知${zh}）`,
        `Emergency in case ${caseNo} is not settled yet (told again, ${n}${en}).`,
      ];
}

/** News of a request between units, for the side that has to know. Nobody's name, nothing of the case. */
export function offerText(caseNo: string, what: keyof typeof OFFER_NEWS, kind: 'transfer' | 'referral'): Text {
  const [zh, en] = OFFER_NEWS[what];
  const [nameZh, nameEn] = kind === 'transfer' ? ['移交', 'offer to hand it over'] : ['转介', 'referral'];
  return [`个案 ${caseNo}：${nameZh}请求${zh}`, `Case ${caseNo}: the ${nameEn} ${en}.`];
}

const OFFER_NEWS = {
  'transfer.offered': ['待您单位答复', 'waits for your unit to answer'],
  'transfer.accepted': ['已被接收', 'was accepted'],
  'transfer.refused': ['未被接收，个案仍由原单位负责', 'was refused: the case stays where it is'],
  'transfer.revoked': ['已撤回，无需再答复', 'was taken back and needs no answer'],
  'transfer.lapsed': [
    '逾期未答复，已失效，个案仍由原单位负责',
    'was never answered and has lapsed: the case stays where it is',
  ],
} as const satisfies Record<string, Text>;

/** The answer to a referral has come, or its case could not be opened. */
export function referralText(caseNo: string, failed: boolean): Text {
  return failed
    ? [`个案 ${caseNo}：转介未能办成，请继续办理`, `Case ${caseNo}: the referral failed; please go on with the matter.`]
    : [`个案 ${caseNo}：转介事项已有结果`, `Case ${caseNo}: the referred matter has its result.`];
}

/** Of an objection: neither what it says nor who objects. */
export function objectionText(caseNo: string): Text {
  return [
    `个案 ${caseNo}：有人对公示提出异议，请按期决定`,
    `Case ${caseNo}: somebody objects to what was made public; please decide in time.`,
  ];
}

/** An auditor has found something, or has sent back what was done about it. */
export function findingText(caseNo: string, again: boolean): Text {
  return again
    ? [
        `个案 ${caseNo}：督查问题的整改被退回，请继续整改并答复`,
        `Case ${caseNo}: what was done about a finding was sent back; please put it right and answer again.`,
      ]
    : [
        `个案 ${caseNo}：督查发现问题，请按期整改并答复`,
        `Case ${caseNo}: an inspection has found something; please put it right in time and answer.`,
      ];
}

/** A level above is asked, or has answered. */
export function questionText(caseNo: string, answered: boolean): Text {
  return answered
    ? [`个案 ${caseNo}：上级已有答复`, `Case ${caseNo}: the level above has answered.`]
    : [`个案 ${caseNo}：有问题上报，请答复`, `Case ${caseNo}: a question was put before you; please answer it.`];
}

/** Somebody asked that what is kept about him is erased. */
export function erasureText(caseNo: string): Text {
  return [
    `个案 ${caseNo}：有人请求删除个人信息，请在 15 个工作日内答复`,
    `Case ${caseNo}: it was asked that personal data be erased. Please answer within 15 working days.`,
  ];
}

const DESTRUCTION_NEWS = {
  requested: [
    '有人提出销毁内容，请另一位负责人办理',
    'it is asked that its contents be destroyed; another head answers',
  ],
  approved: [
    '已批准销毁内容，等待期满后执行；如有异议请立即撤销或设定保全',
    'it is approved that its contents be destroyed after the wait; who objects revokes it, or sets a hold, at once',
  ],
  refused: ['未批准销毁内容', 'it is refused that its contents be destroyed'],
  revoked: ['销毁已撤销', 'the destruction is revoked'],
  destroyed: ['内容已销毁，销毁清册见该案的保存期限页面', 'its contents are destroyed; its page has the certificate'],
} as const satisfies Record<string, Text>;

/** News of the destruction of what a case holds. */
export function destructionText(caseNo: string, what: keyof typeof DESTRUCTION_NEWS): Text {
  const [zh, en] = DESTRUCTION_NEWS[what];
  return [`个案 ${caseNo}：${zh}`, `Case ${caseNo}: ${en}.`];
}

/** Somebody without a right to a case has opened it in an emergency. Nobody's name: the record has it. */
export function accessText(caseNo: string, until: Instant): Text {
  // the civil zone has had no summer time since 1991
  const end = addMs(until, 8 * 3_600_000)
    .slice(0, 16)
    .replace('T', ' ');
  return [
    `个案 ${caseNo}：有人紧急查阅，至 ${end} 止，请留意并事后复核`,
    `Case ${caseNo}: somebody reads it in an emergency, until ${end}. Please watch it and review it afterwards.`,
  ];
}
