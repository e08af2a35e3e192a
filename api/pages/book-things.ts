import { advances, gifts } from '../../db/queries/book-registers.ts';
import { cashEntries, type DiscrepancyRow, payouts, vouchers } from '../../db/queries/books.ts';
import { draftsOf } from '../../engine/books/drafts.ts';
import { openAdvances } from '../../engine/books/register-state.ts';
import type { Text } from '../../sdk/program.ts';
import { HIDDEN } from '../reports/written.ts';
import type { BookEntryView } from '../schemas/books.ts';
import { yuan } from '../timeline-text.ts';
import { entryView } from '../views/book-view.ts';
import { payoutView } from '../views/payout-view.ts';
import { advanceView, giftView } from '../views/register-view.ts';
import type { BookSubject } from './book-form.ts';
import { w } from './book-form-words.ts';
import { unmatchedOn } from './book-statement-match-forms.tsx';
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

/** What is listed, and how many more of its kind there are that are not. */
function withRest(listed: readonly Thing[], kind: Text, all: number): readonly Thing[] {
  const rest = all - listed.length;
  if (rest <= 0) return listed;
  const text = [`还有 ${rest} 笔未列出（共 ${all} 笔）`, `${rest} more are not listed, of ${all}`] as const;
  return [...listed, { id: '', kind, text, forms: [] }];
}

/** What waits in a book, with nothing its reader may not see yet. */
export async function openThings(subject: BookSubject, found: readonly DiscrepancyRow[]): Promise<readonly Thing[]> {
  const { book } = subject.def;
  const things = await Promise.all([
    openPayouts(subject),
    openDrafts(subject),
    openGifts(subject),
    advancesOf(subject),
    withRest(
      found.filter((each) => each.book === book && each.settledAt === null).map(difference),
      work.difference,
      Object.keys(subject.book.discrepancies).length,
    ),
    statementsOf(subject),
    ownEntries(subject),
  ]);
  return things.flat();
}

async function openPayouts({ deps, caseId, book, def, language }: BookSubject): Promise<readonly Thing[]> {
  const rows = await payouts(deps.sql, caseId, MOST, { book: def.book, open: true });
  const listed = rows.map((row): Thing => {
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
  return withRest(listed, work.payout, Object.keys(book.payouts).length);
}

/** Vouchers that wait for their review; never shown to who holds the money. */
function openDrafts({ book, def, sight }: BookSubject): readonly Thing[] {
  if (sight.hidesDrafts(def.book)) return [];
  return Object.entries(draftsOf(book)).map(([id, { sourceDoc, direction, amountFen, reverses }]): Thing => {
    const goes = w[direction];
    const red = reverses === undefined ? ['', ''] : [` · ${work.red[0]}`, ` · ${work.red[1]}`];
    return {
      ...{ id, kind: work.draft, forms: ['review'] },
      text: [
        `${sourceDoc}：${goes[0]} ${yuan(amountFen)} 元${red[0]}`,
        `${sourceDoc}: ${goes[1]} ${yuan(amountFen)} yuan${red[1]}`,
      ],
    };
  });
}

/** Gifts nobody has thanked for. */
async function openGifts({ deps, caseId, book, def, sight }: BookSubject): Promise<readonly Thing[]> {
  const open = book.gifts?.open ?? {};
  if (Object.keys(open).length === 0) return [];
  const rows = await gifts(deps.sql, caseId, { book: def.book, ids: Object.keys(open), limit: MOST });
  const listed = rows.map((row): Thing => {
    const { id, no, giver, item, valueFen } = giftView(row, sight);
    const sum = valueFen === null ? HIDDEN : yuan(valueFen);
    const from = giver ?? '';
    return {
      ...{ id, kind: work.gift, forms: row.kind === 'inKind' ? ['thank', 'take-back'] : ['thank'] },
      text: [`${no}. ${from} ${item ?? ''} ${sum} 元`, `${no}. ${from} ${item ?? ''} ${sum} yuan`],
    };
  });
  return withRest(listed, work.gift, Object.keys(open).length);
}

/** Advances that are not settled. */
async function advancesOf({ deps, caseId, book, def, sight, state, today }: BookSubject): Promise<readonly Thing[]> {
  const open = Object.keys(openAdvances(book)).length;
  if (open === 0) return [];
  const rows = await advances(deps.sql, caseId, { book: def.book, limit: MOST, open: true });
  const listed = rows.map((row): Thing => {
    const { id, helper, text, amountFen, sourceDoc, ageDays } = advanceView(row, state, sight, today);
    const sum = amountFen === null ? HIDDEN : yuan(amountFen);
    const from = helper ?? '';
    return {
      ...{ id, kind: work.advance, forms: ['repay-cash', 'repay-ledger', 'withdraw'] },
      text: [
        `${from} ${sum} 元：${text}（${sourceDoc}，${ageDays ?? 0} 天）`,
        `${from} ${sum} yuan: ${text} (${sourceDoc}, ${ageDays ?? 0} days)`,
      ],
    };
  });
  return withRest(listed, work.advance, open);
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

/** The statements of the bank and of WeChat, for who brings them in and matches them. */
async function statementsOf(subject: BookSubject): Promise<readonly Thing[]> {
  const { roles, def } = subject;
  if (!roles.has(def.ledger)) return [];
  const channels = def.channels.filter((each) => each !== 'cash');
  return Promise.all(
    channels.map(async (each): Promise<Thing> => {
      const { lines, entries } = (await unmatchedOn({ ...subject, of: each })).all;
      return {
        ...{ id: each, kind: work.statement, forms: ['statement', 'statement-match'] },
        text: [
          `${w[each][0]}：流水 ${lines} 笔、日记账 ${entries} 笔未勾对`,
          `${w[each][1]}: ${lines} lines and ${entries} entries unmatched`,
        ],
      };
    }),
  );
}

/** The latest entries of the side the caller keeps, which he can reverse. */
async function ownEntries({ deps, caseId, def, roles, sight, today }: BookSubject): Promise<readonly Thing[]> {
  const side = roles.has(def.cash) ? 'cash' : roles.has(def.ledger) ? 'ledger' : undefined;
  if (!side) return [];
  const filter = { book: def.book, month: today.slice(0, 7), latest: true, limit: MOST };
  const rows = await (side === 'cash' ? cashEntries : vouchers)(deps.sql, caseId, filter);
  return rows.map((row) => ({ ...thingOf(entryView(row, side, sight)), folded: true as const }));
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
    forms: ['reverse-cash', 'reverse-ledger'],
  };
}
