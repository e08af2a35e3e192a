import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../../db/client.ts';
import { seedDemo } from '../../door/demo.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import fule from '../../plugins/fule/program.ts';
import { chooseSeed } from '../faults/play.ts';
import { randomFrom } from '../faults/random.ts';
import { campaignFile } from '../support/campaign-file.ts';
import { cloneDatabase, databaseOf } from '../support/clone.ts';
import { testKeyring } from '../support/keyring.ts';
import { quietLog } from '../support/record-log.ts';
import { scriptDatabase } from '../support/script-database.ts';
import { found, type Ground, groundOver, isFound, prepareGround } from './ground.ts';
import { mutations } from './mutations.ts';

// `npm run campaign:record -- --seed 7 --n 10000`: so many changes behind the triggers, each of which "audit verify" with the notes
// of a witness has to find, and none where nothing was changed. What came of it goes to docs/campaigns/. Exit 1 when one was missed.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    /** Changes in all. */
    n: { type: 'string', default: '300' },
    /** Copies of the record that are changed at the same time. */
    lanes: { type: 'string', default: '3' },
    /** Where the result goes; `none`: nowhere. */
    to: { type: 'string', default: join(import.meta.dirname, '../../docs/campaigns') },
  },
});
const seed = Number(values.seed) || chooseSeed();
const [n, lanes] = [Number(values.n), Number(values.lanes)];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`seed ${seed}, ${n} changes of ${mutations.length} kinds`);
const write = campaignFile({ kind: 'record', seed, begun: new Date(), to: values.to });
const database = await scriptDatabase();
const kinds = new Map<string, number>();
const missed: string[] = [];
const falseAlarms: string[] = [];
let [next, tried, looks] = [0, 0, 0];
const begunMs = performance.now();
try {
  const grounds = await groundsIn(database.url, lanes);
  await Promise.all(grounds.map(work));
  for (const each of [...missed, ...falseAlarms].slice(0, 50)) say(`✗ ${each}`);
  say(`seed ${seed}: ${told()}`);
  say(write(result()) ?? '');
} finally {
  await database.close();
}
process.exitCode = missed.length + falseAlarms.length > 0 ? 1 : 0;

/** Takes the next changes until there are none left, and looks at the untouched record before and after some of them. */
async function work(ground: Ground): Promise<void> {
  await look(ground);
  for (let mine = 1; next < n; mine += 1) {
    const no = next++;
    const mutation = mutations[no % mutations.length]!;
    const what = await mutation.make(ground, randomFrom(Math.imul(seed, 1_000_003) + no * 31));
    if (!(await isFound(ground))) missed.push(`${no} ${mutation.name}: ${what}`);
    await ground.restore();
    kinds.set(mutation.name, (kinds.get(mutation.name) ?? 0) + 1);
    tried += 1;
    if (mine % mutations.length === 0) await look(ground);
    if (tried % 500 > 0) continue;
    say(told());
    write(result());
  }
  await look(ground);
  await ground.close();
}

async function look(ground: Ground): Promise<void> {
  looks += 1;
  for (const { rule, what } of await found(ground)) falseAlarms.push(`after ${tried} changes: ${rule}: ${what}`);
}

function told(): string {
  const seconds = Math.round((performance.now() - begunMs) / 1_000);
  return `${tried} changes, ${missed.length} missed, ${falseAlarms.length} false alarms in ${looks} looks at what was not touched, ${seconds} s`;
}

function result(): object {
  return { n, done: tried, looks, kinds: Object.fromEntries([...kinds].sort()), missed, falseAlarms };
}

/** One record with its log, in so many databases. */
async function groundsIn(url: string, count: number): Promise<Ground[]> {
  const sql = connect(url);
  await testKeyring(sql);
  await seedDemo(sql);
  const door = await createDoor({ sql, programs: await installPrograms(sql, [fule]), log: quietLog });
  const close = async () => {
    await door.end();
    await sql.end();
  };
  const ground = await prepareGround({ sql, door, close });
  await ground.close();
  const admin = databaseOf(url, 'postgres');
  const template = new URL(url).pathname.slice(1);
  const grounds: Ground[] = [];
  while (grounds.length < count) {
    const copy = connect((await cloneDatabase(admin, template)).url);
    await testKeyring(copy);
    grounds.push(groundOver(copy, ground, () => copy.end()));
  }
  return grounds;
}
