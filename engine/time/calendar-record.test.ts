import { describe, expect, it } from 'vitest';
import { fromHolidayCn, problemsOf, sameRecord, type YearRecord } from './calendar-record.ts';
import { productRecords } from './calendar-years.ts';

const day = (date: string, off = true) => ({ date, name: '元旦', off });
const record = (...days: YearRecord['days']): YearRecord => ({ year: 2027, source: [], days });

describe('problems of a record', () => {
  it.each([
    ['a good one', record(day('2027-01-01'), day('2027-01-02', false)), []],
    ['the last days of December before', record(day('2026-12-31')), []],
    ['another year', record(day('2028-01-01')), ['days[0].date']],
    ['an earlier day of the year before', record(day('2026-12-19')), ['days[0].date']],
    ['no date', record(day('2027-02-29')), ['days[0].date']],
    ['a day twice', record(day('2027-01-01'), day('2027-01-01')), ['days[1].date']],
    ['a working day that is one already', record(day('2027-01-04', false)), ['days[0].off']],
    ['no name', record({ ...day('2027-01-01'), name: ' ' }), ['days[0].name']],
    ['several at once', record(day('2028-01-01'), day('2027-01-05', false)), ['days[0].date', 'days[1].off']],
  ])('%s', (_, given, paths) => {
    expect(problemsOf(given).map(({ path }) => path)).toEqual(paths);
  });
});

describe('the form of holiday-cn', () => {
  it('becomes a record, without the days on which work merely began again', () => {
    const record = fromHolidayCn({
      year: 2020,
      papers: ['http://www.gov.cn/zhengce/zhengceku/2020-01/27/content_5472352.htm'],
      days: [
        { name: '春节', date: '2020-02-02', isOffDay: true },
        { name: '春节', date: '2020-02-03', isOffDay: false },
        { name: '劳动节', date: '2020-04-26', isOffDay: false },
      ],
    });
    expect(record.source).toEqual([{ url: 'http://www.gov.cn/zhengce/zhengceku/2020-01/27/content_5472352.htm' }]);
    expect(record.days.map(({ date, off }) => [date, off])).toEqual([
      ['2020-02-02', true],
      ['2020-04-26', false],
    ]);
    expect(problemsOf(record)).toEqual([]);
  });
});

describe('sameRecord', () => {
  it('looks at everything but the order of the days', () => {
    const [first, second] = [productRecords[0]!, productRecords[1]!];
    expect(sameRecord(first, { ...first, days: first.days.toReversed() })).toBe(true);
    expect(sameRecord(first, second)).toBe(false);
    expect(sameRecord(first, { ...first, days: first.days.slice(1) })).toBe(false);
    expect(sameRecord(first, { ...first, source: [] })).toBe(false);
  });
});
