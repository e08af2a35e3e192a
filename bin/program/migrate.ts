import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Sql } from '../../db/client.ts';
import { openStates, type StateRow } from '../../db/sealed.ts';
import { uuidV5 } from '../../door/act-id.ts';
import { createDoor } from '../../door/door.ts';
import type { DryRun, Outcome } from '../../door/outcome.ts';
import { installPrograms, type Programs } from '../../door/programs.ts';
import type { CaseEvent } from '../../engine/event.ts';
import type { Mapping } from '../../engine/migration.ts';
import type { State } from '../../engine/state.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { Program } from '../../sdk/program.ts';

/** What a migration of running cases is asked for with. */
export interface MigrationWish {
  readonly program: string;
  readonly version: string;
  readonly mapping: Mapping;
  /** The person who decided it, and why. */
  readonly by: string;
  readonly reason: string;
  /** Try every case and keep nothing. */
  readonly dryRun?: boolean;
  /** At most so many cases this time; called again, it goes on with the next. */
  readonly batch?: number;
}

/** What would come of one case, or came. */
export interface MigratedCase {
  readonly caseId: string;
  readonly caseNo: string;
  readonly from: string;
  /** Why not, with every place that is wrong. */
  readonly refused?: { readonly code: string; readonly detail: string; readonly paths: readonly string[] };
  readonly deadlinesMoved: number;
  readonly itemsDropped: readonly string[];
  readonly itemsOpened: readonly string[];
  /** What is left behind of fields, roles and stages. */
  readonly leftBehind: readonly string[];
}

/** A migration, by the id it is undone with. */
export interface Migration {
  readonly id: string;
  readonly cases: readonly MigratedCase[];
  /** Open cases of other versions that this call did not come to. */
  readonly remaining: number;
}

interface Stores {
  readonly sql: Sql;
  readonly log: Logger;
  readonly installed: readonly Program[];
}

interface Candidate {
  readonly caseId: string;
  readonly caseNo: string;
  readonly version: string;
}

const OPERATOR = { kind: 'system', id: 'operator', logins: [] } as const;

/**
 * Takes the running cases of a program to another version, case by case, each in a transaction of its own: what stops in the
 * middle goes on where it stopped when it is called again with the same words. A case that is refused stays where it is and
 * harms no other. Throws when there is no such version.
 */
export async function migrateCases(stores: Stores, wish: MigrationWish): Promise<Migration> {
  const { sql } = stores;
  const { program, version, mapping, by, reason, dryRun = false, batch } = wish;
  const programs = await installPrograms(sql, stores.installed);
  const target = await programs.version(sql, program, version);
  if (!target)
    throw new Error(
      `There is no version ${version} of "${program}". Way out: install it (its folder, or versions/${version}.json in it).`,
    );
  const id = migrationId(program, target.hash, mapping);
  const all = await running(sql, program, target.hash);
  const now = batch === undefined ? all : all.slice(0, batch);
  const data = { version, hash: target.hash, mapping, by };
  const acts = now.map((each) => ({ each, id: actId(id, each.caseId), data }));
  const cases = await carryOut(stores, programs, { acts, reason, dryRun });
  return { id, cases, remaining: all.length - now.length };
}

/**
 * Takes back a migration: each case it moved, as far as it is still on that version, returns to the one it came from, as a new
 * act; nothing is erased. What was left behind comes back. Called again it goes on.
 */
