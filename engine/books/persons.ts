import type { Book, Program, Text } from '../../sdk/program.ts';
import { inBoth, invalid, NEEDED, type Refusal, refuse } from '../refusal.ts';
import type { State } from '../state.ts';
import type { OpenedBook } from './access.ts';
import { ENTRUSTED } from './accounts.ts';
import { yuan } from './checks.ts';
import type { LedgerEntry, PostedLine } from './entry.ts';
import type { BookState } from './state.ts';

// A book that keeps money of several persons (its `confirms` is a party of many) has a sub-ledger for each: every line on the
// account of entrusted money names the person, every payout is one person's, and no voucher moves money from one to another.

/** What a book holds of one person: what vouchers have put to his account (payouts apart), and what was paid out to him. */
export interface PersonAccount {
  readonly recordedFen: number;
  readonly paidFen: number;
}

/** Whether a book holds money of several persons. */
export function isForMany({ roles }: Pick<Program, 'roles'>, def: Pick<Book, 'keeps' | 'confirms'>): boolean {
  const role = roles[def.confirms];
  return def.keeps === 'held for beneficiary' && role !== undefined && 'party' in role && role.party === 'many';
}

/** The parties whose money a book may hold. */
export function personsIn(state: Pick<State, 'parties'>, def: Pick<Book, 'confirms'>) {
  return Object.values(state.parties).filter(({ role }) => role === def.confirms);
}

/**
 * The person an amount belongs to: the one that is named, or the only one there is; INVALID_DATA when there are several and
 * none is named, or the named one is none of them. Undefined in a book of one person, where none may be named.
 */
export function personMeant(
  { state, program, def }: { readonly state: State; readonly program: Program; readonly def: Book },
  named: string | undefined,
  path: string,
): string | undefined | Refusal {
  if (!isForMany(program, def)) return named === undefined ? undefined : noPerson(path, []);
  const persons = personsIn(state, def);
  const meant = named === undefined && persons.length === 1 ? persons[0]!.id : named;
  if (persons.some(({ id }) => id === meant)) return meant;
  return noPerson(
    path,
    persons.map(({ id }) => id),
    named === undefined,
  );
}

/**
 * Lines with the person of each line on the account of entrusted money. INVALID_DATA when one is not known, when a line on
 * another account names one, when the voucher takes from one person and gives to another or to himself, or when a payout's
 * voucher names another person than the payout. Of a payout that was confirmed meanwhile the state knows the person no more
 * (`paidTo` is absent, `paid` true): the line names him, and the database compares.
 */
export function withPersons(
  at: { readonly state: State; readonly program: Program; readonly def: Book },
  lines: readonly PostedLine[],
  paidTo: string | undefined,
  paid = paidTo !== undefined,
): readonly PostedLine[] | Refusal {
  const known: PostedLine[] = [];
  for (const line of lines) {
    if (line.account !== ENTRUSTED) {
      if (line.party !== undefined) return noPerson('data.lines', []);
      known.push(line);
      continue;
    }
    const party = personMeant(at, line.party ?? paidTo, 'data.lines');
    if (typeof party === 'object') return party;
    known.push(party === undefined ? line : { ...line, party });
  }
  if (!isForMany(at.program, at.def)) return known;
  const entrusted = known.filter(({ party }) => party !== undefined);
  if (entrusted.some(({ side }) => side !== entrusted[0]!.side)) {
    return wrong(['不同人的钱不能互相抵转。', 'Money of one person is not set off against that of another.']);
  }
  const debit = entrusted[0]?.side === 'debit';
  if (debit && !paid) {
    return wrong([
      '支出代管的钱要写明对应的支付申请（payout）。',
      'What goes out of entrusted money names its payout (payout).',
    ]);
  }
  if (paidTo !== undefined && entrusted.some(({ party }) => party !== paidTo)) {
    return wrong(['支付申请是另一个人的。', "The payout is another person's."]);
  }
  return known;
}

/**
 * NOT_ENOUGH_MONEY when more would be paid to a person than is kept for him; what is approved and not yet paid is bespoken.
 * How much there is it does not say: whoever holds the money may not have recorded it yet.
 */
export function personProblem(
  { state }: OpenedBook,
  { id, party, amountFen }: { readonly id: string; readonly party?: string; readonly amountFen: number },
): Refusal | undefined {
  if (party === undefined) return undefined;
  const bespokenFen = Object.entries(state.payouts).reduce(
    (sum, [other, payout]) =>
      other !== id && payout.party === party && payout.state === 'approved' ? sum + payout.amountFen : sum,
    0,
  );
  const { recordedFen = 0, paidFen = 0 } = state.persons?.[party] ?? {};
  const leftFen = recordedFen - paidFen - bespokenFen;
  if (amountFen <= leftFen) return undefined;
  return refuse(
    'NOT_ENOUGH_MONEY',
    [
      `此人名下可支取的钱不够 ${yuan(amountFen)} 元；不能动用别人的钱。`,
      `Less than ${yuan(amountFen)} yuan is kept for this person and not bespoken; nobody else's money is used for it.`,
    ],
    [['先由管账人登记此人的收入，或减少金额', "Have the accountant record the person's income first, or pay less"]],
  );
}

/** The sub-ledgers after a posted voucher. A payout's own voucher moves what was counted when it was paid. */
export function withLines(book: BookState, { lines, payout }: Pick<LedgerEntry, 'lines' | 'payout'>): BookState {
  if (payout !== undefined) return book;
  return lines.reduce(
    (after, { party, side, amountFen }) =>
      party === undefined ? after : account(after, party, { recordedFen: side === 'credit' ? amountFen : -amountFen }),
    book,
  );
}

/** The sub-ledgers after a payout was paid, or (`back`) its payment reversed. */
export function withPaid(book: BookState, id: string, back = false): BookState {
  const { party, amountFen } = book.payouts[id]!;
  return party === undefined ? book : account(book, party, { paidFen: back ? -amountFen : amountFen });
}

function account(book: BookState, party: string, moved: Partial<PersonAccount>): BookState {
  const { recordedFen = 0, paidFen = 0 } = book.persons?.[party] ?? {};
  const after = { recordedFen: recordedFen + (moved.recordedFen ?? 0), paidFen: paidFen + (moved.paidFen ?? 0) };
  return { ...book, persons: { ...book.persons, [party]: after } };
}

function noPerson(path: string, persons: readonly string[], missing = false): Refusal {
  return refuse(
    'INVALID_DATA',
    persons.length === 0
      ? ['这里不写某个人的名下。', 'No person is named here.']
      : ['这本账有多个人的钱，要写明是谁的。', 'The book keeps money of several persons: say whose it is.'],
    [
      persons.length === 0
        ? ['去掉 party', 'Leave party out']
        : [`party 可以是：${persons.join('、')}`, `party can be: ${persons.join(', ')}`],
    ],
    [{ path, message: missing ? NEEDED : inBoth('不是这本账的当事人', 'no person of this book') }],
  );
}

const wrong = (detail: Text): Refusal =>
  invalid('data.lines', detail, ['按人分开登记', 'Record it for each person by itself']);
