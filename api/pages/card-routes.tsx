import { type Context, Hono } from 'hono';
import QRCode from 'qrcode';
import { namesOf } from '../../db/queries/names.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, problemBody, tooMany } from '../errors.ts';
import { type Language, languageOf, pick } from '../language.ts';
import { originOf } from '../origin.ts';
import { peerOf } from '../peer.ts';
import { cardPath, cardToChange, publicCard, publishCard, withdrawCard } from '../post-cards.ts';
import { createRateLimit } from '../rate-limit.ts';
import { PUBLIC_LIMIT } from '../routes/post-cards.ts';
import { PostCardRequest } from '../schemas/cards.ts';
import { CardFormPage } from './card-form.tsx';
import { asset, formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { type CardForm, PublicCardPage } from './public-card.tsx';

/** Nobody keeps what may be taken back any moment, and no search engine lists it. */
const UNKEPT = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex, nofollow', Vary: 'Accept' };

/** The public page of a convenience card, and the form with which its holder publishes it. */
export function cardPages(deps: AppDeps) {
  const sheet = asset('card.css');
  const limit = createRateLimit(PUBLIC_LIMIT);
  const app = new Hono<AppEnv>();

  app.get('/assets/card.css', (c) =>
    c.body(sheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );

  app.get('/public/posts/:postId/card', async (c) => {
    const wait = limit(peerOf(c));
    if (wait !== undefined) throw tooMany(wait);
    const wantsPage = (c.req.header('accept') ?? '').includes('text/html');
    const language = wantsPage ? pageLanguage(c) : languageOf(c);
    const card = await publicCard(deps, c.req.param('postId'), { language, origin: originOf(deps, c) });
    if (!wantsPage) return c.json(card, 200, UNKEPT);
    const code = await QRCode.toString(card.url, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
    const path = cardPath(card.post.id);
    return page(
      c,
      <PublicCardPage language={language} card={card} code={code} path={path} form={formWanted(c)} />,
      200,
      UNKEPT,
    );
  });

  const showForm = async (c: Context<AppEnv>, refused?: string) => {
    const language = pageLanguage(c);
    const post = c.req.param('postId') ?? '';
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const { card, holder } = await cardToChange(deps, caller, post);
    const names = await namesOf(deps.sql, new Set([post]));
    return page(
      c,
      <CardFormPage
        language={language}
        visitor={await visitorOf(deps, caller, language)}
        post={post}
        name={pick(names.posts.get(post) ?? [post, post], language)}
        holder={holder}
        card={card}
        refused={refused}
      />,
      refused === undefined ? 200 : 422,
    );
  };

  app.get('/posts/:postId/card', (c) => showForm(c));

  app.post('/posts/:postId/card', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const form = await formOf(c);
    if (!isOurs(form, caller)) return toSignIn(c);
    const wish = PostCardRequest.safeParse({
      showName: form['showName'] === 'yes',
      telephone: form['telephone']?.trim() || null,
      services: linesOf(form['services']),
      languages: linesOf(form['languages']),
    });
    if (!wish.success) return showForm(c, whatIsWrong(wish.error.issues[0]?.path[0], pageLanguage(c)));
    try {
      await publishCard(deps, caller, c.req.param('postId'), wish.data);
    } catch (error) {
      if (error instanceof ApiProblem && error.refusal.kind === 'conflict')
        return showForm(c, problemBody(error.refusal, pageLanguage(c)).detail);
      throw error;
    }
    return c.redirect(`/posts/${encodeURIComponent(c.req.param('postId'))}/card`, 303);
  });

  app.post('/posts/:postId/card/withdraw', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller || !isOurs(await formOf(c), caller)) return toSignIn(c);
    await withdrawCard(deps, caller, c.req.param('postId'));
    return c.redirect(`/posts/${encodeURIComponent(c.req.param('postId'))}/card`, 303);
  });

  return app;
}

function formWanted(c: Context): CardForm {
  const print = c.req.query('print');
  return print === 'card' || print === 'sheet' ? print : 'read';
}

function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}

function whatIsWrong(field: unknown, language: Language): string {
  const words: Readonly<Record<string, readonly [string, string]>> = {
    telephone: ['电话号码不对。', 'That is not a telephone number.'],
    services: ['服务事项最多 30 项，每项最多 60 字。', 'At most 30 services of 60 characters each.'],
    languages: ['语言最多 10 种，每种最多 30 字。', 'At most 10 languages of 30 characters each.'],
  };
  return pick(words[String(field)] ?? ['内容不符合要求。', 'Something in it is not valid.'], language);
}
