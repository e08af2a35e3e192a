import { defineProgram } from '../../sdk/define-program.ts';
import type { Extension, Program, Stage, Text } from '../../sdk/program.ts';
import type { CalendarDate, Instant, TimeOfDay } from '../../sdk/time.ts';
import { Case, type Said } from '../case.fixture.ts';
import type { EventData } from '../event.ts';
import { stageClock } from '../lookup.ts';
import type { Deadline } from '../state.ts';
import { productCalendar } from '../time/calendar-years.ts';
import { atTime } from '../time/civil.ts';
import { explainDue } from '../time/explain.ts';

/**
 * Regimes of statutes as small programs, played on the real engine under the official calendar. They show that the clock can
 * carry what the texts ask for. They are no statement of law: texts are amended and older provincial ones are used for their
 * shapes, so check the text in force before a program for real use takes over anything from here.
 */
export interface Statute {
  readonly id: string;
  readonly name: Text;
  readonly stages: readonly Stage[];
  readonly extend: Extension;
  readonly pauses: Readonly<Record<string, Text>>;
  readonly fields?: Program['fields'];
}

/** No deadline is extended. */
export const NEVER: Extension = { cap: '0 days', times: 0, approves: 'unit' };

/** The program of a regime: a clerk answers for everything, an applicant is who it is about. */
export function statute({ id, name, stages, extend, pauses, fields = {} }: Statute): Program {
  return defineProgram({
    ...{ id, version: '1.0.0', name, stages, pauses, fields, apart: [], intake: [], duties: [], books: [] },
    roles: {
      clerk: { name: ['经办人', 'clerk'], post: 'secretary' },
      applicant: { name: ['申请人', 'applicant'], party: 'one', answers: 'clerk' },
    },
    ladders: {
      legal: [
        { at: '-2 working days', tell: 'holder' },
        { at: 'due', tell: 'holder', account: true },
        { at: '+1 working day', tell: 'sub-district' },
      ],
    },
    life: { extend, outcomes: { ended: ['办结', 'ended'] } },
  });
}

/** A stage the clerk answers for. */
export const stage = (key: string, name: Text, more: Pick<Stage, 'within' | 'items'> & Partial<Stage>): Stage => ({
  ...{ stage: key, name, target: ['依法办结', 'done as the law says'], answers: 'clerk', ladder: 'legal' },
  ...more,
});

/** A case under a statute, in words of dates. */
export class Matter extends Case {
  override calendar = productCalendar;

  /** Opens it at 09:00 of a date. */
  constructor(program: Program, on: CalendarDate) {
    super(program);
    this.now = atTime(on, '09:00');
    const answer = this.open('caseworker', {
      data: {},
      parties: [{ role: 'applicant', name: '周某', person: 'zhou' }],
    });
    if (answer !== 'ok') throw new Error(`${answer}: ${this.last?.detail[1]}`);
  }

  /** Lets time pass to 10:00, or another time, of a date and does an act: `ok`, or the code of the refusal. */
  on(date: CalendarDate, who: string, type: string, said: Said = {}, time: TimeOfDay = '10:00'): string {
    this.until(atTime(date, time));
    return this.does(who, type, said);
  }

  /** The running clock of an item or of the current stage. */
  clock(of: string): Deadline {
    const round = this.state.stages[of]?.round;
    const id =
      round === undefined ? Object.keys(this.state.items).find((each) => each.startsWith(`${of}-`)) : undefined;
    const found = this.state.deadlines[round === undefined ? (id ?? of) : stageClock(of, round)];
    if (!found) throw new Error(`no clock of ${of} is running`);
    return found;
  }

  /** The date, or for hours the moment, on which a running clock ends. */
  due(of: string): CalendarDate | Instant {
    const { dueDate, dueAt } = this.clock(of);
    return dueDate ?? dueAt;
  }

  /** How many days of each reason an explained clock has, and whether it agrees with the clock. */
  explained(of: string): Record<string, number> {
    const { start, budget, pauses, extensions } = this.clock(of);
    const { due, days } = explainDue({ start, budget, pauses, extensions, calendar: this.calendar });
    if (due !== this.due(of)) throw new Error(`explained as ${due}, but due ${this.due(of)}`);
    const counts: Record<string, number> = {};
    for (const { why } of days) {
      const kind = why[1].replace(/\d+ of \d+/, '').trim();
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  }

  /** What happened of one type. */
  all<T extends keyof EventData>(type: T): EventData[T][] {
    return this.events.flatMap((event) => (event.type === type ? [event.data as EventData[T]] : []));
  }

  /** Ended clocks: `<id> in time` or `<id> late`. */
  met(): string[] {
    return this.all('deadline.met').map(({ id, late }) => `${id} ${late ? 'late' : 'in time'}`);
  }
}
