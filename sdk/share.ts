import type { Electorate } from './program.ts';

/** A share as numbers: at least `n` of `of`, or more than it. */
export interface ParsedShare {
  readonly n: number;
  readonly of: number;
  readonly more: boolean;
}

/** Reads `1/2` or `more than 2/3`; undefined when it is no part of a whole, neither nothing nor more than all. */
export function parseShare(text: string): ParsedShare | undefined {
  const [, more, n, of] = /^(more than )?([1-9]\d{0,2})\/([1-9]\d{0,2})$/.exec(text) ?? [];
  const share = { n: Number(n), of: Number(of), more: more !== undefined };
  return share.n < share.of || (share.n === share.of && !share.more) ? share : undefined;
}

/** Reads `more than 1/2 of present`; undefined when it says no majority: less than half of anything. */
export function parseMajority(text: string): { readonly share: ParsedShare; readonly among: Electorate } | undefined {
  const [, part = '', among] = /^(.+) of (eligible|present|cast)$/.exec(text) ?? [];
  const share = parseShare(part);
  if (!share || share.n * 2 < share.of || (share.n * 2 === share.of && !share.more)) return undefined;
  return { share, among: among as Electorate };
}

/** Whether so many are that share of so many others. Whole numbers only: nothing is rounded. */
export function isShare({ n, of, more }: ParsedShare, count: number, whole: number): boolean {
  return more ? count * of > whole * n : count * of >= whole * n;
}

/** A share in words: `半数以上`-like wordings are ambiguous, so it is said with numbers. */
export function shareText({ n, of, more }: ParsedShare): readonly [zh: string, en: string] {
  return [more ? `超过 ${n}/${of}` : `${n}/${of} 以上（含）`, more ? `more than ${n}/${of}` : `at least ${n}/${of}`];
}
