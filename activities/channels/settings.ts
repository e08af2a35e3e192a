import { z } from 'zod';
import { explainReason } from '../../door/channel-reasons.ts';
import type { Text } from '../../sdk/program.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import type { ChannelSettings, Problem, SendOutcome } from './sender.ts';

/** A rule of ours for a value: what is wrong with it, in both languages, or nothing. */
export type Rule = (value: string) => Text | undefined;

/** A text that keeps rules, blanks around it dropped; the first rule broken is told. */
export function ruled(...rules: readonly Rule[]) {
  return z
    .string()
    .trim()
    .superRefine((value, context) => {
      const text = rules.map((rule) => rule(value)).find((found) => found !== undefined);
      if (text) context.addIssue({ code: 'custom', params: { text } });
    });
}

/** A setting that may be left out; an empty field of a form counts as left out. */
export const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), schema.optional());

/** The rule that an address may be sent to at all. */
export const reachable =
  (fetch: GuardedFetch): Rule =>
  (value) => {
    const reason = fetch.problemOf(value);
    return reason && explainReason(reason);
  };

/** A rule in words for what must hold. */
export const must =
  (holds: (value: string) => boolean, text: Text): Rule =>
  (value) =>
    holds(value) ? undefined : text;

/** Settings as they are kept, or everything that is wrong with them. */
export function checkSettings(
  schema: z.ZodType<Record<string, string | undefined>>,
  entered: unknown,
): ChannelSettings | Problem[] {
  const { data, error } = schema.safeParse(entered);
  if (error) return error.issues.flatMap((issue) => problemsOf(issue, entered));
  return Object.fromEntries(Object.entries(data).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function problemsOf(issue: z.core.$ZodIssue, entered: unknown): Problem[] {
  const path = issue.path.join('.');
  switch (issue.code) {
    case 'custom':
      return [{ path, message: issue.params?.['text'] as Text }];
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: key, message: ['没有这项设置。', 'There is no such setting.'] }));
    default:
      return path === ''
        ? [{ path, message: ['请填写设置。', 'Enter the settings.'] }]
        : [
            {
              path,
              message:
                (entered as Record<string, unknown>)[path] === undefined
                  ? ['请填写这一项。', 'This is missing.']
                  : ['应为文字。', 'This must be a text.'],
            },
          ];
  }
}

/** What comes of settings that no longer pass the check, such as after a change of the allow-list. They can be mended. */
export const SETTINGS_INVALID: SendOutcome = { kind: 'again', reason: 'settings-invalid' };

/** The rule for a robot's keyword: what its vendor lets one be. */
export const isKeyword = must(
  (value) => value.length <= 20 && !/[\p{C}<>]/u.test(value),
  [
    '关键词最多 20 个字，不能有尖括号和控制字符。',
    'A keyword has at most 20 characters, no angle brackets and no control characters.',
  ],
);
