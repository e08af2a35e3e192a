import { gunzipSync, gzipSync } from 'node:zlib';
import type { Sql } from '../../db/client.ts';
import { type ColumnKeys, keyOfValue, keysOf, openAll, payloadPlace, sealValue, Unreadable } from '../../db/sealed.ts';
import { GENESIS, type Header, sha256 } from '../../door/chain.ts';
import { EMPTIED } from '../../door/destroyed.ts';
import { accessRoot } from '../../door/log/access-chain.ts';
import { DESTRUCTION_WAITS_MS, digestText } from '../../engine/destruction.ts';
import type { Destroyed } from '../../engine/event.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { Random } from '../faults/random.ts';
import { signingWith } from '../support/record-log.ts';
import { changeState } from '../support/states.ts';
import type { Ground } from './ground.ts';

/** A change behind the triggers; answers what it did. Every one of them changes rows or bytes that the proofs cover. */
export interface Mutation {
  readonly name: string;
  make(ground: Ground, random: Random): Promise<string>;
}

interface EventRow {
  readonly caseId: string;
  readonly seq: number;
  readonly header: Uint8Array;
  readonly hash: string;
  readonly prev: string;
  readonly payload: Uint8Array;
}

const eventsOf = (sql: Sql, caseId: string) => sql<EventRow[]>`
  SELECT case_id AS "caseId", seq, header, hash, prev, payload FROM events WHERE case_id = ${caseId} ORDER BY seq`;

async function someCase({ sql }: Ground, random: Random): Promise<EventRow[]> {
  const ids = await sql<{ id: string }[]>`SELECT case_id AS id FROM cases ORDER BY case_id`;
  return eventsOf(sql, random.pick(ids).id);
}

/** A case that is destroyed, or one that is not. */
async function caseThat(sql: Sql, destroyed: 'is destroyed' | 'is not destroyed', random: Random): Promise<EventRow[]> {
  const ids = await sql<{ id: string }[]>`
    SELECT case_id AS id FROM cases c WHERE ${destroyed === 'is destroyed'} =
      EXISTS (SELECT FROM events e WHERE e.case_id = c.case_id AND e.type = 'record.destroyed') ORDER BY case_id`;
  return eventsOf(sql, random.pick(ids).id);
}

/** What an event of a destroyed case's chain says instead: members of its header; of the last one also of the certificate. */
interface Instead {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly certificate?: Partial<Destroyed>;
}

/**
 * Writes the chain of a destroyed case anew, each event as `instead` says, with hashes, columns and the certificate's digest made
 * good to the end: it verifies by itself. What emptied payloads were committed to stays.
 */
async function destroyedAnew(sql: Sql, rows: readonly EventRow[], instead: (row: EventRow) => Instead): Promise<void> {
  const documents = await sql<{ id: string; sha256: string }[]>`
    SELECT id, sha256 FROM documents WHERE case_id = ${rows[0]!.caseId}`;
  const before: { seq: number; hash: string }[] = [];
  for (const row of rows) {
    const { header: other = {}, certificate = {} } = instead(row);
    const prev = before.at(-1)?.hash ?? GENESIS;
    const isLast = row.seq === rows.length;
    const payload = isLast
      ? certificateWith(row, { ...certificate, digest: sha256(digestText(before, documents)) })
      : EMPTIED;
    const old = headerIn(row);
    const header = { ...old, ...other, commitment: isLast ? sha256(payload) : old.commitment, prev } as Header;
    const { type, recordedAt, occurredAt, actor } = header;
    const text = canonicalJson(header);
    await sql`UPDATE events SET header = convert_to(${text}, 'UTF8'), hash = ${sha256(text)}, prev = ${prev}, payload = convert_to(${payload}, 'UTF8'),
      type = ${type}, recorded_at = ${recordedAt}, occurred_at = ${occurredAt}, actor_kind = ${actor.kind}, actor_id = ${actor.id},
      actor_post = ${actor.post} WHERE case_id = ${row.caseId} AND seq = ${row.seq}`;
    before.push({ seq: row.seq, hash: sha256(text) });
  }
  await sql`UPDATE cases SET head = ${before.at(-1)!.hash} WHERE case_id = ${rows[0]!.caseId}`;
}

const headerIn = ({ header }: EventRow): Header => JSON.parse(Buffer.from(header).toString('utf8')) as Header;

/** What the certificate at the end of a destroyed case says. */
const certificateIn = (rows: readonly EventRow[]): Destroyed =>
  (JSON.parse(Buffer.from(rows.at(-1)!.payload).toString('utf8')) as { data: Destroyed }).data;

/** Its payload with something else in it. */
function certificateWith({ payload }: EventRow, change: Partial<Destroyed>): string {
  const said = JSON.parse(Buffer.from(payload).toString('utf8')) as { data: Destroyed };
  return canonicalJson({ ...said, data: { ...said.data, ...change } });
}

/** A destroyed case made into one that was not destroyed as it must be. */
const wronglyDestroyed = (name: string, change: (rows: readonly EventRow[]) => (row: EventRow) => Instead) =>
  simple(name, async (sql, random) => {
    const rows = await caseThat(sql, 'is destroyed', random);
    await destroyedAnew(sql, rows, change(rows));
    return rows[0]!.caseId;
  });

