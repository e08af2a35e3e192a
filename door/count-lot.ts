import { createHash } from 'node:crypto';
import type { Sql } from '../db/client.ts';
import type { Lot } from '../engine/books/index.ts';
import type { Engine } from './engine.ts';

/** What surprise counts are drawn with (engine/books/draw.ts): the installation's secret, which leaves this function only hashed. */
export async function countLot(sql: Sql): Promise<Lot | undefined> {
  const [row] = await sql<{ secret: string }[]>`SELECT secret FROM count_lots`;
  if (!row) return undefined;
  const { secret } = row;
  return (about) => createHash('sha256').update([secret, about, secret].join('\n')).digest('hex');
}

/** An engine that knows when surprise counts fall. */
export function drawing(engine: Engine, lot: Lot | undefined): Engine {
  if (!lot) return engine;
  return {
    ...engine,
    agenda: (state) => engine.agenda(state, lot),
    advance: (state, world, limit) => engine.advance(state, { ...world, lot }, limit),
  };
}
