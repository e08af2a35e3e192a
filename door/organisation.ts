import { randomUUID } from 'node:crypto';
import type { Sql } from '../db/client.ts';
import type { FrameQuery } from '../db/queries/audit-samples.ts';
import { ownInstallation } from '../db/queries/installation.ts';
import { databaseNow } from '../db/queries/now.ts';
import { clearPostChannels } from '../db/queries/post-channels.ts';
import { ORGANISATION_ROLE } from '../db/roles.ts';
import { createTransactions, type Tx } from '../db/transactions.ts';
import { hashOf } from '../engine/record/sample.ts';
import { addMs } from '../engine/time/civil.ts';
import type { Level } from '../engine/world.ts';
import type { Text } from '../sdk/program.ts';
import type { Lengthened } from '../sdk/retention.ts';
import type { Instant } from '../sdk/time.ts';
import { drawSalt, forge, GENESIS, sha256 } from './chain.ts';
import {
  afterLeaving,
  endingSubstitutions,
  type HandedOver,
  type Leaving,
  outdated,
  type Pledge,
  type Words,
  wordsHash,
} from './handover.ts';
import { type PostCard, type PublishedCard, personalHashOf } from './post-card.ts';
import { tellReset } from './undelivered.ts';

/** A unit of the organisation. `head` is the post of its head, which may be made later. */
export interface NewUnit {
  readonly id: string;
  readonly level: Level;
  readonly name: Text;
  readonly above?: string;
}

/** A post in a unit. `heads`: its holder is the head of the unit. */
export interface NewPost {
  readonly id: string;
  readonly kind: string;
  readonly unit: string;
  readonly name: Text;
  readonly heads?: true;
}

/** A change of the organisation as its chain keeps it: ids and dates, no names of people. */
export type OrgEvent =
  | { readonly type: 'unit.added'; readonly data: NewUnit }
  | { readonly type: 'post.added'; readonly data: NewPost }
  | { readonly type: 'person.added'; readonly data: { readonly id: string } }
  | {
      readonly type: 'appointment.made';
      readonly data: {
        readonly post: string;
        readonly person: string;
        readonly from: Instant;
        readonly pledge?: Pick<Pledge, 'hash' | 'signedOn'>;
      };
    }
  | {
      readonly type: 'appointment.ended';
      readonly data: { readonly post: string; readonly person: string; readonly until: Instant };
    }
  | {
      /** It had not begun: it never counts. */
      readonly type: 'appointment.withdrawn';
      readonly data: { readonly post: string; readonly person: string; readonly from: Instant };
    }
  | {
      /** `words`: the hash of what was said with it. */
      readonly type: 'post.handedOver';
      readonly data: {
        readonly post: string;
        readonly person: string;
        readonly to?: string;
        readonly toPost?: string;
        readonly from: Instant;
        readonly byName: boolean;
        readonly unit?: string;
        readonly keeps?: readonly string[];
        readonly words?: string;
      };
    }
  | {
      readonly type: 'substitution.made';
      readonly data: {
        readonly post: string;
        readonly person: string;
        readonly from: Instant;
        readonly until?: Instant;
      };
    }
  | {
      readonly type: 'substitution.ended';
      readonly data: { readonly post: string; readonly person: string; readonly until: Instant };
    }
  | { readonly type: 'unit.hoursSet'; readonly data: { readonly unit: string; readonly hours: WorkingHours | null } }
  | { readonly type: 'unit.renamed'; readonly data: { readonly id: string; readonly name: Text } }
  | { readonly type: 'unit.headSet'; readonly data: { readonly unit: string; readonly head: string | null } }
  | { readonly type: 'unit.merged'; readonly data: UnitMerged }
  | { readonly type: 'unit.split'; readonly data: UnitSplit }
  | { readonly type: 'unit.closed'; readonly data: { readonly id: string; readonly at: Instant } }
  | { readonly type: 'post.renamed'; readonly data: { readonly id: string; readonly name: Text } }
  | {
      readonly type: 'post.moved';
      readonly data: { readonly id: string; readonly from: string; readonly unit: string; readonly heads?: true };
    }
  | { readonly type: 'post.closed'; readonly data: { readonly id: string; readonly at: Instant } }
  | { readonly type: 'person.renamed'; readonly data: { readonly id: string } }
  | { readonly type: 'person.identified' | 'person.unidentified'; readonly data: { readonly id: string } }
  | { readonly type: 'identity.required' | 'factor.required'; readonly data: { readonly required: boolean } }
  | { readonly type: 'card.published'; readonly data: PublishedCard }
  | { readonly type: 'card.withdrawn'; readonly data: { readonly post: string } }
  | { readonly type: 'sample.drawn'; readonly data: DrawnSample }
  | { readonly type: 'bulletin.published'; readonly data: PublishedBulletin }
  | { readonly type: 'retention.lengthened'; readonly data: LengthenedPeriod };