/** Another byte at some place, never the same one. */
function otherByte(bytes: Uint8Array, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.between(0, copy.length - 1);
  copy[at] = (copy[at]! + random.between(1, 255)) % 256;
  return copy;
}

/** Rewrites a chain from an event on, with another text in it and every hash made anew to the end: it verifies by itself. */
async function rewritten(
  { sql, keys }: { readonly sql: Sql; readonly keys: ColumnKeys | undefined },
  rows: readonly EventRow[],
  from: number,
  random: Random,
): Promise<string> {
  const place = ({ caseId, seq }: EventRow) => payloadPlace(caseId, seq);
  const clear = await openAll(
    keys,
    rows.map((row) => ({ place: place(row), bytes: row.payload })),
  );
  /** Sealed as it was, by whoever has the keys too. */
  const sealedAs = async (row: EventRow, payload: string): Promise<Buffer> => {
    const id = keyOfValue(row.payload);
    const key = id === undefined ? undefined : (await keys?.byIds([id]))?.get(id);
    return key && !(key instanceof Unreadable) ? sealValue(key, place(row), payload) : Buffer.from(payload);
  };
  let prev = rows[from - 2]?.hash ?? GENESIS;
  for (const row of rows.slice(from - 1)) {
    const said = JSON.parse(Buffer.from(clear[row.seq - 1]!).toString('utf8')) as { data: object; salt: string };
    const salt = row.seq === from ? sha256(String(random.next())) : said.salt;
    const payload = canonicalJson({ ...said, salt });
    const old = JSON.parse(Buffer.from(row.header).toString('utf8')) as object;
    const header = canonicalJson({ ...old, commitment: sha256(payload), prev });
    const hash = sha256(header);
    await sql`UPDATE events SET header = convert_to(${header}, 'UTF8'), hash = ${hash}, prev = ${prev},
      payload = ${await sealedAs(row, payload)} WHERE case_id = ${row.caseId} AND seq = ${row.seq}`;
    prev = hash;
  }
  await sql`UPDATE cases SET head = ${prev} WHERE case_id = ${rows[0]!.caseId}`;
  return `${rows[0]!.caseId} from ${from}`;
}

/** Of documents those that an event commits to: those of cases in which one was attached. */
const NAMED_DOCUMENT = "case_id IN (SELECT case_id FROM events WHERE type = 'document.attached')";

/** Chains beside those of cases, each a table whose bytes say what they follow. */
const chains = {
  organisation: { table: 'org_events', bytes: 'header' },
  calendar: { table: 'calendar_records', bytes: 'content' },
} as const;

interface LinkRow {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly hash: string;
}

const linksOf = (sql: Sql, { table, bytes }: (typeof chains)[keyof typeof chains]) =>
  sql<LinkRow[]>`SELECT seq, ${sql(bytes)} AS bytes, hash FROM ${sql(table)} ORDER BY seq`;

/** Makes a chain anew from a place on, something else in its first event there and every hash made good: it verifies by itself. */
const chainRewritten = (which: keyof typeof chains) =>
  simple(`the chain of the ${which} rewritten from some event to its end`, async (sql, random) => {
    const { table, bytes } = chains[which];
    const rows = await linksOf(sql, chains[which]);
    const from = random.between(1, rows.length);
    let prev = rows[from - 2]?.hash ?? GENESIS;
    for (const row of rows.slice(from - 1)) {
      const said = JSON.parse(Buffer.from(row.bytes).toString('utf8')) as object;
      const text = canonicalJson({ ...said, prev, ...(row.seq === from ? { more: random.next() } : {}) });
      await sql`UPDATE ${sql(table)} SET ${sql(bytes)} = convert_to(${text}, 'UTF8'), hash = ${sha256(text)}, prev = ${prev} WHERE seq = ${row.seq}`;
      prev = sha256(text);
    }
    return `from ${from}`;
  });

const chainSwapped = (which: keyof typeof chains) =>
  simple(`two events of the ${which} swapped`, async (sql, random) => {
    const { table, bytes } = chains[which];
    const rows = await linksOf(sql, chains[which]);
    const n = random.between(0, rows.length - 2);
    const [one, other] = [rows[n]!, rows[n + 1]!];
    for (const [row, as] of [
      [one, other],
      [other, one],
    ] as const)
      await sql`UPDATE ${sql(table)} SET ${sql(bytes)} = ${as.bytes}, hash = ${as.hash} WHERE seq = ${row.seq}`;
    return `${one.seq} and ${other.seq}`;
  });

const chainCut = (which: keyof typeof chains) =>
  simple(`the last events of the ${which} cut off`, async (sql, random) => {
    const { table } = chains[which];
    const n = random.between(1, 3);
    return change(sql, `DELETE FROM ${table} WHERE seq > (SELECT max(seq) - ${n} FROM ${table})`);
  });

/** A change that needs no more than some statements. */
const simple = (name: string, make: (sql: Sql, random: Random, ground: Ground) => Promise<string>): Mutation => ({
  name,
  async make(ground, random) {
    let what = '';
    await ground.behind(async (sql) => {
      what = await make(sql, random, ground);
    });
    return what;
  },
});

