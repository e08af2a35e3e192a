import type { AgendaEntry } from '../../api/feeds/agenda.ts';
import { readable } from '../../api/timeline-text.ts';
import { namesFor } from '../../api/views/names.ts';
import { isRefusal } from '../../engine/act-kind.ts';
import type { CaseEvent } from '../../engine/event.ts';
import { simulate } from '../../engine/simulate.ts';
import { productCalendar } from '../../engine/time/calendar-years.ts';
import { loadPrograms } from '../../plugins/index.ts';
import type { Text } from '../../sdk/program.ts';
import { sampleSimulation } from '../../sdk/testing/walk.ts';
import type { Instant } from '../../sdk/time.ts';

/** What would happen on a case, in order. */
export interface Agenda {
  readonly program: { readonly id: string; readonly version: string; readonly hash: string };
  readonly openedAt: Instant;
  readonly until: Instant;
  readonly agenda: readonly { readonly at: Instant; readonly kind: string; readonly text: Text }[];
  /** The same as dates for a calendar: every deadline as it stood last, every planned occurrence of a duty. */
  readonly dates: readonly AgendaEntry[];
  readonly truncated: boolean;
}

/** So many events are told; twenty years with a visit every three days have some 22,000. */
const MOST_EVENTS = 100_000;

/**
 * Simulates a case of an installed program on which nobody acts, with the official calendars of this release. `until`: by
 * default one year after the opening; `folder`: of programs, instead of the installation's. Throws for an unknown program, or when it refuses.
 */
export async function agendaOf(
  id: string,
  span: { readonly from?: Instant; readonly until?: Instant; readonly years?: number },
  packages: readonly string[],
  folder?: string,
): Promise<Agenda> {
  const catalogue = await loadPrograms({ packages, ...(folder === undefined ? {} : { folder }) });
  const program = catalogue.byId(id);
  if (!program) {
    const known = catalogue.all().map((each) => each.id);
    throw new Error(`There is no program "${id}". Installed: ${known.join(', ')}.`);
  }
  const openedAt = span.from ?? new Date().toISOString();
  const until = span.until ?? yearsLater(openedAt, span.years ?? 1);
  const hash = catalogue.hashOf(id) ?? '';
  const sample = sampleSimulation(program, openedAt, until);
  const simulated = simulate({ ...sample, calendar: productCalendar, limit: MOST_EVENTS });
  if (isRefusal(simulated)) throw new Error(simulated.detail.join(' · '));
  const org = { posts: new Map(), people: new Map(), units: new Map() };
  const [zh, en] = (['zh', 'en'] as const).map((language) => namesFor(program, simulated.state, org, language));
  return {
    program: { id, version: program.version, hash },
    openedAt,
    until,
    agenda: simulated.events.map((event) => ({
      at: event.recordedAt,
      kind: event.type,
      text: [readable(event, zh!)[0], readable(event, en!)[1]],
    })),
    dates: datesOf(simulated.events, program.id),
    truncated: simulated.cut,
  };
}

function yearsLater(from: Instant, years: number): Instant {
  const date = new Date(from);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.toISOString();
}

/** Deadlines and planned occurrences of duties, in the order of their dates. */
function datesOf(events: readonly CaseEvent[], caseNo: string): AgendaEntry[] {
  const entries = new Map<string, AgendaEntry>();
  for (const { type, data, recordedAt: changedAt } of events) {
    if (type === 'deadline.set' || type === 'deadline.moved' || type === 'deadline.projected') {
      const { id, name, generation, provisional, pausedSince, dueDate, dueAt } = data.deadline;
      const on = dueDate === undefined ? { at: dueAt } : { date: dueDate };
      const clock = { generation, provisional, paused: pausedSince !== undefined, changedAt };
      entries.set(`deadline:${id}`, { id: `${caseNo}/${id}`, name, caseNo, on, what: 'deadline', ...clock });
    }
    if (type === 'item.opened' && data.item.plannedDate !== undefined) {
      const { id, name, plannedDate, plannedAt } = data.item;
      const on = plannedAt === undefined ? { date: plannedDate } : { at: plannedAt };
      const plan = { generation: 0, provisional: false, paused: false, changedAt };
      entries.set(`duty:${id}`, { id: `${caseNo}/${id}/planned`, name, caseNo, on, what: 'duty', ...plan });
    }
  }
  return [...entries.values()].sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
}

const startOf = ({ on }: AgendaEntry): string => ('date' in on ? on.date : on.at);
