import { describe, expect, it } from 'vitest';
import { Case, day, type Said } from '../case.fixture.ts';
import type { CaseEvent, EventType } from '../event.ts';
import { project } from '../projection.ts';
import { weekdayCalendar } from '../time/calendar.ts';

const of = <T extends EventType>(one: Case, type: T) =>
  one.events.filter((event): event is CaseEvent & { type: T } => event.type === type);
const persons = (told: readonly { person?: string; unit: string }[]) => told.map(({ person, unit }) => person ?? unit);

function complained(data: object = { about: 'companion' }, who = 'zhou', said: Said = {}): { one: Case; id: string } {
  const one = Case.opened();
  one.must(who, 'complaint.make', { ...said, data: { text: '他没有来', ...data } });
  return { one, id: of(one, 'complaint.made')[0]!.data.id! };
}

const answer = (target: string): Said => ({ target, data: { text: '已处理' } });

describe('a withdrawal brought by somebody else', () => {
  it('says whose it is and what was said; his own needs nothing', () => {
    const one = Case.opened();
    const bare: Said[] = [{}, { onBehalfOf: 'beneficiary' }, { data: { note: '他说不要了' } }];
    for (const said of bare) expect(one.does('secretary', 'consent.withdraw', said)).toBe('INVALID_DATA');
    const full: Said = { onBehalfOf: 'beneficiary', data: { note: '他说不要了' } };
    expect(one.does('secretary', 'consent.withdraw', full)).toBe('ok');
    expect(Case.opened().does('zhou', 'consent.withdraw')).toBe('ok');
  });
});

