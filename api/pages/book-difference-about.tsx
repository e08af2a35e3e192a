import type { Child } from 'hono/jsx';
import { explanations, papersAt } from '../../db/queries/book-papers.ts';
import { discrepancies } from '../../db/queries/books.ts';
import { documentKey } from '../../engine/books/state.ts';
import { isHidden } from '../book-sight.ts';
import { caseNames } from '../reading.ts';
import { channelName, whyWords } from '../reports/lists.ts';
import { localTime } from '../timeline-text.ts';
import { About, type AboutFact, factOf, moneyFact } from './book-about.tsx';
import { aw } from './book-about-words.ts';
import type { BookSubject } from './book-form.ts';
import { sideFact } from './book-voucher-about.tsx';

/** So many explanations of one difference are shown. */
const MOST = 20;

/** A difference for who explains or decides it: both sides, or what was counted, and what has been said about it. */
export async function differenceAbout(subject: BookSubject): Promise<Child> {
  const { deps, caseId, def, of, sight, language, record } = subject;
  const [rows, told] = await Promise.all([
    discrepancies(deps.sql, caseId, 1, of),
    explanations(deps.sql, caseId, of, MOST),
  ]);
  const row = rows.find(({ book }) => book === def.book);
  if (!row) return null;
  const seen = told.filter(({ seq, text }) => {
    const data = { book: def.book, id: of, sourceDoc: row.sourceDoc, text };
    return !isHidden({ type: 'discrepancy.explained', seq, data }, sight);
  });
  const [names, papers] = await Promise.all([
    caseNames(deps, record, seen, language),
    Promise.all(seen.map(({ seq }) => papersAt(deps.sql, caseId, seq))),
  ]);
  const facts = [
    factOf(aw.sourceDoc, row.sourceDoc),
    factOf(aw.why, whyWords[row.why] ?? [row.why, row.why]),
    ...bothSides(subject, row.sourceDoc),
    factOf(aw.found, localTime(row.foundAt)),
    ...seen.map(({ by, at, text }) => factOf(aw.explanation, `${text}（${names.person(by)}，${localTime(at)}）`)),
  ];
  return <About subject={subject} title={aw.difference} facts={facts} papers={papers.flat()} />;
}

function bothSides({ book, def, sight }: BookSubject, sourceDoc: string): readonly AboutFact[] {
  const { cash, ledger, count, month } = book.open[documentKey(sourceDoc)] ?? {};
  if (month) {
    const shown = (side: 'cash' | 'ledger', fen: number) => (sight.hidesBalance(def.book, side) ? null : fen);
    return [
      { term: aw.channel, text: channelName(month.channel) },
      moneyFact(aw.cashSide, shown('cash', month.cashFen)),
      moneyFact(aw.ledgerSide, shown('ledger', month.ledgerFen)),
    ];
  }
  if (count) {
    const hidden = sight.hidesBalance(def.book, count.side);
    return [
      { term: aw.channel, text: channelName(count.channel) },
      moneyFact(aw.booked, hidden ? null : count.bookedFen),
      moneyFact(aw.counted, hidden ? null : count.countedFen),
    ];
  }
  return [
    sideFact(aw.cashSide, cash, sight.hides(def.book, 'cash', sourceDoc)),
    sideFact(aw.ledgerSide, ledger, sight.hides(def.book, 'ledger', sourceDoc)),
  ];
}
