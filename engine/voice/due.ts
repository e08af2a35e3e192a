import type { Instant } from '../../sdk/time.ts';
import type { Party, State } from '../state.ts';
import { add, type Story } from '../story.ts';
import { comesOfAge } from '../time/age.ts';
import { turnsOfAge } from './age.ts';
import { complaintDue, complaintDueAt } from './complaint.ts';
import { emergencyDue } from './emergency.ts';

/** Something that time does to somebody's own voice. */
export interface VoiceDue {
  readonly what: 'voice';
  readonly of: 'age' | 'complaint' | 'emergency';
  readonly at: Instant;
  readonly id: string;
}

/**
 * What time will do to the voices of a case: a birthday that changes who consents, the next reminder of a complaint or the
 * end of the time to appeal, an emergency told again. Complaints and emergencies have clocks of their own, in every state of
 * the case: among the deadlines of the case whoever they are about would see them.
 */
export function* voicesDue(state: State): Iterable<VoiceDue> {
  for (const each of Object.values(state.emergencies ?? {}))
    yield { what: 'voice', of: 'emergency', at: each.nextAt, id: each.id };
  for (const each of Object.values(state.complaints ?? {})) {
    const at = complaintDueAt(each);
    if (at !== undefined) yield { what: 'voice', of: 'complaint', at, id: each.id };
  }
  if (state.status === 'closed') return;
  for (const party of Object.values(state.parties)) {
    const next = nextAge(party);
    if (next) yield { what: 'voice', of: 'age', at: next.at, id: party.id };
  }
}

/** Does it. */
export function advanceVoice(story: Story, { of, id }: VoiceDue): void {
  const { state, world } = story;
  const [party, complaint, emergency] = [state.parties[id], state.complaints?.[id], state.emergencies?.[id]];
  if (of === 'age' && party) turnsOfAge(story, party, nextAge(party)!.age);
  if (of === 'complaint' && complaint) add(story, complaintDue(state, world, complaint));
  if (of === 'emergency' && emergency) add(story, emergencyDue(state, world, emergency));
}

/** The next birthday that changes who consents for a child. One before he was recorded has changed it already. */
function nextAge({ minor, birthDate, turned, since }: Party): { age: 14 | 18; at: Instant } | undefined {
  if (!minor || birthDate === undefined) return undefined;
  const ages = ([14, 18] as const).map((age) => ({ age, at: comesOfAge(birthDate, age) }));
  return ages.find(({ age, at }) => age > (turned ?? 0) && at > since);
}
