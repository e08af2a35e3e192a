import type { Field, Program, Text } from './program.ts';

/** A JSON Schema (2020-12) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The longest text of a field, in UTF-16 units: some pages of a visit diary. */
export const LONGEST_TEXT = 10_000;

/**
 * The schema of one field's value. `x-linli-name` is its name in both languages, `x-linli-personal` marks what is masked
 * outside the case, `x-linli-sensitive` what sort of sensitive information it is.
 */
export function fieldSchema(field: Field): JsonSchema {
  return {
    title: field.name[0],
    'x-linli-name': field.name,
    ...(field.personal ? { 'x-linli-personal': true } : {}),
    ...(field.sensitive ? { 'x-linli-sensitive': field.sensitive } : {}),
    ...valueSchema(field),
  };
}

function valueSchema({ kind, of }: Field): JsonSchema {
  switch (kind) {
    case 'text':
      return { type: 'string', minLength: 1, maxLength: LONGEST_TEXT };
    case 'number':
      return { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    case 'date':
      return { type: 'string', format: 'date', pattern: '^\\d{4}-\\d{2}-\\d{2}$' };
    case 'yesNo':
      return { type: 'boolean' };
    case 'choice':
      return { type: 'string', enum: of ?? [] };
  }
}

/** The schema of several fields of a program, by name; every one of them is asked for. Names the program lacks are left out. */
export function fieldsSchema(program: Program, names: readonly string[], title: Text): JsonSchema {
  const asked = names.flatMap((name): [string, Field][] => {
    const field = program.fields[name];
    return field ? [[name, field]] : [];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: title[0],
    'x-linli-name': title,
    type: 'object',
    properties: Object.fromEntries(asked.map(([name, field]) => [name, fieldSchema(field)])),
    required: asked.map(([name]) => name),
    additionalProperties: false,
  };
}

/** The schema of `data` in `POST /cases`: what is asked when a case of this program is opened. */
export function intakeSchema(program: Program): JsonSchema {
  return fieldsSchema(program, program.intake, program.name);
}
