import type { Sql } from '../../db/client.ts';
import { type CheckpointRow, type LogNodeRow, listCheckpoints, logKeysMade } from '../../db/queries/record-log.ts';
import { createTransactions, type Tx } from '../../db/transactions.ts';
import { type Checkpoint, openCheckpoint } from '../../engine/record/checkpoint.ts';
import { growingTree, type MadeNode } from '../../engine/record/growing-tree.ts';
import { changingTree, headLeaf } from '../../engine/record/heads.ts';
import { type Hash, leafHash, sameHash } from '../../engine/record/merkle.ts';
import { type NoteVerifier, parseVerifier } from '../../engine/record/note.ts';
import { ACCESSES, ARCHIVE, CALENDAR, ORGANISATION } from './append.ts';
import { logOrigin, type SignedTree } from './checkpoint.ts';
import { BLOCK, nameOf, STORED_LEVEL } from './tree.ts';

/** Something of the log or its checkpoints that does not hold; `chain` is that of an event, where it is about one. */
export interface LogFinding {
  readonly rule: 'log' | 'checkpoints';
  readonly chain: string;
  readonly seq?: number;
  readonly what: string;
  /** The log ends before what was signed on this machine last, and nothing else is told by this: as after every restore in place. */
  readonly kind?: 'signed further';
}

/** What a witness outside has kept: the keys it trusted and the notes it saw. */
export interface WitnessedNotes {
  readonly keys: readonly string[];
  readonly notes: readonly string[];
}

/** What the log is compared with from outside the database. */
export interface VerifyLogOptions {
  readonly witness?: WitnessedNotes | undefined;
  /** The last tree that was signed here, and the key it was signed with, as they lie beside the private key. */
  readonly signed?: { readonly tree: SignedTree | undefined; readonly key: string } | undefined;
}

/** What was looked at. */
export interface LogProof {
  readonly checked: {
    /** Events in the log, and events that are not in it yet. */
    readonly logged: number;
    readonly unlogged: number;
    readonly checkpoints: number;
    /** Notes of the witness that were compared. */
    readonly witnessNotes: number;
  };
  readonly findings: readonly LogFinding[];
}

/** With this begins what is found when the log does not hold what was signed on this machine last. */
export const SIGNED_HERE = 'what was signed here last';

const leavesAtOnce = 5_000;
const checkpointsAtOnce = 1_000;
/** After so many nothing new would be learned. */
const mostFindings = 200;
const deadlineMs = 3_600_000;

/**
 * Verifies the whole log, as the database holds it at one instant: every leaf is the event it names, each chain's in order and
 * each once; stored subtrees and heads are those of the leaves; every checkpoint is signed, follows the one before, and has
 * the roots of the leaves. With a witness, everything it saw signed is still there. Reads only.
 */
export async function verifyLog(sql: Sql, options: VerifyLogOptions = {}): Promise<LogProof> {
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs });
  try {
    return await transactions.run(async (tx) => {
      await tx.unsafe('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      return new LogVerifier(tx, options).run();
    });
  } finally {
    await transactions.end();
  }
}

interface ChainRow {
  readonly number: number;
  readonly id: string;
  readonly logged: number;
  readonly seq: number;
  readonly head: string | null;
}

interface LeafRow {
  readonly position: number;
  readonly chain: number;
  readonly seq: number;
  readonly hash: string;
  readonly recorded: string | null;
}

interface Head {
  readonly chain: string;
  readonly seq: number;
  readonly head: string;
}

/** What has to be so when the log has a certain size. */
interface Expected {
  readonly what: string;
  /** Signed on this machine itself. */
  readonly here?: true;
  readonly checkpoint: Pick<Checkpoint, 'root'> & Partial<Pick<Checkpoint, 'heads'>>;
}

class LogVerifier {
  readonly #tx: Tx;
  readonly #options: VerifyLogOptions;
  readonly #findings: LogFinding[] = [];
  readonly #tree = growingTree();
  /** Heads as of the last size at which they were needed, and those moved since. */
  readonly #heads = changingTree();
  readonly #headOf = new Map<number, Head>();
  readonly #moved = new Map<number, Head>();
  readonly #lastSeq = new Map<number, number>();
  /** What somebody outside says of a size, by that size. */
  readonly #outside = new Map<number, Expected[]>();
  /** Notes of the witness that have not been met among the checkpoints. */
  readonly #unmet = new Set<string>();
  #witnessNotes = 0;

