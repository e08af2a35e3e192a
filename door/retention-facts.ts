import { lengthenedFor, openRows, retentionFacts } from '../db/queries/retention.ts';
import type { Tx } from '../db/transactions.ts';
import type { Act } from '../engine/act.ts';
import { periodsOf } from '../engine/retention/periods.ts';
import { toDate } from '../engine/time/civil.ts';
import type { Facts } from '../engine/world.ts';
import type { Lengthened, OpenRows, RetentionFacts } from '../sdk/retention.ts';
import type { Instant } from '../sdk/time.ts';
import { loadAuditors } from './office-facts.ts';

/** What the tables say about how long a case is kept, for the acts that destroy it. */
export interface LoadedRetention {
  readonly facts: RetentionFacts;
  readonly lengthened: readonly Lengthened[];
  readonly open: OpenRows;
  readonly auditors: NonNullable<Facts['retention']>['auditors'];
  readonly destroying?: NonNullable<NonNullable<Facts['retention']>['destroying']>;
}

/** Whether an act asks how long the case is kept. */
const asks = ({ type }: Pick<Act, 'type'>): boolean => type.startsWith('destruction.') || type === 'record.destroy';

/** Loads it for such acts; undefined where a batch has none of them. */
export async function loadRetention(
  tx: Tx,
  caseId: string,
  acts: readonly Act[],
): Promise<LoadedRetention | undefined> {
  if (!acts.some(asks)) return undefined;
  const carriesOut = acts.some(({ type }) => type === 'record.destroy');
  const [facts, lengthened, open, auditors, destroying] = await Promise.all([
    retentionFacts(tx, caseId, { reads: false }),
    lengthenedFor(tx, caseId),
    openRows(tx, caseId),
    loadAuditors(tx),
    carriesOut ? loadDestroying(tx, caseId) : undefined,
  ]);
  return { facts, lengthened, open, auditors, ...(destroying ? { destroying } : {}) };
}

/** What one act of the batch may look at. `now`: the moment of the door. */
export function retentionFor(
  loaded: LoadedRetention | undefined,
  act: Pick<Act, 'type'>,
  now: Instant,
): Pick<Facts, 'retention'> {
  if (!loaded || !asks(act)) return {};
  const { facts, lengthened, ...rest } = loaded;
  return { retention: { ...rest, kept: periodsOf(facts, lengthened, toDate(now)) } };
}

async function loadDestroying(tx: Tx, caseId: string): Promise<LoadedRetention['destroying']> {
  const [row] = await tx<(Counts & { digest: string; logged: number })[]>`
    SELECT (SELECT count(*) FROM events WHERE case_id = ${caseId})::int AS events,
      (SELECT count(*) FROM documents WHERE case_id = ${caseId})::int AS documents,
      (SELECT coalesce(sum(size_bytes), 0) FROM documents WHERE case_id = ${caseId})::bigint AS "documentBytes",
      (SELECT count(*) FROM cash_entries WHERE case_id = ${caseId})::int
        + (SELECT count(*) FROM vouchers WHERE case_id = ${caseId})::int AS "bookEntries",
      destruction_person_rows(${caseId})::int AS "personRows",
      (SELECT count(*) FROM messages WHERE case_id = ${caseId})::int AS messages,
      (SELECT count(*) FROM archived_runs WHERE case_id = ${caseId})::int AS runs,
      (SELECT count(*) FROM log_leaves)::int AS logged,
      destruction_digest(${caseId}) AS digest`;
  if (!row) return undefined;
  const { digest, logged, ...counts } = row;
  return { digest, logged, counts };
}

type Counts = NonNullable<NonNullable<Facts['retention']>['destroying']>['counts'];
