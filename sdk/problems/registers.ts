import { parseBudget } from '../budget.ts';
import type { Book, Program } from '../program.ts';

/** What a book says of gifts, helpers' advances, its archive and the allowance names roles, ladders and number fields there are, and times that can be read. */
export function registerProblems(program: Program): string[] {
  return program.books.flatMap((book) => [
    ...giftProblems(program, book),
    ...advanceProblems(program, book),
    ...archiveProblems(program, book),
    ...allowanceProblems(program, book),
  ]);
}

function giftProblems(program: Program, { book, gifts }: Book): string[] {
  const at = `books.${book}.gifts`;
  const role = gifts?.by === undefined ? undefined : program.roles[gifts.by];
  return [
    ...(gifts?.by !== undefined && !role ? [`${at}.by: unknown role "${gifts.by}"`] : []),
    ...timeProblem(`${at}.thanks`, gifts?.thanks),
    ...ladderProblem(program, `${at}.ladder`, gifts?.ladder),
  ];
}

function advanceProblems(program: Program, { book, advances }: Book): string[] {
  return [
    ...timeProblem(`books.${book}.advances.within`, advances?.within),
    ...ladderProblem(program, `books.${book}.advances.ladder`, advances?.ladder),
  ];
}

/** A year's books are in the archive three years after its end at the latest, however often that is put off (会计档案管理办法, art. 11). */
function archiveProblems(program: Program, { book, archive }: Book): string[] {
  const at = `books.${book}.archive`;
  const months = monthsAtLeast(archive?.within ?? '1 year') + monthsAtLeast(archive?.extend?.cap ?? '2 years');
  return [
    ...timeProblem(`${at}.within`, archive?.within),
    ...timeProblem(`${at}.extend.cap`, archive?.extend?.cap),
    ...(months > 36 ? [`${at}: with all its extensions it is later than three years after the year's end`] : []),
    ...ladderProblem(program, `${at}.ladder`, archive?.ladder),
  ];
}

function monthsAtLeast(budget: string): number {
  const parsed = parseBudget(budget);
  if (parsed?.unit === 'years') return parsed.n * 12;
  if (parsed?.unit === 'months') return parsed.n;
  return parsed?.unit === 'days' || parsed?.unit === 'working days' ? parsed.n / 31 : 0;
}

function allowanceProblems(program: Program, { book, allowance, keeps }: Book): string[] {
  if (!allowance) return [];
  const at = `books.${book}.allowance`;
  const fields = (['household', 'drawn', 'standard'] as const).flatMap((member) => {
    const key = allowance[member];
    if (key === undefined) return [];
    const field = program.fields[key];
    if (!field) return [`${at}.${member}: unknown field "${key}"`];
    return field.kind === 'number' ? [] : [`${at}.${member}: "${key}" is no number field`];
  });
  return keeps === 'held for beneficiary'
    ? fields
    : [...fields, `${at}: only money held for a person is income of that person's household`];
}

function timeProblem(at: string, budget: string | undefined): string[] {
  return budget === undefined || parseBudget(budget)
    ? []
    : [`${at}: "${budget}" is no budget; write it as "15 working days"`];
}

function ladderProblem(program: Program, at: string, ladder: string | undefined): string[] {
  return ladder === undefined || Object.hasOwn(program.ladders, ladder) ? [] : [`${at}: unknown ladder "${ladder}"`];
}
