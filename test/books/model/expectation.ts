import type { Side } from '../../../engine/books/entry.ts';
import { agree, type BookModel, civilDay, dayAfter, intoBookOf, isLive, moved, type Row, sum } from './book-model.ts';
import type { Move } from './moves.ts';

/** Whether a move must be taken, must be refused, or depends on what the model does not look at. */
export type Expected = 'yes' | 'no' | 'either';

/** What the model says of a move, by whom it is and what it asks for. */
export function expected(model: BookModel, move: Move, now: string): Expected {
  if (!move.mayRole) return 'no';
  const today = civilDay(now);
  switch (move.type) {
    case 'cash.record':
      return yes(mayCash(model, move));
    case 'ledger.record':
      return yes(!overpays(model, move) && mayLedger(model, move));
    case 'advance.repay':
      return yes(move.side === 'ledger' ? !overpays(model, move) && mayLedger(model, move) : mayCash(model, move));
    case 'gift.record':
      return yes(move.kind === 'inKind' || mayCash(model, move));
    case 'entry.reverse':
      return yes(!takesBack(model, model.find(move.target)) && mayReverse(model, move));
    case 'voucher.review':
      return yes(!(move.approve && overpays(model, model.drafts.get(move.target ?? ''))) && mayReview(model, move));
    case 'books.match':
      return yes(!hasReviewed(model, move) && mayMatch(model, move));
    case 'payout.request':
      return 'yes';
    case 'payout.approve':
    case 'payout.refuse':
      return yes(mayDecide(model, move));
    case 'payout.confirm': {
      const payout = model.payouts.get(move.target ?? '');
      return yes(payout?.state === 'paid' && payout.paidBy !== move.person);
    }
    case 'gift.thank': {
      const gift = model.gifts.find(({ id }) => id === move.target);
      return yes(gift !== undefined && !gift.thanked && !gift.reversedBy);
    }
    case 'gift.reverse': {
      const gift = model.gifts.find(({ id }) => id === move.target);
      return yes(gift?.kind === 'inKind' && !gift.reversedBy);
    }
    case 'advance.record':
      return move.paid === 'into the book' && model.persons.length > 0 ? 'either' : 'yes';
    case 'advance.withdraw':
      return yes(mayWithdraw(model, move));
    case 'cash.count':
      return yes(!(move.role === 'cashHolder' && model.frozen('cash', move.person)) && !keepsFor(model, move));
    case 'books.closeDay':
      return yes(mayCloseDay(model, move, today));
    case 'books.closeMonth':
      return mayCloseMonth(model, move, today);
    case 'book.handOver':
      return yes(model.keeper[move.side!] !== move.person);
    case 'books.reconcile':
      return move.month === undefined ? 'yes' : 'either';
    case 'statement.unmatch':
      return yes(model.matches.has(move.target ?? ''));
    case 'statement.import':
    case 'statement.match':
    case 'discrepancy.explain':
    case 'discrepancy.decide':
    case 'payout.issueCode':
      return 'either';
  }
}

function yes(may: boolean): Expected {
  return may ? 'yes' : 'no';
}

/** Whether the vouchers of a payout would come to more than it; those that wait for their review do not count yet. */
function overpays(
  model: BookModel,
  entry: { readonly payout?: string | undefined; readonly fen?: number } | undefined,
): boolean {
  if (entry?.payout === undefined) return false;
  const own = model.of('ledger').filter(({ payout }) => payout === entry.payout);
  return sum(own.map(({ fen }) => fen)) + (entry.fen ?? 0) > (model.payouts.get(entry.payout)?.fen ?? 0);
}

/** Whether red ink on a voucher leaves a person less than he was paid. */
function takesBack(model: BookModel, row: Row | undefined): boolean {
  if (row?.side !== 'ledger' || row.payout) return false;
  return [...row.persons].some(([party, fen]) => fen > 0 && model.recorded(party) - fen < model.paid(party));
}

/** Whether who matches has reviewed one of the vouchers. */
function hasReviewed(model: BookModel, { person, ledger = [] }: Move): boolean {
  return ledger.some((id) => model.find(id)?.reviewedBy === person);
}

/** Who counts for another keeps neither side himself. */
function keepsFor({ keeper }: BookModel, { role, person }: Move): boolean {
  return role !== 'cashHolder' && (keeper.cash === person || keeper.ledger === person);
}

/** The approved payout that an entry of money out pays: the one it names, or the oldest that fits. */
export function payoutOf(model: BookModel, move: Move): string | undefined {
  if (move.direction === 'in') return undefined;
  if (move.payout !== undefined) return move.payout;
  if (move.advance !== undefined && !model.held) return undefined;
  return [...model.payouts.values()].find((each) => fits(each, move))?.id;
}

function fits({ state, channel, fen }: { state: string; channel: string; fen: number }, move: Move): boolean {
  return state === 'approved' && channel === move.channel && fen === move.fen;
}

