import type { Program } from '../../sdk/program.ts';
import type { Instant } from '../../sdk/time.ts';
import { isRefusal } from '../act-kind.ts';
import { makesItsOwn } from '../case.fixture.ts';
import type { CaseEvent, EventDraft } from '../event.ts';
import type { State } from '../state.ts';
import { weekdayCalendar } from '../time/calendar.ts';
import type { DraftFact, EntryFact, IncomeFact, World } from '../world.ts';
import { wishesOf } from './closings.ts';
import type { Lot } from './draw.ts';
import {
  addDraft,
  addFact,
  addMovements,
  addPosted,
  advanceBooks,
  bookActs,
  evolveBooks,
  nothingPosted,
  openBook,
} from './index.ts';
import type { Movement } from './movements.ts';

/** The persons of the story: one post each, named after what they do. */
export const people = {
  secretary: 'secretary-person',
  cashHolder: 'cash-person',
  accountant: 'ledger-person',
  beneficiary: 'beneficiary-person',
  head: 'head-person',
  reviewer: 'review-person',
} as const;

/** A program with one pair of books, as far as the books look at it. */
export const program = {
  id: 'books-test',
  version: '1.0.0',
  name: ['账簿', 'books'],
  roles: {},
  apart: [],
  fields: {},
  intake: [],
  ladders: { promise: [{ at: 'due', tell: 'holder', account: true }] },
  stages: [],
  duties: [],
  books: [
    {
      book: 'earnings',
      name: ['手工收入', 'earnings'],
      keeps: 'held for beneficiary',
      profile: 'two-person',
      cash: 'cashHolder',
      ledger: 'accountant',
      approves: 'secretary',
      confirms: 'beneficiary',
      channels: ['cash', 'wechat'],
      match: '1 working day',
      ladder: 'promise',
      closes: 'monthly',
    },
  ],
  life: { extend: { cap: '6 months', times: 2, approves: 'sub-district' }, outcomes: {} },
} as unknown as Program;

const from = '2026-01-01T00:00:00.000Z';
const org: World['org'] = {
  units: { 'community-1': { level: 'community', head: 'head' } },
  posts: Object.fromEntries(
    ['secretary', 'cashHolder', 'accountant', 'head', 'reviewer'].map((id) => [id, { kind: id, unit: 'community-1' }]),
  ),
  appointments: (['secretary', 'cashHolder', 'accountant', 'head', 'reviewer'] as const).map((post) => ({
    post,
    person: people[post],
    from,
  })),
};

/** A case with its books, in memory: acts are decided, their events applied and kept, as the door would. */
export class Scene {
  now: Instant = '2026-09-07T02:00:00.000Z';
  /** When what acts tell of happened, where that was not now. */
  at: Instant | undefined;
  state: State;
  facts: readonly EntryFact[] = [];
  drafts: readonly DraftFact[] = [];
  posted = nothingPosted;
  /** What the door would say of the code an act brings. */
  code: World['facts']['code'];
  movements: readonly Movement[] = [];
  /** What surprise counts are drawn with. */
  lot: Lot | undefined;
  /** What may count as income, as the door would load it before a payout. */
  income: readonly IncomeFact[] = [];
  /** Names the door would load for an act that names a witness. */
  names: Readonly<Record<string, string>> = {};
  readonly events: CaseEvent[] = [];
  private readonly program: Program;

  /** `book` changes what the program says of the book, `roles` who fills its roles. */
  constructor(book: Partial<Program['books'][number]> = {}, roles: Program['roles'] = {}) {
    this.program = { ...program, roles, books: program.books.map((each) => ({ ...each, ...book })) };
    this.state = {
      caseId: 'case-1',
      unit: 'community-1',
      status: 'open',
      parties: {
        'party-1': { id: 'party-1', role: 'beneficiary', name: '周某', person: people.beneficiary, since: from },
      },
      assignments: {
        secretary: { post: 'secretary' },
        cashHolder: { post: 'cashHolder' },
        accountant: { post: 'accountant' },
        reviewer: { post: 'reviewer' },
      },
      deadlines: {},
      items: {},
      serial: {},
      fields: {},
      books: { earnings: openBook(withWishes(this.program.books[0]!)) },
    } as unknown as State;
  }