  constructor(tx: Tx, options: VerifyLogOptions) {
    this.#tx = tx;
    this.#options = options;
  }

  #find(rule: LogFinding['rule'], what: string, chain = '', seq?: number, kind?: LogFinding['kind']): void {
    if (this.#findings.length < mostFindings)
      this.#findings.push({ rule, chain, what, ...(seq === undefined ? {} : { seq }), ...(kind ? { kind } : {}) });
  }

  async run(): Promise<LogProof> {
    const origin = await logOrigin(this.#tx);
    const chains = await this.#chains();
    const keys = await this.#keys(origin);
    this.#takeOutside(origin);
    const checkpoints = checkpointsOf(this.#tx);
    let next = (await checkpoints.next()).value;
    let before: { readonly number: number; readonly checkpoint: Checkpoint; readonly keyId: number } | undefined;
    let seen = 0;
    const meet = async () => {
      this.#meetOutside();
      while (next && next.size <= this.#tree.size()) {
        const row: CheckpointRow = next;
        const checkpoint = this.#open(row, keys);
        this.#unmet.delete(row.note);
        seen += 1;
        if (row.number !== (before?.number ?? 0) + 1)
          this.#find('checkpoints', `checkpoint ${row.number}: one before it is missing`);
        if (checkpoint) {
          const backwards = before && (checkpoint.at <= before.checkpoint.at || row.keyId < before.keyId);
          if (backwards || row.size < this.#tree.size())
            this.#find('checkpoints', `checkpoint ${row.number}: it does not follow the one before it`);
          else this.#compare({ what: `checkpoint ${row.number}`, checkpoint });
          before = { number: row.number, checkpoint, keyId: row.keyId };
        } else if (before) before = { ...before, number: row.number };
        next = (await checkpoints.next()).value;
      }
    };
    await meet();
    for await (const leaves of leavesOf(this.#tx)) {
      const made: MadeNode[] = [];
      const from = this.#tree.size();
      for (const leaf of leaves) {
        this.#takeLeaf(leaf, chains.get(leaf.chain)?.id);
        made.push(...this.#tree.append(leafHash(Buffer.from(leaf.hash, 'hex'))));
        await meet();
      }
      await this.#compareNodes(from, made);
    }
    const size = this.#tree.size();
    for (; next; next = (await checkpoints.next()).value) {
      this.#unmet.delete(next.note);
      this.#find('checkpoints', `checkpoint ${next.number}: ${next.size} events were signed, and the log has ${size}`);
    }
    for (const [at, expected] of this.#outside)
      for (const { what, here } of expected) {
        const says = `${what}: ${at} events were signed, and the log has ${size}`;
        this.#find('checkpoints', says, undefined, undefined, here && 'signed further');
      }
    if (this.#unmet.size > 0)
      this.#find('checkpoints', `${this.#unmet.size} checkpoints that the witness has seen are no longer kept`);
    await this.#compareChains(chains);
    await this.#compareHeads();
    return {
      checked: { logged: size, unlogged: await this.#unlogged(), checkpoints: seen, witnessNotes: this.#witnessNotes },
      findings: this.#findings,
    };
  }

  async #chains(): Promise<ReadonlyMap<number, ChainRow>> {
    const rows = await this.#tx<ChainRow[]>`
      SELECT number, id, logged, seq, encode(head, 'hex') AS head FROM log_chains ORDER BY number`;
    for (const [n, { number, id }] of rows.entries())
      if (number !== n) this.#find('log', `chain ${number} should be chain ${n}`, id);
    return new Map(rows.map((row) => [row.number, row]));
  }

  async #keys(origin: string): Promise<ReadonlyMap<number, NoteVerifier>> {
    const keys = new Map<number, NoteVerifier>();
    const rows = await logKeysMade(this.#tx);
    for (const { id, key } of rows) {
      const verifier = verifierIn(key);
      if (verifier?.name === origin) keys.set(id, verifier);
      else this.#find('checkpoints', `key ${id} is none of this log`);
    }
    const { signed } = this.#options;
    if (signed && rows.length > 0 && !rows.some(({ key }) => key === signed.key))
      this.#find('checkpoints', 'the key that lies here is not among those of the log: somebody else has signed');
    return keys;
  }

  #open(
    { number, size, at, keyId, note }: CheckpointRow,
    keys: ReadonlyMap<number, NoteVerifier>,
  ): Checkpoint | undefined {
    const key = keys.get(keyId);
    try {
      const { checkpoint } = openCheckpoint(note, key ? [key] : []);
      if (checkpoint.size !== size || checkpoint.at !== at)
        this.#find('checkpoints', `checkpoint ${number}: its columns say something else than what was signed`);
      return checkpoint;
    } catch (error) {
      this.#find('checkpoints', `checkpoint ${number}: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** What was signed according to a witness, and to the memory beside the private key. */
  #takeOutside(origin: string): void {
    const put = (size: number, expected: Expected) =>
      this.#outside.set(size, [...(this.#outside.get(size) ?? []), expected]);
    const { witness, signed } = this.#options;
    if (signed?.tree) put(signed.tree.size, { what: SIGNED_HERE, here: true, checkpoint: { root: signed.tree.root } });
    const known = (witness?.keys ?? []).flatMap((key) => verifierIn(key) ?? []);
    for (const note of witness?.notes ?? []) {
      this.#witnessNotes += 1;
      try {
        const { checkpoint } = openCheckpoint(note, known);
        if (checkpoint.origin !== origin) {
          this.#find('checkpoints', 'the witness keeps the checkpoints of another log');
          return;
        }
        this.#unmet.add(note);
        put(checkpoint.size, { what: `what the witness saw of ${checkpoint.at}`, checkpoint });
      } catch (error) {
        this.#find('checkpoints', `a note of the witness: ${(error as Error).message}`);
      }
    }
  }

  #meetOutside(): void {
    const size = this.#tree.size();
    for (const expected of this.#outside.get(size) ?? []) this.#compare(expected);
    this.#outside.delete(size);
  }

  #compare({ what, checkpoint: { root, heads } }: Expected): void {
    if (!sameHash(root, this.#tree.root()))
      this.#find('checkpoints', `${what}: the events signed are not those of the log`);
    if (!heads) return;
    this.#moveHeads();
    if (heads.count !== this.#heads.size() || !sameHash(heads.root, this.#heads.root()))
      this.#find('checkpoints', `${what}: the heads signed are not those of the log`);
  }

  #moveHeads(): void {
    for (const [number, head] of [...this.#moved].sort(([one], [other]) => one - other)) {
      this.#headOf.set(number, head);
      // a chain without the one before it was found already
      if (number <= this.#heads.size()) this.#heads.set(number, headLeaf(head));
    }
    this.#moved.clear();
  }

  #takeLeaf({ position, chain, seq, hash, recorded }: LeafRow, id: string | undefined): void {
    if (position !== this.#tree.size())
      this.#find('log', `leaf ${position} should be leaf ${this.#tree.size()}`, id, seq);
    if (id === undefined) {
      this.#find('log', `leaf ${position} is of no chain`);
      return;
    }
    if (seq !== (this.#lastSeq.get(chain) ?? 0) + 1)
      this.#find('log', 'it is not the next of its chain in the log', id, seq);
    if (recorded === null) this.#find('log', 'it is in the log and not in the record', id, seq);
    else if (recorded !== hash) this.#find('log', 'the log has another event here', id, seq);
    this.#lastSeq.set(chain, seq);
    this.#moved.set(chain, { chain: id, seq, head: hash });
  }

  /** The stored subtrees that end within a page of leaves, against those made of them. */
  async #compareNodes(from: number, made: readonly MadeNode[]): Promise<void> {
    const to = this.#tree.size();
    const rows = await this.#tx<LogNodeRow[]>`
      SELECT n.level, n.index, n.hash FROM generate_series(${STORED_LEVEL}::int, 52) AS g JOIN log_nodes n ON n.level = g
        AND n.index >= (${from}::bigint >> g) AND n.index < (${to}::bigint >> g)`;
    const stored = new Map(rows.map((node) => [nameOf(node), node.hash]));
    for (const node of made) {
      if (node.level < STORED_LEVEL) continue;
      const there = stored.get(nameOf(node));
      if (!there || !sameHash(there, node.hash)) this.#find('log', `subtree ${nameOf(node)} is not that of its leaves`);
    }
  }

  async #compareChains(chains: ReadonlyMap<number, ChainRow>): Promise<void> {
    for (const { number, id, logged, seq, head } of chains.values()) {
      if (logged !== this.#lastSeq.get(number)) this.#find('log', `${logged} events are said to be logged`, id);
      const under = this.#headOf.get(number);
      if (seq !== (under?.seq ?? 0) || head !== (under?.head ?? null))
        this.#find('log', 'the head kept for proofs is not that of the newest checkpoint', id, seq);
    }
    const [row] = await this.#tx<{ nodes: number }[]>`SELECT count(*) AS nodes FROM log_nodes`;
    const nodes = storedIn(this.#tree.size());
    if (row!.nodes !== nodes) this.#find('log', `${row!.nodes} subtrees are stored, there should be ${nodes}`);
  }

  async #compareHeads(): Promise<void> {
    const rows = await this.#tx<LogNodeRow[]>`SELECT level, index, hash FROM log_head_nodes`;
    const wrong = rows.filter(({ level, index, hash }) => !isSame(this.#heads.node({ level, index }), hash));
    if (wrong.length > 0 || rows.length !== storedIn(this.#heads.size()))
      this.#find('log', 'subtrees over the heads are not those of the heads');
  }

  async #unlogged(): Promise<number> {
    const [row] = await this.#tx<{ n: number }[]>`
      SELECT (SELECT count(*) FROM events e LEFT JOIN log_chains c ON c.id = e.case_id WHERE e.seq > coalesce(c.logged, 0))
        + (SELECT count(*) FROM org_events WHERE seq > coalesce((SELECT logged FROM log_chains WHERE id = ${ORGANISATION}), 0))
        + (SELECT count(*) FROM calendar_records WHERE seq > coalesce((SELECT logged FROM log_chains WHERE id = ${CALENDAR}), 0))
        + (SELECT count(*) FROM access_blocks WHERE seq > coalesce((SELECT logged FROM log_chains WHERE id = ${ACCESSES}), 0))
        + (SELECT count(*) FROM archived_runs WHERE n > coalesce((SELECT logged FROM log_chains WHERE id = ${ARCHIVE}), 0)) AS n`;
    return row!.n;
  }
}

/** How many subtrees of a tree of that size are stored. */
function storedIn(size: number): number {
  let nodes = 0;
  for (let span = BLOCK; span <= size; span *= 2) nodes += Math.floor(size / span);
  return nodes;
}

const isSame = (one: Hash | undefined, other: Hash): boolean => one !== undefined && sameHash(one, other);

function verifierIn(key: string): NoteVerifier | undefined {
  try {
    return parseVerifier(key);
  } catch {
    return undefined;
  }
}

/** All checkpoints in order, also those under numbers that none should have. */
async function* checkpointsOf(tx: Tx): AsyncGenerator<CheckpointRow, undefined> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = await listCheckpoints(tx, { after, limit: checkpointsAtOnce });
    yield* rows;
    if (rows.length < checkpointsAtOnce) return undefined;
    after = rows.at(-1)!.number;
  }
}

async function* leavesOf(tx: Tx): AsyncGenerator<LeafRow[]> {
  for (let from = 0; ; ) {
    const rows = await tx<LeafRow[]>`
      SELECT l.position, l.chain, l.seq, encode(l.hash, 'hex') AS hash, coalesce(e.hash, o.hash, k.hash, b.hash, a.hash) AS recorded
      FROM (SELECT * FROM log_leaves WHERE position >= ${from} ORDER BY position LIMIT ${leavesAtOnce}) l
        LEFT JOIN log_chains c ON c.number = l.chain
        LEFT JOIN events e ON e.case_id = c.id AND e.seq = l.seq
        LEFT JOIN org_events o ON c.id = 'organisation' AND o.seq = l.seq
        LEFT JOIN calendar_records k ON c.id = 'calendar' AND k.seq = l.seq
        LEFT JOIN access_blocks b ON c.id = 'accesses' AND b.seq = l.seq
        LEFT JOIN archived_runs a ON c.id = 'archive' AND a.n = l.seq
      ORDER BY l.position`;
    if (rows.length === 0) return;
    yield rows;
    if (rows.length < leavesAtOnce) return;
    from = rows.at(-1)!.position + 1;
  }
}
