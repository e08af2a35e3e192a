import type { Book, Program } from '../../sdk/program.ts';
import type { ActContext } from '../act-kind.ts';
import { personsOf } from '../apart.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { GUARDIAN } from '../rights.ts';
import type { State } from '../state.ts';
import type { World } from '../world.ts';
import { readBookId, type Side } from './entry.ts';
import { type BookState, documentKey } from './state.ts';

/** A book of the case: what the program says of it, and its state. */
export interface OpenedBook {
  readonly def: Book;
  readonly state: BookState;
}

/** Finds a book of the case; INVALID_DATA when there is none of that name. */
export function bookOf(state: State, world: Pick<World, 'program'>, key: string): OpenedBook | Refusal {
  const def = world.program.books.find((each) => each.book === key);
  const book = def ? own(state.books, def.book) : undefined;
  if (def && book) return { def, state: book };
  const keys = world.program.books.map((each) => each.book).join(', ');
  return refuse(
    'INVALID_DATA',
    [`本个案没有名为“${key}”的账簿。`, `The case has no book called "${key}".`],
    [[`可用的账簿：${keys || '无'}`, `The books of the case: ${keys || 'none'}`]],
    [{ path: 'data.book', message: inBoth('没有这本账', 'no such book') }],
  );
}

/** The roles that keep one side of a book; of all books when it is not known which (the refusal then says so). */
export function keepers(program: Program, side: Side, book: string | undefined): readonly string[] {
  return rolesOf(program, book, (def) => [def[side]]);
}

/** Roles named by a book, of all books when that one is unknown. */
export function rolesOf(
  program: Program,
  book: string | undefined,
  pick: (def: Book) => readonly string[],
): readonly string[] {
  const named = program.books.filter((def) => def.book === book);
  return (named.length > 0 ? named : program.books).flatMap((def) => [...pick(def)]);
}

/** A property a person's text may name: never one of the prototype's. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The roles that speak for whoever a book's money is for: who confirms payouts, and the guardian where the program has one. */
export function voicesOf({ roles }: Program, def: Book): readonly string[] {
  return Object.hasOwn(roles, GUARDIAN) ? [def.confirms, GUARDIAN] : [def.confirms];
}

/** The heads above, who decide where the book's own approver may not. */
export const heads: readonly string[] = ['head:unit', 'head:sub-district', 'head:district'];

/**
 * Why the actor may not decide as the book's approver, if so: nobody judges what he took part in, who keeps a side of the
 * book or receives its money never approves on it, and the heads above decide only where the approver took part himself or
 * the post is vacant.
 */
export function whyNotApprover(
  ctx: Pick<ActContext, 'state' | 'world' | 'act' | 'roles'>,
  def: Book,
  involved: readonly string[],
): Refusal | undefined {
  const { state, world, act, roles } = ctx;
  if (involved.includes(act.actor.id)) {
    return refuse(
      'ROLES_COLLIDE',
      ['经手的人不能自己审批。', 'Who took part in it cannot decide on it.'],
      [['由上一级负责人审批', 'Let the head of the level above decide']],
    );
  }
  const others = [def.reviews, def.archives].filter((role) => role !== undefined);
  if ([def.cash, def.ledger, ...others, ...voicesOf(world.program, def)].some((role) => roles.has(role))) {
    return refuse(
      'ROLES_COLLIDE',
      ['管钱、管账和收款的人不能审批这本账。', 'Who holds the money, keeps the accounts or receives does not approve.'],
      [['由上一级负责人审批', 'Let the head of the level above decide']],
    );
  }
  if (roles.has(def.approves)) return undefined;
  const approvers = personsOf(state, def.approves, world.org, world.now);
  if (approvers.length === 0 || approvers.some((person) => involved.includes(person))) return undefined;
  return refuse(
    'FORBIDDEN',
    ['由本账簿的审批人决定。', "It is for the book's approver to decide."],
    [['请审批人处理', 'Ask the approver']],
  );
}

/** The oldest discrepancy a target means: its id, its source document, its book, or none named at all. */
export function findDiscrepancy(state: State, program: Program, target: string | undefined) {
  for (const def of program.books) {
    const book = own(state.books, def.book);
    if (!book) continue;
    for (const [id, discrepancy] of Object.entries(book.discrepancies)) {
      if (target && target !== id && target !== discrepancy.sourceDoc && target !== def.book) continue;
      return { def, book, id, discrepancy, document: book.open[documentKey(discrepancy.sourceDoc)] };
    }
  }
  return undefined;
}

/** The oldest payout in one of the given states that a target means: its id, its book, or none named at all. */
export function findPayout(state: State, program: Program, target: string | undefined, states: readonly string[]) {
  for (const def of program.books) {
    const book = own(state.books, def.book);
    if (!book) continue;
    for (const [id, payout] of Object.entries(book.payouts)) {
      if (target && target !== id && target !== def.book) continue;
      if (target === id || states.includes(payout.state)) return { def, book, id, payout };
    }
  }
  return undefined;
}

/** The book a target belongs to, by its form. */
export function bookOfTarget(target: string | undefined): string | undefined {
  return target === undefined ? undefined : (readBookId(target)?.book ?? target);
}
