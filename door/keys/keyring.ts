import { type ColumnKeys, Unreadable } from '../../db/sealed.ts';
import { type DataKey, type DataKeyDeps, dataKeys, ownerOf } from './data-keys.ts';
import { KeyAway, KeyGone, KeysAway } from './errors.ts';
import { keyedHash } from './keyed-hash.ts';

/** How long keys are remembered; for tests. Milliseconds. */
export interface KeyringSpans {
  /** After this a key in use is looked up again behind its user's back. Default 30,000. */
  readonly refreshMs?: number;
  /** After this it is looked up before it is used. Default 60,000. */
  readonly freshMs?: number;
  /** After this it is forgotten even while the database cannot be reached. Default 180,000. */
  readonly keepMs?: number;
  /** How long a look-up may take. Default 2,000. */
  readonly patienceMs?: number;
  /** After a look-up failed, what is remembered is used for so long before the next. Default 5,000. */
  readonly pauseMs?: number;
}

/** What a keyring is made of. */
export interface KeyringDeps extends DataKeyDeps {
  readonly spans?: KeyringSpans;
  /** Keys remembered at most. Default 5,000. */
  readonly most?: number;
}

/** What is encrypted belongs to a case, to an effect of one, or to none. */
export type Subject = { readonly case: string } | { readonly effect: string } | undefined;

/** What payloads for Temporal are encrypted with. */
export interface PayloadKeys {
  /** The key for the installation's own. Always at hand, but to who only reads: then it throws `KeyAway` where it cannot be had. */
  readonly installation: DataKey;
  /** The key of a case, made when it has none; the installation's for what belongs to no case that is known. Throws `KeyAway`, `KeyGone`. */
  of(subject: Subject): Promise<DataKey>;
  /** A key by its name. Throws `KeyAway`, `KeyGone`. */
  byId(id: string): Promise<DataKey>;
}

/** The data keys in use by a process: for what goes to Temporal, and for what lies sealed in the database. */
export interface Keyring extends PayloadKeys, ColumnKeys {}

interface Held {
  readonly key: DataKey;
  readonly checkedMs: number;
}

/**
 * Opens the keyring of a process: makes the installation's key when there is none. A key is remembered for a minute, looked up
 * again while it is in use, and, while the database cannot be reached, used for three minutes after it was last seen: a destroyed
 * key stops working within a minute wherever the database can be reached, and an outage of a minute stops nothing. Throws when the
 * database cannot be reached, and when the installation's key cannot be had, unless it only reads (`begins` false): then whoever
 * asks for that key is told `KeyAway`.
 */
