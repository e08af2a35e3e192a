import type { Text } from '../../sdk/program.ts';
import type { Instant } from '../../sdk/time.ts';
import { accountsSettled, deadlineFor } from '../deadline.ts';
import type { EventDraft } from '../event.ts';
import type { State } from '../state.ts';
import { isLate } from '../time/clock.ts';
import type { EntryFact, World } from '../world.ts';
import type { OpenedBook } from './access.ts';
import type { CashEntry, Side } from './entry.ts';
import type { Difference, DifferenceFound, FoundHow } from './event.ts';
import { idMaker } from './ids.ts';
import { type Count, documentKey, type Live, type OpenDocument } from './state.ts';

/** What a decision about documents sees. */
export interface Scene {
  readonly state: State;
  readonly world: World;
  /** When the entry happened, for a decision about one. */
  readonly at?: Instant;
}

const otherSide = { cash: 'ledger', ledger: 'cash' } as const;

/** Both live entries of a document as far as facts and state know: the state's open ones first, else the tables' rows. */
export function bothSides({ world }: Scene, book: OpenedBook, sourceDoc: string): Partial<Record<Side, Live>> {
  const open = book.state.open[documentKey(sourceDoc)];
  if (open) return open;
  const sides: Partial<Record<Side, Live>> = {};
  for (const fact of world.facts.entries) {
    if (fact.book === book.def.book && fact.sourceDoc === sourceDoc && isLive(fact)) sides[fact.side] = liveOf(fact);
  }
  return sides;
}

/** Why the two sides of a document disagree; undefined when they agree or nothing is left of it. */
export function differenceOf(
  document: Partial<Record<Side, Live>> & Pick<OpenDocument, 'count' | 'month'>,
): Difference | undefined {
  const { cash, ledger, count, month } = document;
  if (!cash && !ledger) return count ? 'count' : month && 'balance';
  if (!cash || !ledger) return 'missing';
  if (cash.direction !== ledger.direction) return 'direction';
  if (cash.amountFen !== ledger.amountFen) return 'amount';
  if (cash.channel !== ledger.channel) return 'channel';
  // a list of households on one side only compares by its sum
  return cash.receipts && ledger.receipts && cash.receipts !== ledger.receipts ? 'receipts' : undefined;
}

/** A difference as reports and events show it. */
export function describe(document: OpenDocument, why: Difference): DifferenceFound {
  const figure = ({ channel, direction, amountFen }: Live) => ({ channel, direction, amountFen });
  return {
    sourceDoc: document.sourceDoc,
    why,
    ...(document.cash ? { cash: figure(document.cash) } : {}),
    ...(document.ledger ? { ledger: figure(document.ledger) } : {}),
    ...(document.discrepancy ? { discrepancy: document.discrepancy } : {}),
    ...(document.count ? { count: counted(document.count) } : {}),
    ...(document.month ? { month: document.month } : {}),
  };
}

function counted({ side, channel, bookedFen, countedFen, id }: Count): NonNullable<DifferenceFound['count']> {
  return { side, channel, bookedFen, countedFen, ...(id === undefined ? {} : { id }) };
}

/** What follows for a source document when one side has a new live entry for it (or, reversed, none any more). */
export function afterEntry(
  scene: Scene,
  book: OpenedBook,
  change: { side: Side; sourceDoc: string; live: Live | undefined; ungrouped?: boolean },
): EventDraft[] {
  const { side, sourceDoc, live } = change;
  const key = book.def.book;
  const before = book.state.open[documentKey(sourceDoc)];
  const sides = bothSides(scene, book, sourceDoc);
  const other = sides[otherSide[side]];
  const after: OpenDocument = {
    sourceDoc,
    since: before?.since ?? scene.world.now,
    ...(live ? { [side]: live } : {}),
    ...(other ? { [otherSide[side]]: other } : {}),
    ...(before?.discrepancy ? { discrepancy: before.discrepancy } : {}),
    ...(before?.count ? { count: before.count } : {}),
  };
  const why = differenceOf(after);
  if (!why) {
    return [
      live
        ? { type: 'document.matched', data: { book: key, sourceDoc, amountFen: live.amountFen } }
        : { type: 'document.voided', data: { book: key, sourceDoc } },
      ...(live ? met(scene, before?.clock) : cancelled(scene, before?.clock)),
      ...settled(scene, key, before, 'corrected'),
    ];
  }
  const next = idMaker(key, book.state);
  if (why === 'missing') {
    const clock = next('m');
    // both sides may have stood and differed: carried, and its month closed
    const wasMatched = !before && !live && !change.ungrouped && differenceOf(sides) === undefined;
    const document = { ...after, clock };
    return [
      { type: 'document.opened', data: { book: key, document, ...(wasMatched ? { wasMatched } : {}) } },
      matchClock(scene, book, clock, document),
    ];
  }
  if (after.discrepancy) {
    return [{ type: 'document.opened', data: { book: key, document: after } }, ...met(scene, before?.clock)];
  }
  return [...met(scene, before?.clock), ...findDiscrepancyIn(scene, book, after, why, 'at entry', next('d'))];
}

/** What follows for a document whose match by hand was taken apart: it waits for its other side, or differs, as before. */
export function reopened(
  scene: Scene,
  book: OpenedBook,
  document: OpenDocument,
  next: ReturnType<typeof idMaker>,
): EventDraft[] {
  const why = differenceOf(document);
  if (why === undefined) return [];
  if (why !== 'missing') return findDiscrepancyIn(scene, book, document, why, 'at entry', next('d'));
  const clock = next('m');
  return [
    { type: 'document.opened', data: { book: book.def.book, document: { ...document, clock } } },
    matchClock(scene, book, clock, { ...document, clock }),
  ];
}

