import { setTimeout as sleep } from 'node:timers/promises';
import { logSize } from '../../db/queries/record-log.ts';
import type { Tx } from '../../db/transactions.ts';
import { growingTree, type MadeNode } from '../../engine/record/growing-tree.ts';
import { leafHash, nodesOf } from '../../engine/record/merkle.ts';
import { STORED_LEVEL, treeReader } from './tree.ts';

/** The chain of the organisation's changes, and that of the calendar's records, as the log names them. */
export const ORGANISATION = 'organisation';
/** See {@link ORGANISATION}. */
export const CALENDAR = 'calendar';
/** The chain of the access log: its events are blocks of reads (door/log/access-chain.ts). */
export const ACCESSES = 'accesses';
/** The chain of archived histories: its events are the archive's manifests (door/archive.ts). */
export const ARCHIVE = 'archive';

/** The chains that are of no case. */
export const commonChains: ReadonlySet<string> = new Set([ORGANISATION, CALENDAR, ACCESSES, ARCHIVE]);

/** Any number; whoever writes the log takes the lock of it, for one transaction. */
const logLock = 4_711_018_002;

/** Whether the log is ours to write until this transaction ends; nobody waits for it. */
export async function lockLog(tx: Tx): Promise<boolean> {
  const [row] = await tx<{ got: boolean }[]>`SELECT pg_try_advisory_xact_lock(${logLock}) AS got`;
  return row!.got;
}

/** Takes the same, and waits up to ten seconds for whoever writes the log. Throws when it is being written all the time. */
export async function holdLog(tx: Tx): Promise<void> {
  for (let waited = 0; !(await lockLog(tx)); waited += 100) {
    if (waited >= 10_000) throw new Error('The log is being written all the time. Way out: try again.');
    await sleep(100);
  }
}

/** What a turn has put into the log. */
export interface Appended {
  readonly added: number;
  /** There may be more at once. */
  readonly more: boolean;
  /** Chains whose new event does not follow what is in the log: somebody has changed the record behind it. */
  readonly changed: readonly string[];
}

/** What is looked for: cases moved of late, or all of them. */
export interface AppendOptions {
  readonly everything: boolean;
  /** Events at most. Default 1,000. */
  readonly most?: number;
}

interface News {
  readonly chain: string;
  readonly number: number | null;
  readonly seq: number;
  readonly hash: string;
  readonly broken: boolean;
}

/** No case is in work for longer than a transaction may take: seconds. */
const lately = '60 seconds';
const casesAtMost = 500;

/**
 * Appends committed events that the log does not hold yet, those of a chain in their order. The lock of the log comes first.
 * A case's row tells the last of its events: those moved within the last minute are found by an index, all others when
 * `everything` is looked through, which makes it certain whatever the clocks have shown.
 */
export async function appendEvents(tx: Tx, { everything, most = 1_000 }: AppendOptions): Promise<Appended> {
  const news = await findNews(tx, everything, most);
  if (news.length === 0) return { added: 0, more: false, changed: [] };
  const size = await logSize(tx);
  const numbers = await numberChains(tx, news);
  const edge = nodesOf({ from: 0, to: size });
  const tree = growingTree(size, await treeReader(tx, 'events')(edge));
  const leaves = news.map(({ chain, seq, hash }, n) => ({ position: size + n, chain: numbers.get(chain), seq, hash }));
  const made = leaves.flatMap(({ hash }) => tree.append(leafHash(Buffer.from(hash, 'hex'))));
  await tx`
    INSERT INTO log_leaves (position, chain, seq, hash) SELECT position, chain, seq, decode(hash, 'hex')
    FROM json_to_recordset(${JSON.stringify(leaves)}::text::json) AS r (position bigint, chain int, seq bigint, hash text)`;
  await Promise.all([
    tx`
      INSERT INTO log_nodes (level, index, hash) SELECT level, index, decode(hash, 'hex')
      FROM json_to_recordset(${nodesJson(made)}::text::json) AS r (level smallint, index bigint, hash text)`,
    tx`
      UPDATE log_chains c SET logged = r.seq
      FROM (SELECT chain, max(seq) AS seq FROM log_leaves WHERE position >= ${size} GROUP BY chain) r WHERE c.number = r.chain`,
  ]);
  const changed = news.filter(({ broken }) => broken).map(({ chain }) => chain);
  return { added: news.length, more: news.length >= Math.min(most, casesAtMost), changed };
}

