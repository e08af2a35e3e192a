import { describe, expect, it } from 'vitest';
import { isRefusal } from '../engine/act-kind.ts';
import { simulate } from '../engine/simulate.ts';
import deliberation from '../plugins/deliberation/program.ts';
import { revisedTwice, tooFew, wholeStory } from '../plugins/deliberation/scenarios.ts';
import { simulationOf } from '../sdk/testing/scripts.ts';

const OPENED = '2026-03-02T01:00:00.000Z';

function run(scenario: Parameters<typeof simulationOf>[1], until = '2026-05-01T00:00:00.000Z') {
  const simulated = simulate(simulationOf(deliberation, scenario, OPENED, until));
  if (isRefusal(simulated)) throw new Error(simulated.detail[1]);
  return simulated;
}

const entered = ({ events }: ReturnType<typeof run>) =>
  events.flatMap((event) => (event.type === 'stage.entered' ? [`${event.data.stage} ${event.data.round}`] : []));
const votes = ({ events }: ReturnType<typeof run>) =>
  events.flatMap((event) => (event.type === 'decision.recorded' ? [`${event.data.body} ${event.data.passed}`] : []));

describe('deliberation through the engine', () => {
  it('goes from the canvass to the result, both disclosures public for a week', () => {
    const story = run(wholeStory);
    expect(story.refused).toEqual([]);
    expect(entered(story)).toEqual(['canvass 1', 'draft 1', 'deliberate 1', 'announce 1', 'carryOut 1', 'show 1']);
    expect(story.state).toMatchObject({ status: 'closed', outcome: 'carriedOut', items: {}, deadlines: {} });
    const public_ = story.events.flatMap((event) =>
      event.type === 'disclosure.posted'
        ? [(Date.parse(event.data.until) - Date.parse(event.occurredAt)) / 86_400_000]
        : [],
    );
    expect(public_).toHaveLength(2);
    for (const days of public_) expect(days).toBeGreaterThan(7);
  });

  it('is revised after a lost vote and after an upheld objection, all three bodies voting anew', () => {
    const story = run(revisedTwice);
    expect(story.refused).toEqual([]);
    expect(entered(story)).toEqual([
      ...['canvass 1', 'draft 1', 'deliberate 1', 'draft 2', 'deliberate 2'],
      ...['announce 1', 'draft 3', 'deliberate 3', 'announce 2', 'carryOut 1'],
    ]);
    expect(votes(story)).toHaveLength(9);
    expect(votes(story).filter((each) => each.endsWith('false'))).toEqual(['residents-representatives false']);
    expect(story.state).toMatchObject({ status: 'closed', outcome: 'adopted' });
  });

  it('decides nothing with too few, and goes on when they meet again', () => {
    const story = run(tooFew);
    expect(story.refused).toEqual([]);
    expect(votes(story)).toEqual(['party-branch false', 'party-branch true', 'two-committees true']);
    expect(story.state.stage).toBe('deliberate');
    expect(story.state.stages['deliberate']?.round).toBe(1);
  });

  it('is not closed as adopted before its decision was public for its whole time', () => {
    const { acts } = revisedTwice;
    const early = run({ ...revisedTwice, acts: [...acts.slice(0, -1), { ...acts.at(-1)!, day: 14 }] });
    expect(early.refused).toMatchObject([{ type: 'case.close', code: 'BLOCKED' }]);
  });

  it('climbs to the district when nobody decides an objection', () => {
    const { acts } = revisedTwice;
    const n = acts.findIndex(({ type }) => type === 'objection.decide');
    const { events } = run({ ...revisedTwice, acts: acts.slice(0, n) });
    const told = events.flatMap((event) =>
      event.type === 'rung.fired' && event.data.deadline === 'objection-1' ? [event.data.tell] : [],
    );
    expect(told).toEqual(['holder', 'holder', 'unit', 'sub-district', 'district']);
    expect(
      events.some((event) => event.type === 'accountability.opened' && event.data.deadline === 'objection-1'),
    ).toBe(true);
  });
});
