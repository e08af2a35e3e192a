import { channelAccount } from '../../../engine/books/accounts.ts';
import { bankLineKey } from '../../../engine/books/bank-events.ts';
import type { Side } from '../../../engine/books/entry.ts';
import type { CaseEvent } from '../../../engine/event.ts';
import type { Channel } from '../../../sdk/program.ts';
import { type BookModel, civilDay, type Draft, intoBookOf, moved, type Row, sum } from './book-model.ts';
import { payoutOf } from './expectation.ts';
import type { Move } from './moves.ts';

/** Puts an accepted act into the model. Of what came of it only the ids of new things are read. */
export function accept(model: BookModel, move: Move, events: readonly CaseEvent[], now: string): void {
  const dropped = model.dropped();
  take(model, move, events, now);
  const open = new Set(model.open());
  for (const doc of model.since.keys()) if (!open.has(doc)) model.since.delete(doc);
  // carried over the end of a closed month it is none again until somebody writes on it
  for (const doc of open)
    if (!model.since.has(doc) && !(dropped.has(doc) && model.carried.has(doc))) model.since.set(doc, civilDay(now));
  if (move.type !== 'books.closeMonth') return;
  for (const [doc, since] of model.since)
    if (model.carried.has(doc) && since.slice(0, 7) <= move.month!) model.since.delete(doc);
}

function take(model: BookModel, move: Move, events: readonly CaseEvent[], now: string): void {
  const today = civilDay(now);
  switch (move.type) {
    case 'cash.record':
      recordCash(model, move, today);
      return;
    case 'ledger.record':
      recordLedger(model, move, events, today);
      return;
    case 'advance.repay':
      if (move.side === 'cash') recordCash(model, move, today);
      else recordLedger(model, move, events, today);
      return;
    case 'gift.record': {
      model.registered += 1;
      const entry = move.kind === 'cash' ? nextId(model, 'cash', move.channel!, today) : undefined;
      if (entry) recordCash(model, move, today);
      model.gifts.push({ id: idOf(events, 'gift.recorded'), kind: move.kind!, ...(entry ? { entry } : {}) });
      return;
    }
    case 'gift.thank':
      model.gifts.find(({ id }) => id === move.target)!.thanked = true;
      return;
    case 'gift.reverse':
      model.registered += 1;
      model.gifts.find(({ id }) => id === move.target)!.reversedBy = idOf(events, 'gift.reversed');
      return;
    case 'entry.reverse':
      reverse(model, move, events, today);
      return;
    case 'voucher.review':
      review(model, move, today);
      return;
    case 'books.match': {
      const rows = [...move.cash!, ...move.ledger!].map((id) => model.find(id)!);
      for (const row of rows) {
        row.match = idOf(events, 'books.matched');
        touch(model, row.doc, today);
      }
      return;
    }
    case 'payout.request': {
      const id = idOf(events, 'payout.requested');
      const { channel, fen, party, person } = move;
      model.payouts.set(id, { id, channel: channel!, fen: fen!, party, requestedBy: person, state: 'requested' });
      return;
    }
    case 'payout.approve':
    case 'payout.refuse':
    case 'payout.confirm': {
      const payout = model.payouts.get(move.target!)!;
      payout.state = ({ approve: 'approved', refuse: 'refused', confirm: 'confirmed' } as const)[
        move.type.slice(7) as 'approve' | 'refuse' | 'confirm'
      ];
      if (move.type === 'payout.approve') payout.approvedBy = move.person;
      return;
    }
    case 'advance.record': {
      const id = idOf(events, 'advance.recorded');
      model.claims.set(id, { id, fen: move.fen!, paid: move.paid! });
      return;
    }
    case 'advance.withdraw':
      model.claims.get(move.target!)!.withdrawn = true;
      return;
    case 'cash.count':
      if (Object.entries(move.counts!).some(([channel, fen]) => fen !== model.balance('cash', channel)))
        model.miscounted = true;
      model.counted = model.bookingDay(today);
      if (move.role !== 'cashHolder')
        for (const each of Object.keys(move.counts!)) model.countedByOther.set(each, today);
      return;
    case 'books.closeDay':
      model.days.push({ day: move.day!, fen: balances(model, 'cash', move.day!) });
      return;
    case 'books.closeMonth':
      closeMonth(model, move.month!);
      return;
    case 'book.handOver':
      if (Object.entries(move.counts!).some(([channel, fen]) => fen !== model.balance(move.side!, channel)))
        model.miscounted = true;
      model.keeper[move.side!] = move.person;
      return;
    case 'discrepancy.decide': {
      const doc = events.flatMap((event) => (event.type === 'discrepancy.decided' ? event.data.sourceDoc : []))[0];
      const end = events.flatMap((event) => (event.type === 'discrepancy.decided' ? (event.data.month ?? []) : []))[0];
      if (move.carries && end) model.signed.set(`${end.period} ${end.channel}`, end.cashFen - end.ledgerFen);
      if (move.carries && doc !== undefined && model.live(doc).length > 0) model.carried.add(doc);
      return;
    }
    case 'statement.import':
      importLines(model, move, idOf(events, 'statement.imported'));
      matchLines(model, events, today);
      return;
    case 'statement.match':
    case 'statement.unmatch':
      matchLines(model, events, today);
      return;
    case 'books.reconcile':
      model.compared = today;
      return;
    case 'discrepancy.explain':
    case 'payout.issueCode':
      return;
  }
}

