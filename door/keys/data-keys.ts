import { randomBytes } from 'node:crypto';
import type { Sql } from '../../db/client.ts';
import { keyOfValue, SEALED_START } from '../../db/sealed.ts';
import type { NoteSigner } from '../../engine/record/note.ts';
import type { Instant } from '../../sdk/time.ts';
import { KeyAway, KeyGone } from './errors.ts';
import { INSTALLATION, KEY_BYTES, type KeyName, unwrap, wrap, type YearlyKeys } from './wrapping.ts';

/** A key of a case or of the installation, in clear: never log it, never keep it. */
export interface DataKey extends KeyName {
  readonly secret: Uint8Array;
  /** Known from its copy alone while its owner has another in use: to decrypt with, never to encrypt. */
  readonly aside?: true;
}

/** A data key as its row holds it. */
export interface KeptKey extends KeyName {
  /** Name of the yearly key it is wrapped with. */
  readonly yearlyKey: string;
  readonly wrapped: Uint8Array;
  readonly madeAt: Instant;
}

/** Copies of the wrapped keys outside the database: a database restored to an earlier point lacks the keys made since. */
export interface KeyCopies {
  /** Keeps a copy in place of the one that is there; one of another key of the owner is kept beside it. */
  write(key: KeptKey): void;
  /** The copy of an owner's key. Throws for one that cannot be read. */
  read(owner: string): KeptKey | undefined;
  /** The copy of a key by its name, also of one that its owner has no more. Throws for one that cannot be read. */
  byId(id: string): KeptKey | undefined;
  /**
   * Removes every copy of a case's keys, and keeps in their place that it is destroyed, signed where the log's key is here. What is
   * kept already is made anew where that key has not signed it, and else stays.
   */
  bury?(of: BuriedCase, signer?: NoteSigner): void;
  /** Whether a case is said to be destroyed, whatever a restored database says. Who says so is not looked at. */
  isBuried?(owner: string): boolean;
  /** The cases that are said to be. */
  buried?(): readonly string[];
  /** What was kept of one, as it lies there. Throws where it cannot be read. */
  grave?(owner: string): Grave;
}

/** What was kept of a destroyed case and who says so. Nothing of it is proven. */
export interface Grave {
  /** The file it lies in. */
  readonly file: string;
  /** What is signed: the case, as {@link BuriedCase}, packed. */
  readonly packed: string;
  /** The signature, as a note; absent: nobody has signed it. */
  readonly note?: string | undefined;
}

/** What is left of the copies of a destroyed case: enough to destroy it again in a database that was restored to before that. */
export interface BuriedCase {
  readonly caseId: string;
  /** The headers of all its events, in order, as they were hashed. */
  readonly headers: readonly string[];
  /** The payload of the last, which is the certificate. */
  readonly certificate: string;
}

/** What the store of data keys needs. */
export interface DataKeyDeps {
  readonly sql: Sql;
  readonly yearly: YearlyKeys;
  readonly copies?: KeyCopies | undefined;
  /** False for who only reads: no key is made, and none is put back from its copy; the copy is used as it is. Default true. */
  readonly begins?: boolean;
}

/** The store of data keys, without any memory of its own. */
export interface DataKeys {
  /**
   * The key of a case, made when it has none and no event of it was sealed with one; undefined when there is no such case. Throws
   * `KeyAway`, `KeyGone`.
   */
  ofCase(caseId: string): Promise<DataKey | undefined>;
  /** The key for what belongs to no case, made when there is none. Throws `KeyAway`. */
  ofInstallation(): Promise<DataKey>;
  /** A key by its name. Throws `KeyAway`, `KeyGone`. */
  byId(id: string): Promise<DataKey>;
  /** Keys by their names, in one question where none has to be put back; what keeps one from being had is said for it alone. */
  byIds(ids: readonly string[]): Promise<ReadonlyMap<string, DataKey | Error>>;
  /** The key a row holds. Throws `KeyAway`. */
  unwrapped(row: KeptKey): DataKey;
  /** A new key for a case about to be opened; its row is the caller's to insert. */
  drawn(caseId: string, madeAt: Instant): { readonly key: DataKey; readonly row: KeptKey };
  /** Keeps the copy of a key before its row is committed. */
  keepCopy(row: KeptKey): void;
  /** The case an effect belongs to. */
  caseOfEffect(effectId: string): Promise<string | undefined>;
}

interface Row extends KeyName {
  readonly yearlyKey: string;
  readonly wrapped: Uint8Array | null;
  readonly madeAt: Instant;
}

const unknown = (id: string): KeyGone =>
  new KeyGone(
    `Nobody knows the key ${id}. Way out: where the database was restored, put the copies of the data keys (LINLI_KEY_FOLDER) back beside it.`,
  );

/**
 * What a key can be called. A name is read out of sealed bytes: one that somebody has changed is nobody's key, and PostgreSQL, which
 * takes no NUL in a text, is not asked for it.
 */
const KEY_NAME = /^[\x21-\x7e]+$/;

/** The owner named in a data key's name. */
export const ownerOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf('.')));

