import { problem } from './errors.ts';

/** `If-Match` as it is taken. */
export const IF_MATCH = '^\\s*(?:\\*|"?(\\d{1,15})"?)\\s*$';
const ifMatch = new RegExp(IF_MATCH);

/** The revision a change was made on, from `If-Match`; none without the header or for `*`. Throws 400 on anything but one of our ETags. */
export function ifMatchOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const found = ifMatch.exec(header);
  if (!found)
    throw problem(
      'MALFORMED',
      ['If-Match 不是本系统给出的 ETag。', 'If-Match is not one of our ETags.'],
      [['使用 GET 返回的 ETag。', 'Use the ETag a GET answered with.']],
    );
  return found[1] === undefined ? undefined : Number(found[1]);
}

/** Whether `If-None-Match` names this ETag: nothing new to send. */
export function isUnchanged(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
