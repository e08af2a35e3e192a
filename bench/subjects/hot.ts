import { caseWorkflowId } from '../../workflows/names.ts';
import { actsSide, updatesSide } from '../acts-sent.ts';
import type { Subject } from '../context.ts';
import { BUMP, STORE } from '../reference/names.ts';
import { compare, line } from '../report.ts';
import { measure, rateOf } from '../rounds.ts';
import { historiesOf, witnessedRate } from '../witness.ts';

const callers = 50;
/** Temporal's server refuses more updates of one run under way: further callers wait their turn before they ask it. */
const mostUpdates = 10;

/** Fifty people on one case. */
export const hot: Subject = {
  about: 'fifty callers on one case',
  async run(bench) {
    const { installation, reference, cases, say } = bench;
    say(`hot: ${callers} callers on one case and on one workflow of each reference …`);
    const { caseId } = await cases.open();
    const ours = actsSide(bench, [caseId], callers);
    const references = { clients: callers, mostUnderWay: mostUpdates };
    const bare = updatesSide(bench, {
      ...references,
      name: 'bare',
      update: BUMP,
      workflowIds: [await reference.open()],
    });
    const store = updatesSide(bench, {
      ...references,
      name: 'store',
      update: STORE,
      workflowIds: [await reference.open()],
    });
    await ours.settle?.();
    const results = await measure([ours, bare, store], {
      clients: callers,
      rounds: bench.rounds,
      roundMs: (bench.seconds * 1_000) / bench.rounds,
    });
    const [mine, theirs, stored] = [results.get('ours')!, results.get('bare')!, results.get('store')!];
    const histories = await historiesOf(installation.client, [caseWorkflowId(caseId)]);
    const unit = 'acts/s';
    const who = `${callers} callers on one case`;
    const gate = `${mostUpdates} updates under way, the most its server takes`;
    return [
      ...compare('hot', mine, theirs, { unit, note: `${who}; against bare updates of one workflow, ${gate}` }),
      ...compare('hot', mine, stored, {
        unit,
        suffix: '.activity',
        note: `${who}; against updates whose activity commits one row, ${gate}`,
      }),
      line(
        'hot.witnessed',
        witnessedRate(ours.rounds, histories),
        rateOf(theirs),
        unit,
        mine.latenciesMs.length,
        `${who}; until the last act is in the history, over ${histories[0]?.runs ?? 0} runs; against bare updates`,
      ),
    ];
  },
};
