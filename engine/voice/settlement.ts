import type { Text } from '../../sdk/program.ts';
import { deadlineFor } from '../deadline.ts';
import { cancelItem, endDuty, meet } from '../flow.ts';
import { answersFor, nextId } from '../lookup.ts';
import { wardRoles } from '../rights.ts';
import type { OpenItem, Party, State } from '../state.ts';
import { add, type Story } from '../story.ts';
import { suspendCase } from '../suspension.ts';
import { stopUnagreed } from './purposes.ts';

/** Time to decide what becomes of a case whose person has died or moved away. */
const SETTLE_WITHIN = '20 working days';

/** The key of the item that asks for that decision: no program has one of that form. */
const SETTLE_KEY = 'voice.settlement';

const WHY: Readonly<Record<'death' | 'moved', Text>> = {
  death: ['本人去世，办理善后', 'the person has died: settle the case'],
  moved: ['本人迁出，办理善后', 'the person has moved away: settle the case'],
};

/**
 * Somebody has died or moved away. Where the help was for him and nobody of his role is left, it stops: the case is suspended,
 * consent asked for again is not, visits of the follow-up end, and a task with its own clock asks what becomes of it.
 */
export function partsWithout(story: Story, party: Party, why: 'death' | 'moved'): void {
  const { world, at } = story;
  const { program } = world;
  const left = Object.values(story.state.parties).some(({ role }) => role === party.role);
  if (!wardRoles(program).includes(party.role) || left) return;
  for (const item of Object.values(story.state.items)) if (item.kind === 'consent') cancelItem(story, item, WHY[why]);
  stopUnagreed(story, WHY[why]);
  if (story.state.status === 'followUp') for (const duty of program.duties) endDuty(story, duty, WHY[why]);
  if (story.state.status === 'proposed' || story.state.status === 'open') suspendCase(story);
  if (story.state.status !== 'suspended' || settlementOf(story.state)) return;
  const name = WHY[why];
  const answers = answersFor(program, party.role);
  const item: OpenItem = {
    ...{ id: nextId(story.state, { key: SETTLE_KEY, kind: 'settlement' }), key: SETTLE_KEY, kind: 'settlement', name },
    ...{ by: answers, answers, required: true, repeat: false, openedAt: at },
  };
  add(story, { type: 'item.opened', data: { item } });
  const ladder = Object.keys(program.ladders)[0];
  if (ladder === undefined) return;
  const deadline = deadlineFor({
    ...{ id: item.id, of: 'settlement', name, answers, start: at, budget: SETTLE_WITHIN, ladder, world },
  });
  add(story, { type: 'deadline.set', data: { deadline } });
}

/** The task that asks what becomes of the case. */
export function settlementOf({ items }: Pick<State, 'items'>): OpenItem | undefined {
  return Object.values(items).find(({ kind }) => kind === 'settlement');
}

/** It is settled: the case is closed, or goes on for somebody else. */
export function settle(story: Story): void {
  const item = settlementOf(story.state);
  if (!item) return;
  const at = story.at < item.openedAt ? item.openedAt : story.at;
  add(story, { type: 'task.completed', data: { id: item.id, key: item.key, at } });
  meet(story, item.id, at);
}

/** Whether whom the help was for is no more of the case: his money is his heirs', or waits for him elsewhere. */
export function goneFrom({ gone = {} }: Pick<State, 'gone'>): 'death' | 'moved' | undefined {
  return Object.values(gone)[0]?.why;
}
