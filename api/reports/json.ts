import type { Language } from '../language.ts';
import { type Cell, type Heading, periodWords, type Report } from './model.ts';
import { plain } from './written.ts';

/** A report for programs: money in integer fen, null for what may not be seen yet. */
export function reportJson(report: Report, heading: Heading, language: Language) {
  const say = (text: string | readonly [string, string]) => plain(text, language);
  const value = (cell: Cell) => (typeof cell === 'number' || cell === null ? cell : say(cell));
  return {
    report: report.report,
    title: say(report.title),
    unit: say(heading.unit),
    caseNo: heading.caseNo,
    book: say(heading.book),
    from: report.period.from,
    to: report.period.to,
    period: say(periodWords(report.period)),
    notices: report.notices.map(say),
    facts: report.facts.map((fact) => ({ key: fact.key, title: say(fact.title), value: value(fact.value) })),
    tables: report.tables.map(({ key, title, columns, rows }) => ({
      key,
      title: title ? say(title) : null,
      columns: columns.map((column) => ({ key: column.key, title: say(column.title), kind: column.kind })),
      rows: rows.map(({ kind, cells }) => ({
        kind,
        cells: Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, value(cell)])),
      })),
    })),
    notes: report.notes.map(say),
  };
}
