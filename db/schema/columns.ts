import { bigint, customType, text } from 'drizzle-orm/pg-core';

/** A moment in the form of `Instant` (sdk/time.ts): UTC with milliseconds. Postgres keeps it as `timestamptz(3)`. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
});

/** Exact bytes. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/**
 * JSON kept as the text it came in: unlike `jsonb` it keeps the order of keys, so that a state read back is the state
 * that was written.
 */
export const exactJson = <T>(name: string) =>
  customType<{ data: T; driverData: unknown }>({
    dataType: () => 'json',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (value) => (typeof value === 'string' ? JSON.parse(value) : value) as T,
  })(name);

/** Money in fen. */
export const fen = (name: string) => bigint(name, { mode: 'number' });

/** Columns of a row that an act of a person made: who, when, by which act, and its event. */
export const recorded = () => ({
  recordedBy: text('recorded_by').notNull(),
  actorKind: text('actor_kind').notNull(),
  recordedAt: instant('recorded_at').notNull(),
  actId: text('act_id'),
  seq: bigint('seq', { mode: 'number' }).notNull(),
});