/** The id the next entry must have: numbers have no gap. */
export function nextId(model: BookModel, side: Side, channel: string, today: string): string {
  if (side === 'cash') return `earnings.c.${channel}.${model.of('cash', channel).length + 1}`;
  const month = `earnings.v.${today.slice(0, 7)}.`;
  return `${month}${model.of('ledger').filter(({ id }) => id.startsWith(month)).length + 1}`;
}

function add(model: BookModel, draft: Draft, today: string, reviewedBy?: string): Row {
  const { side, channel, doc } = draft;
  const row: Row = { ...draft, id: nextId(model, side, channel, today), day: model.bookingDay(today), reviewedBy };
  model.rows.push(row);
  const original = model.find(row.reverses);
  if (original) original.reversedBy = row.id;
  if (original?.match !== undefined) takeApart(model, original.match, today);
  touch(model, doc, today);
  if (side === 'cash' && model.counted !== undefined && model.counted >= row.day) model.counted = dayBefore(row.day);
  const claim = row.advance === undefined ? undefined : model.claims.get(row.advance)!;
  if (
    claim &&
    [model.claimed('cash', claim.id), model.claimed('ledger', claim.id)].every(({ went }) => went === claim.fen)
  )
    claim.repaid = true;
  return row;
}

function takeApart(model: BookModel, match: string, today: string): void {
  for (const row of model.rows.filter((each) => each.match === match)) {
    row.match = undefined;
    touch(model, row.doc, today);
  }
}

function touch(model: BookModel, doc: string, today: string): void {
  model.carried.delete(doc);
  model.touched.set(doc, today);
}

function recordCash(model: BookModel, move: Move, today: string): void {
  const id = payoutOf(model, move);
  const payout = id === undefined ? undefined : model.payouts.get(id);
  model.keeper.cash = move.person;
  add(model, { ...rowOf(model, move, 'cash'), payout: id }, today);
  if (payout) Object.assign(payout, { state: 'paid', paidBy: move.person });
}

function recordLedger(model: BookModel, move: Move, events: readonly CaseEvent[], today: string): void {
  model.keeper.ledger = move.person;
  const row = { ...rowOf(model, move, 'ledger'), payout: move.payout };
  if (model.reviewed) model.drafts.set(idOf(events, 'voucher.drafted'), { ...row, since: today });
  else add(model, row, today);
}

function rowOf(model: BookModel, move: Move, side: Side): Draft {
  const { direction, channel, fen, doc, advance, receipts, persons, person } = move;
  const accounts = new Map<string, number>();
  if (side === 'ledger') {
    const fenIn = direction === 'in' ? fen! : -fen!;
    accounts.set(channelAccount[channel as Channel], fenIn);
    accounts.set(opposite(model, move), -fenIn);
  }
  return {
    ...{ side, channel: channel!, doc: doc!, direction: direction!, fen: fen!, by: person, advance, accounts },
    receipts,
    persons: side === 'ledger' ? (persons ?? new Map()) : new Map(),
  };
}

function opposite(model: BookModel, { advance, direction }: Move): string {
  if (intoBookOf(model, advance)) return '2209';
  if (model.held) return '2601';
  return direction === 'in' ? '4901' : '5101';
}

