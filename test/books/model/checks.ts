import { differenceOf } from '../../../engine/books/document.ts';
import type { BookState } from '../../../engine/books/state.ts';
import type { CaseEvent } from '../../../engine/event.ts';
import type { State } from '../../../engine/state.ts';
import { agree, type BookModel, isLive, moved, type Row, sum } from './book-model.ts';

/** Everything that must hold of a book after an act, against the model. Throws at the first thing that does not. */
export function checkBook(model: BookModel, state: State, events: readonly CaseEvent[]): void {
  const book = state.books['earnings']!;
  balances(model, book);
  for (const event of events) entryOf(model, event);
  documents(model, book, state);
  duties(model);
  accounts(model, book);
  closings(model, book, events);
  registers(model, book, state);
  for (const side of ['cash', 'ledger'] as const)
    same(book.keepers?.[side], model.keeper[side], `keeper of the ${side}`);
}

function balances(model: BookModel, book: BookState): void {
  for (const side of ['cash', 'ledger'] as const) {
    for (const channel of model.def.channels) {
      same(book[side][channel]?.balanceFen, model.balance(side, channel), `${side} balance of ${channel}`);
      same(book[side][channel]?.no, model.of(side, channel).length, `entries of ${side} ${channel}`);
    }
  }
  let least = 0;
  for (const channel of model.def.channels) {
    let fen = 0;
    for (const row of model.of('cash', channel)) {
      fen += moved(row);
      least = Math.min(least, fen);
    }
  }
  same(least, 0, 'the journal is never below zero');
}

/** An entry as it was written, against the row of the same number. */
function entryOf(model: BookModel, event: CaseEvent): void {
  switch (event.type) {
    case 'cash.recorded':
    case 'cash.reversed':
    case 'ledger.recorded':
    case 'ledger.reversed': {
      const { entry } = event.data;
      const row = model.find(entry.id);
      if (!row) throw new Error(`${entry.id} is not the next number`);
      same(entry.amountFen, row.fen, `amount of ${entry.id}`);
      same(entry.direction, row.direction, `direction of ${entry.id}`);
      same(entry.channel, row.channel, `channel of ${entry.id}`);
      same(entry.sourceDoc, row.doc, `document of ${entry.id}`);
      same(entry.payout, row.payout, `payout of ${entry.id}`);
      same(entry.reverses, row.reverses, `what ${entry.id} mirrors`);
      same(entry.bookedDate ?? row.day, row.day, `day of ${entry.id}`);
      const { side, channel } = row;
      const before = model.of(side, channel).slice(0, model.of(side, channel).indexOf(row) + 1);
      same(entry.balanceFen, sum(before.map(moved)), `running balance after ${entry.id}`);
      if ('lines' in entry) voucher(row, entry.lines);
      return;
    }
    default:
      return;
  }
}

function voucher(
  row: Row,
  lines: readonly { readonly account: string; readonly side: string; readonly amountFen: number }[],
): void {
  same(lines.length >= 2, true, `${row.id} has two lines`);
  const found = new Map<string, number>();
  for (const { account, side, amountFen } of lines)
    found.set(account, (found.get(account) ?? 0) + (side === 'debit' ? amountFen : -amountFen));
  same(sum([...found.values()]), 0, `${row.id} balances`);
  same(text(found), text(row.accounts), `accounts of ${row.id}`);
}

