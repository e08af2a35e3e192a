import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessAt, evolveAccess, isAboutMinor, isApproved } from './access.ts';
import type { CaseEvent } from './event.ts';
import type { State } from './state.ts';
import { addMs } from './time/civil.ts';

const START = '2026-11-22T00:00:00.000Z';
const minute = (n: number) => addMs(START, n * 60_000);
const empty = { parties: {} } as unknown as State;

/** What happens to the accesses of a case, one thing a minute. */
const story = fc.array(
  fc.oneof(
    fc.record({
      what: fc.constant('open' as const),
      id: fc.integer({ min: 0, max: 80 }),
      span: fc.integer({ min: 1, max: 30 }),
    }),
    fc.record({ what: fc.constantFrom('end' as const, 'review' as const), id: fc.integer({ min: 0, max: 80 }) }),
    fc.record({
      what: fc.constant('approve' as const),
      id: fc.integer({ min: 0, max: 80 }),
      span: fc.integer({ min: 1, max: 30 }),
    }),
  ),
  { maxLength: 120 },
);

function eventOf(each: { what: string; id: number; span?: number }, n: number): CaseEvent {
  const at = minute(n);
  const [id, person, until] = [`access-${each.id}`, `person-${each.id}`, minute(n + (each.span ?? 0))];
  const drafts = {
    open: { type: 'access.opened', data: { id, person, until, told: [] } },
    end: { type: 'access.ended', data: { id } },
    review: { type: 'access.reviewed', data: { id, justified: true, text: '属实' } },
    approve: { type: 'access.approved', data: { person, until } },
  } as const;
  const draft = drafts[each.what as keyof typeof drafts];
  return { ...draft, seq: n, occurredAt: at, recordedAt: at, actor: { kind: 'person', id: 'head' } } as CaseEvent;
}

test('nobody reads by an access that was not opened, has run out, was ended or reviewed; the state stays small', () => {
  fc.assert(
    fc.property(story, (told) => {
      let state = empty;
      const open = new Map<string, string>();
      const approved = new Map<string, string>();
      for (const [n, each] of told.entries()) {
        state = evolveAccess(state, eventOf(each, n))!;
        const person = `person-${each.id}`;
        if (each.what === 'open') open.set(person, minute(n + each.span));
        if (each.what === 'end' || each.what === 'review') open.delete(person);
        if (each.what === 'approve') approved.set(person, minute(n + each.span));
        for (let id = 0; id <= 80; id += 1) {
          const reader = `person-${id}`;
          if (accessAt(state, reader, minute(n))) expect(open.get(reader)! > minute(n)).toBe(true);
          const reads = isApproved(state, { person: reader, standing: true, at: minute(n) });
          if (reads) expect(approved.get(reader)! > minute(n)).toBe(true);
        }
        expect(Object.keys(state.emergencyAccess ?? {}).length).toBeLessThanOrEqual(50);
        expect(Object.keys(state.minorAccess?.persons ?? {}).length).toBeLessThanOrEqual(50);
      }
    }),
    { numRuns: 60 },
  );
});

test('a minor is one until the end of the eighteenth birthday; without a date of birth nobody is', () => {
  const born = (birthDate?: string) => [
    { id: 'a', role: 'beneficiary', since: START, ...(birthDate ? { birthDate } : {}) },
  ];
  expect(isAboutMinor({ parties: born('2010-05-01') }, START)).toBe(true);
  expect(isAboutMinor({ parties: born('2008-11-23') }, START)).toBe(true);
  expect(isAboutMinor({ parties: born('2008-11-21') }, START)).toBe(false);
  expect(isAboutMinor({ parties: born() }, START)).toBe(false);
});

test('a standing approval holds for those who work on the case alone, and until its end', () => {
  const state = evolveAccess(empty, {
    ...{ type: 'access.approved', data: { until: minute(60) } },
    ...{ seq: 1, occurredAt: START, recordedAt: START, actor: { kind: 'person', id: 'head' } },
  } as CaseEvent)!;
  const asked = (standing: boolean, n: number) => isApproved(state, { person: 'zhou', standing, at: minute(n) });
  expect([asked(true, 59), asked(true, 60), asked(false, 59)]).toEqual([true, false, false]);
});
