import type { Channel } from '../../sdk/program.ts';
import type { CaseEvent } from '../event.ts';
import { type BankLine, bankLineId, bankLineKey } from './bank-events.ts';
import { type Direction, readBookId } from './entry.ts';

/** A line of a statement that is in no match. */
export interface BankLineFact extends Omit<BankLine, 'no' | 'nth'> {
  readonly id: string;
  readonly channel: Channel;
}

/** An entry of the journal that stands and is in no match. */
export interface BankEntryFact {
  readonly id: string;
  readonly channel: Channel;
  readonly direction: Direction;
  readonly amountFen: number;
  readonly sourceDoc: string;
  readonly occurredDate: string;
  readonly text?: string;
}

/** What the tables hold about the statements of a book, as far as an act asks. */
export interface BankFacts {
  /** Lines an import brings that are there already. */
  readonly known: readonly { readonly key: string; readonly nth: number; readonly channel: Channel }[];
  readonly lines: readonly BankLineFact[];
  readonly entries: readonly BankEntryFact[];
  /** Matches that hold or, `broken`, do no longer, as an entry of theirs was reversed: its lines are among `lines` again. */
  readonly matches: readonly { readonly id: string; readonly channel: Channel; readonly broken: boolean }[];
}

/** Which rows about a bank's statements an act asks about. */
export interface NeededBank {
  readonly book: string;
  /** Absent: that of the match `id` names. */
  readonly channel?: string;
  /** Keys of the lines it brings. */
  readonly keys: readonly string[];
}

/** Tells the door which bank rows to load; undefined when the act asks about none. The data is not checked yet. */
export function neededBank(act: {
  readonly type: string;
  readonly target?: string;
  readonly data?: unknown;
}): NeededBank | undefined {
  if (act.type === 'statement.unmatch') {
    const book = readBookId(act.target ?? '')?.book;
    return book === undefined ? undefined : { book, keys: [] };
  }
  if (act.type !== 'statement.import' && act.type !== 'statement.match') return undefined;
  const { book, channel, lines } = Object(act.data) as Record<string, unknown>;
  if (typeof book !== 'string' || typeof channel !== 'string') return undefined;
  const keys = act.type === 'statement.import' && Array.isArray(lines) ? lines.slice(0, 200).map(keyOf) : [];
  return { book: book.trim(), channel, keys };
}

/** The rows known after an event: what the tables would hold. */
export function addBank(facts: BankFacts, event: CaseEvent): BankFacts {
  switch (event.type) {
    case 'statement.imported': {
      const { id, channel, lines } = event.data;
      const added = lines.map(({ no, nth: _, ...line }) => ({ id: bankLineId(id, { no }), channel, ...line }));
      const known = lines.map((line) => ({ key: bankLineKey(line), nth: line.nth, channel }));
      return { ...facts, known: [...facts.known, ...known], lines: [...facts.lines, ...added] };
    }
    case 'statement.matched': {
      const { matches, channel } = event.data;
      const [lines, entries] = [matches.flatMap((each) => each.lines), matches.flatMap((each) => each.entries)];
      return {
        ...facts,
        lines: facts.lines.filter(({ id }) => !lines.includes(id)),
        entries: facts.entries.filter(({ id }) => !entries.includes(id)),
        matches: [...facts.matches, ...matches.map(({ id }) => ({ id, channel, broken: false }))],
      };
    }
    case 'statement.unmatched':
      return { ...facts, matches: facts.matches.filter(({ id }) => id !== event.data.id) };
    default:
      return facts;
  }
}

/** No rows. */
export const noBank: BankFacts = { known: [], lines: [], entries: [], matches: [] };

/** The rows of one channel. */
export function bankOf(facts: BankFacts | undefined, channel: Channel): BankFacts {
  const { known, lines, entries, matches } = facts ?? noBank;
  const own = <T extends { readonly channel: string }>(rows: readonly T[]) =>
    rows.filter((row) => row.channel === channel);
  return { known: own(known), lines: own(lines), entries: own(entries), matches: own(matches) };
}

function keyOf(line: unknown): string {
  const { counterparty, text, reference, ...rest } = Object(line) as Record<string, unknown>;
  const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
  const told = { counterparty: trimmed(counterparty), text: trimmed(text), reference: trimmed(reference) };
  return bankLineKey({ ...(rest as unknown as BankLine), ...told });
}
