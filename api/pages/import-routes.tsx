import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { cancelImport, forgetImport, type ImportRecord, listImports } from '../../db/queries/imports.ts';
import { listUnits } from '../../db/queries/organisation.ts';
import { actIdOf } from '../../door/act-id.ts';
import { type Caller, may } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import { sameText } from '../auth/tokens.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, problem, statusOfKind } from '../errors.ts';
import { bringCases, checkAgain, listToSee, rowsToMend, runList, withCounts } from '../imports/lists.ts';
import { orgTargets } from '../imports/org-targets.ts';
import { bringOrganisation } from '../imports/organisation.ts';
import { targetsOf } from '../imports/targets.ts';
import { pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { sheetLimits } from '../sheets/sheet.ts';
import { limitBody } from '../validation.ts';
import { formOf, isOurs, ownForms, page, pageLanguage, strict, toSignIn, visitorOf } from './frame.ts';
import { ImportPage, SHOWN } from './import.tsx';
import { importWord } from './import-words.ts';
import { ImportsPage } from './imports.tsx';

/** So many units can be chosen, and so many lists of one's own are on a page. */
const MOST_UNITS = 500;
const PAGE_SIZE = 20;
/** While a list runs its page is renewed after so many seconds; one that waits later, so that its buttons can be reached in peace. */
const RENEW_S = '3';
const RENEW_WAITING_S = '60';

/** `/imports`: bring a list, see what is wrong with it, let it run, watch it, take the file of errors. Forms alone, no script. */
export function importPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();
  const files = limitBody(sheetLimits.fileBytes + 64 * 1024);
  app.use('/imports', strict, files, ownForms);
  // what lies below it alone: `/imports/*` is the page itself as well
  app.use('/imports/:id/*', strict, limitBody(256 * 1024), ownForms);

  app.get('/imports', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    return caller ? listsPage(c, caller) : toSignIn(c);
  });

  app.post('/imports', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const form = await c.req.parseBody().catch((): Record<string, unknown> => ({}));
    const text = (name: string) => (typeof form[name] === 'string' ? form[name] : '');
    try {
      if (!sameText(text('token'), caller.csrfToken ?? '')) throw expired();
      const id = actIdOf({
        caller: caller.person,
        method: 'POST',
        path: '/imports',
        idempotencyKey: text('key') || randomUUID(),
      });
      const { file } = form;
      const made = await (text('kind') === 'organisation'
        ? bringOrganisation(deps, caller, { id, file })
        : bringCases(deps, caller, {
            ...{ id, file, program: text('program'), unit: text('unit'), imported: text('imported') === 'true' },
          }));
      return c.redirect(`/imports/${encodeURIComponent(made.id)}`, 303);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return listsPage(c, caller, error);
    }
  });

  app.get('/imports/:id', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    return caller ? listPage(c, caller, await listToSee(deps, caller, c.req.param('id'))) : toSignIn(c);
  });

  app.post('/imports/:id/:what{check|run|cancel|forget}', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const form = await formOf(c);
    const list = await listToSee(deps, caller, c.req.param('id'));
    try {
      if (!isOurs(form, caller)) throw expired();
      await changed(caller, list, c.req.param('what'), form);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return listPage(c, caller, list, error);
    }
    return c.redirect(`/imports/${encodeURIComponent(list.id)}`, 303);
  });

  function changed(
    caller: Caller,
    list: ImportRecord,
    what: string,
    form: Readonly<Record<string, string>>,
  ): Promise<void> {
    if (what === 'cancel') return cancelImport(deps.sql, list.id);
    if (what === 'forget') return forgetImport(deps.sql, list.id);
    if (what === 'run') return runList(deps, caller, list, { duplicates: form['duplicates'] === 'open' });
    const mapping = Object.fromEntries(list.columns.map((column, n) => [column, form[`m${n}`] || null]));
    return checkAgain(deps, caller, list, mapping);
  }

  async function listsPage(c: Context<AppEnv>, caller: Caller, error?: ApiProblem): Promise<Response> {
    const language = pageLanguage(c);
    const [visitor, units, lists] = await Promise.all([
      visitorOf(deps, caller, language),
      listUnits(deps.sql, { limit: MOST_UNITS, after: undefined }, { below: caller.unit }),
      listImports(deps.sql, caller.person, { limit: PAGE_SIZE, after: placeOf(c.req.query('cursor')) }),
    ]);
    const shown = lists.slice(0, PAGE_SIZE);
    const last = shown.at(-1);
    const status: ContentfulStatusCode = error ? statusOfKind[error.refusal.kind] : 200;
    const content = (
      <ImportsPage
        language={language}
        visitor={visitor}
        programs={deps.programs.all().map(({ id, name }) => ({ id, name: pick(name, language) }))}
        units={units
          .slice(0, MOST_UNITS)
          .map(({ id, nameZh, nameEn }) => ({ id, name: pick([nameZh, nameEn], language) }))}
        lists={shown}
        next={lists.length > PAGE_SIZE && last ? encodeCursor([last.createdAt, last.id]) : null}
        admin={may(caller, 'organisation')}
        formKey={randomUUID()}
        refusal={error?.refusal}
      />
    );
    return page(c, content, status);
  }

  async function listPage(
    c: Context<AppEnv>,
    caller: Caller,
    list: ImportRecord,
    error?: ApiProblem,
  ): Promise<Response> {
    const language = pageLanguage(c);
    const program = deps.programs.byId(list.program ?? '');
    const [visitor, counted, rows] = await Promise.all([
      visitorOf(deps, caller, language),
      withCounts(deps, list),
      rowsToMend(deps, list, SHOWN + 1),
    ]);
    const title =
      list.kind === 'organisation'
        ? importWord('newOrganisation', language)
        : program
          ? pick(program.name, language)
          : list.id;
    const content = (
      <ImportPage
        language={language}
        visitor={visitor}
        list={counted}
        title={title}
        targets={list.kind === 'organisation' ? orgTargets : program ? targetsOf(program) : []}
        rows={rows}
        refusal={error?.refusal}
      />
    );
    const status: ContentfulStatusCode = error ? statusOfKind[error.refusal.kind] : 200;
    return page(
      c,
      content,
      status,
      list.status === 'running' ? { Refresh: list.waiting ? RENEW_WAITING_S : RENEW_S } : {},
    );
  }
  return app;
}

/** Where a link to earlier lists goes on; one that was cut or made up means the newest. */
function placeOf(cursor: string | undefined): { readonly createdAt: string; readonly id: string } | undefined {
  try {
    const at = decodeCursor(cursor, ['moment', 'text']);
    return at && { createdAt: String(at[0]), id: String(at[1]) };
  } catch {
    return undefined;
  }
}

function expired(): ApiProblem {
  return problem('FORBIDDEN', ['表单已过期，请再试一次。', 'The form had expired. Please try again.']);
}
