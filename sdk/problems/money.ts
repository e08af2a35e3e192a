import type { Book, Program } from '../program.ts';

/** Books have different keys, are kept by posts that are always there, and those who touch them are apart by `apart`. */
export function moneyProblems(program: Program): string[] {
  const keys = program.books.map(({ book }) => book);
  return [
    ...new Set(keys.filter((key, n) => keys.indexOf(key) !== n).map((key) => `books: "${key}" is there twice`)),
    ...program.books.flatMap((book) => bookProblems(program, book)),
  ];
}

function bookProblems(program: Program, book: Book): string[] {
  const at = `books.${book.book}`;
  const found: string[] = [];
  if (book.profile === 'vouchers' && book.reviews === undefined) {
    found.push(`${at}.reviews: with the profile "vouchers" somebody has to review them`);
  }
  if (book.profile !== 'vouchers' && book.reviews !== undefined) {
    found.push(`${at}.reviews: vouchers are reviewed with the profile "vouchers" only`);
  }
  for (const member of ['cash', 'ledger', 'approves', 'reviews', 'archives', 'confirms'] as const) {
    if (book[member] === undefined) continue;
    const role = program.roles[book[member]];
    if (!role) found.push(`${at}.${member}: unknown role "${book[member]}"`);
    else if (member !== 'confirms' && !('post' in role)) {
      found.push(`${at}.${member}: "${book[member]}" is a party; money is kept and approved by posts`);
    } else if (member !== 'confirms' && role.optional) {
      found.push(`${at}.${member}: "${book[member]}" is optional, and the book cannot do without it`);
    }
  }
  if (!Object.hasOwn(program.ladders, book.ladder)) found.push(`${at}.ladder: unknown ladder "${book.ladder}"`);
  if (new Set(book.channels).size < book.channels.length) found.push(`${at}.channels: a channel is there twice`);
  for (const [one, other] of mustBeApart(book)) {
    const apart = one !== other && program.apart.some((set) => set.includes(one) && set.includes(other));
    if (!apart)
      found.push(`${at}: "${one}" and "${other}" must be different people; put both into one set of \`apart\``);
  }
  return found;
}

/**
 * Accounting Law art. 25 and 35: who holds money, who keeps the accounts, who approves, and where a book has them who reviews
 * and who keeps the vouchers, are different people; who receives is none of them.
 */
function mustBeApart({ cash, ledger, approves, reviews, archives, confirms }: Book): [one: string, other: string][] {
  const roles = [cash, ledger, approves, reviews, archives, confirms].filter((role) => role !== undefined);
  return roles.flatMap((one, n) => roles.slice(n + 1).map((other): [string, string] => [one, other]));
}
