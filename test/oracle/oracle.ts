import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A question the oracle can answer; see oracle.py for what each means. */
export type Question =
  | {
      readonly ask: 'due';
      readonly start: string;
      readonly budget: string;
      readonly extensions: readonly string[];
      readonly pauses: readonly (readonly [from: string, to: string])[];
    }
  | {
      readonly ask: 'minutes';
      readonly start: string;
      readonly minutes: number;
      readonly pauses: readonly (readonly [from: string, to: string])[];
    }
  | { readonly ask: 'working'; readonly year: number }
  | { readonly ask: 'months'; readonly date: string; readonly n: number }
  | { readonly ask: 'lunar'; readonly date: string };

const script = fileURLToPath(new URL('oracle.py', import.meta.url));
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const NEEDED = 'The oracle needs Python 3.8 or newer with pip (on Debian: apt install python3 python3-pip).';

/** Asks the oracle; answers in the order of the questions. Throws, never answers less, where Python or its packages are missing. */
export function askOracle(python: Python, questions: readonly Question[]): unknown[] {
  const answers = runPython(python, [script], JSON.stringify(questions));
  return JSON.parse(answers) as unknown[];
}

/** A Python with the oracle's packages beside it. */
export interface Python {
  readonly command: string;
  readonly packages: string;
}

/** Finds Python and puts the packages that are wanted into the user's cache folder, once for each version of either. */
export function preparePython(commands: readonly string[] = ['python3', 'python'], wanted = requirements): Python {
  const command = commands.find((each) => version(each) !== undefined);
  if (command === undefined) throw new Error(`No Python was found. ${NEEDED}`);
  const name = createHash('sha256').update(readFileSync(wanted)).update(version(command)!).digest('hex').slice(0, 16);
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'linli-oracle');
  const packages = join(cache, name);
  if (existsSync(packages)) return { command, packages };
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'new-'));
  try {
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--target',
      fresh,
      '-r',
    ];
    runPython({ command, packages: '' }, [...pip, wanted], '');
    if (!existsSync(packages)) renameSync(fresh, packages);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return { command, packages };
}

function version(command: string): string | undefined {
  const { status, stdout } = spawnSync(command, ['-c', 'import sys; print(sys.version_info >= (3, 8), sys.version)'], {
    encoding: 'utf8',
  });
  return status === 0 && stdout.startsWith('True') ? stdout : undefined;
}

/** Runs Python with its packages and gives what it prints. Throws with the end of its errors where it fails. */
export function runPython({ command, packages }: Python, args: readonly string[], input: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...{ input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 300_000 },
    env: { ...process.env, PYTHONPATH: packages, PYTHONIOENCODING: 'utf-8', PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (status === 0) return stdout;
  const why = error?.message ?? stderr.trim().split('\n').slice(-5).join('\n');
  throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed (${status}): ${why}\n${NEEDED}`);
}