/** One row of a table, by chance: its key as a condition. */
async function someRow(sql: Sql, table: string, key: string, random: Random, where = 'true'): Promise<string> {
  const rows = await sql.unsafe(`SELECT ${key} FROM ${table} WHERE ${where} ORDER BY ${key}`);
  const row = random.pick([...rows]);
  return Object.entries(row)
    .map(([name, value]) => `${name} = '${String(value)}'`)
    .join(' AND ');
}

async function change(sql: Sql, statement: string): Promise<string> {
  const { count } = await sql.unsafe(statement);
  if (count === 0) throw new Error(`nothing was changed: ${statement}`);
  return statement;
}

/** One byte of a column, by chance. */
const byteOf = (table: string, key: string, column: string) =>
  simple(`a byte of ${table}.${column}`, async (sql, random) => {
    const where = await someRow(sql, table, key, random);
    const [row] = await sql.unsafe(`SELECT ${column} AS bytes FROM ${table} WHERE ${where}`);
    const bytes = otherByte(row!['bytes'] as Uint8Array, random).toString('hex');
    return change(sql, `UPDATE ${table} SET ${column} = '\\x${bytes}' WHERE ${where}`);
  });

/** Columns that the proofs cover, beside what is hashed or counted. */
interface Covered {
  readonly table: string;
  readonly key: string;
  /** Without them all columns but those of the key. */
  readonly columns?: string;
  /** Of these rows alone. */
  readonly where?: string;
}

/** Another value of a column, by its type. */
const OTHER: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `coalesce(${column}, '') || 'x'`,
  boolean: (column) => `NOT coalesce(${column}, false)`,
  date: (column) => `coalesce(${column}, '2020-01-01') + 1`,
  'timestamp with time zone': (column) => `coalesce(${column}, '2020-01-01') + interval '1 hour'`,
  json: () => `'{"x":1}'`,
  jsonb: () => `'{"x":1}'`,
  ARRAY: (column) => `array_append(${column}, 'x')`,
};
const oneMore = (column: string) => `coalesce(${column}, 0) + 100000`;

/** One value of a covered column, by chance. */
const columnOf = ({ table, key, columns, where = 'true' }: Covered) =>
  simple(`a column of ${table}${where === 'true' ? '' : ` (${where})`}`, async (sql, random) => {
    const types = await sql<{ name: string; type: string }[]>`
      SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_name = ${table} AND table_schema = ANY (current_schemas(false)) ORDER BY 1`;
    const wanted =
      columns?.split(' ') ?? types.map(({ name }) => name).filter((name) => !key.split(', ').includes(name));
    const { name, type } = random.pick(wanted.map((each) => types.find((column) => column.name === each)!));
    const row = await someRow(sql, table, key, random, where);
    return change(sql, `UPDATE ${table} SET "${name}" = ${(OTHER[type] ?? oneMore)(`"${name}"`)} WHERE ${row}`);
  });

const ofAct = "status = 'recorded' AND first_seq IS NOT NULL";
const covered: readonly Covered[] = [
  {
    ...{ table: 'events', key: 'case_id, seq' },
    columns: 'type hash prev recorded_at occurred_at actor_kind actor_id actor_post act_id program_hash',
  },
  {
    ...{ table: 'acts', key: 'act_id', where: ofAct },
    columns: 'case_id type actor_kind actor_id actor_post recorded_at first_seq seq',
  },
  { table: 'acts', key: 'act_id', where: `${ofAct} AND type <> 'case.open'`, columns: 'occurred_at' },
  {
    ...{ table: 'cases', key: 'case_id' },
    columns:
      'case_no unit program_version program_hash status stage seq head outline state_version calendar_version opened_at last_at closed_at next_due wake_at witnessed_seq',
  },
  { table: 'parties', key: 'case_id, party_id' },
  { table: 'assignments', key: 'case_id, role' },
  { table: 'items', key: 'case_id, item_id' },
  { table: 'deadlines', key: 'case_id, deadline_id' },
  { table: 'rungs', key: 'case_id, deadline_id, generation, rung' },
  { table: 'messages', key: 'case_id, id' },
  { table: 'accountability', key: 'case_id, id' },
  { table: 'book_keepers', key: 'case_id, book, side' },
  {
    ...{ table: 'cash_entries', key: 'case_id, id' },
    columns:
      'seq no channel direction amount_fen balance_fen source_doc occurred_date text payout reverses recorded_by recorded_at actor_kind act_id',
  },
  {
    ...{ table: 'vouchers', key: 'case_id, id' },
    columns:
      'seq no period channel direction amount_fen balance_fen source_doc occurred_date text payout reverses recorded_by recorded_at actor_kind act_id line_count total_fen',
  },
  {
    table: 'voucher_lines',
    key: 'case_id, voucher, line',
    columns: 'text account side amount_fen item buyer price_fen party',
  },
  {
    table: 'book_payouts',
    key: 'case_id, id',
    columns:
      'book channel amount_fen text party on_behalf_of asked_by requested_by requested_at decided_by decided_at state',
  },
  { table: 'books', key: 'case_id, book', columns: 'keeps profile name_zh name_en daily opened_at' },
  { table: 'book_counters', key: 'case_id, book, side, channel, period', columns: 'no balance_fen last_at' },
  { table: 'documents', key: 'id', columns: 'case_id sha256 size_bytes', where: NAMED_DOCUMENT },
  { table: 'org_events', key: 'seq', columns: 'type hash prev recorded_at' },
  { table: 'units', key: 'id', columns: 'level name_zh name_en above head_post' },
  { table: 'posts', key: 'id', columns: 'kind unit name_zh name_en closed_at' },
  { table: 'appointments', key: 'id', columns: 'post person from_at until_at' },
  { table: 'calendar_records', key: 'seq', columns: 'area year hash prev loaded_at' },
  {
    ...{ table: 'archived_runs', key: 'n' },
    columns:
      'run_id case_id first_run previous_run next_run status started_at closed_at first_seq first_head last_seq last_head events size_bytes sha256 archived_at hash prev',
  },
];

