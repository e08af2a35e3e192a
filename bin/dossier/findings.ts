/** A text in both languages. */
export type Words = readonly [zh: string, en: string];

/** What a dossier is checked for, in this order. */
const rules = [
  'archive',
  'manifest',
  'chain',
  'head',
  'destruction',
  'program',
  'acts',
  'documents',
  'books',
  'organisation',
  'histories',
  'state',
  'read models',
  'pages',
  'proofs',
] as const;
/** One of them. */
export type Rule = (typeof rules)[number];

/** Something that does not hold; `where` is a file, event, row or column, never what they say. */
export interface Finding {
  readonly rule: Rule;
  readonly where: string;
  readonly what: Words;
}

/** Something that could not be checked, and why. */
export interface Unchecked {
  readonly rule: Rule;
  readonly why: Words;
}

/** Collects what is found. Of each rule the first hundred findings are kept and all counted. */
export class Findings {
  readonly found: Finding[] = [];
  readonly unchecked: Unchecked[] = [];
  readonly #counts = new Map<Rule, number>();
  #total = 0;

  /** Notes something that does not hold. */
  find(rule: Rule, where: string | number, zh: string, en: string): void {
    this.#total += 1;
    const n = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, n);
    if (n <= 100) this.found.push({ rule, where: String(where), what: [zh, en] });
  }

  /** Notes what could not be checked. */
  leave(rule: Rule, zh: string, en: string): void {
    this.unchecked.push({ rule, why: [zh, en] });
  }

  /** How much does not hold, those beyond the first hundred counted too. */
  get total(): number {
    return this.#total;
  }
}
