import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { sources } from '../../api/dossier/code.ts';
import { importsOf } from '../../test/support/source-mirror.ts';

const root = join(import.meta.dirname, '../..');

/** Every file and package that running a file loads. */
function reachOf(from: string): { readonly files: Set<string>; readonly packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const { source, typeOnly } of importsOf(readFileSync(join(root, file), 'utf8'), file.endsWith('x'))) {
      if (typeOnly) continue;
      if (source.startsWith('.')) visit(relative(root, join(root, dirname(file), source)));
      else packages.add(source);
    }
  };
  visit(from);
  return { files, packages };
}

test('the verifier of dossiers loads no database, no server and no client of one', () => {
  const { files, packages } = reachOf('bin/dossier/verify.ts');
  expect(files.size).toBeGreaterThan(50);
  expect([...files].filter((file) => /^(db|workflows|activities|plugins)\//.test(file))).toEqual([]);
  expect(
    [...packages].filter((name) => /postgres|drizzle|temporalio|hono|^node:(net|http|https|tls|dgram|dns)/.test(name)),
  ).toEqual([]);
});

test('all that makes read models and pages has a part in the name of the code', () => {
  const makers = ['api/dossier/html.ts', 'api/dossier/pdf.ts', 'api/dossier/readme.ts', 'door/verify-models.ts'];
  const reached = new Set(makers.flatMap((maker) => [...reachOf(maker).files]));
  expect(reached.size).toBeGreaterThan(50);
  const isNamed = (file: string) => sources.some((source) => file === source || file.startsWith(`${source}/`));
  expect([...reached].filter((file) => !isNamed(file))).toEqual([]);
});

test('the test sees what the server loads', () => {
  const { files, packages } = reachOf('bin/audit/prove.ts');
  expect([...files].some((file) => file.startsWith('db/'))).toBe(true);
  expect([...packages].some((name) => name.startsWith('@temporalio/'))).toBe(true);
});
