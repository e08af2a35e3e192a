import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import configuration, { rulesOfValues } from '../.dependency-cruiser.mjs';
import { removeTestFolder } from './support/folders.ts';
import { importsOf, mirrorSources } from './support/source-mirror.ts';

const root = join(import.meta.dirname, '..');
const folders = [
  'sdk',
  'engine',
  'plugins',
  'door',
  'workflows',
  'activities',
  'db',
  'api',
  'web',
  'bin',
  'test',
  'bench',
];
let mirror: string;

beforeAll(() => {
  mirror = mirrorSources(root, folders);
});

afterAll(() => {
  removeTestFolder(mirror);
});

test('folders import only what the architecture lets them', async () => {
  const { modules, summary } = await check(folders.filter((folder) => existsSync(join(mirror, folder))));
  expect(modules.length).toBeGreaterThan(60);
  expect(violations(summary)).toEqual([]);
}, 60_000);

test.each([
  ['engine', "import '../../bin/platform/ports.ts';", 'engine-direction'],
  ['engine', "import type { Sql } from 'postgres';", 'pure-core-libraries'],
  ['sdk', "import 'node:fs';", 'pure-core'],
  ['sdk', "import type { freePort } from '../../bin/platform/ports.ts';", 'sdk-direction'],
  ['workflows', "import 'node:fs';", 'workflows-sandbox'],
  ['bin/witness', "import '../../config.ts';", 'witness-alone'],
  ['api', "import { thing } from '../../workflows/case.ts'; thing();", 'names-of-workflows-only'],
])('in %s/ the line %s is found', async (folder, line, rule) => {
  const { summary } = await check([plant(folder, line)]);
  expect(violations(summary).map((each) => each.split(':')[0])).toContain(rule);
});

test('a type is not a value to a workflow', async () => {
  const { summary } = await check([plant('workflows', "import type { freePort } from '../../bin/platform/ports.ts';")]);
  expect(violations(summary)).toEqual([]);
});

/** Writes one file that breaks (or keeps) a rule into a folder of its own. */
function plant(folder: string, line: string): string {
  const place = mkdtempSync(join(mirror, folder, 'planted-'));
  writeFileSync(join(place, 'planted.ts'), `${line}\nexport const planted = true;\n`);
  return `${folder}/${basename(place)}`;
}

async function check(paths: string[]): Promise<ICruiseResult> {
  const { forbidden, options } = configuration;
  const { output } = await cruise(paths, {
    ...options,
    baseDir: mirror,
    preserveSymlinks: true,
    validate: true,
    ruleSet: { forbidden: forbidden ?? [] },
  });
  if (typeof output === 'string') throw new Error('expected a result, not a text');
  return output;
}

function violations({ violations }: ICruiseResult['summary']): string[] {
  return violations
    .filter(({ rule, from, to }) => !(rulesOfValues.includes(rule.name) && isTypeOnly(from, to)))
    .map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

/** Whether a file imports another (or a package) for its types alone. */
function isTypeOnly(from: string, to: string): boolean {
  const matching = importsOf(readFileSync(join(mirror, from), 'utf8'), false).filter(({ source }) =>
    source.startsWith('.')
      ? join(dirname(from), source) === to
      : to === source || to.startsWith(`node_modules/${source}/`),
  );
  return matching.length > 0 && matching.every(({ typeOnly }) => typeOnly);
}
