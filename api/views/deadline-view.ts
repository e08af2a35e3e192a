import type { DeadlineRow, RungRow } from '../../db/queries/clocks.ts';
import type { Deadline } from '../../engine/state.ts';
import type { WorkCalendar } from '../../engine/time/calendar.ts';
import { endOfDay, startOfDay } from '../../engine/time/civil.ts';
import { explainDue } from '../../engine/time/explain.ts';
import { type Language, pick } from '../language.ts';
import type { DeadlineView } from '../schemas/views.ts';

/** A clock as the API answers it: its planned rungs of this generation, and all of it that `fired` in any. */
export function deadlineView(
  row: DeadlineRow,
  fired: readonly RungRow[],
  language: Language,
  now: string,
): DeadlineView {
  const deadline = row.data as Deadline;
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

/**
 * How a due date comes about, day by day, by the calendar that holds now. A clock that is over keeps the date it was judged
 * by, so that this may be another: then a note says so.
 */
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
    recordedDueAt: row.dueAt,
    note: note(row, due, language),
    provisional: provisional || row.provisional,
    calendar: calendar.version,
    days: days.map(({ date, counted, why, provisional = false }) => ({
      date,
      counted,
      why: pick(why, language),
      provisional,
    })),
  };
}

/** What there is to say when the date counted now is not the one on record. */
function note(row: DeadlineRow, due: string | undefined, language: Language): string | null {
  const recorded = (row.data as Deadline).dueDate ?? row.dueAt;
  if (due === undefined || due === recorded) return null;
  return row.state === 'met' || row.state === 'cancelled'
    ? pick(
        [
          `该期限已经结束，以当时登记的 ${recorded} 为准；按现行日历逐日推算则为 ${due}。`,
          `This deadline is over: the ${recorded} on record holds. Counted by today's calendar it would be ${due}.`,
        ],
        language,
      )
    : pick(
        [
          `登记的是 ${recorded}；按现行日历为 ${due}，尚未重新推算。`,
          `On record is ${recorded}. By today's calendar it is ${due}: it has not been projected again yet.`,
        ],
        language,
      );
}
