import type { Sql } from '../db/client.ts';
import { inspectedUnits } from '../db/queries/audit-samples.ts';
import { isMinor } from '../db/queries/minors.ts';
import { nearestWorkingDay } from '../engine/time/calendar.ts';
import { addDays, startOfDay, toDate } from '../engine/time/civil.ts';
import { fromDayNumber, toDayNumber } from '../engine/time/day-number.ts';
import type { Text } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import { uuidV5 } from './act-id.ts';
import type { Calendars } from './calendars.ts';
import { loadAuditors } from './office-facts.ts';

/** From how many cases read by one person in a day auditors are told. */
export interface ReadLimits {
  /** Cases about a minor. */
  readonly minors: number;
  /** Cases of which a sensitive field was shown in clear. */
  readonly sensitive: number;
}

/** A person who has read more than the limit, for the alarm: ids only. */
export interface ManyRead {
  readonly person: string;
  readonly what: keyof ReadLimits;
  readonly cases: number;
}

interface Auditor {
  readonly person: string;
  readonly unit: string;
  readonly level: string;
  /** The unit and those below it. */
  readonly reach: readonly string[];
}

/** The hour of the day, in Shanghai, at which the reminder of the month is written. */
const atHour = 9;
/** So many units are named in a message; of the others it tells how many there are. */
const mostNamed = 10;

/**
 * 一月一督查: on the last working day of the month, from nine in the morning, tells each auditor in how many of his units with running cases
 * nobody has inspected anything this month, and which: once a month each. Answers how many were told.
 */
export async function tellUninspected(sql: Sql, calendars: Calendars, now: Instant): Promise<number> {
  const today = toDate(now);
  const month = today.slice(0, 7);
  const from = startOfDay(`${month}-01`);
  const next = addDays(`${month}-28`, 4).slice(0, 7);
  const until = startOfDay(`${next}-01`);
  const [{ seq } = { seq: 0 }] = await sql<
    { seq: number }[]
  >`SELECT coalesce(max(seq), 0)::bigint AS seq FROM calendar_records`;
  const tree = await unitTree(sql);
  let told = 0;
  for (const auditor of await auditorsOf(sql)) {
    const calendar = await calendars.load(sql, seq, auditor.unit, tree);
    const last = fromDayNumber(nearestWorkingDay(calendar, toDayNumber(addDays(`${next}-01`, -1)), -1));
    if (now < addHours(startOfDay(last), atHour)) continue;
    const id = uuidV5('uninspected', month, auditor.person, auditor.unit);
    const [known] = await sql`SELECT FROM messages WHERE id = ${id}`;
    if (known) continue;
    const units = await inspectedUnits(sql, auditor.reach, { from, until });
    const without = units.filter(({ running, inspected }) => Number(running) > 0 && Number(inspected) === 0);
    if (without.length === 0) continue;
    const names = await namesOf(
      sql,
      without.slice(0, mostNamed).map(({ unit }) => unit),
    );
    const about = `month:${month}`;
    if (
      await tell(
        sql,
        { id, kind: 'uninspected', about, to: auditor, text: uninspectedText(month, names, without.length) },
        now,
      )
    )
      told += 1;
  }
  return told;
}

/**
 * Tells auditors of each person who has read more cases today than the limit: of those about minors, and of those of which a sensitive
 * field was shown to him. Each auditor whose units hold that login once a day and person, never the reader himself. Answers whom it is about.
 */
export async function tellManyReads(sql: Sql, limits: ReadLimits, now: Instant): Promise<ManyRead[]> {
  const day = toDate(now);
  const readers = await readersOver(sql, limits, day);
  if (readers.length === 0) return [];
  const auditors = await auditorsOf(sql);
  const found: ManyRead[] = [];
  for (const { person, unit, post, what, cases } of readers) {
    let told = false;
    for (const auditor of auditors) {
      if (auditor.person === person || (unit !== null && !auditor.reach.includes(unit))) continue;
      const id = uuidV5('reads', day, person, what, auditor.person, auditor.unit);
      const names = post === null ? [] : await postNames(sql, post);
      const text = manyReadText({
        what,
        cases,
        limit: limits[what],
        post: names[0],
        unit: (await namesOf(sql, unit === null ? [] : [unit]))[0],
      });
      told = (await tell(sql, { id, kind: 'reads', about: `reads:${day}:${person}`, to: auditor, text }, now)) || told;
    }
    if (told) found.push({ person, what, cases });
  }
  return found;
}

interface ReaderOver extends ManyRead {
  readonly post: string | null;
  readonly unit: string | null;
}

