import fc from 'fast-check';
import { describe, it } from 'vitest';
import { agenda } from './agenda.ts';
import { notApart } from './apart.ts';
import { Case, inShort, program, type Said } from './case.fixture.ts';
import type { CaseEvent } from './event.ts';
import { evolve } from './evolve.ts';
import { planOf } from './explain.ts';
import type { State } from './state.ts';
import { addMs } from './time/civil.ts';
import { overridden, twoUnits } from './two-units.fixture.ts';

// Random people doing random things at random times: whatever comes, what is promised of the engine holds.

interface Step {
  readonly hours: number;
  readonly who: string;
  readonly type: string;
  readonly said: Said;
  readonly backHours: number;
}

const ALL_KEYS = [
  'meet',
  'craft',
  'walk',
  'speaks',
  'tell',
  'permit',
  'fulfilled',
  'visit',
  'exercise',
  'after',
  'extra',
];
const text = { text: 'x' };
const counts = { present: 3, for: 3, against: 0, abstain: 0 };
const entry = { book: 'earnings', direction: 'in', channel: 'cash' };
const sheet = fc.constantFrom('1', '2', '3');
const fen = fc.constantFrom(100, 200);
const fields = fc.constantFrom({}, { mood: 'low' }, { wish: 'the sea' }, { mood: 'jolly' });
const anyKey = fc.constantFrom(...ALL_KEYS);
const clock = fc.constantFrom(...ALL_KEYS, 'speak', 'wish', 'earnings.d.1', 'earnings.m.1');
const pauseKind = fc.constantFrom('illness', 'notice', 'hearing', 'rain');
const budget = fc.constantFrom('5 days', '1 month', '10 working days', '2 hours');
const holder = fc.constantFrom('secretary', 'cash-holder', 'accountant', 'director', 'qiu', 'nobody');

const said = (kind: string, make: fc.Arbitrary<Said>) => make.map((each) => [kind, each] as const);
const act = fc.oneof(
  {
    weight: 6,
    arbitrary: said('task.complete', fc.record({ target: anyKey, data: fields.map((each) => ({ fields: each })) })),
  },
  { weight: 3, arbitrary: said('milestone.reach', fc.record({ target: anyKey, data: fc.constant({ note: 'x' }) })) },
  said('await.occur', fc.record({ target: anyKey })),
  said('task.skip', fc.record({ target: anyKey })),
  said('task.reopen', fc.record({ target: anyKey })),
  said('task.assign', fc.record({ target: anyKey, data: holder.map((to) => ({ to })) })),
  said('task.add', fc.constant({ data: { item: { name: 'one more', by: 'companion', within: '3 days' } } })),
  said('consent.give', fc.constant({ onBehalfOf: 'beneficiary' })),
  said('consent.withdraw', fc.constant({})),
  said('consent.refuse', fc.constant({ onBehalfOf: 'beneficiary' })),
  {
    weight: 3,
    arbitrary: said(
      'decision.record',
      fc.constantFrom('branch', 'residents').map((body) => ({ data: { body, ...counts } })),
    ),
  },
  said(
    'plan.revise',
    fc
      .constantFrom(
        { deadlines: { speak: '1 month' } },
        { items: [{ key: 'ramp', name: ['坡道', 'ramp'], by: 'secretary', stage: 'wish' }] },
      )
      .map((data) => ({ data })),
  ),
  said(
    'stage.extend',
    budget.map((each) => ({ data: { budget: each } })),
  ),
  said('stage.repeat', fc.constant({})),
  said('stage.stepBack', fc.constant({ data: { to: 'speak' } })),
  said('stage.skip', fc.constant({})),
  said('deadline.requestExtension', fc.record({ target: clock, data: budget.map((each) => ({ budget: each })) })),
  said('deadline.decideExtension', fc.record({ target: clock, data: fc.boolean().map((approve) => ({ approve })) })),
  said('deadline.pause', fc.record({ target: clock, data: fc.record({ kind: pauseKind }) })),
  said(
    'deadline.resume',
    fc.record({ target: clock, data: fc.oneof(fc.constant({}), fc.record({ kind: pauseKind })) }),
  ),
  said('deadline.nudge', fc.record({ target: clock })),
  said('case.suspend', fc.constant({})),
  { weight: 2, arbitrary: said('case.resume', fc.constant({})) },
  said(
    'case.close',
    fc.constantFrom('selfReliant', 'died').map((outcome) => ({ data: { outcome } })),
  ),
  said('case.reopen', fc.constant({})),
  said('party.add', fc.constant({ data: { role: 'volunteers', party: { name: '某' } } })),
  said(
    'party.change',
    fc.record({
      target: fc.constantFrom('companion', 'accountant', 'cashHolder'),
      data: holder.map((party) => ({ party })),
    }),
  ),
  said(
    'party.end',
    fc.constantFrom('volunteers', 'volunteers-2', 'companion').map((target) => ({ target })),
  ),
  said('party.end', fc.constant({ target: 'beneficiary', data: { why: 'death' } })),
  said(
    'party.add',
    fc.constant({ data: { role: 'beneficiary', party: { name: '某', person: 'zhou', birthDate: '2008-04-01' } } }),
  ),
  said(
    'emergency.report',
    holder.map((about) => ({ data: { kind: 'harm', ...text, about } })),
  ),
  said(
    'complaint.make',
    holder.map((about) => ({ data: { ...text, about } })),
  ),
  {
    weight: 2,
    arbitrary: said(
      'cash.record',
      fc.record({ sourceDoc: sheet, amountFen: fen }).map((more) => ({ data: { ...entry, ...more } })),
    ),
  },
  {
    weight: 2,
    arbitrary: said(
      'ledger.record',
      fc
        .record({ sourceDoc: sheet, amountFen: fen })
        .map(({ sourceDoc, amountFen }) => ({ data: { ...entry, sourceDoc, lines: [{ text: 'x', amountFen }] } })),
    ),
  },
  said('discrepancy.decide', fc.constant({ data: { decision: 'carry', text: 'x' } })),
  said(
    'case.offerTransfer',
    fc.constantFrom('north', 'sub-district').map((unit) => ({ data: { unit, ...overridden } })),
  ),
  said('case.acceptTransfer', fc.constant({})),
  said('case.refuseTransfer', fc.constant({})),
  said('case.revokeTransfer', fc.constant({})),
  said('case.refer', fc.constant({ data: { unit: 'north', program: 'survey', ...text, ...overridden } })),
  said(
    'case.escalate',
    fc.constantFrom('sub-district', 'district').map((to) => ({ data: { to, ...text } })),
  ),
  said('case.return', fc.constant({ data: text })),
  said(
    'appoint',
    holder.map((target) => ({ target })),
  ),
);

