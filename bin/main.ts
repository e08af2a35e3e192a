import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { register as api } from './commands/api.ts';
import { register as audit } from './commands/audit.ts';
import { register as backup } from './commands/backup.ts';
import { register as bench } from './commands/bench.ts';
import { register as books } from './commands/books.ts';
import { register as calendar } from './commands/calendar.ts';
import { register as cases } from './commands/case.ts';
import { register as clock } from './commands/clock.ts';
import { register as dataKeys } from './commands/data-keys.ts';
import { register as demo } from './commands/demo.ts';
import { register as doctor } from './commands/doctor.ts';
import { register as dossier } from './commands/dossier.ts';
import { register as keys } from './commands/keys.ts';
import { register as migrate } from './commands/migrate.ts';
import { register as owners } from './commands/owners.ts';
import { register as programs } from './commands/program.ts';
import { register as rebuild } from './commands/rebuild.ts';
import { register as repairRecord } from './commands/repair-record.ts';
import { register as restore } from './commands/restore.ts';
import { register as restoreWorkflows } from './commands/restore-workflows.ts';
import { register as retention } from './commands/retention.ts';
import { register as signIn } from './commands/sign-in.ts';
import { register as start } from './commands/start.ts';
import { register as witness } from './commands/witness.ts';
import { register as worker } from './commands/worker.ts';
import { ConfigError } from './config.ts';
import { commandContext } from './context.ts';

/** Every command, in the order of the help; one file each in commands/. */
const commands = [
  start,
  api,
  worker,
  migrate,
  doctor,
  keys,
  dataKeys,
  demo,
  clock,
  calendar,
  programs,
  books,
  owners,
  signIn,
  audit,
  witness,
  dossier,
  backup,
  restore,
  cases,
  restoreWorkflows,
  retention,
  rebuild,
  repairRecord,
  bench,
];

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const program = new Command('linli')
  .description('Linli 邻里: promises to neighbours, kept')
  .version(version)
  .showHelpAfterError('(linli --help tells more)')
  .exitOverride();
const context = commandContext();
for (const register of commands) register(program, context);

// whoever reads only the first lines (`linli keys | head -1`) has what he wants
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  // what had been started before the failure may keep handles open, and nobody is left to close them
  process.exit(exitCodeOf(error));
}

/** 0 holds, 1 does not hold or failed, 2 wrong use; commander has told its own errors already. */
function exitCodeOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('commander.')) return (error as { exitCode?: number }).exitCode === 0 ? 0 : 2;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  context.log.debug({ err: error }, 'failed');
  return error instanceof ConfigError ? 2 : 1;
}
