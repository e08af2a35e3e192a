import type { Refusal } from '../../engine/refusal.ts';
import { type Language, pick } from '../language.ts';
import { formWord } from './organisation-form-words.ts';

/** What programs are told and people are not: requests in parentheses, and lines that name nothing but one. */
const forPrograms = /\s*[（(][^（()）]*\b(GET|POST|PATCH|PUT) \/[^（()）]*[）)]/g;
const request = /\b(GET|POST|PATCH|PUT) \//;

/** The ways out of a refusal for a reader of pages: in words, and a link where the page it was asked from leads on. */
export function waysOf(
  refusal: Refusal,
  back: string,
  language: Language,
): { readonly text: string; readonly href?: string }[] {
  const told = refusal.waysOut
    .map((way) => pick(way, language).replace(forPrograms, ''))
    .filter((text) => !request.test(text) && !/\b(pledge|to|at|from|until)\b[.。]?$/.test(text))
    .map((text) => ({ text }));
  return [...told, { text: formWord('backToPage', language), href: back }];
}
