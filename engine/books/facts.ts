import type { CaseEvent } from '../event.ts';
import type { EntryFact } from '../world.ts';
import type { CashEntry, LedgerEntry } from './entry.ts';

/** The rows of the books an act asks about: one entry with its whole document, or all rows of a document. */
export interface NeededEntries {
  readonly entry?: string;
  readonly document?: { readonly book: string; readonly sourceDoc: string };
}

/** Tells the door which rows to load before deciding; undefined when the act asks about none. The data is not checked yet. */
export function neededFacts(act: {
  readonly type: string;
  readonly target?: string;
  readonly data?: unknown;
}): NeededEntries | undefined {
  if (act.type === 'entry.reverse') return act.target ? { entry: act.target } : undefined;
  if (act.type !== 'cash.record' && act.type !== 'ledger.record') return undefined;
  const { book, sourceDoc } = Object(act.data) as { book?: unknown; sourceDoc?: unknown };
  if (typeof book !== 'string' || typeof sourceDoc !== 'string') return undefined;
  return { document: { book: book.trim(), sourceDoc: sourceDoc.trim() } };
}

/** The rows known after an event: what the tables would hold, for the simulator and for tests without a database. */
export function addFact(facts: readonly EntryFact[], event: CaseEvent): readonly EntryFact[] {
  switch (event.type) {
    case 'cash.recorded':
    case 'cash.reversed':
    case 'ledger.recorded':
    case 'ledger.reversed':
      break;
    default:
      return facts;
  }
  const { balanceFen: _, no: __, period: ___, ...entry }: CashEntry & Partial<LedgerEntry> = event.data.entry;
  const side = event.type.startsWith('cash') ? 'cash' : 'ledger';
  const marked = facts.map((fact) => (fact.id === entry.reverses ? { ...fact, reversedBy: entry.id } : fact));
  return [...marked, { ...entry, side, recordedBy: event.actor.id }];
}
