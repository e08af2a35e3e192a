import type { Duty, Text } from '../../sdk/program.ts';
import { cancelItem, endDuty, goOnFromHere, openReady } from '../flow.ts';
import { itemOf } from '../lookup.ts';
import { beginDuty } from '../occurrences.ts';
import { agreedTo } from '../purpose.ts';
import type { State } from '../state.ts';
import type { Story } from '../story.ts';

/** Ends what hangs on purposes to which there is no consent (any more): open items and recurring duties. The rest goes on. */
export function stopUnagreed(story: Story, why: Text): void {
  const { program } = story.world;
  for (const item of Object.values(story.state.items)) {
    const { purpose } = itemOf(program, item.stage, item.key) ?? {};
    if (item.kind !== 'duty' && !agreedTo(story.state, purpose)) cancelItem(story, item, why);
  }
  for (const duty of program.duties) if (!agreedTo(story.state, duty.purpose)) endDuty(story, duty, why);
}

/** Begins what hangs on purposes consented to just now: duties of this time of the case's life, on a grid from now on, and items. */
export function startAgreed(story: Story, purposes: readonly string[]): void {
  const { state, world } = story;
  if (purposes.length === 0) return;
  const duties = world.program.duties.filter(
    (duty) => duty.purpose !== undefined && purposes.includes(duty.purpose) && isTimeOf(state, duty),
  );
  goOnFromHere(story);
  for (const duty of duties) if (!story.state.duties[duty.duty]) beginDuty(story, duty, story.at);
  openReady(story);
}

function isTimeOf({ status, suspendedFrom, stage, stages }: State, { during = 'case' }: Duty): boolean {
  const now = status === 'suspended' ? suspendedFrom : status;
  if (during === 'follow-up') return now === 'followUp';
  if (during === 'case') return now === 'proposed' || now === 'open';
  return now === 'open' && stage === during && stages[during]?.state === 'current';
}