export async function openKeyring(deps: KeyringDeps): Promise<Keyring> {
  const { most = 5_000 } = deps;
  const {
    refreshMs = 30_000,
    freshMs = 60_000,
    keepMs = 180_000,
    patienceMs = 2_000,
    pauseMs = 5_000,
  } = deps.spans ?? {};
  const store = dataKeys(deps);
  const held = new Map<string, Held>();
  const effects = new Map<string, string>();
  const lookups = new Map<string, Promise<DataKey | undefined>>();
  /** When a look-up failed last: of any key, as the database was away, or of one owner's alone. */
  let awayMs = Number.NEGATIVE_INFINITY;
  const failedMs = new Map<string, number>();

  const installation = await store.ofInstallation().catch((error: unknown) => {
    // who only reads goes on without it: most of what it reads is sealed with other keys
    if (deps.begins !== false || !(error instanceof KeyAway || error instanceof KeyGone)) throw error;
    return undefined;
  });
  const installations = (): DataKey => {
    if (!installation) throw new KeyAway("The installation's key cannot be had: linli data-keys check says why.");
    return installation;
  };

  /** The owner's key from the store, or (`id`) the one of that name; what is under way already is shared. */
  function lookUp(owner: string, load: () => Promise<DataKey | undefined>, id?: string): Promise<DataKey | undefined> {
    const asked = id ?? owner;
    const found = lookups.get(asked);
    if (found) return found;
    const begun = within(patienceMs, load)
      .then(
        (key) => {
          if (key && !key.aside) remember(owner, key);
          return key;
        },
        (error: unknown) => {
          if (error instanceof KeyGone) {
            if (id === undefined || held.get(owner)?.key.id === id) held.delete(owner);
          } else if (error instanceof KeysAway) awayMs = performance.now();
          else failed(owner);
          throw error;
        },
      )
      .finally(() => lookups.delete(asked));
    lookups.set(asked, begun);
    return begun;
  }

  function failed(owner: string): void {
    failedMs.delete(owner);
    failedMs.set(owner, performance.now());
    for (const oldest of failedMs.keys()) {
      if (failedMs.size <= most) break;
      failedMs.delete(oldest);
    }
  }

  function remember(owner: string, key: DataKey): void {
    failedMs.delete(owner);
    held.delete(owner);
    held.set(owner, { key, checkedMs: performance.now() });
    for (const [oldest, { checkedMs }] of held) {
      if (held.size <= most && performance.now() - checkedMs < keepMs) break;
      held.delete(oldest);
    }
  }

  async function get(
    owner: string,
    load: () => Promise<DataKey | undefined>,
    id?: string,
  ): Promise<DataKey | undefined> {
    const known = held.get(owner);
    const ageMs = known ? performance.now() - known.checkedMs : Number.POSITIVE_INFINITY;
    if (!known || ageMs >= keepMs) return lookUp(owner, load, id);
    if (ageMs < refreshMs) return known.key;
    const waits = performance.now() - Math.max(awayMs, failedMs.get(owner) ?? awayMs) < pauseMs;
    if (ageMs < freshMs) {
      if (!waits) lookUp(owner, load, id).catch(() => {});
      return known.key;
    }
    if (waits) return known.key;
    return lookUp(owner, load, id).catch((error: unknown) => {
      if (error instanceof KeyAway) return known.key;
      throw error;
    });
  }

  async function caseOfEffect(effectId: string): Promise<string | undefined> {
    const known = effects.get(effectId);
    if (known !== undefined) return known;
    const caseId = await within(patienceMs, () => store.caseOfEffect(effectId));
    if (caseId !== undefined) {
      effects.set(effectId, caseId);
      for (const oldest of effects.keys()) {
        if (effects.size <= most) break;
        effects.delete(oldest);
      }
    }
    return caseId;
  }

  const keyOf = async (caseId: string): Promise<DataKey | undefined> => get(caseId, () => store.ofCase(caseId));

  async function byIds(ids: readonly string[]): Promise<Map<string, DataKey | Unreadable>> {
    const answers = new Map<string, DataKey | Unreadable>();
    const missing: string[] = [];
    for (const id of ids) {
      const known =
        installation?.id === id ? { key: installation, checkedMs: performance.now() } : held.get(ownerOf(id));
      if (known?.key.id === id && performance.now() - known.checkedMs < refreshMs) answers.set(id, known.key);
      else missing.push(id);
    }
    if (missing.length === 0) return answers;
    const found = await within(patienceMs, () => store.byIds(missing)).catch((error: Error) => {
      awayMs = performance.now();
      return new Map(missing.map((id) => [id, error]));
    });
    for (const id of missing) {
      const key = found.get(id)!;
      const known = held.get(ownerOf(id));
      if (!(key instanceof Error)) {
        if (!key.aside) remember(ownerOf(id), key);
        answers.set(id, key);
      } else if (!(key instanceof KeyGone) && known?.key.id === id && performance.now() - known.checkedMs < keepMs)
        answers.set(id, known.key);
      else {
        if (key instanceof KeyGone && known?.key.id === id) held.delete(ownerOf(id));
        answers.set(id, unreadFor(key));
      }
    }
    return answers;
  }

  return {
    get installation() {
      return installations();
    },
    hashed: (purpose, text) => keyedHash(installations(), purpose, text),
    byIds,
    unwrapped: store.unwrapped,
    drawn: store.drawn,
    keepCopy: store.keepCopy,
    async ofCase(caseId) {
      // never from memory: what is sealed with a key whose row is gone would be lost
      const key = await within(patienceMs, () => store.ofCase(caseId));
      if (!key) throw new KeyGone(`There is no case ${caseId} that could have a key.`);
      return key;
    },
    async of(subject) {
      if (!subject) return installations();
      const caseId = 'case' in subject ? subject.case : await caseOfEffect(subject.effect);
      if (caseId === undefined) return installations();
      return (await keyOf(caseId)) ?? installations();
    },
    async byId(id) {
      if (installation?.id === id) return installation;
      const load = () => store.byId(id);
      const key = await get(ownerOf(id), load, id);
      // what is remembered of an owner may be another key than the one asked for, which then nobody has
      return key?.id === id ? key : within(patienceMs, load);
    },
  };
}

/** Why what is sealed with a key cannot be read, by what kept the key from being had. */
function unreadFor(error: Error): Unreadable {
  const why = !(error instanceof KeyGone) ? 'key away' : error.destroyed ? 'key destroyed' : 'key unknown';
  return new Unreadable(why, error.message, { cause: error, everywhere: error instanceof KeysAway });
}

/** Whatever keeps a key from being had, but that it is gone, is for the moment: said as `KeyAway`. */
async function within<T>(patienceMs: number, load: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new KeysAway('The database did not give a key in time.')), patienceMs);
  });
  try {
    return await Promise.race([load(), late]);
  } catch (error) {
    if (error instanceof KeyGone || error instanceof KeyAway) throw error;
    throw new KeysAway('The database gives no key at present.', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
