import type { Context } from 'hono';
import type { Text } from '../sdk/program.ts';

/** The languages of answers and pages; Chinese is the one everything is written in first. */
export type Language = 'zh' | 'en';

/** The tag a language is announced by in `Content-Language` and `<html lang>`. */
export const languageTags: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en' };

/** One side of a text in both languages. */
export function pick(text: Text, language: Language): string {
  return language === 'en' ? text[1] : text[0];
}

/**
 * The language a caller wants, by the weights of `Accept-Language`; Chinese where nothing we speak is named. Never
 * throws: ranges it does not understand are passed over.
 */
export function negotiate(header: string | undefined): Language {
  let best: { language: Language; q: number } = { language: 'zh', q: 0 };
  for (const part of (header ?? '').slice(0, 500).split(',')) {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const language = range === 'en' || range.startsWith('en-') ? 'en' : range.startsWith('zh') ? 'zh' : undefined;
    if (!language) continue;
    const weight = parameters.map((p) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/.exec(p)?.[1]).find(Boolean);
    const q = weight === undefined ? 1 : Number(weight);
    if (q > best.q) best = { language, q };
  }
  return best.language;
}

/** The language of this request: `?lang=` where it names one, else `Accept-Language`. */
export function languageOf(c: Context): Language {
  const asked = c.req.query('lang');
  if (asked === 'en' || asked === 'zh') return asked;
  if (asked === 'zh-CN') return 'zh';
  return negotiate(c.req.header('accept-language'));
}
