import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { caseByNumber } from '../../db/queries/cases.ts';
import { namesOf } from '../../db/queries/names.ts';
import { actIdOf } from '../../door/act-id.ts';
import { accessesFor, accessView } from '../access/listing.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, problemBody } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { caseToDecideOn } from '../reading.ts';
import { decidedBy, decisionsOn } from './access-decisions.ts';
import { AccessForms } from './access-forms.tsx';
import { accessWord } from './access-words.ts';
import { AccessesPage } from './accesses.tsx';
import { EmergencyAccessPage } from './emergency-access.tsx';
import { isFormKey } from './form-values.ts';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';

const PAGE_SIZE = 50;

/** The page that tells who has read a case, and what a head or an auditor decides about it. */
export function accessPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();
  app.get('/cases/:caseId/accesses', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    return caller ? show(c, caller) : toSignIn(c);
  });

  app.post('/cases/:caseId/accesses', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const language = pageLanguage(c);
    const form = await formOf(c);
    const { key } = form;
    const act = decidedBy(form);
    if (!isOurs(form, caller) || !act || !isFormKey(key))
      return show(c, caller, { form, status: 403, detail: accessWord('expired', language), waysOut: [] });
    const { caseId } = await caseToDecideOn(deps, caller, c.req.param('caseId'));
    const id = actIdOf({ caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: key });
    const outcome = await deps.door.act({ caseId, act: { ...act, id, actor: actorOf(caller) } });
    if (outcome.status === 'recorded') return c.redirect(c.req.path, 303);
    const { status, detail, waysOut = [] } = problemBody(outcome.refusal, language);
    return show(c, caller, { form, status, detail, waysOut });
  });

  async function show(c: Context<AppEnv>, caller: Caller, trouble?: FormTrouble) {
    const language = pageLanguage(c);
    const record = await caseToDecideOn(deps, caller, c.req.param('caseId') ?? '');
    const { caseId, caseNo } = record;
    const visitor = await visitorOf(deps, caller, language);
    const decisions = await decisionsOn(deps, caller, record);
    const after = cursorOf(c.req.query('cursor'));
    const { found, refused } = await accessesFor(deps, caller, { caseId }, { limit: PAGE_SIZE, after }).then(
      (rows) => ({ found: rows, refused: undefined }),
      (error: unknown) => {
        if (!(error instanceof ApiProblem) || error.refusal.kind !== 'forbidden') throw error;
        return { found: [], refused: pick(error.refusal.detail, language) };
      },
    );
    const rows = found.slice(0, PAGE_SIZE);
    const ids = rows.flatMap(({ person, post, unit }) => [person, post ?? '', unit ?? '']);
    const names = await namesOf(deps.sql, new Set(ids.filter((id) => id !== '')));
    const accesses = rows.map((row) => {
      const office = names.posts.get(row.post ?? '') ?? names.units.get(row.unit ?? '');
      return {
        ...accessView(row, language),
        name: names.people.get(row.person) ?? row.person,
        office: office ? pick(office, language) : '',
      };
    });
    const last = rows.at(-1);
    return page(
      c,
      <AccessesPage
        {...{ language, caseId, caseNo, accesses, refused }}
        visitor={visitor}
        next={found.length > PAGE_SIZE && last ? encodeCursor([last.id]) : null}
        forms={
          <AccessForms
            {...{ language, decisions, trouble, token: visitor.csrfToken, formKey: randomUUID() }}
            path={`/cases/${encodeURIComponent(caseId)}/accesses`}
            values={trouble?.form ?? {}}
          />
        }
      />,
      trouble ? statusOf(trouble.status) : refused === undefined ? 200 : 403,
    );
  }

  app.get('/emergency-access', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const language = pageLanguage(c);
    const visitor = await visitorOf(deps, caller, language);
    return page(c, <EmergencyAccessPage {...{ language, visitor }} formKey={randomUUID()} />);
  });

  app.post('/emergency-access', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const form = await formOf(c);
    if (!isOurs(form, caller) || !isFormKey(form['key'])) return toSignIn(c);
    const language = pageLanguage(c);
    const opened = await openInEmergency(deps, caller, form, language);
    if ('caseId' in opened) return c.redirect(`/cases/${encodeURIComponent(opened.caseId)}`, 303);
    const visitor = await visitorOf(deps, caller, language);
    const { refused } = opened;
    return page(
      c,
      <EmergencyAccessPage {...{ language, visitor, refused }} values={form} formKey={randomUUID()} />,
      409,
    );
  });
  return app;
}

interface FormTrouble {
  readonly form: Readonly<Record<string, string>>;
  readonly status: number;
  readonly detail: string;
  readonly waysOut: readonly string[];
}

const statusOf = (status: number) => (status === 403 || status === 409 || status === 503 ? status : 422);

/** Opens the case a form names by its number or id; or says why not. A case that does not exist is refused like one that cannot be opened. */
async function openInEmergency(
  deps: AppDeps,
  caller: Caller,
  form: Readonly<Record<string, string>>,
  language: Language,
): Promise<{ readonly caseId: string } | { readonly refused: string }> {
  const named = (form['case'] ?? '').trim();
  const caseId = (await caseByNumber(deps.house, named)) ?? named;
  const idempotencyKey = form['key']!;
  const outcome = await deps.door.act({
    caseId,
    act: {
      id: actIdOf({ caller: caller.person, method: 'POST', path: '/emergency-access', idempotencyKey }),
      actor: actorOf(caller),
      type: 'access.breakGlass',
      reason: form['reason'] ?? '',
      data: { minutes: Number(form['minutes']) },
    },
  });
  if (outcome.status === 'recorded') return { caseId };
  const { code, detail } = outcome.refusal;
  const told = code === 'REASON_MISSING' || code === 'ALREADY_DONE' || code === 'STORE_UNAVAILABLE';
  return { refused: told ? pick(detail, language) : accessWord('breakNot', language) };
}

/** Where a link to earlier records goes on; one that was cut or made up means the newest. */
function cursorOf(cursor: string | undefined): number | undefined {
  try {
    const at = decodeCursor(cursor, ['number']);
    return at && Number(at[0]);
  } catch {
    return undefined;
  }
}
