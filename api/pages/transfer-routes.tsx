import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { listPosts } from '../../db/queries/organisation.ts';
import type { TransferRow } from '../../db/queries/transfers.ts';
import { actIdOf } from '../../door/act-id.ts';
import type { Refusal } from '../../engine/refusal.ts';
import type { Program } from '../../sdk/program.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { statusOfKind } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { pinnedProgram } from '../reading.ts';
import { isAsked, mayReadCase } from '../transfer-sight.ts';
import { transfersFor } from '../transfers.ts';
import { formOf, isOurs, ownPath, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { Layout, type Visitor } from './layout.tsx';
import { type ActForm, asAct, isOffered } from './transfer-acts.ts';
import type { Choice } from './transfer-forms.tsx';
import { tell } from './transfer-words.ts';
import { type ShownTransfer, TransfersPage } from './transfers.tsx';

const PAGE_SIZE = 20;

/** The pages of requests between units: the list of one side, and the act of any of their forms. */
export function transferPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();

  app.get('/transfers', async (c) => {
    const language = pageLanguage(c);
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const direction = c.req.query('direction') === 'out' ? 'out' : 'in';
    const waiting = c.req.query('state') === 'offered';
    const filters = { direction, ...(waiting ? { state: 'offered' as const } : {}) } as const;
    const after = cursorOf(c.req.query('cursor'));
    const rows = await transfersFor(deps, caller, filters, { limit: PAGE_SIZE, after, language });
    const shown = rows.slice(0, PAGE_SIZE);
    const last = shown.at(-1)?.row;
    const items = await Promise.all(shown.map((each) => shownTransfer(deps, caller, each, language)));
    return page(
      c,
      <TransfersPage
        language={language}
        visitor={await visitorOf(deps, caller, language)}
        direction={direction}
        waiting={waiting}
        items={items}
        next={rows.length > PAGE_SIZE && last ? encodeCursor([last.offeredAt, last.caseId, last.id]) : null}
      />,
    );
  });

  app.post('/transfers/act', async (c) => {
    const language = pageLanguage(c);
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const form = await formOf(c);
    const back = ownPath(form['back']);
    const visitor = await visitorOf(deps, caller, language);
    const act = isOurs(form, caller) ? asAct(form) : undefined;
    if (!act) return page(c, <Refused language={language} visitor={visitor} back={back} />, 403);
    const outcome = await deps.door.act({
      caseId: act.caseId,
      act: { ...act.act, id: idOf(c, caller, act), actor: actorOf(caller) },
    });
    if (outcome.status === 'recorded') {
      // a case that has gone to another unit has no page for who gave it away
      const stays = !back.startsWith('/cases/') || (await mayReadCase(deps, caller, act.caseId));
      return c.redirect(stays ? back : '/transfers?direction=out', 303);
    }
    const { refusal } = outcome;
    const known = (await mayReadCase(deps, caller, act.caseId)) || (await isAsked(deps, caller, act.caseId));
    if (!known) return page(c, <Refused language={language} visitor={visitor} back={back} gone />, 404);
    const status: ContentfulStatusCode = statusOfKind[refusal.kind];
    return page(c, <Refused language={language} visitor={visitor} back={back} refusal={refusal} />, status);
  });
  return app;
}

/** The form's key makes its act: sent twice, recorded once. */
function idOf(c: Context, caller: Caller, { key }: ActForm): string {
  return actIdOf({ caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: key });
}

function cursorOf(cursor: string | undefined) {
  try {
    const at = decodeCursor(cursor, ['moment', 'text', 'text']);
    return at && { offeredAt: String(at[0]), caseId: String(at[1]), id: String(at[2]) };
  } catch {
    return undefined;
  }
}

/** A request with the choices of its forms: roles are those of the program, posts those of the unit that is asked. */
async function shownTransfer(
  deps: AppDeps,
  caller: Caller,
  { row, view }: Awaited<ReturnType<typeof transfersFor>>[number],
  language: Language,
): Promise<ShownTransfer> {
  const mayRevoke = isOffered(row) && row.outgoing && (await mayReadCase(deps, caller, row.caseId));
  if (!view.mayAnswer) return { view, roles: [], posts: [], mayRevoke };
  const [program, posts] = await Promise.all([
    programOf(deps, row),
    listPosts(deps.sql, { limit: 200, after: undefined }, { unit: row.to }),
  ]);
  const roles = Object.entries(program?.roles ?? {}).flatMap(([role, def]): Choice[] =>
    'post' in def ? [[role, pick(def.name, language)]] : [],
  );
  return {
    view,
    roles,
    posts: posts
      .filter(({ closedAt }) => closedAt === null)
      .map(({ id, nameZh, nameEn }): Choice => [id, pick([nameZh, nameEn], language)]),
    mayRevoke,
  };
}

function programOf(deps: AppDeps, row: TransferRow): Promise<Program | undefined> {
  return row.kind === 'referral'
    ? Promise.resolve(deps.programs.byId(row.programId))
    : pinnedProgram(deps, row.programHash);
}

/** Why an act of a form was not done, and the ways out. */
function Refused({
  language,
  visitor,
  back,
  refusal,
  gone,
}: {
  language: Language;
  visitor: Visitor;
  back: string;
  refusal?: Refusal;
  gone?: true;
}) {
  const detail = gone ? tell('none', language) : refusal ? pick(refusal.detail, language) : tell('expired', language);
  return (
    <Layout title={tell('refused', language)} language={language} path="/transfers" visitor={visitor}>
      <section class="card">
        <h1>{tell('refused', language)}</h1>
        <p class="error">{detail}</p>
        <ul>
          {(refusal?.waysOut ?? []).map((way) => (
            <li>{pick(way, language)}</li>
          ))}
        </ul>
        <p>
          <a href={back}>← {tell('back', language)}</a>
        </p>
      </section>
    </Layout>
  );
}
