import { caseWorkflowId } from '../../workflows/names.ts';
import { actsSide, updatesSide } from '../acts-sent.ts';
import type { Bench, Subject } from '../context.ts';
import type { Witnessed } from '../histories.ts';
import { BUMP, STORE } from '../reference/names.ts';
import { compare, type Line, line } from '../report.ts';
import { measure, rateOf } from '../rounds.ts';
import { watched, watchGrowth } from '../sizes.ts';
import { historiesOf, witnessedRate } from '../witness.ts';

/** Clients at a time, and how many cases each of them works on. */
interface Setting {
  readonly name: string;
  readonly clients: number;
  readonly casesEach: number;
}

const settings: readonly Setting[] = [
  { name: 'act', clients: 16, casesEach: 1 },
  { name: 'act.one', clients: 1, casesEach: 1 },
];

/** People record acts, each client on a case of its own. */
export const act: Subject = {
  about: 'acts over HTTP: 16 clients with a case each (act), one client (act.one)',
  async run(bench) {
    const lines: Line[] = [];
    for (const setting of settings) lines.push(...(await runOne(bench, setting)));
    return lines;
  },
};

/** The same over many cases: hardly ever do two acts wait for one workflow, so that the witness can fold nothing. */
export const spread: Subject = {
  about: 'acts over HTTP: 16 clients with 8 cases each',
  run: (bench) => runOne(bench, { name: 'spread', clients: 16, casesEach: 8 }),
};

async function runOne(bench: Bench, { name, clients, casesEach }: Setting): Promise<Line[]> {
  const { installation, reference, cases, say } = bench;
  const many = clients * casesEach;
  say(`${name}: ${clients} clients, ${many} cases and as many workflows of each reference …`);
  const [caseIds, bareIds, storeIds]: string[][] = [[], [], []];
  let begun = 0;
  const openSome = async (): Promise<void> => {
    while (begun < many) {
      begun += 1;
      bareIds!.push(await reference.open());
      storeIds!.push(await reference.open());
      caseIds!.push((await cases.open()).caseId);
    }
  };
  await Promise.all(Array.from({ length: Math.min(many, 8) }, openSome));
  const ours = actsSide(bench, caseIds!, clients);
  const bare = updatesSide(bench, { name: 'bare', update: BUMP, workflowIds: bareIds!, clients });
  const store = updatesSide(bench, { name: 'store', update: STORE, workflowIds: storeIds!, clients });
  await ours.settle?.();
  const historyBefore = sum(await historiesOf(installation.client, caseIds!.map(caseWorkflowId)));
  const [growth, storeGrowth] = [watchGrowth(installation.sql), watchGrowth(reference.sql)];

  const results = await measure([watched(ours, growth), bare, watched(store, storeGrowth)], {
    clients,
    rounds: bench.rounds,
    roundMs: (bench.seconds * 1_000) / bench.rounds,
  });
  const [mine, theirs, stored] = [results.get('ours')!, results.get('bare')!, results.get('store')!];
  const [n, storedN] = [mine.latenciesMs.length, stored.latenciesMs.length];
  const histories = await historiesOf(installation.client, caseIds!.map(caseWorkflowId));
  const history = sum(histories);
  const bareHistory = sum(await historiesOf(installation.client, bareIds!));
  const who =
    clients === 1 ? '1 client' : `${clients} clients, ${casesEach === 1 ? 'a case' : `${casesEach} cases`} each`;
  const unit = 'acts/s';
  const perAct = (key: 'events' | 'bytes') => (history[key] - historyBefore[key]) / ours.sent.count;
  const perUpdate = (key: 'events' | 'bytes') => bareHistory[key] / bare.sent.count;
  const beside = 'against an update whose activity commits one row of the same text';
  return [
    ...compare(name, mine, theirs, { unit, note: `${who}; against bare updates` }),
    ...compare(name, mine, stored, { unit, suffix: '.activity', note: `${who}; ${beside}` }),
    line(
      `${name}.witnessed`,
      witnessedRate(ours.rounds, histories),
      rateOf(theirs),
      unit,
      n,
      `${who}; until the last act is in its workflow's history; against bare updates`,
    ),
    line(`${name}.historyEvents`, perAct('events'), perUpdate('events'), 'events/act', n, 'against a bare update'),
    line(`${name}.historyBytes`, perAct('bytes'), perUpdate('bytes'), 'bytes/act', n, 'against a bare update'),
    line(
      `${name}.databaseBytes`,
      growth.growth.databaseBytes / n,
      storeGrowth.growth.databaseBytes / storedN,
      'bytes/act',
      n,
      `growth of the database with indexes and dead rows; ${beside}`,
    ),
    line(
      `${name}.walBytes`,
      growth.growth.walBytes / n,
      storeGrowth.growth.walBytes / storedN,
      'bytes/act',
      n,
      `write-ahead log; ${beside}`,
    ),
  ];
}

function sum(histories: readonly Witnessed[]): { events: number; bytes: number } {
  return {
    events: histories.reduce((all, { events }) => all + events, 0),
    bytes: histories.reduce((all, { bytes }) => all + bytes, 0),
  };
}
