import { describe, expect, it } from 'vitest';
import { defineProgram } from '../../sdk/define-program.ts';
import { Case, day, program, type Said } from '../case.fixture.ts';
import type { CaseEvent, EventType } from '../event.ts';
import { planOf } from '../explain.ts';
import { comesOfAge } from '../time/age.ts';
import { overridden, twoUnits } from '../two-units.fixture.ts';

const of = <T extends EventType>(one: Case, type: T) =>
  one.events.filter((event): event is CaseEvent & { type: T } => event.type === type);
const persons = (told: readonly { person?: string; unit: string }[] | undefined) =>
  told?.map(({ person, unit }) => person ?? unit);

/** The program of the tests, in which some things hang on purposes of their own. */
const asking = defineProgram({
  ...program,
  id: 'asking',
  consent: {
    ...program.consent!,
    purposes: { press: ['对外宣传', 'the press'], research: ['课题研究', 'research'] },
  },
  stages: program.stages.map((stage) =>
    stage.stage === 'speak'
      ? {
          ...stage,
          items: [
            ...stage.items,
            {
              task: 'photo',
              name: ['宣传照', 'a photo for the press'],
              by: 'secretary',
              optional: true,
              purpose: 'press',
            },
          ],
        }
      : stage,
  ),
  duties: [
    ...program.duties,
    {
      ...{ duty: 'survey', name: ['问卷', 'questionnaire'], by: 'secretary', every: '1 week', grace: '1 day' },
      ...{ ladder: 'gentle', purpose: 'research' },
    },
  ],
});

function caseWith(purposes?: readonly string[]): Case {
  const one = new Case(asking);
  one.org = twoUnits;
  one.open();
  one.must('zhou', 'consent.give', purposes ? { data: { purposes } } : {});
  for (const body of ['branch', 'residents'])
    one.must('secretary', 'decision.record', { data: { body, present: 3, for: 2, against: 1, abstain: 0 } });
  return one;
}

const runs = (one: Case) => [one.state.items['photo-1']?.name[1], one.state.duties['survey'] !== undefined];
const give = (...purposes: string[]): Said => ({ data: { purposes } });

describe('a purpose beside the help', () => {
  it('is agreed to only where it is named: what hangs on it does not begin, and says why', () => {
    const one = caseWith();
    expect(runs(one)).toEqual([undefined, false]);
    expect(of(one, 'consent.given')[0]!.data.purposes).toEqual([]);
    const plan = planOf(one.state, asking);
    const line = plan.stages[0]!.items.find(({ key }) => key === 'photo');
    expect(line).toMatchObject({ state: 'blocked', reason: ['本人没有同意“对外宣传”', expect.anything()] });
    expect(plan.duties.find(({ key }) => key === 'survey')).toMatchObject({ state: 'blocked' });
    expect(one.does('zhou', 'consent.give')).toBe('ALREADY_DONE');
    expect(one.does('zhou', 'consent.give', give('sale'))).toBe('INVALID_DATA');
  });

  it('can be agreed to later, one by one, and then begins', () => {
    const one = caseWith();
    one.until(day(2));
    one.must('zhou', 'consent.give', give('press'));
    expect(runs(one)).toEqual(['a photo for the press', false]);
    one.must('zhou', 'consent.give', give('press', 'research'));
    expect(runs(one)).toEqual(['a photo for the press', true]);
    expect(one.state.consent?.purposes).toEqual(['press', 'research']);
    expect(one.does('zhou', 'consent.give', give('press', 'research'))).toBe('ALREADY_DONE');
  });

  it('alone is added to a consent that stands, and never becomes the consent itself', () => {
    const only = (...purposes: string[]): Said => ({ data: { purposes, only: true } });
    const one = caseWith(['research']);
    expect(one.does('zhou', 'consent.give', { data: { only: true } })).toBe('INVALID_DATA');
    one.must('zhou', 'consent.give', only('press'));
    expect(one.state.consent?.purposes).toEqual(['research', 'press']);
    one.must('zhou', 'consent.withdraw');
    expect(one.does('zhou', 'consent.give', only('press'))).toBe('NOT_OPEN');
    expect(one.state.consent).toBeUndefined();
  });

  it('alone is not the answer when consent is asked for again: what else was agreed to stays until then', () => {
    const one = new Case(asking);
    one.org = twoUnits;
    one.open('caseworker', {
      parties: [
        { role: 'beneficiary', name: '周某', person: 'zhou', birthDate: '2012-03-10' },
        { role: 'guardian', name: '罗某', person: 'luo' },
        { role: 'companion', name: '邱某', person: 'qiu' },
      ],
    });
    one.must('luo', 'consent.give', { data: { separate: true, heard: '愿意', purposes: ['research'] } });
    one.until(comesOfAge('2012-03-10', 14));
    const press = { heard: '愿意', purposes: ['press'] };
    expect(one.does('luo', 'consent.give', { data: { ...press, only: true } })).toBe('NOT_OPEN');
    expect(one.state.consent?.purposes).toEqual(['research']);
    expect(one.state.items['voice.consent-1']).toBeDefined();
    one.must('luo', 'consent.give', { data: press });
    expect(one.state.consent?.purposes).toEqual(['press']);
    expect(one.state.items['voice.consent-1']).toBeUndefined();
  });

  it('is withdrawn alone: what hangs on it stops, all else goes on', () => {
    const one = caseWith(['press', 'research']);
    expect(runs(one)).toEqual(['a photo for the press', true]);
    const before = [Object.keys(one.state.duties).length, one.state.items['meet-1'] !== undefined];
    one.must('zhou', 'consent.withdraw', give('research'));
    expect(runs(one)).toEqual(['a photo for the press', false]);
    expect([one.state.status, one.state.consent?.purposes]).toEqual(['open', ['press']]);
    expect([Object.keys(one.state.duties).length + 1, one.state.items['meet-1'] !== undefined]).toEqual(before);
    one.must('zhou', 'consent.withdraw', give('press'));
    expect(runs(one)).toEqual([undefined, false]);
    expect(one.state.deadlines['survey-1']).toBeUndefined();
    expect(one.does('zhou', 'consent.withdraw', give('press'))).toBe('NOT_OPEN');
    expect(one.does('zhou', 'consent.withdraw', give('sale'))).toBe('INVALID_DATA');
    // agreed to again it begins again
    one.must('zhou', 'consent.give', give('press'));
    expect(one.state.items['photo-2']).toMatchObject({ key: 'photo' });
  });

  it('ends with the whole consent, and does not come back by itself when that is given again', () => {
    const one = caseWith(['press', 'research']);
    one.must('zhou', 'consent.withdraw');
    expect(one.state.status).toBe('suspended');
    one.must('zhou', 'consent.give');
    one.must('secretary', 'case.resume');
    expect(runs(one)).toEqual([undefined, false]);
    one.must('zhou', 'consent.withdraw');
    one.must('zhou', 'consent.give', give('press', 'research'));
    one.must('secretary', 'case.resume');
    expect([one.state.items['photo-2']?.key, one.state.duties['survey'] !== undefined]).toEqual(['photo', true]);
  });

  it('keeps nobody from the end of a stage', () => {
    const one = caseWith(['press']);
    one.must('zhou', 'consent.withdraw', give('press'));
    const required = asking.stages[0]!.items.filter(({ optional }) => !optional);
    expect(required.some((item) => item.purpose !== undefined)).toBe(false);
    one.must('caseworker', 'party.add', { data: { role: 'volunteers', party: { name: '张某', person: 'zhang' } } });
    one.must('qiu', 'task.complete', { target: 'meet' });
    one.must('zhang', 'task.complete', { target: 'craft' });
    one.must('qiu', 'task.complete', { target: 'visit', data: { fields: { mood: 'good' } } });
    one.must('secretary', 'milestone.reach', { target: 'speaks', data: { note: '他说话了' } });
    expect(one.state.stage).toBe('wish');
  });

  it('what other units were asked with consent is withdrawn alone, in every program', () => {
    const one = new Case(program);
    one.org = twoUnits;
    one.open();
    one.approve();
    one.must('zhou', 'case.offerTransfer', { reason: '迁居', data: { unit: 'north', consent: 'given' } });
    one.must('zhou', 'consent.withdraw', give('sharing'));
    expect([Object.keys(one.state.offers ?? {}), one.state.status]).toEqual([[], 'open']);
    expect(one.does('zhou', 'consent.withdraw', give('sharing'))).toBe('NOT_OPEN');
    // where law does without consent there is none to withdraw
    one.must('caseworker', 'case.offerTransfer', { reason: '迁居', data: { unit: 'north', ...overridden } });
    expect(one.does('zhou', 'consent.withdraw', give('sharing'))).toBe('NOT_OPEN');
  });
});

