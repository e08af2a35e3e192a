import { existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';

const limitBytes = 20_000_000;

/** Opens a log file of a child process for appending; a long one is put aside once, as `.old`. */
export function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > limitBytes) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}

/** The last lines of a log file, for an error message. */
export function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
  } catch {
    return '(no log)';
  }
}
