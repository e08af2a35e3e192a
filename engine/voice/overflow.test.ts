import { describe, expect, it } from 'vitest';
import { Case, type Said } from '../case.fixture.ts';
import type { CaseEvent, EventType } from '../event.ts';
import { addMs } from '../time/civil.ts';
import { MOST_OPEN, MOST_OWN } from './overflow.ts';

const of = <T extends EventType>(one: Case, type: T) =>
  one.events.filter((event): event is CaseEvent & { type: T } => event.type === type);
const persons = (told: readonly { person?: string; unit: string }[]) => told.map(({ person, unit }) => person ?? unit);
const harm = (about = 'companion'): Said => ({ data: { kind: 'harm', text: '有人打他', about } });
const open = (one: Case) => Object.values(one.state.emergencies ?? {});
const minutes = (one: Case, n: number) => one.until(addMs(one.now, n * 60_000), { naps: true });

/** A case whose list of open emergencies is full of what ten others have reported. */
function full(): Case {
  const one = Case.opened();
  const others = Array.from({ length: MOST_OPEN / MOST_OWN }, (_, n) => `v${n}`);
  for (const person of others)
    one.must('caseworker', 'party.add', { data: { role: 'volunteers', party: { name: person, person } } });
  for (const person of others) for (let n = 0; n < MOST_OWN; n++) one.must(person, 'emergency.report', harm());
  return one;
}

describe('more emergencies than one list takes', () => {
  it('of one person are folded into his own, counted, and told once in half an hour', () => {
    const one = Case.opened();
    for (let n = 0; n < MOST_OWN + 5; n++) one.must('zhou', 'emergency.report', harm());
    expect(open(one)).toHaveLength(MOST_OWN);
    const folded = of(one, 'emergency.reported').filter(({ data }) => data.into !== undefined);
    expect(folded.map(({ data }) => persons(data.told))).toEqual([['sub-district-head'], [], [], [], []]);
    const into = folded[0]!.data.into!;
    expect(new Set(folded.map(({ data }) => data.into)).size).toBe(1);
    expect(one.state.emergencies?.[into]).toMatchObject({ more: 5, by: 'zhou' });
    minutes(one, 30);
    expect(of(one, 'emergency.repeated').filter(({ data }) => data.id === into)).toHaveLength(1);
    one.must('zhou', 'emergency.report', harm());
    expect(of(one, 'emergency.reported').at(-1)!.data.told).not.toEqual([]);
  });

  it('of one person leave room for others', () => {
    const one = Case.opened();
    for (let n = 0; n < 30; n++) one.must('zhou', 'emergency.report', harm());
    one.must('qiu', 'emergency.report', harm('secretary'));
    expect(open(one)).toHaveLength(MOST_OWN + 1);
    expect(of(one, 'emergency.reported').at(-1)!.data).toMatchObject({ about: ['secretary'] });
    expect(of(one, 'emergency.reported').at(-1)!.data.into).toBeUndefined();
  });

  it('are never turned away, also where others have filled the list, and the state stays bounded', () => {
    const one = full();
    expect(open(one)).toHaveLength(MOST_OPEN);
    for (let n = 0; n < 40; n++)
      one.must(n % 2 ? 'zhou' : 'qiu', 'emergency.report', harm(n % 3 ? 'companion' : `无名${n}`));
    expect(open(one)).toHaveLength(MOST_OPEN + 1);
    const shared = open(one).at(-1)!;
    expect(shared).toMatchObject({ shared: true, more: 39 });
    expect(shared.by).toBeUndefined();
    // names of nobody do not pile up
    expect(shared.sealed.filter((each) => each.startsWith('无名'))).toHaveLength(1);
    // what others have reported is as it was
    expect(
      open(one)
        .slice(0, MOST_OPEN)
        .filter(({ more }) => more !== undefined),
    ).toEqual([]);
  });

  it('are told past whom any of those folded together is about, who cannot close them either', () => {
    const one = Case.opened();
    for (let n = 0; n < MOST_OWN; n++) one.must('zhou', 'emergency.report', harm());
    const before = of(one, 'emergency.reported').at(-1)!.data;
    expect(persons(before.told)).toEqual(['sub-district-head']);
    one.must('zhou', 'emergency.report', harm('sub-district-head'));
    const last = of(one, 'emergency.reported').at(-1)!.data;
    expect([last.into, persons(last.told)]).toEqual([before.id, ['district-head']]);
    const close: Said = { target: before.id, data: { text: '没事' } };
    expect(one.does('sub-district-head', 'emergency.close', close)).toBe('NOT_OPEN');
    minutes(one, 31);
    const told = of(one, 'emergency.repeated').filter(({ data }) => data.id === before.id);
    expect(told.flatMap(({ data }) => persons(data.told))).not.toContain('sub-district-head');
    one.must('district-head', 'emergency.close', close);
    expect(open(one)).toHaveLength(MOST_OWN - 1);
  });

  it('make one that was acknowledged be told again', () => {
    const one = Case.opened();
    for (let n = 0; n < MOST_OWN; n++) one.must('zhou', 'emergency.report', harm());
    const { id } = of(one, 'emergency.reported').at(-1)!.data;
    one.state = {
      ...one.state,
      emergencies: { ...one.state.emergencies, [id]: { ...one.state.emergencies![id]!, acknowledgedAt: one.now } },
    };
    one.must('zhou', 'emergency.report', harm());
    expect(one.state.emergencies?.[id]?.acknowledgedAt).toBeUndefined();
  });
});

describe('complaints', () => {
  it('of one person are ten at once; others still complain', () => {
    const one = Case.opened();
    const complain: Said = { data: { text: '他没有来', about: 'companion' } };
    for (let n = 0; n < MOST_OWN; n++) one.must('zhou', 'complaint.make', complain);
    expect(one.does('zhou', 'complaint.make', complain)).toBe('CAP_REACHED');
    expect(one.last?.waysOut.length).toBe(2);
    expect(one.does('zhou', 'emergency.report', harm())).toBe('ok');
    expect(one.does('caseworker', 'complaint.make', complain)).toBe('ok');
    one.must('zhou', 'complaint.withdraw', { target: of(one, 'complaint.made')[0]!.data.id! });
    expect(one.does('zhou', 'complaint.make', complain)).toBe('ok');
  });
});
