import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { actIdOf } from '../../door/act-id.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import { keepDocument } from '../documents.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, notFound, statusOfKind } from '../errors.ts';
import { pick } from '../language.ts';
import { limitBody, MAX_DOCUMENT_BYTES } from '../validation.ts';
import { type Field, LINES, linesShown, pickField } from './book-field.ts';
import { type BookForm, type BookSubject, deskOf, isOffered, subjectOf } from './book-form.ts';
import { BookConfirmPage, BookDonePage, BookFormPage, booksPath, formPath, Told } from './book-form-page.tsx';
import { bookForms } from './book-forms.ts';
import { handOverForm } from './book-hand-over-form.ts';
import { type Asked, askedBy, bookProblem, send, tryOut } from './book-sending.ts';
import { expired, isFormKey, type Values, type Way } from './form-values.ts';
import { asset, formOf, isOurs, ownForms, page, pageLanguage, strict, toSignIn, visitorOf } from './frame.ts';

const PATH = '/cases/:caseId/books/:book/:what/:of?';

/** A form on its way through: where it is and what it is about. */
interface Turn {
  readonly c: Context<AppEnv>;
  readonly form: BookForm;
  readonly subject: BookSubject;
}

/** What a form is shown with. `fields` are those its values were made from, where they are at hand. */
interface Shown {
  readonly values: Values;
  readonly fields?: readonly Field[];
  readonly error?: ApiProblem;
  readonly lines?: readonly number[];
}

/**
 * The forms about the books, each on a page of its own. Sent, a form does its act once, by the door and with the rights of
 * every act, and leads to the books; what is refused comes back filled in. Papers brought with it are kept at once.
 */
