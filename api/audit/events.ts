import {
  type AuditEventRow,
  type EventFilters,
  roleEvents,
  searchEvents,
  statesOf,
  tenuresOf,
} from '../../db/queries/audit-events.ts';
import { namesOf, thingNamesOf } from '../../db/queries/names.ts';
import type { State } from '../../engine/state.ts';
import type { Text } from '../../sdk/program.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { inForceAmong } from '../in-force.ts';
import { type Language, pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { pinnedProgram } from '../reading.ts';
import type { AuditEventView } from '../schemas/audit-events.ts';
import { idsIn, namesFor } from '../views/names.ts';
import { timelineView } from '../views/timeline-view.ts';
import { rolesThenFrom } from './roles-then.ts';
import { runLink } from './run-link.ts';
import { sightOn } from './sight.ts';

/**
 * A page of the events an auditor asks for, newest first. What he may not see is left out, so that a page can be shorter
 * than asked; only the cursor tells whether there is more.
 */
export async function auditEvents(
  deps: AppDeps,
  caller: Caller,
  filters: EventFilters,
  {
    limit,
    cursor,
    language,
  }: { readonly limit: number; readonly cursor: string | undefined; readonly language: Language },
): Promise<{ items: AuditEventView[]; nextCursor: string | null; unread: number | null }> {
  const at = decodeCursor(cursor, ['moment', 'text', 'number']);
  const after = at && { at: String(at[0]), caseId: String(at[1]), seq: Number(at[2]) };
  const rows = await searchEvents(deps.sql, filters, { limit, after });
  const page = rows.slice(0, limit);
  const caseIds = [...new Set(page.map(({ caseId }) => caseId))];
  caller.reads?.cases(caseIds);
  const sight = await sightOn(deps, caller, caseIds);
  const seen = page.flatMap((row) => sight.of(row) ?? []);
  const narrowed = filters.types !== undefined || filters.acts !== undefined;
  const last = rows.length > limit ? page.at(-1) : undefined;
  const place = last && [filters.by === 'recorded' ? last.recordedAt : last.occurredAt, last.caseId, last.seq];
  return {
    items: await shown(deps, seen, language),
    nextCursor: place ? encodeCursor(place) : null,
    unread: narrowed ? null : page.filter(sight.isUnjudged).length,
  };
}

const UNREAD_TEXT = {
  'key away': ['（暂时取不到密钥，无法读取）', ' (its key cannot be had at present: it cannot be read)'],
  'key destroyed': ['（密钥已销毁，无法读取）', ' (its key was destroyed: nobody can read it)'],
  'key unknown': ['（找不到密钥，无法读取）', ' (its key is not known here: it cannot be read)'],
  altered: ['（内容被改动，无法读取）', ' (its bytes were altered: it cannot be read)'],
} as const satisfies Record<NonNullable<AuditEventRow['unread']>, Text>;

/** Said of an event whose case has a state that cannot be read: parties and what was added by hand have their names there. */
const NAMES_UNREAD: Text = [
  '（个案状态无法读取，有的名称以编号显示）',
  ' (the state of the case cannot be read: some names are shown as ids)',
];

/** Events with their texts, and with what was in force when they were recorded. */
async function shown(deps: AppDeps, rows: readonly AuditEventRow[], language: Language): Promise<AuditEventView[]> {
  const { sql } = deps;
  const caseIds = [...new Set(rows.map(({ caseId }) => caseId))];
  const ids = idsIn(rows.map(({ data, actorId, actorPost }) => [data, actorId, actorPost]));
  const [states, org, things, filled, tenures] = await Promise.all([
    statesOf(sql, caseIds),
    namesOf(sql, ids),
    thingNamesOf(sql, caseIds, ids),
    roleEvents(sql, caseIds),
    tenuresOf(sql, [...new Set(rows.flatMap(({ actorPost }) => actorPost ?? []))]),
  ]);
  const inForce = inForceAmong(tenures);
  const rolesThen = rolesThenFrom(filled);
  const views: AuditEventView[] = [];
  for (const row of rows) {
    const {
      caseId,
      caseNo,
      unit,
      actorId,
      actorPost,
      actorKind,
      programId: id,
      programVersion,
      programHash,
      unread,
    } = row;
    const program = await pinnedProgram(deps, programHash);
    const names = namesFor(program, states.get(caseId) as State | undefined, org, language, things.get(caseId));
    const { seq, type, text, recordedAt, occurredAt, actor, actId, hash } = timelineView(row, names, language);
    const held = actorPost === null ? undefined : inForce(actorPost, actorId, recordedAt);
    const postName = actorPost === null ? undefined : org.posts.get(actorPost);
    views.push({
      case: { id: caseId, caseNo, unit },
      ...{ seq, type, recordedAt, occurredAt, hash, unread },
      text:
        unread !== null
          ? `${type}${pick(UNREAD_TEXT[unread], language)}`
          : `${text}${states.has(caseId) ? '' : pick(NAMES_UNREAD, language)}`,
      act: actId === null ? null : { id: actId, type: row.actType },
      actor: { ...actor, postName: postName ? pick(postName, language) : null },
      roles: actorKind === 'system' ? [] : rolesThen(row),
      inForce: held ? { how: held.how, from: held.from, until: held.until } : null,
      program: { id, version: programVersion, hash: programHash },
      run: runLink(deps, row),
    });
  }
  return views;
}
