import type { Sql } from '../../db/client.ts';
import { carriedOver } from '../../db/queries/book-carried.ts';
import {
  accountOpenings,
  chartOfAccounts,
  journalOpening,
  journalRows,
  type LedgerLineRow,
  ledgerLines,
} from '../../db/queries/book-reports.ts';
import type { Channel } from '../../sdk/program.ts';
import type { BookSight } from '../book-sight.ts';
import type { LedgerLine, LedgerSight } from './accounts.ts';
import { withCarried } from './carried.ts';
import type { JournalEntry } from './journal.ts';
import type { Period } from './model.ts';

/** Which book of which case, and the months. */
export interface Wanted {
  readonly caseId: string;
  readonly book: string;
  readonly period: Period;
}

/** What the tables hold for a report, before anybody's sight is applied to it. */
export type Loaded<T> = (sight: BookSight) => T;

/** The journal of a channel from January on, as a reader may see it; figures are read before his sight is judged. */
export async function loadJournal(
  sql: Sql,
  { caseId, book, period }: Wanted,
  channel: Channel,
): Promise<Loaded<{ openingFen: number | null; entries: readonly JournalEntry[] }>> {
  const from = `${period.from.slice(0, 5)}01`;
  const [opening, rows] = await Promise.all([
    journalOpening(sql, { caseId, book, from }, channel),
    journalRows(sql, { caseId, book, from, to: period.to }, channel),
  ]);
  return (sight) => ({
    openingFen:
      opening && sight.hidesBalance(book, 'cash', { channel, seq: opening.seq }) ? null : (opening?.balanceFen ?? 0),
    entries: rows.map(({ seq, ...row }) => {
      const hidden = sight.hides(book, 'cash', row.sourceDoc, seq);
      const noBalance = hidden || sight.hidesBalance(book, 'cash', { channel, seq });
      return {
        ...row,
        text: hidden ? null : row.text,
        amountFen: hidden ? null : row.amountFen,
        balanceFen: noBalance ? null : row.balanceFen,
      };
    }),
  });
}

/** The ledger of a book from January on, with what closed years carried over, as a reader may see it. */
export async function loadLedger(sql: Sql, { caseId, book, period }: Wanted): Promise<Loaded<LedgerSight>> {
  const from = `${period.from.slice(0, 5)}01`;
  const [chart, openings, rows, carried] = await Promise.all([
    chartOfAccounts(sql),
    accountOpenings(sql, { caseId, book, from }),
    ledgerLines(sql, { caseId, book, from, to: period.to }),
    carriedOver(sql, { caseId, book, to: period.to }),
  ]);
  return (sight) => {
    const before = openings.some(({ seq }) => sight.hidesBalance(book, 'ledger', { seq }));
    const first = rows.find(
      ({ sourceDoc, seq }) =>
        sight.hides(book, 'ledger', sourceDoc, seq) || sight.hidesBalance(book, 'ledger', { seq }),
    );
    const hiddenFrom = before ? '' : first?.month;
    const seen = {
      accounts: chart.map(({ code, zh, en }) => ({ code, name: [zh, en] as const })),
      openings,
      lines: rows.filter(({ sourceDoc, seq }) => !sight.hides(book, 'ledger', sourceDoc, seq)).map(lineOf),
      ...(hiddenFrom === undefined ? {} : { hiddenFrom }),
    };
    return withCarried(seen, carried, from);
  };
}

function lineOf({ seq: _, voucher: __, summary, channel: ___, ...line }: LedgerLineRow): LedgerLine {
  return { ...line, text: line.text || summary || '' };
}
