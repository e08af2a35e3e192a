import type { Text } from '../sdk/program.ts';
import { ERASURE } from './custody.ts';
import { add, type Story } from './story.ts';

const WHY: Text = ['个案已转到另一个单位', 'the case belongs to another unit now'];

/**
 * What the head of the case's own unit owes follows a case that has left the unit `from`: the answer to a request to erase with its
 * task, and the review of an emergency access. Their clocks run on.
 */
export function followUnit(story: Story, from: string): void {
  const { world, state } = story;
  const { unit, emergencyAccess = {} } = state;
  if (unit === from) return;
  for (const deadline of Object.values(state.deadlines)) {
    const owed = deadline.of === 'erasure' || Object.hasOwn(emergencyAccess, deadline.id);
    if (!owed || deadline.unit !== from) continue;
    add(story, { type: 'deadline.moved', data: { deadline: { ...deadline, unit }, from: deadline.dueAt, why: WHY } });
  }
  const head = world.org.units[unit]?.head;
  for (const { id, key } of Object.values(state.items)) {
    if (key === ERASURE)
      add(story, { type: 'item.assigned', data: { id, assignee: head === undefined ? {} : { post: head } } });
  }
}
