import type { Child } from 'hono/jsx';
import { papersAt } from '../../db/queries/book-papers.ts';
import { advances, gifts } from '../../db/queries/book-registers.ts';
import { advanceView, giftView } from '../views/register-view.ts';
import { About, factOf, moneyFact } from './book-about.tsx';
import { aw } from './book-about-words.ts';
import type { BookSubject } from './book-form.ts';

/** A gift for who thanks for it or takes it out of the register. */
export async function giftAbout(subject: BookSubject): Promise<Child> {
  const { deps, caseId, def, of, sight } = subject;
  const [row] = await gifts(deps.sql, caseId, { book: def.book, ids: [of], limit: 1 });
  if (!row) return null;
  const view = giftView(row, sight);
  const what = view.item === null ? undefined : `${view.item} ${view.quantity ?? ''} ${view.unit ?? ''}`.trim();
  const facts = [
    factOf(aw.giver, view.giver),
    factOf(aw.contact, view.contact),
    factOf(aw.what, what),
    moneyFact(aw.value, view.valueFen),
    factOf(aw.purpose, view.purpose),
    factOf(aw.day, view.occurredDate),
  ];
  return <About {...{ subject, facts, title: aw.gift, papers: await papersAt(deps.sql, caseId, row.seq) }} />;
}

/** An advance for who repays it or takes the claim back: what is owed, to whom and for what. */
export async function advanceAbout(subject: BookSubject): Promise<Child> {
  const { deps, caseId, def, of, sight, state, today } = subject;
  const [row] = await advances(deps.sql, caseId, { book: def.book, id: of, limit: 1, open: true });
  if (!row) return null;
  const view = advanceView(row, state, sight, today);
  const facts = [
    factOf(aw.helper, view.helper),
    moneyFact(aw.amount, view.amountFen),
    moneyFact(aw.open, view.openFen),
    factOf(aw.purpose, view.text),
    factOf(aw.sourceDoc, view.sourceDoc),
    factOf(aw.day, view.occurredDate),
  ];
  return <About {...{ subject, facts, title: aw.advance, papers: await papersAt(deps.sql, caseId, row.seq) }} />;
}