function documents(model: BookModel, book: BookState, state: State): void {
  const open = Object.values(book.open);
  const ofPapers = open.filter(({ cash, ledger }) => cash ?? ledger);
  same(
    ofPapers
      .map(({ sourceDoc }) => sourceDoc)
      .sort()
      .join(),
    [...model.since.keys()].sort().join(),
    'documents on which the sides differ',
  );
  same(book.matched, model.docs().length - model.open().length, 'documents that are matched');
  for (const each of open) {
    same(differenceOf(each) !== undefined, true, `${each.sourceDoc} differs`);
    const running = [each.clock, each.discrepancy].filter((id) => id && Object.hasOwn(state.deadlines, id));
    same(running.length > 0 || each.carried === true, true, `a deadline or a signature for ${each.sourceDoc}`);
    if (ofPapers.includes(each))
      same(each.carried === true, model.carried.has(each.sourceDoc), `${each.sourceDoc} signed`);
  }
  const wanted = open.flatMap(({ discrepancy }) => discrepancy ?? []);
  same(Object.keys(book.discrepancies).sort().join(), wanted.sort().join(), 'discrepancies');
  const groups = new Map<string, Row[]>();
  for (const row of model.live()) if (row.match) groups.set(row.match, [...(groups.get(row.match) ?? []), row]);
  for (const [id, rows] of groups) {
    const fen = (side: string) => sum(rows.map((row) => (row.side === side ? row.fen : 0)));
    same(fen('cash'), fen('ledger'), `match ${id} comes to zero`);
  }
}

/** Nobody stands on both sides of a paper, and who reviewed a voucher neither made it nor held the money. */
function duties(model: BookModel): void {
  const sides = model.bothSides();
  for (const row of model.live()) {
    const { cash, ledger } = sides.get(row.doc)!;
    if (row.side === 'ledger') same(model.reviewed === (row.reviewedBy !== undefined), true, `review of ${row.id}`);
    same(row.reviewedBy === row.by, false, `who made and reviewed ${row.id}`);
    if (cash && ledger) same([ledger.by, ledger.reviewedBy].includes(cash.by), false, `who recorded ${row.doc}`);
    if (agree(cash, ledger)) same(cash!.fen, ledger!.fen, `${row.doc} agrees`);
  }
  const reversed = model.rows.filter(({ reverses }) => reverses !== undefined);
  same(new Set(reversed.map(({ reverses }) => reverses)).size, reversed.length, 'one reversal each');
  for (const red of reversed) {
    const original = model.find(red.reverses)!;
    same(original.reverses, undefined, `${red.id} mirrors a blue entry`);
    same(moved(original) + moved(red), 0, `${red.id} mirrors ${original.id}`);
  }
}

function accounts(model: BookModel, book: BookState): void {
  const codes = new Set(model.of('ledger').flatMap((row) => [...row.accounts.keys()]));
  same(sum([...codes].map((code) => model.account(code))), 0, 'trial balance');
  for (const [party, { recordedFen, paidFen }] of Object.entries(book.persons ?? {})) {
    same(recordedFen, model.recorded(party), `what is kept for ${party}`);
    same(paidFen, model.paid(party), `what ${party} was paid`);
  }
  if (!model.held || model.persons.length === 0) return;
  const ofPersons = model.of('ledger').flatMap((row) => [...row.persons.values()]);
  same(-model.account('2601'), sum(ofPersons), 'the control account');
}

function closings(model: BookModel, book: BookState, events: readonly CaseEvent[]): void {
  same(book.closings?.day, model.closedDay, 'the last closed day');
  same(book.closings?.month?.period, model.closedMonth, 'the last closed month');
  for (const event of events) {
    if (event.type === 'day.closed') {
      const before = model.days.at(-2);
      for (const { channel, openingFen, closingFen } of event.data.channels) {
        same(openingFen, before?.fen.get(channel) ?? 0, `a day opens with the last closing of ${channel}`);
        same(closingFen, model.days.at(-1)!.fen.get(channel), `a day's closing of ${channel}`);
      }
    }
    if (event.type === 'month.closed' && event.data.period === model.closedMonth) monthClosed(model, event.data);
  }
}

