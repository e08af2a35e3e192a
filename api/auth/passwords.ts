import { LEAST_PASSWORD } from './people.ts';

/** Why a password is none. */
export type PasswordFault = 'short' | 'long' | 'named' | 'plain';

/** Rows of keys, the alphabet and counting: of twelve characters and more people make passwords out of little else that is on every list. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn',
  'password',
  'iloveyou',
  'woaini',
  'linli',
  'admin',
  'welcome',
];

/**
 * What is wrong with a password; undefined when nothing is. Length counts, not kinds of characters (NIST SP 800-63B 3.1.1.2):
 * it must not hold the user name, and not consist of a repetition or of what every list of passwords begins with.
 */
export function passwordFault(password: string, username: string): PasswordFault | undefined {
  const length = [...password].length;
  if (length < LEAST_PASSWORD) return 'short';
  if (password.length > 128) return 'long';
  const text = password.toLowerCase();
  if (username.length >= 3 && text.includes(username.toLowerCase())) return 'named';
  return new Set(text).size < 5 || rest(text).length < 5 ? 'plain' : undefined;
}

/** A text without what lists begin with, repetitions and the digits and marks hung on. */
function rest(text: string): string {
  const stripped = RUNS.reduce((left, run) => without(left, run), text);
  return stripped.replace(/[\d!@#$%^&*()_\-+=.?]+/g, '').replace(/(.+)\1+/g, '$1');
}

/** Takes out of a text each piece of four characters and more that lies in a run, forwards or backwards. */
function without(text: string, run: string): string {
  const rows = [run, [...run].reverse().join('')];
  let left = '';
  for (let at = 0; at < text.length; ) {
    let size = 0;
    while (at + size < text.length && rows.some((row) => row.includes(text.slice(at, at + size + 1)))) size += 1;
    if (size < 4) left += text[at];
    at += size < 4 ? 1 : size;
  }
  return left;
}
