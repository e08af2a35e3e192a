import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { AppDeps } from '../deps.ts';
import { createObjections, disclosureView, listDisclosures, publicDisclosure, READ_LIMIT } from '../disclosures.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, problemBody, tooMany } from '../errors.ts';
import { pick } from '../language.ts';
import { peerOf } from '../peer.ts';
import { createRateLimit } from '../rate-limit.ts';
import { ObjectionRequest } from '../schemas/disclosures.ts';
import { DisclosurePage, DisclosuresPage } from './disclosures.tsx';
import { formOf, page, pageLanguage } from './frame.ts';

/** Nobody keeps what comes down, and no search engine lists it. */
const UNKEPT = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex, nofollow' };
const ON_A_PAGE = 20;

/** The public pages of what is made public: the list, and each with the form to object to it. */
export function disclosurePages(deps: AppDeps) {
  const limit = createRateLimit(READ_LIMIT);
  const raise = createObjections(deps);
  const app = new Hono<AppEnv>();
  const slowly = (c: Context) => {
    const wait = limit(peerOf(c));
    if (wait !== undefined) throw tooMany(wait);
  };
  const show = async (c: Context<AppEnv>, id: string, more: { refused?: string; said?: object } = {}) => {
    const language = pageLanguage(c);
    const disclosure = disclosureView(await publicDisclosure(deps, id), language);
    const sent = /^objection-\d{1,6}$/.exec(c.req.query('sent') ?? '')?.[0];
    return page(
      c,
      <DisclosurePage {...{ language, disclosure, formKey: randomUUID(), sent, ...more }} />,
      more.refused === undefined ? 200 : 422,
      UNKEPT,
    );
  };

  app.get('/public/disclosures', async (c) => {
    slowly(c);
    const language = pageLanguage(c);
    const cursor = c.req.query('cursor');
    const list = await listDisclosures(deps, { limit: ON_A_PAGE, cursor }, language);
    return page(c, <DisclosuresPage {...{ language, list }} />, 200, UNKEPT);
  });

  app.get('/public/disclosures/:disclosureId', (c) => {
    slowly(c);
    return show(c, c.req.param('disclosureId'));
  });

  app.post('/public/disclosures/:disclosureId', async (c) => {
    const id = c.req.param('disclosureId');
    const { key = '', ...form } = await formOf(c);
    const said = { text: form['text'] ?? '', contact: form['contact'] ?? '' };
    const wish = ObjectionRequest.safeParse({
      text: said.text.trim(),
      ...(said.contact.trim() === '' ? {} : { contact: said.contact.trim() }),
    });
    const language = pageLanguage(c);
    if (!wish.success)
      return show(c, id, {
        refused: pick(
          ['请填写异议内容，最多 2000 字。', 'Say what you object to, in at most 2,000 characters.'],
          language,
        ),
        said,
      });
    try {
      const { id: number } = await raise(c, id, wish.data, /^[\w-]{8,64}$/.test(key) ? key : undefined);
      return c.redirect(`/public/disclosures/${encodeURIComponent(id)}?sent=${encodeURIComponent(number)}`, 303);
    } catch (error) {
      if (error instanceof ApiProblem && error.refusal.kind === 'conflict')
        return show(c, id, { refused: problemBody(error.refusal, language).detail, said });
      throw error;
    }
  });

  return app;
}
