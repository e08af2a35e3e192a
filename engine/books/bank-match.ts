import { daysBetween } from '../time/civil.ts';
import type { BankMatchHow } from './bank-events.ts';
import type { BankEntryFact, BankLineFact } from './bank-facts.ts';
import { movementFen } from './entry.ts';

/** A line and an entry found to be one movement. */
export interface FoundPair {
  readonly line: string;
  readonly entry: string;
  readonly how: BankMatchHow;
}

/** Banks book a cheque or a transfer some days after it was written down, or before. */
const DAYS_APART = 5;

/**
 * Finds which lines of the bank are which entries of the journal: first by the number on the paper, which either side's
 * text may name, then by amount and the same day, then by amount within five days. Only what can be nothing else is
 * matched; where two entries or two lines fit alike, a person decides.
 */
export function findPairs(lines: readonly BankLineFact[], entries: readonly BankEntryFact[]): FoundPair[] {
  const found: FoundPair[] = [];
  const free = { lines: [...lines], entries: [...entries] };
  const pass = (how: BankMatchHow, fits: (line: BankLineFact, entry: BankEntryFact) => boolean) => {
    for (const line of free.lines) {
      const candidates = free.entries.filter((entry) => sameMoney(line, entry) && fits(line, entry));
      const only = candidates.length === 1 ? candidates[0]! : undefined;
      if (!only || free.lines.filter((each) => sameMoney(each, only) && fits(each, only)).length > 1) continue;
      found.push({ line: line.id, entry: only.id, how });
      free.entries = free.entries.filter((entry) => entry !== only);
    }
    const taken = new Set(found.map(({ line }) => line));
    free.lines = free.lines.filter(({ id }) => !taken.has(id));
  };
  pass('reference', names);
  pass('amount and date', (line, entry) => line.date === entry.occurredDate);
  pass('amount and date', (line, entry) => Math.abs(daysBetween(line.date, entry.occurredDate)) <= DAYS_APART);
  return found;
}

function sameMoney(line: BankLineFact, entry: BankEntryFact): boolean {
  return movementFen(line) === movementFen(entry);
}

/** Whether the line and the entry name the same paper. Numbers of less than four signs say nothing by being part of a text. */
function names(line: BankLineFact, entry: BankEntryFact): boolean {
  const said = [line.reference ?? '', line.text ?? ''];
  if (said.some((text) => text.trim() === entry.sourceDoc)) return true;
  if (entry.sourceDoc.length >= 4 && said.some((text) => text.includes(entry.sourceDoc))) return true;
  const reference = line.reference?.trim() ?? '';
  return reference.length >= 4 && (entry.text ?? '').includes(reference);
}
