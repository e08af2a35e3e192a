import { SUSPENSION } from '../../sdk/pauses.ts';
import type { Program, Text } from '../../sdk/program.ts';
import { deadlineFor } from '../deadline.ts';
import { answersFor, nextId, stageOf } from '../lookup.ts';
import { GUARDIAN, voiceOf, wardRoles } from '../rights.ts';
import type { OpenItem, Party } from '../state.ts';
import { add, type Story } from '../story.ts';
import { isOfAge } from '../time/age.ts';
import { toDate } from '../time/civil.ts';

/** Time to ask for consent again when a birthday has changed who gives it. The help goes on meanwhile. */
const ASK_WITHIN = '15 working days';

/** The key of the item that asks for consent again: no program has one of that form. */
export const CONSENT_KEY = 'voice.consent';

/** A party as it is recorded: a child whose consent is asked is marked, so that its birthdays are waited for. */
export function withMinority(party: Party, program: Program): Party {
  const { minor: _, ...plain } = party;
  const { birthDate, since } = party;
  if (birthDate === undefined || !wardRoles(program).includes(party.role)) return plain;
  return isOfAge(birthDate, 18, since) ? plain : { ...plain, minor: true };
}

/**
 * A child is fourteen, or eighteen. At eighteen he speaks for himself, and a guardian whom no document names ends with it.
 * Where somebody else had consented, consent is asked for again, as a task with its clock and ladder.
 */
export function turnsOfAge(story: Story, party: Party, age: 14 | 18): void {
  const { program } = story.world;
  add(story, { type: 'party.cameOfAge', data: { id: party.id, age } });
  const others = Object.values(story.state.parties);
  if (age === 18 && !others.some(({ minor }) => minor)) {
    for (const { id, role, guardian } of others)
      if (role === GUARDIAN && guardian?.basis === undefined)
        add(story, { type: 'party.ended', data: { id, why: 'cameOfAge' } });
  }
  if (!story.state.consent) return;
  const { by } = voiceOf(story.state, program, story.at);
  const role = by === 'guardian' ? GUARDIAN : party.role;
  const open = Object.values(story.state.items).find(({ kind }) => kind === 'consent');
  if (open?.by === role) return;
  if (open) {
    add(story, { type: 'item.cancelled', data: { id: open.id, key: open.key, why: AGAIN } });
    if (story.state.deadlines[open.id]) add(story, { type: 'deadline.cancelled', data: { id: open.id } });
  }
  ask(story, role, age);
}

const AGAIN: Text = ['重新征求同意', 'consent is asked for anew'];

function ask(story: Story, role: string, age: 14 | 18): void {
  const { world, at } = story;
  const { program } = world;
  const name: Text = [`重新征求同意（年满 ${age} 周岁）`, `ask for consent again (${age} years old)`];
  const answers = answersFor(program, role);
  const item: OpenItem = {
    ...{ id: nextId(story.state, { key: CONSENT_KEY, kind: 'consent' }), key: CONSENT_KEY, kind: 'consent', name },
    ...{ by: role, answers, required: true, repeat: false, openedAt: at },
  };
  add(story, { type: 'item.opened', data: { item } });
  const ladder = stageOf(program, story.state.stage)?.ladder ?? Object.keys(program.ladders)[0];
  if (ladder === undefined) return;
  const deadline = deadlineFor({
    ...{ id: item.id, of: 'item', name, answers, start: at, budget: ASK_WITHIN, ladder, world },
  });
  add(story, { type: 'deadline.set', data: { deadline } });
  if (story.state.status !== 'suspended') return;
  add(story, {
    type: 'deadline.paused',
    data: { id: item.id, kind: SUSPENSION, name: ['个案中止', 'the case is suspended'], from: toDate(at) },
  });
}
