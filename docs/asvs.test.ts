import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import config from '../vitest.config.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/asvs.md'), 'utf8');
const ids = readFileSync(join(root, 'docs/asvs-ids.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('V'));

/** Rows of the page: number, level, requirement, state, how, test. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| V'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
const open = rows.filter(([, , , state]) => state === 'open');

test('every requirement of levels 1 and 2 stands on the page once, in the order of the standard', () => {
  // 70 of level 1 and 183 of level 2, as the standard itself counts
  expect(ids.filter((line) => line.endsWith(' 1'))).toHaveLength(70);
  expect(ids.filter((line) => line.endsWith(' 2'))).toHaveLength(183);
  expect(rows.map(([id, level]) => `${id} ${level}`)).toEqual(ids);
});

test('each is met, with the test that runs, or not applicable, with the reason, or open', () => {
  for (const [id, , requirement, state, how, file, ...more] of rows) {
    expect(more, id).toEqual([]);
    expect(['met', 'not applicable', 'open'], id).toContain(state);
    expect(requirement, id).not.toBe('');
    expect(how, id).not.toBe('');
    if (state === 'met') expect(file, id).toMatch(/^`.+\.test\.ts`$/);
  }
});

const named = [...new Set([...page.matchAll(/`([\w./-]+\.test\.tsx?)`/g)].map(([, path]) => path!))];

test('every test that is named is there, and tests', () => {
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const tests = (path: string) => {
    const text = readFileSync(join(root, path), 'utf8');
    return /^ *(it|test)\b/m.test(text) && !/\b(it|test|describe)\.(skip|only|todo)\b/.test(text);
  };
  expect(named.filter((path) => !tests(path))).toEqual([]);
});

test('every test that is named runs in one of the suites that a change has to pass', () => {
  const suites = (config.test?.projects ?? []).flatMap((project) =>
    typeof project === 'object' && 'test' in project && project.test?.name !== 'faults' ? [project.test!] : [],
  );
  expect(suites.length).toBeGreaterThan(3);
  const runs = (path: string) =>
    suites.some(
      ({ include = [], exclude = [] }) =>
        include.some((glob) => matchesGlob(path, glob)) && !exclude.some((glob) => matchesGlob(path, glob)),
    );
  expect(named.filter((path) => !runs(path))).toEqual([]);
  // what is no test, or belongs to the faults alone, would be noticed
  expect(['test/faults/faults.test.ts', 'api/app.ts'].filter(runs)).toEqual([]);
});

test('every page that is named is there', () => {
  const named = [...page.matchAll(/\bdocs\/[\w-]+\.(?:md|json)\b/g)].map(([path]) => path);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('what is open is listed at the top, and counted', () => {
  const top = page.slice(page.indexOf('## Open'), page.indexOf('## V1 '));
  expect([...top.matchAll(/^- (V[\d.]+) /gm)].map(([, id]) => id)).toEqual(open.map(([id]) => id));
  const count = (state: string) => rows.filter((row) => row[3] === state).length;
  expect(page).toContain(`${count('met')} met, ${count('not applicable')} not applicable, ${count('open')} open.`);
});