/** Subtrees to be stored, for a statement to take apart. */
export const nodesJson = (nodes: readonly MadeNode[]): string =>
  JSON.stringify(
    nodes
      .filter(({ level }) => level >= STORED_LEVEL)
      .map(({ level, index, hash }) => ({ level, index, hash: Buffer.from(hash).toString('hex') })),
  );

function findNews(tx: Tx, everything: boolean, most: number): Promise<News[]> {
  const moved = everything ? tx`true` : tx`c.last_at >= clock_timestamp() - ${lately}::interval`;
  const chain = (table: ReturnType<Tx>, id: string, at: ReturnType<Tx>, seq = tx`e.seq`) => tx`
    SELECT ${id}::text AS chain, l.number, ${seq} AS seq, e.hash, e.prev, ${at} AS at
    FROM ${table} e LEFT JOIN log_chains l ON l.id = ${id} WHERE ${seq} > coalesce((SELECT logged FROM log_chains WHERE id = ${id}), 0)`;
  return tx<News[]>`
    WITH due AS (
      SELECT c.case_id, l.number, coalesce(l.logged, 0) AS logged FROM cases c LEFT JOIN log_chains l ON l.id = c.case_id
      WHERE c.seq > coalesce(l.logged, 0) AND ${moved} LIMIT ${casesAtMost}
    ), news AS (
      SELECT d.case_id AS chain, d.number, e.seq, e.hash, e.prev, e.at FROM due d CROSS JOIN LATERAL (
        SELECT seq, hash, prev, recorded_at AS at FROM events e WHERE e.case_id = d.case_id AND e.seq > d.logged
        ORDER BY seq LIMIT ${most}) e
      UNION ALL (${chain(tx`org_events`, ORGANISATION, tx`e.recorded_at`)} ORDER BY e.seq LIMIT ${most})
      UNION ALL (${chain(tx`calendar_records`, CALENDAR, tx`e.loaded_at`)} ORDER BY e.seq LIMIT ${most})
      UNION ALL (${chain(tx`access_blocks`, ACCESSES, tx`e.sealed_at`)} ORDER BY e.seq LIMIT ${most})
      UNION ALL (${chain(tx`archived_runs`, ARCHIVE, tx`e.archived_at`, tx`e.n`)} ORDER BY e.n LIMIT ${most})
    ), placed AS (
      -- by time, and never an event of a chain before an earlier one of it
      SELECT *, max(at) OVER (PARTITION BY chain ORDER BY seq) AS place FROM news
    )
    SELECT n.chain, n.number, n.seq, n.hash, coalesce(encode(p.hash, 'hex') <> n.prev, false) AS broken
    FROM placed n LEFT JOIN log_leaves p ON p.chain = n.number AND p.seq = n.seq - 1
    ORDER BY n.place, n.chain, n.seq LIMIT ${most}`;
}

/** The numbers of these chains; those that are new get the next ones, in the order of their first event. */
async function numberChains(tx: Tx, news: readonly News[]): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map<string, number>();
  for (const { chain, number } of news) if (number !== null) numbers.set(chain, number);
  const fresh = [...new Set(news.filter(({ number }) => number === null).map(({ chain }) => chain))];
  if (fresh.length === 0) return numbers;
  const [row] = await tx<{ next: number }[]>`SELECT coalesce(max(number) + 1, 0) AS next FROM log_chains`;
  const rows = fresh.map((id, n) => ({ id, number: row!.next + n }));
  await tx`
    INSERT INTO log_chains (number, id) SELECT number, id
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS r (number int, id text) ORDER BY number`;
  for (const { id, number } of rows) numbers.set(id, number);
  return numbers;
}
