import type { Tx } from '../db/transactions.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { tellNotice } from './undelivered.ts';
import { partedText, silentText } from './undelivered-text.ts';

/**
 * A unit was closed: merged into another one, or emptied (`above`). Its channels get nothing new from now on: what they would
 * have carried goes out over those of the unit it went into, where its posts lie. The head and the administrators there are
 * told which it is, and that there are none where there are none.
 */
export async function tellClosedUnit(
  tx: Tx,
  { unit, into }: { readonly unit: string; readonly into: string },
  now: Instant,
): Promise<void> {
  const silent = await openChannels(tx, unit);
  if (silent === 0) return;
  const [names, heirs] = [await namesOf(tx, [unit, into]), await openChannels(tx, into)];
  const text = silentText({ from: names(unit), to: names(into), silent, heirs });
  await tellNotice(tx, { about: `unit:${unit}:into:${into}`, units: [into], text }, now);
}

/** Posts went from a unit to new ones, which have no channels yet: those of the old unit get nothing of these posts any more. */
export async function tellPartedUnit(
  tx: Tx,
  { unit, parts }: { readonly unit: string; readonly parts: readonly string[] },
  now: Instant,
): Promise<void> {
  const left = await openChannels(tx, unit);
  if (left === 0) return;
  const names = await namesOf(tx, [unit, ...parts]);
  for (const part of parts) {
    const text = partedText({ from: names(unit), to: names(part), left });
    await tellNotice(tx, { about: `unit:${part}:from:${unit}`, units: [part, unit], text }, now);
  }
}

/** How many channels of a unit take messages. */
async function openChannels(tx: Tx, unit: string): Promise<number> {
  const [row] = await tx<{ n: number }[]>`
    SELECT count(*)::int AS n FROM person.channel_endpoints
    WHERE unit = ${unit} AND verified_at IS NOT NULL AND disabled_at IS NULL AND removed_at IS NULL`;
  return row!.n;
}

async function namesOf(tx: Tx, units: readonly string[]): Promise<(unit: string) => Text> {
  const rows = await tx<{ id: string; zh: string; en: string }[]>`
    SELECT id, name_zh AS zh, name_en AS en FROM units
    WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(units)}::text::json))`;
  const names = new Map(rows.map(({ id, zh, en }) => [id, [zh, en] as const]));
  return (unit) => names.get(unit) ?? [unit, unit];
}
