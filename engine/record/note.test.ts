import { expect, test } from 'vitest';
import { type Checkpoint, CheckpointError, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { leafHash } from './merkle.ts';
import { NoteError, noteSigner, openNote, parseVerifier, privateKeyOf, signNote, verifierText } from './note.ts';

/** The example of golang.org/x/mod/sumdb/note. */
const neumann = {
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: 'If you think cryptography is the answer to your problem,\n' + "then you don't know what your problem is.\n",
  signature:
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};
const note = `${neumann.text}\n${neumann.signature}`;
const known = [parseVerifier(neumann.key)];
const signer = noteSigner('PeterNeumann', privateKeyOf(neumann.seed));
const another = noteSigner('somebody.example', privateKeyOf(Buffer.alloc(32, 7)));

test('signs and opens as Go does', () => {
  expect(verifierText(signer)).toBe(neumann.key);
  expect(signNote(neumann.text, [signer])).toBe(note);
  expect(openNote(note, known)).toEqual({ text: neumann.text, by: known });
});

test('every key that is changed anywhere is refused', () => {
  for (let n = 0; n < neumann.key.length; n += 1) {
    const changed =
      neumann.key.slice(0, n) + String.fromCharCode(neumann.key.charCodeAt(n) + 1) + neumann.key.slice(n + 1);
    expect(() => parseVerifier(changed), changed).toThrow(NoteError);
    expect(() => parseVerifier(neumann.key.slice(0, n))).toThrow(NoteError);
  }
});

test('every note that is changed anywhere is refused', () => {
  for (let n = 0; n < note.length; n += 1) {
    const changed = note.slice(0, n) + String.fromCharCode(note.charCodeAt(n) ^ 1) + note.slice(n + 1);
    expect(() => openNote(changed, known), changed).toThrow(NoteError);
    expect(() => openNote(note.slice(0, n), known)).toThrow(NoteError);
  }
});

test('signatures of unknown keys are passed over, a wrong one of a known key is not', () => {
  const both = signNote(neumann.text, [another, signer]);
  expect(openNote(both, known).by).toEqual(known);
  expect(openNote(both, [...known, another]).by.map(({ name }) => name)).toEqual(['somebody.example', 'PeterNeumann']);
  expect(() => openNote(signNote(neumann.text, [another]), known)).toThrow('No known key');
  const forged = both.replace('x08go/ZJku', 'x08go/ZJkv');
  expect(() => openNote(forged, [...known, another])).toThrow('wrong');
});

test.each(['no line feed', 'a bell \u0007\n', 'not UTF-8 \ufffd\n'])('%j is no text of a note', (text) => {
  expect(() => signNote(text, [signer])).toThrow(NoteError);
});

const log = noteSigner('linli/1', privateKeyOf(Buffer.alloc(32, 1)));
const checkpoint: Checkpoint = {
  origin: 'linli/1',
  size: 20_852_163,
  root: leafHash(Buffer.from('a')),
  heads: { count: 12, root: leafHash(Buffer.from('b')) },
  at: '2026-11-22T03:16:55.000Z',
};

test('a checkpoint is text that one can read', () => {
  const signed = signCheckpoint(checkpoint, [log]);
  expect(signed.split('\n').slice(0, 6)).toEqual([
    'linli/1',
    '20852163',
    expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    expect.stringMatching(/^heads 12 [A-Za-z0-9+/]{43}=$/),
    'time 2026-11-22T03:16:55.000Z',
    '',
  ]);
  expect(openCheckpoint(signed, [log]).checkpoint).toEqual({
    ...checkpoint,
    root: Buffer.from(checkpoint.root),
    heads: { count: 12, root: Buffer.from(checkpoint.heads.root) },
  });
});

test('a key that changes is announced in a checkpoint of the old one', () => {
  const next = noteSigner('linli/1', privateKeyOf(Buffer.alloc(32, 2)));
  const signed = signCheckpoint({ ...checkpoint, nextKey: verifierText(next) }, [log, next]);
  const opened = openCheckpoint(signed, [log]);
  expect(opened.checkpoint.nextKey).toBe(verifierText(next));
  expect(openCheckpoint(signed, [next]).by).toHaveLength(1);
});

test('the key of another log signs nothing here', () => {
  const foreign = noteSigner('linli/2', privateKeyOf(Buffer.alloc(32, 1)));
  expect(() => openCheckpoint(signCheckpoint(checkpoint, [foreign]), [foreign])).toThrow(CheckpointError);
});

test.each([
  ['no number', (text: string) => text.replace('20852163', '020852163')],
  ['no hash', (text: string) => text.replace(/=\n/, '\n')],
  ['no heads', (text: string) => text.replace(/heads.*\n/, '')],
  ['no time', (text: string) => text.replace('time', 'day')],
  ['an empty line', (text: string) => `${text}\n`],
])('%s: not a checkpoint', (_, change) => {
  const text = `${signCheckpoint(checkpoint, [log]).split('\n\n')[0]!}\n`;
  expect(parseCheckpoint(text).size).toBe(checkpoint.size);
  expect(() => parseCheckpoint(change(text))).toThrow(CheckpointError);
});
