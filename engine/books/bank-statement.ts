import { z } from 'zod';
import type { Channel, Text } from '../../sdk/program.ts';
import { type ActKind, isRefusal } from '../act-kind.ts';
import type { EventDraft } from '../event.ts';
import { invalid, type Refusal, refuse } from '../refusal.ts';
import { isCalendarDate, toDate } from '../time/civil.ts';
import { bookOf, bookOfTarget, keepers, type OpenedBook } from './access.ts';
import { type BankLine, type BankMatch, bankLineId, bankLineKey } from './bank-events.ts';
import { type BankFacts, bankOf } from './bank-facts.ts';
import { findPairs } from './bank-match.ts';
import { channelProblem, yuan } from './checks.ts';
import { MOST_FEN, movementFen } from './entry.ts';
import { idMaker } from './ids.ts';
import { amountFen, bookKey, direction, words } from './shapes.ts';
import { isWaiting } from './state.ts';

/** The channels a bank (or the operator of a purse) writes statements of. */
const account = z.enum(['bank', 'wechat']);

const line = z.strictObject({
  date: z.string().refine(isCalendarDate, '!应当是日期，如 2026-09-18|should be a date like 2026-09-18'),
  direction,
  amountFen,
  balanceFen: z.int().min(-MOST_FEN).max(MOST_FEN).optional().describe('what the bank says was there after it'),
  counterparty: words(200).optional(),
  text: words(500).optional(),
  reference: words(100).optional().describe('the number the bank gave it'),
  nth: z.int().min(1).max(10_000).optional().describe('of lines in one file that say the very same: which of them'),
});
const importData = z.strictObject({
  book: bookKey,
  channel: account,
  document: words(100).optional().describe('the file it was read from'),
  lines: z.array(line).min(1).max(200),
});
const ids = z.array(words(120)).min(1).max(100);
const matchData = z.strictObject({
  book: bookKey,
  channel: account,
  matches: z
    .array(
      z.strictObject({ lines: ids.describe('lines of the bank'), entries: ids.describe('entries of the journal') }),
    )
    .min(1)
    .max(100)
    .optional()
    .describe('by hand; without it whatever can be found'),
});

/**
 * The accountant brings in lines of the bank's statement, in the order they happened. Lines that are there already are passed
 * over; the new ones are matched with the journal where that is beyond doubt. What the cash holder has recorded and the
 * accountant has not is left alone: he would learn the figure by it. Refused: INVALID_DATA (the balances do not follow one
 * another, or a line lies in the future).
 */
export const statementImport: ActKind<z.infer<typeof importData>> = {
  data: importData,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: (ctx) => keepers(ctx.world.program, 'ledger', ctx.data.book),
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { channel, document } = ctx.data;
    const lines = numbered(ctx.data.lines);
    const problem = channelProblem(book, channel) ?? lineProblem(lines, toDate(ctx.world.now));
    if (problem) return problem;
    const facts = bankOf(ctx.world.facts.bank, channel);
    const known = new Set(facts.known.map(({ key, nth }) => `${nth}/${key}`));
    const isNew = (each: BankLine) => !known.has(`${each.nth}/${bankLineKey(each)}`);
    const next = idMaker(book.def.book, book.state);
    const id = next('s');
    const added = lines.filter(isNew);
    const fresh = added.map(({ no, nth: _, ...rest }) => ({ id: bankLineId(id, { no }), channel, ...rest }));
    const skipped = lines.filter((each) => !isNew(each)).map(({ no }) => no);
    return [
      {
        type: 'statement.imported',
        data: { book: book.def.book, id, channel, ...(document ? { document } : {}), lines: added, skipped },
      },
      ...brokenOf(book, facts),
      ...matched(book, channel, { ...facts, lines: [...facts.lines, ...fresh] }, next),
    ];
  },
};

/**
 * The accountant matches lines of the bank with entries of the journal: those he names, whose sums must be equal, or
 * (without any) whatever can be found. Matches whose entry was reversed meanwhile are taken apart first. Refused:
 * NOT_OPEN (a line or an entry is not there to be matched), BLOCKED (sums differ), ALREADY_DONE (nothing found).
 */
export const statementMatch: ActKind<z.infer<typeof matchData>> = {
  data: matchData,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  who: (ctx) => keepers(ctx.world.program, 'ledger', ctx.data.book),
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { channel, matches } = ctx.data;
    const problem = channelProblem(book, channel);
    if (problem) return problem;
    const facts = bankOf(ctx.world.facts.bank, channel);
    const broken = brokenOf(book, facts);
    const next = idMaker(book.def.book, book.state);
    const made = matches ? byHand(book, channel, facts, matches, next) : matched(book, channel, facts, next);
    if (isRefusal(made)) return made;
    if (made.length + broken.length > 0) return [...broken, ...made];
    return refuse(
      'ALREADY_DONE',
      ['没有可以自动勾对的流水。', 'Nothing more can be matched by itself.'],
      [['逐笔指明 lines 与 entries 手工勾对', 'Name lines and entries to match by hand']],
    );
  },
};

/** The accountant takes a match apart that was made by mistake, with the reason. `target`: the match. Refused: NOT_OPEN. */
export const statementUnmatch: ActKind<Record<string, never>> = {
  data: z.strictObject({}),
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  reasonNeeded: true,
  who: (ctx) => keepers(ctx.world.program, 'ledger', bookOfTarget(ctx.act.target)),
  decide({ act, world }) {
    const match = world.facts.bank?.matches.find(({ id }) => id === act.target);
    const book = bookOfTarget(act.target);
    if (match && book) return [{ type: 'statement.unmatched', data: { book, id: match.id, why: 'by hand' } }];
    return refuse(
      'NOT_OPEN',
      ['没有这笔勾对。', 'There is no such match.'],
      [['查看银行存款余额调节表中的勾对', 'Look at the matches of the bank reconciliation']],
    );
  },
};

