import type { Context } from 'hono';
import type { Outcome, Recorded } from '../door/outcome.ts';
import type { AppDeps } from './deps.ts';
import type { AppEnv } from './env.ts';
import { ApiProblem } from './errors.ts';
import { languageOf } from './language.ts';
import { nowOf, pinnedProgram } from './reading.ts';
import { caseSource, caseView, etagOf } from './views/case-view.ts';

/** What was recorded, or the problem a refusal is answered with. A repeat is marked as one, also when it was refused. */
export function recordedOf(c: Context<AppEnv>, outcome: Outcome): Recorded {
  if (outcome.replayed) c.header('Idempotency-Replayed', 'true');
  if (outcome.status === 'recorded') return outcome;
  throw new ApiProblem(outcome.refusal, {
    'Idempotency-Key': c.res.headers.get('Idempotency-Key') ?? '',
    ...(outcome.replayed ? { 'Idempotency-Replayed': 'true' } : {}),
  });
}

/** The case as it stood after an act, with its ETag. Overdue is judged at that moment, so that a repeat reads the same. */
export async function caseAfter(c: Context<AppEnv>, deps: AppDeps, recorded: Recorded) {
  const source = caseSource(recorded.case);
  const program = await pinnedProgram(deps, source.programHash);
  c.header('ETag', etagOf(source.seq));
  return caseView(source, program, languageOf(c), recorded.replayed ? source.lastAt : nowOf(deps));
}
