import type { Field, Text } from '../sdk/program.ts';
import { isCalendarDate } from './time/civil.ts';

/** Kinds of sensitive personal information that a field may hold (PIPL art. 28). */
export type Sensitive = NonNullable<Field['sensitive']>;

interface Rule {
  /** What is wrong with a value; undefined when it can be one. */
  problem(value: string): Text | undefined;
  /** What is shown of it to whoever has not asked for it. */
  mask(value: string): string;
}

/** What telephone numbers look like: digits with the marks people write between them, and an extension. */
export const TELEPHONE = /^\+?\d[\d ()-]{2,28}(转\d{1,6})?$/;

/** What stands for a text of which nothing may be shown: its length would tell something. */
export const HIDDEN = '******';

const rules: Readonly<Record<Sensitive, Rule>> = {
  idNumber: {
    problem: (value) =>
      isIdNumber(value)
        ? undefined
        : [
            '应为 18 位公民身份号码，校验码须正确',
            'a resident identity number of 18 characters with its check character',
          ],
    // place and birthday are in the record: with them two digits more leave nine numbers
    mask: () => HIDDEN,
  },
  telephone: {
    problem: (value) => (TELEPHONE.test(value) ? undefined : ['不是有效的电话号码', 'a telephone number']),
    mask(value) {
      const digits = value.replace(/\D/g, '');
      return digits.length < 10 ? HIDDEN : `${digits.slice(0, 3)}****${digits.slice(-4)}`;
    },
  },
  health: { problem: () => undefined, mask: () => HIDDEN },
};

/** What is wrong with the value of a sensitive field; undefined when nothing is. */
export const sensitiveProblem = (kind: Sensitive, value: string): Text | undefined => rules[kind].problem(value);

/** What is shown of the value of a sensitive field until somebody asks for it and says what for. */
export const masked = (kind: Sensitive, value: unknown): string => rules[kind].mask(String(value));

/** Values of a case's fields as they are shown: the sensitive ones masked, and texts of which the program does not say what they are. */
export function maskedFields<V>(
  fields: Readonly<Record<string, Field>>,
  values: Readonly<Record<string, V>>,
): Record<string, V | string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field?.sensitive) return [key, masked(field.sensitive, value)];
      return [key, field === undefined && typeof value === 'string' ? HIDDEN : value];
    }),
  );
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/** Whether a text is a resident identity number: six digits of the place, the birthday, three of the order, a check character (GB 11643-1999, ISO 7064 MOD 11-2). */
export function isIdNumber(value: string): boolean {
  if (!/^[1-9]\d{16}[\dX]$/.test(value)) return false;
  const born = `${value.slice(6, 10)}-${value.slice(10, 12)}-${value.slice(12, 14)}`;
  const sum = WEIGHTS.reduce((total, weight, n) => total + weight * Number(value[n]), 0);
  return isCalendarDate(born) && CHECKS[sum % 11] === value[17];
}

/** What of a person a text gives away: numbers that are a resident identity number by their form and birthday, or a telephone. */
export function numbersIn(text: string): ('idNumber' | 'telephone')[] {
  const plain = text.normalize('NFKC').replace(/\p{Cf}/gu, '');
  const runs = plain.match(/\d(?:[ -]?\d){16}[ -]?[\dXx](?![ -]?\d)/g) ?? [];
  const isId = runs.some((run) => {
    const digits = run.replace(/[ -]/g, '');
    return isCalendarDate(`${digits.slice(6, 10)}-${digits.slice(10, 12)}-${digits.slice(12, 14)}`);
  });
  const mobile = /(?<!\d)(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)/;
  const landline = /(?<!\d)\(?0\d{2,3}\)?[ -]?[2-9]\d{2,3}[ -]?\d{4}(?!\d)/;
  return [
    ...(isId ? (['idNumber'] as const) : []),
    ...(mobile.test(plain) || landline.test(plain) ? (['telephone'] as const) : []),
  ];
}
