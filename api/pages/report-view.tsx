import type { Language } from '../language.ts';
import { type Column, periodWords, type Report, type ReportTable, type Row } from '../reports/model.ts';
import { plain, written } from '../reports/written.ts';

/** A report on a page: the same tables as on paper. */
export function ReportView({ report, language }: { report: Report; language: Language }) {
  return (
    <section class="card" id="report" aria-labelledby="report-title">
      <h2 id="report-title">
        {plain(report.title, language)} <small>{plain(periodWords(report.period), language)}</small>
      </h2>
      {report.notices.map((notice) => (
        <p class="report-notice" role="note">
          {plain(notice, language)}
        </p>
      ))}
      {report.facts.length > 0 ? (
        <dl class="facts">
          {report.facts.map(({ title, value, kind }) => (
            <div>
              <dt>{plain(title, language)}</dt>
              <dd>{written(value, kind, language)}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {report.tables.map((table) => (
        <TableView table={table} language={language} />
      ))}
      {report.notes.map((note) => (
        <p class="hint">{plain(note, language)}</p>
      ))}
    </section>
  );
}

function TableView({ table, language }: { table: ReportTable; language: Language }) {
  return (
    <>
      {table.title ? <h3>{plain(table.title, language)}</h3> : null}
      {/* a wide table scrolls by itself, also by keyboard */}
      <div class="sheet-scroll" tabindex={0}>
        <table class="sheet">
          <thead>
            <tr>
              {table.columns.map(({ title, kind }) => (
                <th scope="col" class={`of-${kind}`}>
                  {plain(title, language)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr class={row.kind}>
                {table.columns.map((column) => (
                  <td class={classOf(column, row)}>{written(row.cells[column.key], column.kind, language)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function classOf({ key, kind }: Column, { cells }: Row): string {
  const cell = cells[key];
  return kind === 'money' && typeof cell === 'number' && cell < 0 ? `of-${kind} red` : `of-${kind}`;
}