/** Who has read more cases on a day than the limits, by the notes of the access log; what was refused is no read. */
function readersOver(sql: Sql, limits: ReadLimits, day: CalendarDate): Promise<ReaderOver[]> {
  return sql<ReaderOver[]>`
    WITH read AS (
      SELECT DISTINCT a.person, c.id AS case_id, a.kind = 'sensitive' AS sensitive, a.post, a.unit, a.at
      FROM accesses a CROSS JOIN LATERAL unnest(a.cases) AS c (id)
      WHERE a.at >= ${startOfDay(day)}::timestamptz AND a.status < 400 AND a.kind <> 'caseList'
    ), counted AS (
      SELECT person, 'sensitive' AS what, count(DISTINCT case_id) AS cases FROM read WHERE sensitive GROUP BY person
      UNION ALL
      SELECT person, 'minors', count(DISTINCT case_id) FROM read
      WHERE EXISTS (SELECT FROM person.parties p WHERE p.case_id = read.case_id AND p.ended_at IS NULL AND ${isMinor(sql)}) GROUP BY person
    )
    SELECT n.person, n.what, n.cases::int AS cases, last.post, last.unit FROM counted n
      CROSS JOIN LATERAL (SELECT post, unit FROM read r WHERE r.person = n.person ORDER BY at DESC LIMIT 1) last
    WHERE n.cases > CASE n.what WHEN 'minors' THEN ${limits.minors}::int ELSE ${limits.sensitive}::int END ORDER BY n.person, n.what`;
}

/** Every auditor with the unit of his login and those below it. */
async function auditorsOf(sql: Sql): Promise<Auditor[]> {
  const auditors = await loadAuditors(sql);
  const { units } = await unitTree(sql);
  const under = (unit: string | undefined, top: string): boolean =>
    unit !== undefined && (unit === top || under(units[unit]?.above, top));
  return auditors.flatMap(({ person, unit }) => {
    const own = units[unit];
    return own
      ? [{ person, unit, level: own.level, reach: Object.keys(units).filter((each) => under(each, unit)) }]
      : [];
  });
}

async function unitTree(sql: Sql): Promise<{ units: Record<string, { level: string; above?: string }> }> {
  const rows = await sql<{ id: string; level: string; above: string | null }[]>`SELECT id, level, above FROM units`;
  const units = rows.map(({ id, level, above }) => [id, { level, ...(above === null ? {} : { above }) }] as const);
  return { units: Object.fromEntries(units) };
}

const namesOf = async (sql: Sql, ids: readonly string[]): Promise<Text[]> =>
  (
    await sql<{ zh: string; en: string }[]>`
      SELECT name_zh AS zh, name_en AS en FROM units WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json)) ORDER BY id`
  ).map(({ zh, en }) => [zh, en]);

const postNames = async (sql: Sql, id: string): Promise<Text[]> =>
  (await sql<{ zh: string; en: string }[]>`SELECT name_zh AS zh, name_en AS en FROM posts WHERE id = ${id}`).map(
    ({ zh, en }) => [zh, en],
  );

/** What auditors are told of a month: units are named, people never. */
export function uninspectedText(month: string, names: readonly Text[], count: number): Text {
  const [year, n] = month.split('-').map(Number);
  const more = count > names.length;
  return [
    `${year}年${n}月有 ${count} 个单位没有督查记录：${names.map(([zh]) => zh).join('、')}${more ? '等' : ''}。请在月底前安排督查，或在通报中说明原因。`,
    `In ${month} nobody has inspected anything in ${count} unit${count === 1 ? '' : 's'}: ${names.map(([, en]) => en).join(', ')}${more ? ' and others' : ''}. Please inspect before the month ends, or say why not in the bulletin.`,
  ];
}

/** What auditors are told of somebody who reads much: posts and units are named, people never. */
export function manyReadText(said: {
  readonly what: keyof ReadLimits;
  readonly cases: number;
  readonly limit: number;
  readonly post: Text | undefined;
  readonly unit: Text | undefined;
}): Text {
  const { what, cases, limit, post, unit } = said;
  const at: Text = unit ? [`“${unit[0]}”`, ` of "${unit[1]}"`] : ['', ''];
  const who: Text = post
    ? [`${at[0]}“${post[0]}”的任职人`, `The holder of "${post[1]}"${at[1]}`]
    : [`${at[0]}一位工作人员`, `Somebody${at[1]} without a post`];
  const read: Text =
    what === 'minors'
      ? [`查阅了 ${cases} 件未成年人个案`, `has read ${cases} cases about minors`]
      : [`查看了 ${cases} 件个案的敏感信息`, `has seen sensitive fields of ${cases} cases`];
  return [
    `${who[0]}今天${read[0]}，超过提醒线（${limit} 件）。请在“谁看过”中核对用途。`,
    `${who[1]} ${read[1]} today, more than ${limit}. Please look in the access log what for.`,
  ];
}

interface Notice {
  readonly id: string;
  readonly kind: 'uninspected' | 'reads';
  readonly about: string;
  readonly to: Auditor;
  readonly text: Text;
}

/** Writes a message that is about no case; whether it was not there yet. */
async function tell(sql: Sql, { id, kind, about, to, text: [zh, en] }: Notice, now: Instant): Promise<boolean> {
  const told = await sql`
    WITH told AS (
      INSERT INTO messages (id, case_id, seq, n, kind, about, post, person, unit, level, text_zh, text_en, created_at)
      VALUES (${id}, NULL, 0, 0, ${kind}, ${about}, NULL, ${to.person}, ${to.unit}, ${to.level}, ${zh}, ${en}, ${now})
      ON CONFLICT (id) DO NOTHING RETURNING id)
    INSERT INTO reminders (message_id, next_at) SELECT id, ${now}::timestamptz FROM told RETURNING message_id`;
  return told.length > 0;
}

const addHours = (at: Instant, hours: number): Instant => new Date(Date.parse(at) + hours * 3_600_000).toISOString();
