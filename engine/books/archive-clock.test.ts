import { expect, test } from 'vitest';
import { extensionOf } from '../acts/extension.ts';
import type { World } from '../world.ts';
import { archiveExtension, yearsDue } from './archive-clock.ts';
import { people, Scene } from './scene.fixture.ts';

/** Books of which the tables have closed a month, so that it can be archived. */
class Archivable extends Scene {
  closed: string | undefined;
  override world(): World {
    const world = super.world();
    if (this.closed === undefined) return world;
    const archive = { book: 'earnings', period: this.closed, vouchers: 1, entries: 1, sha256: 'a'.repeat(64) };
    return { ...world, facts: { ...world.facts, archive } };
  }
}

const notes = { '10000': 1 };

function closedYear(book: ConstructorParameters<typeof Scene>[0] = {}): Archivable {
  const scene = new Archivable(book);
  scene.cash('S-1', 10_000);
  scene.ledger('S-1', 10_000);
  scene.until('2027-01-04T02:00:00.000Z');
  const count = (role: string, more = {}) =>
    scene.does(role, 'cash.count', { data: { book: 'earnings', denominations: notes, ...more } });
  expect(count('secretary', { witness: people.cashHolder })).toBeUndefined();
  expect(count('cashHolder')).toBeUndefined();
  expect(scene.does('cashHolder', 'books.closeDay', { data: { book: 'earnings', day: '2026-12-31' } })).toBeUndefined();
  for (const month of ['2026-09', '2026-12'])
    expect(scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month } })).toBeUndefined();
  return scene;
}

test('a closed year is to be in the archive within a year of its end; nothing less than all of it meets the clock', () => {
  const scene = closedYear();
  expect(scene.state.deadlines['earnings.y.2026']).toMatchObject({
    ...{ answers: 'secretary', start: '2026-12-30T16:00:00.000Z', dueAt: '2027-12-31T16:00:00.000Z' },
    name: ['会计档案归档：手工收入 2026', expect.any(String)],
  });
  const archive = (month: string) => {
    scene.closed = month;
    return scene.does('secretary', 'books.archive', { data: { book: 'earnings', month } });
  };
  expect(archive('2026-09')).toBeUndefined();
  expect(yearsDue(scene.state, 'earnings')).toEqual(['2026']);
  expect(archive('2026-12')).toBeUndefined();
  expect(yearsDue(scene.state, 'earnings')).toEqual([]);
  expect(scene.events.at(-1)).toMatchObject({ type: 'deadline.met', data: { id: 'earnings.y.2026', late: false } });
});

test('the program says how long, on which ladder, and how it may be put off; without that until three years', () => {
  const usual = closedYear();
  const clock = (scene: Scene) => scene.state.deadlines['earnings.y.2026'];
  expect(archiveExtension(usual.world(), clock(usual))).toEqual({ cap: '2 years', times: 2, approves: 'unit' });
  expect(archiveExtension(usual.world(), usual.state.deadlines['earnings.t.2026-12'])).toBeUndefined();
  const extend = { cap: '3 months', times: 1, approves: 'district' } as const;
  const own = closedYear({ archives: 'reviewer', archive: { within: '3 months', extend }, statementWithin: '5 days' });
  expect(clock(own)).toMatchObject({ answers: 'reviewer', budget: '3 months' });
  expect(extensionOf(own.state, own.world(), clock(own))).toEqual(extend);
  expect(own.state.deadlines['earnings.t.2026-12']).toMatchObject({ budget: '5 days' });
});
