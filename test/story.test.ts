import { describe, expect, it } from 'vitest';
import { isRefusal } from '../engine/act-kind.ts';
import { planOf } from '../engine/explain.ts';
import { simulate } from '../engine/simulate.ts';
import fule from '../plugins/fule/program.ts';
import { earningsFen, missedVisit, relapse, wholeStory } from '../plugins/fule/scenarios.ts';
import { simulationOf } from '../sdk/testing/scripts.ts';

const OPENED = '2026-03-02T01:00:00.000Z';

function run(scenario: Parameters<typeof simulationOf>[1], until: string) {
  const simulated = simulate(simulationOf(fule, scenario, OPENED, until));
  if (isRefusal(simulated)) throw new Error(simulated.detail[1]);
  return simulated;
}

const types = (events: readonly { type: string }[]) => events.map((event) => event.type);

describe('the 福乐 story through the engine', () => {
  it('goes from consent to self-reliance, and ends after a year of follow-up', () => {
    const { events, refused, state } = run(wholeStory, '2028-01-01T00:00:00.000Z');
    expect(refused).toEqual([]);
    expect(state.status).toBe('closed');
    expect(state.outcome).toBe('selfReliant');
    expect(types(events).filter((type) => type === 'stage.entered')).toHaveLength(6);
    expect(events.at(-1)?.type).toBe('case.ended');
    expect(state.books['earnings']?.cash['cash']?.balanceFen).toBe(0);
    expect(state.books['earnings']?.ledger['cash']?.balanceFen).toBe(0);
    expect(state.items).toEqual({});
    expect(state.deadlines).toEqual({});
  });

  it('sells for 2,590.00 yuan in both books', () => {
    const { events } = run(wholeStory, '2026-04-01T00:00:00.000Z');
    const sum = (type: string, reversed: string) =>
      events.reduce((fen, event) => {
        if (event.type !== type && event.type !== reversed) return fen;
        const { entry } = event.data as { entry: { direction: string; amountFen: number } };
        return entry.direction === 'in' ? fen + entry.amountFen : fen;
      }, 0);
    expect(earningsFen).toBe(259_000);
    expect(sum('cash.recorded', 'cash.reversed')).toBe(259_000);
    expect(sum('ledger.recorded', 'ledger.reversed')).toBe(259_000);
  });

  it('notices the missed visit, tells holder and unit head, and asks the post to account', () => {
    const { events } = run(missedVisit, '2026-05-01T00:00:00.000Z');
    const done = new Set(events.flatMap((event) => (event.type === 'task.completed' ? [event.data.id] : [])));
    const missed = events.flatMap((event) =>
      event.type === 'duty.missed' && !done.has(event.data.id) ? [event.data.id] : [],
    );
    const rungs = events.flatMap((event) =>
      event.type === 'rung.fired' && event.data.deadline === missed[0]
        ? [[event.data.tell, event.data.told[0]?.post]]
        : [],
    );
    expect(rungs).toEqual([
      ['holder', 'secretary'],
      ['unit', 'director'],
    ]);
    expect(types(events)).toContain('accountability.opened');
  });

  it('steps back when he relapses, and begins the stage anew', () => {
    const { events, refused, state } = run(relapse, '2026-03-24T00:00:00.000Z');
    expect(refused).toEqual([]);
    expect(state.stages['speak']?.round).toBe(2);
    expect(types(events)).toContain('stage.left');
  });

  it('says of every item what it is and why', () => {
    const { state } = run(relapse, '2026-03-05T00:00:00.000Z');
    const plan = planOf(state, fule);
    const speak = plan.stages[0]?.items.map((item) => [item.key, item.state]);
    expect(speak).toEqual([
      ['meet', 'done'],
      ['craft', 'may'],
      ['speaks', 'blocked'],
    ]);
    expect(plan.stages[1]?.items.every((item) => item.state === 'blocked' && item.reason[0].length > 0)).toBe(true);
  });

  it('keeps its state bounded over twenty years of missed visits', { timeout: 60_000 }, () => {
    const { state, events } = run({ ...wholeStory, acts: wholeStory.acts.slice(0, 4) }, '2046-03-02T00:00:00.000Z');
    const missed = types(events).filter((type) => type === 'duty.missed').length;
    expect(missed).toBeGreaterThan(2_400);
    expect(Object.keys(state.items).length).toBeLessThan(20);
    expect(JSON.stringify(state).length).toBeLessThan(40_000);
    const rungs = events.flatMap((event) =>
      event.type === 'rung.fired' ? [`${event.data.deadline}/${event.data.generation}/${event.data.rung}`] : [],
    );
    expect(new Set(rungs).size).toBe(rungs.length);
  });
});
