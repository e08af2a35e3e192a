import { readFileSync } from 'node:fs';
import { createRoute, z } from '@hono/zod-openapi';
import type { Registry } from 'prom-client';
import { casesSetAside, migrationsApplied } from '../../db/queries/readiness.ts';
import { restorePending } from '../../db/queries/restores.ts';
import type { AppDeps } from '../deps.ts';
import { json } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const Ready = z
  .object({
    status: z.enum(['ready', 'degraded', 'unavailable']),
    postgres: z.boolean(),
    migrations: z.boolean(),
    temporal: z.boolean().nullable().openapi({ description: 'null: not asked' }),
    worker: z.boolean().nullable(),
    stuckCases: z.number().int().nullable(),
    frozenCases: z.number().int().nullable(),
    restorePending: z.boolean().nullable().openapi({
      description:
        'The database was put back to an earlier point, and what the record lacks is not listed yet: nothing is decided',
    }),
    decides: z.boolean().openapi({
      description: 'Whether this process takes acts: its clock agrees, and its stores were found to agree',
    }),
  })
  .openapi('Readiness');

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['operation'],
  summary: 'The process answers',
  responses: { 200: json(z.object({ status: z.literal('ok') }), 'Alive') },
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['operation'],
  summary:
    'Ready: Postgres and its migrations are there and acts are taken; without Temporal or worker it is degraded, and people can work on',
  responses: { 200: json(Ready, 'Ready or degraded'), 503: json(Ready, 'Not ready') },
});

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['operation'],
  summary: 'Figures for Prometheus',
  responses: { 200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } } },
});

/** How many migrations this release has. */
const migrationsWanted = (): number => {
  const journal = readFileSync(new URL('../../db/migrations/meta/_journal.json', import.meta.url), 'utf8');
  return (JSON.parse(journal) as { entries: unknown[] }).entries.length;
};

/** `/healthz`, `/readyz`, `/metrics`: for whoever runs Linli; they tell nothing of cases. */
export const healthRoutes = (deps: AppDeps, registry: Registry) => {
  const wanted = migrationsWanted();
  return routes()
    .openapi(healthz, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(readyz, async (c) => {
      const [applied, outside] = await Promise.all([
        migrationsApplied(deps.sql).then(
          (count) => ({ postgres: true, migrations: (count ?? 0) >= wanted }),
          () => ({ postgres: false, migrations: false }),
        ),
        deps.temporal?.().catch(() => ({ temporal: false, worker: false })),
      ]);
      const aside = applied.migrations ? await casesSetAside(deps.house).catch(() => undefined) : undefined;
      const pending = applied.migrations ? await restorePending(deps.house).catch(() => undefined) : undefined;
      const body = {
        ...applied,
        temporal: outside?.temporal ?? null,
        worker: outside?.worker ?? null,
        stuckCases: aside?.stuck ?? null,
        frozenCases: aside?.frozen ?? null,
        restorePending: pending ?? null,
        decides: deps.mayFire?.() ?? true,
      };
      if (!applied.postgres || !applied.migrations || pending || !body.decides)
        return c.json({ status: 'unavailable' as const, ...body }, 503, { 'Retry-After': '2' });
      const degraded = outside !== undefined && !(outside.temporal && outside.worker);
      return c.json({ status: degraded ? ('degraded' as const) : ('ready' as const), ...body }, 200);
    })
    .openapi(metrics, async (c) => c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType }));
};
