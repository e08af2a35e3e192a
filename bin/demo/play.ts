import { earningsFen, wholeStory } from '../../plugins/fule/scenarios.ts';
import type { Keys } from '../keys-file.ts';
import { apiAt } from './api.ts';
import { castOf } from './cast.ts';
import { drive } from './drive.ts';
import { findingsOf, takings, waitForWitness } from './findings.ts';
import { Tale } from './tale.ts';
import { followTimeline } from './timeline.ts';

const witnessWithinMs = 30_000;

/**
 * Plays the whole 福乐 story and prints it: live as the record takes it down, then what became of the missed visit, the
 * step back and the wrong entry, and both books' sums. Throws when the server does not answer or the sums are not right.
 */
export async function play(keys: Keys, lang: 'zh' | 'en', print: (line: string) => void): Promise<void> {
  const { url } = keys;
  await checkAnswers(url);
  const tale = new Tale(lang, print);
  const cast = castOf(keys, wholeStory.assignments);
  let next = async (): ReturnType<ReturnType<typeof followTimeline>> => [];
  const { case: last } = await drive({
    url,
    cast,
    scenario: wholeStory,
    lang,
    onOpened: async ({ id, caseNo }, api) => {
      tale.heading(wholeStory.name);
      tale.line([`案号 ${caseNo}，${url}/cases/${id}`, `Case ${caseNo}, ${url}/cases/${id}`]);
      next = followTimeline(api, id);
      tale.byTime(await next());
    },
    onPlayed: async ({ act }) => tale.act(act, await next()),
  });

  const witnessMs = await waitForWitness(apiAt(url, cast.keyOf('auditor'), lang), last.id, witnessWithinMs);
  const findings = await findingsOf(url, cast, last.id, lang);
  tale.heading(['漏掉的一次走访', 'The missed visit']);
  tale.missedVisit(findings);
  tale.heading(['退回', 'The step back']);
  tale.stepsBack(findings);
  tale.heading(['一笔错账', 'The wrong entry']);
  tale.wrongEntries(findings);
  tale.heading(['见证', 'The witness']);
  tale.line(
    witnessMs === undefined
      ? [
          '个案的工作流还没有收下全部记录（没有 worker 在运行？）',
          'The workflow does not have all events yet (no worker?)',
        ]
      : [
          `个案工作流 ${findings.case.workflowId} 已收下全部 ${findings.case.revision} 条记录`,
          `Workflow ${findings.case.workflowId} holds all ${findings.case.revision} events`,
        ],
  );
  tale.heading(['两本账', 'The two books']);
  tale.books(findings);
  const sums = [takings(findings.cash), takings(findings.vouchers)];
  if (sums.some((sum) => sum !== earningsFen))
    throw new Error(`The books hold ${sums.join(' and ')} fen, not ${earningsFen}.`);
}

async function checkAnswers(url: string): Promise<void> {
  const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (answer?.ok) return;
  throw new Error(`Linli does not answer at ${url}. Way out: start it with "npm start", in another terminal.`);
}