/** Mostly it is somebody who may; sometimes anybody. */
const WHO = [
  'caseworker',
  'secretary',
  'cash-holder',
  'accountant',
  'director',
  'sub-district-head',
  'zhou',
  'stranger',
];
const RIGHT: Readonly<Record<string, string>> = {
  ...{ 'cash.record': 'cash-holder', 'ledger.record': 'accountant', 'discrepancy.decide': 'secretary' },
  ...{ 'stage.extend': 'sub-district-head', 'deadline.decideExtension': 'sub-district-head' },
  ...{ 'case.refuseTransfer': 'north-director', 'case.return': 'sub-district-head' },
  ...{ 'milestone.reach': 'secretary', 'stage.skip': 'secretary', 'complaint.make': 'zhou' },
};
const step: fc.Arbitrary<Step> = fc
  .record({
    hours: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 30 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 960 }) },
    ),
    who: fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...WHO) }, { weight: 9, arbitrary: fc.constant('') }),
    act,
    backHours: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 480 }) },
    ),
  })
  .map(({ act: [type, each], who, ...rest }) => ({
    ...rest,
    type,
    who: who || (RIGHT[type] ?? 'caseworker'),
    said: { reason: 'because', evidence: ['photo', 'file'], ...each },
  }));

/** Plays steps; `look` is shown the case after each. Answers the case. */
function play(steps: readonly Step[], { naps = false, look = (_: Case, __: State) => {} } = {}): Case {
  const one = new Case();
  one.org = twoUnits;
  one.open();
  for (const { hours, who, type, said: words, backHours } of steps) {
    one.until(addMs(one.now, hours * 3_600_000), { naps });
    const before = frozen(one.state);
    if (type === 'appoint') one.appoint('accountant', words.target === 'nobody' ? undefined : words.target);
    else one.does(who, type, backHours > 0 ? { ...words, occurredAt: addMs(one.now, -backHours * 3_600_000) } : words);
    look(one, before);
  }
  return one;
}

/** Throws when anything under it is changed later. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const each of Object.values(value)) frozen(each);
  return value;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const steps = (most: number) => fc.array(step, { minLength: 1, maxLength: most, size: 'max' });
/** Begins approved, so that the random part reaches far. */
const approved: Step[] = [
  { hours: 1, who: 'zhou', type: 'consent.give', said: {}, backHours: 0 },
  ...['branch', 'residents'].map((body) => ({
    hours: 1,
    who: 'secretary',
    type: 'decision.record',
    said: { data: { body, ...counts } },
    backHours: 0,
  })),
];
const lives = fc.tuple(fc.boolean(), steps(50)).map(([begun, rest]) => (begun ? [...approved, ...rest] : rest));

