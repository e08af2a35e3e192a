import { type Refusal, refuse } from '../engine/refusal.ts';

/** How deep lists and objects may lie inside one another. */
export const MAX_DEPTH = 32;

/**
 * Parses the bytes of a JSON body as I-JSON (RFC 7493), which the record's canonical form asks for: valid UTF-8, no name
 * twice in an object, no lone surrogates, no number a double cannot hold exactly as written by us; also no NUL (Postgres
 * keeps none), no `__proto__`, and no nesting deeper than {@link MAX_DEPTH}. Returns the value or the refusal; never throws.
 */
export function parseStrictJson(bytes: Uint8Array): { readonly value: unknown; readonly text: string } | Refusal {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('MALFORMED', ['请求体不是有效的 UTF-8。', 'The body is not valid UTF-8.']);
  }
  const shape = scan(text);
  if (shape) return shape;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('MALFORMED', ['请求体不是有效的 JSON。', 'The body is not valid JSON.']);
  }
  const errors = badValues(value, '', []);
  if (errors.length > 0)
    return refuse(
      'INVALID_DATA',
      ['内容里有不能保存的字符或数字。', 'It contains characters or numbers that cannot be kept.'],
      [],
      errors,
    );
  return { value, text };
}

/** One walk over the text before it is parsed: depth, and names used twice. Broken JSON is left to the parser. */
function scan(text: string): Refusal | undefined {
  const names: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{' || char === '[') {
      if (names.length >= MAX_DEPTH)
        return refuse('MALFORMED', [`内容嵌套超过 ${MAX_DEPTH} 层。`, `It is nested deeper than ${MAX_DEPTH} levels.`]);
      names.push(char === '{' ? new Set() : undefined);
    } else if (char === '}' || char === ']') names.pop();
    else if (char === '"') {
      const end = endOfString(text, i);
      const seen = names.at(-1);
      if (seen && isName(text, end)) {
        const name = plain(text.slice(i, end));
        if (seen.has(name))
          return refuse('MALFORMED', ['同一个字段出现了两次。', 'A field is given twice in one object.']);
        seen.add(name);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** The position after the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

/** A string followed by a colon is a name. */
function isName(text: string, end: number): boolean {
  let i = end;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return text[i] === ':';
}

/** A name as it reads after its escapes, so that `"a"` and `"\u0061"` are one. */
function plain(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return `"${JSON.parse(quoted)}"`;
  } catch {
    return quoted;
  }
}

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

function badValues(value: unknown, path: string, errors: { path: string; message: string }[]): typeof errors {
  if (errors.length >= 20) return errors;
  if (typeof value === 'string') {
    if (!isKeepable(value))
      errors.push({ path, message: '!含有不能保存的字符|contains characters that cannot be kept' });
  } else if (typeof value === 'number') {
    if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER))
      errors.push({ path, message: '!数字太大|the number is too large' });
  } else if (Array.isArray(value)) {
    for (const [i, entry] of value.entries()) badValues(entry, `${path}[${i}]`, errors);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, entry] of Object.entries(value)) {
      if (FORBIDDEN_NAMES.has(name) || !isKeepable(name))
        errors.push({ path: path || '.', message: '!字段名不允许|a field of that name is not allowed' });
      else badValues(entry, path ? `${path}.${name}` : name, errors);
    }
  }
  return errors;
}

/** Half of a surrogate pair: with the `u` flag whole pairs do not match. */
const HALF_PAIR = /\p{Surrogate}/u;

/** Whether Postgres and the record can keep a text: no NUL, no half of a surrogate pair. */
export function isKeepable(text: string): boolean {
  return !text.includes('\0') && !HALF_PAIR.test(text);
}
