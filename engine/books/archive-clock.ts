import type { Book, Extension, Text } from '../../sdk/program.ts';
import { deadlineFor } from '../deadline.ts';
import type { EventDraft } from '../event.ts';
import type { Deadline, State } from '../state.ts';
import { startOfDay } from '../time/civil.ts';
import type { World } from '../world.ts';
import { lastDayOf, type Period } from './closings.ts';
import { met, type Scene } from './document.ts';

// Source: 会计档案管理办法 (财政部、国家档案局令第79号), art. 11: who keeps the accounts keeps the papers of a year for one year
// after its end, and hands them over to the archive then; later only with the archive's consent, never after three years.

/** Time from the end of a year until its books are in the archive, where the program says nothing. */
const ARCHIVED_WITHIN = '1 year';
/** How it may be put off: until three years after the year's end, which is as far as the source goes. */
const PUT_OFF: Extension = { cap: '2 years', times: 2, approves: 'unit' };

/** A year is closed: whoever keeps the archive takes its books over within the time of the program, counted from the year's end. */
export function archiveDue({ world }: { readonly world: World }, def: Book, period: Period): EventDraft[] {
  if (!period.endsWith('-12')) return [];
  const year = period.slice(0, 4);
  const name: Text = [`会计档案归档：${def.name[0]} ${year}`, `Take into the archive: ${def.name[1]}, ${year}`];
  const deadline = deadlineFor({
    ...{ id: clockOf(def.book, year), of: 'discrepancy', name, answers: def.archives ?? def.approves, world },
    // counted from the last day of the year, which is not counted itself
    ...{ start: startOfDay(lastDayOf(period)), budget: def.archive?.within ?? ARCHIVED_WITHIN },
    ladder: def.archive?.ladder ?? def.ladder,
  });
  return [{ type: 'deadline.set', data: { deadline } }];
}

/** Meets the clocks of all years that are in the archive now, everything up to `period` being there. */
export function archivedInTime(scene: Scene, book: string, period: Period): EventDraft[] {
  return yearsDue(scene.state, book).flatMap((year) => (`${year}-12` <= period ? met(scene, clockOf(book, year)) : []));
}

/** The closed years of a book that wait to be taken into the archive, oldest first. */
export function yearsDue({ deadlines }: Pick<State, 'deadlines'>, book: string): readonly string[] {
  const prefix = clockOf(book, '');
  return Object.keys(deadlines)
    .flatMap((id) => (id.startsWith(prefix) ? [id.slice(prefix.length)] : []))
    .sort();
}

/** How a clock of the archive may be put off; undefined of every other clock. */
export function archiveExtension(
  { program }: Pick<World, 'program'>,
  clock: Deadline | undefined,
): Extension | undefined {
  const def = program.books.find(({ book }) => clock?.id.startsWith(clockOf(book, '')));
  return def && (def.archive?.extend ?? PUT_OFF);
}

function clockOf(book: string, year: string): string {
  return `${book}.y.${year}`;
}
