import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { listPosts, listUnits, unitInReach } from '../../db/queries/organisation.ts';
import { listUnitMoves } from '../../db/queries/unit-moves.ts';
import { unitTree } from '../../db/queries/unit-tree.ts';
import { bodyOf } from '../../door/act-body.ts';
import { actIdOf } from '../../door/act-id.ts';
import { RepeatedOrgRequest } from '../../door/organisation.ts';
import type { Level } from '../../engine/world.ts';
import type { Text } from '../../sdk/program.ts';
import { type Caller, hasLogin } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, notFound, statusOfKind } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { addPost, closePost, movePost, renamePost } from '../post-changes.ts';
import { addUnit, changeUnit, closeUnit, mergeUnit } from '../unit-changes.ts';
import type { OrgAsking } from '../unit-guards.ts';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { MergePage, OrganisationPage, RefusedPage, type ShownUnit } from './organisation.tsx';
import type { Choice } from './organisation-forms.tsx';
import { levelsBelow, orgWord } from './organisation-words.ts';

/** More are not shown in one list; the API takes any. */
const MOST_POSTS = 200;
const MOST_UNITS = 500;

type Form = Readonly<Record<string, string>>;

/** What a form asks for, and the unit whose page it leads back to. */
interface Wish {
  readonly back: string;
  make(asking: OrgAsking): Promise<unknown>;
}

