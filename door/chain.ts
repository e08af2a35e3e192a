import { createHash, randomBytes } from 'node:crypto';
import type { Unread } from '../db/sealed.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import type { Instant } from '../sdk/time.ts';
import { destroyedFaults, endsDestroyed, isEmptied } from './destroyed.ts';

/** `prev` of the first event of every chain. */
export const GENESIS = '0'.repeat(64);

/** Who did something, as the header says it; absent values are null there. */
export interface ChainActor {
  readonly kind: string;
  readonly id: string;
  readonly post: string | null;
}

/** What the header of an event says. Its RFC 8785 bytes are hashed and kept; their form is final. */
export interface Header {
  readonly v: 1;
  readonly installation: string;
  readonly case: string;
  readonly seq: number;
  readonly type: string;
  readonly recordedAt: Instant;
  readonly occurredAt: Instant;
  readonly actor: ChainActor;
  readonly actId: string | null;
  /** Content hash of the program the case was pinned to; null in the organisation's chain. */
  readonly program: string | null;
  /** The key the payload was first sealed with; null when it was first kept in clear. Where it has gone since it may be sealed with another. */
  readonly keyId: string | null;
  /** SHA-256 of the payload's bytes, in clear. */
  readonly commitment: string;
  readonly prev: string;
}

/** An event as its bytes are kept. Both texts are RFC 8785; their UTF-8 bytes are what is hashed. */
export interface Link {
  readonly header: string;
  readonly hash: string;
  /** `{data, salt}`. The salt makes the commitment useless for guessing what `data` says. */
  readonly payload: string;
}

/** A fresh salt: 32 random bytes in hexadecimal digits. Drawn by the door, never by `decide`. */
export const drawSalt = (): string => randomBytes(32).toString('hex');

/** SHA-256 in lower-case hexadecimal digits; a text is hashed as UTF-8. */
export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Makes the bytes and the hash of an event. */
export function forge(about: Omit<Header, 'v' | 'commitment'>, data: unknown, salt: string): Link {
  const payload = canonicalJson({ data, salt });
  const header = canonicalJson({ ...about, v: 1, commitment: sha256(payload) } satisfies Header);
  return { header, hash: sha256(header), payload };
}

/** A row of the chain as the table holds it, for verification. The columns beside the bytes must say the same. */
export interface ChainRow {
  readonly caseId: string;
  readonly seq: number;
  readonly type: string;
  readonly header: Uint8Array;
  readonly hash: string;
  readonly prev: string;
  /** In clear; the sealed bytes where they cannot be opened. */
  readonly payload: Uint8Array;
  /** Why the payload cannot be read. */
  readonly unread?: Unread;
  readonly recordedAt: Instant;
  readonly occurredAt: Instant;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorPost: string | null;
  readonly actId: string | null;
  readonly programHash: string;
}

/** Something that does not hold, at one event. */
export interface ChainFinding {
  readonly caseId: string;
  readonly seq: number;
  readonly what: string;
}

/**
 * Verifies one case's chain, rows in order of seq from 1 on: hashes, links, gaps, payloads, and that the columns say what
 * the hashed bytes say; of a case whose contents were destroyed, that this was decided as it must be (door/destroyed.ts). `head` is what the case's row says. Answers everything that does not hold.
 */
export function verifyChain(
  rows: readonly ChainRow[],
  head?: { readonly seq: number; readonly hash: string },
): ChainFinding[] {
  const findings: ChainFinding[] = [];
  let prev = GENESIS;
  let seq = 0;
  const destroyed = endsDestroyed(rows);
  const faults = destroyed ? destroyedFaults(rows) : [];
  for (const row of rows) {
    seq += 1;
    const find = (what: string) => findings.push({ caseId: row.caseId, seq: row.seq, what });
    if (row.seq !== seq) find(`expected event ${seq}: an event is missing or doubled`);
    seq = row.seq;
    if (sha256(row.header) !== row.hash) find('the hash is not that of the header');
    if (row.prev !== prev) find('it does not follow the event before it');
    prev = row.hash;
    const gone = destroyed && faults.length === 0 && row !== rows.at(-1);
    for (const what of compareHeader(row, gone)) find(what);
    if (row === rows.at(-1)) for (const what of faults) find(what);
  }
  if (head && (head.seq !== seq || (head.hash !== prev && seq > 0))) {
    findings.push({
      caseId: rows[0]?.caseId ?? '',
      seq,
      what: `the case's row says it ends at event ${head.seq} otherwise`,
    });
  }
  return findings;
}

