import { maskedFields } from '../../engine/sensitive.ts';
import type { State } from '../../engine/state.ts';
import type { Program } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';

/** A field of a case's form as people see it. */
export interface FieldView {
  readonly key: string;
  readonly name: string;
  /** What it says, masked when it is sensitive. */
  readonly text: string;
  readonly sensitive: boolean;
}

const YES: Readonly<Record<'true' | 'false', readonly [string, string]>> = { true: ['是', 'yes'], false: ['否', 'no'] };

/** The fields that are filled in, in the order of the program. */
export function fieldsShown(
  { fields: values }: Pick<State, 'fields'>,
  program: Program | undefined,
  language: Language,
): FieldView[] {
  const fields = program?.fields ?? {};
  const shown = maskedFields(fields, values);
  return Object.entries(fields).flatMap(([key, { name, sensitive }]) => {
    const value = shown[key];
    if (value === undefined) return [];
    const text = typeof value === 'boolean' ? pick(YES[`${value}`], language) : String(value);
    return [{ key, name: pick(name, language), text, sensitive: sensitive !== undefined }];
  });
}