describe('whatever happens', { timeout: 120_000 }, () => {
  it('each rung fires once per generation, in order of time, and none is left', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const one = play(life, {
          look: ({ state, now }) => {
            const due = agenda(state);
            must(due === undefined || due > now, `due at ${due} is left at ${now}`);
          },
        });
        const fired = one.events.flatMap((event) =>
          event.type === 'rung.fired' ? [inShort(event).split(' →')[0]] : [],
        );
        must(new Set(fired).size === fired.length, `fired twice: ${fired.sort().join('; ')}`);
        for (const event of one.events) {
          if (event.type !== 'rung.fired') continue;
          must(event.data.plannedAt <= event.recordedAt, 'fired before its time');
          must(event.data.told.length > 0, `told nobody: ${inShort(event)}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('the record leads to the state, in order of seq and recorded time', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const one = play(life);
        const again = one.events.reduce<State | undefined>(
          (state, event) => evolve(state, JSON.parse(JSON.stringify(event)) as CaseEvent),
          undefined,
        );
        must(JSON.stringify(again) === JSON.stringify(one.state), 'the record leads elsewhere');
        for (const [n, event] of one.events.entries()) {
          must(event.seq === n + 1, 'seq has a gap');
          must(event.recordedAt >= (one.events[n - 1]?.recordedAt ?? ''), 'recorded before what came before it');
          must(event.occurredAt <= event.recordedAt, `${inShort(event)} happened after it was recorded`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a refused act changes nothing, and nothing is changed in place', () => {
    fc.assert(
      fc.property(lives, (life) => {
        play(life, {
          look: (one, before) => {
            if (!one.last) return;
            must(
              one.last.detail.every((each) => !/undefined|null|NaN/.test(each)),
              one.last.detail[1],
            );
            must(one.last.waysOut.length > 0, `no way out: ${one.last.detail[1]}`);
            must(one.state === before, `refused with ${one.last.code}, and the state is another`);
          },
        });
      }),
      { numRuns: 40 },
    );
  });

  it('roles that must be apart are never brought together by an act', () => {
    fc.assert(
      fc.property(lives, (life) => {
        play(
          life.filter(({ type }) => type !== 'appoint'),
          {
            look: ({ state, org, now }) => must(notApart(program, state, org, now) === undefined, 'they collide'),
          },
        );
      }),
      { numRuns: 40 },
    );
  });

  it('a long sleep leads to the same events as being woken every time', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 120 }), (life, days) => {
        const end = (one: Case, naps: boolean) => {
          one.until(addMs(one.now, days * 86_400_000), { naps });
          // when it was recorded is what sleeping changes, and all it may change
          const text = ({ type, occurredAt, data }: CaseEvent) => JSON.stringify([type, occurredAt, data]);
          // but one telling of an emergency stands for all that were slept through: people are not to be flooded
          const events = one.events.filter(({ type }) => type !== 'emergency.repeated');
          return events.map((event) => text(event).replaceAll(/"firedAt":"[^"]+"|act-[0-9]+/g, '…'));
        };
        const [asleep, awake] = [end(play(life), false), end(play(life, { naps: true }), true)];
        for (const [n, event] of awake.entries()) must(event === asleep[n], `${event}\n  asleep: ${asleep[n]}`);
        must(asleep.length === awake.length, 'more happened asleep');
      }),
      { numRuns: 40 },
    );
  });

  it('what is open has somebody who answers, every record of accountability its result in the end', () => {
    fc.assert(
      fc.property(lives, (life) => {
        const one = play(life);
        planOf(one.state, program);
        for (const item of Object.values(one.state.items))
          must(item.answers in one.state.assignments, `${item.id} has no owner`);
        for (const deadline of Object.values(one.state.deadlines)) {
          const { id, of } = deadline;
          const owner =
            of === 'stage'
              ? one.state.stage && id.startsWith(`stage:${one.state.stage}.`)
              : of === 'item' || of === 'duty'
                ? one.state.items[id]
                : true;
          must(Boolean(owner), `the clock ${id} belongs to nothing`);
        }
        const open = new Set<string>();
        for (const event of one.events) {
          if (event.type === 'accountability.opened') open.add(event.data.id);
          if (event.type === 'accountability.settled')
            must(open.delete(event.data.id), `${event.data.id} settled twice`);
        }
        const waiting = Object.values(one.state.deadlines).flatMap(({ accounts = [] }) => accounts.map(({ id }) => id));
        must(
          [...open].sort().join() === waiting.sort().join(),
          `open ${[...open].join()}, the state says ${waiting.join()}`,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('the state does not grow with the years', () => {
    fc.assert(
      fc.property(steps(30), (year) => {
        const one = play(approved);
        for (let n = 0; n < 12; n++) {
          for (const { hours, who, type, said: words } of year) {
            one.until(addMs(one.now, hours * 3_600_000));
            if (type !== 'appoint') one.does(who, type, words);
          }
        }
        // what is open now, and nothing of the hundreds of things that are over
        const { items, deadlines, offers = {}, complaints = {}, emergencies = {} } = one.state;
        const open = [items, deadlines, offers, complaints, emergencies].flatMap((each) => Object.keys(each)).length;
        const size = JSON.stringify(one.state).length;
        must(size < 8_000 + open * 1_200, `${size} characters for ${open} open things and clocks`);
      }),
      { numRuns: 8 },
    );
  });
});
