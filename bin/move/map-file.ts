import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ArrivalMap, MapProblem } from '../../door/arrival-plan.ts';

const ids = z.record(z.string(), z.string().min(1)).default({});
const shape = z.strictObject({
  posts: ids,
  people: z.record(z.string(), z.string().min(1).nullable()).default({}),
  units: ids,
});

/** Reads who of those over there is who here; without a file nobody is said. Throws where it is no such list. */
export function mapIn(file: string | undefined): ArrivalMap {
  if (file === undefined) return { posts: {}, people: {}, units: {} };
  const read = shape.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (read.success) return read.data;
  throw new Error(
    `${file} is no map: ${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
  );
}

const TABLE = { post: 'posts', person: 'people', unit: 'units' } as const;

/** What is missing in a map, and what to write. */
export function problemText({ what, id, why, as }: MapProblem): string {
  if (why === 'unmapped') return `${what} ${id} (${as}): say who or what it is here, in "${TABLE[what]}"`;
  if (why === 'unknown') return `${what} ${id}: there is no ${what} ${as} here`;
  return (
    `${what} ${id} is an id here too: where it is the same one, write "${id}": "${id}" in "${TABLE[what]}"; ` +
    'where it is another, this case cannot be taken: the record would tell of the wrong one'
  );
}
