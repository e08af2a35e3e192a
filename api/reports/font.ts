import { createRequire } from 'node:module';

const find = createRequire(import.meta.url);

/** Noto Sans SC (SIL Open Font License): its signs that a page uses go into the page's file, nothing else of it. */
export const fonts = {
  regular: find.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  bold: find.resolve('@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf'),
} as const;

/** What tells whether a font has a sign. */
export interface Glyphs {
  hasGlyphForCodePoint(codePoint: number): boolean;
}

/** A text as a font can print it: a sign it lacks (rare ones of names, pictures) is named by its number instead of vanishing. */
export function printable(text: string, font: Glyphs): string {
  let out = '';
  for (const sign of text) {
    const code = sign.codePointAt(0)!;
    if (code < 32) out += sign === '\n' ? '\n' : ' ';
    else if (code >= 0xfe00 && code <= 0xfe0f)
      out += ''; // only says how to show the sign before it
    else out += font.hasGlyphForCodePoint(code) ? sign : `〔U+${code.toString(16).toUpperCase()}〕`;
  }
  return out;
}