function monthClosed(model: BookModel, data: Extract<CaseEvent, { type: 'month.closed' }>['data']): void {
  const closed = model.months.at(-1)!;
  const before = model.months.at(-2);
  for (const { channel, ...sides } of data.channels) {
    for (const side of ['cash', 'ledger'] as const) {
      same(sides[side].openingFen, before?.sides[side].get(channel) ?? 0, `${side} opens with the last closing`);
      same(sides[side].closingFen, closed.sides[side].get(channel), `${side} closing of ${channel}`);
    }
    const differ = closed.sides.cash.get(channel)! - closed.sides.ledger.get(channel)!;
    same(data.carry?.[channel] ?? 0, differ, `what is signed of ${channel}`);
    if (data.signed?.[channel] !== undefined)
      same(model.signed.get(`${data.period} ${channel}`), differ, `what the approver signed of ${channel}`);
  }
  const found = new Map(data.accounts.map(({ account, closingFen }) => [account, closingFen]));
  same(text(found), text(closed.accounts), `trial balance of ${closed.period}`);
  same(sum([...found.values()]), 0, 'the trial balance comes to zero');
  const own = [...found].filter(([code]) => /^[45]/.test(code));
  const result = !model.held && data.period.endsWith('-12') ? -sum(own.map(([, fen]) => fen)) : 0;
  same(data.year?.resultFen ?? 0, result === 0 ? 0 : result, 'the result of the year');
}

function registers(model: BookModel, book: BookState, state: State): void {
  same(book.gifts?.no ?? 0, model.registered, 'numbers of the register of gifts');
  const waiting = model.gifts.filter(({ thanked, reversedBy }) => !thanked && !reversedBy).map(({ id }) => id);
  same(
    Object.keys(book.gifts?.open ?? {})
      .sort()
      .join(),
    waiting.sort().join(),
    'gifts nobody has thanked for',
  );
  for (const task of Object.values(book.gifts?.open ?? {}))
    same(Object.hasOwn(state.deadlines, task), true, 'a gift to be thanked for has its clock');
  const claims = [...model.claims.values()];
  const open = claims.filter((claim) => model.isOpen(claim)).map(({ id }) => id);
  same(
    Object.keys(book.advances?.open ?? {})
      .sort()
      .join(),
    open.sort().join(),
    'claims of helpers',
  );
  for (const claim of claims) {
    same(Object.hasOwn(state.deadlines, claim.id), model.isOpen(claim), `the clock of ${claim.id}`);
    for (const side of ['cash', 'ledger'] as const) {
      const { came, went } = model.claimed(side, claim.id);
      const most = claim.paid === 'into the book' ? came : claim.fen;
      same(came >= 0 && went >= 0 && came <= claim.fen && went <= most, true, `${claim.id} ${side}: ${came}, ${went}`);
      const seen = book.advances?.open[claim.id]?.[side];
      if (seen) same(`${seen.inFen} ${seen.outFen}`, `${came} ${went}`, `${claim.id} on the ${side} side`);
    }
  }
  const into = claims.filter(({ paid }) => paid === 'into the book');
  const owed = sum(into.map(({ id }) => model.claimed('ledger', id).came - model.claimed('ledger', id).went));
  same(-model.account('2209'), owed, 'what is owed to helpers');
  const payouts = [...model.payouts.values()].filter((each) => each.state !== 'confirmed' && each.state !== 'refused');
  same(
    Object.entries(book.payouts)
      .map(([id, each]) => `${id} ${each.state}`)
      .join(),
    payouts.map(({ id, state: is }) => `${id} ${is}`).join(),
    'payouts',
  );
  same(
    Object.keys(book.drafts ?? {})
      .sort()
      .join(),
    [...model.drafts.keys()].sort().join(),
    'vouchers under review',
  );
  for (const id of model.drafts.keys()) same(Object.hasOwn(state.deadlines, id), true, `${id} has its clock`);
  const taken = model.holding().flatMap(([, { lines, entries }]) => [...lines, ...entries]);
  same(new Set(taken).size, taken.length, 'a line of the bank is one movement');
  for (const row of model.rows.filter(({ payout, side }) => payout !== undefined && side === 'cash')) {
    if (isLive(row))
      same(['paid', 'confirmed'].includes(model.payouts.get(row.payout!)!.state), true, `${row.payout} paid`);
  }
}

function text(sums: ReadonlyMap<string, number>): string {
  return [...sums]
    .filter(([, fen]) => fen !== 0)
    .sort()
    .map(([code, fen]) => `${code} ${fen}`)
    .join();
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}
