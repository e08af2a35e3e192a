import { isCalendarDate } from '../../engine/time/civil.ts';

/**
 * A date as lists have it (`2026-11-22`, `2026/11/22`, `2026.11.22`, `2026年11月22日`, `20261122`, with or without a time) as
 * `YYYY-MM-DD`. What is no date stays as it is: whoever checks it says so.
 */
export function readDate(text: string): string {
  const plain = text.normalize('NFKC').trim();
  const found =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?$/.exec(plain) ??
    /^(\d{4})(\d\d)(\d\d)$/.exec(plain);
  if (!found) return text;
  const [, year = '', month = '', day = ''] = found;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isCalendarDate(date) ? date : text;
}

/** A whole number as lists have it (`1,500`, full-width digits); anything else stays text. */
export function readNumber(text: string): number | string {
  const plain = text.normalize('NFKC').replace(/[,\s]/g, '');
  const value = Number(plain);
  return /^[+-]?\d+(\.0+)?$/.test(plain) && Number.isSafeInteger(value) ? value : text;
}

const YES = new Set(['是', '有', '对', '√', '✓', 'y', 'yes', 'true', '1']);
const NO = new Set(['否', '无', '没有', '不是', '×', 'x', 'n', 'no', 'false', '0']);

/** Yes or no as lists have it; anything else stays text. */
export function readYesNo(text: string): boolean | string {
  const plain = text.normalize('NFKC').trim().toLowerCase();
  if (YES.has(plain)) return true;
  return NO.has(plain) ? false : text;
}
