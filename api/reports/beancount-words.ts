import { yuan } from '../../engine/books/checks.ts';
import type { AccountName } from './accounts.ts';

// The few words of plain-text accounting the export is made of. Accounts are named so that every program of that family takes
// them: ASCII letters, digits and hyphens under one of five roots.

const ROOTS: Readonly<Record<string, string>> = {
  '1': 'Assets',
  '2': 'Liabilities',
  '3': 'Equity',
  '4': 'Income',
  '5': 'Expenses',
};

/** An account of the chart in the export: `Assets:1001-Cash-On-Hand`. What is no asset, liability, income or cost is equity. */
export function accountPath({ code, name }: AccountName): string {
  const root = ROOTS[code.slice(0, 1)] ?? 'Equity';
  const words = name[1].match(/[A-Za-z0-9]+/g) ?? [];
  return [`${root}:${code}`, ...words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))].join('-');
}

/** The account of what is held for one person, below its control account; the id of the party, never a name. */
export function personPath(control: string, person: string): string {
  const safe = person.replaceAll(/[^A-Za-z0-9-]/g, (sign) => `-u${sign.codePointAt(0)!.toString(16)}-`);
  return `${control}:P-${safe}`;
}

/** An amount, exact to the fen. */
export function amount(fen: number): string {
  return `${yuan(fen)} CNY`;
}

/** A text between quotation marks; line breaks and other control characters become spaces. */
export function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return `"${text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').replaceAll(/["\\]/g, '\\$&')}"`;
}

/** One side of a transaction. `fen` is debit positive; `side` says which side red ink stands on. */
export interface Posting {
  readonly account: string;
  readonly fen: number;
  readonly about?: Readonly<Record<string, string>>;
}

/** A transaction as a block of lines. */
export function transaction(
  date: string,
  text: string,
  postings: readonly Posting[],
  {
    tags = [],
    about = {},
  }: { readonly tags?: readonly string[]; readonly about?: Readonly<Record<string, string>> } = {},
): string {
  return [
    [date, '*', quoted(text), ...tags.map((tag) => `#${tag}`)].join(' '),
    ...notes(about, '  '),
    ...postings.flatMap((posting) => [
      `  ${posting.account}  ${amount(posting.fen)}`,
      ...notes(posting.about ?? {}, '    '),
    ]),
  ].join('\n');
}

/**
 * The balance an account must have at the beginning of a day. The tolerance is said, for left to itself the program lets a
 * single fen pass.
 */
export function assertion(date: string, account: string, fen: number): string {
  return `${date} balance ${account}  ${yuan(fen)} ~ 0.001 CNY`;
}

function notes(about: Readonly<Record<string, string>>, indent: string): string[] {
  return Object.entries(about).map(([key, value]) => `${indent}${key}: ${quoted(value)}`);
}
