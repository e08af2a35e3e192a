import type { Duty, Text } from '../sdk/program.ts';
import type { CalendarDate } from '../sdk/time.ts';
import { parseAt } from '../sdk/time-slot.ts';
import type { OpenItem, RunningDuty } from './state.ts';
import { occurrence } from './time/grid.ts';
import { fromMinute, untilMinute } from './time/minutes.ts';
import { nameOfDay } from './time/recurrence.ts';

/** Why an open occurrence of a duty must be done, in words: when it is planned, and how much of a quota is done. */
export function occurrenceText({ quota, plannedDate, plannedAt, window, missedAt }: OpenItem, [zh, en]: Text): Text {
  const closes: Text = window?.to && !quota && !missedAt ? closing(untilMinute(window.to)) : ['', ''];
  if (quota) {
    const { done, of } = quota;
    return missedAt
      ? [
          `已错过，只完成 ${done}/${of}，等待${zh}补记`,
          `missed with ${done} of ${of} done; the ${en} can still record more`,
        ]
      : [
          `由${zh}办理，到 ${plannedDate} 共 ${of} 次，已完成 ${done}/${of}`,
          `to be done by the ${en} ${of} times by ${plannedDate}, ${done} of ${of} done`,
        ];
  }
  const when = plannedAt === undefined ? plannedDate : fromMinute(plannedAt);
  return missedAt
    ? [`已错过（计划 ${when}），等待${zh}补办`, `missed (planned for ${when}); the ${en} can still make it good`]
    : [`由${zh}办理，计划 ${when}${closes[0]}`, `to be done by the ${en}, planned for ${when}${closes[1]}`];
}

function closing(at: string): Text {
  return [`，最晚 ${at}`, `, until ${at} at the latest`];
}

/** What is said of a duty of which nothing is open yet: what comes next and from when it can be done. */
export function upcomingText(duty: Duty, running: RunningDuty): Text {
  const day = nextDay(duty, running);
  const slot = parseAt(duty.at?.[running.slot ?? 0] ?? '');
  const label = nameOfDay(duty, day);
  const when = slot ? `${day} ${slot.from}` : day;
  const opens = fromMinute(running.opensAt);
  const [zh, en] = label ? [`${when}（${label[0]}）`, `${when} (${label[1]})`] : [when, when];
  return duty.quota
    ? [`下一期到 ${zh}，${opens} 起可以办理`, `the next period ends on ${en} and begins ${opens}`]
    : [`下一次计划 ${zh}，${opens} 起可以办理`, `next planned for ${en}, can be done from ${opens}`];
}

/** The day of the grid on which the next occurrence lies, before any move off a rest day. */
function nextDay({ every }: Duty, { anchor, next: n, day }: RunningDuty): CalendarDate {
  return day ?? (every === undefined ? anchor : occurrence({ anchor, every, n }));
}
