import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../engine/refusal.ts';
import { errorsFile, errorsText } from './errors-file.ts';

test('the page of errors is committed as the catalogue has them (npm run errors writes it)', () => {
  expect(readFileSync(errorsFile, 'utf8')).toBe(errorsText());
});

test('every code has a line', () => {
  for (const code of Object.keys(catalogue)) expect(errorsText()).toContain(`\`${code}\``);
});
