import type { PendingQuery, Row } from 'postgres';
import { databaseNow } from '../db/queries/now.ts';
import type { Tx } from '../db/transactions.ts';
import { heightOf } from '../engine/org.ts';
import type { Text } from '../sdk/program.ts';
import type { Organisation } from './organisation.ts';
import { tellClosedUnit, tellPartedUnit } from './silent-channels.ts';

/** What goes along when a unit is merged or split. `logins`: API keys whose right holds in the new unit from then on. */
export interface Moving {
  readonly cases: number;
  /** Open deadlines of these cases, and their books. */
  readonly deadlines: number;
  readonly books: number;
  readonly posts: number;
  /** Units below. */
  readonly units: number;
  readonly logins: number;
  /** Of a merge: API keys whose right does not go along and ends with the unit. */
  readonly loginsEnding?: number;
}

/** A merge of two units whose rows are locked. */
export interface Merge {
  readonly from: LockedUnit;
  readonly to: LockedUnit;
}

/** Part of a unit that becomes one of its own. `head`: which of the posts is its head's; `cases`: those named, whoever answers. */
export interface SplitPart {
  readonly id: string;
  readonly name: Text;
  readonly posts: readonly string[];
  readonly head?: string | undefined;
  readonly cases: readonly string[];
}

/** A split: `id` is the request's, under which its progress is read. */
export interface Split {
  readonly id: string;
  readonly unit: string;
  readonly into: readonly SplitPart[];
}

/** An organisation being changed: reads and events are of one transaction. */
export interface OrgChange {
  readonly tx: Tx;
  readonly organisation: Organisation;
}

/** Rights of a login that are for a whole unit and do not grow with it: an administrator of the new unit gives them anew. */
const staying = ['admin', 'auditor'];

/** Rights of a login that do not follow from one unit to another: a caseworker's not upwards, where it would cover the units beside. */
function stayingBetween(from: string, to: string): string[] {
  return heightOf(to) > heightOf(from) ? [...staying, 'caseworker'] : staying;
}

/**
 * Locks units until the transaction ends, in one order everywhere, so that no case is opened and no post made there
 * meanwhile, and no other change of them is under way. Answers them by id.
 */
