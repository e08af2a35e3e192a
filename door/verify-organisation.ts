import type { Sql } from '../db/client.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import type { Instant } from '../sdk/time.ts';
import { GENESIS, sha256 } from './chain.ts';
import { objectIn } from './json-bytes.ts';
import type { OrgEvent } from './organisation.ts';
import { type PublishedCard, personalHashOf } from './post-card.ts';
import { keptBulletins, PUBLISHED } from './verify-bulletins.ts';
import { ASKED, keptSamples } from './verify-samples.ts';
import { changedWords } from './verify-words.ts';

/** Something of the organisation that does not hold; `seq` is that of its event, where it is about one. */
export interface OrgFinding {
  readonly seq?: number;
  readonly what: string;
}

interface OrgRow {
  readonly seq: number;
  readonly type: string;
  readonly header: Uint8Array;
  readonly hash: string;
  readonly prev: string;
  readonly payload: Uint8Array;
  readonly recordedAt: Instant;
}

/**
 * Verifies the organisation: its chain (hashes, links, gaps, payloads, columns), and that units, posts, people,
 * appointments and substitutions are those its events lead to. Names of people are in no event: only their ids are compared.
 */
export async function verifyOrganisation(sql: Sql): Promise<OrgFinding[]> {
  const rows = await sql<OrgRow[]>`
    SELECT seq, type, header, hash, prev, payload, recorded_at AS "recordedAt" FROM org_events ORDER BY seq`;
  const findings: OrgFinding[] = rows.flatMap((row, n) =>
    brokenLink(row, n === 0 ? { seq: 0, hash: GENESIS } : rows[n - 1]!).map((what) => ({ seq: row.seq, what })),
  );
  const { made: expected, unread } = rebuild(rows);
  findings.push(...unread.map((seq) => ({ seq, what: 'its payload says nothing that can be read' })));
  const tables = await readTables(sql);
  const stored = { ...tables, retention: setAsRecorded(tables.retention, expected.retention) };
  for (const [table, rowsThere] of Object.entries(stored) as [TableName, Rows][]) {
    for (const [key, values] of expected[table]) {
      const there = rowsThere.get(key);
      if (there === undefined) findings.push({ what: `${table} ${key} is missing` });
      else if (there !== values) findings.push({ what: `${table} ${key} is not what the events lead to` });
    }
    for (const key of rowsThere.keys())
      if (!expected[table].has(key)) findings.push({ what: `${table} ${key} comes from no event` });
  }
  findings.push(...(await changedWords(sql)).map((what) => ({ what })));
  return findings;
}

/** How long before its event a period's row may say that it was set: earlier releases wrote the row first, by a clock of its own. */
const setBeforeMs = 5_000;

/** The rows of longer periods; the moment of one that was set just before its event counts as that of the event. */
function setAsRecorded(rows: Rows, expected: Rows): Rows {
  const moment = (text: string | undefined) => (JSON.parse(text ?? '{}') as { setAt?: Instant }).setAt ?? '';
  return new Map(
    [...rows].map(([id, text]) => {
      const setAt = moment(expected.get(id));
      const beforeMs = Date.parse(setAt) - Date.parse(moment(text));
      const near = beforeMs >= 0 && beforeMs <= setBeforeMs;
      return [id, near ? canonicalJson({ ...(JSON.parse(text) as object), setAt }) : text];
    }),
  );
}

function brokenLink(row: OrgRow, before: { readonly seq: number; readonly hash: string }): string[] {
  const found: string[] = [];
  if (row.seq !== before.seq + 1) found.push('an event of the organisation is missing or doubled');
  if (row.prev !== before.hash) found.push('it does not follow the event before it');
  if (sha256(row.header) !== row.hash) found.push('the hash is not that of the header');
  const header = objectIn<Record<string, unknown>>(row.header);
  if (!header) return [...found, 'its header is no JSON'];
  if (header['commitment'] !== sha256(row.payload)) found.push('the payload is not what was committed to');
  const columns = { seq: row.seq, type: row.type, recordedAt: row.recordedAt, prev: row.prev };
  for (const [name, value] of Object.entries(columns))
    if (header[name] !== value) found.push(`${name} is not what was hashed`);
  return found;
}

