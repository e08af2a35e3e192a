import type { PaperRow } from '../../db/queries/book-papers.ts';
import type { LineRow } from '../../db/queries/books.ts';
import { chart } from '../../engine/books/accounts.ts';
import { amountInWords } from '../../engine/books/words.ts';
import type { Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import { HIDDEN } from '../reports/written.ts';
import { localTime, yuan } from '../timeline-text.ts';
import { aw } from './book-about-words.ts';
import type { BookSubject } from './book-form.ts';

/** A fact about what a form is about: what it is called and what it is, of our words or a person's. */
export interface AboutFact {
  readonly term: Text;
  readonly text: Text | string;
  /** What has to be seen first. */
  readonly weighty?: true;
}

interface AboutProps {
  readonly subject: Pick<BookSubject, 'caseId' | 'language'>;
  readonly title: Text;
  /** Undefined ones are left out. */
  readonly facts: readonly (AboutFact | undefined)[];
  readonly lines?: readonly LineRow[];
  /** The name of a party, for the lines. */
  readonly party?: (id: string) => string;
  readonly papers?: readonly PaperRow[];
}

/** What is approved, reviewed, confirmed or reversed, before the fields of its form. */
export function About({ subject: { caseId, language }, title, facts, lines, party, papers }: AboutProps) {
  return (
    <section class="card book-about" aria-labelledby="about">
      <h2 id="about">{pick(title, language)}</h2>
      <dl class="about-facts">
        {facts.map((fact) =>
          fact === undefined ? null : (
            <div class={fact.weighty ? 'weighty' : undefined}>
              <dt>{pick(fact.term, language)}</dt>
              <dd>{typeof fact.text === 'string' ? fact.text : pick(fact.text, language)}</dd>
            </div>
          ),
        )}
      </dl>
      {lines ? <VoucherLines lines={lines} party={party ?? ((id) => id)} language={language} /> : null}
      {papers ? <Papers papers={papers} caseId={caseId} language={language} /> : null}
    </section>
  );
}

/** The lines of a voucher with their sums on both sides. */
function VoucherLines({
  lines,
  party,
  language,
}: {
  lines: readonly LineRow[];
  party: (id: string) => string;
  language: Language;
}) {
  const sum = (side: LineRow['side']) =>
    lines.reduce((fen, line) => (line.side === side ? fen + line.amountFen : fen), 0);
  const red = lines.some(({ amountFen }) => amountFen < 0) ? ' red' : '';
  return (
    <>
      <h3>{pick(aw.lines, language)}</h3>
      <ol class={`voucher-lines${red}`}>
        {lines.map((line) => (
          <li>
            <span>
              {line.text}
              <small>{lineNote(line, party, language)}</small>
            </span>
            <strong>
              {pick(aw[line.side], language)} {yuan(line.amountFen)}
            </strong>
          </li>
        ))}
        <li class="total">
          {(['debit', 'credit'] as const).map((side) => (
            <strong>
              {pick(sums[side], language)} {yuan(sum(side))}
            </strong>
          ))}
        </li>
      </ol>
    </>
  );
}

const sums = { debit: aw.debits, credit: aw.credits } as const;

/** The account of a line, and whatever else it says. */
function lineNote(line: LineRow, party: (id: string) => string, language: Language): string {
  const name = chart.find(({ code }) => code === line.account)?.name;
  const { quantity, priceFen } = line;
  const parts = [
    `${line.account}${name ? ` ${pick(name, language)}` : ''}`,
    quantity !== undefined && priceFen !== undefined ? `${quantity} × ${yuan(priceFen)}` : undefined,
    line.party === undefined ? undefined : party(line.party),
    ...[line.buyer, line.purpose, line.payer, line.receipt],
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function Papers({ papers, caseId, language }: { papers: readonly PaperRow[]; caseId: string; language: Language }) {
  if (papers.length === 0) return <p class="hint">{pick(aw.noPapers, language)}</p>;
  return (
    <>
      <h3>{pick(aw.papers, language)}</h3>
      <ul class="lines">
        {papers.map(({ id, kind, uploadedAt }, n) => (
          <li>
            <a href={`/api/v1/cases/${encodeURIComponent(caseId)}/documents/${encodeURIComponent(id)}`}>
              {pick(aw[kind], language)} {n + 1}
            </a>{' '}
            <small>{localTime(uploadedAt)}</small>
          </li>
        ))}
      </ul>
    </>
  );
}

/** An amount of yuan as a fact; null: it may not be seen yet. */
export function moneyFact(term: Text, fen: number | null): AboutFact {
  const sum = fen === null ? HIDDEN : yuan(fen);
  return { term, text: [`${sum} ${aw.yuan[0]}`, `${sum} ${aw.yuan[1]}`] };
}

/** An amount and, below it, the same in words. */
export function amountFacts(fen: number | null): readonly AboutFact[] {
  const amount: AboutFact = { ...moneyFact(aw.amount, fen), weighty: true };
  return fen === null ? [amount] : [amount, { term: aw.inWords, text: `人民币${amountInWords(fen)}` }];
}

/** A fact that is there only where there is something to say. */
export function factOf(term: Text, text: Text | string | null | undefined): AboutFact | undefined {
  return text === null || text === undefined || text === '' ? undefined : { term, text };
}