/** No entry of the side for the document stands, none is under review, and no match takes the document in. */
function fresh(model: BookModel, side: Side, { doc, person }: Move): boolean {
  const live = model.live(doc);
  if (live.some((row) => row.side === side || row.match !== undefined)) return false;
  const draft = model.draftOf(doc!);
  if (side === 'ledger' && draft) return false;
  if (side === 'cash' && draft?.by === person) return false;
  return !live.some(({ by, reviewedBy }) => by === person || reviewedBy === person);
}

function mayCash(model: BookModel, move: Move): boolean {
  if (model.frozen('cash', move.person) || !fresh(model, 'cash', move)) return false;
  const { fen = 0, channel = 'cash' } = move;
  if (!mayClaim(model, 'cash', move)) return false;
  if (move.direction === 'in') return true;
  if (model.balance('cash', channel) < fen) return false;
  const payout = model.payouts.get(payoutOf(model, move) ?? '');
  if (move.payout !== undefined && !(payout && fits(payout, move))) return false;
  if (!payout) return !model.held;
  if (payout.approvedBy === move.person) return false;
  return payout.party === undefined || left(model, payout.party, payout.id) >= fen;
}

/** What is kept for a person and promised to nobody. */
function left(model: BookModel, party: string, but: string): number {
  return model.recorded(party) - model.paid(party) - model.bespoken(party, but);
}

function mayClaim(model: BookModel, side: Side, { advance, direction, fen = 0 }: Move): boolean {
  if (advance === undefined) return true;
  const claim = model.claims.get(advance);
  if (!claim || !model.isOpen(claim)) return false;
  if (direction === 'out') return fen <= model.owed(side, claim);
  return claim.paid === 'into the book' && model.claimed(side, advance).came + fen <= claim.fen;
}

function mayLedger(model: BookModel, move: Move): boolean {
  if (model.frozen('ledger', move.person) || !fresh(model, 'ledger', move)) return false;
  if (!mayClaim(model, 'ledger', move)) return false;
  if (model.persons.length === 0 || move.direction === 'in' || intoBookOf(model, move.advance)) return true;
  // entrusted money of several goes out in the name of one of them
  return move.payout !== undefined;
}

function mayReverse(model: BookModel, { target, person }: Move): boolean {
  const row = model.find(target);
  if (!row || !isLive(row) || model.frozen(row.side, person)) return false;
  if (row.side === 'cash' && row.payout && model.payouts.get(row.payout)!.state !== 'paid') return false;
  const claim = row.advance === undefined ? undefined : model.claims.get(row.advance)!;
  if (claim && !(model.isOpen(claim) && (row.direction === 'out' || model.owed(row.side, claim) >= row.fen)))
    return false;
  if (row.side === 'ledger' && model.reviewed)
    return ![...model.drafts.values()].some(({ reverses }) => reverses === row.id);
  return !ofClosedYear(model, row) && (row.side === 'ledger' || model.balance('cash', row.channel) >= moved(row));
}

/** Red ink does not cross a closed year. */
function ofClosedYear({ closedMonth }: BookModel, { day }: Row): boolean {
  if (closedMonth === undefined) return false;
  const year = Number(closedMonth.slice(0, 4)) - (closedMonth.endsWith('-12') ? 0 : 1);
  return Number(day.slice(0, 4)) <= year;
}

function mayReview(model: BookModel, { target, person, approve }: Move): boolean {
  const draft = model.drafts.get(target ?? '');
  if (!draft) return false;
  const cash = model.sides(draft.doc).cash?.by;
  if (person === draft.by || person === cash || cash === draft.by) return false;
  if (!approve) return true;
  if (model.keeper.ledger !== draft.by || model.holder.ledger !== draft.by) return false;
  const original = model.find(draft.reverses);
  if (takesBack(model, original)) return false;
  if (!original) return mayClaim(model, 'ledger', draft as unknown as Move);
  const claim = original.advance === undefined ? undefined : model.claims.get(original.advance)!;
  const repaid = claim && original.direction === 'in' && model.owed('ledger', claim) < original.fen;
  return !repaid && !(claim && !model.isOpen(claim)) && !ofClosedYear(model, original);
}

function mayMatch(model: BookModel, { person, role, cash = [], ledger = [] }: Move): boolean {
  const open = new Set(model.open());
  const rows = [...cash, ...ledger].map((id) => model.find(id));
  if (rows.some((row) => !row || !isLive(row) || !open.has(row.doc))) return false;
  const [left, right] = [cash, ledger].map((ids) => ids.map((id) => model.find(id)!)) as [Row[], Row[]];
  if (left.some(({ side }) => side !== 'cash') || right.some(({ side }) => side !== 'ledger')) return false;
  if (Math.min(left.length, right.length) !== 1) return false;
  const all = [...left, ...right];
  const [first] = all;
  if (all.some(({ channel, direction }) => channel !== first!.channel || direction !== first!.direction)) return false;
  if (sum(left.map(({ fen }) => fen)) !== sum(right.map(({ fen }) => fen))) return false;
  if (all.some(({ doc }) => model.live(doc).some((row) => !all.includes(row)))) return false;
  if (all.some(({ doc }) => model.draftOf(doc))) return false;
  return (role === 'secretary' || role === 'reviewer') && !all.some(({ by }) => by === person);
}