type TableName =
  | 'units'
  | 'posts'
  | 'people'
  | 'rules'
  | 'appointments'
  | 'substitutions'
  | 'handovers'
  | 'cards'
  | 'samples'
  | 'bulletins'
  | 'retention';
/** What a row says, as canonical text, by its key. */
type Rows = Map<string, string>;

const appointmentKey = (post: string, from: Instant): string => `${post} from ${from}`;

interface HandoverRow {
  readonly post: string;
  readonly from: Instant;
  readonly keeps: readonly string[];
}

/** A second one of the same instant, for what first stayed behind, keeps less. */
const handoverKey = ({ post, from, keeps }: HandoverRow): string =>
  [appointmentKey(post, from), ...keeps].join(' keeping ');

/** The rows the events lead to, and the numbers of those events that say nothing that could be read. */
function rebuild(rows: readonly OrgRow[]): {
  readonly made: Readonly<Record<TableName, Rows>>;
  readonly unread: readonly number[];
} {
  const units = new Map<string, Record<string, unknown>>();
  const appointments = new Map<string, Tenure & { pledgeHash: string | null; pledgeOn: string | null }>();
  const substitutions = new Map<string, Tenure>();
  const made: Record<TableName, Rows> = {
    ...{ units: new Map(), posts: new Map(), people: new Map(), rules: new Map() },
    ...{ appointments: new Map(), substitutions: new Map(), handovers: new Map(), cards: new Map() },
    ...{ samples: new Map(), bulletins: new Map(), retention: new Map() },
  };
  const posts = new Map<string, Record<string, unknown>>();
  const toUnit = (ids: readonly string[], unit: string) => {
    for (const id of ids) Object.assign(posts.get(id) ?? {}, { unit });
  };
  const noHead = (post: string, of?: string) => {
    for (const [id, unit] of units) if (unit['head'] === post && (of ?? id) === id) unit['head'] = null;
  };
  const apply = (event: OrgEvent, { by, recordedAt }: Recording): void => {
    switch (event.type) {
      case 'unit.added': {
        const { id, level, name, above } = event.data;
        units.set(id, {
          id,
          level,
          zh: name[0],
          en: name[1],
          above: above ?? null,
          head: null,
          ...noHours,
          closed: null,
        });
        break;
      }
      case 'post.added': {
        const { id, kind, unit, name, heads } = event.data;
        posts.set(id, { id, kind, unit, zh: name[0], en: name[1], closed: null });
        const its = units.get(unit);
        if (heads && its) its['head'] = id;
        break;
      }
      case 'person.added':
        made.people.set(event.data.id, canonicalJson({ id: event.data.id, identified: false }));
        break;
      case 'person.identified':
      case 'person.unidentified':
        made.people.set(
          event.data.id,
          canonicalJson({ id: event.data.id, identified: event.type === 'person.identified' }),
        );
        break;
      case 'identity.required':
      case 'factor.required': {
        const [id] = event.type.split('.') as [string];
        made.rules.set(id, canonicalJson({ id, ...event.data }));
        break;
      }
      case 'appointment.made': {
        const { post, person, from, pledge } = event.data;
        const signed = { pledgeHash: pledge?.hash ?? null, pledgeOn: pledge?.signedOn ?? null };
        appointments.set(appointmentKey(post, from), { post, person, from, until: null, ...signed });
        break;
      }
      case 'appointment.ended':
        end(appointments, event.data);
        break;
      case 'appointment.withdrawn':
        appointments.delete(appointmentKey(event.data.post, event.data.from));
        break;
      case 'post.handedOver': {
        const { to = null, toPost = null, words = null, unit = null, keeps = [], ...rest } = event.data;
        made.handovers.set(handoverKey({ ...rest, keeps }), canonicalJson({ ...rest, to, toPost, words, unit, keeps }));
        break;
      }
      case 'substitution.made': {
        const { post, person, from, until = null } = event.data;
        substitutions.set(appointmentKey(post, from), { post, person, from, until });
        break;
      }
      case 'substitution.ended':
        end(substitutions, event.data);
        break;
      case 'unit.hoursSet': {
        const its = units.get(event.data.unit);
        const { hours } = event.data;
        if (its) Object.assign(its, hours ? { opens: hours.from, closes: hours.to } : noHours);
        break;
      }
      case 'unit.renamed':
      case 'post.renamed': {
        const { id, name } = event.data;
        const its = event.type === 'unit.renamed' ? units.get(id) : posts.get(id);
        if (its) Object.assign(its, { zh: name[0], en: name[1] });
        break;
      }
      case 'unit.headSet':
        Object.assign(units.get(event.data.unit) ?? {}, { head: event.data.head });
        break;
      case 'unit.merged': {
        const { id, into, at } = event.data;
        Object.assign(units.get(id) ?? {}, { above: into, closed: at, head: null });
        for (const below of event.data.units) Object.assign(units.get(below) ?? {}, { above: into });
        toUnit(event.data.posts, into);
        break;
      }
      case 'unit.split':
        for (const part of event.data.into) {
          for (const post of part.posts) noHead(post, event.data.id);
          toUnit(part.posts, part.id);
          if (part.head !== undefined) Object.assign(units.get(part.id) ?? {}, { head: part.head });
        }
        break;
      case 'unit.closed':
        Object.assign(units.get(event.data.id) ?? {}, { closed: event.data.at, head: null });
        break;
      case 'post.moved': {
        const { id, from, unit, heads } = event.data;
        noHead(id, from);
        toUnit([id], unit);
        if (heads) Object.assign(units.get(unit) ?? {}, { head: id });
        break;
      }
      case 'post.closed':
        Object.assign(posts.get(event.data.id) ?? {}, { closed: event.data.at });
        noHead(event.data.id);
        break;
      case 'card.published':
        made.cards.set(event.data.post, canonicalJson(event.data));
        break;
      case 'sample.drawn':
        made.samples.set(event.data.id, canonicalJson({ ...event.data, ...ASKED }));
        break;
      case 'bulletin.published': {
        const { sample = null, month = null, corrects = null, ...rest } = event.data;
        made.bulletins.set(event.data.id, canonicalJson({ ...rest, sample, month, corrects, ...PUBLISHED }));
        break;
      }
      case 'retention.lengthened':
        made.retention.set(event.data.id, canonicalJson({ ...event.data, setBy: by, setAt: recordedAt }));
        break;
      case 'card.withdrawn':
        made.cards.delete(event.data.post);
        break;
    }
  };
  const unread = rows.filter((row) => !isRead(row, apply)).map(({ seq }) => seq);
  for (const [id, unit] of units) made.units.set(id, canonicalJson(unit));
  for (const [id, post] of posts) made.posts.set(id, canonicalJson(post));
  for (const [key, each] of appointments) made.appointments.set(key, canonicalJson(each));
  for (const [key, each] of substitutions) made.substitutions.set(key, canonicalJson(each));
  return { made, unread };
}

