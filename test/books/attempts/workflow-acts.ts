import { holders } from './workflow-ground.ts';

/** An act as somebody who has only Temporal would forge it: what the right person could have done, and what nobody may do. */
export interface ForgedAct {
  readonly point: number;
  readonly tries: string;
  readonly type: string;
  readonly target?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly onBehalfOf?: string;
  /** In whose name; a kind of post. */
  readonly as?: string;
  readonly actor?: Readonly<Record<string, unknown>>;
}

const { cashHolder, accountant, approver, reviewer } = holders;
const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const month = today.slice(0, 7);

const book = 'earnings';
const moved = { book, direction: 'in', channel: 'cash' };
const cash = (sourceDoc: string, amountFen: unknown, more = {}) => ({
  ...{ type: 'cash.record', as: cashHolder, data: { ...moved, sourceDoc, amountFen, ...more } },
});
const ledger = (sourceDoc: string, amountFen: unknown, more = {}) => ({
  ...{ type: 'ledger.record', as: accountant },
  data: { ...moved, sourceDoc, lines: [{ text: '钥匙链', amountFen }], ...more },
});
const inKind = { item: '米', quantity: 1, unit: '袋', valueFen: 5, receivedBy: '周某', witness: '邱某' };
const claim = { book, amountFen: 5, paid: 'to others', helper: { name: '罗某' }, for: '材料', sourceDoc: 'A-9' };

/** The forged acts, by point. */
export const forgedActs: readonly ForgedAct[] = [
  {
    ...{ point: 1, tries: 'the approver becomes the cash holder', type: 'party.change', as: 'secretary' },
    ...{ target: 'cashHolder', data: { party: 'secretary' }, reason: '换人' },
  },
  { point: 1, tries: 'the approver takes over the box', type: 'book.handOver', as: approver, data: { book } },
  { point: 2, tries: 'the cash holder writes the ledger', ...ledger('W-2', 5), as: cashHolder },
  { point: 2, tries: 'the cash holder writes the journal', ...cash('W-2', 5) },
  { point: 3, tries: 'an entry without its paper', ...cash('', 5) },
  { point: 3, tries: 'the other side follows at once', ...ledger('P-1', 200, { direction: 'out' }) },
  { point: 4, tries: 'half a fen', ...cash('W-4', 0.5) },
  { point: 4, tries: 'more than can be said exactly', ...cash('W-4', 2 ** 53) },
  { point: 5, tries: 'a number and a balance of its own', ...cash('W-5', 5, { no: 2, balanceFen: 99 }) },
  { point: 5, tries: 'the day is closed', type: 'books.closeDay', as: cashHolder, data: { book, day: today } },
  { point: 6, tries: 'a voucher', ...ledger('W-6', 5) },
  {
    ...{ point: 6, tries: 'the voucher that waits is posted', type: 'voucher.review', as: reviewer },
    ...{ target: 'donations.w.1', data: { approve: true } },
  },
  { point: 7, tries: 'an entry is edited', type: 'entry.change', target: 'earnings.c.cash.1', data: { amountFen: 1 } },
  {
    ...{ point: 7, tries: 'an event in place of an act', type: 'cash.recorded' },
    data: { book, entry: { id: 'earnings.c.cash.1', amountFen: 1 } },
  },
  {
    ...{ point: 8, tries: 'red ink', type: 'entry.reverse', as: cashHolder, target: 'earnings.c.cash.1' },
    reason: '记错',
  },
  {
    ...{ point: 8, tries: 'red ink of red ink', type: 'entry.reverse', as: cashHolder, target: 'earnings.c.cash.5' },
    reason: '记错',
  },
  {
    ...{ point: 9, tries: 'a count', type: 'cash.count', as: approver },
    data: { book, denominations: { '10000': 1 }, witness: `holder of ${cashHolder}` },
  },
  {
    ...{ point: 10, tries: 'a match by hand', type: 'books.match', as: approver },
    data: { book, cash: ['earnings.c.cash.3'], ledger: [`earnings.v.${month}.2`] },
  },
  { point: 10, tries: 'the sides are compared', type: 'books.reconcile', as: approver, data: { book } },
  {
    ...{ point: 10, tries: 'a difference is decided', type: 'discrepancy.decide', as: approver, target: 'D-1' },
    data: { decision: 'carry', text: '就这样' },
  },
  { point: 11, tries: 'the month is closed', type: 'books.closeMonth', as: accountant, data: { book, month } },
  {
    ...{ point: 12, tries: 'he confirms what was paid', type: 'payout.confirm', as: 'caseworker' },
    ...{ target: '$paid', onBehalfOf: 'beneficiary', data: { witness: '邱某' } },
  },
  {
    ...{ point: 12, tries: 'a code is made for him', type: 'payout.issueCode', as: 'caseworker' },
    ...{ target: '$paid', data: {} },
  },
  { point: 13, tries: 'a payout is approved', type: 'payout.approve', as: approver, target: '$asked' },
  { point: 13, tries: 'an approved one is paid', ...cash('W-13', 300, { direction: 'out', payout: '$approved' }) },
  {
    ...{ point: 13, tries: 'one is asked for', type: 'payout.request', as: 'caseworker', onBehalfOf: 'beneficiary' },
    data: { book, channel: 'cash', amountFen: 5, text: '生活费', witness: '邱某' },
  },
  {
    ...{ point: 14, tries: 'a gift in kind', type: 'gift.record', as: approver },
    data: { book, kind: 'inKind', anonymous: true, ...inKind },
  },
  {
    ...{ point: 14, tries: 'a gift is struck off', type: 'gift.reverse', as: approver, target: '$gift' },
    ...{ reason: '记错', data: {} },
  },
  { point: 15, tries: 'a claim of a helper', type: 'advance.record', as: approver, data: claim },
  {
    ...{ point: 15, tries: 'a claim is repaid', type: 'advance.repay', as: cashHolder, target: '$advance' },
    data: { channel: 'cash', amountFen: 800, sourceDoc: 'W-15' },
  },
  { point: 16, tries: 'the system records', ...cash('W-16', 5), actor: { kind: 'system', id: 'clock', logins: [] } },
  { point: 16, tries: 'an import records', ...cash('W-16', 5), actor: { kind: 'import', id: 'import', logins: [] } },
];