export async function lockUnits(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, LockedUnit>> {
  const rows = await tx<LockedUnit[]>`
    SELECT id, level, above, closed_at IS NOT NULL AS closed, head_post AS "headPost", hours_from AS "hoursFrom",
      hours_to AS "hoursTo" FROM units WHERE id IN (${listed(tx, ids)}) ORDER BY id FOR UPDATE`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** A unit whose row is locked. */
export interface LockedUnit {
  readonly id: string;
  readonly level: string;
  readonly above: string | null;
  readonly closed: boolean;
  readonly headPost: string | null;
  readonly hoursFrom: string | null;
  readonly hoursTo: string | null;
}

/** Whether a unit lies in another one, at any depth, or is it. */
export async function liesIn(tx: Tx, unit: string, other: string): Promise<boolean> {
  const [row] = await tx<{ within: boolean }[]>`
    WITH RECURSIVE up AS (
      SELECT id, above FROM units WHERE id = ${unit} UNION SELECT u.id, u.above FROM units u JOIN up ON u.id = up.above)
    SELECT EXISTS (SELECT FROM up WHERE id = ${other}) AS within`;
  return row!.within;
}

/** What a merge of the unit would move, at this moment. */
async function mergePreview(tx: Tx, { from: { id: unit, level }, to }: Merge): Promise<Moving> {
  const live = tx`SELECT count(*) FROM api_keys WHERE unit = ${unit} AND revoked_at IS NULL`;
  const left = tx(stayingBetween(level, to.level));
  const going = tx`SELECT case_id FROM cases WHERE unit = ${unit} AND status <> 'closed'`;
  const [row] = await tx<Moving[]>`
    SELECT ${ofCases(tx, going)},
      (SELECT count(*) FROM posts WHERE unit = ${unit} AND closed_at IS NULL)::int AS posts,
      (SELECT count(*) FROM units WHERE above = ${unit} AND closed_at IS NULL)::int AS units,
      (${live} AND role NOT IN ${left})::int AS logins, (${live} AND role IN ${left})::int AS "loginsEnding"`;
  return row!;
}

/**
 * One unit goes into another: its posts and the units below lie there at once, and so do the logins of those who work on
 * its cases. It stays as a closed unit under the other, through which everything about its cases resolves until the mover
 * (activities/mover.ts) has taken them along one by one. Closed cases stay with it and are read through the unit above.
 */
export async function mergeUnits({ tx, organisation }: OrgChange, id: string, merge: Merge): Promise<Moving> {
  const counts = await mergePreview(tx, merge);
  const { from, to } = merge;
  const [unit, into] = [from.id, to.id];
  const [posts, units, now] = await Promise.all([
    tx<{ id: string }[]>`SELECT id FROM posts WHERE unit = ${unit} ORDER BY id`,
    tx<{ id: string }[]>`SELECT id FROM units WHERE above = ${unit} AND id <> ${into} ORDER BY id`,
    databaseNow(tx),
  ]);
  await organisation.mergeUnit({
    ...{ id: unit, into, at: now },
    ...{ posts: posts.map((each) => each.id), units: units.map((each) => each.id) },
  });
  await tx`
    UPDATE api_keys SET unit = ${into} WHERE unit = ${unit} AND revoked_at IS NULL
      AND role NOT IN ${tx(stayingBetween(from.level, to.level))}`;
  await tx`INSERT INTO unit_moves (id, kind, unit, found) VALUES (${id}, 'merge', ${unit}, ${counts.cases})`;
  await tx`
    INSERT INTO case_moves (move, case_id, "into", next_try)
    SELECT ${id}, case_id, ${into}, clock_timestamp() FROM cases WHERE unit = ${unit} AND status <> 'closed'`;
  await tellClosedUnit(tx, { unit, into }, now);
  const below = units.map((each) => each.id);
  await endOffersBetween(tx, id, [unit, ...below], into);
  await recountBelow(tx, id, below);
  return counts;
}

/** Cases of the unit that were offered to what has now gone into it: the mover takes these offers back. */
async function endOffersBetween(tx: Tx, move: string, gone: readonly string[], into: string): Promise<void> {
  await tx`
    INSERT INTO case_moves (move, case_id, "into", next_try)
    SELECT DISTINCT ${move}, c.case_id, c.unit, clock_timestamp()
    FROM transfers t JOIN cases c ON c.case_id = t.case_id JOIN units u ON u.id = t.to_unit AND u.closed_at IS NOT NULL
    WHERE t.state = 'offered' AND t.kind = 'transfer' AND t.to_unit IN (${listed(tx, gone)}) AND c.unit = ${into}
      AND c.status <> 'closed'
    ON CONFLICT DO NOTHING`;
}

/** Cases of the units below come under other units' calendars: they are counted again where any area has one of its own. */
async function recountBelow(tx: Tx, move: string, units: readonly string[]): Promise<void> {
  await tx`
    WITH RECURSIVE below AS (
      SELECT id FROM units WHERE id IN (${listed(tx, units)}) UNION SELECT u.id FROM units u JOIN below b ON u.above = b.id)
    INSERT INTO case_moves (move, case_id, "into", next_try)
    SELECT ${move}, c.case_id, c.unit, clock_timestamp() FROM cases c JOIN below b ON b.id = c.unit
    WHERE c.status <> 'closed' AND EXISTS (SELECT FROM calendar_records WHERE area IS NOT NULL)
    ON CONFLICT DO NOTHING`;
}

/** What a split would move to each part, at this moment. */
export async function splitPreview(tx: Tx, { unit, into }: Omit<Split, 'id'>): Promise<(Moving & { id: string })[]> {
  const rows = await tx<(Moving & { id: string })[]>`
    WITH ${goingWith(tx, unit, into)}
    SELECT p.id, ${ofCases(tx, tx`SELECT case_id FROM going g WHERE g.id = p.id`)}, 0 AS units,
      json_array_length(p.part->'posts') AS posts,
      (SELECT count(*) FROM logins l WHERE l.id = p.id)::int AS logins
    FROM parts p WHERE p.n > 0 ORDER BY p.n`;
  return rows.map((row) => ({ ...row }));
}

/**
 * Parts of a unit become units of their own beside it, of the same level and with its working hours. The posts named go
 * there; a case goes with the post that answers for most of its open deadlines, unless the request names it.
 */
export async function splitUnit(
  { tx, organisation }: OrgChange,
  { id, unit, into }: Split,
  locked: LockedUnit,
): Promise<(Moving & { id: string })[]> {
  const { level, above, hoursFrom, hoursTo } = locked;
  const counts = await splitPreview(tx, { unit, into });
  const going = await tx<{ case_id: string; id: string }[]>`
    WITH ${goingWith(tx, unit, into)} SELECT case_id, id FROM going`;
  const logins = await tx<{ key: string; id: string }[]>`WITH ${goingWith(tx, unit, into)} SELECT key, id FROM logins`;
  for (const part of into) {
    await organisation.addUnit({
      ...{ id: part.id, level: level as never, name: part.name },
      ...(above === null ? {} : { above }),
    });
    if (hoursFrom !== null && hoursTo !== null) await organisation.setHours(part.id, { from: hoursFrom, to: hoursTo });
  }
  await organisation.splitUnit({
    id: unit,
    into: into.map(({ id: to, posts, head }) => ({ id: to, posts, ...(head === undefined ? {} : { head }) })),
  });
  await tx`
    UPDATE api_keys k SET unit = l.id FROM json_to_recordset(${JSON.stringify(logins)}::text::json) AS l (key text, id text)
    WHERE k.id = l.key`;
  const now = await databaseNow(tx);
  await tellPartedUnit(tx, { unit, parts: into.map((part) => part.id) }, now);
  await tx`INSERT INTO unit_moves (id, kind, unit, found) VALUES (${id}, 'split', ${unit}, ${going.length})`;
  await tx`
    INSERT INTO case_moves (move, case_id, "into", next_try)
    SELECT ${id}, g.case_id, g.id, clock_timestamp()
    FROM json_to_recordset(${JSON.stringify(going)}::text::json) AS g (case_id text, id text)`;
  return counts;
}

/** A post that moved takes the logins along that are for it. */
export async function loginsFollow(tx: Tx, post: string, from: LockedUnit, to: LockedUnit): Promise<void> {
  await tx`
    UPDATE api_keys SET unit = ${to.id} WHERE post = ${post} AND unit = ${from.id} AND revoked_at IS NULL
      AND role NOT IN ${tx(stayingBetween(from.level, to.level))}`;
}

/** Closes a unit in which nothing is left; a case of it that is reopened later goes to the unit above. */
export async function closeUnit(
  { tx, organisation }: OrgChange,
  id: string,
  { above, id: unit }: LockedUnit,
): Promise<void> {
  const now = await databaseNow(tx);
  await organisation.closeUnit(unit, now);
  if (above === null) return;
  await tellClosedUnit(tx, { unit, into: above }, now);
  await tx`INSERT INTO unit_moves (id, kind, unit, found, done_at) VALUES (${id}, 'close', ${unit}, 0, clock_timestamp())`;
}

/** What these cases take along. */
function ofCases(tx: Tx, going: PendingQuery<Row[]>) {
  return tx`
    (SELECT count(*) FROM (${going}) g)::int AS cases,
    (SELECT count(*) FROM deadlines d WHERE d.state IN ('running', 'paused') AND d.case_id IN (${going}))::int AS deadlines,
    (SELECT count(*) FROM books b WHERE b.case_id IN (${going}))::int AS books`;
}

/**
 * Tables of a split: `parts` (0: what stays), `going` (case and where to), `logins` (API key and where to). A case goes where
 * most of its open deadlines are answered for, then where most of its roles are; where that is even it stays, or goes to
 * the first part named. A login goes with the post of its key, else with its person, if none of his posts stays.
 */
function goingWith(tx: Tx, unit: string, into: readonly SplitPart[]) {
  const named = into.map(({ id, posts, cases }) => ({ id, posts, cases }));
  return tx`
    parts AS (
      SELECT n, part->>'id' AS id, part FROM json_array_elements(${JSON.stringify(named)}::text::json) WITH ORDINALITY AS e (part, n)
    ), leaving AS (
      SELECT n, id, json_array_elements_text(part->'posts') AS post FROM parts
    ), every AS (
      SELECT * FROM leaving UNION ALL
      SELECT 0, ${unit}, id FROM posts WHERE unit = ${unit} AND id NOT IN (SELECT post FROM leaving)
    ), answered AS (
      SELECT c.case_id, e.n, e.id, count(DISTINCT a.role) AS roles,
        (SELECT count(*) FROM deadlines d WHERE d.case_id = c.case_id AND d.state IN ('running', 'paused')
          AND d.answering_post IN (SELECT post FROM every o WHERE o.n = e.n)) AS open
      FROM cases c JOIN assignments a ON a.case_id = c.case_id JOIN every e ON e.post = a.post
      WHERE c.unit = ${unit} AND c.status <> 'closed' GROUP BY c.case_id, e.n, e.id
    ), chosen AS (
      SELECT DISTINCT ON (case_id) case_id, n, id FROM (
        SELECT c.case_id, p.n, p.id, 0 AS turn, 0 AS open, 0 AS roles FROM parts p
        CROSS JOIN LATERAL json_array_elements_text(p.part->'cases') AS named (case_id)
        JOIN cases c ON c.case_id = named.case_id AND c.unit = ${unit} AND c.status <> 'closed'
        UNION ALL SELECT case_id, n, id, 1, open, roles FROM answered) AS wishes
      ORDER BY case_id, turn, open DESC, roles DESC, n
    ), going AS (
      SELECT case_id, id FROM chosen WHERE n > 0
    ), logins AS (
      SELECT DISTINCT ON (k.id) k.id AS key, l.id FROM api_keys k JOIN leaving l ON l.post = k.post
        OR k.post IS NULL AND EXISTS (SELECT FROM appointments a WHERE a.person = k.person AND a.post = l.post
            AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now()))
          AND NOT EXISTS (SELECT FROM appointments a JOIN every e ON e.post = a.post AND e.n = 0
            WHERE a.person = k.person AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now()))
      WHERE k.unit = ${unit} AND k.revoked_at IS NULL AND k.role NOT IN ${tx(staying)} ORDER BY k.id, l.n
    )`;
}

function listed(tx: Tx, ids: readonly string[]) {
  return tx`SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json)`;
}
