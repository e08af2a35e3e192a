import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseSeed } from '../faults/play.ts';
import { campaignFile } from '../support/campaign-file.ts';
import { sweepTestFolders } from '../support/folders.ts';
import { quietRuntime, silentLog } from '../support/quiet.ts';
import { type Ground, prepareGround } from './ground.ts';
import { prepareSchemathesis } from './tool.ts';
import { ROLES, type Round, tryAs } from './trial.ts';

// `npm run campaign:api -- --seed 7 --n 100000`: Schemathesis tries every operation of the OpenAPI document on a running Linli, in
// the name of one role after the other, until so many cases were judged. What came of it goes to docs/campaigns/. Exit 1 when
// something did not hold.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    /** Cases in all. */
    n: { type: 'string', default: '5000' },
    /** Roles, separated by commas. */
    as: { type: 'string', default: ROLES.join(',') },
    /** Cases of an operation in each phase of a round that draws them. */
    examples: { type: 'string', default: '20' },
    /** Where the result goes; `none`: nowhere. */
    to: { type: 'string', default: join(import.meta.dirname, '../../docs/campaigns') },
  },
});
const seed = Number(values.seed) || chooseSeed();
const [n, examples, roles] = [Number(values.n), Number(values.examples), values.as.split(',')];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Whose requests go through every limit of every schema, in the first, second and third cycle of roles. */
const COVERED = ['admin', 'caseworker', 'auditor'];

quietRuntime();
say(`seed ${seed}, ${n} cases`);
const write = campaignFile({ kind: 'api', seed, begun: new Date(), to: values.to });
const python = prepareSchemathesis();
const rounds: Round[] = [];
const logged = new Set<string>();
const cases = () => rounds.reduce((sum, round) => sum + round.cases, 0);
let ground: Ground | undefined;
try {
  await sweepTestFolders(silentLog);
  while (cases() < n) {
    const role = roles[rounds.length % roles.length]!;
    // administrators, at the end, may have ended posts and units: those after them begin on new ground
    if (rounds.length % roles.length === 0) {
      await ground?.close();
      ground = undefined;
      ground = await prepareGround();
    }
    // what is not drawn is the same each time, and ten times as much: once for a few roles
    const drawn = ['fuzzing', 'stateful'] as const;
    const cycle = Math.floor(rounds.length / roles.length);
    const phases = role === COVERED[cycle] ? (['examples', 'coverage', ...drawn] as const) : drawn;
    const round = await tryAs(ground!, python, { role, seed: seed + rounds.length, phases, examples });
    rounds.push(round);
    for (const what of Object.keys(ground!.troubles())) logged.add(`logged: ${what}`);
    say(`${role}: ${round.cases} cases in ${Math.round(round.tookMs / 1_000)} s, ${cases()} in all`);
    if (round.failures.length > 0) say(round.printed);
    write(result());
  }
} finally {
  say(JSON.stringify(result().failures, undefined, 2));
  say(write(result()) ?? '');
  await ground?.close();
}
process.exitCode = cases() < n || result().failures.length > 0 ? 1 : 0;
process.exit();

function result() {
  return {
    n: cases(),
    failures: [...new Set([...rounds.flatMap(({ failures }) => failures), ...logged])].sort(),
    rounds: rounds.map(({ printed: _, ...round }) => round),
  };
}
