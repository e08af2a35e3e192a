import { execFile } from 'node:child_process';
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

/** Asks the second verifier about files, all in one process, as its users start it. Rejects where Python is missing or fails. */
export function askPython(files: readonly string[], options: readonly string[] = []): Promise<PythonVerdict[]> {
  const how = {
    ...{ maxBuffer: 256 * 1024 * 1024, timeout: 300_000 },
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' },
  };
  return new Promise((resolve, reject) => {
    execFile(
      'python3',
      [script, '--json', ...options, ...files],
      { ...how, encoding: 'utf8' },
      (error, stdout, stderr) => {
        // 1: one of them does not hold
        if (error && error.code !== 1)
          reject(new Error(`the second verifier failed (${error.code}): ${stderr || error.message}`));
        else
          resolve(
            stdout
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line) as PythonVerdict),
          );
      },
    );
  });
}
