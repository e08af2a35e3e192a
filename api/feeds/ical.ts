import ical, { ICalEventClass, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import { type Language, pick } from '../language.ts';
import type { AgendaEntry } from './agenda.ts';

/** How often a calendar program should ask again (seconds). */
const REFRESH_S = 3_600;

/**
 * An agenda as iCalendar (RFC 5545). Whole days are dates without a time, moments are in UTC: no time zone is written, so
 * that nothing hangs on where this process runs or what the reading program knows of zones. The same agenda gives the same
 * bytes.
 */
export function icalendar(entries: readonly AgendaEntry[], language: Language): string {
  const calendar = ical({
    prodId: { company: 'Linli', product: 'agenda', language: language === 'zh' ? 'ZH' : 'EN' },
    name: language === 'zh' ? '邻里：我的待办' : 'Linli: my tasks',
    ttl: REFRESH_S,
  });
  for (const entry of entries) {
    const { id, on, generation, provisional, paused, changedAt } = entry;
    const whole = 'date' in on;
    calendar.createEvent({
      id: `${id}@linli`,
      start: new Date(whole ? on.date : on.at),
      allDay: whole,
      summary: summaryOf(entry, language),
      sequence: generation,
      stamp: new Date(changedAt),
      lastModified: new Date(changedAt),
      class: ICalEventClass.PRIVATE,
      // a deadline takes nobody's time
      transparency: ICalEventTransparency.TRANSPARENT,
      status: provisional || paused ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED,
    });
  }
  return calendar.toString();
}

function summaryOf({ name, caseNo, what, provisional, paused }: AgendaEntry, language: Language): string {
  const marks = (
    [
      [what === 'deadline', ['到期', 'due']],
      [what === 'latest', ['最晚', 'latest']],
      [provisional, ['暂定', 'provisional']],
      [paused, ['暂停', 'paused']],
    ] as const
  ).flatMap(([holds, words]) => (holds ? [pick(words, language)] : []));
  const thing = pick(name, language);
  if (marks.length === 0) return `${thing} · ${caseNo}`;
  return language === 'zh'
    ? `${thing}（${marks.join('，')}）· ${caseNo}`
    : `${thing} (${marks.join(', ')}) · ${caseNo}`;
}
