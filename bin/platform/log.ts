import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger } from 'pino';
import type { LogLevel } from '../config.ts';

/** Where a process logs to. */
export interface LogOptions {
  readonly level: LogLevel;
  /** A file for all lines; then standard error shows warnings and errors only, in plain words. */
  readonly file?: string;
}

/** A logger of JSON lines. Log ids, counts and codes: never names, numbers of people or texts that somebody wrote. */
export function createLog({ level, file }: LogOptions): Logger {
  const options = { level, timestamp: pino.stdTimeFunctions.isoTime, base: { process: process.pid } };
  if (!file) return pino(options, pino.destination({ dest: 2, sync: true }));
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const toFile = pino.destination({ dest: file, mode: 0o600, sync: true });
  return pino(
    options,
    pino.multistream([
      { stream: toFile, level: level === 'silent' ? 'fatal' : level },
      { stream: { write: (line: string) => void process.stderr.write(`${inWords(line)}\n`) }, level: 'warn' },
    ]),
  );
}

/** One JSON line as a person would like to read it. */
function inWords(line: string): string {
  const { msg, err, level } = JSON.parse(line) as { msg?: string; level: number; err?: { message?: string } };
  const kind = level >= 50 ? 'error' : 'warning';
  return `${kind}: ${msg ?? ''}${err?.message ? `: ${err.message}` : ''}`;
}
