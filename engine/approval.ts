import type { Program, Text } from '../sdk/program.ts';
import { afterDone, beginStages, cancelItem } from './flow.ts';
import { APPROVAL } from './lookup.ts';
import type { OpenItem, State } from './state.ts';
import { add, type Story } from './story.ts';

// How a plan comes to be approved: by the votes of all bodies, or by a child case that decides in their stead.

/** What waits for that child case, while there is one. */
export function deciding({ items }: Pick<State, 'items'>): OpenItem | undefined {
  return Object.values(items).find(({ kind, key }) => kind === 'child' && key === APPROVAL);
}

/** Whether all bodies have passed the plan, or a child case has in their stead. */
export function isPassed({ votes }: Pick<State, 'votes'>, { approval }: Pick<Program, 'approval'>): boolean {
  return approval !== undefined && approval.votes.every((body) => votes[body]?.passed);
}

/** The plan of a proposed case is approved once it is passed: its stages begin. */
export function approveIfPassed(story: Story): void {
  const { state, world } = story;
  if (state.status !== 'proposed' || !isPassed(state, world.program)) return;
  add(story, { type: 'plan.approved', data: { votes: [...world.program.approval!.votes] } });
  beginStages(story);
}

const FAILED: Text = ['没有立成，可重新发起', 'it could not be opened; it can be begun again'];

/**
 * The child case was closed, or could not be opened. Its outcome stands for the votes of all bodies, where the program says that it
 * passes the plan and consent has not gone meanwhile; otherwise the plan is to be decided on again.
 */
export function answerApproval(
  story: Story,
  item: OpenItem,
  { result, failed }: { result?: unknown; failed?: unknown },
): void {
  const { program } = story.world;
  if (failed !== undefined) {
    cancelItem(story, item, FAILED);
    return;
  }
  const { caseId = '', outcome = '' } = Object(result) as { caseId?: string; outcome?: string | null };
  const wanted = !program.consent || story.state.consent !== undefined;
  const passed = wanted && outcome !== null && program.approval?.child?.passes.includes(outcome) === true;
  const votes = passed ? [...(program.approval?.votes ?? [])] : [];
  add(story, { type: 'await.occurred', data: { id: item.id, key: item.key, at: story.at } });
  add(story, { type: 'plan.decided', data: { case: caseId, outcome: outcome ?? '', passed, votes } });
  afterDone(story, item);
  approveIfPassed(story);
}
