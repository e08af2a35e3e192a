import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseSeed } from '../faults/play.ts';
import { campaignFile } from '../support/campaign-file.ts';
import { makeTestFolder, removeTestFolder } from '../support/folders.ts';
import { scriptDatabase } from '../support/script-database.ts';
import { partsOf } from './mutate.ts';
import { storyDossiers } from './story.ts';
import { type Trial, tryMutants } from './trial.ts';

// `npm run campaign:dossier -- --seed 7 --n 10000`: so many changes of two dossiers, whole and redacted, each shown to both
// verifiers. What came of it goes to docs/campaigns/.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    /** Changes in all. */
    n: { type: 'string', default: '10000' },
    /** Where the result goes; `none`: nowhere. */
    to: { type: 'string', default: join(import.meta.dirname, '../../docs/campaigns') },
  },
});
const seed = Number(values.seed) || chooseSeed();
const n = Number(values.n);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`seed ${seed}, ${n} changes`);
const write = campaignFile({ kind: 'dossier', seed, begun: new Date(), to: values.to });
const folder = makeTestFolder('campaign');
const database = await scriptDatabase();
try {
  const { scene, plain, redacted, key, witness } = await storyDossiers(folder, database);
  const bases = [plain, redacted].map((path) => partsOf(path, readFileSync(path)));
  await scene.close();
  const tried = await tryMutants(bases, {
    ...{ seed, n, folder: join(folder, 'tried'), key, witness },
    onBatch(done, trial) {
      if (done % 500 > 0) return;
      say(`${done} changes, ${trial.missed.length} missed`);
      write(resultOf(done, trial));
    },
  });
  for (const each of [...tried.missed, ...tried.alarms].slice(0, 50)) say(`✗ ${each}`);
  say(
    `${n} changes, ${tried.foundBy.both} found by both, ${tried.missed.length} missed, ${tried.alarms.length} false alarms (seed ${seed})`,
  );
  process.exitCode = tried.missed.length + tried.alarms.length > 0 ? 1 : 0;
  say(write(resultOf(n, tried)) ?? '');
} finally {
  removeTestFolder(folder);
}

/** What is kept of a trial: `n` is how many were to be tried, `done` how many were. */
function resultOf(done: number, { kinds, foundBy, missed, alarms }: Trial): object {
  return { n, done, foundBy, kinds: Object.fromEntries([...kinds].sort()), missed, falseAlarms: alarms };
}
