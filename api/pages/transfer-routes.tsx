import { type Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { namesOf } from '../../db/queries/names.ts';
import { listPosts, listUnits } from '../../db/queries/organisation.ts';
import type { TransferRow } from '../../db/queries/transfers.ts';
import { actIdOf } from '../../door/act-id.ts';
import { headsFrom } from '../../engine/acts/plan.ts';
import { voices } from '../../engine/acts/sharing.ts';
import { askers } from '../../engine/acts/transfer.ts';
import { openQuestions } from '../../engine/offer-story.ts';
import { unitFor, unitsUp } from '../../engine/org.ts';
import type { Refusal } from '../../engine/refusal.ts';
import { rolesOn } from '../../engine/rights.ts';
import type { State } from '../../engine/state.ts';
import type { Org } from '../../engine/world.ts';
import type { Program } from '../../sdk/program.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { statusOfKind } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { nowOf, pinnedProgram } from '../reading.ts';
import { isAsked, mayReadCase, officeOf } from '../transfer-sight.ts';
import { transfersFor } from '../transfers.ts';
import { CaseTransfers, type TransferWays } from './case-transfers.tsx';
import { formOf, isOurs, ownPath, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { Layout, type Visitor } from './layout.tsx';
import { type ActForm, asAct, isOffered } from './transfer-acts.ts';
import type { Choice } from './transfer-forms.tsx';
import { tell } from './transfer-words.ts';
import { type ShownTransfer, TransfersPage } from './transfers.tsx';

const PAGE_SIZE = 20;
/** More units than that are not offered in one list; the API takes any. */
const MOST_UNITS = 500;

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

/** The part of a case's page about other units and levels, with the forms of what this visitor may do. */
export async function caseTransfers(
  deps: AppDeps,
  caller: Caller,
  { caseId, state, program }: { readonly caseId: string; readonly state: State; readonly program: Program | undefined },
  { language, visitor }: { readonly language: Language; readonly visitor: Visitor },
): Promise<{ readonly waits: boolean; readonly content: Child }> {
  if (!program) return { waits: false, content: null };
  const [org, requests] = await Promise.all([
    officeOf(deps, caller),
    transfersFor(deps, caller, { caseId }, { limit: PAGE_SIZE, language }),
  ]);
  const back = `/cases/${encodeURIComponent(caseId)}`;
  const ways = await waysOf(deps, caller, { state, program, org }, language);
  const views = requests.slice(0, PAGE_SIZE).map(({ view }) => view);
  const frame = { language, token: visitor.csrfToken, back };
  return {
    waits: views.some(({ state: so }) => so === 'offered'),
    content: <CaseTransfers frame={frame} caseId={caseId} requests={views} ways={ways} />,
  };
}

/** What a visitor may do; the door decides again when he does it. */
async function waysOf(
  deps: AppDeps,
  caller: Caller,
  { state, program, org }: { readonly state: State; readonly program: Program; readonly org: Org },
  language: Language,
): Promise<TransferWays> {
  const nothing = { programs: [], fields: [], parties: [] };
  if (state.status === 'closed') return { ask: false, escalate: [], questions: [], units: [], shares: nothing };
  const roles = rolesOn(state, actorOf(caller), org, nowOf(deps));
  const worker = askers({ state, world: { program } }).some((role) => roles.has(role));
  const ask = worker || voices({ state, world: { program } }).some((role) => roles.has(role));
  const waiting = openQuestions(state);
  const levels = (['sub-district', 'district'] as const).filter((level) => {
    const unit = unitFor(org, state.unit, level);
    const free = !waiting.some(({ by }) => by === `head:${level}`);
    return free && unit !== undefined && unit !== state.unit && org.units[unit]?.level === level;
  });
  const questions = waiting.filter(({ by }) =>
    headsFrom(by === 'head:district' ? 'district' : 'sub-district').some((role) => roles.has(role)),
  );
  const units = ask ? await otherUnits(deps, org, state.unit, language) : [];
  const asked =
    questions.length === 0
      ? []
      : await transfersFor(
          deps,
          caller,
          { caseId: state.caseId, kind: 'escalation', state: 'offered' },
          { limit: 10, language },
        );
  return {
    ask,
    escalate: worker ? levels.map((level): Choice => [level, tell(level, language)]) : [],
    questions: questions.map(
      ({ id, name }): Choice => [id, asked.find(({ row }) => row.id === id)?.view.text ?? pick(name, language)],
    ),
    units,
    shares: ask ? sharesOf(deps, state, program, language) : nothing,
  };
}

/** What of a case can go with a referral: its filled fields and its people, and the programs it can become a case of. */
function sharesOf(deps: AppDeps, state: State, program: Program, language: Language): TransferWays['shares'] {
  return {
    programs: deps.programs.all().map((each): Choice => [each.id, pick(each.name, language)]),
    fields: Object.keys(state.fields).map(
      (key): Choice => [key, pick(program.fields[key]?.name ?? [key, key], language)],
    ),
    parties: Object.values(state.parties).map(
      ({ id, role, name }): Choice => [
        id,
        [pick(program.roles[role]?.name ?? [role, role], language), name].filter(Boolean).join(' '),
      ],
    ),
  };
}

/** Units a case can be offered to, by name, those nearest first: of the same level above, then all others. */
async function otherUnits(deps: AppDeps, org: Org, own: string, language: Language): Promise<Choice[]> {
  const rows = await listUnits(deps.sql, { limit: MOST_UNITS, after: undefined });
  const above = unitsUp(org, own)[1];
  const names = await namesOf(deps.sql, new Set(rows.map(({ id }) => id)));
  return rows
    .filter(({ id }) => id !== own && org.units[id] !== undefined && !org.units[id]?.closed)
    .toSorted((a, b) => Number(b.above === above) - Number(a.above === above))
    .map(({ id }): Choice => [id, pick(names.units.get(id) ?? [id, id], language)]);
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
