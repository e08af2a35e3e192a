import { SUSPENSION } from '../sdk/pauses.ts';
import type { Text } from '../sdk/program.ts';
import { runsSuspended } from './agenda.ts';
import { endPause, moved, openPauses, pauseFrom } from './deadline.ts';
import { resumed } from './duties.ts';
import { endStageIfDone, openReady } from './flow.ts';
import { dutyOf } from './lookup.ts';
import type { RunningDuty } from './state.ts';
import { add, type Story } from './story.ts';

const NAME: Text = ['个案中止', 'the case is suspended'];

/** Suspends the case: its clocks stand still with what is left of them, except those of its money. Pauses they had before go on. */
export function suspendCase(story: Story): void {
  const { deadlines } = story.state;
  add(story, { type: 'case.suspended', data: {} });
  for (const deadline of Object.values(deadlines)) {
    if (runsSuspended(deadline)) continue;
    const data = {
      id: deadline.id,
      kind: SUSPENSION,
      name: NAME,
      from: pauseFrom(deadline, story.at, story.world.now),
    };
    add(story, { type: 'deadline.paused', data });
  }
}

/**
 * The case goes on: clocks with what was left of them; duties along their grid, and what that planned meanwhile is not asked
 * for; items and stages whose condition came to hold meanwhile.
 */
export function resumeCase(story: Story): void {
  const { deadlines, duties } = story.state;
  add(story, { type: 'case.resumed', data: {} });
  const why: Text = ['恢复办理', 'the case goes on'];
  for (const deadline of Object.values(deadlines)) {
    if (!openPauses(deadline).some(({ kind }) => kind === SUSPENSION)) continue;
    const next = moved(deadline, { pauses: endPause(deadline, story.at, SUSPENSION) }, story.world);
    add(story, { type: 'deadline.moved', data: { deadline: next, from: deadline.dueAt, why } });
  }
  for (const [key, running] of Object.entries(duties)) goOn(story, key, running);
  openReady(story);
  endStageIfDone(story);
}

function goOn(story: Story, key: string, running: RunningDuty): void {
  const duty = dutyOf(story.world.program, key);
  if (!duty) return;
  const { on, fellOut } = resumed(duty, running, story.at, story.world.calendar);
  if (fellOut && on) add(story, { type: 'duty.began', data: { duty: key, ...on, fellOut } });
  else if (fellOut) add(story, { type: 'duty.ended', data: { duty: key, fellOut } });
}