/** A bulletin as the chain keeps it: the hash of its bytes, what it is about, and which earlier one it corrects. */
export interface PublishedBulletin {
  readonly id: string;
  readonly unit: string;
  readonly sample?: string;
  readonly month?: string;
  readonly corrects?: string;
  readonly language: string;
  readonly hash: string;
  readonly bytes: number;
  readonly publishedAt: Instant;
}

/** A unit keeps a class of files longer than the law asks, with the units below it (engine/retention/periods.ts). */
export interface LengthenedPeriod extends Lengthened {
  readonly id: string;
}

/** A random sample as the chain keeps it: the hashes of its seed and frame say which cases were drawn, and tell nobody. */
export interface DrawnSample {
  readonly id: string;
  readonly unit: string;
  readonly query: FrameQuery;
  readonly seedHash: string;
  readonly size: number;
  readonly frameHash: string;
  readonly frameCount: number;
}

/** A sample as it is kept: its frame as text, and the cases drawn from it in order. */
export interface NewSample {
  readonly id: string;
  readonly unit: string;
  readonly query: FrameQuery;
  readonly seed: string;
  readonly size: number;
  readonly frame: string;
  readonly frameCount: number;
  readonly drawn: readonly { readonly caseId: string; readonly unit: string }[];
}

/** A unit went into another one and is closed: its posts and the units below it lie there from that instant on. */
export interface UnitMerged {
  readonly id: string;
  readonly into: string;
  readonly at: Instant;
  readonly posts: readonly string[];
  readonly units: readonly string[];
}

/** Posts of a unit went to others; `head`: which of them is the head's post there. */
export interface UnitSplit {
  readonly id: string;
  readonly into: readonly { readonly id: string; readonly posts: readonly string[]; readonly head?: string }[];
}

/** Working hours of a working day, the end excluded. */
export interface WorkingHours {
  readonly from: string;
  readonly to: string;
}

/** Who changes the organisation. */
export interface OrgActor {
  readonly kind: 'person' | 'system';
  readonly id: string;
}

/** The name under which the organisation's chain runs in the headers of its events. */
const chainName = 'organisation';
/** Changes are recorded one after another; any number, the same everywhere. */
const chainLock = 4_711_018_002;

/**
 * Changes of the organisation within one transaction, each with its event in the organisation's chain. Cases see them at
 * once: the door keeps an organisation in memory only as long as this chain has not grown. Duties belong to posts, so no
 * duty loses its owner when an appointment ends: a vacant post falls to the head of its unit and those above.
 */
export class Organisation {
  readonly #tx: Tx;
  readonly #actor: OrgActor;

  constructor(tx: Tx, actor: OrgActor) {
    this.#tx = tx;
    this.#actor = actor;
  }

