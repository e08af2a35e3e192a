import { expect, test } from 'vitest';
import type { CaseEvent } from '../engine/event.ts';
import { bodyOf, hashesOf, UNKNOWN_BODY } from './act-body.ts';
import { hashesBy, type Words, wordsOf } from './act-words.ts';

const hashes = hashesBy((body) => hashesOf(undefined, body));
const at = '2026-11-20T01:00:00.000Z';
/** The words found again of an act that was sent so, and whose event says this. */
const found = (sent: Words, data: object) =>
  wordsOf({ type: sent.type, bodyHash: hashes(sent).kept, occurredAt: at }, [{ data } as CaseEvent], hashes);

test.each<[string, Words, object]>([
  ['a note', { type: 'note.add', data: { text: '来访' } }, { text: '来访' }],
  [
    'with evidence',
    { type: 'note.add', data: { text: '来访' }, evidence: ['d-1'] },
    { text: '来访', evidence: ['d-1'] },
  ],
  ['of another time', { type: 'note.add', data: { text: '来访' }, occurredAt: at }, { text: '来访' }],
  [
    'with a target',
    { type: 'effect.answer', target: 'e-1', data: { result: { ok: true } } },
    { id: 'e-1', item: 'i', result: { ok: true } },
  ],
  ['with a reason and no data', { type: 'case.suspend', reason: '住院' }, { reason: '住院', since: at }],
  [
    'on behalf',
    { type: 'consent.refuse', onBehalfOf: 'beneficiary', data: { text: '不要' } },
    { onBehalfOf: 'beneficiary', text: '不要', party: 'p' },
  ],
])('words are found again: %s', (_, sent, said) => {
  expect(found(sent, said)).toEqual(sent);
});

test('words that the event does not say, and those whose hash was never known, are not made up', () => {
  expect(found({ type: 'note.add', data: { text: '别的' } }, { text: '来访' })).toBeUndefined();
  const unknown = { type: 'note.add', bodyHash: UNKNOWN_BODY, occurredAt: at };
  expect(wordsOf(unknown, [{ data: { text: '来访' } } as CaseEvent], hashes)).toBeUndefined();
  expect(bodyOf({ type: 'note.add' }).hash).not.toBe(UNKNOWN_BODY);
});
