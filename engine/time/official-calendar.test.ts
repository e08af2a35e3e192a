import fc from 'fast-check';
import { HolidayUtil } from 'lunar-typescript';
import { LegalHoliday } from 'tyme4ts';
import { describe, expect, it } from 'vitest';
import { addWorkingDays } from './calendar.ts';
import { problemsOf, type YearRecord } from './calendar-record.ts';
import { productCalendar, productRecords } from './calendar-years.ts';
import { addDays } from './civil.ts';
import { toDayNumber, weekdayOf } from './day-number.ts';
import { statutoryHolidays } from './holidays.ts';
import { calendarOf } from './official-calendar.ts';

const weekend = (date: string) => weekdayOf(toDayNumber(date)) > 5;
const parts = (date: string) => date.split('-').map(Number) as [number, number, number];

function everyDay(from: string, to: string, look: (date: string) => void): number {
  let days = 0;
  for (let date = from; date <= to; date = addDays(date, 1), days++) look(date);
  return days;
}

describe('the records of the product', () => {
  it('holds one for each year from 2019 to 2026, none with a problem, each with its notices', () => {
    expect(productRecords.map(({ year }) => year)).toEqual([2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    for (const record of productRecords) {
      expect(problemsOf(record), String(record.year)).toEqual([]);
      for (const { number, title, url, date } of record.source) {
        expect(number).toMatch(/^国办发明电〔20\d\d〕\d+号$/);
        expect(title).toContain(`${record.year}年`);
        expect(url).toMatch(/^https:\/\/www\.gov\.cn\/zhengce\//);
        expect(date! < `${record.year}-04-01`).toBe(true);
      }
    }
    expect(productRecords.map(({ source }) => source.length)).toEqual([2, 2, 1, 1, 1, 1, 1, 1]);
  });

  it('agrees with two libraries on every day from 2019 to 2026', () => {
    const days = everyDay('2019-01-01', '2026-12-31', (date) => {
      const works = productCalendar.isWorkingDay(date);
      expect(works, date).toBe(LegalHoliday.fromYmd(...parts(date))?.isWork() ?? !weekend(date));
      expect(works, date).toBe(HolidayUtil.getHoliday(date)?.isWork() ?? !weekend(date));
      expect(productCalendar.provisional(date), date).toBe(false);
    });
    expect(days).toBe(2922);
  });

  it.each([
    ['2019-05-02', false, 'Labour Day was made longer in March 2019'],
    ['2019-05-05', true, 'and this Sunday worked for it'],
    ['2020-01-31', false, 'Spring Festival was made longer in January 2020'],
    ['2020-02-01', false, 'so that this Saturday was not worked after all'],
    ['2020-02-03', true, 'until that Monday'],
    ['2026-09-20', true, 'a Sunday worked for 国庆节'],
  ])('%s works: %s (%s)', (date, works) => {
    expect(productCalendar.isWorkingDay(date)).toBe(works);
  });

  it('names holidays and make-up workdays', () => {
    expect(productCalendar.nameOf?.('2026-10-01')).toEqual(['国庆节', 'National Day']);
    expect(productCalendar.nameOf?.('2026-09-20')).toEqual(['国庆节调休上班', 'make-up workday, National Day']);
    expect(productCalendar.nameOf?.('2025-10-06')?.[1]).toBe('National Day, Mid-Autumn Festival');
    expect(productCalendar.nameOf?.('2026-11-22')).toBeUndefined();
  });
});

describe('a year without a record', () => {
  it('is provisional from its first day to its last, and knows the holidays of the law', () => {
    everyDay('2027-01-01', '2027-12-31', (date) => expect(productCalendar.provisional(date)).toBe(true));
    const off = ['01-01', '02-05', '02-06', '02-07', '02-08', '04-05', '05-01', '05-02', '06-09', '09-15', '10-01'];
    for (const day of [...off, '10-02', '10-03']) expect(productCalendar.isWorkingDay(`2027-${day}`), day).toBe(false);
    expect(productCalendar.isWorkingDay('2027-01-04')).toBe(true);
    expect(productCalendar.isWorkingDay('2027-01-02')).toBe(false); // a Saturday
    expect(productCalendar.nameOf?.('2027-02-05')).toEqual(['春节', 'Spring Festival']);
  });

  it('has 13 holidays by the rule of 2025, which every year since has kept', () => {
    for (let year = 2024; year <= 2056; year++) {
      const days = [...statutoryHolidays(year)];
      expect(days.every(([date]) => date.startsWith(`${year}-`))).toBe(true);
      const together = days.filter(([, name]) => name === '国庆节').length < 3 || days.length === 12; // 中秋 on 10-01 to 10-03
      expect(days.length, String(year)).toBe(together ? 12 : 13);
    }
    for (const { year } of productRecords.filter((each) => each.year >= 2025)) {
      for (const date of statutoryHolidays(year).keys()) expect(productCalendar.isWorkingDay(date), date).toBe(false);
    }
  });

  it('is worked out for the first and the last of the years there are', () => {
    expect([...statutoryHolidays(1900)]).toContainEqual(['1900-01-30', '春节']);
    for (const year of [1900, 2999]) expect(calendarOf([]).isWorkingDay(`${year}-05-01`)).toBe(false);
  });

  it('is exact on days that the next year’s notice names', () => {
    const calendar = calendarOf([{ records: productRecords.filter(({ year }) => year !== 2022) }]);
    expect(calendar.provisional('2022-12-31')).toBe(false);
    expect(calendar.provisional('2022-12-30')).toBe(true);
  });
});

describe('areas', () => {
  const guangxi: YearRecord = {
    year: 2026,
    source: [{ title: '广西壮族自治区三月三放假通知' }],
    days: [
      { date: '2026-04-20', name: '三月三', off: true },
      { date: '2026-04-26', name: '三月三', off: false },
    ],
  };
  const county: YearRecord = { year: 2026, source: [], days: [{ date: '2026-04-20', name: '三月三', off: false }] };
  const nation = { records: productRecords };
  const area = calendarOf([nation, { area: 'gx', records: [guangxi] }]);

  it('lays a record over the country’s, changing the days it names and no other', () => {
    expect(problemsOf(guangxi, productCalendar)).toEqual([]);
    everyDay('2026-01-01', '2026-12-31', (date) => {
      const named = guangxi.days.find((day) => day.date === date);
      expect(area.isWorkingDay(date), date).toBe(named ? !named.off : productCalendar.isWorkingDay(date));
    });
    expect(area.nameOf?.('2026-04-20')).toEqual(['三月三', 'March the Third Festival']);
  });

  it('lets the smallest area decide', () => {
    const both = calendarOf([nation, { area: 'gx', records: [guangxi] }, { area: 'county', records: [county] }]);
    expect(problemsOf(county, area)).toEqual([]);
    expect(problemsOf(county, productCalendar)).not.toEqual([]);
    expect(both.isWorkingDay('2026-04-20')).toBe(true);
    expect(both.isWorkingDay('2026-04-26')).toBe(true);
  });

  it('does not make a year exact', () => {
    const next = { ...guangxi, year: 2027, days: [{ date: '2027-04-09', name: '三月三', off: true }] };
    const calendar = calendarOf([nation, { area: 'gx', records: [next] }]);
    expect([calendar.provisional('2027-04-09'), calendar.provisional('2027-04-12')]).toEqual([false, true]);
  });
});

describe('the version', () => {
  const nation = (records: readonly YearRecord[]) => calendarOf([{ records }]).version;

  it('is the same for the same records in any order, and another for any change', () => {
    expect(nation(productRecords.toReversed())).toBe(productCalendar.version);
    expect(productCalendar.version).toMatch(/^cn-[0-9a-f]{16}$/);
    fc.assert(
      fc.property(fc.nat(productRecords.length - 1), fc.nat(29), (n, day) => {
        const changed = productRecords.map((record, i) => {
          if (i !== n) return record;
          return { ...record, days: record.days.map((each, j) => (j === day ? { ...each, off: !each.off } : each)) };
        });
        expect(nation(changed)).not.toBe(productCalendar.version);
      }),
    );
    expect(nation(productRecords.map((record) => ({ ...record, revision: 2 })))).not.toBe(productCalendar.version);
    expect(nation(productRecords.slice(1))).not.toBe(productCalendar.version);
    expect(calendarOf([{ records: productRecords }, { area: 'a', records: [] }]).version).toBe(productCalendar.version);
  });
});

it('is fast enough to simulate twenty years', () => {
  const calendar = calendarOf([{ records: productRecords }]);
  addWorkingDays(calendar, '2026-01-01', 6_000); // works every year out
  const begun = performance.now();
  for (let i = 0; i < 20; i++) addWorkingDays(calendar, '2026-01-01', 5_000);
  expect(performance.now() - begun).toBeLessThan(5_000); // 146,000 look-ups; about 0.1 s alone
});