function reverse(model: BookModel, move: Move, events: readonly CaseEvent[], today: string): void {
  const row = model.find(move.target)!;
  model.keeper[row.side] = move.person;
  const red: Draft = {
    ...row,
    fen: -row.fen,
    by: move.person,
    reverses: row.id,
    match: undefined,
    receipts: undefined,
    accounts: negated(row.accounts),
    persons: negated(row.persons),
  };
  if (row.side === 'ledger' && model.reviewed) {
    model.drafts.set(idOf(events, 'voucher.drafted'), { ...red, since: today });
    return;
  }
  const written = add(model, red, today);
  const payout = model.payouts.get(row.side === 'cash' ? (row.payout ?? '') : '');
  if (payout) payout.state = 'approved';
  const gift = model.gifts.find(({ entry }) => entry === row.id);
  if (!gift) return;
  gift.reversedBy = written.id;
  model.registered += 1;
}

function negated(of: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...of].map(([key, fen]) => [key, -fen]));
}

function review(model: BookModel, { target, approve, person }: Move, today: string): void {
  const draft = model.drafts.get(target!)!;
  model.drafts.delete(target!);
  if (approve) add(model, draft, today, person);
}

function balances(model: BookModel, side: Side, upTo: string): ReadonlyMap<string, number> {
  const rows = model.of(side).filter(({ day }) => day <= upTo);
  return new Map(
    model.def.channels.map((channel) => [channel, sum(rows.map((row) => (row.channel === channel ? moved(row) : 0)))]),
  );
}

/** What the accounts come to at a month's end: all vouchers up to it, and what every December before has moved on. */
function closeMonth(model: BookModel, month: string): void {
  const accounts = new Map<string, number>();
  const put = (code: string, fen: number) => accounts.set(code, (accounts.get(code) ?? 0) + fen);
  const years = new Set(model.of('ledger').map(({ day }) => day.slice(0, 4)));
  for (const row of model.of('ledger')) {
    const period = row.day.slice(0, 7);
    if (period > month) continue;
    for (const [code, fen] of row.accounts) {
      const over = !model.held && /^[45]/.test(code) && `${row.day.slice(0, 4)}-12` < month;
      put(over ? '3102' : code, fen);
    }
  }
  if (years.size === 0 && accounts.size > 0) throw new Error('accounts without vouchers');
  const end = `${month}-31`;
  const sides = { cash: balances(model, 'cash', end), ledger: balances(model, 'ledger', end) };
  model.months.push({ period: month, accounts, sides });
}

function importLines(model: BookModel, { lines = [] }: Move, statement: string): void {
  const seen = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    const key = bankLineKey(line);
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    if (model.lines.filter((each) => each.key === key && !each.id.startsWith(`${statement}.`)).length >= nth) continue;
    const { date, direction, amountFen, reference } = line;
    model.lines.push({ id: `${statement}.${i + 1}`, channel: 'bank', key, date, direction, fen: amountFen, reference });
  }
}

/** Matches of the bank: which, is said by the events; whether they may be, is checked here. */
function matchLines(model: BookModel, events: readonly CaseEvent[], today: string): void {
  for (const event of events) {
    if (event.type === 'statement.unmatched') model.matches.delete(event.data.id);
    if (event.type !== 'statement.matched') continue;
    for (const { id, lines, entries } of event.data.matches) {
      const bank = lines.map((line) => model.freeLines('bank').find((each) => each.id === line));
      const journal = entries.map((entry) => model.freeEntries('bank').find((each) => each.id === entry));
      if (bank.includes(undefined) || journal.includes(undefined)) throw new Error(`${id} takes what is not free`);
      if (sum(bank.map((each) => moved(each!))) !== sum(journal.map((each) => moved(each!))))
        throw new Error(`${id}: the sums differ`);
      if (journal.some((row) => model.hidden(row!, today))) throw new Error(`${id} tells the accountant a figure`);
      model.matches.set(id, { lines, entries });
    }
  }
}

function idOf(events: readonly CaseEvent[], type: CaseEvent['type']): string {
  const found = events.find((event) => event.type === type);
  if (!found) throw new Error(`accepted, but there is no ${type}`);
  return (found.data as { readonly id: string }).id;
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