  get book() {
    return this.state.books['earnings']!;
  }

  world(): World {
    const facts = {
      documents: [],
      drafts: this.drafts,
      posted: this.posted,
      ...(this.code ? { code: this.code } : {}),
      entries: this.facts,
      movements: this.movements,
      names: this.names,
      income: this.income,
    };
    const world = { now: this.now, program: this.program, programHash: 'h', calendar: weekdayCalendar, org, facts };
    return this.lot ? { ...world, lot: this.lot } : world;
  }

  /** Does an act as the holder of a role; answers the code of the refusal, `FORBIDDEN_ROLE`, or undefined. */
  does(role: string, type: string, act: Record<string, unknown> = {}, person?: string): string | undefined {
    const kind = bookActs[type]!;
    const parsed = kind.data.safeParse(act['data'] ?? {});
    if (!parsed.success) return 'INVALID_DATA';
    const id = person ?? people[(role === 'head:unit' ? 'head' : role) as keyof typeof people];
    const context = {
      state: this.state,
      act: { id: `act-${this.events.length}`, type, actor: { kind: 'person' as const, id, logins: [] }, ...act },
      data: parsed.data,
      at: this.at ?? this.now,
      world: this.world(),
      roles: new Map([[role, {}]]),
    };
    if (!kind.who(context).includes(role)) return 'FORBIDDEN_ROLE';
    const answer = kind.decide(context);
    if (isRefusal(answer)) return answer.code;
    makesItsOwn(type, answer);
    this.apply(answer, id);
    return undefined;
  }

  /** Lets time pass until an instant: what is due becomes a discrepancy. */
  until(now: Instant): void {
    this.now = now;
    for (
      let due = advanceBooks(this.state, this.world());
      due.length > 0;
      due = advanceBooks(this.state, this.world())
    ) {
      this.apply(due, 'clock');
    }
  }

  cash(sourceDoc: string, amountFen: number, more: Record<string, unknown> = {}): string | undefined {
    return this.does('cashHolder', 'cash.record', {
      data: { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc, amountFen, ...more },
    });
  }

  ledger(sourceDoc: string, amountFen: number, more: Record<string, unknown> = {}): string | undefined {
    const lines = [{ text: '笔筒', amountFen }];
    return this.does('accountant', 'ledger.record', {
      data: { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc, lines, ...more },
    });
  }

  private apply(drafts: readonly EventDraft[], by: string): void {
    for (const draft of drafts) {
      const event = {
        ...draft,
        seq: this.events.length + 1,
        occurredAt: this.now,
        recordedAt: this.now,
        actor: { kind: 'person', id: by },
      } as CaseEvent;
      this.events.push(event);
      this.facts = addFact(this.facts, event);
      this.drafts = addDraft(this.drafts, event);
      this.posted = addPosted(this.posted, event);
      this.movements = addMovements(this.movements, event);
      this.state = evolveBooks(this.state, event) ?? withDeadlines(this.state, event);
    }
  }
}

/** As the opening of a case says it of a book. */
function withWishes(def: Program['books'][number]) {
  return { channels: def.channels, ...wishesOf(def) };
}

function withDeadlines(state: State, event: CaseEvent): State {
  if (event.type === 'deadline.set') {
    const { deadline } = event.data;
    return { ...state, deadlines: { ...state.deadlines, [deadline.id]: deadline } };
  }
  if (event.type === 'item.opened') {
    const { item } = event.data;
    const serial = { ...state.serial, [item.key]: (state.serial[item.key] ?? 0) + 1 };
    return { ...state, serial, items: { ...state.items, [item.id]: item } };
  }
  if (event.type === 'task.completed' || event.type === 'item.cancelled') {
    const { [event.data.id]: _, ...items } = state.items;
    return { ...state, items };
  }
  if (event.type !== 'deadline.met' && event.type !== 'deadline.cancelled') return state;
  const { [event.data.id]: ended, ...deadlines } = state.deadlines;
  if (!ended) throw new Error(`${event.type} of ${event.data.id}, which does not run`);
  return { ...state, deadlines };
}