const noHours = { opens: null, closes: null };

interface Tenure {
  readonly post: string;
  readonly person: string;
  readonly from: Instant;
  readonly until: Instant | null;
}

/** Ends what runs in a post at a moment, or is to come under that person's name. */
function end(
  holdings: ReadonlyMap<string, Tenure>,
  { post, person, until }: { readonly post: string; readonly person: string; readonly until: Instant },
): void {
  for (const each of holdings.values()) {
    const runs = each.post === post && each.from < until && (each.until === null || each.until > until);
    if (runs && each.person === person) (each as { until: Instant }).until = until;
  }
}

/** Who had an event recorded, and when. */
interface Recording {
  readonly by: string | undefined;
  readonly recordedAt: Instant;
}

/** Applies an event; false where its payload is no JSON, or not of its type's form: somebody has edited it. */
function isRead(
  { type, header, payload, recordedAt }: OrgRow,
  apply: (event: OrgEvent, recording: Recording) => void,
): boolean {
  const said = objectIn<{ readonly data?: unknown }>(payload);
  if (!said) return false;
  try {
    const by = objectIn<{ readonly actor?: { readonly id?: string } }>(header)?.actor?.id;
    apply({ type, data: said.data } as OrgEvent, { by, recordedAt });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function readTables(sql: Sql): Promise<Readonly<Record<TableName, Rows>>> {
  const [units, posts, people, rules, appointments, substitutions, handovers, cards, samples, bulletins, retention] =
    await Promise.all([
      sql`SELECT id, level, name_zh AS zh, name_en AS en, above, head_post AS head, hours_from AS opens,
      hours_to AS closes, closed_at AS closed FROM units`,
      sql`SELECT id, kind, unit, name_zh AS zh, name_en AS en, closed_at AS closed FROM posts`,
      sql`SELECT id, EXISTS (SELECT FROM person.identities i WHERE i.person = p.id) AS identified FROM person.people p`,
      sql`SELECT 'identity' AS id, identity_required AS required FROM sign_in_rules
        WHERE identity_required OR EXISTS (SELECT FROM org_events WHERE type = 'identity.required')
        UNION ALL SELECT 'factor', factor_required FROM sign_in_rules
        WHERE factor_required OR EXISTS (SELECT FROM org_events WHERE type = 'factor.required')`,
      sql`SELECT post, person, from_at AS "from", until_at AS until, pledge_hash AS "pledgeHash", pledge_on AS "pledgeOn"
      FROM appointments`,
      sql`SELECT post, person, from_at AS "from", until_at AS until FROM substitutions`,
      sql<
        HandoverRow[]
      >`SELECT post, person, to_person AS "to", to_post AS "toPost", from_at AS "from", by_name AS "byName",
      words_hash AS words, unit, to_json(keeps) AS keeps FROM handovers`,
      sql<
        CardRow[]
      >`SELECT post, shows_name AS "showsName", services, languages, revision, personal_hash AS personal, salt,
      holder, telephone FROM person.post_cards`,
      keptSamples(sql),
      keptBulletins(sql),
      sql`SELECT id, unit, class, years, source, set_by AS "setBy", set_at AS "setAt" FROM retention_periods`,
    ]);
  const byId = (rows: readonly { readonly id?: unknown }[]): Rows =>
    new Map(rows.map((row) => [String(row.id), canonicalJson({ ...row })]));
  const byPost = (rows: readonly Record<string, unknown>[]): Rows =>
    new Map(rows.map((row) => [appointmentKey(String(row['post']), String(row['from'])), canonicalJson({ ...row })]));
  return {
    units: byId(units),
    posts: byId(posts),
    people: byId(people),
    rules: byId(rules),
    appointments: byPost(appointments),
    substitutions: byPost(substitutions),
    handovers: new Map(handovers.map((row) => [handoverKey(row), canonicalJson({ ...row })])),
    cards: new Map(cards.map((row) => [row.post, canonicalJson(cardOf(row))])),
    samples: byId(samples),
    bulletins: byId(bulletins),
    retention: byId(retention),
  };
}

interface CardRow extends PublishedCard {
  readonly salt: string;
  readonly holder: string | null;
  readonly telephone: string | null;
}

/** A card as the chain knows it; its personal parts count as what they hash to. */
function cardOf({ salt, holder, telephone, personal, ...card }: CardRow): PublishedCard {
  const again = personalHashOf(salt, { ...(holder ? { holder } : {}), ...(telephone ? { telephone } : {}) });
  return { ...card, personal: again === personal ? personal : `${again} instead of ${personal}` };
}