export async function undoMigration(
  stores: Stores,
  {
    id,
    by,
    reason,
    dryRun = false,
    batch,
  }: Pick<MigrationWish, 'by' | 'reason' | 'dryRun' | 'batch'> & { readonly id: string },
): Promise<Migration> {
  const { sql } = stores;
  const migrated = await sql<{ caseId: string; acts: string[] }[]>`
    SELECT case_id AS "caseId", json_agg(act_id) AS acts FROM acts WHERE type = 'case.migrate' AND status = 'recorded' GROUP BY case_id`;
  const moved = migrated.flatMap(({ caseId, acts }) =>
    acts.includes(actId(id, caseId)) && !acts.includes(actId(`undo ${id}`, caseId)) ? [caseId] : [],
  );
  const rows = await sql<(StateRow & Candidate)[]>`
    SELECT case_id AS "caseId", case_no AS "caseNo", program_version AS version, seq, state FROM cases
    WHERE status <> 'closed' AND case_id IN (SELECT json_array_elements_text(${JSON.stringify(moved)}::text::json)) ORDER BY case_no`;
  const mine = (await openStates(sql, rows)).flatMap(({ caseId, caseNo, version, state }) => {
    const { migrated: back } = state as State;
    return back ? [{ each: { caseId, caseNo, version }, back }] : [];
  });
  const now = batch === undefined ? mine : mine.slice(0, batch);
  const acts = now.map(({ each, back: { from, mapping } }) => {
    const data = { version: from.version, hash: from.hash, mapping, by };
    return { each, id: actId(`undo ${id}`, each.caseId), data };
  });
  const cases = await carryOut(stores, await installPrograms(sql, stores.installed), { acts, reason, dryRun });
  return { id, cases, remaining: mine.length - now.length };
}

/** The same program, version and mapping are the same migration, so that a second call goes on with the first. */
export function migrationId(program: string, hash: string, mapping: Mapping): string {
  return createHash('sha256')
    .update(canonicalJson([program, hash, mapping]))
    .digest('hex')
    .slice(0, 16);
}

/** Running cases that are not on that version yet, by their numbers. */
function running(sql: Sql, program: string, hash: string) {
  return sql<Candidate[]>`
    SELECT case_id AS "caseId", case_no AS "caseNo", program_version AS version FROM cases
    WHERE program_id = ${program} AND program_hash <> ${hash} AND status <> 'closed' ORDER BY case_no`;
}

const actId = (migration: string, caseId: string): string => uuidV5('migration', migration, caseId);

/** One act `case.migrate` after the other, each in a transaction of its own; a dry run keeps nothing of it. */
async function carryOut(
  { sql, log }: Stores,
  programs: Programs,
  {
    acts,
    reason,
    dryRun,
  }: {
    readonly acts: readonly { readonly each: Candidate; readonly id: string; readonly data: object }[];
    readonly reason: string;
    readonly dryRun: boolean;
  },
): Promise<MigratedCase[]> {
  const door = await createDoor({ sql, log, programs, connections: 2 });
  try {
    const done: MigratedCase[] = [];
    for (const { each, id, data } of acts) {
      const request = { caseId: each.caseId, act: { id, type: 'case.migrate', actor: OPERATOR, reason, data } };
      done.push(reported(each, dryRun ? await door.dryRun(request) : await door.act(request)));
    }
    return done;
  } finally {
    await door.end();
  }
}

function reported({ caseId, caseNo, version }: Candidate, outcome: Outcome | DryRun): MigratedCase {
  const nothing = { deadlinesMoved: 0, itemsDropped: [], itemsOpened: [], leftBehind: [] };
  const about = { caseId, caseNo, from: version };
  if (outcome.status === 'refused') {
    const { code, detail, errors = [] } = outcome.refusal;
    const paths = errors.map(({ path, message }) => `${path}: ${message}`);
    return { ...about, ...nothing, refused: { code, detail: detail.join(' '), paths } };
  }
  const events: readonly CaseEvent[] = outcome.events;
  return {
    ...about,
    deadlinesMoved: events.filter(
      (event) => event.type === 'deadline.moved' && event.data.deadline.dueAt !== event.data.from,
    ).length,
    itemsDropped: events.flatMap((event) => (event.type === 'item.cancelled' ? [event.data.key] : [])),
    itemsOpened: events.flatMap((event) =>
      event.type === 'item.opened' || event.type === 'item.reopened' ? [event.data.item.key] : [],
    ),
    leftBehind: events.flatMap((event) =>
      event.type === 'case.migrated'
        ? (['fields', 'roles', 'stages'] as const).flatMap((kind) =>
            event.data.dropped[kind].map((name) => `${kind}.${name}`),
          )
        : [],
    ),
  };
}

/** What a file of a mapping says. Throws when it is none. */
export function mappingIn(text: string): Mapping {
  const value = JSON.parse(text) as unknown;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(
      'A mapping is an object: {"stages": {"old": "new"}, "items": {}, "fields": {}, "roles": {}}; null leaves behind.',
    );
  return value as Mapping;
}
