import type { Direction, Side } from '../../../engine/books/entry.ts';
import { people } from '../../../engine/books/scene.fixture.ts';
import type { BookState } from '../../../engine/books/state.ts';
import type { Channel } from '../../../sdk/program.ts';
import type { Random } from '../../faults/random.ts';
import { notesOf } from '../closing.ts';
import { type BookModel, civilDay, intoBookOf, isLive, moved, type Row, sum } from './book-model.ts';

/** The acts of the books that are tried. */
export type MoveType =
  | 'cash.record'
  | 'ledger.record'
  | 'entry.reverse'
  | 'voucher.review'
  | 'books.match'
  | 'books.reconcile'
  | 'books.closeDay'
  | 'books.closeMonth'
  | 'book.handOver'
  | 'cash.count'
  | 'discrepancy.explain'
  | 'discrepancy.decide'
  | 'payout.request'
  | 'payout.approve'
  | 'payout.refuse'
  | 'payout.confirm'
  | 'payout.issueCode'
  | 'gift.record'
  | 'gift.reverse'
  | 'gift.thank'
  | 'advance.record'
  | 'advance.repay'
  | 'advance.withdraw'
  | 'statement.import'
  | 'statement.match'
  | 'statement.unmatch';

/** One act somebody tries: what it says, for the model, and the act as the engine takes it. */
export interface Move {
  readonly type: MoveType;
  readonly role: string;
  readonly person: string;
  /** Whether the role may do such a thing at all. */
  readonly mayRole: boolean;
  readonly act: Readonly<Record<string, unknown>>;
  readonly side?: Side;
  readonly direction?: Direction;
  readonly channel?: Channel;
  readonly fen?: number;
  readonly doc?: string;
  readonly payout?: string;
  readonly advance?: string;
  readonly receipts?: string;
  readonly persons?: ReadonlyMap<string, number>;
  readonly target?: string;
  readonly kind?: 'cash' | 'inKind';
  readonly paid?: 'into the book' | 'to others';
  readonly party?: string;
  readonly approve?: boolean;
  readonly carries?: boolean;
  readonly cash?: readonly string[];
  readonly ledger?: readonly string[];
  readonly counts?: Readonly<Record<string, number>>;
  readonly day?: string;
  readonly month?: string;
  readonly carry?: Readonly<Record<string, number>>;
  readonly lines?: readonly { date: string; direction: Direction; amountFen: number; reference: string }[];
}
type Asked = Omit<Move, 'type' | 'role' | 'person' | 'mayRole'>;

/** What a random move is made from. */
interface Table {
  readonly random: Random;
  readonly model: BookModel;
  readonly state: BookState;
  readonly now: string;
}

/** An id that nothing has. */
const NOTHING = 'earnings.p.999999';

const CASE: readonly string[] = ['secretary', 'caseworker', 'head:unit'];
const KEEPERS: readonly string[] = ['cashHolder', 'accountant'];
const ROLES: readonly string[] = [...CASE, ...KEEPERS, 'reviewer'];

/** Who may do what, as books.md has it. */
function mayDo(model: BookModel, type: MoveType, { side, kind, target }: Asked): readonly string[] {
  switch (type) {
    case 'cash.record':
    case 'books.closeDay':
      return ['cashHolder'];
    case 'ledger.record':
    case 'books.closeMonth':
    case 'statement.import':
    case 'statement.match':
    case 'statement.unmatch':
      return ['accountant'];
    case 'advance.repay':
    case 'book.handOver':
      return [side === 'cash' ? 'cashHolder' : 'accountant'];
    case 'entry.reverse':
      return [model.find(target)?.side === 'ledger' ? 'accountant' : 'cashHolder'];
    case 'voucher.review':
      return model.reviewed ? ['reviewer'] : [];
    case 'books.match':
      return ['secretary', 'head:unit', ...(model.reviewed ? ['reviewer'] : [])];
    case 'books.reconcile':
      return ['secretary', 'caseworker', ...KEEPERS];
    case 'cash.count':
      return ['cashHolder', 'secretary', 'head:unit', ...(model.reviewed ? ['reviewer'] : [])];
    case 'discrepancy.explain':
      return ['secretary', ...KEEPERS];
    case 'discrepancy.decide':
    case 'payout.approve':
    case 'payout.refuse':
    case 'advance.withdraw':
      return ['secretary', 'head:unit'];
    case 'payout.request':
    case 'gift.reverse':
      return ['secretary', 'caseworker', ...KEEPERS];
    case 'payout.confirm':
      return ['secretary', 'caseworker', ...KEEPERS];
    case 'gift.record':
      return kind === 'cash' ? ['cashHolder'] : ['secretary', 'caseworker', ...KEEPERS];
    case 'payout.issueCode':
    case 'gift.thank':
    case 'advance.record':
      return CASE;
  }
}

