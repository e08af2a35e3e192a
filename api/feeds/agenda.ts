import { type ClockRow, clocksOf, type DutyCaseRow, dutyCasesOf } from '../../db/queries/agenda.ts';
import { answersFor, dutyOf } from '../../engine/lookup.ts';
import { plannedOccurrences } from '../../engine/planned-duties.ts';
import type { RunningDuty } from '../../engine/state.ts';
import { addMonths, toDate } from '../../engine/time/civil.ts';
import type { Text } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { calendarFor } from '../calendar.ts';
import type { AppDeps } from '../deps.ts';
import { nowOf, pinnedProgram } from '../reading.ts';
import { thingName } from './thing-name.ts';

/** Something of a person's that has a date: an open deadline, or a duty as it is planned. */
export interface AgendaEntry {
  /** Stays the same as long as the thing does, whatever its date. */
  readonly id: string;
  readonly name: Text;
  readonly caseNo: string;
  /** A whole day (a deadline then means its end), or a moment. */
  readonly on: { readonly date: CalendarDate } | { readonly at: Instant };
  readonly what: 'deadline' | 'duty' | 'latest';
  /** 0 for what is only planned; then the generation of its clock. */
  readonly generation: number;
  /** The year it hangs on has no official calendar yet. */
  readonly provisional: boolean;
  /** Its clock stands still: the date will move. */
  readonly paused: boolean;
  /** When its case last changed. */
  readonly changedAt: Instant;
}

/** Bounds of one person's agenda: nobody reads more, and no calendar program takes much more. */
const MOST_CLOCKS = 1_000;
const MOST_CASES = 300;
const MOST_OF_A_DUTY = 200;
const MOST_ENTRIES = 2_000;

/**
 * What lies before a person: his open deadlines, and the duties planned for the next months, each on its planned day and,
 * where that is another one, on the last day as well. By himself, by the posts he holds now, and by those he stands in for.
 * In order; the first 2,000.
 */
export async function agendaOf(deps: AppDeps, person: string, months: number): Promise<AgendaEntry[]> {
  const until = addMonths(toDate(nowOf(deps)), months);
  const [clocks, cases] = await Promise.all([
    clocksOf(deps.sql, person, MOST_CLOCKS),
    dutyCasesOf(deps.sql, person, MOST_CASES),
  ]);
  const entries: AgendaEntry[] = [];
  for (const row of clocks) entries.push(...entriesOf(row, thingName(await pinnedProgram(deps, row.programHash), row)));
  for (const row of cases) entries.push(...(await plannedIn(deps, row, until)));
  return entries.sort(byTime).slice(0, MOST_ENTRIES);
}

/** The case an entry is of: its id begins with it. */
export function caseOfEntry({ id }: AgendaEntry): string {
  return id.slice(0, id.indexOf('.'));
}

function entriesOf(row: ClockRow, name: Text): AgendaEntry[] {
  const { caseId, caseNo, deadlineId, generation, provisional, paused, lastAt, dueAt, dueDate, plannedDate } = row;
  const common = { name, caseNo, generation, provisional, paused, changedAt: lastAt };
  const due = dueDate === null ? { at: dueAt } : { date: dueDate };
  const id = `${caseId}.${deadlineId}`;
  if (row.of !== 'duty' || plannedDate === null) return [{ ...common, id, on: due, what: 'deadline' }];
  const planned = row.plannedAt === null ? { date: plannedDate } : { at: row.plannedAt };
  const duty = { ...common, id, on: planned, what: 'duty' as const };
  return sortKey(planned) === sortKey(due) ? [duty] : [duty, { ...common, id: `${id}.due`, on: due, what: 'latest' }];
}

async function plannedIn(deps: AppDeps, row: DutyCaseRow, until: CalendarDate): Promise<AgendaEntry[]> {
  const program = await pinnedProgram(deps, row.programHash);
  if (!program) return [];
  const calendar = await calendarFor(deps.sql, row.unit);
  return Object.entries(row.duties).flatMap(([key, running]) => {
    const duty = dutyOf(program, key);
    if (!duty) return [];
    const roles = [duty.by, answersFor(program, duty.by)];
    if (!roles.some((role) => row.roles.includes(role))) return [];
    const next = (row.serial[key] ?? 0) + 1;
    return plannedOccurrences(duty, running as RunningDuty, calendar, { until, most: MOST_OF_A_DUTY }).map(
      ({ date, at, label, provisional }, n): AgendaEntry => ({
        // the id its item will have once it opens
        id: `${row.caseId}.${key}-${next + n}`,
        name: label ? [`${duty.name[0]}（${label[0]}）`, `${duty.name[1]} (${label[1]})`] : duty.name,
        caseNo: row.caseNo,
        on: at === undefined ? { date } : { at },
        what: 'duty',
        ...{ generation: 0, provisional, paused: false, changedAt: row.lastAt },
      }),
    );
  });
}

const sortKey = (on: AgendaEntry['on']): string => ('date' in on ? on.date : on.at);

function byTime(one: AgendaEntry, other: AgendaEntry): number {
  const [a, b] = [`${sortKey(one.on)} ${one.id}`, `${sortKey(other.on)} ${other.id}`];
  return a < b ? -1 : a > b ? 1 : 0;
}
