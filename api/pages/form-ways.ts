import type { Refusal } from '../../engine/refusal.ts';
import { type Language, pick } from '../language.ts';
import type { Way } from './form-values.ts';

/** What programs are told and people are not: requests in parentheses, and lines that name nothing but one. */
const forPrograms = /\s*[（(][^（()）]*\b(GET|POST|PATCH|PUT) \/[^（()）]*[）)]/g;
const request = /\b(GET|POST|PATCH|PUT) \//;

/** The ways out of a refusal in words, for a reader of pages. */
export function waysOf(refusal: Refusal, language: Language): Way[] {
  return refusal.waysOut
    .map((way) => pick(way, language).replace(forPrograms, ''))
    .filter((text) => !request.test(text) && !/\b(pledge|to|at|from|until)\b[.。]?$/.test(text))
    .map((text) => ({ text }));
}