/** Lines with their places, and of those that say the same which one each is. */
function numbered(asked: z.infer<typeof importData>['lines']): BankLine[] {
  const seen = new Map<string, number>();
  return asked.map(({ nth, balanceFen, counterparty, text, reference, ...rest }, i) => {
    const line = {
      no: i + 1,
      ...rest,
      ...(balanceFen !== undefined ? { balanceFen } : {}),
      ...(counterparty !== undefined ? { counterparty } : {}),
      ...(text !== undefined ? { text } : {}),
      ...(reference !== undefined ? { reference } : {}),
    };
    const key = bankLineKey(line);
    const count = nth ?? (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { ...line, nth: count };
  });
}

function lineProblem(lines: readonly BankLine[], today: string): Refusal | undefined {
  for (const [i, line] of lines.entries()) {
    if (line.date > today) return unclear(`data.lines.${i}.date`, ['日期在今天之后。', 'The date is not here yet.']);
    const before = lines[i - 1];
    if (!before) continue;
    if (line.date < before.date)
      return unclear(`data.lines.${i}.date`, ['流水要按先后顺序。', 'Lines stand in the order they happened.']);
    const { balanceFen } = line;
    if (balanceFen === undefined || before.balanceFen === undefined) continue;
    const due = before.balanceFen + movementFen(line);
    if (due !== balanceFen) {
      return unclear(`data.lines.${i}.balanceFen`, [
        `余额接不上：应为 ${yuan(due)} 元，写的是 ${yuan(balanceFen)} 元。`,
        `The balance does not follow: ${yuan(due)} yuan are due, it says ${yuan(balanceFen)}.`,
      ]);
    }
  }
  return undefined;
}

/** Takes matches apart whose entry was reversed since. */
function brokenOf({ def }: OpenedBook, { matches }: BankFacts): EventDraft[] {
  return matches
    .filter(({ broken }) => broken)
    .map(({ id }) => ({ type: 'statement.unmatched', data: { book: def.book, id, why: 'reversed' } }));
}

type Next = (kind: 's') => string;

/** Entries whose document waits for the accountant: to match one would tell him its figure. */
function hiddenFrom({ state }: OpenedBook): Set<string> {
  return new Set(Object.values(state.open).flatMap((each) => (isWaiting(each) && each.cash ? [each.cash.entry] : [])));
}

function matched(book: OpenedBook, channel: Channel, facts: BankFacts, next: Next): EventDraft[] {
  const hidden = hiddenFrom(book);
  const pairs = findPairs(
    facts.lines,
    facts.entries.filter(({ id }) => !hidden.has(id)),
  );
  if (pairs.length === 0) return [];
  const matches = pairs.map(
    ({ line, entry, how }): BankMatch => ({ id: next('s'), how, lines: [line], entries: [entry] }),
  );
  return [{ type: 'statement.matched', data: { book: book.def.book, channel, matches } }];
}

function byHand(
  book: OpenedBook,
  channel: Channel,
  facts: BankFacts,
  asked: readonly { readonly lines: readonly string[]; readonly entries: readonly string[] }[],
  next: Next,
): EventDraft[] | Refusal {
  const hidden = hiddenFrom(book);
  const lines = new Map(facts.lines.map((each) => [each.id, each]));
  const entries = new Map(facts.entries.filter(({ id }) => !hidden.has(id)).map((each) => [each.id, each]));
  const matches: BankMatch[] = [];
  for (const one of asked) {
    const gone = [...one.lines.filter((id) => !lines.has(id)), ...one.entries.filter((id) => !entries.has(id))][0];
    if (gone !== undefined) {
      return refuse(
        'NOT_OPEN',
        [
          `${gone} 现在不能勾对：已勾对、已冲销，或还没有登记。`,
          `${gone} cannot be matched now: it is matched, reversed, or not recorded yet.`,
        ],
        [['先登记自己的一方，或先撤销原来的勾对', 'Record your own side first, or take the earlier match apart']],
      );
    }
    const sum = (rows: readonly { direction: 'in' | 'out'; amountFen: number }[]) =>
      rows.reduce((total, row) => total + movementFen(row), 0);
    const bankFen = sum(one.lines.map((id) => lines.get(id)!));
    const bookFen = sum(one.entries.map((id) => entries.get(id)!));
    if (bankFen !== bookFen) {
      return refuse(
        'BLOCKED',
        [
          `金额不等：银行 ${yuan(bankFen)} 元，账上 ${yuan(bookFen)} 元。`,
          `The sums differ: ${yuan(bankFen)} yuan at the bank, ${yuan(bookFen)} in the journal.`,
        ],
        [['补上遗漏的流水或分录', 'Add the lines or entries that are missing']],
      );
    }
    // none is matched twice by one act
    for (const id of one.lines) lines.delete(id);
    for (const id of one.entries) entries.delete(id);
    matches.push({ id: next('s'), how: 'by hand', lines: one.lines, entries: one.entries });
  }
  return [{ type: 'statement.matched', data: { book: book.def.book, channel, matches } }];
}

const unclear = (path: string, detail: Text): Refusal =>
  invalid(path, detail, ['核对银行流水后再导入', "Check the bank's lines and bring them in again"]);
