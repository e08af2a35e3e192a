import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** What a campaign's result is filed under. */
export interface CampaignFile {
  readonly kind: string;
  readonly seed: number;
  readonly begun: Date;
  /** A folder; `none`: nothing is written. */
  readonly to: string;
}

/**
 * Gives what writes a campaign's result with commit, machine and load, and answers the file's path. May be called again and again:
 * a campaign that is broken off leaves what it has found. The commit is the one that was there in the beginning.
 */
export function campaignFile({ kind, seed, begun, to }: CampaignFile): (result: object) => string | undefined {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' });
  const commit = status === 0 ? stdout.trim() : null;
  const file = join(to, `${kind}-${begun.toISOString().slice(0, 10)}-seed-${seed}.json`);
  return (result) => {
    if (to === 'none') return undefined;
    const written = {
      ...{ kind, seed, commit, node: process.version },
      ...{ begun: begun.toISOString(), ended: new Date().toISOString() },
      machine: {
        cpus: cpus().length,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        load: loadavg().map((each) => Math.round(each)),
      },
      ...result,
    };
    mkdirSync(to, { recursive: true });
    writeFileSync(file, `${JSON.stringify(written, undefined, 2)}\n`);
    return file;
  };
}