/**
 * Makes a discrepancy of an open document, with a deadline the book's approver answers for. Where two entries contradict
 * each other the clock runs from the day they are about: an error of two weeks ago has stood for two weeks, and goes up
 * the ladder at once. A side that is merely missing has its time from the recording of the other.
 */
export function findDiscrepancyIn(
  scene: Scene,
  { def }: OpenedBook,
  before: OpenDocument,
  why: Difference,
  found: FoundHow,
  id: string,
): EventDraft[] {
  const { world } = scene;
  const document: OpenDocument = { ...before, discrepancy: id };
  const { sourceDoc, count, month } = document;
  const name: Text = count
    ? countName(sourceDoc, count, found)
    : month
      ? [`月末两边余额不符：${sourceDoc}`, `The two sides end the month differently: ${sourceDoc}`]
      : [`账实不符：单据 ${sourceDoc}`, `The books differ on document ${sourceDoc}`];
  const deadline = deadlineFor({
    id,
    of: 'discrepancy',
    name,
    answers: def.approves,
    start: found === 'at entry' ? (scene.at ?? world.now) : world.now,
    budget: def.match,
    ladder: def.ladder,
    world,
    skips: recorders(document),
  });
  return [
    { type: 'document.opened', data: { book: def.book, document } },
    { type: 'discrepancy.found', data: { book: def.book, id, found, ...describe(document, why) } },
    { type: 'deadline.set', data: { deadline } },
  ];
}

/** Over or short (长款、短款), or found at a hand-over. */
function countName(sourceDoc: string, { bookedFen, countedFen }: Count, found: FoundHow): Text {
  if (found !== 'at count') return [`移交盘点不符：${sourceDoc}`, `The count at a hand-over differs: ${sourceDoc}`];
  return countedFen > bookedFen
    ? [`盘点长款：${sourceDoc}`, `The count is over: ${sourceDoc}`]
    : [`盘点短款：${sourceDoc}`, `The count is short: ${sourceDoc}`];
}

/** Ends a document's discrepancy, its deadline with it; nothing when there is none. */
export function settled(
  scene: Scene,
  book: string,
  document: OpenDocument | undefined,
  how: 'corrected' | 'carried' | 'matched',
): EventDraft[] {
  if (!document?.discrepancy) return [];
  const id = document.discrepancy;
  return [{ type: 'discrepancy.settled', data: { book, id, sourceDoc: document.sourceDoc, how } }, ...met(scene, id)];
}

/** The persons who recorded a document, on either side, who reviewed its voucher, or who had a part in the count it stands for. */
export function recorders(
  document: (Partial<Record<Side, Live>> & Pick<OpenDocument, 'count'>) | undefined,
): readonly string[] {
  const { cash, ledger, count } = document ?? {};
  return [cash?.by, ledger?.by, ledger?.reviewedBy, ...(count?.by ?? [])].filter((by) => by !== undefined);
}

/** Ends a deadline that is not wanted any more. */
export function cancelled({ state }: Scene, id: string | undefined): EventDraft[] {
  const deadline = id && Object.hasOwn(state.deadlines, id) ? state.deadlines[id] : undefined;
  return deadline ? [{ type: 'deadline.cancelled', data: { id: deadline.id } }, ...accountsSettled(deadline)] : [];
}

/** Whether an entry still stands: neither red ink itself nor reversed by any. */
export function isLive(fact: Pick<EntryFact, 'reverses' | 'reversedBy'>): boolean {
  return !fact.reverses && !fact.reversedBy;
}

/** What a new entry says about its document. */
export function liveEntry(entry: CashEntry, by: string): Live {
  const { id, channel, direction, amountFen, receipts } = entry;
  return { entry: id, channel, direction, amountFen, by, ...(receipts ? { receipts } : {}) };
}

/** What an entry of the tables says about its document. */
export function liveOf(fact: EntryFact): Live {
  const { id, channel, direction, amountFen, recordedBy, reviewedBy, receipts } = fact;
  return {
    entry: id,
    channel,
    direction,
    amountFen,
    by: recordedBy,
    ...(reviewedBy ? { reviewedBy } : {}),
    ...(receipts ? { receipts } : {}),
  };
}

/** Meets a deadline now; nothing when there is none of that id. */
export function met({ state, world }: Scene, id: string | undefined): EventDraft[] {
  const deadline = id && Object.hasOwn(state.deadlines, id) ? state.deadlines[id] : undefined;
  if (!deadline) return [];
  const late = isLate(deadline, world.now);
  return [
    { type: 'deadline.met', data: { id: deadline.id, at: world.now, late, recordedLate: false } },
    ...accountsSettled(deadline, world.now),
  ];
}

function matchClock({ world }: Scene, { def }: OpenedBook, id: string, document: OpenDocument): EventDraft {
  const missing: Side = document.cash ? 'ledger' : 'cash';
  const name: Text =
    missing === 'ledger'
      ? [`单据 ${document.sourceDoc} 等待管账登记`, `Document ${document.sourceDoc} waits for the accountant`]
      : [`单据 ${document.sourceDoc} 等待管钱登记`, `Document ${document.sourceDoc} waits for the cash holder`];
  const deadline = deadlineFor({
    id,
    of: 'discrepancy',
    name,
    answers: def[missing],
    start: world.now,
    budget: def.match,
    ladder: def.ladder,
    world,
  });
  return { type: 'deadline.set', data: { deadline } };
}
