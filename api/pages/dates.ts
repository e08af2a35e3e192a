import { ZONE } from '../../sdk/time.ts';
import { type Language, languageTags } from '../language.ts';

const DAY_MS = 86_400_000;

/** A day as people read it: `2026年2月14日 星期六`, `Saturday, 14 February 2026`. */
export function longDay(instant: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? languageTags.zh : 'en-GB', {
    dateStyle: 'full',
    timeZone: ZONE,
  }).format(new Date(instant));
}

/** The last moment of a due date belongs to that day, not to the next: 24:00 is read one millisecond earlier. */
export function dueDay(instant: string): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: ZONE }).format(
    new Date(Date.parse(instant) - 1),
  );
}

/** How a due moment lies to now, in words and as a mark of urgency. */
export function nearness(
  dueAt: string,
  now: string,
  language: Language,
): { readonly text: string; readonly mark: 'late' | 'soon' | '' } {
  const days = civilDays(dueDay(dueAt)) - civilDays(dueDay(now));
  if (dueAt <= now) {
    const late = Math.max(1, -days);
    return {
      text: language === 'zh' ? `逾期 ${late} 天` : `${late} ${late === 1 ? 'day' : 'days'} overdue`,
      mark: 'late',
    };
  }
  if (days === 0) return { text: language === 'zh' ? '今天到期' : 'due today', mark: 'soon' };
  const text = language === 'zh' ? `还有 ${days} 天` : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return { text, mark: days <= 7 ? 'soon' : '' };
}

function civilDays(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}