/** `/organisation`: the tree of units with posts, holders and deputies, and for administrators the forms that change it. */
export function organisationPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();
  const { sql } = deps;

  app.get('/organisation', async (c) => {
    const caller = await callerOfSession(c, sql);
    if (!caller) return toSignIn(c);
    const language = pageLanguage(c);
    const shown = await shownUnit(deps, caller, c.req.query('unit') ?? caller.unit, language);
    const visitor = await visitorOf(deps, caller, language);
    return page(c, <OrganisationPage language={language} visitor={visitor} shown={shown} />);
  });

  app.post('/organisation/units/:unit/merge', async (c) => {
    const caller = await callerOfSession(c, sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const form = await formOf(c);
    const unit = c.req.param('unit');
    const into = form['into'] ?? '';
    if (form['confirm'] === 'yes')
      return changed(c, caller, form, { back: into, make: (asking) => mergeUnit(sql, asking, unit, into) });
    if (!isOurs(form, caller)) return refused(c, caller, unit);
    try {
      const { into: parts } = await mergeUnit(sql, { caller }, unit, into);
      const [from, to] = [await unitTree(sql, unit), await unitTree(sql, into)];
      const language = pageLanguage(c);
      const visitor = await visitorOf(deps, caller, language);
      return page(
        c,
        <MergePage language={language} visitor={visitor} unit={from!.unit} into={to!.unit} moving={parts[0]!} />,
      );
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return refused(c, caller, unit, error);
    }
  });

  app.post('/organisation/:of{units|posts}/:id/:what', async (c) => {
    const caller = await callerOfSession(c, sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const form = await formOf(c);
    const wish = wishOf(c.req.param('of'), c.req.param('id'), c.req.param('what'), form);
    return changed(c, caller, form, wish);
  });

  /** Makes a change of a form once, and leads back to the unit. */
  async function changed(c: Context<AppEnv>, caller: Caller, form: Form, wish: Wish): Promise<Response> {
    const key = form['key'] ?? '';
    if (!isOurs(form, caller) || !/^[\w-]{8,64}$/.test(key)) return refused(c, caller, wish.back);
    const { token: _, key: __, ...said } = form;
    const id = actIdOf({ caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: key });
    try {
      await wish.make({ caller, request: { id, bodyHash: bodyOf(said).hash } });
    } catch (error) {
      if (error instanceof ApiProblem) return refused(c, caller, wish.back, error);
      // the form was sent twice: the first one made it
      if (!(error instanceof RepeatedOrgRequest)) throw error;
    }
    return c.redirect(`/organisation?unit=${encodeURIComponent(wish.back)}`, 303);
  }

  async function refused(c: Context<AppEnv>, caller: Caller, unit: string, error?: ApiProblem): Promise<Response> {
    const language = pageLanguage(c);
    const visitor = await visitorOf(deps, caller, language);
    const back = `/organisation?unit=${encodeURIComponent(unit)}`;
    const detail = error ? pick(error.refusal.detail, language) : orgWord('expired', language);
    const status: ContentfulStatusCode = error ? statusOfKind[error.refusal.kind] : 403;
    const why = { language, visitor, back, detail, ...(error ? { waysOut: error.refusal.waysOut } : {}) };
    return page(c, <RefusedPage {...why} />, status);
  }

  /** The change a form names; not found when it names none. */
  function wishOf(of: string, id: string, what: string, form: Form): Wish {
    const name: Text = [form['zh']?.trim() ?? '', form['en']?.trim() || (form['zh']?.trim() ?? '')];
    const [unit, wish] = [form['unit'] ?? '', `${of}/${what}`];
    const made = (asking: OrgAsking, prefix: string) => `${prefix}-${asking.request!.id.slice(0, 13)}`;
    switch (wish) {
      case 'units/rename':
        return { back: id, make: (asking) => changeUnit(sql, asking, id, { name: given(name) }) };
      case 'units/close':
        return { back: id, make: (asking) => closeUnit(sql, asking, id) };
      case 'units/units': {
        const level = form['level'] ?? '';
        if (!levelsBelow('district').includes(level)) throw notFound();
        const below = { level: level as Level, above: id };
        return {
          back: id,
          make: (asking) => addUnit(sql, asking, { ...below, id: made(asking, level), name: given(name) }),
        };
      }
      case 'units/posts': {
        const heads = form['heads'] === 'yes' ? { heads: true as const } : {};
        const post = { unit: id, kind: kindOf(form), ...heads };
        return {
          back: id,
          make: (asking) => addPost(sql, asking, { ...post, id: made(asking, 'post'), name: given(name) }),
        };
      }
      case 'posts/rename':
        return { back: unit, make: (asking) => renamePost(sql, asking, id, given(name)) };
      case 'posts/move':
        return { back: unit, make: (asking) => movePost(sql, asking, id, { unit: form['to'] ?? '' }) };
      case 'posts/close':
        return { back: unit, make: (asking) => closePost(sql, asking, id) };
      default:
        throw notFound();
    }
  }

  return app;
}

/** A name that was filled in. Throws the problem 422. */
function given(name: Text): Text {
  if (name[0] !== '' && name.every((each) => each.length <= 200)) return name;
  throw new ApiProblem({
    ...{ code: 'INVALID_DATA', kind: 'invalid', detail: ['请填写名称。', 'Fill in the name.'], waysOut: [] },
  });
}

function kindOf(form: Form): string {
  const kind = form['kind']?.trim() ?? '';
  return /^[\p{L}\p{N}_.:/@-]{1,200}$/u.test(kind) ? kind : 'post';
}

/** A unit with what the visitor may do to it. Throws the problem 404. */
async function shownUnit(deps: AppDeps, caller: Caller, id: string, language: Language): Promise<ShownUnit> {
  const { sql } = deps;
  const [tree, reach] = await Promise.all([unitTree(sql, id), unitInReach(sql, id, caller.unit)]);
  if (!tree || !reach) throw notFound();
  const mayChange = hasLogin(caller, 'admin') && reach.within;
  const [posts, moves, units] = await Promise.all([
    listPosts(sql, { limit: MOST_POSTS, after: undefined }, { unit: id }),
    listUnitMoves(sql, { limit: 20, after: undefined }, { unit: id }),
    mayChange ? listUnits(sql, { limit: MOST_UNITS, after: undefined }, { below: caller.unit }) : [],
  ]);
  return {
    tree,
    mayChange,
    posts: posts.filter(({ closedAt }) => closedAt === null),
    moves: moves.filter(({ doneAt, cases }) => doneAt === null || cases > 0),
    others: units
      .filter((each) => each.id !== id && each.closedAt === null)
      .map(({ id: other, nameZh, nameEn }): Choice => [other, pick([nameZh, nameEn], language)]),
  };
}
