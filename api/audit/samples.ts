import { randomBytes } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import { unitsBelow } from '../../db/queries/audit-events.ts';
import {
  type FrameQuery,
  frameCases,
  frameOf,
  listSamples,
  type SampleRow,
  sampledCases,
  sampleRow,
} from '../../db/queries/audit-samples.ts';
import { namesOf } from '../../db/queries/names.ts';
import { changeOrganisation } from '../../door/organisation.ts';
import { drawSample, frameText } from '../../engine/record/sample.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import type { Asking } from '../once.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import type { SampleRequest, SampleView } from '../schemas/audit-samples.ts';
import { auditedUnits } from './auditor.ts';
import { findingsOf } from './findings.ts';

/** So many cases a frame holds at most; a larger one is cut by program or by when cases were opened. */
const MOST_CASES = 100_000;

const ALGORITHM = 'SHA-256(seed LF case id) in hex, smallest first';

/**
 * Draws a sample and keeps it in the organisation's chain. The frame is read in the transaction that keeps it. Throws the
 * problems 403, 404, and 422 where no case fits or too many do.
 */
export async function drawOnce(
  deps: AppDeps,
  { caller, request }: Asking,
  body: z.infer<typeof SampleRequest>,
): Promise<{ readonly id: string }> {
  const unit = body.unit ?? caller.unit;
  await auditedUnits(deps, caller, unit);
  const { program, statuses, openedFrom, openedUntil, size } = body;
  const query: FrameQuery = {
    ...{ unit, statuses },
    ...(program === undefined ? {} : { program }),
    ...(openedFrom === undefined ? {} : { openedFrom }),
    ...(openedUntil === undefined ? {} : { openedUntil }),
  };
  const seed = body.seed ?? randomBytes(32).toString('hex');
  const { id } = request;
  return changeOrganisation(
    deps.sql,
    { kind: 'person', id: caller.person },
    async (organisation, tx) => {
      const units = await unitsBelow(tx, caller.unit, unit);
      const rows = await frameCases(tx, query, units);
      if (rows.length === 0 || rows.length > MOST_CASES) throw wrongFrame(rows.length);
      const frame = frameText(rows.map(({ caseId }) => caseId));
      const of = new Map(rows.map((row) => [row.caseId, row.unit]));
      const drawn = drawSample(seed, [...of.keys()], size).map((caseId) => ({ caseId, unit: of.get(caseId)! }));
      await organisation.keepSample({ id, unit, query, seed, size, frame, frameCount: rows.length, drawn });
      return { id };
    },
    request,
  );
}

function wrongFrame(count: number) {
  return problem(
    'INVALID_DATA',
    count === 0
      ? ['没有符合条件的个案。', 'No case fits.']
      : [`符合条件的个案超过 ${MOST_CASES} 件。`, `More than ${MOST_CASES} cases fit.`],
    [['改变单位、项目、状态或立案时间', 'Change unit, program, statuses or the time of opening']],
    [{ path: 'unit', message: String(count) }],
  );
}

/** A sample of the auditor's units with its cases. Throws the problems 403, 404. */
export async function sampleView(deps: AppDeps, caller: Caller, id: string, language: Language): Promise<SampleView> {
  const units = await auditedUnits(deps, caller, undefined);
  const row = await sampleRow(deps.sql, units, id);
  if (!row) throw notFound();
  const cases = await sampledCases(deps.sql, [id]);
  const reach = new Set(units);
  const here = cases.filter(({ unit }) => reach.has(unit));
  caller.reads?.cases(here.map(({ caseId }) => caseId));
  const found = await findingsOf(
    deps,
    here.map(({ caseId }) => caseId),
    language,
  );
  return {
    ...(await headOf(deps, row, language)),
    cases: cases.map(({ caseId, caseNo, unit, unitThen, status, program, position }) => {
      const within = reach.has(unit);
      const { inspections, findings, unread } = found(caseId);
      return {
        ...{ position, id: caseId, unit, unitThen },
        caseNo: within ? caseNo : null,
        status: within ? status : null,
        program: within ? program : null,
        inspections: inspections.filter(({ sample }) => sample === id).map(({ sample: _, ...each }) => each),
        findings: findings.filter(({ sample }) => sample === id),
        unread: unread.length,
      };
    }),
  };
}

async function headOf(deps: AppDeps, row: SampleRow, language: Language): Promise<Omit<SampleView, 'cases'>> {
  const { id, unit, drawnAt, drawnBy, size, seed, seedHash, query, frameHash, frameCount } = row;
  const names = await namesOf(deps.sql, new Set([unit]));
  const name = names.units.get(unit);
  return {
    ...{ id, unit, drawnAt, drawnBy, size, seed, seedHash, query: { ...query } },
    unitName: name ? pick(name, language) : unit,
    frame: { count: frameCount, hash: frameHash },
    algorithm: ALGORITHM,
  };
}

/** The frame of a sample as text, to draw it again. Throws the problems 403, 404. */
export async function sampleFrame(deps: AppDeps, caller: Caller, id: string): Promise<string> {
  const units = await auditedUnits(deps, caller, undefined);
  if (!(await sampleRow(deps.sql, units, id))) throw notFound();
  return frameOf(deps.sql, id);
}

/** The samples of an auditor's units, newest first, with what was found so far. */
export async function sampleList(
  deps: AppDeps,
  caller: Caller,
  {
    unit,
    limit,
    cursor,
    language,
  }: {
    readonly unit: string | undefined;
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly language: Language;
  },
) {
  const units = await auditedUnits(deps, caller, unit);
  const at = decodeCursor(cursor, ['moment', 'text']);
  const after = at && { drawnAt: String(at[0]), id: String(at[1]) };
  const rows = await listSamples(deps.sql, units, { limit: limit + 1, after });
  const { items, nextCursor } = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.drawnAt, row.id],
  );
  const cases = await sampledCases(
    deps.sql,
    items.map(({ id }) => id),
  );
  const found = await findingsOf(deps, [...new Set(cases.map(({ caseId }) => caseId))], language);
  const views = [];
  for (const row of items) {
    const its = cases.filter(({ sample }) => sample === row.id);
    const of = its.map(({ caseId }) => found(caseId));
    const findings = of.flatMap((each) => each.findings.filter(({ sample }) => sample === row.id));
    views.push({
      ...(await headOf(deps, row, language)),
      drawn: its.length,
      inspected: of.filter(({ inspections }) => inspections.some(({ sample }) => sample === row.id)).length,
      findings: findings.length,
      open: findings.filter(({ state }) => state !== 'accepted').length,
    });
  }
  return { items: views, nextCursor };
}