const weights: Readonly<Record<MoveType, number>> = {
  ...{ 'cash.record': 14, 'ledger.record': 16, 'entry.reverse': 5, 'voucher.review': 8, 'books.match': 6 },
  ...{ 'books.reconcile': 2, 'books.closeDay': 6, 'books.closeMonth': 4, 'book.handOver': 2, 'cash.count': 6 },
  ...{ 'discrepancy.explain': 1, 'discrepancy.decide': 5, 'payout.request': 5, 'payout.approve': 7 },
  ...{ 'payout.refuse': 1, 'payout.confirm': 6, 'payout.issueCode': 1, 'gift.record': 4, 'gift.reverse': 1 },
  ...{ 'gift.thank': 2, 'advance.record': 2, 'advance.repay': 3, 'advance.withdraw': 1 },
  ...{ 'statement.import': 3, 'statement.match': 2, 'statement.unmatch': 1 },
};
const drawn = Object.entries(weights).flatMap(([type, n]) => Array<MoveType>(n).fill(type as MoveType));

/** Draws an act, by somebody who mostly may do such a thing. */
export function drawMove(table: Table): Move {
  const { random, model } = table;
  let type = random.pick(drawn);
  let asked = makers[type](table);
  // mostly something that can be done to what is there
  for (let tries = 0; tries < 4 && isVain(asked); tries++) {
    type = random.pick(drawn);
    asked = makers[type](table);
  }
  const may = mayDo(model, type, asked);
  const role = may.length === 0 || random.percent(5) ? random.pick(ROLES) : random.pick(may);
  return {
    type,
    role,
    person: personOf(model, role),
    mayRole: may.includes(role),
    ...withWitness(model, type, role, asked),
  };
}

/** Whether it is about something that is not there. */
function isVain({ target: id, cash, ledger }: Asked): boolean {
  return id === NOTHING || [cash, ledger].some((ids) => ids?.includes(NOTHING));
}

function personOf({ holder }: BookModel, role: string): string {
  if (role === 'cashHolder') return holder.cash;
  if (role === 'accountant') return holder.ledger;
  if (role === 'head:unit') return people.head;
  return role === 'caseworker' ? 'caseworker-person' : people[role as 'secretary' | 'reviewer'];
}

/** A count by another than the cash holder is made before that one. */
function withWitness(model: BookModel, type: MoveType, role: string, asked: Asked): Asked {
  if (type !== 'cash.count' || role === 'cashHolder') return asked;
  return { ...asked, act: { data: { ...(asked.act['data'] as object), witness: model.holder.cash } } };
}

const amounts: readonly number[] = [10, 100, 250, 1_000];

function anyChannel({ random, model }: Table): Channel {
  return random.pick(model.def.channels);
}

function someDoc({ random, model }: Table): string {
  const docs = model.docs();
  return docs.length > 0 && random.percent(25) ? random.pick(docs) : `S-${model.rows.length}-${random.between(1, 99)}`;
}

/** Money in or out on the cash side. */
function cashMove(table: Table): Asked {
  const { random, model } = table;
  const waiting = waits(model, 'ledger');
  const from = waiting.length > 0 && random.percent(40) ? random.pick(waiting) : undefined;
  const payouts = [...model.payouts.values()].filter(({ state }) => state === 'approved');
  const pays = payouts.length > 0 && random.percent(60) ? random.pick(payouts) : undefined;
  const claim = claimOf(table);
  if (pays)
    return cashAct({ direction: 'out', channel: pays.channel, fen: pays.fen, doc: someDoc(table), payout: pays.id });
  if (from) return cashAct({ ...same(from), fen: random.percent(85) ? from.fen : random.pick(amounts) });
  const direction = random.percent(80) ? 'in' : 'out';
  return cashAct({
    ...{ direction, channel: anyChannel(table), fen: random.pick(amounts), doc: someDoc(table) },
    ...(claim ? { advance: claim } : {}),
    ...(direction === 'in' && !claim && random.percent(20) ? { receipts: receiptsOf(random) } : {}),
  });
}

