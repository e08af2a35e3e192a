import type { Tx } from '../db/transactions.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { State } from '../engine/state.ts';
import type { World } from '../engine/world.ts';
import type { Program } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { ArrivingCase } from './arrival.ts';
import type { BookDuty } from './book-duties.ts';
import { writeBooks } from './books.ts';
import type { ChainRow } from './chain.ts';
import { engine } from './engine.ts';
import { mayTouchBooks } from './sitting.ts';
import { eventOf } from './verify-models.ts';

/** Where the case has come to here. */
interface Here {
  readonly state: State;
  readonly world: Pick<World, 'org' | 'program'>;
}

/**
 * Writes the books of a case that comes from another installation, event by event as they were recorded there, under the
 * same roles and rules of the database as there; then what its first events here mean for them. Who had which duty when is
 * taken from the file: every entry has to be by somebody who had the duty. Throws where a rule refuses.
 */
export async function bookEvents(
  tx: Tx,
  { caseId, programs, duties }: Pick<ArrivingCase, 'caseId' | 'programs' | 'duties'>,
  chain: readonly ChainRow[],
  own: readonly CaseEvent[],
  { state: last, world }: Here,
): Promise<void> {
  const spans = await spansOf(tx, duties);
  const during = (at: Instant): BookDuty[] =>
    spans.filter(({ from, until }) => from <= at && (until === null || at < until));
  const literals = new Map<string, Program>();
  const programOf = (hash: string): Program => {
    const known = literals.get(hash);
    if (known) return known;
    const literal = JSON.parse(Buffer.from(programs.get(hash)!).toString('utf8')) as Program;
    literals.set(hash, literal);
    return literal;
  };
  // what was written there in many transactions comes in one; that nobody wrote both sides of a document is verified after it
  for (const table of TWO_SIDES) await tx.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER d_apart`);
  await tx.unsafe('SET LOCAL ROLE linli_door');
  let state: State | undefined;
  let waiting: CaseEvent[] = [];
  let side: string | undefined;
  const write = async (context: { readonly program: Program; readonly duties?: typeof during }) => {
    const events = waiting;
    waiting = [];
    side = undefined;
    if (!events.some(mayTouchBooks)) return;
    // as at the start of a transaction of its own, and at its end
    await tx`SELECT set_config('linli.book_side', '', true)`;
    await tx.unsafe('SET CONSTRAINTS ALL DEFERRED');
    await writeBooks(tx, events, { caseId, state: state as State, org: world.org, ...context });
    await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
  };
  for (const [n, link] of chain.entries()) {
    const event = eventOf(link);
    state = engine.evolve(state, event);
    waiting.push(event);
    side ??= sideOf(event.type);
    const next = chain[n + 1];
    const another = next && (sideOf(next.type) ?? side) !== side;
    if (!next || next.recordedAt !== event.recordedAt || another)
      await write({ program: programOf(link.programHash), duties: during });
  }
  state = last;
  waiting = [...own];
  await write({ program: world.program });
  await tx.unsafe('RESET ROLE');
  for (const table of TWO_SIDES) await tx.unsafe(`ALTER TABLE ${table} ENABLE TRIGGER d_apart`);
}

/** Tables in which a trigger refuses what is of both sides in one transaction. */
const TWO_SIDES = ['cash_entries', 'vouchers'] as const;

/** Which side of the books an event may write; one transaction writes one side. */
const sideOf = (type: string): string | undefined => /^(cash|ledger)\./.exec(type)?.[1];

/** The duties with both ends as instants; those that ended in the moment they began are left out. */
function spansOf(tx: Tx, duties: ArrivingCase['duties']) {
  return tx<(BookDuty & { readonly from: Instant; readonly until: Instant | null })[]>`
    SELECT book, duty, person, lower(during) AS from, upper(during) AS until
    FROM json_to_recordset(${JSON.stringify(duties)}::text::json) AS d (book text, duty text, person text, during tstzrange)
    WHERE NOT isempty(during)`;
}