/** Opens the store. Two processes that make a key for one owner at once end with the same one. */
export function dataKeys({ sql, yearly, copies, begins = true }: DataKeyDeps): DataKeys {
  const columns = () => sql`id, owner, yearly_key AS "yearlyKey", wrapped, made_at AS "madeAt"`;
  const rowOf = async (owner: string): Promise<Row | undefined> => {
    const [row] = await sql<Row[]>`
      SELECT ${columns()} FROM data_keys WHERE owner = ${owner}
      ORDER BY destroyed_at IS NULL DESC, made_at DESC LIMIT 1`;
    return row;
  };

  function opened({ id, owner, yearlyKey, wrapped }: Row): DataKey {
    // a database restored to before the destruction brings the wrapped key back: nobody uses it
    if (!wrapped || copies?.isBuried?.(owner))
      throw new KeyGone(`The key ${id} was destroyed: what was encrypted with it can be read by nobody.`, {
        destroyed: true,
      });
    const outer = yearly.byId(yearlyKey);
    if (!outer)
      throw new KeyAway(
        `The key ${id} is wrapped with the yearly key ${yearlyKey}, which is not here. Way out: put the file of the yearly keys (LINLI_KEY_FILE) back from where it is kept.`,
      );
    try {
      return { id, owner, secret: unwrap(outer, { id, owner }, wrapped) };
    } catch {
      throw new KeyAway(
        `The key ${id} is not what was wrapped with the yearly key ${yearlyKey}: one of them is damaged.`,
      );
    }
  }

  async function insert({ id, owner, yearlyKey, wrapped, madeAt }: Omit<KeptKey, 'madeAt'> & { madeAt?: Instant }) {
    const rows = await sql<Row[]>`
      INSERT INTO data_keys (id, owner, yearly_key, wrapped, made_at)
      VALUES (${id}, ${owner}, ${yearlyKey}, ${Buffer.from(wrapped)}, coalesce(${madeAt ?? null}::timestamptz, clock_timestamp()))
      ON CONFLICT DO NOTHING RETURNING ${columns()}`;
    return rows[0];
  }

  /** The row that a restored database lacks, put back from its copy. */
  async function putBack(owner: string): Promise<Row | undefined> {
    const copy = copies?.read(owner);
    if (!copy || !begins) return copy;
    return (await insert(copy)) ?? rowOf(owner);
  }

  function draw(owner: string) {
    const name = { id: `${owner}.${randomBytes(4).toString('hex')}`, owner };
    const outer = yearly.newest();
    const secret = randomBytes(KEY_BYTES);
    return { key: { ...name, secret }, row: { ...name, yearlyKey: outer.id, wrapped: wrap(outer, name, secret) } };
  }

  function keep(key: KeptKey): void {
    try {
      copies?.write(key);
    } catch (error) {
      throw new KeyAway(
        `The copy of the data key ${key.id} cannot be written: ${(error as Error).message}. Way out: make its folder (LINLI_KEY_FOLDER) writable.`,
        { cause: error },
      );
    }
  }

  /** Throws where events of a case are sealed and their key is not here: another one would open none of them, and hide that it is lost. */
  async function refuseLost(caseId: string): Promise<void> {
    const [sealed] = await sql<{ start: Uint8Array }[]>`
      SELECT substr(payload, 1, 257) AS start FROM events
      WHERE case_id = ${caseId} AND substr(payload, 1, 1) = ${SEALED_START} LIMIT 1`;
    if (sealed) throw unknown(keyOfValue(sealed.start) ?? caseId);
  }

  async function make(owner: string): Promise<Row> {
    if (!begins) throw new KeyAway(`There is no key of ${owner}, and this command only reads: it makes none.`);
    if (owner !== INSTALLATION) await refuseLost(owner);
    const drawn = { ...draw(owner).row, madeAt: new Date().toISOString() };
    // before the row is there: a copy too many harms nobody, a key without one is lost with the database
    keep(drawn);
    const made = await insert(drawn);
    const row = made ?? (await rowOf(owner));
    if (!made && row?.wrapped) keep({ ...row, wrapped: row.wrapped });
    if (!row) throw new KeyAway(`The key of ${owner} could not be made.`);
    return row;
  }

  async function byId(id: string, known?: Row): Promise<DataKey> {
    const row = known ?? (await putBack(ownerOf(id)));
    if (row?.id === id) return opened(row);
    // a restored database whose owner was given a new key before the copy of the old one came back
    const copy = copies?.byId(id);
    if (copy) return { ...opened(copy), aside: true };
    throw unknown(id);
  }

  async function byIds(ids: readonly string[]): Promise<Map<string, DataKey | Error>> {
    const names = ids.filter((id) => KEY_NAME.test(id));
    const rows = await sql<Row[]>`
      SELECT ${columns()} FROM data_keys WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(names)}::text::json))`;
    const found = new Map(rows.map((row) => [row.id, row]));
    const answers = new Map<string, DataKey | Error>();
    for (const id of ids)
      answers.set(
        id,
        KEY_NAME.test(id) ? await byId(id, found.get(id)).catch((error: Error) => error) : unknown(JSON.stringify(id)),
      );
    return answers;
  }

  return {
    byIds,
    unwrapped: opened,
    drawn(caseId, madeAt) {
      const { key, row } = draw(caseId);
      return { key, row: { ...row, madeAt } };
    },
    keepCopy: keep,
    async ofCase(caseId) {
      const row = (await rowOf(caseId)) ?? (await putBack(caseId));
      if (row) return opened(row);
      const [found] = await sql`SELECT FROM cases WHERE case_id = ${caseId}`;
      return found && opened(await make(caseId));
    },
    async ofInstallation() {
      return opened((await rowOf(INSTALLATION)) ?? (await putBack(INSTALLATION)) ?? (await make(INSTALLATION)));
    },
    async byId(id) {
      const answer = (await byIds([id])).get(id)!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async caseOfEffect(effectId) {
      const [row] = await sql<{ caseId: string }[]>`SELECT case_id AS "caseId" FROM effects WHERE id = ${effectId}`;
      return row?.caseId;
    },
  };
}
