import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { actIdOf } from '../../door/act-id.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import { keepDocument } from '../documents.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, notFound, statusOfKind } from '../errors.ts';
import { limitBody, MAX_DOCUMENT_BYTES } from '../validation.ts';
import { type Field, LINES, linesShown } from './book-field.ts';
import { type BookForm, type BookSubject, deskOf, isOffered, subjectOf } from './book-form.ts';
import { BookConfirmPage, BookFormPage, booksPath } from './book-form-page.tsx';
import { bookForms } from './book-forms.ts';
import { type Asked, askedBy, bookProblem, send, tryOut } from './book-sending.ts';
import { asset, formOf, isOurs, ownForms, page, pageLanguage, strict, toSignIn, visitorOf } from './frame.ts';
import type { Values } from './organisation-fields.tsx';
import { expired } from './organisation-form.ts';
import { UNKEPT } from './organisation-why.tsx';

const PATH = '/cases/:caseId/books/:book/:what/:of?';

/** A form on its way through: where it is, what it is about, and what it asks. */
interface Turn {
  readonly c: Context<AppEnv>;
  readonly form: BookForm;
  readonly subject: BookSubject;
  readonly fields: readonly Field[];
}

/**
 * The forms about the books, each on a page of its own. Sent, a form does its act once, by the door and with the rights of
 * every act, and leads to the books; what is refused comes back filled in. Papers brought with it are kept at once.
 */
export function bookFormPages(deps: AppDeps) {
  const sheet = asset('organisation.css') + asset('book-forms.css');
  const app = new Hono<AppEnv>();
  app.use(PATH, strict, limitBody(MAX_DOCUMENT_BYTES + 512 * 1024), ownForms);

  app.get('/assets/book-forms.css', strict, (c) =>
    c.body(sheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );

  app.get(PATH, async (c) => {
    const turn = await turnOf(c);
    if (!turn) return toSignIn(c);
    return shown(turn, { values: initialOf(turn.fields) });
  });

  app.post(PATH, async (c) => {
    const turn = await turnOf(c);
    if (!turn) return c.redirect('/sign-in', 303);
    const given = await formOf(c);
    const { key = '' } = given;
    if (!isOurs(given, turn.subject.caller) || !/^[\w-]{8,64}$/.test(key))
      return shown(turn, { values: given, error: expired() });
    let values: Values = given;
    let asked: Asked | undefined;
    try {
      values = await withPapers(turn, given, key);
      const { step } = values;
      if (step === 'edit') return await shown(turn, { values });
      if (step === 'more')
        return await shown(turn, { values: { ...values, rows: String(linesShown(values) + LINES) } });
      asked = askedBy(turn.form, turn.subject, turn.fields, values);
      if (turn.form.previews && step !== 'confirm') return await tried(turn, asked, values);
      const { actId } = await send(turn.subject, asked, { path: c.req.path, key });
      const { caseId, def } = turn.subject;
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
    return { c, form, subject, fields: await form.fields(subject) };
  }

  /** The values with the papers that came with them, kept among the documents of the case. */
  async function withPapers({ c, subject, fields }: Turn, values: Values, key: string): Promise<Values> {
    const { caller, caseId } = subject;
    const body = await c.req.parseBody();
    let kept = values;
    for (const { name, kind } of fields) {
      const file = kind === 'file' ? body[`${name}-new`] : undefined;
      if (!(file instanceof File) || file.size === 0) continue;
      const request = { caller: caller.person, method: 'POST', path: `${c.req.path}#${name}`, idempotencyKey: key };
      const { row } = await keepDocument(deps, caller, { caseId, id: actIdOf(request), file });
      const known = (values[name] ?? '').split(',').filter((id) => id !== '' && id !== row.id);
      kept = { ...kept, [name]: [...known, row.id].join(',') };
    }
    return kept;
  }

  async function tried({ c, form, subject }: Turn, asked: Asked, values: Values): Promise<Response> {
    const preview = await tryOut(subject, asked);
    const visitor = await visitorOf(deps, subject.caller, subject.language);
    const props = { form, subject, visitor, path: c.req.path, values, formKey: values['key'] ?? randomUUID() };
    return page(c, <BookConfirmPage {...props} preview={preview} />, 200, UNKEPT);
  }

  async function shown(
    { c, form, subject, fields }: Turn,
    { values, error, lines = [] }: { values: Values; error?: ApiProblem; lines?: readonly number[] },
  ): Promise<Response> {
    const { language } = subject;
    const status: ContentfulStatusCode = error ? statusOfKind[error.refusal.kind] : 200;
    const content = (
      <BookFormPage
        {...{ form, subject, fields, values }}
        visitor={await visitorOf(deps, subject.caller, language)}
        path={c.req.path}
        above={(await form.above?.(subject)) ?? null}
        problem={error && bookProblem(error, { fields, lines, language })}
        formKey={randomUUID()}
      />
    );
    return page(c, content, status, UNKEPT);
  }

  return app;
}

function initialOf(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.flatMap(({ name, initial }) => (initial === undefined ? [] : [[name, initial]])));
}
