import type { Child } from 'hono/jsx';
import type { OrgNames } from '../../db/queries/names.ts';
import type { handoverPreview } from '../handover-preview.ts';
import { type Language, pick } from '../language.ts';
import { dueText, localTime, yuan } from '../timeline-text.ts';
import { handoverWord } from './handover-words.ts';
import { Fact } from './parts.tsx';

/** Everything that goes over, as the HTTP answer has it. */
export type Preview = Awaited<ReturnType<typeof handoverPreview>>;

type Work = Preview['work']['items'];
type Cases = Preview['cases']['items'];

/** More of a kind are counted and not listed on the page. */
const MOST_LISTED = 20;

/** What lies under one heading of the preview: how much, folded, and what of it the reader may see. */
function Part({
  title,
  total,
  language,
  warn = false,
  children,
}: {
  title: string;
  total: number;
  language: Language;
  warn?: boolean;
  children?: Child;
}) {
  if (total === 0)
    return (
      <p class="part none">
        {title} <span class="hint">{handoverWord('none', language)}</span>
      </p>
    );
  return (
    <details class="part" open={warn}>
      <summary>
        {title} <span class={warn ? 'chip soon' : 'chip open'}>{total}</span>
      </summary>
      {children}
    </details>
  );
}

/** A list of at most so many, and how many more there are. */
function Listed<T>({
  items,
  total,
  language,
  line,
}: {
  items: readonly T[];
  total: number;
  language: Language;
  line: (item: T) => Child;
}) {
  const shown = items.slice(0, MOST_LISTED);
  return (
    <ul class="list lines">
      {shown.map((item) => (
        <li>{line(item)}</li>
      ))}
      {total > shown.length ? (
        <li class="hint">{`${handoverWord('further', language)} ${total - shown.length}`}</li>
      ) : null}
    </ul>
  );
}

const toCase = (id: string, text: string) => <a href={`/cases/${encodeURIComponent(id)}`}>{text}</a>;

const workLine = (language: Language) =>
  function line({ caseId, caseNo, name, dueAt, overdue }: Work[number]) {
    return (
      <>
        {name} · {toCase(caseId, caseNo)}{' '}
        {dueAt === null ? null : (
          <span class={overdue ? 'chip late' : 'hint'}>
            {overdue ? `${handoverWord('overdue', language)} · ` : ''}
            {dueText(dueAt)}
          </span>
        )}
      </>
    );
  };

const caseLine = ({ caseId, caseNo }: Cases[number]) => toCase(caseId, caseNo);

/** Sides of books that a post keeps, with what the reader may see of them. */
export function BookLines({ books, language }: { books: Preview['books']; language: Language }) {
  const t = (key: Parameters<typeof handoverWord>[0]) => handoverWord(key, language);
  return (
    <Listed
      items={books.items}
      total={books.total}
      language={language}
      line={(book) => (
        <>
          {book.name} · {t(book.side)} · {toCase(book.caseId, book.caseNo)}{' '}
          {book.balanceFen === null ? null : <span class="chip">{`¥ ${yuan(book.balanceFen)}`}</span>}{' '}
          {book.openPayouts > 0 ? <span class="hint">{`${t('openPayouts')} ${book.openPayouts}`}</span> : null}{' '}
          {book.openDiscrepancies > 0 ? (
            <span class="chip late">{`${t('discrepancies')} ${book.openDiscrepancies}`}</span>
          ) : null}
        </>
      )}
    />
  );
}

/** Everything that goes over with a post, kind by kind. */
export function HandoverList({ preview, names, language }: { preview: Preview; names: OrgNames; language: Language }) {
  const t = (key: Parameters<typeof handoverWord>[0]) => handoverWord(key, language);
  const { cases, work, byName, messages, accountability, deputyships, deputies, books } = preview;
  const post = (id: string) => pick(names.posts.get(id) ?? [id, id], language);
  const person = (id: string) => names.people.get(id) ?? id;
  const unit = (id: string) => pick(names.units.get(id) ?? [id, id], language);
  return (
    <section class="card" aria-labelledby="goes-over">
      <h2 id="goes-over">{t('goesOver')}</h2>
      <dl class="facts counts">
        <Fact term={t('cases')} text={String(cases.total)} />
        <Fact term={t('work')} text={String(work.total)} />
        <Fact term={t('overdue')} text={String(work.overdue)} />
        <Fact term={t('books')} text={String(books.total)} />
      </dl>
      <Part title={t('books')} total={books.total} language={language} warn>
        <p class="hint">{t('booksFreeze')}</p>
        <BookLines books={books} language={language} />
      </Part>
      <Part title={t('work')} total={work.total} language={language}>
        <Listed items={work.items} total={work.total} language={language} line={workLine(language)} />
      </Part>
      <Part title={t('cases')} total={cases.total} language={language}>
        <Listed items={cases.items} total={cases.total} language={language} line={caseLine} />
      </Part>
      <Part title={t('byName')} total={byName.cases.total + byName.work.total} language={language}>
        <p class="hint">
          {byName.goesOver ? t('byNameGoes') : t('byNameStays')}
          {byName.keeps.length === 0
            ? ''
            : ` ${t('keeps')}${byName.keeps.map(unit).join(language === 'zh' ? '、' : ', ')}`}
        </p>
        <Listed items={byName.cases.items} total={byName.cases.total} language={language} line={caseLine} />
        <Listed items={byName.work.items} total={byName.work.total} language={language} line={workLine(language)} />
      </Part>
      <Part title={t('accountability')} total={accountability.total} language={language}>
        <Listed
          items={accountability.items}
          total={accountability.total}
          language={language}
          line={({ caseId, caseNo, name, dueAt }) => (
            <>
              {name} · {toCase(caseId, caseNo)} <span class="hint">{dueText(dueAt)}</span>
            </>
          )}
        />
      </Part>
      <Part title={t('messages')} total={messages.total} language={language}>
        <Listed
          items={messages.items}
          total={messages.total}
          language={language}
          line={({ caseId, caseNo, createdAt }) => (
            <>
              {toCase(caseId, caseNo)} <span class="hint">{localTime(createdAt)}</span>
            </>
          )}
        />
      </Part>
      <Part title={t('deputyships')} total={deputyships.length} language={language}>
        <Listed items={deputyships} total={deputyships.length} language={language} line={(each) => post(each.post)} />
      </Part>
      <Part title={t('deputies')} total={deputies.length} language={language}>
        <Listed items={deputies} total={deputies.length} language={language} line={(each) => person(each.person)} />
      </Part>
    </section>
  );
}