/** `gone`: its case is destroyed, and it must say nothing any more. */
function compareHeader(row: ChainRow, gone: boolean): string[] {
  const text = Buffer.from(row.header).toString('utf8');
  let header: Header;
  try {
    header = JSON.parse(text) as Header;
    if (canonicalJson(header) !== text) return ['the header is not in canonical form'];
  } catch {
    return ['the header cannot be read'];
  }
  const said: [string, unknown, unknown][] = [
    ['version', header.v, 1],
    ['case', header.case, row.caseId],
    ['seq', header.seq, row.seq],
    ['type', header.type, row.type],
    ['recorded time', header.recordedAt, row.recordedAt],
    ['time', header.occurredAt, row.occurredAt],
    ['kind of actor', header.actor?.kind, row.actorKind],
    ['actor', header.actor?.id, row.actorId],
    ['post', header.actor?.post, row.actorPost],
    ['act', header.actId, row.actId],
    ['program', header.program, row.programHash],
    ['link', header.prev, row.prev],
  ];
  const found = said
    .filter(([, inHeader, inRow]) => inHeader !== inRow)
    .map(([name]) => `the ${name} is not what was hashed`);
  if (gone) return isEmptied(row.payload) ? found : [...found, 'the case is destroyed, and the payload is there'];
  if (row.unread === 'altered') found.push('the payload is not what was sealed');
  // what cannot be read for now is no finding, and not proven either: see `whyUnread`
  else if (row.unread !== undefined && row.unread !== 'key away')
    found.push(`the payload cannot be read: ${row.unread}`);
  if (!row.unread && sha256(row.payload) !== header.commitment) found.push('the payload is not what was committed to');
  return found;
}

/** Why the events of a chain cannot all be read, naming the first that cannot; undefined when they can. */
export function whyUnread(rows: readonly ChainRow[]): string | undefined {
  const row = rows.find(({ unread }) => unread !== undefined);
  return row && `the payload of event ${row.seq} cannot be read: ${row.unread}`;
}

/** Events of a chain one after the other that one installation has recorded. */
export interface Stretch {
  readonly installation: string;
  readonly from: number;
  readonly to: number;
}

/** An event as far as {@link stretchesOf} looks at it. `data` is absent where the payload is withheld. */
export interface BorderEvent {
  readonly seq: number;
  readonly hash: string;
  readonly type: string;
  readonly installation: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Which installations have recorded a chain. It passes from one to another only by a `case.received` that the next one records
 * and that names the one before with the last event of it, after a `case.handedAway` to the next one; it ends in `own`.
 */
export function stretchesOf(
  events: Iterable<BorderEvent>,
  own: string | undefined,
): {
  readonly stretches: readonly Stretch[];
  readonly findings: readonly { readonly seq: number; readonly what: string }[];
} {
  const stretches: Stretch[] = [];
  const findings: { seq: number; what: string }[] = [];
  let before: BorderEvent | undefined;
  let givenTo: unknown;
  for (const event of events) {
    const { seq, type, installation, data } = event;
    const last = stretches.at(-1);
    const same = last?.installation === installation;
    if (last && same && type !== 'case.received') stretches[stretches.length - 1] = { ...last, to: seq };
    else {
      const wrong = before ? borderProblem(event, before, givenTo) : undefined;
      if (wrong) findings.push({ seq, what: wrong });
      stretches.push({ installation, from: seq, to: seq });
    }
    if (type === 'case.handedAway') givenTo = data ? data['to'] : true;
    if (type === 'case.takenBack' || type === 'case.received') givenTo = undefined;
    before = event;
  }
  const end = stretches.at(-1);
  if (end && end.installation !== own) findings.push({ seq: end.to, what: 'it was recorded by another installation' });
  return { stretches, findings };
}

function borderProblem(
  { type, installation, data }: BorderEvent,
  before: BorderEvent,
  givenTo: unknown,
): string | undefined {
  if (type !== 'case.received') return 'it was recorded by another installation';
  if (installation === before.installation) return 'the case is received by the installation it was in';
  if (givenTo === undefined || (givenTo !== true && givenTo !== installation))
    return 'the case was not handed to the installation that received it';
  if (!data) return undefined;
  const { installation: from, seq, head } = Object(data['from']) as Record<string, unknown>;
  if (from === before.installation && seq === before.seq && head === before.hash) return undefined;
  return 'it does not name the event of the other installation it follows';
}
