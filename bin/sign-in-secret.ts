import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from './config.ts';
import { makeFile } from './whole-file.ts';

/** The file of the configuration, or one of our own in the data folder. */
export const signInSecretFile = ({ dataDir, signInSecretFile: given }: Config): string =>
  given ?? join(dataDir, 'sign-in-secret');

/**
 * The secret that signs cookies of people who sign in by name and encrypts their second factors; made when there is none. All
 * processes of an installation need the same. Throws for a file that holds none.
 */
export function signInSecret(config: Config): string {
  const file = signInSecretFile(config);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    makeFile(file, `${randomBytes(32).toString('base64url')}\n`);
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length >= 32) return secret;
  throw new Error(`${file} holds no secret: it should be 32 characters or more. Way out: put it back from a backup.`);
}
