import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Instant } from '../sdk/time.ts';
import { replaceFile } from './whole-file.ts';

const shape = z.array(
  z.object({
    origin: z.string(),
    size: z.number().int().min(0),
    root: z.string(),
    signedAt: z.iso.datetime(),
    restoreFoundAt: z.iso.datetime(),
    givenUpAt: z.iso.datetime(),
  }),
);

/** What was signed on this machine of a log that a restore took away: its size and root (lower-case hex), and when. */
export interface GivenUp {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly signedAt: Instant;
  readonly restoreFoundAt: Instant;
  readonly givenUpAt: Instant;
}

const listOf = (keyFile: string): string => `${keyFile}.given-up`;
const memoryOf = (keyFile: string): string => `${keyFile}.signed`;

/** When the key that lies here has signed last. */
export const signedLastAt = (keyFile: string): Instant => statSync(memoryOf(keyFile)).mtime.toISOString();

/** Everything that was ever given up here of this log, oldest first. Throws for a file that cannot be read. */
export function givenUpOf(keyFile: string, origin: string): GivenUp[] {
  const file = listOf(keyFile);
  return read(file).filter((each) => each.origin === origin);
}

/** Puts what was signed last onto the list of what was given up; from then on the log is signed again. */
export function giveUp(keyFile: string, given: GivenUp): void {
  const file = listOf(keyFile);
  replaceFile(file, `${JSON.stringify([...read(file), given], undefined, 2)}\n`);
  rmSync(memoryOf(keyFile));
}

function read(file: string): GivenUp[] {
  if (!existsSync(file)) return [];
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new Error(`${file} is damaged: it lists what was signed of logs that restores took away.`);
  }
}
