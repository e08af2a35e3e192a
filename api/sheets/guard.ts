/** What a spreadsheet may run when a file is opened: signs it takes for a formula, also full-width and behind blanks or control characters. */
const FORMULA = /^'*[\s\p{Cc}]*[=+\-@＝＋－＠]|^'*[\t\r\n\0]/u;

/**
 * A text that no spreadsheet takes for a formula: it begins with an apostrophe where it might. A text that only looks so
 * marked is marked once more, so that {@link unguarded} gives back every text as it was.
 */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that was {@link guarded}. */
export function unguarded(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}
