import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LEAST_PASSWORD } from './people.ts';

/** Why a password is none. */
export type PasswordFault = 'short' | 'long' | 'named' | 'plain';

/** Over 3,000 of the most used that are long enough (OWASP ASVS 5.0, V6.2.4), each as the beginning of its SHA-256; where from, the file says. */
const COMMON = new Set(
  readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')),
);

const isCommon = (text: string): boolean =>
  COMMON.has(createHash('sha256').update(text).digest().subarray(0, 6).toString('base64'));

/** Rows of keys, the alphabet and counting, and what passwords are made of in Chinese and English: those of twelve characters and more are little else. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn',
  'password',
  'iloveyou',
  ...[
    'woaini',
    'woaiwojia',
    'wodemima',
    'woshishui',
    'woaimama',
    'woaibaba',
    'zhongguo',
    'nihao',
    'mima',
    'laopo',
    'laogong',
  ],
  ...['baobei', 'qinaide', 'shequ', 'linlihuzhu'],
  'linli',
  'admin',
  'welcome',
];

/**
 * What is wrong with a password; undefined when nothing is. Length counts, not kinds of characters (NIST SP 800-63B 3.1.1.2):
 * it must not hold the user name, be one of the most used, or consist of a repetition, of what every list of passwords begins with
 * or of `names` of places.
 */
export function passwordFault(
  password: string,
  username: string,
  names: readonly string[] = [],
): PasswordFault | undefined {
  const length = [...password].length;
  if (length < LEAST_PASSWORD) return 'short';
  if (password.length > 128) return 'long';
  const text = password.toLowerCase();
  if (username.length >= 3 && text.includes(username.toLowerCase())) return 'named';
  if (isCommon(text) || isCommon(text.replace(/[\d!@#$%^&*()_\-+=.?]+$/, ''))) return 'plain';
  return new Set(text).size < 5 || rest(text, names.flatMap(partsOf)).length < 5 ? 'plain' : undefined;
}

/** What a name is recognised by: its words in letters, and in Chinese the name with and without what kind of place it is. */
function partsOf(name: string): string[] {
  const text = name.toLowerCase();
  const letters = text.match(/\p{Script=Latin}{4,}/gu) ?? [];
  const signs = text.match(/\p{Script=Han}{2,}/gu) ?? [];
  return [...letters, ...signs.flatMap((each) => [each, each.replace(/(街道|社区|[省市区县镇乡村路])+$/, '')])].filter(
    (part) => part.length >= 2,
  );
}

/** A text without what lists begin with, names, repetitions and the digits and marks hung on. */
function rest(text: string, names: readonly string[]): string {
  const longestFirst = [...new Set(names)].sort((a, b) => b.length - a.length);
  const unnamed = longestFirst.reduce((left, name) => left.replaceAll(name, ''), text);
  const stripped = RUNS.reduce((left, run) => without(left, run), unnamed);
  return stripped.replace(/[\d\s!@#$%^&*()_\-+=.?]+/g, '').replace(/(.+)\1+/g, '$1');
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
