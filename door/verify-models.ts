import type { CaseEvent } from '../engine/event.ts';
import type { State } from '../engine/state.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import type { ChainRow } from './chain.ts';
import { endsDestroyed } from './destroyed.ts';
import { engine } from './engine.ts';
import { noRows, type ReadModels, type Row } from './pending.ts';
import { project } from './project.ts';
import { type ModelName, modelNames, type TableRow } from './read-models.ts';

/** What a case's events lead to: its state, and the rows of its read models by their keys. */
export interface RebuiltModels {
  readonly state: State | undefined;
  readonly rows: Readonly<Record<ModelName, ReadonlyMap<string, Row>>>;
}

/** How the rows of a read model are told apart within a case. */
export const keysOf: Readonly<Record<ModelName, readonly string[]>> = {
  parties: ['party_id'],
  assignments: ['role'],
  items: ['item_id'],
  deadlines: ['deadline_id'],
  rungs: ['deadline_id', 'generation', 'rung'],
  messages: ['id'],
  accountability: ['id'],
  transfers: ['id'],
  disclosures: ['item_id'],
  keepers: ['book', 'side'],
  effects: ['id'],
};

/** Columns that follow from the outside world and not from events. */
const outside: Readonly<Partial<Record<ModelName, readonly string[]>>> = { effects: ['created_at', 'next_try'] };

/** Columns that are changed only together, when the patch says so. */
const flagged = {
  assigned: ['assignee_post', 'assignee_person', 'assignee_given_at'],
  filled: ['by_post', 'by_person', 'by_given_at', 'answering_post'],
} as const;

/** Columns that a row put again leaves as they are. */
const keptWhenPutAgain: Readonly<Partial<Record<ModelName, readonly string[]>>> = {
  items: ['kind', 'planned_date', 'opened_at'],
  deadlines: ['of'],
};

/** A row's key as text. */
export const keyOf = (model: ModelName, row: Row): string => keysOf[model].map((name) => String(row[name])).join(' ');

/** Runs a case's events through the engine and the projections again. Throws when an event cannot be read or evolved. */
export function rebuildModels(chain: readonly ChainRow[]): RebuiltModels {
  const rows = Object.fromEntries(modelNames.map((name) => [name, new Map<string, Row>()])) as Record<
    ModelName,
    Map<string, Row>
  >;
  let state: State | undefined;
  // what a destroyed case's events said is gone; the last one stands for all of them
  for (const each of endsDestroyed(chain) ? chain.slice(-1) : chain) {
    const event = eventOf(each);
    state = engine.evolve(state, event);
    const models = noRows();
    project(models, event, state);
    apply(rows, models);
  }
  return { state, rows };
}

/** The event of a row of the chain. Throws where its payload is no JSON. */
export function eventOf({
  seq,
  type,
  payload,
  recordedAt,
  occurredAt,
  actorKind,
  actorId,
  actorPost,
  actId,
}: ChainRow): CaseEvent {
  const { data } = JSON.parse(Buffer.from(payload).toString('utf8')) as { data: unknown };
  return {
    type,
    data,
    seq,
    occurredAt,
    recordedAt,
    actor: { kind: actorKind, id: actorId, ...(actorPost === null ? {} : { post: actorPost }) },
    ...(actId === null ? {} : { actId }),
  } as CaseEvent;
}

/** What the statements of door/write.ts do to the tables, done to maps. */
function apply(rows: Record<ModelName, Map<string, Row>>, models: ReadModels): void {
  const put = (model: ModelName, row: Row): void => {
    const key = keyOf(model, row);
    const before = rows[model].get(key);
    const kept = before && (keptWhenPutAgain[model] ?? []).map((name) => [name, before[name]] as const);
    rows[model].set(key, kept ? { ...row, ...Object.fromEntries(kept) } : row);
  };
  const amend = (model: ModelName, id: string, change: Row): void => {
    const before = rows[model].get(id);
    if (before) rows[model].set(id, patched(before, change));
  };
  for (const model of [
    'parties',
    'assignments',
    'items',
    'deadlines',
    'accountability',
    'transfers',
    'disclosures',
    'keepers',
  ] as const) {
    for (const row of models[model].values()) put(model, row);
  }
  for (const { party_id, ended_at } of models.partyEnds) amend('parties', String(party_id), { ended_at });
  for (const [id, change] of models.itemPatches) amend('items', id, change);
  for (const [id, change] of models.deadlinePatches) amend('deadlines', id, change);
  for (const [id, change] of models.accountabilityPatches) amend('accountability', id, change);
  for (const [id, change] of models.transferPatches) amend('transfers', id, change);
  for (const [id, change] of models.disclosurePatches) amend('disclosures', id, change);
  for (const [id, change] of models.keeperPatches) amend('keepers', id, change);
  for (const model of ['rungs', 'messages', 'effects'] as const) for (const row of models[model]) put(model, row);
  for (const { id, acknowledged_at, acknowledged_by } of models.acknowledged) {
    if (rows.messages.get(String(id))?.['acknowledged_at'] == null)
      amend('messages', String(id), { acknowledged_at, acknowledged_by });
  }
}

/** An absent or null value leaves what is there, except where a flag says that a group of columns changes. */
function patched(row: Row, change: Row): Row {
  const next: Record<string, unknown> = { ...row };
  for (const [name, value] of Object.entries(change)) if (value != null && !(name in flagged)) next[name] = value;
  for (const [flag, names] of Object.entries(flagged)) {
    if (change[flag]) for (const name of names) next[name] = change[name] ?? null;
  }
  return next;
}

/** Compares the tables with what the events lead to. Names rows by their keys and columns by name, never what they hold. */
export function compareModels(
  { rows }: RebuiltModels,
  tables: Readonly<Record<ModelName, readonly TableRow[]>>,
): string[] {
  return modelNames.flatMap((model) => {
    const stored = new Map(tables[model].map((row) => [keyOf(model, row), row]));
    const found: string[] = [];
    for (const [key, expected] of rows[model]) {
      const row = stored.get(key);
      if (!row) found.push(`${model} ${key} is missing`);
      else found.push(...differing(model, expected, row).map((name) => `${model} ${key}: column ${name} differs`));
    }
    for (const key of stored.keys()) if (!rows[model].has(key)) found.push(`${model} ${key} comes from no event`);
    return found;
  });
}

/** The columns in which a row differs from what the events lead to. Every column counts: one that the events leave empty has to be empty in the table. */
export function differing(model: ModelName, expected: Row, row: TableRow): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(row)])]
    .filter((name) => !(name in flagged) && !outside[model]?.includes(name))
    .filter((name) => plain(expected[name]) !== plain(row[name]));
}

/** A value as canonical text; absent, null and a flag that is not raised are the same. */
function plain(value: unknown): string {
  return value == null || value === false ? 'null' : canonicalJson(JSON.parse(JSON.stringify(value)));
}
