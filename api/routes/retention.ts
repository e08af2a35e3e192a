import { createRoute, z } from '@hono/zod-openapi';
import { certificates } from '../../db/queries/destroyed.ts';
import { changeOrganisation } from '../../door/organisation.ts';
import { RETENTION } from '../../engine/retention/classes.ts';
import { monthsOf } from '../../engine/retention/periods.ts';
import type { RetentionClassId } from '../../sdk/retention.ts';
import { auditedUnits } from '../audit/auditor.ts';
import type { AppDeps } from '../deps.ts';
import { problem } from '../errors.ts';
import { languageOf } from '../language.ts';
import { once } from '../once.ts';
import { nowOf } from '../reading.ts';
import { certificateView } from '../retention/report.ts';
import { caseRetention, retentionTable } from '../retention/view.ts';
import { idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import {
  CaseRetention,
  LongerPeriod,
  LongerPeriodRequest,
  RetentionReport,
  RetentionTable,
} from '../schemas/retention.ts';
import { administersUnit } from '../unit-guards.ts';
import { routes } from '../validation.ts';

const dayQuery = z.iso.date().optional();

const table = createRoute({
  method: 'get',
  path: '/retention',
  tags: ['retention'],
  summary: 'How long each class of what is kept is kept at least, which rule says so, and what areas keep longer',
  responses: { 200: json(RetentionTable, 'The table'), ...problems(401, 503) },
});

const lengthen = createRoute({
  method: 'post',
  path: '/retention/periods',
  tags: ['retention'],
  summary:
    'A unit keeps a class longer than the law asks, with the units below it; nothing makes a period shorter again',
  request: { headers: idempotencyHeader, body: jsonBody(LongerPeriodRequest) },
  responses: { 201: json(LongerPeriod, 'The longer period'), ...problems(400, 401, 403, 413, 415, 422, 503) },
});

const ofCase = createRoute({
  method: 'get',
  path: '/cases/{caseId}/retention',
  tags: ['retention'],
  summary:
    'Of a case: what is kept since when, until when and why; holds, a request to erase, and why it cannot be destroyed',
  request: { params: z.object({ caseId: pathId('caseId') }) },
  responses: { 200: json(CaseRetention, 'How long the case is kept'), ...problems(401, 404, 503) },
});

const report = createRoute({
  method: 'get',
  path: '/retention/report',
  tags: ['retention'],
  summary: 'What was destroyed, when, by whom and under which rule (销毁清册); for auditors',
  request: { query: z.object({ from: dayQuery, to: dayQuery, unit: z.string().min(1).max(200).optional() }) },
  responses: { 200: json(RetentionReport, 'The certificates, oldest first'), ...problems(401, 403, 404, 422, 503) },
});

/** `/retention` and what of it concerns a case. */
export const retentionRoutes = (deps: AppDeps) =>
  routes()
    .openapi(table, async (c) => c.json(await retentionTable(deps, languageOf(c)), 200))
    .openapi(lengthen, async (c) => {
      const caller = c.get('caller');
      const body = c.req.valid('json');
      await administersUnit(deps.sql, caller, body.unit, 'unit');
      const of = RETENTION.find(({ id }) => id === body.class);
      const law = of?.period ? monthsOf(of.period) : 0;
      if (body.years * 12 <= law) throw notLonger(Math.ceil(law / 12));
      const { id } = await once(c, { sql: deps.sql, now: nowOf(deps), body }, ({ request }) =>
        changeOrganisation(
          deps.sql,
          { kind: 'person', id: caller.person },
          async (organisation) => {
            const { unit, years, source } = body;
            await organisation.lengthenRetention({
              id: request.id,
              unit,
              years,
              source,
              class: body.class as RetentionClassId,
            });
            return { id: request.id };
          },
          request,
        ),
      );
      return c.json({ id }, 201);
    })
    .openapi(report, async (c) => {
      const { from, to, unit } = c.req.valid('query');
      const units = await auditedUnits(deps, c.get('caller'), unit);
      const found = await certificates(deps.sql, { from, to, units });
      return c.json({ items: found.map((each) => certificateView(each, languageOf(c))) }, 200);
    })
    .openapi(ofCase, async (c) =>
      c.json(await caseRetention(deps, c.get('caller'), c.req.valid('param').caseId, languageOf(c)), 200),
    );

function notLonger(years: number) {
  return problem(
    'INVALID_DATA',
    [`法定期限是 ${years} 年，只能延长，不能缩短。`, `The law asks for ${years} years; a period is only made longer.`],
    [[`填写多于 ${years} 的年数`, `Give more than ${years} years`]],
    [{ path: 'years', message: String(years) }],
  );
}
