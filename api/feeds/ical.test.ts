import { execFileSync } from 'node:child_process';
import ICAL from 'ical.js';
import { expect, it } from 'vitest';

const script = `
  import { icalendar } from './api/feeds/ical.ts';
  const common = { caseNo: '2026-1', generation: 1, provisional: false, paused: false, changedAt: '2026-03-08T04:05:06.000Z' };
  // days on which clocks are put forward and back in Newfoundland, once were in China, and the last of a year
  const days = ['2026-03-08', '2026-11-01', '1986-05-04', '1991-09-15', '2026-12-31'];
  const whole = days.map((date, n) => ({ ...common, id: 'd' + n, name: ['到期', 'due'], on: { date }, what: 'deadline' }));
  const timed = { ...common, id: 't', name: ['走访', 'visit'], on: { at: '2026-03-08T05:30:00.000Z' }, what: 'duty' };
  process.stdout.write(icalendar([...whole, timed], 'zh'));
`;

const written = (zone: string): string =>
  execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: new URL('../..', import.meta.url),
    env: { ...process.env, TZ: zone },
    encoding: 'utf8',
  });

it('writes the same bytes wherever it runs: days stay days, moments are in UTC', () => {
  const [first = '', ...others] = ['UTC', 'Asia/Shanghai', 'America/St_Johns'].map(written);
  for (const other of others) expect(other).toBe(first);
  const events = new ICAL.Component(ICAL.parse(first) as unknown as unknown[])
    .getAllSubcomponents('vevent')
    .map((each) => new ICAL.Event(each));
  expect(events.map(({ startDate }) => startDate.toString())).toEqual([
    ...['2026-03-08', '2026-11-01', '1986-05-04', '1991-09-15', '2026-12-31'],
    '2026-03-08T05:30:00Z',
  ]);
  expect(first).toContain('DTSTAMP:20260308T040506Z');
  expect(first).not.toMatch(/TZID|DTSTART:\d{8}T\d{6}\r/);
  for (const line of first.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});