/**
 * By which way through a workflow each point is tried. Every forged act goes as a signal of its name, folded with others,
 * as an update, as a query, as an activity of its name and as an answer of an effect; none of these reads a body.
 */
export const coverage: Readonly<Record<number, string>> = {
  1: 'forged acts; that a person has one duty only is decided under the lock of the case, which no workflow takes part in',
  2: 'forged acts; the role of the database is set by the door for the act it was given, and a workflow gives it none',
  3: 'forged acts; queries and details of a run tell no figure of a side; the events in its history are those of all audits',
  4: 'forged acts; no number crosses from a workflow to the books: the shell passes its seq alone, tried with what is no number',
  5: 'forged acts; a wheel turned years ahead and a forged seq number and close nothing',
  6: 'forged acts, with a voucher that waits for its review; a second answer of an effect posts nothing',
  7: 'forged acts, events in place of acts; runs ended, reset and started anew from before the books: no row is written again',
  8: 'forged acts; a run started anew from before an entry, which tells it again and takes nothing back',
  9: 'forged acts; when a count is due is fired by the clock of the database, tried by a wheel turned years ahead',
  10: 'forged acts; matches and differences come of acts and due instants: a wheel years ahead, signals in numbers',
  11: 'forged acts; nothing closes by time, tried by a wheel years ahead',
  12: 'forged acts; a statement is made at a close alone, from the record: no history has a part in it',
  13: 'forged acts; an answer of an effect that says a payout was made',
  14: 'forged acts',
  15: 'forged acts; the age of a claim goes by the clock of the database, tried by a wheel years ahead',
  16: 'forged acts in the name of the system; the one act a workflow may bring, an effect’s answer, with a whole entry in it',
};
