import { expect, test } from 'vitest';
import { fieldSchema, intakeSchema } from './intake.ts';
import { tinyProgram } from './tiny-program.fixture.ts';

test('the intake of a program is a closed object of required fields', () => {
  expect(intakeSchema(tinyProgram)).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: '小项目',
    'x-linli-name': ['小项目', 'tiny program'],
    type: 'object',
    properties: {
      need: {
        title: '需要',
        'x-linli-name': ['需要', 'need'],
        'x-linli-personal': true,
        type: 'string',
        minLength: 1,
        maxLength: 10_000,
      },
    },
    required: ['need'],
    additionalProperties: false,
  });
});

test.each([
  ['number', { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }],
  ['date', { type: 'string', format: 'date', pattern: '^\\d{4}-\\d{2}-\\d{2}$' }],
  ['yesNo', { type: 'boolean' }],
] as const)('a %s', (kind, schema) => {
  expect(fieldSchema({ name: ['一', 'one'], kind })).toMatchObject(schema);
});

test('a sensitive field says of what sort', () => {
  const field = { name: ['电话', 'telephone'], kind: 'text', personal: true, sensitive: 'telephone' } as const;
  expect(fieldSchema(field)).toMatchObject({ 'x-linli-personal': true, 'x-linli-sensitive': 'telephone' });
});

test('a choice lists its values', () => {
  expect(fieldSchema({ name: ['心情', 'mood'], kind: 'choice', of: ['好', '差'] })).toMatchObject({
    enum: ['好', '差'],
  });
});