interface Money {
  readonly direction: Direction;
  readonly channel: Channel;
  readonly fen: number;
  readonly doc: string;
  readonly payout?: string;
  readonly advance?: string;
  readonly receipts?: string;
}

function same({ direction, channel, fen, doc, advance, receipts }: Row): Money {
  return { direction, channel, fen, doc, ...(advance ? { advance } : {}), ...(receipts ? { receipts } : {}) };
}

/** What a money act says of itself, whichever it is. */
function said({ direction, channel, doc, payout, advance }: Money) {
  const rest = { ...(payout ? { payout } : {}), ...(advance ? { advance } : {}) };
  return { book: 'earnings', direction, channel, sourceDoc: doc, ...rest };
}

/** Two households, of which the second pays the rest. */
function receiptsOf(random: Random): string {
  return `h-${random.between(1, 2)}`;
}

function listOf({ receipts = '', fen, doc }: Money) {
  const rows = [
    { payer: receipts, receipt: `R-${doc}-1`, amountFen: fen - 5 },
    { payer: 'h-9', receipt: `R-${doc}-2`, amountFen: 5 },
  ];
  return rows;
}

function cashAct(money: Money): Asked {
  const lines = money.receipts === undefined ? {} : { lines: listOf(money) };
  return { ...money, act: { data: { ...said(money), amountFen: money.fen, ...lines } } };
}

/** A voucher, mostly for what the cash holder has recorded already. */
function ledgerMove(table: Table): Asked {
  const { random, model } = table;
  const waiting = waits(model, 'cash');
  const from = waiting.length > 0 && random.percent(70) ? random.pick(waiting) : undefined;
  const claim = claimOf(table);
  const money: Money = from
    ? {
        ...same(from),
        ...(from.payout ? { payout: from.payout } : {}),
        fen: random.percent(88) ? from.fen : random.pick(amounts),
      }
    : {
        ...{ direction: random.percent(85) ? 'in' : 'out', channel: anyChannel(table), fen: random.pick(amounts) },
        ...{ doc: someDoc(table), ...(claim ? { advance: claim } : {}) },
      };
  return ledgerAct(model, random, money);
}

function ledgerAct(model: BookModel, random: Random, money: Money): Asked {
  const { fen, direction, receipts, payout } = money;
  const list = receipts === undefined ? [{ amountFen: fen }] : listOf(money);
  const named = model.persons.length > 0 && !intoBookOf(model, money.advance);
  const persons = new Map<string, number>();
  const lines = list.map((line, i) => {
    const whose = named && (direction === 'in' || payout !== undefined) ? whoseLine(model, random, payout) : undefined;
    if (whose !== undefined)
      persons.set(whose, (persons.get(whose) ?? 0) + (direction === 'in' ? 1 : -1) * line.amountFen);
    return { text: `行 ${i + 1}`, ...line, ...(whose === undefined ? {} : { party: whose }) };
  });
  return { ...money, persons, act: { data: { ...said(money), lines } } };
}

function whoseLine(model: BookModel, random: Random, payout: string | undefined): string {
  return (payout === undefined ? undefined : model.payouts.get(payout)?.party) ?? random.pick(model.persons);
}

/** Entries of a side whose document nobody has recorded on the other. */
function waits(model: BookModel, side: Side): Row[] {
  const other = side === 'cash' ? 'ledger' : 'cash';
  return model.live().filter((row) => row.side === side && !row.match && !model.sides(row.doc)[other]);
}

function claimOf({ random, model }: Table): string | undefined {
  const open = [...model.claims.values()].filter((claim) => model.isOpen(claim));
  return open.length > 0 && random.percent(25) ? random.pick(open).id : undefined;
}

function target(id: string | undefined, more: Record<string, unknown> = {}): Asked {
  const named = id ?? NOTHING;
  return { target: named, act: { target: named, ...more } };
}

function oneOf<T>(random: Random, list: readonly T[]): T | undefined {
  return list.length > 0 ? random.pick(list) : undefined;
}

function payoutIn(random: Random, model: BookModel, state: string): string | undefined {
  const wanted = [...model.payouts.values()].filter((each) => each.state === state || random.percent(4));
  return oneOf(random, wanted)?.id;
}

function monthsBack(now: string, n: number): string {
  const day = civilDay(now);
  const index = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - n;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}

