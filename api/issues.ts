import type { z } from 'zod';
import type { Language } from './language.ts';

/** One thing wrong with the input: where it is (`parties[0].name`) and what, in the caller's language. */
export interface InputError {
  readonly path: string;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** Says what is wrong with an input in words an official can act on. At most fifty entries. */
export function inputErrors(issues: readonly Issue[], language: Language, prefix = ''): InputError[] {
  return issues
    .flatMap((issue) => unfold(issue))
    .slice(0, 50)
    .map((issue) => ({ path: pathOf(prefix, issue.path), message: say(issue, language) }));
}

/** A union fails with the failures of each branch; the branch that came furthest says best what is wrong. */
function unfold(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const deepest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? [];
  if (deepest.length === 0 || depth(deepest) === 0) return [issue];
  return deepest.flatMap((inner) => unfold({ ...inner, path: [...issue.path, ...inner.path] }));
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length));
}

function pathOf(prefix: string, path: readonly PropertyKey[]): string {
  let text = prefix;
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += `${text ? '.' : ''}${String(part).slice(0, 80)}`;
  }
  return text;
}

function say(issue: Issue, language: Language): string {
  const [zh, en] = words(issue);
  return language === 'en' ? en : zh;
}

const TYPES: Readonly<Record<string, readonly [string, string]>> = {
  string: ['文字', 'a text'],
  number: ['数字', 'a number'],
  int: ['整数', 'a whole number'],
  boolean: ['是或否（true/false）', 'true or false'],
  array: ['列表', 'a list'],
  object: ['对象', 'an object'],
  record: ['对象', 'an object'],
};

function words(issue: Issue): readonly [string, string] {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return ['缺少这一项', 'is missing'];
      const [zh, en] = TYPES[issue.expected] ?? [issue.expected, issue.expected];
      return [`应当是${zh}`, `should be ${en}`];
    }
    case 'too_small':
      return bound(issue.origin, String(issue.minimum), 'small', issue.inclusive !== false);
    case 'too_big':
      return bound(issue.origin, String(issue.maximum), 'big', issue.inclusive !== false);
    case 'invalid_value':
      return issue.values.length === 1
        ? [`只能是 ${String(issue.values[0])}`, `can only be ${String(issue.values[0])}`]
        : [`只能是其中之一：${issue.values.join('、')}`, `must be one of: ${issue.values.join(', ')}`];
    case 'unrecognized_keys':
      return [`没有这些字段：${keys(issue.keys, '、')}`, `unknown fields: ${keys(issue.keys, ', ')}`];
    case 'invalid_format':
      return issue.message.startsWith('!') ? both(issue.message) : ['格式不正确', 'has the wrong form'];
    case 'invalid_union':
      return ['不是允许的形式', 'is none of the allowed forms'];
    case 'not_multiple_of':
      return [`应当是 ${issue.divisor} 的倍数`, `must be a multiple of ${issue.divisor}`];
    default:
      return issue.message.startsWith('!') ? both(issue.message) : [issue.message, issue.message];
  }
}

/** A message in the caller's language; those worded by us in both (`!zh|en`) are split. */
export function worded(message: string, language: Language): string {
  return message.startsWith('!') ? both(message)[language === 'en' ? 1 : 0] : message;
}

/** Our own schemas word their messages `!zh|en`. */
function both(message: string): readonly [string, string] {
  const [zh = '', en = zh] = message.slice(1).split('|');
  return [zh, en];
}

function keys(names: readonly string[], comma: string): string {
  return names
    .slice(0, 10)
    .map((name) => name.slice(0, 80))
    .join(comma);
}

function bound(origin: string, limit: string, side: 'small' | 'big', inclusive: boolean): readonly [string, string] {
  const zh = side === 'small' ? (inclusive ? '至少' : '大于') : inclusive ? '至多' : '小于';
  const en = side === 'small' ? (inclusive ? 'at least' : 'more than') : inclusive ? 'at most' : 'less than';
  if (origin === 'string') {
    if (side === 'small' && limit === '1') return ['不能为空', 'must not be empty'];
    return [`${zh} ${limit} 个字`, `must have ${en} ${limit} characters`];
  }
  if (origin === 'array' || origin === 'set') return [`${zh} ${limit} 项`, `must have ${en} ${limit} entries`];
  return [`${zh} ${limit}`, `must be ${en} ${limit}`];
}
