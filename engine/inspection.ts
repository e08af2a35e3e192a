import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { deadlineFor } from './deadline.ts';
import type { CaseEvent } from './event.ts';
import { nextId } from './lookup.ts';
import type { Finding, OpenItem, State } from './state.ts';
import { add, type Story } from './story.ts';

// What an auditor finds in a case (督查), and what becomes of it.

/** The key of what a post is to put right because of a finding; no program's key has a colon. */
export const FINDING = 'linli:finding';

/** So long a post has to put right what was found, unless the auditor sets another time. */
export const FINDING_WITHIN = '10 working days';

/** So many findings of one case wait at once. */
export const MOST_FINDINGS = 50;

const NAME: Text = ['督查问题待整改', 'what the inspection found is to be put right'];

/** Asks the post that answers for a finding, or asks it again: a task with a clock and a ladder of its own. */
export function askFor(story: Story, { id, answers }: Pick<OpenItem, 'id' | 'answers'>, within: string): void {
  const { world } = story;
  const item: OpenItem = {
    ...{ id, key: FINDING, kind: 'finding', name: NAME, by: answers, answers },
    ...{ required: false, repeat: false, openedAt: world.now },
  };
  add(story, { type: 'item.opened', data: { item } });
  const clock = { id, of: 'finding' as const, name: NAME, answers, start: world.now, budget: within };
  add(story, { type: 'deadline.set', data: { deadline: deadlineFor({ ...clock, ladder: 'linli:finding', world }) } });
}

/** The id of the next finding, or of the next time one is asked for. */
export function nextFinding(state: State): string {
  return nextId(state, { kind: 'finding', key: FINDING });
}

type FindingEvent = Extract<
  CaseEvent,
  { type: 'finding.recorded' | 'finding.answered' | 'finding.accepted' | 'finding.returned' }
>;

/** The findings that wait after an event: until the auditor has accepted what was done. */
export function evolveFindings(state: State, event: FindingEvent): State {
  const { data, actor, recordedAt } = event;
  const { [data.id]: before, ...others } = state.findings ?? {};
  if (event.type === 'finding.recorded') {
    const { id, answers, sample } = event.data;
    const by = { by: actor.id, since: recordedAt, ...(sample === undefined ? {} : { sample }) };
    return { ...state, findings: { ...others, [id]: { id, item: id, answers, round: 1, ...by } } };
  }
  if (!before) return state;
  const next = (change: Partial<Finding>): State => ({
    ...state,
    findings: { ...others, [before.id]: { ...before, ...change } },
  });
  if (event.type === 'finding.accepted') return { ...state, findings: others };
  if (event.type === 'finding.answered') {
    const { [before.item]: _, ...items } = state.items;
    return { ...next({ answeredBy: actor.id, answeredAt: recordedAt }), items };
  }
  const { answeredBy: _by, answeredAt: _at, ...asked } = before;
  const again = { ...asked, item: event.data.item, round: before.round + 1 };
  return { ...state, findings: { ...others, [before.id]: again } };
}

/** A finding by its own id, or by the task it is asked for with. */
export function findingMeant(
  { findings = {} }: Pick<State, 'findings'>,
  target: string | undefined,
): Finding | undefined {
  return Object.values(findings).find(({ id, item }) => id === target || item === target);
}

/** Whether an answer to a finding is waited for. */
export function isAsked({ answeredAt }: { readonly answeredAt?: Instant }): boolean {
  return answeredAt === undefined;
}
