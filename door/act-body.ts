import type { Act } from '../engine/act.ts';
import { type Refusal, refuse } from '../engine/refusal.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { sha256 } from './chain.ts';

/** An act's own words may take up so much, in RFC 8785 bytes; longer imports come in parts. */
export const mostActBytes = 512 * 1024;

/** The RFC 8785 text of what was asked for: a repeat under the same id must ask for the same. */
export function bodyOf(asked: object): { readonly bytes: number; readonly hash: string; readonly text: string } {
  const text = canonicalJson(asked);
  return { bytes: Buffer.byteLength(text), hash: sha256(text), text };
}

/** What an act asks for, without its id and its actor. */
export function askedBy({ id: _id, actor: _actor, ...asked }: Act): object {
  return asked;
}

/** Refuses what no database can keep: too large a body, and texts with U+0000 or half of a surrogate pair. */
export function refuseBody(body: { readonly bytes: number; readonly text: string }): Refusal | undefined {
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
