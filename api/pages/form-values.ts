import { type ApiProblem, problem } from '../errors.ts';
import type { Language } from '../language.ts';

/** What a form holds: its texts by the names of its fields. */
export type Values = Readonly<Record<string, string>>;

/** A way out of a refusal: in words, and where it is done when a page does it. */
export interface Way {
  readonly text: string;
  readonly href?: string;
}

/** Why a form was not taken: what and why, what can be done about it, and which fields it is about. */
export interface FormProblem {
  readonly detail: string;
  readonly ways: readonly Way[];
  readonly fields: ReadonlyMap<string, { readonly label: string; readonly text: string }>;
}

/** What the fields of a form are drawn with. */
export interface FormFrame {
  readonly language: Language;
  readonly values: Values;
  readonly problem: FormProblem | undefined;
}

/** Values that are a form's own business and no field. */
export const OWN_VALUES: readonly string[] = ['token', 'key', 'step', 'shown'];

/** Where a field is, for the links of the summary. */
export const fieldId = (name: string): string => `f-${name}`;

/** Whether a form carries a key by which what it asks for is done once, however often it is sent. */
export function isFormKey(key: string | undefined): key is string {
  return key !== undefined && /^[\w-]{8,64}$/.test(key);
}

/** The refusal of a form that is too old, or not one of ours. */
export const expired = (): ApiProblem =>
  problem('FORBIDDEN', ['表单已过期，请再提交一次。', 'The form had expired. Send it once more.']);
