import type { DeadlineRow, RungRow } from '../../db/queries/clocks.ts';
import type { Deadline } from '../../engine/state.ts';
import type { WorkCalendar } from '../../engine/time/calendar.ts';
import { endOfDay, startOfDay } from '../../engine/time/civil.ts';
import { explainDue } from '../../engine/time/explain.ts';
import { type Language, pick } from '../language.ts';
import type { DeadlineView } from '../schemas/views.ts';

/** A clock as the API answers it: its planned rungs of this generation, and all that fired in any. */
export function deadlineView(
  row: DeadlineRow,
  rungs: readonly RungRow[],
  language: Language,
  now: string,
): DeadlineView {
  const deadline = row.data as Deadline;
  const fired = rungs.filter(({ deadlineId }) => deadlineId === row.deadlineId);
  const planned = deadline.rungs
    .filter(({ n }) => !fired.some(({ generation, rung }) => generation === row.generation && rung === n))
    .map((rung) => ({
      rung: rung.n,
      generation: row.generation,
      tell: rung.tell,
      plannedAt: rung.at,
      firedAt: null,
      accountability: rung.account,
      told: [],
      acknowledgedAt: null,
    }));
  return {
    id: row.deadlineId,
    of: row.of,
    name: pick([row.nameZh, row.nameEn], language),
    state: row.state,
    answers: row.answers,
    answeringPost: row.answeringPost,
    startedAt: deadline.start,
    budget: deadline.budget,
    dueAt: row.dueAt,
    dueDate: deadline.dueDate ?? null,
    provisional: row.provisional,
    overdue: row.state === 'running' && row.dueAt <= now,
    metAt: row.metAt,
    late: row.late,
    generation: row.generation,
    rungs: [
      ...fired.map((rung) => ({
        rung: rung.rung,
        generation: rung.generation,
        tell: rung.tell,
        plannedAt: rung.plannedAt,
        firedAt: rung.firedAt,
        accountability: deadline.rungs.find(({ n }) => n === rung.rung)?.account ?? false,
        told: rung.told.map(({ post, person, unit, level }) => ({
          post: post ?? null,
          person: person ?? null,
          unit,
          level,
        })),
        acknowledgedAt: rung.acknowledgedAt,
      })),
      ...planned,
    ],
  };
}

/** How a due date came about, day by day. */
export function explanationView(row: DeadlineRow, calendar: WorkCalendar, language: Language) {
  const deadline = row.data as Deadline;
  const { plannedDate, budget, extensions, granted = [], pauses } = deadline;
  const grace =
    plannedDate === undefined
      ? undefined
      : /hour|minute/.test(budget)
        ? (deadline.graceFrom ?? endOfDay(plannedDate))
        : startOfDay(plannedDate);
  const { due, provisional, days } = explainDue({
    start: grace ?? deadline.start,
    budget,
    extensions,
    pauses,
    calendar,
    ...(grace === undefined ? {} : { restDays: 'keep' as const }),
  });
  return {
    id: row.deadlineId,
    name: pick([row.nameZh, row.nameEn], language),
    startedAt: deadline.start,
    budget,
    extensions: [...extensions],
    granted: granted.map(({ budget, by, on, askedBy }) => ({ budget, by, on, askedBy: askedBy ?? null })),
    pauses: pauses.map(({ kind, name, from, to }) => ({
      kind,
      name: pick(name ?? [kind, kind], language),
      from,
      to: to ?? null,
    })),
    due: due ?? null,
    provisional,
    calendar: calendar.version,
    days: days.map(({ date, counted, why, provisional = false }) => ({
      date,
      counted,
      why: pick(why, language),
      provisional,
    })),
  };
}
