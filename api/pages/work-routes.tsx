import { type Context, Hono } from 'hono';
import { feedsOf } from '../../db/queries/calendar-feeds.ts';
import { listPosts } from '../../db/queries/organisation.ts';
import { type AfterTask, listTasks } from '../../db/queries/work.ts';
import { actIdOf } from '../../door/act-id.ts';
import type { Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, problemBody } from '../errors.ts';
import { endFeed, makeFeed, renewFeed } from '../feeds/own-feeds.ts';
import { acknowledgeMessage, inboxPage } from '../inbox.ts';
import { pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { nowOf, readerOf } from '../reading.ts';
import { limitBody } from '../validation.ts';
import { taskView } from '../views/task-view.ts';
import { FeedsPage } from './feeds.tsx';
import { asset, formOf, isOurs, ownForms, page, pageLanguage, scripted, strict, toSignIn, visitorOf } from './frame.ts';
import { InboxPage, inboxPath } from './inbox.tsx';
import { TasksPage } from './tasks.tsx';

const PAGE_SIZE = 50;

/** A person's own pages: work list, inbox and calendar feeds. The first two have a small script of ours, and work without. */
export function workPages(deps: AppDeps) {
  const script = asset('inbox.js');
  const app = new Hono<AppEnv>();
  for (const path of ['/inbox', '/tasks']) app.use(path, scripted);
  for (const path of ['/inbox/*', '/feeds', '/feeds/*', '/assets/inbox.js']) app.use(path, strict);
  for (const path of ['/inbox/*', '/feeds', '/feeds/*']) app.use(path, limitBody(64 * 1024), ownForms);

  app.get('/assets/inbox.js', (c) =>
    c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );

  app.get('/inbox', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const language = pageLanguage(c);
    const unreadOnly = c.req.query('unread') === 'true';
    const { messages, next } = await inboxPage(deps, caller, {
      ...{ limit: PAGE_SIZE, at: placeOf(c, ['moment', 'text']) },
      ...(unreadOnly ? { acknowledged: false } : {}),
    });
    caller.reads?.cases(messages.map(({ caseId }) => caseId));
    return page(
      c,
      <InboxPage
        language={language}
        visitor={await visitorOf(deps, caller, language)}
        messages={messages}
        unreadOnly={unreadOnly}
        cursor={c.req.query('cursor')}
        next={next}
        nonce={c.get('secureHeadersNonce')}
      />,
      200,
    );
  });

  app.post('/inbox/:messageId/acknowledge', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const form = await formOf(c);
    if (!isOurs(form, caller)) return toSignIn(c);
    const messageId = c.req.param('messageId');
    // pressed twice it is the same act
    const request = { caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: messageId };
    await acknowledgeMessage(deps, caller, { messageId, actId: actIdOf(request) });
    return c.redirect(inboxPath(form['unread'] === 'true', form['cursor']), 303);
  });

  app.get('/tasks', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const language = pageLanguage(c);
    const at = placeOf(c, ['moment?', 'text', 'text']);
    const after = at && ({ dueAt: at[0], caseId: at[1], itemId: at[2] } as AfterTask);
    const now = nowOf(deps);
    const [rows, posts] = await Promise.all([
      listTasks(deps.sql, readerOf(caller), {}, { limit: PAGE_SIZE, after }),
      listPosts(deps.sql, { limit: PAGE_SIZE, after: undefined }, { holder: caller.person }),
    ]);
    const shown = rows.slice(0, PAGE_SIZE);
    caller.reads?.cases(shown.map(({ caseId }) => caseId));
    const last = shown.at(-1);
    return page(
      c,
      <TasksPage
        language={language}
        visitor={await visitorOf(deps, caller, language)}
        tasks={shown.map((row) => taskView(row, language, now))}
        posts={posts.map(({ id, nameZh, nameEn }) => ({ id, name: pick([nameZh, nameEn], language) }))}
        next={rows.length > PAGE_SIZE && last ? encodeCursor([last.dueAt, last.caseId, last.itemId]) : null}
        now={now}
        nonce={c.get('secureHeadersNonce')}
      />,
      200,
    );
  });

  const showFeeds = async (c: Context<AppEnv>, caller: Caller, told: { made?: string; refused?: string } = {}) => {
    const language = pageLanguage(c);
    const visitor = await visitorOf(deps, caller, language);
    const feeds = await feedsOf(deps.sql, caller.person);
    return page(c, <FeedsPage language={language} visitor={visitor} feeds={feeds} {...told} />);
  };

  app.get('/feeds', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    return caller ? showFeeds(c, caller) : toSignIn(c);
  });

  /** Changes a feed as a form asks, and shows what came of it: an address is told in this answer alone. */
  const change = async (
    c: Context<AppEnv>,
    work: (form: Readonly<Record<string, string>>) => Promise<{ url: string | null } | undefined>,
  ) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const form = await formOf(c);
    if (!isOurs(form, caller)) return toSignIn(c);
    c.set('caller', caller);
    try {
      const made = await work(form);
      return made?.url ? await showFeeds(c, caller, { made: made.url }) : c.redirect('/feeds', 303);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.refusal.kind !== 'conflict') throw error;
      return showFeeds(c, caller, { refused: problemBody(error.refusal, pageLanguage(c)).detail });
    }
  };

  app.post('/feeds', (c) =>
    change(c, (form) => {
      const months = Math.min(12, Math.max(1, Math.trunc(Number(form['months'])) || 3));
      return makeFeed(c, deps, { language: pageLanguage(c), months });
    }),
  );
  app.post('/feeds/:feedId/rotate', (c) => change(c, () => renewFeed(c, deps, c.req.param('feedId'))));
  app.post('/feeds/:feedId/revoke', (c) =>
    change(c, async () => {
      await endFeed(c, deps, c.req.param('feedId'));
      return undefined;
    }),
  );

  return app;
}

/** Where a link to a further page goes on; one that was cut or made up means the first page. */
function placeOf(c: Context, places: Parameters<typeof decodeCursor>[1]) {
  try {
    return decodeCursor(c.req.query('cursor'), places);
  } catch {
    return undefined;
  }
}
