import type { Instant } from '../sdk/time.ts';

/** A row of `events` before it is written; `header` and `payload` are the texts of their bytes, in clear. */
export interface EventRow {
  readonly case_id: string;
  readonly seq: number;
  readonly type: string;
  readonly header: string;
  readonly hash: string;
  readonly prev: string;
  readonly payload: string;
  readonly recorded_at: Instant;
  readonly occurred_at: Instant;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_post: string | null;
  readonly act_id: string | null;
  readonly program_hash: string;
}

/** A row of `acts`. */
export interface ActRow {
  readonly act_id: string;
  readonly case_id: string;
  readonly type: string;
  readonly body_hash: string;
  readonly status: 'recorded' | 'refused';
  readonly refusal: unknown;
  readonly seq: number;
  readonly first_seq: number | null;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_post: string | null;
  readonly recorded_at: Instant;
  readonly occurred_at: Instant;
  readonly after: unknown;
}

/** A row of a read model by column name. A patch leaves out the columns it does not touch. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Rows of the read models that events lead to, keyed by the id within the case: whole rows to be put in place of what is
 * there, and patches to rows that are there already.
 */
export interface ReadModels {
  readonly items: Map<string, Row>;
  readonly itemPatches: Map<string, Row>;
  readonly deadlines: Map<string, Row>;
  readonly deadlinePatches: Map<string, Row>;
  readonly rungs: Row[];
  readonly messages: Row[];
  readonly acknowledged: Row[];
  readonly parties: Map<string, Row>;
  readonly partyEnds: Row[];
  readonly assignments: Map<string, Row>;
  readonly accountability: Map<string, Row>;
  readonly accountabilityPatches: Map<string, Row>;
  readonly transfers: Map<string, Row>;
  readonly transferPatches: Map<string, Row>;
  readonly disclosures: Map<string, Row>;
  readonly disclosurePatches: Map<string, Row>;
  readonly keepers: Map<string, Row>;
  readonly keeperPatches: Map<string, Row>;
  readonly effects: Row[];
}

/** Everything a transaction has to write beside the case's own row. */
export interface Pending {
  readonly events: EventRow[];
  readonly acts: ActRow[];
  readonly models: ReadModels;
}

/** Nothing to write yet. */
export function nothingPending(): Pending {
  return { events: [], acts: [], models: noRows() };
}

/** Empty read models. */
export function noRows(): ReadModels {
  return {
    items: new Map(),
    itemPatches: new Map(),
    deadlines: new Map(),
    deadlinePatches: new Map(),
    rungs: [],
    messages: [],
    acknowledged: [],
    parties: new Map(),
    partyEnds: [],
    assignments: new Map(),
    accountability: new Map(),
    accountabilityPatches: new Map(),
    transfers: new Map(),
    transferPatches: new Map(),
    disclosures: new Map(),
    disclosurePatches: new Map(),
    keepers: new Map(),
    keeperPatches: new Map(),
    effects: [],
  };
}

/** Changes a row that is about to be written, or else adds to what is to be changed in the table. */
export function patch(whole: Map<string, Row>, patches: Map<string, Row>, id: string, change: Row): void {
  const row = whole.get(id);
  if (row) whole.set(id, { ...row, ...change });
  else patches.set(id, { ...patches.get(id), ...change });
}

/** Puts a whole row in place of whatever was to be written under that id. */
export function put(whole: Map<string, Row>, patches: Map<string, Row>, id: string, row: Row): void {
  whole.set(id, row);
  patches.delete(id);
}

/** Adds what came later to what is already to be written. */
export function merge(into: Pending, added: Pending): void {
  into.events.push(...added.events);
  into.acts.push(...added.acts);
  const [to, from] = [into.models, added.models];
  const pairs = [
    [to.items, to.itemPatches, from.items, from.itemPatches],
    [to.deadlines, to.deadlinePatches, from.deadlines, from.deadlinePatches],
    [to.accountability, to.accountabilityPatches, from.accountability, from.accountabilityPatches],
    [to.transfers, to.transferPatches, from.transfers, from.transferPatches],
    [to.disclosures, to.disclosurePatches, from.disclosures, from.disclosurePatches],
    [to.keepers, to.keeperPatches, from.keepers, from.keeperPatches],
  ] as const;
  for (const [whole, patches, newWhole, newPatches] of pairs) {
    for (const [id, row] of newWhole) put(whole, patches, id, row);
    for (const [id, change] of newPatches) patch(whole, patches, id, change);
  }
  for (const key of ['parties', 'assignments'] as const) for (const [id, row] of from[key]) to[key].set(id, row);
  for (const key of ['rungs', 'messages', 'acknowledged', 'partyEnds', 'effects'] as const) to[key].push(...from[key]);
}