describe('a withdrawal that is not the person’s own word', () => {
  const brought = (purposes?: string[]): Said => ({
    onBehalfOf: 'beneficiary',
    data: { note: '他说不要了', ...(purposes ? { purposes } : {}) },
  });

  it('tells the head of the unit at once; his own tells nobody', () => {
    const one = caseWith(['press']);
    one.must('caseworker', 'consent.withdraw', brought(['press']));
    one.must('caseworker', 'consent.withdraw', brought());
    expect(of(one, 'consent.withdrawn').map(({ data }) => persons(data.told))).toEqual([['director'], ['director']]);
    const own = caseWith(['press']);
    own.must('zhou', 'consent.withdraw', give('press'));
    own.must('zhou', 'consent.withdraw');
    expect(of(own, 'consent.withdrawn').map(({ data }) => data.told)).toEqual([undefined, undefined]);
  });

  it('of the head himself tells who is next above, and of a vacant unit somebody in office', () => {
    const one = caseWith();
    one.must('secretary', 'party.change', { target: 'secretary', data: { party: 'director' }, reason: 'x' });
    one.must('director', 'consent.withdraw', brought());
    expect(persons(of(one, 'consent.withdrawn')[0]!.data.told)).toEqual(['sub-district-head']);
    const vacant = caseWith();
    vacant.appoint('director');
    vacant.must('caseworker', 'consent.withdraw', brought());
    expect(persons(of(vacant, 'consent.withdrawn')[0]!.data.told)).toEqual(['sub-district-head']);
  });

  it('is also a guardian’s', () => {
    const one = new Case(asking);
    one.open('caseworker', {
      parties: [
        { role: 'beneficiary', name: '周某', person: 'zhou', birthDate: '2015-01-01' },
        { role: 'guardian', name: '罗某', person: 'luo' },
        { role: 'companion', name: '邱某', person: 'qiu' },
      ],
    });
    one.must('luo', 'consent.give', { data: { separate: true, heard: '愿意', purposes: ['press'] } });
    one.must('luo', 'consent.withdraw', give('press'));
    one.must('luo', 'consent.withdraw');
    expect(of(one, 'consent.withdrawn').map(({ data }) => persons(data.told))).toEqual([['director'], ['director']]);
  });
});