export function bookFormPages(deps: AppDeps) {
  const sheet = asset('organisation.css') + asset('books.css') + asset('book-forms.css');
  const app = new Hono<AppEnv>();
  app.use(PATH, strict, limitBody(MAX_DOCUMENT_BYTES + 512 * 1024), ownForms);

  app.get('/assets/book-forms.css', strict, (c) =>
    c.body(sheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );

  app.get(PATH, async (c) => {
    const turn = await turnOf(c);
    if (!turn) return toSignIn(c);
    const fields = await turn.form.fields(turn.subject, {});
    return shown(turn, { values: { ...initialOf(fields), ...picked(fields, c.req.query()) }, fields });
  });

  app.post(PATH, async (c) => {
    const turn = await turnOf(c);
    if (!turn) return c.redirect('/sign-in', 303);
    const { form, subject } = turn;
    const given = await formOf(c);
    const { key } = given;
    if (!isOurs(given, subject.caller) || !isFormKey(key)) return shown(turn, { values: given, error: expired() });
    let values: Values = given;
    let asked: Asked | undefined;
    try {
      values = await withFiles(turn, given, key);
      const { step } = values;
      if (step === 'edit') return await shown(turn, { values });
      if (step === 'more')
        return await shown(turn, { values: { ...values, rows: String(linesShown(values) + LINES) } });
      asked = askedBy(form, subject, await form.fields(subject, values), values);
      const id = idOf(turn, key);
      const plan = await form.plan?.({ subject, values, id });
      const first = form.previews && step !== 'confirm';
      if (first) return await tried(turn, values, (await plan?.preview?.()) ?? (await toldOf(subject, asked)));
      if (plan) return await done(turn, await plan.make());
      const { actId } = await send(subject, asked, id);
      const { caseId, def } = subject;
      return c.redirect(`${booksPath(caseId, def.book)}&done=${encodeURIComponent(actId)}`, 303);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return shown(turn, { values, error, lines: asked?.lines ?? [] });
    }
  });

  /** The form of the path, where this caller is offered it. Throws the problem 404 otherwise; undefined: nobody is signed in. */
  async function turnOf(c: Context<AppEnv>): Promise<Turn | undefined> {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return undefined;
    const desk = await deskOf(deps, caller, c.req.param('caseId') ?? '', pageLanguage(c));
    const form = bookForms.get(c.req.param('what') ?? '');
    const subject = subjectOf(desk, c.req.param('book') ?? '', c.req.param('of') ?? '');
    if (!form || !isOffered(form, subject)) throw notFound();
    return { c, form, subject };
  }

  /** The id under which what a form asks for, or a file of it, is done once. */
  function idOf({ c, subject }: Turn, key: string, name?: string): string {
    const path = name === undefined ? c.req.path : `${c.req.path}#${name}`;
    return actIdOf({ caller: subject.caller.person, method: 'POST', path, idempotencyKey: key });
  }

  /** The values with what stands for the files that came with them: papers are kept among the documents of the case. */
  async function withFiles(turn: Turn, values: Values, key: string): Promise<Values> {
    const { c, form, subject } = turn;
    const { caller, caseId } = subject;
    const body = await c.req.parseBody();
    if (!Object.values(body).some(isBrought)) return values;
    let kept = values;
    for (const { name, kind } of await form.fields(subject, values)) {
      const file = body[`${name}-new`];
      if (!isBrought(file)) continue;
      const id = idOf(turn, key, name);
      if (kind === 'file') {
        const { row } = await keepDocument(deps, caller, { caseId, request: { id, key }, file });
        const known = (values[name] ?? '').split(',').filter((each) => each !== '' && each !== row.id);
        kept = { ...kept, [name]: [...known, row.id].join(',') };
      } else if (form.take) kept = { ...kept, ...(await form.take({ subject, values: kept, id }, name, file)) };
    }
    return kept;
  }

  async function toldOf(subject: BookSubject, asked: Asked): Promise<Child> {
    return <Told texts={await tryOut(subject, asked)} language={subject.language} />;
  }

  async function tried({ c, form, subject }: Turn, values: Values, preview: Child): Promise<Response> {
    const visitor = await visitorOf(deps, subject.caller, subject.language);
    const props = { form, subject, visitor, path: c.req.path, values, formKey: values['key'] ?? randomUUID() };
    const above = (await form.above?.(subject)) ?? null;
    return page(c, <BookConfirmPage {...props} {...{ above, preview }} />);
  }

  async function done({ c, form, subject }: Turn, content: Child): Promise<Response> {
    const visitor = await visitorOf(deps, subject.caller, subject.language);
    const made = (
      <BookDonePage {...{ form, subject, visitor }} path={c.req.path}>
        {content}
      </BookDonePage>
    );
    return page(c, made);
  }

  async function shown(
    { c, form, subject }: Turn,
    { values, error, lines = [], fields: made }: Shown,
  ): Promise<Response> {
    const { language } = subject;
    const fields = made ?? (await form.fields(subject, values));
    const status: ContentfulStatusCode = error ? statusOfKind[error.refusal.kind] : 200;
    const content = (
      <BookFormPage
        {...{ form, subject, fields, values }}
        visitor={await visitorOf(deps, subject.caller, language)}
        path={c.req.path}
        above={(await form.above?.(subject)) ?? null}
        problem={error && bookProblem(error, { fields, lines, language, waysOn: waysOn(error, subject) })}
        formKey={randomUUID()}
      />
    );
    return page(c, content, status);
  }

  return app;
}

/** The page that leads on from a refusal: a book that waits to be counted is taken over first. */
function waysOn({ refusal }: ApiProblem, subject: BookSubject): readonly Way[] {
  if (refusal.code !== 'BOOK_FROZEN' || !isOffered(handOverForm, subject)) return [];
  const href = formPath(subject.caseId, subject.def.book, 'hand-over');
  return [{ text: pick(handOverForm.title, subject.language), href }];
}

/** Whether a part of a form is a file that was chosen: a browser sends an empty one for none. */
const isBrought = (part: unknown): part is File => part instanceof File && part.size > 0;

function initialOf(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.flatMap(({ name, initial }) => (initial === undefined ? [] : [[name, initial]])));
}

/** Ticks that a link asks for: those of entries to choose from, nothing else. */
function picked(fields: readonly Field[], query: Values): Values {
  const sides = fields.flatMap(({ kind, columns }) => (kind === 'sides' ? (columns ?? []) : []));
  const names = sides.flatMap(({ name, choices = [] }) => choices.map(([id]) => pickField(name, id)));
  return Object.fromEntries(names.filter((name) => query[name] === 'yes').map((name) => [name, 'yes']));
}