  /** Adds a unit. */
  async addUnit(unit: NewUnit): Promise<void> {
    await this.#tx`INSERT INTO units (id, level, name_zh, name_en, above)
      VALUES (${unit.id}, ${unit.level}, ${unit.name[0]}, ${unit.name[1]}, ${unit.above ?? null})`;
    await this.#record({ type: 'unit.added', data: unit });
  }

  /** Adds a post. */
  async addPost(post: NewPost): Promise<void> {
    await this.#tx`INSERT INTO posts (id, kind, unit, name_zh, name_en)
      VALUES (${post.id}, ${post.kind}, ${post.unit}, ${post.name[0]}, ${post.name[1]})`;
    if (post.heads) await this.#tx`UPDATE units SET head_post = ${post.id} WHERE id = ${post.unit}`;
    await this.#record({ type: 'post.added', data: post });
  }

  /** Adds a person; the name stays out of the chain. */
  async addPerson(person: { readonly id: string; readonly name: string }): Promise<void> {
    await this.#tx`INSERT INTO person.people (id, name) VALUES (${person.id}, ${person.name})`;
    await this.#record({ type: 'person.added', data: { id: person.id } });
  }

  /** Appoints a person to a post. Refused by the database (23P01) while somebody else holds it at some time from then on. */
  async appoint(
    post: string,
    person: string,
    from: Instant,
    id: string = randomUUID(),
    pledge?: Pledge,
  ): Promise<void> {
    const { text = null, documentId = null, hash = null, signedOn = null } = pledge ?? {};
    await this.#tx`
      INSERT INTO appointments (id, post, person, from_at, pledge_text, pledge_document, pledge_hash, pledge_on)
      VALUES (${id}, ${post}, ${person}, ${from}, ${text}, ${documentId}, ${hash}, ${signedOn})`;
    const signed = pledge && { pledge: { hash: pledge.hash, signedOn: pledge.signedOn } };
    await this.#record({ type: 'appointment.made', data: { post, person, from, ...signed } });
  }

  /**
   * Ends whoever's appointment to a post runs at that moment, which is not in the past of its beginning: a handover to the
   * head above. Waits for acts that are being recorded under it. Answers whose it was; undefined when the post was vacant.
   */
  async endAppointment(post: string, until: Instant): Promise<string | undefined> {
    return (await this.handOver(post, undefined, until))?.person;
  }

  /**
   * Withdraws an appointment that has not begun. What would have gone over to the person by name with it falls to the head
   * above. Answers false where it has begun, or is not there.
   */
  async withdraw(id: string, now: Instant): Promise<boolean> {
    const tx = this.#tx;
    await this.turn();
    const [row] = await tx<{ post: string; person: string; from: Instant }[]>`
      DELETE FROM appointments WHERE id = ${id} AND from_at > ${now} RETURNING post, person, from_at AS "from"`;
    if (!row) return false;
    await this.#record({ type: 'appointment.withdrawn', data: { ...row } });
    const { post, person, from } = row;
    const [heir] = await tx`
      SELECT FROM handovers WHERE by_name AND post = ${post} AND to_person = ${person} AND from_at = ${from}`;
    // what comes to somebody in an instant can leave him in the next one at the earliest
    if (heir) await this.#passOn({ post, person, to: undefined, at: addMs(from, 1) });
    await this.#catchUp(person, addMs(from, -1));
    return true;
  }

  /**
   * A handover: the present appointment ends where the next begins, or the post falls to the head above. What was given to
   * who leaves by name goes along, unless he stays in office in the same unit, and but for what lies under units in which he
   * stays; substitutions of his end, and the post's own channels are to be confirmed anew. No case is written: cases look it
   * up. Undefined when nobody held the post.
   */
  async handOver(
    post: string,
    to: string | undefined,
    at: Instant,
    more: Words & {
      readonly id?: string;
      /** The appointment that is meant; without it, whichever runs at that moment. */
      readonly endedId?: string;
      readonly appointmentId?: string;
      readonly pledge?: Pledge | undefined;
    } = {},
  ): Promise<HandedOver | undefined> {
    const tx = this.#tx;
    const [row] = await tx<{ person: string }[]>`
      UPDATE appointments SET until_at = ${at} WHERE post = ${post} AND from_at < ${at}
        AND (until_at IS NULL OR until_at > ${at}) AND id = coalesce(${more.endedId ?? null}, id) RETURNING person`;
    if (!row && more.endedId !== undefined) return undefined;
    if (row) await this.#record({ type: 'appointment.ended', data: { post, person: row.person, until: at } });
    if (to !== undefined) await this.appoint(post, to, at, more.appointmentId, more.pledge);
    if (!row) return undefined;
    const done = await this.#passOn({ post, person: row.person, to, at }, more);
    // of a handover to come the process that looks after the keepers of books sees to it, at its instant
    await clearPostChannels(tx, await databaseNow(tx), post);
    return done;
  }

  /** Passes on what somebody leaves who holds a post no longer from that moment on. */
  async #passOn(
    { post, person, to, at }: { post: string; person: string; to: string | undefined; at: Instant },
    more: Words & { readonly id?: string } = {},
  ): Promise<HandedOver> {
    const tx = this.#tx;
    const leaving = await afterLeaving(tx, post, person, at);
    const { stays, keeps, toPost } = leaving;
    const substitutions = await endingSubstitutions(tx, { post, person, to, stays, at });
    for (const { id } of substitutions) await this.endSubstitution(id, at);
    const heir = to === undefined ? { toPost } : { to };
    await this.#follow({ post, person, at, heir, leaving }, more);
    await this.#catchUp(person, at);
    return { person, ...heir, byName: !stays, keeps, substitutions };
  }

  /** Passes on with handovers to come after a moment what stayed behind for an office that is no longer held by then. */
  async #catchUp(person: string, after: Instant): Promise<void> {
    for (const { post, to, toPost, at, now } of await outdated(this.#tx, person, after)) {
      const heir = to === null ? { toPost: toPost ?? now.toPost } : { to };
      await this.#follow({ post, person, at, heir, leaving: now });
    }
  }

  async #follow(
    { post, person, at, heir, leaving: { unit, keeps, stays } }: Following,
    more: Words & { readonly id?: string } = {},
  ): Promise<void> {
    const { to = null, toPost = null } = heir;
    const words = wordsHash(more);
    await this.#tx`
      INSERT INTO handovers (id, post, person, to_person, to_post, from_at, by_name, unit, keeps, reason, note, words_hash)
      VALUES (${more.id ?? randomUUID()}, ${post}, ${person}, ${to}, ${toPost}, ${at}, ${!stays}, ${unit},
        ARRAY(${listed(this.#tx, keeps)}), ${more.reason ?? null}, ${more.note ?? null}, ${words ?? null})`;
    const data = { post, person, ...heir, from: at, byName: !stays, unit, keeps, ...(words ? { words } : {}) };
    await this.#record({ type: 'post.handedOver', data });
  }

  /**
   * Lets a person stand in for the holder of a post, until a moment or until it is ended. Refused by the database (23P01)
   * where somebody else stands in for it at some time from then on.
   */
  async substitute(
    { post, person, from, until }: { post: string; person: string; from: Instant; until?: Instant | undefined },
    id: string = randomUUID(),
  ): Promise<void> {
    await this.#tx`INSERT INTO substitutions (id, post, person, from_at, until_at)
      VALUES (${id}, ${post}, ${person}, ${from}, ${until ?? null})`;
    await this.#record({ type: 'substitution.made', data: { post, person, from, ...(until ? { until } : {}) } });
  }

  /**
   * Ends a substitution that runs or is to come, at the earliest with the first millisecond after its beginning. Waits for
   * acts that are being recorded under it. Answers until when it holds now; undefined when it was over by then.
   */
  async endSubstitution(id: string, until: Instant): Promise<Instant | undefined> {
    const [row] = await this.#tx<{ post: string; person: string; until: Instant }[]>`
      UPDATE substitutions SET until_at = greatest(${until}::timestamptz, from_at + interval '1 ms')
      WHERE id = ${id} AND (until_at IS NULL OR until_at > ${until}) RETURNING post, person, until_at AS until`;
    if (!row) return undefined;
    await this.#record({ type: 'substitution.ended', data: { ...row } });
    return row.until;
  }

  /** Sets the working hours of a unit; without them it works 09:00–17:00. They hold for rungs that are planned from then on. */
  async setHours(unit: string, hours: WorkingHours | undefined): Promise<void> {
    await this
      .#tx`UPDATE units SET hours_from = ${hours?.from ?? null}, hours_to = ${hours?.to ?? null} WHERE id = ${unit}`;
    await this.#record({ type: 'unit.hoursSet', data: { unit, hours: hours ?? null } });
  }

  /** Waits for its turn among changes of the organisation, so that what is read from then on holds until the end of this one. */
  async turn(): Promise<void> {
    await this.#tx`SELECT pg_advisory_xact_lock(${chainLock})`;
  }

  /** Gives a unit another name. */
  async renameUnit(id: string, name: Text): Promise<void> {
    await this.#tx`UPDATE units SET name_zh = ${name[0]}, name_en = ${name[1]} WHERE id = ${id}`;
    await this.#record({ type: 'unit.renamed', data: { id, name } });
  }

  /** Makes a post of a unit that of its head; null: it has none for now, and what is for the head goes to the unit above. */
  async setHead(unit: string, head: string | null): Promise<void> {
    await this.#tx`UPDATE units SET head_post = ${head} WHERE id = ${unit}`;
    await this.#record({ type: 'unit.headSet', data: { unit, head } });
  }

  /** Closes a unit that went into another one, with whatever lies in it. The caller sees to its cases. */
  async mergeUnit(merged: UnitMerged): Promise<void> {
    const { id, into, at, posts, units } = merged;
    await this.#tx`UPDATE units SET above = ${into}, closed_at = ${at}, head_post = NULL WHERE id = ${id}`;
    await this.#tx`UPDATE units SET above = ${into} WHERE id IN (${listed(this.#tx, units)})`;
    await this.#tx`UPDATE posts SET unit = ${into} WHERE id IN (${listed(this.#tx, posts)})`;
    await this.#record({ type: 'unit.merged', data: merged });
  }

  /** Posts of a unit go to others, which are there already. The caller sees to the cases. */
  async splitUnit(split: UnitSplit): Promise<void> {
    for (const { id, posts, head } of split.into) {
      await this
        .#tx`UPDATE units SET head_post = NULL WHERE id = ${split.id} AND head_post IN (${listed(this.#tx, posts)})`;
      await this.#tx`UPDATE posts SET unit = ${id} WHERE id IN (${listed(this.#tx, posts)})`;
      if (head !== undefined) await this.#tx`UPDATE units SET head_post = ${head} WHERE id = ${id}`;
    }
    await this.#record({ type: 'unit.split', data: split });
  }

  /** Closes a unit in which nothing is left. */
  async closeUnit(id: string, at: Instant): Promise<void> {
    await this.#tx`UPDATE units SET closed_at = ${at}, head_post = NULL WHERE id = ${id}`;
    await this.#record({ type: 'unit.closed', data: { id, at } });
  }

  /** Gives a post another name. */
  async renamePost(id: string, name: Text): Promise<void> {
    await this.#tx`UPDATE posts SET name_zh = ${name[0]}, name_en = ${name[1]} WHERE id = ${id}`;
    await this.#record({ type: 'post.renamed', data: { id, name } });
  }

  /** Moves a post to another unit with its holder and all it answers for; it is no longer the head's post where it was. */
  async movePost({ id, from, unit, heads }: { id: string; from: string; unit: string; heads?: true }): Promise<void> {
    await this.#tx`UPDATE posts SET unit = ${unit} WHERE id = ${id}`;
    await this.#tx`UPDATE units SET head_post = NULL WHERE id = ${from} AND head_post = ${id}`;
    if (heads) await this.#tx`UPDATE units SET head_post = ${id} WHERE id = ${unit}`;
    await this.#record({ type: 'post.moved', data: { id, from, unit, ...(heads ? { heads } : {}) } });
  }

  /** Closes a post for which nothing is left to answer, and ends who holds it or stands in for it. */
  async closePost(id: string, at: Instant): Promise<void> {
    await this.endAppointment(id, at);
    const deputies = await this.#tx<{ id: string }[]>`
      SELECT id FROM substitutions WHERE post = ${id} AND (until_at IS NULL OR until_at > ${at}) ORDER BY id`;
    for (const deputy of deputies) await this.endSubstitution(deputy.id, at);
    await this.#tx`UPDATE posts SET closed_at = ${at} WHERE id = ${id}`;
    await this.#tx`UPDATE units SET head_post = NULL WHERE head_post = ${id}`;
    await this.#record({ type: 'post.closed', data: { id, at } });
  }

  /** Corrects a person's name; the chain says whose, and neither name. */
  async renamePerson(id: string, name: string): Promise<void> {
    await this.#tx`UPDATE person.people SET name = ${name} WHERE id = ${id}`;
    await this.#record({ type: 'person.renamed', data: { id } });
  }

  /**
   * Keeps by which identity number a person was verified, as its keyed hash; the chain says whose. Rejects (23505) where one is kept of
   * him already (`identities_pkey`), and where it is somebody else's, who then is the same human being (`identities_hash`).
   */
  async identify(id: string, hash: string): Promise<void> {
    await this.turn();
    await this.#tx`INSERT INTO person.identities (person, hash) VALUES (${id}, ${hash})`;
    await this.#record({ type: 'person.identified', data: { id } });
  }

  /** Forgets by which identity number a person was verified, so that the right one can be entered. */
  async unidentify(id: string): Promise<void> {
    await this.turn();
    const { count } = await this.#tx`DELETE FROM person.identities WHERE person = ${id}`;
    if (count > 0) await this.#record({ type: 'person.unidentified', data: { id } });
  }

  /** Tells a person, and the heads above him, that his sign-in was reset. */
  async tellReset(person: string, { factors }: { readonly factors: boolean }): Promise<void> {
    await tellReset(this.#tx, person, factors, await databaseNow(this.#tx));
  }

  /** Says whether only people whose identity was verified are let in. */
  async requireIdentity(required: boolean): Promise<void> {
    await this.#tx`INSERT INTO sign_in_rules (identity_required) VALUES (${required})
      ON CONFLICT (one) DO UPDATE SET identity_required = excluded.identity_required`;
    await this.#record({ type: 'identity.required', data: { required } });
  }

  /** Says whether who signs in by name needs more than a password. */
  async requireFactor(required: boolean): Promise<void> {
    await this.#tx`INSERT INTO sign_in_rules (factor_required) VALUES (${required})
      ON CONFLICT (one) DO UPDATE SET factor_required = excluded.factor_required`;
    await this.#record({ type: 'factor.required', data: { required } });
  }

  /** Publishes the card of a post in place of the one before; the chain keeps of name and telephone only a hash. Answers its revision. */
  async publishCard({ post, holder, showsName, telephone, services, languages }: PostCard): Promise<number> {
    const salt = drawSalt();
    const personal = personalHashOf(salt, { ...(holder ? { holder } : {}), ...(telephone ? { telephone } : {}) });
    const [row] = await this.#tx<{ revision: number }[]>`
      INSERT INTO person.post_cards AS c (post, holder, shows_name, telephone, services, languages, salt, personal_hash,
        revision, published_at, published_by)
      VALUES (${post}, ${holder ?? null}, ${showsName}, ${telephone ?? null}, ${JSON.stringify(services)}::text::json,
        ${JSON.stringify(languages)}::text::json, ${salt}, ${personal}, 1, clock_timestamp(), ${this.#actor.id})
      ON CONFLICT (post) DO UPDATE SET holder = excluded.holder, shows_name = excluded.shows_name,
        telephone = excluded.telephone, services = excluded.services, languages = excluded.languages,
        salt = excluded.salt, personal_hash = excluded.personal_hash, revision = c.revision + 1,
        published_at = excluded.published_at, published_by = excluded.published_by
      RETURNING revision`;
    const { revision } = row!;
    await this.#record({ type: 'card.published', data: { post, showsName, services, languages, personal, revision } });
    return revision;
  }

  /** Keeps a sample that was drawn, with its frame; it cannot be changed or drawn anew under its id. Answers when. */
  async keepSample(sample: NewSample): Promise<Instant> {
    const { id, unit, query, seed, size, frame, frameCount, drawn } = sample;
    const [seedHash, frameHash] = [hashOf(seed), hashOf(frame)];
    const now = await databaseNow(this.#tx);
    await this.#tx`
      INSERT INTO audit_samples (id, unit, query, seed, seed_hash, size, frame, frame_hash, frame_count, drawn_by, drawn_at)
      VALUES (${id}, ${unit}, ${JSON.stringify(query)}::text::json, ${seed}, ${seedHash}, ${size}, ${frame}, ${frameHash},
        ${frameCount}, ${this.#actor.id}, ${now})`;
    await this.#tx`
      INSERT INTO audit_sample_cases (sample, position, case_id, unit)
      SELECT ${id}, position, case_id, unit FROM json_to_recordset(${JSON.stringify(
        drawn.map(({ caseId, unit: of }, n) => ({ position: n + 1, case_id: caseId, unit: of })),
      )}::text::json) AS r (position int, case_id text, unit text)`;
    await this.#record({
      type: 'sample.drawn',
      data: { id, unit, query, seedHash, size, frameHash, frameCount },
    });
    return now;
  }

  /**
   * Keeps the bytes of a bulletin that is published; they never change. False where its matter has a bulletin already, or the one it
   * corrects is corrected: whoever was first has published.
   */
  async keepBulletin(bulletin: Omit<PublishedBulletin, 'hash' | 'bytes'>, content: Uint8Array): Promise<boolean> {
    const { id, unit, sample, month, corrects, language, publishedAt } = bulletin;
    const hash = sha256(content);
    const { count } = await this.#tx`
      INSERT INTO audit_bulletins (id, unit, sample, month, corrects, language, content, hash, published_at)
      VALUES (${id}, ${unit}, ${sample ?? null}, ${month ?? null}, ${corrects ?? null}, ${language}, ${content}, ${hash},
        ${publishedAt}) ON CONFLICT DO NOTHING`;
    if (count === 0) return false;
    await this.#record({ type: 'bulletin.published', data: { ...bulletin, hash, bytes: content.byteLength } });
    return true;
  }

  /** Keeps that a unit keeps something longer. */
  async lengthenRetention({ id, unit, class: of, years, source }: LengthenedPeriod): Promise<void> {
    const at = await this.#record({ type: 'retention.lengthened', data: { id, unit, class: of, years, source } });
    await this.#tx`
      INSERT INTO retention_periods (id, unit, class, years, source, set_by, set_at)
      VALUES (${id}, ${unit}, ${of}, ${years}, ${source}, ${this.#actor.id}, ${at})`;
  }

  /** Takes the card of a post back, with everything personal in it; false when there is none. */
  async withdrawCard(post: string): Promise<boolean> {
    const { count } = await this.#tx`DELETE FROM person.post_cards WHERE post = ${post}`;
    if (count === 0) return false;
    await this.#record({ type: 'card.withdrawn', data: { post } });
    return true;
  }

  /** Adds an event to the organisation's chain; answers when it is recorded. */
  async #record({ type, data }: OrgEvent): Promise<Instant> {
    const tx = this.#tx;
    const [, installation, [last], [clock]] = await Promise.all([
      tx`SELECT pg_advisory_xact_lock(${chainLock})`,
      ownInstallation(tx),
      tx<{ seq: number; hash: string }[]>`SELECT seq, hash FROM org_events ORDER BY seq DESC LIMIT 1`,
      tx<
        { now: Instant }[]
      >`SELECT greatest(clock_timestamp(), (SELECT max(recorded_at) FROM org_events))::timestamptz(3) AS now`,
    ]);
    const seq = (last?.seq ?? 0) + 1;
    const prev = last?.hash ?? GENESIS;
    const now = clock!.now;
    const link = forge(
      {
        installation,
        case: chainName,
        seq,
        type,
        recordedAt: now,
        occurredAt: now,
        actor: { ...this.#actor, post: null },
        actId: null,
        program: null,
        keyId: null,
        prev,
      },
      data,
      drawSalt(),
    );
    await tx`INSERT INTO org_events (seq, type, header, hash, prev, payload, recorded_at)
      VALUES (${seq}, ${type}, ${Buffer.from(link.header)}, ${link.hash}, ${prev}, ${Buffer.from(link.payload)}, ${now})`;
    return now;
  }
}

/** Who follows somebody in a post, or which post, from when on. */
interface Following {
  readonly post: string;
  readonly person: string;
  readonly at: Instant;
  readonly heir: { readonly to?: string; readonly toPost?: string };
  readonly leaving: Leaving;
}

/** Ids as a list that SQL takes apart. */
function listed(tx: Tx, ids: readonly string[]) {
  return tx`SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json)`;
}

/** A change as somebody asked for it: the id its Idempotency-Key stands for, and the SHA-256 of its canonical body. */
export interface OrgRequest {
  readonly id: string;
  readonly bodyHash: string;
}

/** A request that is recorded already, perhaps by one sent at the same instant: {@link orgAnswer} tells its answer. */
export class RepeatedOrgRequest extends Error {}

/**
 * One change of the organisation in a transaction of its own, with its events in the organisation's chain; answers what
 * `work` answers, which is kept for a `request` sent again. Throws {@link RepeatedOrgRequest} when it was recorded before.
 */
export async function changeOrganisation<T>(
  sql: Sql,
  actor: OrgActor,
  work: (organisation: Organisation, tx: Tx) => Promise<T>,
  request?: OrgRequest,
): Promise<T> {
  const transactions = createTransactions(sql, { lanes: 1, role: ORGANISATION_ROLE });
  try {
    return await transactions.run(async (tx) => {
      if (request) {
        const { count } = await tx`INSERT INTO organisation_requests (id, body_hash)
          VALUES (${request.id}, ${request.bodyHash}) ON CONFLICT DO NOTHING`;
        if (count === 0) throw new RepeatedOrgRequest('this change is recorded already');
      }
      const answer = await work(new Organisation(tx, actor), tx);
      if (request)
        await tx`UPDATE organisation_requests SET answer = ${JSON.stringify(answer ?? null)}::text::json WHERE id = ${request.id}`;
      return answer;
    });
  } finally {
    await transactions.end();
  }
}

/** What a recorded request was answered; `same` is false when it asked for something else. Undefined: it was never recorded. */
export async function orgAnswer<T>(
  sql: Sql,
  { id, bodyHash }: OrgRequest,
): Promise<{ readonly same: boolean; readonly answer: T } | undefined> {
  const [row] = await sql<{ same: boolean; answer: T }[]>`
    SELECT body_hash = ${bodyHash} AS same, answer FROM organisation_requests WHERE id = ${id}`;
  return row;
}
