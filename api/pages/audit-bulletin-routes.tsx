import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { bodyOf } from '../../door/act-body.ts';
import { actIdOf } from '../../door/act-id.ts';
import { toDate } from '../../engine/time/civil.ts';
import { monthBulletin, sampleBulletin } from '../audit/bulletin.ts';
import { bulletinList, publishedBulletin, publishOnce, standingOf } from '../audit/published-bulletins.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, statusOfKind } from '../errors.ts';
import { pick } from '../language.ts';
import { madeOnce } from '../once.ts';
import { nowOf } from '../reading.ts';
import { BulletinRequest } from '../schemas/audit-bulletins.ts';
import type { BulletinView } from '../schemas/audit-samples.ts';
import { BulletinPage } from './audit-bulletin.tsx';
import { Published, PublishedPage, Publishing } from './audit-published.tsx';
import { aw } from './audit-words.ts';
import { type AuditorLooks, auditorOnly } from './auditor-only.ts';
import { isFormKey } from './form-values.ts';
import { formOf, isOurs, page } from './frame.ts';

const PAGE_SIZE = 50;

/** Bulletins: as they would be now, their publication, and those published. For auditors. */
export function bulletinPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();
  const forAuditor = auditorOnly(deps);

  /** A bulletin as it would be now, with the form that publishes it. */
  async function asNow(
    c: Context<AppEnv>,
    { language, visitor }: AuditorLooks,
    { bulletin, path, problem }: { bulletin: BulletinView; path: string; problem?: string },
    status: ContentfulStatusCode = 200,
  ) {
    const standing = await standingOf(deps, bulletin);
    const form = { language, visitor, bulletin, standing, problem, formKey: randomUUID() };
    return page(
      c,
      <BulletinPage {...{ language, visitor, bulletin, path }}>
        <Publishing {...form} />
      </BulletinPage>,
      status,
    );
  }

  app.get(
    '/audit/samples/:sampleId/bulletin',
    forAuditor(async (c, looks) => {
      const { caller, language } = looks;
      const bulletin = await sampleBulletin(deps, caller, c.req.param('sampleId') ?? '', language);
      return asNow(c, looks, { bulletin, path: c.req.path });
    }),
  );

  app.get(
    '/audit/bulletins',
    forAuditor(async (c, looks) => {
      const { caller, language } = looks;
      const asked = c.req.query('month') ?? '';
      const month = /^(19|20|21)\d{2}-(0[1-9]|1[0-2])$/.test(asked) ? asked : toDate(nowOf(deps)).slice(0, 7);
      const bulletin = await monthBulletin(deps, caller, { month, unit: c.req.query('unit'), language });
      return asNow(c, looks, { bulletin, path: c.req.path });
    }),
  );

  app.get(
    '/audit/published-bulletins',
    forAuditor(async (c, { caller, language, visitor }) => {
      const wanted = { unit: undefined, limit: PAGE_SIZE, cursor: c.req.query('cursor'), language };
      const { items, nextCursor } = await bulletinList(deps, caller, wanted);
      return page(c, <PublishedPage {...{ language, visitor, bulletins: items, next: nextCursor }} />);
    }),
  );

  app.post(
    '/audit/published-bulletins',
    forAuditor(async (c, looks) => {
      const { caller, language } = looks;
      const { token, key, ...rest } = await formOf(c);
      const body = BulletinRequest.safeParse(rest);
      if (!isOurs({ token: token ?? '' }, caller) || !isFormKey(key) || !body.success)
        return c.redirect('/audit/bulletins', 303);
      const id = actIdOf({ caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: key });
      const request = { id, bodyHash: bodyOf(body.data).hash };
      try {
        const asking = { caller, now: nowOf(deps), request };
        const { answer } = await madeOnce(deps.sql, asking, (each) => publishOnce(deps, each, body.data, language));
        return c.redirect(`/audit/published-bulletins/${answer.id}`, 303);
      } catch (error) {
        if (!(error instanceof ApiProblem) || (error.refusal.kind !== 'invalid' && error.refusal.kind !== 'conflict'))
          throw error;
        const { sample, month, unit } = body.data;
        const bulletin =
          sample === undefined
            ? await monthBulletin(deps, caller, { month: month ?? '', unit, language })
            : await sampleBulletin(deps, caller, sample, language);
        const path = sample === undefined ? '/audit/bulletins' : `/audit/samples/${sample}/bulletin`;
        const problem = `${aw('refused', language)}${language === 'zh' ? '：' : ': '}${pick(error.refusal.detail, language)}`;
        return asNow(c, looks, { bulletin, path, problem }, statusOfKind[error.refusal.kind]);
      }
    }),
  );

  app.get(
    '/audit/published-bulletins/:bulletinId',
    forAuditor(async (c, { caller, language, visitor }) => {
      const { row, document } = await publishedBulletin(deps, caller, c.req.param('bulletinId') ?? '');
      return page(
        c,
        <BulletinPage {...{ language, visitor, bulletin: document.bulletin, path: c.req.path }}>
          <Published {...{ language, row, document }} />
        </BulletinPage>,
      );
    }),
  );

  return app;
}
