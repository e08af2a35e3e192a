import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../bin/dossier/verify_dossier.py');

/** What the independent verifier says of a file. */
export interface PythonVerdict {
  readonly file: string;
  readonly holds: boolean;
  readonly total: number;
  readonly findings: readonly { readonly rule: string; readonly where: string; readonly what: string }[];
  readonly unchecked: readonly { readonly rule: string; readonly why: string }[];
}

/** Asks the second verifier about files, all in one process. Throws where Python is missing or fails. */
export function askPython(files: readonly string[], options: readonly string[] = []): PythonVerdict[] {
  const { status, stdout, stderr, error } = spawnSync('python3', [script, '--json', ...options, ...files], {
    ...{ encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, timeout: 300_000 },
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' },
  });
  if (status !== 0 && status !== 1)
    throw new Error(`the second verifier failed (${status}): ${error?.message ?? stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PythonVerdict);
}