/** Rows of which one is taken away, by chance from one of these tables. */
const rowGoneOf = (name: string, rows: readonly (readonly [table: string, key: string, where?: string])[]) =>
  simple(name, async (sql, random) => {
    const [table, key, where] = random.pick(rows);
    return change(sql, `DELETE FROM ${table} WHERE ${await someRow(sql, table, key, random, where)}`);
  });

const rowGone = (table: string, key: string) =>
  simple(`a row of ${table} gone`, async (sql, random) =>
    change(sql, `DELETE FROM ${table} WHERE ${await someRow(sql, table, key, random)}`),
  );

/** What somebody who has everything in the house does at the end: writes the log again, and signs it. */
const signedAnew = (name: string, key: 'house' | 'other', make: Mutation['make']): Mutation => ({
  name: `${name}, signed anew with ${key === 'house' ? 'the key of the house' : 'another key'}`,
  async make(ground, random) {
    const what = await make(ground, random);
    await ground.logAnew(key === 'house' ? { ...ground.signing, remembered: () => undefined } : signingWith(9));
    return what;
  },
});

const rewriteSome: Mutation = {
  name: 'a whole chain rewritten from some event to its end',
  async make(ground, random) {
    const rows = await caseThat(ground.sql, 'is not destroyed', random);
    let what = '';
    await ground.behind(async (sql) => {
      what = await rewritten({ sql, keys: keysOf(ground.sql) }, rows, random.between(1, rows.length), random);
    });
    return what;
  },
};

const vanish = simple('a whole case gone', async (sql, random) => {
  const where = await someRow(sql, 'cases', 'case_id', random);
  for (const table of ['acts', 'events', 'cases']) await sql.unsafe(`DELETE FROM ${table} WHERE ${where}`);
  return where;
});

/** The log as it was after an earlier checkpoint, everything of it in agreement: that it once was longer shows outside alone. */
const rolledBack: Mutation = {
  name: 'the log rolled back to an earlier checkpoint',
  async make(ground, random) {
    const sizes = await ground.sql<
      { number: number; size: number }[]
    >`SELECT number, size FROM log_checkpoints ORDER BY number`;
    const to = random.pick(sizes.slice(0, -1));
    await ground.behind(async (sql) => {
      await sql`DELETE FROM log_checkpoints WHERE number > ${to.number}`;
      await sql`DELETE FROM log_leaves WHERE position >= ${to.size}`;
      await sql`DELETE FROM log_nodes WHERE (index + 1) << level > ${to.size}`;
      await sql`DELETE FROM log_chains c WHERE NOT EXISTS (SELECT FROM log_leaves l WHERE l.chain = c.number)`;
      await sql`UPDATE log_chains c SET logged = l.seq, seq = l.seq, head = l.hash
        FROM (SELECT DISTINCT ON (chain) chain, seq, hash FROM log_leaves ORDER BY chain, seq DESC) l WHERE l.chain = c.number`;
    });
    return `to ${to.size}`;
  },
};

/** Two reads of one block, one after the other. */
async function twoReads(sql: Sql, random: Random): Promise<readonly [one: number, other: number, block: number]> {
  const rows = await sql<
    { id: number; block: number }[]
  >`SELECT id, block FROM accesses WHERE block IS NOT NULL ORDER BY id`;
  const pairs = rows.slice(1).flatMap((row, n) => {
    const before = rows[n]!;
    return before.block === row.block ? [[before.id, row.id, row.block] as const] : [];
  });
  return random.pick(pairs);
}

