import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { StoreMemory } from '../activities/store-watch.ts';
import { objectIn } from '../door/json-bytes.ts';
import type { Config } from './config.ts';

const shape = z.object({
  installation: z.string(),
  system: z.string().nullable(),
  timeline: z.number().nullable(),
  n: z.number().int().min(0),
});

/** What this machine remembers of the database, outside it: one small file in the data folder, written when something changed. */
export function storeMemory({ dataDir }: Pick<Config, 'dataDir'>): StoreMemory {
  const file = join(dataDir, 'stores.json');
  let known: string | undefined;
  const read = (): z.infer<typeof shape> | undefined => {
    if (!existsSync(file)) return undefined;
    const found = shape.safeParse(objectIn(readFileSync(file)));
    return found.success ? found.data : undefined; // damaged: as if it were not there
  };
  return {
    read(installation) {
      const found = read();
      return found?.installation === installation ? found : undefined;
    },
    write(installation, { system, timeline, n }) {
      const text = `${JSON.stringify({ installation, system, timeline, n })}\n`;
      if (text === known) return;
      // other processes of this machine share the file: the furthest of them counts
      const before = read();
      if (
        before?.installation === installation &&
        before.n > n &&
        before.system === system &&
        before.timeline === timeline
      )
        return;
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const fresh = `${file}.${process.pid}`;
      writeFileSync(fresh, text, { mode: 0o600 });
      renameSync(fresh, file);
      known = text;
    },
  };
}
