import type { ColumnKeys } from '../db/sealed.ts';
import type { Act } from '../engine/act.ts';
import { type Refusal, refuse } from '../engine/refusal.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { sha256 } from './chain.ts';

/** The body of an act that is known from its events alone: whoever sends it again is answered as the first time. */
export const UNKNOWN_BODY = '0'.repeat(64);

/** An act's own words may take up so much, in RFC 8785 bytes; longer imports come in parts. */
export const mostActBytes = 512 * 1024;

/** What was asked for: its RFC 8785 text, how long that is, and its SHA-256. */
export interface Body {
  readonly bytes: number;
  readonly hash: string;
  readonly text: string;
}

/** By what a body is known again: as its row keeps it, and as earlier releases did. */
export interface BodyHashes {
  readonly kept: string;
  readonly plain: string;
}

/** The body of a request: a repeat under the same id must ask for the same. */
export function bodyOf(asked: object): Body {
  const text = canonicalJson(asked);
  return { bytes: Buffer.byteLength(text), hash: sha256(text), text };
}

/** The hashes of a body. What is kept is made with a key: whoever has the table alone could try what a short one may have said. */
export function hashesOf(keys: ColumnKeys | undefined, { hash: plain, text }: Body): BodyHashes {
  return { kept: keys?.hashed('act body', text) ?? plain, plain };
}

/** What an act asks for, without its id and its actor. */
export function askedBy({ id: _id, actor: _actor, ...asked }: Act): object {
  return asked;
}

/** Refuses what no database can keep: too large a body, and texts with U+0000 or half of a surrogate pair. */
export function refuseBody(body: Body): Refusal | undefined {
  if (body.bytes > mostActBytes) {
    return refuse(
      'INVALID_DATA',
      [`内容超过 ${mostActBytes / 1024} KiB`, `It is larger than ${mostActBytes / 1024} KiB.`],
      [['分几次提交', 'Send it in parts.']],
    );
  }
  // in RFC 8785 texts nothing else is written with these escapes
  if (/\\u(0000|d[89a-f])/.test(body.text.replaceAll('\\\\', ''))) {
    return refuse(
      'INVALID_DATA',
      ['文字里有无法保存的字符', 'A text holds characters that cannot be kept (U+0000, or half of a surrogate pair).'],
      [['删去这些字符', 'Leave them out.']],
    );
  }
  return undefined;
}
