import { caseWorkflowId } from '../../workflows/names.ts';
import type { Bench, Subject } from '../context.ts';
import { BUMP, STORE } from '../reference/names.ts';
import { compare, type Line, line } from '../report.ts';
import { measure, rateOf, type Side } from '../rounds.ts';
import { watched, watchGrowth } from '../sizes.ts';
import { drained, historiesOf, type SentRound, witnessedRate } from '../witness.ts';

/** New cases. */
export const start: Subject = {
  about: 'new cases over HTTP: 16 clients (start), one client (start.one)',
  async run(bench) {
    return [...(await runOne(bench, 'start', 16)), ...(await runOne(bench, 'start.one', 1))];
  },
};

async function runOne(bench: Bench, name: string, clients: number): Promise<Line[]> {
  const { installation, reference, say } = bench;
  say(`${name}: ${clients} clients open cases, and start workflows with one update …`);
  const rounds: SentRound[] = [];
  const ours = openingSide(bench, rounds);
  const bareIds: string[] = [];
  const updates = (side: string, update: string, ids?: string[]): Side => ({
    name: side,
    async call() {
      const id = await reference.start(update, bench.text());
      ids?.push(id);
    },
  });
  const growth = watchGrowth(installation.sql);
  const results = await measure([watched(ours, growth), updates('bare', BUMP, bareIds), updates('store', STORE)], {
    clients,
    rounds: bench.rounds,
    roundMs: (bench.seconds * 1_000) / bench.rounds,
  });
  const [mine, theirs, stored] = [results.get('ours')!, results.get('bare')!, results.get('store')!];
  const n = mine.latenciesMs.length;
  const cases = rounds.flatMap(({ acts }) => acts);
  const histories = await historiesOf(installation.client, cases.map(caseWorkflowId));
  const byCase = histories.map((each) => ({ ...each, acts: new Map([[caseOf(each.workflowId), firstOf(each.acts)]]) }));
  const bareHistories = await historiesOf(installation.client, bareIds.slice(-200));
  const who = clients === 1 ? '1 client' : `${clients} clients`;
  const unit = 'cases/s';
  const each = (list: readonly { events: number; bytes: number }[], key: 'events' | 'bytes') =>
    list.reduce((all, one) => all + one[key], 0) / list.length;
  const against = 'against a bare workflow with one update';
  return [
    ...compare(name, mine, theirs, { unit, note: `${who}; against bare starts with one update` }),
    ...compare(name, mine, stored, {
      unit,
      suffix: '.activity',
      note: `${who}; against starts with one update whose activity commits one row`,
    }),
    line(
      `${name}.witnessed`,
      witnessedRate(rounds, byCase),
      rateOf(theirs),
      unit,
      n,
      `${who}; until the last opening is in its workflow's history; against bare starts`,
    ),
    line(`${name}.historyEvents`, each(histories, 'events'), each(bareHistories, 'events'), 'events/case', n, against),
    line(`${name}.historyBytes`, each(histories, 'bytes'), each(bareHistories, 'bytes'), 'bytes/case', n, against),
    line(
      `${name}.databaseBytes`,
      growth.growth.databaseBytes / n,
      0,
      'bytes/case',
      n,
      'growth of the database with indexes and dead rows; a bare workflow has none',
    ),
  ];
}

/** Opens cases; `acts` of its rounds are case ids. */
function openingSide({ cases, installation }: Bench, rounds: SentRound[]): Side {
  let current: SentRound | undefined;
  return {
    name: 'ours',
    async call() {
      const { caseId } = await cases.propose();
      current?.acts.push(caseId);
    },
    settle: () => drained(installation.sql),
    async round(event) {
      if (event === 'begin') {
        current = { begunAt: Date.now(), acts: [] };
        return;
      }
      rounds.push(current!);
      current = undefined;
    },
  };
}

const caseOf = (workflowId: string): string => workflowId.replace(/^case\//, '');

const firstOf = (acts: ReadonlyMap<string, number>): number => Math.min(...acts.values());
