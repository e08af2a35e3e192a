import { cashEntries, type DiscrepancyRow, payouts, vouchers } from '../../db/queries/books.ts';
import type { Text } from '../../sdk/program.ts';
import { HIDDEN } from '../reports/written.ts';
import type { BookEntryView } from '../schemas/books.ts';
import { yuan } from '../timeline-text.ts';
import { entryView } from '../views/book-view.ts';
import { payoutView } from '../views/payout-view.ts';
import type { BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import { work } from './book-work-words.ts';

/** Something in a book that waits for an act: in words, and the forms it may take. */
export interface Thing {
  readonly id: string;
  readonly kind: Text;
  readonly text: Text;
  readonly more?: Text;
  /** Shown on demand only. */
  readonly folded?: true;
  readonly forms: readonly string[];
}

/** So many of a kind are listed. */
const MOST = 50;

/** What waits in a book, with nothing its reader may not see yet. */
export async function openThings(subject: BookSubject, found: readonly DiscrepancyRow[]): Promise<readonly Thing[]> {
  const { book } = subject.def;
  return [
    ...(await openPayouts(subject)),
    ...found.filter((each) => each.book === book && each.settledAt === null).map(difference),
    ...(await ownEntries(subject)),
  ];
}

async function openPayouts({ deps, caseId, def, language }: BookSubject): Promise<readonly Thing[]> {
  const rows = await payouts(deps.sql, caseId, 200);
  const open = rows.filter(({ book, state }) => book === def.book && ['requested', 'approved', 'paid'].includes(state));
  return open.slice(0, MOST).map((row): Thing => {
    const { allowance } = payoutView(row, language);
    const state = work[row.state as 'requested' | 'approved' | 'paid'];
    const by = w[row.channel];
    return {
      id: row.id,
      kind: work.payout,
      text: [
        `${yuan(row.amountFen)} 元（${by[0]}）：${row.text} · ${state[0]}`,
        `${yuan(row.amountFen)} yuan (${by[1]}): ${row.text} · ${state[1]}`,
      ],
      ...(allowance ? { more: [allowance.text, allowance.text] as const } : {}),
      forms: ['approve', 'refuse', 'pay', 'pay-ledger', 'code', 'confirm'],
    };
  });
}

function difference({ id, sourceDoc, decision, explainedAt }: DiscrepancyRow): Thing {
  const state = decision ? work.toCorrect : explainedAt ? work.explained : work.open;
  return {
    id,
    kind: work.difference,
    text: [`${sourceDoc} · ${state[0]}`, `${sourceDoc} · ${state[1]}`],
    forms: ['explain', 'decide'],
  };
}

/** The latest entries of the side the caller keeps, which he can reverse. */
async function ownEntries({ deps, caseId, def, roles, sight, today }: BookSubject): Promise<readonly Thing[]> {
  const side = roles.has(def.cash) ? 'cash' : roles.has(def.ledger) ? 'ledger' : undefined;
  if (!side) return [];
  const filter = { book: def.book, month: today.slice(0, 7), limit: 500 };
  const rows = await (side === 'cash' ? cashEntries : vouchers)(deps.sql, caseId, filter);
  return rows
    .filter(({ reverses, reversedBy }) => reverses === null && reversedBy === null)
    .slice(-MOST)
    .reverse()
    .map((row) => ({ ...thingOf(entryView(row, side, sight)), folded: true as const }));
}

/** An entry as something to act on. */
function thingOf({ id, sourceDoc, occurredDate, direction, amountFen }: BookEntryView): Thing {
  const goes = w[direction];
  const sum = amountFen === null ? HIDDEN : yuan(amountFen);
  return {
    id,
    kind: work.entry,
    text: [
      `${occurredDate} ${sourceDoc}：${goes[0]} ${sum} 元`,
      `${occurredDate} ${sourceDoc}: ${goes[1]} ${sum} yuan`,
    ],
    forms: ['reverse'],
  };
}
