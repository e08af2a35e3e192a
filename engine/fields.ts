import type { Field, Program, Text } from '../sdk/program.ts';
import type { FieldValue } from './act.ts';
import { inBoth, oneOf, type Refusal, refuse } from './refusal.ts';
import { sensitiveProblem } from './sensitive.ts';
import { isCalendarDate } from './time/civil.ts';

/** Longest text of a field, in characters. */
const MOST_CHARACTERS = 20_000;

/** Checks values of a program's fields; undefined when all are right, INVALID_DATA with every path when not. */
export function fieldProblems(
  program: Program,
  values: Readonly<Record<string, unknown>>,
  path: string,
  required: readonly string[] = [],
): Refusal | undefined {
  const errors: { path: string; message: string }[] = [];
  for (const [key, value] of Object.entries(values)) {
    const field = Object.hasOwn(program.fields, key) ? program.fields[key] : undefined;
    const message = field
      ? problemOf(field, value)
      : inBoth(
          `没有这个字段；本程序有 ${Object.keys(program.fields).join('、')}`,
          `no such field; this program has ${Object.keys(program.fields).join(', ')}`,
        );
    if (message) errors.push({ path: `${path}.${key}`, message });
  }
  for (const key of required)
    if (!Object.hasOwn(values, key))
      errors.push({ path: `${path}.${key}`, message: inBoth('需要填写', 'is asked for') });
  if (errors.length === 0) return undefined;
  return refuse(
    'INVALID_DATA',
    ['填写的内容不符合要求。', 'Some fields are missing or not valid.'],
    [['按列出的位置改正后重新提交', 'Correct the listed places and send it again']],
    errors,
  );
}

/** Values already checked by {@link fieldProblems}. */
export function checkedFields(values: Readonly<Record<string, unknown>>): Record<string, FieldValue> {
  return values as Record<string, FieldValue>;
}

function problemOf(field: Field, value: unknown): string | undefined {
  switch (field.kind) {
    case 'text':
      if (typeof value !== 'string' || value.trim() === '') return inBoth('不能为空的文字', 'a text that is not empty');
      if (value.length > MOST_CHARACTERS)
        return inBoth(`至多 ${MOST_CHARACTERS} 个字`, `at most ${MOST_CHARACTERS} characters`);
      return field.sensitive && wordsOf(sensitiveProblem(field.sensitive, value));
    case 'number':
      return Number.isSafeInteger(value) ? undefined : inBoth('应当是整数', 'a whole number');
    case 'date':
      return typeof value === 'string' && isCalendarDate(value)
        ? undefined
        : inBoth('应当是日期，如 2026-11-22', 'a date like 2026-11-22');
    case 'yesNo':
      return typeof value === 'boolean' ? undefined : inBoth('应当是 true 或 false', 'true or false');
    case 'choice':
      return (field.of ?? []).some((each) => each === value) ? undefined : oneOf(field.of ?? []);
  }
}

const wordsOf = (text: Text | undefined): string | undefined => text && inBoth(...text);
