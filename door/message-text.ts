import type { EventData } from '../engine/event.ts';
import { toDate } from '../engine/time/civil.ts';
import type { Text } from '../sdk/program.ts';

// Texts of inbox messages: the case's number, names of things and dates, never names of people.

/** A rung: what is due (暂定 where the day hangs on a year without official calendar) or overdue, and whether a record of accountability was written. */
export function rungText(
  caseNo: string,
  { name, plannedAt, dueAt, account }: EventData['rung.fired'],
  provisional: boolean,
): Text {
  // a due date ends at 24:00, the first instant of the next day
  const day = toDate(new Date(Date.parse(dueAt) - 1).toISOString());
  const [guessZh, guessEn] = provisional ? ['（暂定）', ' (provisional)'] : ['', ''];
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

/** A complaint was made; what it says is in the case. */
export function complaintText(caseNo: string): Text {
  return [`个案 ${caseNo}：收到一条投诉，请处理`, `Case ${caseNo}: a complaint was made; please see to it.`];
}
