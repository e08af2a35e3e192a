import { parseArgs } from 'node:util';
import { connect } from '../../db/client.ts';
import { seedDemo } from '../../door/demo.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import fule from '../../plugins/fule/program.ts';
import { randomFrom } from '../faults/random.ts';
import { quietLog } from '../support/record-log.ts';
import { scriptDatabase } from '../support/script-database.ts';
import { found, isFound, prepareGround } from './ground.ts';
import { mutations } from './mutations.ts';

// `npm run campaign:record -- --seed 7 --n 10000`: so many changes behind the triggers, each of which "audit verify" with the notes
// of a witness has to find, and none where nothing was changed. Exit 1 when one was missed.

const { values } = parseArgs({ options: { seed: { type: 'string' }, n: { type: 'string', default: '300' } } });
const seed = Number(values.seed ?? 20_261_122);
const random = randomFrom(seed);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const database = await scriptDatabase();
const sql = connect(database.url);
await seedDemo(sql);
const door = await createDoor({ sql, programs: await installPrograms(sql, [fule]), log: quietLog });
const ground = await prepareGround({ sql, door, close: async () => {} });
const missed: string[] = [];
let falseAlarms = (await found(ground)).length;
let [tried, lookMs] = [0, 0];
const begunMs = performance.now();
while (tried < Number(values.n)) {
  const mutation = mutations[tried % mutations.length]!;
  const what = await mutation.make(ground, random);
  const atMs = performance.now();
  if (!(await isFound(ground))) missed.push(`${mutation.name}: ${what}`);
  lookMs += performance.now() - atMs;
  await ground.restore();
  tried += 1;
  if (tried % mutations.length > 0) continue;
  falseAlarms += (await found(ground)).length;
  say(
    `${tried} changes, ${missed.length} missed, ${falseAlarms} false alarms, ${Math.round(performance.now() - begunMs)} ms`,
  );
}
for (const each of missed) say(`✗ ${each}`);
say(
  `seed ${seed}: ${tried} changes of ${mutations.length} kinds, ${missed.length} missed, ${falseAlarms} false alarms, ${Math.round(lookMs / tried)} ms a look`,
);
await door.end();
await sql.end();
await database.close();
process.exitCode = missed.length + falseAlarms > 0 ? 1 : 0;