const makers: Readonly<Record<MoveType, (table: Table) => Asked>> = {
  'cash.record': cashMove,
  'ledger.record': ledgerMove,
  'entry.reverse': ({ random, model }) => {
    const row = oneOf(random, random.percent(85) ? model.live() : model.rows);
    return target(row?.id, { reason: '记错' });
  },
  'voucher.review': ({ random, model }) => {
    const approve = random.percent(85);
    return { ...target(oneOf(random, [...model.drafts.keys()]), { data: { approve, text: '退回' } }), approve };
  },
  'books.match': ({ random, model }) => {
    const open = new Set(model.open());
    const rows = model.live().filter((row) => open.has(row.doc));
    const one = oneOf(
      random,
      rows.filter(({ side }) => side === 'cash'),
    );
    const pool = rows.filter((row) => row.side === 'ledger' && one !== undefined && row.channel === one.channel);
    const exact = pool.filter((row) => row.fen === one?.fen && row.direction === one.direction);
    const from = exact.length > 0 && random.percent(70) ? [random.pick(exact)] : pool.slice(0, random.between(1, 3));
    const cash = [one?.id ?? NOTHING];
    const ledger = from.length > 0 ? from.map(({ id }) => id) : [NOTHING];
    return { cash, ledger, act: { data: { book: 'earnings', cash, ledger } } };
  },
  'books.reconcile': ({ random, now }) => {
    const ended = random.percent(60) ? { month: monthsBack(now, random.between(0, 3)) } : {};
    return { ...ended, act: { data: { book: 'earnings', ...ended } } };
  },
  'books.closeDay': ({ random, model, now }) => {
    const today = civilDay(now);
    const open = model
      .of('cash')
      .map((row) => row.day)
      .filter((day) => day > (model.closedDay ?? ''));
    const ends = `${monthsBack(now, 1)}-${random.pick(['28', '29', '30', '31'])}`;
    const real = new Date(`${ends}T00:00:00Z`).toISOString().slice(0, 10) === ends ? ends : today;
    const day = random.percent(60) && open.length > 0 ? open.sort()[0]! : random.pick([today, real, ...open]);
    return { day, act: { data: { book: 'earnings', day } } };
  },
  'books.closeMonth': ({ random, model, now }) => {
    const month = monthsBack(now, random.between(0, 3));
    const upTo = (side: Side, channel: Channel) =>
      sum(model.of(side, channel).map((row) => (row.day <= `${month}-31` ? moved(row) : 0)));
    const differ = model.def.channels.map((each) => [each, upTo('cash', each) - upTo('ledger', each)] as const);
    const carry = Object.fromEntries(random.percent(80) ? differ.filter(([, fen]) => fen !== 0) : []);
    return { month, carry, act: { data: { book: 'earnings', month, carry } } };
  },
  'book.handOver': ({ random, model }) => {
    const side = random.pick<Side>(['cash', 'ledger']);
    const off = random.percent(10) ? 10 : 0;
    const channels = Object.fromEntries(model.def.channels.map((each) => [each, model.balance(side, each) + off]));
    return { side, counts: channels, act: { data: { book: 'earnings', side, channels, witness: '罗某' } } };
  },
  'cash.count': ({ random, model }) => {
    const off = random.percent(10) ? 10 : 0;
    const counts = Object.fromEntries(model.def.channels.map((each) => [each, model.balance('cash', each) + off]));
    const { cash: _, ...channels } = counts;
    const inCash = counts['cash'];
    const notes = inCash === undefined ? {} : { denominations: notesOf(inCash) };
    return { counts, act: { data: { book: 'earnings', ...notes, channels } } };
  },
  'discrepancy.explain': ({ random, state }) =>
    target(oneOf(random, Object.keys(state.discrepancies)), { data: { text: '说明' } }),
  'discrepancy.decide': ({ random, state }) => {
    const carries = random.percent(80);
    const data = { decision: carries ? 'carry' : 'correct', text: '挂账' };
    return { ...target(oneOf(random, Object.keys(state.discrepancies)), { data }), carries };
  },
  'payout.request': (table) => {
    const { random, model } = table;
    const [channel, fen] = [anyChannel(table), random.pick(amounts)];
    const party = oneOf(random, model.persons);
    const whose = party === undefined ? {} : { party };
    const data = { book: 'earnings', channel, amountFen: fen, text: '支取', ...whose };
    return { channel, fen, ...whose, act: { data } };
  },
  'payout.approve': ({ random, model }) => target(payoutIn(random, model, 'requested')),
  'payout.refuse': ({ random, model }) => target(payoutIn(random, model, 'requested'), { reason: '不批' }),
  'payout.confirm': ({ random, model }) => {
    const id = payoutIn(random, model, 'paid');
    const onBehalfOf = model.payouts.get(id ?? '')?.party ?? 'beneficiary';
    return target(id, { onBehalfOf, data: { witness: '罗某' } });
  },
  'payout.issueCode': ({ random, model }) =>
    target(payoutIn(random, model, 'approved'), { data: { way: random.pick(['slip', 'channel']) } }),
  'gift.record': (table) => {
    const { random, model } = table;
    const who = random.percent(50) ? { anonymous: true } : { giver: { kind: 'person', name: '罗某' } };
    const common = { book: 'earnings', ...who };
    if (random.percent(50)) {
      const data = {
        ...common,
        kind: 'inKind',
        item: '大米',
        quantity: 2,
        unit: '袋',
        valueFen: 100,
        receivedBy: '周某',
      };
      return { kind: 'inKind', act: { data: { ...data, witness: '张某' } } };
    }
    const money: Money = {
      ...{ direction: 'in', channel: anyChannel(table), fen: random.pick(amounts) },
      doc: someDoc({ ...table, model }),
    };
    const { channel, fen, doc } = money;
    return {
      kind: 'cash',
      ...money,
      act: { data: { ...common, kind: 'cash', channel, amountFen: fen, sourceDoc: doc } },
    };
  },
  'gift.reverse': ({ random, model }) => target(oneOf(random, model.gifts)?.id, { reason: '登记有误' }),
  'gift.thank': ({ random, model }) =>
    target(
      oneOf(
        random,
        model.gifts.filter(({ thanked }) => !thanked || random.percent(5)),
      )?.id,
      { data: {} },
    ),
  'advance.record': ({ random, model }) => {
    const fen = random.pick(amounts);
    const paid = random.pick(['into the book', 'to others'] as const);
    const doc = `A-${model.claims.size + 1}`;
    const data = { book: 'earnings', amountFen: fen, paid, helper: { name: '罗某' }, for: '材料', sourceDoc: doc };
    return { fen, paid, act: { data } };
  },
  'advance.repay': (table) => {
    const { random, model } = table;
    const side = random.pick<Side>(['cash', 'ledger']);
    const claim = oneOf(
      random,
      [...model.claims.values()].filter((each) => model.isOpen(each)),
    );
    const rest = claim ? model.owed(side, claim) : 0;
    const fen = rest > 0 && random.percent(80) ? rest : random.pick(amounts);
    const advance = claim?.id ?? NOTHING;
    const money: Money = { direction: 'out', channel: anyChannel(table), fen, doc: someDoc(table), advance };
    const { channel, doc } = money;
    const act = { target: advance, data: { side, channel, amountFen: fen, sourceDoc: doc } };
    return { ...money, side, persons: new Map(), target: advance, act };
  },
  'advance.withdraw': ({ random, model }) => target(oneOf(random, [...model.claims.keys()]), { reason: '不再要' }),
  'statement.import': (table) => {
    const { random, model, now } = table;
    const today = civilDay(now);
    const rows = model.of('cash', 'bank').filter(isLive);
    const lines = Array.from({ length: random.between(1, 3) }, () => {
      const row = random.percent(75) ? oneOf(random, rows) : undefined;
      const date = row && row.day < today ? row.day : today;
      const reference = row && random.percent(50) ? row.doc : `B-${random.between(1, 40)}`;
      return {
        date,
        direction: row?.direction ?? 'in',
        amountFen: row?.fen ?? random.pick(amounts),
        reference,
      } as const;
    }).sort((a, b) => (a.date < b.date ? -1 : 1));
    return { channel: 'bank', lines, act: { data: { book: 'earnings', channel: 'bank', lines } } };
  },
  'statement.match': ({ random, model }) => {
    const line = oneOf(random, model.freeLines('bank'));
    const entry = oneOf(
      random,
      model.freeEntries('bank').filter((row) => !line || moved(row) === moved(line)),
    );
    const byHand = line && entry && random.percent(60);
    const matches = byHand ? { matches: [{ lines: [line.id], entries: [entry.id] }] } : {};
    return { channel: 'bank', act: { data: { book: 'earnings', channel: 'bank', ...matches } } };
  },
  'statement.unmatch': ({ random, model }) => target(oneOf(random, [...model.matches.keys()]), { reason: '错配' }),
};
