// All checks, as `npm test` runs them: format and lint, types, tests. Arguments go to the test runner and leave the
// checks out: `npm test -- --project unit`, `npm test -- engine/clock`. Three suites take five to fifteen minutes each and
// come by a script of their own, or after everything else: `npm run test:long` or `npm test -- --with-long` (the files that
// take minutes each), `npm run test:years` or `--with-years` (a case of twenty years), `npm run faults` or `--with-faults`.
// The last line counts what all runners reported.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A runner that hangs is ended: then it has failed, and what follows still runs. */
const mostMs = 60 * 60_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const suites = ['unit', 'integration', 'temporal', 'e2e'];
const slowSuites = ['long', 'years', 'faults'];
const args = process.argv.slice(2);
const asked = slowSuites.filter((suite) => args.includes(`--with-${suite}`));
const selection = args.filter((arg) => !slowSuites.some((suite) => arg === `--with-${suite}`));
const failures = [];
let passed = 0;
let skipped = 0;

if (selection.length === 0) {
  step('format and lint', ['@biomejs/biome/bin/biome', 'ci', '.']);
  step('types', ['typescript/bin/tsc', '--noEmit']);
  step('types of workflows/ without Node', ['typescript/bin/tsc', '--noEmit', '-p', 'workflows']);
}
runTests(selection.length === 0 ? suites.map((suite) => `--project=${suite}`) : selection);
for (const suite of asked) runTests([`--project=${suite}`]);

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((each) => `  ${each}`).join('\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

function step(name, [program, ...args]) {
  console.log(`\n— ${name}`);
  const { status } = node([join('node_modules', program), ...args]);
  if (status !== 0) failures.push(name);
}

function runTests(args) {
  console.log(`\n— tests ${args.join(' ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'linli-report-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { status } = node(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args]);
    const before = failures.length;
    if (existsSync(report)) count(JSON.parse(readFileSync(report, 'utf8')));
    // an error outside every test, or a runner that died, is a failure too
    if (status !== 0 && failures.length === before) failures.push(`the test runner ended with ${status ?? 'a signal'}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count({ testResults }) {
  for (const { name, status, assertionResults, message } of testResults) {
    const file = name.startsWith(root) ? name.slice(root.length + 1) : name;
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const succeeded = assertionResults.filter((test) => test.status === 'passed');
    passed += succeeded.length;
    skipped += assertionResults.length - failed.length - succeeded.length;
    for (const test of failed) failures.push(`${file}: ${test.fullName}`);
    if (status === 'failed' && failed.length === 0) failures.push(`${file}: ${firstLine(message)}`);
  }
}

function firstLine(message) {
  return message?.trim().split('\n')[0] || 'the file does not run';
}

function node(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], timeout: mostMs });
}