function mayDecide(model: BookModel, { type, target, person, role }: Move): boolean {
  const payout = model.payouts.get(target ?? '');
  if (payout?.state !== 'requested' || payout.requestedBy === person) return false;
  // the head above decides only where the approver took part himself
  if (role !== 'secretary' && payout.requestedBy !== 'secretary-person') return false;
  if (type === 'payout.refuse' || payout.party === undefined) return true;
  return left(model, payout.party, payout.id) >= payout.fen;
}

function mayWithdraw(model: BookModel, { target }: Move): boolean {
  const claim = model.claims.get(target ?? '');
  if (!claim || !model.isOpen(claim)) return false;
  const [cash, ledger] = [model.claimed('cash', claim.id), model.claimed('ledger', claim.id)];
  const heldNow = claim.paid === 'into the book' && (cash.came !== cash.went || ledger.came !== ledger.went);
  return !heldNow && cash.went === ledger.went;
}

function mayCloseDay(model: BookModel, { day = '', person }: Move, today: string): boolean {
  const { closedDay } = model;
  if (model.frozen('cash', person) || day > today) return false;
  if (day === today && dayAfter(day).endsWith('-01')) return false;
  if (closedDay !== undefined && day <= closedDay) return false;
  const days = model.of('cash').map((row) => row.day);
  const open = days.filter((each) => each <= day && each > (closedDay ?? ''));
  if (closedDay !== undefined && open.some((each) => each < day)) return false;
  return open.length === 0 || (model.counted ?? '') >= day;
}

function mayCloseMonth(model: BookModel, { month = '', person, carry = {} }: Move, today: string): Expected {
  const { closedMonth, def } = model;
  if (model.frozen('ledger', person) || month >= today.slice(0, 7)) return 'no';
  if (closedMonth !== undefined && month <= closedMonth) return 'no';
  const months = model.rows.map(({ day }) => day.slice(0, 7)).filter((each) => each > (closedMonth ?? ''));
  if (closedMonth !== undefined && months.some((each) => each < month)) return 'no';
  const used = def.channels.filter((channel) => model.of('cash', channel).length > 0);
  if (used.length > 0 && dayAfter(model.closedDay ?? '2000-01-01') <= `${month}-31` && !endsMonth(model, month))
    return 'no';
  if (used.some((channel) => (model.countedByOther.get(channel) ?? '') < `${month}-01`)) return 'no';
  if ([...model.drafts.values()].some(({ since }) => since.slice(0, 7) <= month)) return 'no';
  const waits = model.open().filter((doc) => !model.carried.has(doc));
  if (waits.some((doc) => model.touched.get(doc)!.slice(0, 7) <= month)) return 'no';
  const end = `${month}-31`;
  const upTo = (side: Side, channel: string) =>
    sum(model.of(side, channel).map((row) => (row.day <= end ? moved(row) : 0)));
  const differs = def.channels.some((each) => upTo('cash', each) - upTo('ledger', each) !== (carry[each] ?? 0));
  if (differs) return 'no';
  const unsigned = def.channels.some((each) => {
    const fen = upTo('cash', each) - upTo('ledger', each);
    return fen !== 0 && movedSince(model, each, month) && model.signed.get(`${month} ${each}`) !== fen;
  });
  if (unsigned) return 'no';
  // the first month to be closed is the first with movement, and who counts for another comes after the last one in it
  if (closedMonth === undefined && months.some((each) => each < month)) return 'no';
  const lastOf = (channel: string) =>
    model
      .of('cash', channel)
      .map(({ day }) => day)
      .filter((day) => day <= end)
      .sort()
      .at(-1);
  if (used.some((channel) => (model.countedByOther.get(channel) ?? '') < (lastOf(channel) ?? ''))) return 'no';
  return waits.length === 0 && model.live().every(({ doc }) => agreedOrCarried(model, doc)) && !model.miscounted
    ? 'yes'
    : 'either';
}

/** Whether what came or went on a channel after the last closed month, up to the end of this one, comes to anything. */
function movedSince(model: BookModel, channel: string, month: string): boolean {
  const days = ({ day }: Row) => day.slice(0, 7) > (model.closedMonth ?? '') && day.slice(0, 7) <= month;
  return (['cash', 'ledger'] as const).some((side) =>
    (['in', 'out'] as const).some(
      (way) => sum(model.of(side, channel).map((row) => (days(row) && row.direction === way ? row.fen : 0))) !== 0,
    ),
  );
}

function endsMonth({ closedDay = '' }: BookModel, month: string): boolean {
  return closedDay >= month && (closedDay.slice(0, 7) > month || dayAfter(closedDay).slice(0, 7) > month);
}

function agreedOrCarried(model: BookModel, doc: string): boolean {
  const { cash, ledger } = model.sides(doc);
  return agree(cash, ledger) || (cash ?? ledger)!.match !== undefined || model.carried.has(doc);
}
