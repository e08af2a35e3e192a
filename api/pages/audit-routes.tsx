import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { unitsBelow } from '../../db/queries/audit-events.ts';
import { namesOf } from '../../db/queries/names.ts';
import { bodyOf } from '../../door/act-body.ts';
import { actIdOf } from '../../door/act-id.ts';
import { addDays, isCalendarDate, startOfDay } from '../../engine/time/civil.ts';
import { auditedUnits } from '../audit/auditor.ts';
import { auditEvents } from '../audit/events.ts';
import { levelReport, officialReport } from '../audit/officials.ts';
import { drawOnce, sampleList, sampleView } from '../audit/samples.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import { madeOnce } from '../once.ts';
import { nowOf } from '../reading.ts';
import { SampleRequest } from '../schemas/audit-samples.ts';
import { AuditPage, type SearchForm } from './audit.tsx';
import { bulletinPages } from './audit-bulletin-routes.tsx';
import { LevelsPage, OfficialPage } from './audit-official.tsx';
import { SamplePage, SamplesPage } from './audit-samples.tsx';
import { aw } from './audit-words.ts';
import { auditorOnly } from './auditor-only.ts';
import { isFormKey } from './form-values.ts';
import { asset, formOf, isOurs, page } from './frame.ts';

const PAGE_SIZE = 50;

/** The auditor's pages: search, samples, bulletins, officials, levels. Nobody else finds them. */
export function auditPages(deps: AppDeps) {
  const sheet = asset('audit.css');
  const forAuditor = auditorOnly(deps);
  const app = new Hono<AppEnv>();

  async function choicesOf(caller: Caller, language: Language) {
    const units = await unitsBelow(deps.sql, caller.unit, undefined);
    const names = await namesOf(deps.sql, new Set(units));
    const choices = units.map((id) => ({ id, name: pick(names.units.get(id) ?? [id, id], language) }));
    return choices.sort((one, other) => Number(other.id === caller.unit) - Number(one.id === caller.unit));
  }

  app.get('/assets/audit.css', (c) =>
    c.body(sheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );

  app.get(
    '/audit',
    forAuditor(async (c, { caller, language, visitor }) => {
      const text = (name: string) => (c.req.query(name) ?? '').trim().slice(0, 200);
      const form: SearchForm = {
        ...{ unit: text('unit') || caller.unit, person: text('person'), post: text('post'), act: text('act') },
        ...{ type: text('type'), from: text('from'), until: text('until') },
      };
      const cursor = c.req.query('cursor');
      const units = await choicesOf(caller, language);
      const search = await auditedUnits(deps, caller, form.unit)
        .then((within) => auditEvents(deps, caller, filtersOf(form, within), { limit: PAGE_SIZE, cursor, language }))
        .catch((error: unknown) => {
          if (error instanceof ApiProblem && error.refusal.kind === 'invalid')
            return pick(error.refusal.detail, language);
          throw error;
        });
      const found = typeof search === 'string' ? { items: [], nextCursor: null, unread: null } : search;
      const query = new URLSearchParams(Object.entries(form).filter(([, value]) => value !== ''));
      return page(
        c,
        <AuditPage
          {...{ language, visitor, units, form }}
          problem={typeof search === 'string' ? search : undefined}
          events={found.items}
          unread={found.unread ?? 0}
          next={found.nextCursor === null ? null : `/audit?${query}&cursor=${found.nextCursor}`}
        />,
        typeof search === 'string' ? 422 : 200,
      );
    }),
  );

  app.get(
    '/audit/samples',
    forAuditor(async (c, { caller, language, visitor }) => {
      const wanted = { unit: undefined, limit: PAGE_SIZE, cursor: c.req.query('cursor'), language };
      const [{ items, nextCursor }, units] = await Promise.all([
        sampleList(deps, caller, wanted),
        choicesOf(caller, language),
      ]);
      const props = { language, visitor, units, unit: caller.unit, samples: items, next: nextCursor };
      return page(c, <SamplesPage {...props} formKey={randomUUID()} />);
    }),
  );

  app.post(
    '/audit/samples',
    forAuditor(async (c, { caller, language }) => {
      const form = await formOf(c);
      const { key } = form;
      const body = SampleRequest.safeParse({ unit: form['unit'], size: Number(form['size']) });
      if (!isOurs(form, caller) || !isFormKey(key) || !body.success) return c.redirect('/audit/samples', 303);
      const id = actIdOf({ caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: key });
      const request = { id, bodyHash: bodyOf(body.data).hash };
      try {
        const asking = { caller, now: nowOf(deps), request };
        const { answer } = await madeOnce(deps.sql, asking, (each) => drawOnce(deps, each, body.data));
        return c.redirect(`/audit/samples/${answer.id}`, 303);
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.refusal.kind !== 'invalid') throw error;
        return c.text(
          `${aw('refused', language)}${language === 'zh' ? '：' : ': '}${pick(error.refusal.detail, language)}`,
          422,
        );
      }
    }),
  );

  app.get(
    '/audit/samples/:sampleId',
    forAuditor(async (c, { caller, language, visitor }) => {
      const sample = await sampleView(deps, caller, c.req.param('sampleId') ?? '', language);
      return page(c, <SamplePage {...{ language, visitor, sample }} />);
    }),
  );

  app.route('/', bulletinPages(deps));

  app.get(
    '/audit/officials/:personId',
    forAuditor(async (c, { caller, language, visitor }) => {
      const report = await officialReport(deps, caller, { person: c.req.param('personId') ?? '' }, {}, language);
      return page(c, <OfficialPage {...{ language, visitor, report }} />);
    }),
  );

  app.get(
    '/audit/levels',
    forAuditor(async (c, { caller, language, visitor }) => {
      const report = await levelReport(deps, caller, {}, language);
      return page(c, <LevelsPage {...{ language, visitor, report }} />);
    }),
  );

  return app;
}

/** What a form searches for; what it does not say, or says wrongly, narrows nothing. */
function filtersOf(form: SearchForm, units: readonly string[]) {
  const id = (text: string) => (/^[\p{L}\p{N}_.:/@-]{1,200}$/u.test(text) ? text : undefined);
  const types = (text: string) => {
    const all = text.split(/[,，、\s]+/).filter((each) => /^[A-Za-z.]{1,60}$/.test(each));
    return all.length === 0 ? undefined : all.slice(0, 20);
  };
  return {
    ...{ units, by: 'recorded' as const, person: id(form.person), post: id(form.post) },
    ...{ acts: types(form.act), types: types(form.type) },
    from: isCalendarDate(form.from) ? startOfDay(form.from) : undefined,
    until: isCalendarDate(form.until) ? startOfDay(addDays(form.until, 1)) : undefined,
  };
}
