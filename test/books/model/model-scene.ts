import { createHash } from 'node:crypto';
import type { BankFacts } from '../../../engine/books/bank-facts.ts';
import { Scene } from '../../../engine/books/scene.fixture.ts';
import type { CaseEvent } from '../../../engine/event.ts';
import type { Party } from '../../../engine/state.ts';
import type { GiftFact, World } from '../../../engine/world.ts';
import type { Book, Program } from '../../../sdk/program.ts';
import { BookModel } from './book-model.ts';
import type { Move } from './moves.ts';

/** The kinds of books a history is of. */
export const kinds = ['held', 'held for several, reviewed', 'project', 'project, reviewed'] as const;
/** A kind of book. */
export type Kind = (typeof kinds)[number];

const households: Program['roles'] = {
  beneficiary: { name: ['住户', 'households'], party: 'many', answers: 'secretary' },
};
const since = '2026-01-01T00:00:00.000Z';

/** What is particular to the books of a kind, and whether they are those of several persons. */
export function bookOfKind(kind: Kind): { readonly def: Partial<Book>; readonly several: boolean } {
  const reviewed = kind.endsWith('reviewed');
  const def: Partial<Book> = {
    ...{ channels: ['cash', 'bank'], closeWithin: '10 working days', counts: 2 },
    ...(reviewed ? { profile: 'vouchers', reviews: 'reviewer', match: '5 working days' } : {}),
    ...(kind.startsWith('project') ? { keeps: 'project funds' } : {}),
  };
  return { def, several: kind === 'held for several, reviewed' };
}

/** A scene whose keepers can change, with what the tables would say of gifts and banks. */
export class ModelScene extends Scene {
  readonly model: BookModel;
  private asked: GiftFact | undefined;
  private readonly appointments: World['org']['appointments'][number][];

  constructor(kind: Kind) {
    const { def, several } = bookOfKind(kind);
    super(def, several ? households : {});
    this.appointments = [...super.world().org.appointments];
    const second: Party = { id: 'party-2', role: 'beneficiary', name: '邱某', since };
    if (several) this.state = { ...this.state, parties: { ...this.state.parties, 'party-2': second } };
    this.lot = (about) => createHash('sha256').update(about).digest('hex');
    this.model = new BookModel(super.world().program.books[0]!, several ? ['party-1', 'party-2'] : []);
  }

  override world(): World {
    const world = super.world();
    const facts = { ...world.facts, bank: this.bank(), ...(this.asked ? { gift: this.asked } : {}) };
    return { ...world, org: { ...world.org, appointments: this.appointments }, facts };
  }

  /** Tries a move; the code of its refusal, or undefined and what came of it. */
  tries({ role, type, act, person }: Move): { readonly code?: string; readonly events: readonly CaseEvent[] } {
    const before = this.events.length;
    const gift = this.model.gifts.find(({ id }) => id === act['target']);
    this.asked = gift && {
      ...{ id: gift.id, book: 'earnings' },
      ...(gift.entry ? { entry: gift.entry } : {}),
      ...(gift.reversedBy ? { reversedBy: gift.reversedBy } : {}),
    };
    const code = this.does(role, type, act, person);
    return { ...(code === undefined ? {} : { code }), events: this.events.slice(before) };
  }

  /** Somebody else comes to fill a role. */
  appoint(side: 'cash' | 'ledger'): void {
    const post = side === 'cash' ? 'cashHolder' : 'accountant';
    const i = this.appointments.findIndex((each) => each.post === post && each.until === undefined);
    const person = `${side}-person-${this.appointments.length}`;
    this.appointments[i] = { ...this.appointments[i]!, until: this.now };
    this.appointments.push({ post, person, from: this.now });
    this.model.holder[side] = person;
  }

  private bank(): BankFacts {
    const { model } = this;
    const holding = new Set(model.holding().map(([id]) => id));
    const seen = new Map<string, number>();
    const nthOf = (key: string) => {
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return seen.get(key)!;
    };
    return {
      known: model.lines.map(({ key, channel }) => ({ key, nth: nthOf(key), channel })),
      lines: model.freeLines('bank').map(({ fen, key: _, ...line }) => ({ ...line, amountFen: fen })),
      entries: model.freeEntries('bank').map(({ id, channel, direction, fen, doc, day }) => {
        return { id, channel, direction, amountFen: fen, sourceDoc: doc, occurredDate: day };
      }),
      matches: [...model.matches.keys()].map((id) => ({ id, channel: 'bank', broken: !holding.has(id) })),
    };
  }
}
