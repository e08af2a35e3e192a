import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Run in a process of its own, because the zone of a process is fixed early; prints what this folder answers. */
const PROGRAM = `
import { addDays, addMonths, atTime, endOfDay, normalizeInstant, startOfDay, toDate } from './civil.ts';
import { addWorkingDays } from './calendar.ts';
import { productCalendar as calendar } from './calendar-years.ts';
import { dueOf, graceDeadline } from './clock.ts';
import { explainDue } from './explain.ts';
import { nextIndexAfter, occurrence } from './grid.ts';
import { firstPlace, placeAfter, planned } from './occurrence.ts';
import { lunarOccurrence, solarToLunar } from './lunar.ts';
import { OFFICE_HOURS, rungInstant } from './rungs.ts';
const out = [];
for (let i = 0; i < 1200; i++) {
  const date = addDays('1985-12-30', i * 19);
  const start = new Date(Date.parse(startOfDay(date)) + ((i * 7919) % 86400) * 1000).toISOString();
  const pauses = [{ from: addDays(date, i % 7), to: addDays(date, (i % 7) + (i % 5)) }];
  for (const budget of ['15 working days', '2 months', '30 days', '36 hours']) {
    const due = dueOf({ start, budget, calendar, pauses, extensions: i % 3 ? [] : ['1 week'] });
    out.push(due, ['-5 working days', 'due', '+2 hours'].map((offset) => rungInstant({ ...due, offset, hours: OFFICE_HOURS, calendar })));
  }
  out.push(toDate(start), endOfDay(date), atTime(date, '02:30'), addMonths(date, i % 40), addWorkingDays(calendar, date, (i % 40) - 20));
  out.push(occurrence({ anchor: date, every: '1 month', n: 1 + (i % 9) }), nextIndexAfter('1986-01-31', '1 month', date));
  out.push(calendar.isWorkingDay(date), calendar.provisional(date));
  if (i % 20 === 0) out.push(solarToLunar(date), lunarOccurrence(1985 + (i % 70), { month: 1 + (i % 12), day: 'last' }));
  const forms = [
    { every: '1 day', at: ['09:00', '16:00-18:00'], grace: '1 hour', window: { opens: '2 hours', closes: '1 day' } },
    { rrule: 'FREQ=MONTHLY;BYDAY=-1FR', grace: '1 day', restDays: 'next' },
    { solar: ['07-01', '02-29'], grace: '1 day' },
    { lunar: [{ month: 8, day: 15 }, { month: 12, day: 'last' }], grace: '1 day', window: { opens: '5 working days' } },
    { quota: { times: 4, within: 'calendar month' } },
  ];
  if (i % 20 === 0) for (const recurrence of forms) {
    const course = { recurrence, anchor: date, calendar };
    const place = firstPlace(course);
    out.push(place, planned(course, place, start), placeAfter(course, place));
  }
  out.push(graceDeadline({ plannedDate: date, grace: '2 days', calendar }), normalizeInstant(date + 'T01:30:00-03:30'));
}
out.push(explainDue({ start: '1986-05-02T15:30:00.000Z', budget: '9 days', calendar, pauses: [], extensions: [] }));
process.stdout.write(new Date(0).getTimezoneOffset() + '\\n' + JSON.stringify(out));
`;

it('answers the same in every time zone of the process', () => {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const answers = ['UTC', 'Asia/Shanghai', 'America/St_Johns'].map((TZ) => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM];
    const output = execFileSync(process.execPath, args, {
      cwd,
      env: { ...process.env, TZ },
      encoding: 'utf8',
      maxBuffer: 16_000_000,
    });
    const [offset, results] = output.split('\n') as [string, string];
    return { offset: Number(offset), results };
  });
  expect(answers.map(({ offset }) => offset)).toEqual([0, -480, 210]); // the zones did take effect
  expect(answers[0]!.results.length).toBeGreaterThan(100_000);
  expect(answers[1]!.results === answers[0]!.results).toBe(true);
  expect(answers[2]!.results === answers[0]!.results).toBe(true);
}, 120_000);
