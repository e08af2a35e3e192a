import { describe, expect, test } from 'vitest';
import fule from '../plugins/fule/program.ts';
import { relapse } from '../plugins/fule/scenarios.ts';
import { defineProgram } from '../sdk/define-program.ts';
import type { Program } from '../sdk/program.ts';
import { programHash } from '../sdk/program-hash.ts';
import { simulationOf } from '../sdk/testing/scripts.ts';
import { isRefusal } from './act-kind.ts';
import { decide } from './decide.ts';
import type { CaseEvent, EventDraft } from './event.ts';
import { evolve } from './evolve.ts';
import type { Mapping } from './migration.ts';
import { type Simulated, sampleOrg, simulate } from './simulate.ts';
import type { State } from './state.ts';
import { weekdayCalendar } from './time/calendar.ts';

const OPENED = '2026-03-02T01:00:00.000Z';
const NOW = '2026-03-12T02:00:00.000Z';

/** Speaks after more, under another name; a stage called otherwise; a role called otherwise; one field less and one more; a duty less. */
const next = defineProgram(
  JSON.parse(
    JSON.stringify({ ...fule, version: '2.0.0' })
      .replaceAll('"craft"', '"handicraft"')
      .replaceAll('"speak"', '"talk"')
      .replaceAll('"companion"', '"friend"')
      .replaceAll('"mood"', '"spirits"')
      .replace('{"task":"meet"', '{"task":"greet","name":["问候","greet"],"by":"friend"},{"task":"meet"'),
  ) as Program,
);
const mapping: Mapping = {
  stages: { speak: 'talk' },
  items: { craft: 'handicraft' },
  fields: { mood: 'spirits' },
  roles: { companion: 'friend' },
};

function caseAt(until = NOW): State {
  const simulated = simulate(
    simulationOf(fule, { ...relapse, acts: relapse.acts.filter(({ day }) => day < 10) }, OPENED, until),
  );
  if (isRefusal(simulated)) throw new Error(simulated.detail[1]);
  expect((simulated as Simulated).refused).toEqual([]);
  return simulated.state;
}

function migrated(state: State, from: Program, to: Program, how: Mapping, by = 'holder of director') {
  const answer = decide(
    state,
    {
      ...{ id: 'm', type: 'case.migrate', reason: '新版', data: { version: to.version, mapping: how, by } },
      actor: { kind: 'system', id: 'operator', logins: [] },
    },
    {
      ...{
        now: NOW,
        program: from,
        programHash: programHash(from),
        calendar: weekdayCalendar,
        org: sampleOrg(fule, OPENED),
      },
      facts: { documents: [], entries: [], version: { program: to, hash: programHash(to) } },
    },
  );
  if (isRefusal(answer)) return answer;
  return { events: answer.events, state: after(state, answer.events) };
}

function after(state: State, drafts: readonly EventDraft[]): State {
  const actor = { kind: 'person', id: 'holder of director' };
  return drafts.reduce(
    (at, draft, n) =>
      evolve(at, { ...draft, seq: 900 + n, occurredAt: draft.occurredAt ?? NOW, recordedAt: NOW, actor } as CaseEvent),
    state,
  );
}

function moved(...args: Parameters<typeof migrated>): { events: readonly EventDraft[]; state: State } {
  const answer = migrated(...args);
  if (!('state' in answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

describe('case.migrate', () => {
  test('keeps places by name and by the mapping, and every running clock', () => {
    const before = caseAt();
    const { state, events } = moved(before, fule, next, mapping);
    expect(events.filter(({ type }) => type === 'case.migrated')).toHaveLength(1);
    expect(state.program).toMatchObject({ id: 'fule', version: '2.0.0', hash: programHash(next) });
    expect(state.stage).toBe('talk');
    expect(state.fields['spirits']).toBe(before.fields['mood']);
    expect(state.counts['handicraft']).toBe(before.counts['craft']);
    expect(Object.values(state.parties).map(({ role }) => role)).toContain('friend');
    const due = (of: State) => Object.values(of.deadlines).map(({ dueAt, generation }) => `${dueAt} ${generation}`);
    for (const clock of due(before)) expect(due(state)).toContain(clock);
    expect(state.deadlines['stage:talk.1']?.dueAt).toBe(before.deadlines['stage:speak.1']?.dueAt);
    expect(state.duties['visit']).toEqual(before.duties['visit']);
  });

  test('opens what the new version has and the stage asks for', () => {
    const { state } = moved(caseAt(), fule, next, mapping);
    expect(Object.values(state.items).map(({ key }) => key)).toContain('greet');
    expect(state.round['meet']).toBe('done');
  });

  test('names everything without a place, and changes nothing', () => {
    const refused = migrated(caseAt(), fule, next, {});
    expect(refused).toMatchObject({ code: 'INVALID_DATA' });
    const paths = 'errors' in refused ? refused.errors?.map(({ path }) => path) : [];
    expect(paths).toEqual(
      expect.arrayContaining(
        ['stages.speak', 'items.craft', 'fields.mood', 'roles.companion'].map((each) => `data.mapping.${each}`),
      ),
    );
  });

  test.each<[string, Mapping, string]>([
    ['a stage the case is in left behind', { ...mapping, stages: { speak: null } }, 'data.mapping.stages.speak'],
    ['two in one place', { ...mapping, items: { craft: 'meet' } }, 'data.mapping.items.craft'],
    ['a place there is not', { ...mapping, fields: { mood: 'nothing' } }, 'data.mapping.fields.mood'],
    [
      'a personal field where it would not be protected',
      { ...mapping, fields: { mood: 'goods' } },
      'data.mapping.fields.mood',
    ],
    ['a task where a duty is', { ...mapping, items: { craft: 'visit' } }, 'data.mapping.items.craft'],
  ])('refuses %s', (_, how, path) => {
    const refused = migrated(caseAt(), fule, next, how);
    expect('errors' in refused ? refused.errors?.map((error) => error.path) : []).toContain(path);
  });

  test('keeps what the plan of the case fixed for a stage it has not reached', () => {
    const before = caseAt();
    const planned: State = {
      ...before,
      stages: { ...before.stages, earn: { ...before.stages['earn']!, target: '自己摆摊' } },
    };
    expect(moved(planned, fule, next, mapping).state.stages['earn']?.target).toBe('自己摆摊');
  });

  test('is for heads to decide', () => {
    expect(migrated(caseAt(), fule, next, mapping, 'holder of secretary')).toHaveProperty('code');
  });

  test('is undone by the same act with the mapping back, and what was left behind comes back', () => {
    const before = caseAt();
    const there = moved(before, fule, next, { ...mapping, items: { craft: null } });
    expect(Object.values(there.state.items).map(({ key }) => key)).not.toContain('craft');
    expect(there.state.parked?.counts?.['craft']).toBe(before.counts['craft']);
    const { from, mapping: back } = there.state.migrated!;
    expect(from).toEqual(before.program);
    const here = moved(there.state, next, fule, back).state;
    const { migrated: _, parked: __, serial: ___, ...rest } = here;
    const { serial: ____, ...was } = before;
    expect(sorted(rest)).toEqual(sorted({ ...was, at: here.at }));
  });
});

/** The records by key, so that the order in which things were opened says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
