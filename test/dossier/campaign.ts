import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseSeed } from '../faults/play.ts';
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
const begun = new Date();
const folder = makeTestFolder('campaign');
const database = await scriptDatabase();
try {
  const { scene, plain, redacted, key } = await storyDossiers(folder, database);
  const bases = [plain, redacted].map((path) => partsOf(path, readFileSync(path)));
  await scene.close();
  const tried = await tryMutants(bases, {
    ...{ seed, n, folder: join(folder, 'tried'), key },
    onBatch: (done, missed) => void (done % 500 === 0 && say(`${done} changes, ${missed} missed`)),
  });
  report(tried);
} finally {
  removeTestFolder(folder);
}

function report({ kinds, missed, alarms }: Trial): void {
  for (const each of [...missed, ...alarms].slice(0, 50)) say(`✗ ${each}`);
  say(`${n} changes, ${missed.length} missed, ${alarms.length} false alarms (seed ${seed})`);
  process.exitCode = missed.length + alarms.length > 0 ? 1 : 0;
  if (values.to === 'none') return;
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' });
  const result = {
    ...{ kind: 'dossier', seed, n, commit: status === 0 ? stdout.trim() : null, node: process.version },
    ...{ begun: begun.toISOString(), ended: new Date().toISOString() },
    machine: {
      cpus: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      load: loadavg().map((each) => Math.round(each)),
    },
    kinds: Object.fromEntries([...kinds].sort()),
    ...{ missed, falseAlarms: alarms },
  };
  mkdirSync(values.to, { recursive: true });
  const file = join(values.to, `dossier-${begun.toISOString().slice(0, 10)}-seed-${seed}.json`);
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  say(file);
}
