import { Hono } from 'hono';
import { namesOf } from '../../db/queries/names.ts';
import { overseenUnits } from '../../db/queries/workload.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { notFound } from '../errors.ts';
import { pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { overseerOf } from '../reading.ts';
import { workloadsOf } from '../workload.ts';
import { page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { WorkloadPage } from './workload.tsx';

const PAGE_SIZE = 50;

/** The page of workloads: for heads of units, administrators and auditors; nobody else finds it. */
export function workloadPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();
  app.get('/workload', async (c) => {
    const language = pageLanguage(c);
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const seen = await overseenUnits(deps.sql, overseerOf(caller));
    const asked = c.req.query('unit');
    const unit = asked === undefined ? seen[0]?.id : seen.find(({ id }) => id === asked)?.id;
    if (unit === undefined) throw notFound();
    const below = c.req.query('below') === 'true';
    const after = cursorOf(c.req.query('cursor'));
    const [rows, names] = await Promise.all([
      workloadsOf(deps, caller, { unit, below, after }, PAGE_SIZE, language),
      namesOf(deps.sql, new Set(seen.map(({ id }) => id))),
    ]);
    const posts = rows.slice(0, PAGE_SIZE);
    const last = posts.at(-1);
    return page(
      c,
      <WorkloadPage
        language={language}
        visitor={await visitorOf(deps, caller, language)}
        units={seen.map(({ id }) => ({ id, name: pick(names.units.get(id) ?? [id, id], language) }))}
        unit={unit}
        below={below}
        posts={posts}
        next={rows.length > PAGE_SIZE && last ? encodeCursor([last.unit, last.post]) : null}
      />,
    );
  });
  return app;
}

/** Where a link to further posts goes on; one that was cut or made up means the first page. */
function cursorOf(cursor: string | undefined): readonly [string, string] | undefined {
  try {
    const at = decodeCursor(cursor, ['text', 'text']);
    return at && [String(at[0]), String(at[1])];
  } catch {
    return undefined;
  }
}
