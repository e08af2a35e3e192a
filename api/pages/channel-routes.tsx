import { randomUUID } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { listEndpoints, removeEndpoint, unitsLookedAfter } from '../../db/queries/channels.ts';
import { namesOf } from '../../db/queries/names.ts';
import { listAttempts } from '../../db/queries/sendings.ts';
import { listSentDays } from '../../db/queries/sent-days.ts';
import type { ChannelName } from '../../door/endpoint.ts';
import { isCalendarDate } from '../../engine/time/civil.ts';
import type { Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import {
  addEndpoint,
  type ChannelAsking,
  changeChannel,
  endpointToManage,
  resendChannel,
  sendCode,
  testChannel,
  verifyChannel,
} from '../channels.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, notFound, problem, problemBody } from '../errors.ts';
import { administeredBy } from '../inbox.ts';
import { inputErrors } from '../issues.ts';
import { pick } from '../language.ts';
import { nowOf } from '../reading.ts';
import { ChannelChange, ChannelCode, ChannelRequest } from '../schemas/channels.ts';
import { attemptView, channelView } from '../views/channel-view.ts';
import { ChannelPage } from './channel.tsx';
import { tellChannel } from './channel-words.ts';
import { type ChannelGroup, ChannelsPage, type Notice } from './channels.tsx';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';

/** More are not shown in one list. */
const MOST = 100;
const ATTEMPTS = 30;
const DAYS = 31;

type Form = Readonly<Record<string, string>>;
type PageContext = Context<AppEnv>;

/** `/channels`: where a person's messages go outside, and those of the units he looks after. */
export function channelPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();
  const askingOf = (caller: Caller): ChannelAsking => ({
    ...{ sql: deps.sql, caller, now: nowOf(deps), channels: deps.channels },
  });

  app.get('/channels', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    return list(c, caller, { done: doneOf(c.req.query('done')) });
  });

  app.post('/channels', (c) =>
    doing(c, undefined, async (asking, form) => {
      const { unit, channel, address = '', phone = '', url = '', secret = '', keyword = '' } = form;
      const given = channel === 'email' ? { address } : channel === 'sms' ? { phone } : { url, secret, keyword };
      const row = await addEndpoint(
        asking,
        randomUUID(),
        checked(c, ChannelRequest, {
          ...(unit ? { owner: { unit } } : {}),
          ...{ channel, settings: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')) },
          language: pageLanguage(c),
        }),
      );
      return `/channels/${row.id}?done=${row.verifiedAt === null ? '' : 'done'}`;
    }),
  );

  app.get('/channels/:id', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    return one(c, caller, c.req.param('id'), { done: doneOf(c.req.query('done')) });
  });

  app.post('/channels/:id/:what', (c) => {
    const id = c.req.param('id');
    const what = c.req.param('what');
    const here = (done: string) => `/channels/${encodeURIComponent(id)}?done=${done}`;
    return doing(c, id, async (asking, form) => {
      switch (what) {
        case 'settings':
          await changeChannel(asking, id, checked(c, ChannelChange, settingsOf(form)));
          return here('done');
        case 'enable':
        case 'disable':
          await changeChannel(asking, id, { enabled: what === 'enable' });
          return here('done');
        case 'verify':
          await verifyChannel(asking, id, checked(c, ChannelCode, { code: (form['code'] ?? '').trim() }).code);
          return here('done');
        case 'code':
          await sendCode(asking, id);
          return here('onItsWay');
        case 'test':
          await testChannel(asking, id, randomUUID());
          return here('onItsWay');
        case 'resend':
          await resendChannel(asking, id, undefined);
          return here('onItsWay');
        case 'remove': {
          const { row } = await endpointToManage(asking, id);
          await removeEndpoint(asking.sql, row.id, asking.now);
          return '/channels?done=done';
        }
        default:
          throw notFound();
      }
    });
  });

  /** Does what a form asks for and leads on, or shows the page again with what was wrong. */
  async function doing(
    c: PageContext,
    id: string | undefined,
    make: (asking: ChannelAsking, form: Form) => Promise<string>,
  ): Promise<Response> {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const language = pageLanguage(c);
    const again = (notice: Notice, status: ContentfulStatusCode) =>
      id === undefined ? list(c, caller, notice, status) : one(c, caller, id, notice, status);
    const form = await formOf(c);
    if (!isOurs(form, caller)) return again({ trouble: { detail: tellChannel('expired', language), more: [] } }, 403);
    try {
      return c.redirect(await make(askingOf(caller), form), 303);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.refusal.kind === 'notFound') throw error;
      const { detail, status, errors = [], waysOut = [] } = problemBody(error.refusal, language);
      return again({ trouble: { detail, more: [...errors.map(({ message }) => message), ...waysOut] } }, status);
    }
  }

  async function list(
    c: PageContext,
    caller: Caller,
    notice: Notice,
    status: ContentfulStatusCode = 200,
  ): Promise<Response> {
    const language = pageLanguage(c);
    const units = await unitsLookedAfter(deps.sql, caller.person, administeredBy(caller));
    const [visitor, names, ...groups] = await Promise.all([
      visitorOf(deps, caller, language),
      namesOf(deps.sql, new Set(units)),
      ...[undefined, ...units].map((unit) =>
        listEndpoints(
          deps.sql,
          { person: unit === undefined ? caller.person : null, unit: unit ?? null, post: null },
          { limit: MOST },
        ),
      ),
    ]);
    const shown = groups.map((rows, i): ChannelGroup => {
      const id = i === 0 ? undefined : units[i - 1]!;
      return {
        unit: id === undefined ? undefined : { id, name: pick(names.units.get(id) ?? [id, id], language) },
        channels: rows.slice(0, MOST).map(channelView),
      };
    });
    const available: readonly ChannelName[] = deps.channels?.available ?? [];
    return page(c, <ChannelsPage {...{ language, visitor, groups: shown, available, notice }} />, status);
  }

  async function one(
    c: PageContext,
    caller: Caller,
    id: string,
    notice: Notice,
    status: ContentfulStatusCode = 200,
  ): Promise<Response> {
    const language = pageLanguage(c);
    const { row, rights } = await endpointToManage(askingOf(caller), id);
    const before = /^[1-9]\d{0,14}$/.test(c.req.query('before') ?? '') ? Number(c.req.query('before')) : undefined;
    const day = c.req.query('day') ?? '';
    const [visitor, found, days] = await Promise.all([
      visitorOf(deps, caller, language),
      listAttempts(deps.sql, row.id, { limit: ATTEMPTS, before }),
      listSentDays(deps.sql, row.id, { limit: DAYS, before: isCalendarDate(day) ? day : undefined }),
    ]);
    const attempts = found.slice(0, ATTEMPTS);
    return page(
      c,
      <ChannelPage
        {...{ language, visitor, notice, channel: channelView(row), mayTrust: rights.admin }}
        attempts={attempts.map((each) => attemptView(each, language, rights))}
        earlier={found.length > ATTEMPTS ? (attempts.at(-1)?.id ?? null) : null}
        days={days.slice(0, DAYS)}
        daysBefore={days.length > DAYS ? (days[DAYS - 1]?.day ?? null) : null}
      />,
      status,
    );
  }

  return app;
}

/** A form's wish by the schema of the API; what is wrong is told as there. */
function checked<T>(c: PageContext, schema: z.ZodType<T>, given: unknown): T {
  const { data, error } = schema.safeParse(given);
  if (!error) return data;
  throw problem(
    'INVALID_DATA',
    ['请核对填写的内容。', 'Please check what you entered.'],
    [],
    inputErrors(error.issues, pageLanguage(c)),
  );
}

function settingsOf(form: Form): unknown {
  const { digest, dailyAt, quietNone, quietFrom, quietTo, language, trusted } = form;
  return {
    digest: digest === 'daily' ? { dailyAt } : digest,
    quietHours: quietNone === 'yes' ? null : { from: quietFrom, to: quietTo },
    language,
    trusted: trusted === 'yes',
  };
}

function doneOf(done: string | undefined): Notice['done'] {
  return done === 'done' || done === 'onItsWay' ? done : undefined;
}
