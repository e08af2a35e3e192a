import { createRoute, z } from '@hono/zod-openapi';
import { calendarYear } from '../../db/queries/calendars.ts';
import { unitInReach } from '../../db/queries/organisation.ts';
import { loadYear } from '../../door/calendar-load.ts';
import { type Caller, may } from '../auth/caller.ts';
import { calendarFor } from '../calendar.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';
import { IF_MATCH, ifMatchOf } from '../if-match.ts';
import { languageOf, pick } from '../language.ts';
import { CalendarRequest, CalendarYear, type CalendarYearView, recordOf } from '../schemas/calendar.ts';
import { idIn, json, jsonBody, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';
import { calendarView } from '../views/calendar-view.ts';

const place = {
  params: z.object({
    year: z.coerce
      .number()
      .int()
      .min(1900)
      .max(2999)
      .openapi({ param: { name: 'year', in: 'path' } }),
  }),
  query: z.object({
    area: idIn
      .optional()
      .openapi({ description: 'A unit: the days laid over the country’s calendar for it and all below' }),
  }),
};

const read = createRoute({
  method: 'get',
  path: '/calendars/{year}',
  tags: ['calendars'],
  summary: 'The official working-day calendar of a year, or the guess while there is none',
  request: place,
  responses: { 200: json(CalendarYear, 'The year'), ...problems(401, 404, 422, 503) },
});

const put = createRoute({
  method: 'put',
  path: '/calendars/{year}',
  tags: ['calendars'],
  summary: 'Load a year: deadlines it touches are projected again; for administrators',
  request: {
    ...place,
    headers: z.object({
      'if-match': z
        .string()
        .max(100)
        .optional()
        .openapi({ pattern: IF_MATCH, description: 'The revision it was made on; 0 for none' }),
    }),
    body: jsonBody(CalendarRequest),
  },
  responses: {
    200: json(CalendarYear, 'Loaded; the same again changes nothing'),
    ...problems(400, 401, 403, 404, 412, 413, 415, 422, 503),
  },
});

/** `/calendars/{year}` */
export const calendarRoutes = (deps: AppDeps) => {
  async function view(year: number, area: string | undefined): Promise<CalendarYearView> {
    const [row, calendar] = await Promise.all([calendarYear(deps.sql, year, area), calendarFor(deps.sql, area)]);
    return calendarView(year, area, row, calendar);
  }
  return routes()
    .openapi(read, async (c) => {
      const { year } = c.req.valid('param');
      const { area } = c.req.valid('query');
      if (area !== undefined && !(await unitInReach(deps.sql, area, area))) throw notFound();
      const answer = await view(year, area);
      c.header('ETag', `"${answer.revision}"`);
      return c.json(answer, 200);
    })
    .openapi(put, async (c) => {
      const { year } = c.req.valid('param');
      const { area } = c.req.valid('query');
      const body = c.req.valid('json');
      const caller = c.get('caller');
      await mayLoad(deps, caller, area);
      if (body.year !== year)
        throw problem(
          'INVALID_DATA',
          [`地址是 ${year} 年，内容是 ${body.year} 年。`, `The address says ${year}, the body ${body.year}.`],
          [],
          [{ path: 'year', message: `!应为 ${year}|should be ${year}` }],
        );
      const ifMatch = ifMatchOf(c.req.header('if-match'));
      const loaded = await loadYear(deps.sql, {
        record: recordOf(body),
        by: { kind: 'person', id: caller.person },
        ...(area === undefined ? {} : { area }),
        ...(body.reason === undefined ? {} : { reason: body.reason }),
        ...(ifMatch === undefined ? {} : { ifMatch }),
      });
      if (loaded.kind === 'stale')
        throw problem(
          'STALE_REVISION',
          [`这一年的日历已是第 ${loaded.revision} 版。`, `The year is at revision ${loaded.revision} now.`],
          [['重新读取，核对后再保存', 'Read it again and compare before saving']],
        );
      if (loaded.kind === 'invalid') {
        const language = languageOf(c);
        throw problem(
          'INVALID_DATA',
          ['日历中有不符合要求的日期。', 'Some days of the calendar are not valid.'],
          [['按照 errors 中逐项修改后再发。', 'Mend what errors lists and send it again.']],
          loaded.problems.slice(0, 50).map(({ path, message }) => ({ path, message: pick(message, language) })),
        );
      }
      const answer = await view(year, area);
      c.header('ETag', `"${answer.revision}"`);
      return c.json(answer, 200);
    });
};

/** An area's days are an administrator's of that unit or above; the country's those of one with no unit above. */
async function mayLoad(deps: AppDeps, caller: Caller, area: string | undefined): Promise<void> {
  const found = await unitInReach(deps.sql, area ?? caller.unit, caller.unit);
  if (!found) throw notFound();
  const inReach = area === undefined ? found.unit.above === null : found.within;
  if (!may(caller, 'organisation') || !inReach)
    throw problem(
      'FORBIDDEN',
      [
        '只有管理员可以载入日历：全国的由最上级单位，地区的由该单位或其上级。',
        'Only administrators load calendars: the country’s that of the topmost unit, an area’s that of its unit or above.',
      ],
      [['请管理员办理', 'Ask an administrator']],
    );
}