/** Takes a read out of its block and makes that block and those after it anew: the access log verifies by itself. */
const readTakenOut = simple('a read taken out, the blocks made anew to the end', async (sql, random) => {
  const [gone, , from] = await twoReads(sql, random);
  await sql`DELETE FROM accesses WHERE id = ${gone}`;
  const blocks = await sql<{ seq: number; header: Uint8Array; prev: string }[]>`
    SELECT seq, header, prev FROM access_blocks WHERE seq >= ${from} ORDER BY seq`;
  let { prev } = blocks[0]!;
  for (const block of blocks) {
    const reads = await sql<
      { content: Uint8Array }[]
    >`SELECT content FROM accesses WHERE block = ${block.seq} ORDER BY id`;
    const old = JSON.parse(Buffer.from(block.header).toString('utf8')) as object;
    const root = accessRoot(reads.map(({ content }) => content));
    const header = canonicalJson({ ...old, count: reads.length, root, prev });
    await sql`UPDATE access_blocks SET header = convert_to(${header}, 'UTF8'), hash = ${sha256(header)}, prev = ${prev},
      count = ${reads.length} WHERE seq = ${block.seq}`;
    prev = sha256(header);
  }
  return `${gone} of block ${from}`;
});

interface RunRow {
  readonly n: number;
  readonly runId: string;
  readonly manifest: Uint8Array;
}

const archivedRuns = (sql: Sql) => sql<RunRow[]>`SELECT n, run_id AS "runId", manifest FROM archived_runs ORDER BY n`;

async function withoutRuns(sql: Sql, runs: readonly RunRow[]): Promise<void> {
  const ids = JSON.stringify(runs.map(({ runId }) => runId));
  for (const table of ['archived_run_parts', 'archived_runs'])
    await sql`DELETE FROM ${sql(table)} WHERE run_id IN (SELECT json_array_elements_text(${ids}::text::json))`;
}

/** Numbers, links and hashes of the archive made anew from a run on: it verifies by itself. */
async function archiveMadeAnew(sql: Sql, from: number, runs: readonly RunRow[]): Promise<void> {
  const [before] = await sql<{ hash: string }[]>`SELECT hash FROM archived_runs WHERE n = ${from - 1}`;
  let [n, prev] = [from, before?.hash ?? GENESIS];
  for (const { runId, manifest } of runs) {
    const said = JSON.parse(Buffer.from(manifest).toString('utf8')) as object;
    const text = canonicalJson({ ...said, n, prev });
    await sql`UPDATE archived_runs SET n = ${n}, prev = ${prev}, manifest = convert_to(${text}, 'UTF8'), hash = ${sha256(text)}
      WHERE run_id = ${runId}`;
    prev = sha256(text);
    n += 1;
  }
}

const runTakenOut = simple('an archived run taken out, the archive made anew to its end', async (sql, random) => {
  const runs = await archivedRuns(sql);
  const gone = random.pick(runs.slice(0, -1));
  await withoutRuns(sql, [gone]);
  await archiveMadeAnew(sql, gone.n, runs.slice(gone.n));
  return String(gone.n);
});

/** Destructions that were not decided as they must be: the chain tells, also where all that follows is made good. */
export const wrongDestructions: readonly Mutation[] = [
  wronglyDestroyed('a destruction that one person alone has decided', (rows) => {
    const { requested, approved } = certificateIn(rows);
    const { actor } = headerIn(rows[requested.seq - 1]!);
    const certificate = { approved: { ...approved, by: requested.by } };
    return ({ seq }) => (seq === approved.seq ? { header: { actor } } : { certificate });
  }),
  wronglyDestroyed('a destruction without its wait', (rows) => {
    const { approved } = certificateIn(rows);
    const at = headerIn(rows.at(-1)!).recordedAt;
    const certificate = { approved: { ...approved, at } };
    return ({ seq }) => (seq === approved.seq ? { header: { recordedAt: at, occurredAt: at } } : { certificate });
  }),
  wronglyDestroyed('a destruction that nobody has approved', (rows) => {
    const { approved } = certificateIn(rows);
    return ({ seq }) => (seq === approved.seq ? { header: { type: 'destruction.revoked' } } : {});
  }),
  simple('a certificate forged at the end of a case', async (sql, random) => {
    const said = certificateIn(await caseThat(sql, 'is destroyed', random));
    const rows = await caseThat(sql, 'is not destroyed', random);
    const last = rows.at(-1)!;
    const { caseId } = last;
    const seq = rows.length + 1;
    const documents = await sql<
      { id: string; sha256: string }[]
    >`SELECT id, sha256 FROM documents WHERE case_id = ${caseId}`;
    const own = { ...said, case: { ...said.case, caseId }, counts: { ...said.counts, events: rows.length } };
    const data = { ...own, digest: sha256(digestText(rows, documents)) };
    const payload = canonicalJson({ data, salt: sha256(String(random.next())) });
    const like = headerIn(last);
    const recordedAt = new Date(Date.parse(like.recordedAt) + 2 * DESTRUCTION_WAITS_MS).toISOString();
    const actor = { kind: 'system', id: 'retention', post: null };
    const header = canonicalJson({
      ...{ ...like, seq, type: 'record.destroyed', actor, recordedAt, occurredAt: recordedAt },
      ...{ actId: null, commitment: sha256(payload), prev: last.hash },
    });
    await sql`
      INSERT INTO events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id, actor_post,
        act_id, program_hash)
      VALUES (${caseId}, ${seq}, 'record.destroyed', convert_to(${header}, 'UTF8'), ${sha256(header)}, ${last.hash},
        convert_to(${payload}, 'UTF8'), ${recordedAt}, ${recordedAt}, 'system', 'retention', NULL, NULL, ${like.program})`;
    await sql`UPDATE events SET payload = ${Buffer.from(EMPTIED)} WHERE case_id = ${caseId} AND seq < ${seq}`;
    await sql`UPDATE cases SET seq = ${seq}, head = ${sha256(header)} WHERE case_id = ${caseId}`;
    return caseId;
  }),
];

