import type { z } from '@hono/zod-openapi';
import {
  type BulletinRow,
  bulletinRow,
  casesByNumber,
  listBulletins,
  standingBulletin,
} from '../../db/queries/audit-bulletins.ts';
import { namesOfParties } from '../../db/queries/audit-samples.ts';
import { namesOf } from '../../db/queries/names.ts';
import { changeOrganisation } from '../../door/organisation.ts';
import { toDate } from '../../engine/time/civil.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';
import { type Language, pick } from '../language.ts';
import type { Asking } from '../once.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import type { BulletinHeadView, BulletinRequest, PublishedBulletinView } from '../schemas/audit-bulletins.ts';
import type { BulletinView } from '../schemas/audit-samples.ts';
import { auditedUnits } from './auditor.ts';
import { monthBulletin, sampleBulletin, withoutNames } from './bulletin.ts';

/**
 * Publishes a bulletin: its bytes are kept as they are, and their hash enters the organisation's chain. Throws the problems 403, 404,
 * 409 where there is one already that is not named as corrected, and 422.
 */
export async function publishOnce(
  deps: AppDeps,
  { caller, now, request }: Asking,
  body: z.infer<typeof BulletinRequest>,
  language: Language,
): Promise<{ readonly id: string }> {
  if (body.month !== undefined && body.month > toDate(now).slice(0, 7)) throw notYet();
  const bulletin =
    body.sample === undefined
      ? await monthBulletin(deps, caller, { month: body.month ?? '', unit: body.unit, language })
      : await sampleBulletin(deps, caller, body.sample, language);
  const standing = await standingBulletin(deps.sql, bulletin);
  const { corrects } = body;
  if (standing?.id !== corrects) throw standing ? published(standing.id) : nothingToCorrect();
  const reason = body.reason === undefined ? null : await nameless(deps, body.reason, bulletin, { corrects, language });
  const { id } = request;
  const { unit, sample, month, asOf: publishedAt } = bulletin;
  const document: PublishedBulletinView = {
    ...{ v: 1, id, language, corrects: corrects ?? null, reason, bulletin },
  };
  const about = {
    ...{ id, unit, language, publishedAt },
    ...(sample === null ? {} : { sample }),
    ...(month === null ? {} : { month }),
    ...(corrects === undefined ? {} : { corrects }),
  };
  const kept = await changeOrganisation(
    deps.sql,
    { kind: 'person', id: caller.person },
    async (organisation) => {
      if (!(await organisation.keepBulletin(about, Buffer.from(canonicalJson(document)))))
        throw published(corrects ?? '');
      return { id };
    },
    request,
  );
  return kept;
}

/** A reason without the names of whom the findings are about: those listed, and those of the bulletin it corrects. */
async function nameless(
  deps: AppDeps,
  reason: string,
  { unit, findings }: BulletinView,
  { corrects, language }: { readonly corrects: string | undefined; readonly language: Language },
): Promise<string> {
  const before = corrects === undefined ? undefined : await bulletinRow(deps.sql, [unit], corrects);
  const listed = [...findings, ...(before ? documentOf(before).bulletin.findings : [])];
  const cases = await casesByNumber(deps.sql, [...new Set(listed.map(({ caseNo }) => caseNo))]);
  const said = withoutNames(await namesOfParties(deps.sql, cases), language);
  return cases.reduce((text, caseId) => said(caseId, text), reason);
}

function documentOf({ content }: { readonly content: Uint8Array }): PublishedBulletinView {
  return JSON.parse(Buffer.from(content).toString('utf8')) as PublishedBulletinView;
}

function published(id: string) {
  return problem(
    'ALREADY_DONE',
    ['这一份通报已经发布，发布后不能更改。', 'This bulletin is published already, and cannot be changed.'],
    [
      [
        `要更正，请在 corrects 中填写最近发布的一份（${id}）并说明原因`,
        `To correct it, name the newest one published (${id}) in corrects, and say why`,
      ],
    ],
  );
}

function nothingToCorrect() {
  return problem(
    'INVALID_DATA',
    ['没有可更正的通报：还没有发布过。', 'There is nothing to correct: no bulletin of it is published.'],
    [['不填 corrects，直接发布', 'Leave out corrects, and publish it']],
    [{ path: 'corrects', message: 'not published' }],
  );
}

function notYet() {
  return problem(
    'INVALID_DATA',
    ['这个月还没有到。', 'That month has not begun.'],
    [['发布本月或以前月份的通报', 'Publish the bulletin of this month or an earlier one']],
    [{ path: 'month', message: 'not begun' }],
  );
}

/** A bulletin as it was published: its bytes, and what they say. Throws the problems 403, 404. */
export async function publishedBulletin(deps: AppDeps, caller: Caller, id: string) {
  const row = await bulletinRow(deps.sql, await auditedUnits(deps, caller, undefined), id);
  if (!row) throw notFound();
  const document = documentOf(row);
  const numbers = new Set(document.bulletin.findings.map(({ caseNo }) => caseNo));
  caller.reads?.cases(await casesByNumber(deps.sql, [...numbers]));
  return { row, document };
}

/** The bulletin that stands for what is shown, if one is published. */
export const standingOf = (deps: AppDeps, bulletin: BulletinView) => standingBulletin(deps.sql, bulletin);

/** Published bulletins of an auditor's units, newest first. */
export async function bulletinList(
  deps: AppDeps,
  caller: Caller,
  wanted: {
    readonly unit: string | undefined;
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly language: Language;
  },
) {
  const { unit, limit, cursor, language } = wanted;
  const units = await auditedUnits(deps, caller, unit);
  const at = decodeCursor(cursor, ['moment', 'text']);
  const after = at && { publishedAt: String(at[0]), id: String(at[1]) };
  const rows = await listBulletins(deps.sql, units, { limit: limit + 1, after });
  const names = await namesOf(deps.sql, new Set(rows.map((row) => row.unit)));
  const view = (row: BulletinRow): BulletinHeadView => {
    const name = names.units.get(row.unit);
    return { ...row, unitName: name ? pick(name, language) : row.unit };
  };
  return pageOf(rows, limit, view, (row) => [row.publishedAt, row.id]);
}