describe('a complaint', () => {
  it('is answered by whom it was told, and by nobody else', () => {
    const { one, id } = complained();
    const before = { ...one.state.complaints![id] };
    expect(before).toMatchObject({ round: 1, dueDate: '2026-03-23', sealed: ['companion', 'qiu'] });
    for (const who of ['secretary', 'director', 'caseworker', 'district-head'])
      expect([who, one.does(who, 'complaint.answer', answer(id))]).toEqual([who, 'FORBIDDEN']);
    expect(one.does('sub-district-head', 'complaint.answer', answer('complaint-x'))).toBe('NOT_OPEN');
    expect(one.does('sub-district-head', 'complaint.answer', answer(id))).toBe('ok');
    expect(one.does('sub-district-head', 'complaint.answer', answer(id))).toBe('ALREADY_DONE');
    expect(persons(of(one, 'complaint.answered')[0]!.data.told)).toEqual(['zhou']);
  });

  it('about somebody in office by name is kept from him; about nobody known it is not taken', () => {
    const { one } = complained();
    one.named = { 罗书记: ['sub-district-head'] };
    const about = (name: string): Said => ({ data: { text: 'x', about: name } });
    one.must('zhou', 'complaint.make', about('罗书记'));
    const { sealed, told } = of(one, 'complaint.made')[1]!.data;
    expect([sealed, persons(told)]).toEqual([['罗书记', 'sub-district-head'], ['district-head']]);
    expect(one.does('zhou', 'complaint.make', about('罗书计'))).toBe('INVALID_DATA');
    expect(one.last?.errors?.[0]?.path).toBe('data.about');
    expect(one.does('zhou', 'complaint.make', about('guardian'))).toBe('INVALID_DATA');
    expect(one.does('zhou', 'emergency.report', { data: { kind: 'harm', text: 'x', about: '罗书计' } })).toBe('ok');
    for (const known of ['邱某', 'qiu', 'companion', 'secretary', 'district-head'])
      expect([known, one.does('zhou', 'complaint.make', about(known))]).toEqual([known, 'ok']);
  });

  it('does not exist for whom it is about: the refusal is the one for a complaint there never was', () => {
    const { one, id } = complained();
    one.does('qiu', 'complaint.answer', answer(id));
    const known = one.last;
    one.does('qiu', 'complaint.answer', answer(`${id}x`));
    const unknown = one.last;
    expect(known?.code).toBe('NOT_OPEN');
    expect(known?.detail[1].replace(id, '')).toBe(unknown?.detail[1].replace(`${id}x`, ''));
  });

  it('unanswered goes to those who were told, and then higher, past whom it is about', () => {
    const { one } = complained({ about: 'sub-district-head' });
    one.until(day(80));
    const rungs = of(one, 'complaint.reminded').map(({ data }) => [data.plannedAt.slice(0, 10), persons(data.told)]);
    expect(rungs).toEqual([
      ['2026-03-18', ['district-head']],
      ['2026-03-24', ['district-head', 'district']],
      ['2026-03-31', ['district-head', 'district']],
      ['2026-04-07', ['district-head', 'district']],
      ['2026-04-21', ['district-head', 'district']],
    ]);
  });

  it('runs while the case is suspended, and after it is closed', () => {
    const { one } = complained();
    one.must('zhou', 'consent.withdraw');
    one.must('secretary', 'case.close', { data: { outcome: 'died', followUp: false }, reason: 'x' });
    expect(one.state.status).toBe('closed');
    one.until(day(30));
    expect(persons(of(one, 'complaint.reminded')[1]!.data.told)).toEqual(['district-head']);
  });

  it('is to be answered another day by a newer calendar, and nothing is left to do the second time', () => {
    const { one } = complained();
    one.until(day(17));
    expect(of(one, 'complaint.reminded')).toHaveLength(1);
    const closed = ['2026-03-23', '2026-03-24'];
    const calendar = {
      ...weekdayCalendar,
      version: 'with two days off',
      isWorkingDay: (date: string) => weekdayCalendar.isWorkingDay(date) && !closed.includes(date),
    };
    const found = project(one.state, { ...one.world(), calendar }).filter(({ type }) => type === 'complaint.projected');
    expect(found).toHaveLength(1);
    expect(found[0]?.data).toMatchObject({
      dueDate: '2026-03-25',
      rungs: [{ up: 1 }, { up: 2 }, { up: 3 }, { up: 3 }],
    });
  });

  it('is appealed against twice, each time one level higher, and is then final', () => {
    const { one, id } = complained();
    const appeal: Said = { target: id, data: { text: '不同意' } };
    expect(one.does('zhou', 'complaint.appeal', appeal)).toBe('NOT_OPEN');
    one.must('sub-district-head', 'complaint.answer', answer(id));
    expect(one.does('caseworker', 'complaint.appeal', appeal)).toBe('FORBIDDEN');
    one.must('zhou', 'complaint.appeal', appeal);
    expect(of(one, 'complaint.appealed')[0]?.data).toMatchObject({ round: 2, told: [{ person: 'district-head' }] });
    expect(one.does('sub-district-head', 'complaint.answer', answer(id))).toBe('FORBIDDEN');
    one.must('district-head', 'complaint.answer', answer(id));
    one.must('zhou', 'complaint.appeal', appeal);
    expect(persons(of(one, 'complaint.appealed')[1]!.data.told)).toEqual(['district']);
    expect(one.state.complaints?.[id]?.round).toBe(3);
  });

  it('appealed against is neither told to, nor answered by, whoever has answered it, whatever post he holds', () => {
    const { one, id } = complained();
    one.must('sub-district-head', 'complaint.answer', answer(id));
    one.must('zhou', 'complaint.appeal', { target: id, data: { text: '不同意' } });
    one.appoint('district-head', 'sub-district-head');
    expect(one.does('sub-district-head', 'complaint.answer', answer(id))).toBe('FORBIDDEN');
    one.until(day(60));
    const told = of(one, 'complaint.reminded').flatMap((event) => event.data.told);
    expect(told.length).toBeGreaterThan(0);
    expect(persons(told)).not.toContain('sub-district-head');
  });

  it('ends by itself when nobody appeals, or when it is withdrawn', () => {
    const { one, id } = complained();
    one.must('sub-district-head', 'complaint.answer', answer(id));
    one.until(day(29));
    expect(one.state.complaints?.[id]).toBeDefined();
    one.until(day(32));
    expect(of(one, 'complaint.closed')).toHaveLength(1);
    expect(one.does('zhou', 'complaint.appeal', answer(id))).toBe('NOT_OPEN');
    const other = complained();
    expect(other.one.does('secretary', 'complaint.withdraw', { target: other.id })).toBe('FORBIDDEN');
    other.one.must('zhou', 'complaint.withdraw', { target: other.id });
    expect(other.one.state.complaints).toEqual({});
  });

  it('of somebody unnamed is recorded by a caseworker, on nobody’s behalf', () => {
    const { one } = complained({ anonymous: true }, 'caseworker');
    expect(of(one, 'complaint.made')[0]).toMatchObject({ actor: { id: 'caseworker' }, data: { anonymous: true } });
    expect(one.does('qiu', 'complaint.make', { data: { text: 'x', anonymous: true } })).toBe('FORBIDDEN');
    const both: Said = { onBehalfOf: 'beneficiary', data: { text: 'x', anonymous: true, witness: '王某' } };
    expect(one.does('caseworker', 'complaint.make', both)).toBe('INVALID_DATA');
  });
});
