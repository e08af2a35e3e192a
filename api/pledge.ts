import { documentNamed } from '../db/queries/documents.ts';
import { sha256 } from '../door/chain.ts';
import type { Pledge } from '../door/handover.ts';
import { toDate } from '../engine/time/civil.ts';
import type { CalendarDate } from '../sdk/time.ts';
import type { AppDeps } from './deps.ts';
import { problem } from './errors.ts';
import type { Asking } from './once.ts';
import { caseToRead } from './reading.ts';

/** A pledge as it comes in: its text, or the id of the document it is; `signedOn` defaults to today. */
export interface PledgeWish {
  readonly text?: string | undefined;
  readonly documentId?: string | undefined;
  readonly signedOn?: CalendarDate | undefined;
}

/**
 * The pledge with its hash. A document has to lie in a case its caller may read. Throws the problem 422: neither or both given,
 * no such document, or signed in the future.
 */
export async function pledgeOf(
  deps: Pick<AppDeps, 'sql' | 'house'>,
  { caller, now }: Asking,
  { text, documentId, signedOn = toDate(now) }: PledgeWish,
): Promise<Pledge> {
  if ((text === undefined) === (documentId === undefined))
    throw problem(
      'INVALID_DATA',
      ['责任书写正文，或者写材料编号，二者取一。', 'A pledge has a text or names a document: one of the two.'],
      [['填写 pledge.text 或 pledge.documentId', 'Fill in pledge.text or pledge.documentId']],
      [{ path: 'pledge', message: 'text or documentId' }],
    );
  if (signedOn > toDate(now))
    throw problem(
      'OCCURRED_IN_FUTURE',
      ['责任书的签订日期不能在将来。', 'A pledge is not signed in the future.'],
      [['改正 pledge.signedOn', 'Correct pledge.signedOn']],
      [{ path: 'pledge.signedOn', message: 'in the future' }],
    );
  if (text !== undefined) return { text, hash: sha256(text), signedOn };
  const document = await documentNamed(deps.sql, documentId!);
  const readable = document && (await caseToRead(deps, caller, document.caseId).catch(() => undefined));
  if (!document || !readable)
    throw problem(
      'UNKNOWN_DOCUMENT',
      [
        '责任书引用的材料不存在，或者您无权查看。',
        'The document of the pledge does not exist, or is not yours to see.',
      ],
      [['先把责任书上传到一个您可查看的个案', 'Upload the pledge to a case that you may read first']],
      [{ path: 'pledge.documentId', message: 'no such document' }],
    );
  return { documentId: document.id, hash: document.sha256, signedOn };
}
