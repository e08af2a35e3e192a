import { createRoute, z } from '@hono/zod-openapi';
import {
  type AppointmentRow,
  listAppointments,
  listPeople,
  listPosts,
  listUnits,
  type UnitRow,
} from '../../db/queries/organisation.ts';
import { OFFICE_HOURS } from '../../engine/time/rungs.ts';
import { appoint, endAppointment } from '../appointments.ts';
import type { AppDeps } from '../deps.ts';
import { type Language, languageOf, pick } from '../language.ts';
import { once } from '../once.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { nowOf, overseerOf, peopleReaderOf } from '../reading.ts';
import { idempotencyHeader, idIn, json, jsonBody, pageQuery, pathId, problems } from '../schemas/common.ts';
import {
  Appointment,
  AppointmentEnd,
  AppointmentList,
  AppointmentRequest,
  PersonList,
  PostList,
  Unit,
  UnitHours,
  UnitList,
} from '../schemas/organisation.ts';
import { setHours } from '../units.ts';
import { routes } from '../validation.ts';

const units = createRoute({
  method: 'get',
  path: '/units',
  tags: ['organisation'],
  summary: 'Units of the organisation',
  request: {
    query: z.object({
      ...pageQuery,
      level: z.enum(['grid', 'community', 'sub-district', 'district']).optional(),
      below: idIn.optional(),
    }),
  },
  responses: { 200: json(UnitList, 'Units'), ...problems(401, 422, 503) },
});

const posts = createRoute({
  method: 'get',
  path: '/posts',
  tags: ['organisation'],
  summary: 'Posts, each with who holds it now',
  request: { query: z.object({ ...pageQuery, unit: idIn.optional(), kind: idIn.optional(), holder: idIn.optional() }) },
  responses: { 200: json(PostList, 'Posts'), ...problems(401, 422, 503) },
});

const people = createRoute({
  method: 'get',
  path: '/people',
  tags: ['organisation'],
  summary: 'People who hold posts, held them or will; for administrators everybody who signs in as well',
  request: { query: z.object(pageQuery) },
  responses: { 200: json(PersonList, 'People'), ...problems(401, 422, 503) },
});

const appointments = createRoute({
  method: 'get',
  path: '/appointments',
  tags: ['organisation'],
  summary: 'Who holds which post, with dates',
  request: { query: z.object({ ...pageQuery, post: idIn.optional(), person: idIn.optional() }) },
  responses: { 200: json(AppointmentList, 'Appointments'), ...problems(401, 422, 503) },
});

const make = createRoute({
  method: 'post',
  path: '/appointments',
  tags: ['organisation'],
  summary: 'Appoint a person to a post; for administrators',
  request: { headers: idempotencyHeader, body: jsonBody(AppointmentRequest) },
  responses: { 201: json(Appointment, 'Appointed'), ...problems(400, 401, 403, 409, 413, 415, 422, 503) },
});

const end = createRoute({
  method: 'post',
  path: '/appointments/{appointmentId}/end',
  tags: ['organisation'],
  summary:
    'End an appointment: a handover to the head above. Duties stay with the post, a vacant one falls to him, with what its holder was given by name; one that has not begun is withdrawn (`until` = `from`). For administrators',
  request: {
    params: z.object({ appointmentId: pathId('appointmentId') }),
    headers: idempotencyHeader,
    body: jsonBody(AppointmentEnd),
  },
  responses: { 200: json(Appointment, 'Ended'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

const hours = createRoute({
  method: 'put',
  path: '/units/{unitId}/hours',
  tags: ['organisation'],
  summary: 'Set the working hours of a unit, for rungs planned from then on; for administrators',
  request: { params: z.object({ unitId: pathId('unitId') }), headers: idempotencyHeader, body: jsonBody(UnitHours) },
  responses: { 200: json(Unit, 'Set'), ...problems(400, 401, 403, 404, 413, 415, 422, 503) },
});

const unitView = ({ nameZh, nameEn, hoursFrom, hoursTo, closedAt, ...unit }: UnitRow, language: Language) => ({
  ...unit,
  name: pick([nameZh, nameEn], language),
  hours: hoursFrom === null || hoursTo === null ? OFFICE_HOURS : { from: hoursFrom, to: hoursTo },
  closed: closedAt,
});

/** An appointment as the API answers it. */
export const appointmentView = ({ fromAt, untilAt, ...rest }: AppointmentRow) => ({
  ...rest,
  from: fromAt,
  until: untilAt,
});

const after = (cursor: string | undefined) => {
  const at = decodeCursor(cursor, ['text']);
  return at ? String(at[0]) : undefined;
};
const byId = (row: { readonly id: string }) => [row.id];

/** `/units`, `/posts`, `/people`, `/appointments` */
export const organisationRoutes = (deps: AppDeps) =>
  routes()
    .openapi(units, async (c) => {
      const { limit, cursor, level, below } = c.req.valid('query');
      const language = languageOf(c);
      const rows = await listUnits(deps.sql, { limit, after: after(cursor) }, { level, below });
      return c.json(
        pageOf(rows, limit, (row) => unitView(row, language), byId),
        200,
      );
    })
    .openapi(hours, async (c) => {
      const { sql } = deps;
      const { hours: wish } = c.req.valid('json');
      const row = await once(c, { sql, now: nowOf(deps), body: { hours: wish } }, (asking) =>
        setHours(sql, asking, c.req.valid('param').unitId, wish),
      );
      return c.json(unitView(row, languageOf(c)), 200);
    })
    .openapi(posts, async (c) => {
      const { limit, cursor, unit, kind, holder } = c.req.valid('query');
      const language = languageOf(c);
      const rows = await listPosts(deps.sql, { limit, after: after(cursor) }, { unit, kind, holder });
      const view = ({ nameZh, nameEn, closedAt, ...post }: (typeof rows)[number]) => ({
        ...post,
        closed: closedAt,
        name: pick([nameZh, nameEn], language),
      });
      return c.json(pageOf(rows, limit, view, byId), 200);
    })
    .openapi(people, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const rows = await listPeople(deps.sql, peopleReaderOf(c.get('caller')), { limit, after: after(cursor) });
      return c.json(
        pageOf(rows, limit, ({ id, name, posts }) => ({ id, name, posts: [...posts] }), byId),
        200,
      );
    })
    .openapi(appointments, async (c) => {
      const { limit, cursor, post, person } = c.req.valid('query');
      const rows = await listAppointments(
        deps.sql,
        overseerOf(c.get('caller')),
        { limit, after: after(cursor) },
        { post, person },
      );
      return c.json(pageOf(rows, limit, appointmentView, byId), 200);
    })
    .openapi(make, async (c) => {
      const { sql } = deps;
      const now = nowOf(deps);
      const body = c.req.valid('json');
      const row = await once(c, { sql, now, body }, (asking) =>
        appoint(deps, asking, { ...body, from: body.from ?? now }),
      );
      return c.json(appointmentView(row), 201);
    })
    .openapi(end, async (c) => {
      const { sql } = deps;
      const now = nowOf(deps);
      const body = c.req.valid('json');
      const { appointmentId } = c.req.valid('param');
      const row = await once(c, { sql, now, body }, (asking) =>
        endAppointment(sql, asking, appointmentId, body.until ?? now),
      );
      return c.json(appointmentView(row), 200);
    });