/** Every kind of change that is tried. */
export const mutations: readonly Mutation[] = [
  byteOf('events', 'case_id, seq', 'payload'),
  byteOf('events', 'case_id, seq', 'header'),
  // an earlier run (seed 20261124, no. 1134) had missed a byte of a key's name that made it no text
  simple('the name of a key in events.payload made no text', async (sql, random) => {
    const where = await someRow(sql, 'events', 'case_id, seq', random, 'get_byte(payload, 0) = 1');
    const at = 2 + random.between(0, 30);
    const byte = random.pick([0, 0x80, 0xc3, 0xff]);
    return change(sql, `UPDATE events SET payload = set_byte(payload, ${at}, ${byte}) WHERE ${where}`);
  }),
  ...covered.map(columnOf),
  {
    name: 'the state of a case',
    async make(ground, random) {
      const { id } = random.pick(await ground.sql<{ id: string }[]>`SELECT case_id AS id FROM cases ORDER BY case_id`);
      await ground.behind((write) =>
        changeState({ keyed: ground.sql, write }, id, (state) => ({ ...state, openedAt: '2001-01-01T00:00:00.000Z' })),
      );
      return id;
    },
  },
  rowGoneOf('a row of a read model gone', [
    ...[['parties', 'case_id, party_id'] as const, ['assignments', 'case_id, role'] as const],
    ...[['items', 'case_id, item_id'] as const, ['deadlines', 'case_id, deadline_id'] as const],
    ...[['rungs', 'case_id, deadline_id, generation, rung'] as const, ['messages', 'case_id, id'] as const],
    ...[['accountability', 'case_id, id'] as const, ['book_keepers', 'case_id, book, side'] as const],
  ]),
  rowGoneOf('a row of the books gone', [
    ...[['cash_entries', 'case_id, id'] as const, ['vouchers', 'case_id, id'] as const],
    ...[['voucher_lines', 'case_id, voucher, line'] as const, ['book_payouts', 'case_id, id'] as const],
    ['book_counters', 'case_id, book, side, channel, period'],
  ]),
  rowGoneOf('a row of the organisation gone', [
    ...[['units', 'id'] as const, ['posts', 'id'] as const, ['people', 'id'] as const, ['appointments', 'id'] as const],
  ]),
  rowGoneOf('an act gone', [['acts', 'act_id', ofAct]]),
  simple('a refusal changed', async (sql, random) => {
    const where = await someRow(sql, 'acts', 'act_id', random, 'refusal IS NOT NULL');
    const [row] = await sql.unsafe(`SELECT refusal FROM acts WHERE ${where}`);
    const bytes = otherByte(Buffer.from(row!['refusal'] as string, 'base64').subarray(40), random);
    const sealed = Buffer.concat([Buffer.from(row!['refusal'] as string, 'base64').subarray(0, 40), bytes]);
    return change(sql, `UPDATE acts SET refusal = to_json('${sealed.toString('base64')}'::text) WHERE ${where}`);
  }),
  byteOf('document_contents', 'document_id', 'bytes'),
  simple('a document exchanged, its row with it', async (sql, random) => {
    const where = await someRow(sql, 'documents', 'id', random, NAMED_DOCUMENT);
    const other = Buffer.from(`%PDF-1.4 ${random.next()}`);
    await sql.unsafe(`UPDATE document_contents SET bytes = '\\x${other.toString('hex')}' WHERE document_${where}`);
    return change(sql, `UPDATE documents SET sha256 = '${sha256(other)}', size_bytes = ${other.length} WHERE ${where}`);
  }),
  simple('a document taken away, its row with it', async (sql, random) => {
    const where = await someRow(sql, 'documents', 'id', random, NAMED_DOCUMENT);
    await sql.unsafe(`DELETE FROM document_contents WHERE document_${where}`);
    return change(sql, `DELETE FROM documents WHERE ${where}`);
  }),
  byteOf('org_events', 'seq', 'header'),
  byteOf('archived_runs', 'n', 'manifest'),
  // packed again: a gzip header has bytes that say nothing
  simple('a byte of an archived history', async (sql, random) => {
    const where = await someRow(sql, 'archived_run_parts', 'run_id, part', random);
    const [row] = await sql.unsafe(`SELECT content FROM archived_run_parts WHERE ${where}`);
    const content = gzipSync(otherByte(gunzipSync(row!['content'] as Uint8Array), random)).toString('hex');
    return change(sql, `UPDATE archived_run_parts SET content = '\\x${content}' WHERE ${where}`);
  }),
  rowGone('archived_run_parts', 'run_id, part'),
  ...(['organisation', 'calendar'] as const).flatMap((which) => [
    ...[chainRewritten(which), chainSwapped(which), chainCut(which)],
    signedAnew(`the chain of the ${which} rewritten`, 'house', chainRewritten(which).make),
  ]),
  byteOf('org_events', 'seq', 'payload'),
  byteOf('calendar_records', 'seq', 'content'),
  byteOf('log_leaves', 'position', 'hash'),
  byteOf('log_nodes', 'level, index', 'hash'),
  byteOf('log_head_nodes', 'level, index', 'hash'),
  byteOf('log_chains', 'number', 'head'),
  ...[rowGone('events', 'case_id, seq'), rowGone('org_events', 'seq'), rowGone('calendar_records', 'seq')],
  ...[rowGone('log_leaves', 'position'), rowGone('log_nodes', 'level, index'), rowGone('log_chains', 'number')],
  ...[rowGone('log_checkpoints', 'number'), rowGone('log_head_nodes', 'level, index')],
  simple('a character of a note', async (sql, random) => {
    const where = await someRow(sql, 'log_checkpoints', 'number', random);
    const [row] = await sql.unsafe(`SELECT note FROM log_checkpoints WHERE ${where}`);
    const note = row!['note'] as string;
    const at = random.between(0, note.length - 1);
    const other = String.fromCharCode(note.charCodeAt(at) === 65 ? 66 : 65);
    await sql.unsafe(`UPDATE log_checkpoints SET note = $1 WHERE ${where}`, [
      note.slice(0, at) + other + note.slice(at + 1),
    ]);
    return `${where} at ${at}`;
  }),
  simple('columns of a checkpoint', async (sql, random) => {
    const where = await someRow(sql, 'log_checkpoints', 'number', random);
    const how = random.pick([
      'size = size + 1',
      'size = size - 1',
      "at = at + interval '1 ms'",
      'number = number + 1000',
    ]);
    return change(sql, `UPDATE log_checkpoints SET ${how} WHERE ${where}`);
  }),
  simple('how much of a chain is logged', async (sql, random) =>
    change(
      sql,
      `UPDATE log_chains SET logged = logged + 1 WHERE ${await someRow(sql, 'log_chains', 'number', random)}`,
    ),
  ),
  simple('the key of the log', async (sql) => {
    const { key } = (await sql<{ key: string }[]>`SELECT key FROM log_keys`)[0]!;
    const { verifierText } = await import('../../engine/record/note.ts');
    const other = verifierText(signingWith(9).signer(key.split('+')[0]!, undefined)!);
    await sql`UPDATE log_keys SET key = ${other}`;
    return 'another';
  }),
  simple('the last events of a case cut off, its row with them', async (sql, random, ground) => {
    const rows = await someCase(ground, random);
    const keep = random.between(1, rows.length - 1);
    const { caseId } = rows[0]!;
    await sql`DELETE FROM events WHERE case_id = ${caseId} AND seq > ${keep}`;
    await sql`UPDATE cases SET seq = ${keep}, head = ${rows[keep - 1]!.hash} WHERE case_id = ${caseId}`;
    return `${caseId} after ${keep}`;
  }),
  simple('the last leaves cut off', async (sql, random) => {
    const n = random.between(1, 30);
    return change(sql, `DELETE FROM log_leaves WHERE position > (SELECT max(position) - ${n} FROM log_leaves)`);
  }),
  simple('two leaves swapped', async (sql, random) => {
    const rows = await sql<
      { position: number; hash: Uint8Array }[]
    >`SELECT position, hash FROM log_leaves ORDER BY position`;
    const one = random.pick(rows);
    const other = random.pick(rows.filter(({ position }) => position !== one.position));
    await sql`UPDATE log_leaves SET hash = ${other.hash} WHERE position = ${one.position}`;
    await sql`UPDATE log_leaves SET hash = ${one.hash} WHERE position = ${other.position}`;
    return `${one.position} and ${other.position}`;
  }),
  simple('two events of a case swapped', async (sql, random, ground) => {
    const rows = await someCase(ground, random);
    const n = random.between(0, rows.length - 2);
    const [one, other] = [rows[n]!, rows[n + 1]!];
    for (const [row, as] of [
      [one, other],
      [other, one],
    ] as const)
      await sql`UPDATE events SET header = ${as.header}, hash = ${as.hash}, payload = ${as.payload}
        WHERE case_id = ${row.caseId} AND seq = ${row.seq}`;
    return `${one.caseId} at ${one.seq}`;
  }),
  simple('an event put in', async (sql, random, ground) => {
    const rows = await someCase(ground, random);
    const row = random.pick(rows);
    await sql`INSERT INTO events SELECT case_id, ${rows.length + 1}, type, header, hash, prev, payload, recorded_at, occurred_at,
      actor_kind, actor_id, actor_post, act_id, program_hash FROM events WHERE case_id = ${row.caseId} AND seq = ${row.seq}`;
    return `${row.caseId} after ${rows.length}`;
  }),
  simple('a leaf put in', async (sql) =>
    change(sql, `INSERT INTO log_leaves SELECT max(position) + 1, 0, 100000, sha256('x') FROM log_leaves`),
  ),
  byteOf('accesses', 'id', 'content'),
  byteOf('access_blocks', 'seq', 'header'),
  ...[rowGone('accesses', 'id'), rowGone('access_blocks', 'seq')],
  simple('a column of a read', async (sql, random) => {
    const how = random.pick([
      "person = person || 'x'",
      "kind = kind || 'x'",
      "purpose = 'statistics'",
      "at = at + interval '1 ms'",
      'status = status + 1',
      "cases = '{}'",
      "emergency = 'access-x'",
      'block = NULL',
    ]);
    return change(sql, `UPDATE accesses SET ${how} WHERE ${await someRow(sql, 'accesses', 'id', random)}`);
  }),
  simple('a read put into a sealed block', async (sql, random) => {
    const where = await someRow(sql, 'accesses', 'id', random);
    return change(
      sql,
      `INSERT INTO accesses (at, person, role, post, unit, kind, cases, purpose, relation, emergency, status, content, block)
        SELECT at, person, role, post, unit, kind, cases, purpose, relation, emergency, status, content, block FROM accesses WHERE ${where}`,
    );
  }),
  simple('two reads of a block swapped', async (sql, random) => {
    const [one, other] = await twoReads(sql, random);
    await sql`UPDATE accesses a SET at = b.at, person = b.person, kind = b.kind, cases = b.cases, content = b.content
      FROM accesses b WHERE a.id IN (${one}, ${other}) AND b.id IN (${one}, ${other}) AND a.id <> b.id`;
    return `${one} and ${other}`;
  }),
  readTakenOut,
  simple('the last archived runs cut off', async (sql, random) => {
    const gone = (await archivedRuns(sql)).slice(-random.between(1, 5));
    await withoutRuns(sql, gone);
    return `${gone.length} of them`;
  }),
  simple('an archived run gone', async (sql, random) => {
    const gone = random.pick(await archivedRuns(sql));
    await withoutRuns(sql, [gone]);
    return String(gone.n);
  }),
  simple('two archived runs swapped, the archive made anew to its end', async (sql, random) => {
    const runs = await archivedRuns(sql);
    const at = random.between(0, runs.length - 2);
    const after = [runs[at + 1]!, runs[at]!, ...runs.slice(at + 2)];
    await sql`UPDATE archived_runs SET n = -n WHERE n > ${at}`;
    await archiveMadeAnew(sql, at + 1, after);
    return `${at + 1} and ${at + 2}`;
  }),
  runTakenOut,
  simple('what a case says emptied, and no certificate', async (sql, random) => {
    const rows = await caseThat(sql, 'is not destroyed', random);
    const seq = random.pick([0, random.between(1, rows.length)]);
    return change(
      sql,
      `UPDATE events SET payload = '${EMPTIED}' WHERE case_id = '${rows[0]!.caseId}' AND ${seq} IN (0, seq)`,
    );
  }),
  simple('a destruction undone', async (sql, random) => {
    const rows = await caseThat(sql, 'is destroyed', random);
    const { caseId } = rows[0]!;
    await sql`DELETE FROM events WHERE case_id = ${caseId} AND seq = ${rows.length}`;
    await sql`DELETE FROM acts WHERE case_id = ${caseId} AND seq = ${rows.length}`;
    await sql`UPDATE cases SET seq = ${rows.length - 1}, head = ${rows.at(-2)!.hash} WHERE case_id = ${caseId}`;
    return caseId;
  }),
  ...wrongDestructions,
  wronglyDestroyed('a header of a destroyed case changed, the chain made anew to its end', (rows) => {
    const seq = rows.length - 4;
    return (row) => (row.seq === seq ? { header: { occurredAt: '2020-02-02T00:00:00.000Z' } } : {});
  }),
  wronglyDestroyed('another certificate, its event made anew', (rows) => {
    const { counts } = certificateIn(rows);
    return () => ({ certificate: { counts: { ...counts, documents: counts.documents + 1 } } });
  }),
  simple('something of a destroyed case put back', async (sql, random) => {
    const rows = await caseThat(sql, 'is destroyed', random);
    const { caseId } = rows[0]!;
    const seq = random.between(1, rows.length - 1);
    return change(
      sql,
      random.pick([
        `UPDATE events SET payload = '{"data":{"text":"x"},"salt":"y"}' WHERE case_id = '${caseId}' AND seq = ${seq}`,
        `INSERT INTO document_contents (document_id, bytes) SELECT id, 'x' FROM documents WHERE case_id = '${caseId}'`,
        `UPDATE data_keys SET wrapped = decode(repeat('07', 60), 'hex'), destroyed_at = NULL WHERE owner = '${caseId}'`,
        `INSERT INTO parties (case_id, party_id, role, name, since) VALUES ('${caseId}', 'beneficiary', 'beneficiary', 'x', now())`,
      ]),
    );
  }),
  simple('a document of a destroyed case changed', async (sql, random) => {
    const { caseId } = (await caseThat(sql, 'is destroyed', random))[0]!;
    return change(sql, `UPDATE documents SET sha256 = repeat('0', 64) WHERE case_id = '${caseId}'`);
  }),
  vanish,
  rewriteSome,
  rolledBack,
  signedAnew('a whole chain rewritten', 'house', rewriteSome.make),
  signedAnew('a whole chain rewritten', 'other', rewriteSome.make),
  signedAnew('a whole case gone', 'house', vanish.make),
];
