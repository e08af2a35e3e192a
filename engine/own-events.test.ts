import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { actKinds } from './acts/index.ts';
import { actTypes, ownEvents } from './own-events.ts';

test('every type of act says which events are its own, and so does the opening of a case', () => {
  expect([...actTypes].sort()).toEqual([...Object.keys(actKinds), 'case.open'].sort());
});

test.each(['docs/dossier.md', 'bin/dossier/verify_dossier.py'])('%s says the same', (path) => {
  const text = readFileSync(join(import.meta.dirname, '..', path), 'utf8');
  const told = [...text.matchAll(/(?<![\w.])([a-z]+\.[A-Za-z]+):([A-Za-z.|]+)/g)].map(([, type, events]) => [
    type,
    events?.split('|'),
  ]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(actTypes.map((type) => [type, ownEvents(type)])));
});
