import type { Child } from 'hono/jsx';
import type { Act } from '../../engine/act.ts';
import type { ActContext } from '../../engine/act-kind.ts';
import { collidingOf } from '../../engine/apart.ts';
import { type BookState, bookActs } from '../../engine/books/index.ts';
import { ownWorkRoles } from '../../engine/own-hands.ts';
import { GUARDIAN, guardianStands, type Roles, rolesOn } from '../../engine/rights.ts';
import type { State } from '../../engine/state.ts';
import { toDate } from '../../engine/time/civil.ts';
import type { Org } from '../../engine/world.ts';
import type { Book, Program, Text } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import { type BookSight, bookSight } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import type { Language } from '../language.ts';
import { caseToRead, nowOf, pinnedProgram } from '../reading.ts';
import { officeOf } from '../transfer-sight.ts';
import type { Field } from './book-field.ts';
import type { Values } from './form-values.ts';

/** The books of a case as one caller stands to them. */
export interface BookDesk {
  readonly deps: AppDeps;
  readonly caller: Caller;
  readonly language: Language;
  readonly caseId: string;
  readonly record: Awaited<ReturnType<typeof caseToRead>>;
  readonly state: State;
  readonly program: Program;
  readonly roles: Roles;
  readonly sight: BookSight;
  readonly now: Instant;
  readonly today: CalendarDate;
}

/** One book of them, and what in it a form is about (`of`: an id; '' where it is about nothing in particular). */
export interface BookSubject extends BookDesk {
  readonly def: Book;
  readonly book: BookState;
  readonly of: string;
}

/** What a form does: the parts of its act that no field gives. */
type Fixed = Partial<Pick<Act, 'target' | 'onBehalfOf'>> & { readonly data?: Readonly<Record<string, unknown>> };

/** A filled-in form on its way to be done: its values, and the id under which it is done once. */
export interface BookErrand {
  readonly subject: BookSubject;
  readonly values: Values;
  readonly id: string;
}

/** What a form does that is more than one act. */
export interface BookPlan {
  /** What it would do, shown before it is done, for a form that previews. */
  preview?(): Promise<Child>;
  /** Does it, once for its id; answers what is shown at once, in place of the books. */
  make(): Promise<Child>;
}

/** A form that does one act of the books, by the door every act goes through. */
export interface BookForm {
  readonly act: string;
  readonly title: Text;
  readonly button: Text;
  /** It cannot be taken back. */
  readonly grave?: true;
  /** Shows what it would do before it is done. */
  readonly previews?: true;
  /** Whether there is something to do it on, beyond the right to do it. */
  offered?(subject: BookSubject): boolean;
  fixed?(subject: BookSubject): Fixed;
  /** Its fields; `values` are those it was sent with. */
  fields(subject: BookSubject, values: Values): readonly Field[] | Promise<readonly Field[]>;
  /** What it is about, before the fields. */
  above?(subject: BookSubject): Promise<Child>;
  /** The data of the act, from what the fields say. */
  finish?(data: Record<string, unknown>, values: Values, subject: BookSubject): Record<string, unknown>;
  /** Takes a file that is no paper of the case's: the values that stand for it. Throws the problem of a file that cannot be read. */
  take?(errand: BookErrand, field: string, file: File): Promise<Values>;
  /** What it does in place of its act alone. Throws the problem of values that cannot be read. */
  plan?(errand: BookErrand): Promise<BookPlan>;
}

/** The books of a case as a caller stands to them. Throws the problem 404 of a case that is not his to know of. */
export async function deskOf(deps: AppDeps, caller: Caller, caseId: string, language: Language): Promise<BookDesk> {
  const [record, org] = await Promise.all([caseToRead(deps, caller, caseId), officeOf(deps, caller)]);
  const program = await pinnedProgram(deps, record.programHash);
  if (!program) throw notFound();
  const now = nowOf(deps);
  const { state } = record;
  const sight = await bookSight(deps, caller, record, program);
  const roles = rolesIn(state, program, { caller, org, now });
  return { ...{ deps, caller, language, caseId, record, state, program, roles, sight, now }, today: toDate(now) };
}

/** One book of a desk. Throws the problem 404 where there is none of that name. */
export function subjectOf(desk: BookDesk, key: string, of = ''): BookSubject {
  const def = desk.program.books.find(({ book }) => book === key);
  const book = def && Object.hasOwn(desk.state.books, def.book) ? desk.state.books[def.book] : undefined;
  if (!def || !book) throw notFound();
  return { ...desk, def, book, of };
}

/** Whether a caller is offered a form: he has the right and there is something to do it on. The door decides again when it is sent. */
export function isOffered(form: BookForm, subject: BookSubject): boolean {
  const { state, program, roles, caller, now } = subject;
  const kind = bookActs[form.act]!;
  if (!(kind.statuses ?? ['proposed', 'open', 'followUp']).includes(state.status)) return false;
  const { data = {}, ...fixed } = form.fixed?.(subject) ?? {};
  const act = { id: '', type: form.act, actor: actorOf(caller), ...fixed };
  // who may do it is a question to state, program, target and data alone
  const asked = { state, act, data, at: now, world: { program, now }, roles } as unknown as ActContext;
  const colliding = [...collidingOf(program, roles), ...ownWorkRoles(state, program, act.actor, roles)];
  const may = kind.who(asked).some((role) => roles.has(role) && !colliding.includes(role));
  return may && (form.offered?.(subject) ?? true);
}

/** The roles acts on money are judged by: nobody acts on it as a deputy, nor as a guardian who is none. */
function rolesIn(
  state: State,
  program: Program,
  { caller, org, now }: { readonly caller: Caller; readonly org: Org; readonly now: Instant },
): Roles {
  const roles = rolesOn(state, actorOf(caller), org, now, { asDeputy: false });
  if (!roles.has(GUARDIAN) || guardianStands(state, program, now)) return roles;
  return new Map([...roles].filter(([role]) => role !== GUARDIAN));
}
