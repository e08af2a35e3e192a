import { setTimeout as sleep } from 'node:timers/promises';
import { parseVerifier, verifierText } from '../../engine/record/note.ts';
import { witnessFolder } from './folder.ts';
import { Refused } from './judge.ts';
import { logServer, Unreachable } from './server.ts';
import { look, type Say } from './witness.ts';

/** How a witness is told to work. */
export interface WitnessOptions {
  readonly url: string;
  readonly folder: string;
  /** An auditor's API key. */
  readonly apiKey?: string | undefined;
  /** The key of the log, `name+id+key`, as the house has told it; without it the first one seen is trusted. */
  readonly logKey?: string | undefined;
  readonly once?: boolean;
  /** Seconds from look to look. Default 60. */
  readonly everySeconds?: number;
  /** Hours after which a log that says nothing new is an alarm. Default 25: it says something every day. */
  readonly quietHours?: number;
  /** Told one line each of what happens. */
  readonly say: Say;
  /** Ends a witness that works on and on. */
  readonly stop?: AbortSignal;
  readonly now?: () => Date;
}

/** 0 nothing wrong, 1 refused with evidence, 2 used wrongly, 3 nothing new could be learned. */
export type WitnessResult = 0 | 1 | 2 | 3;

/** Watches a log once, or until it is stopped or something is wrong. Throws for a folder that is not a witness's. */
export async function runWitness(options: WitnessOptions): Promise<WitnessResult> {
  const { url, once = false, everySeconds = 60, quietHours = 25, say, stop, now = () => new Date() } = options;
  const folder = witnessFolder(options.folder, now);
  if (options.logKey !== undefined) {
    const given = parseVerifier(options.logKey);
    const trusted = folder.trusted();
    if (trusted && trusted.name !== given.name) {
      say(
        `✗ this folder keeps the log ${trusted.name}, and the key is of ${given.name}: another log needs another folder`,
      );
      return 2;
    }
    if (!trusted || verifierText(trusted) !== options.logKey) folder.trust(given, 'given');
  }
  const server = logServer(url, options.apiKey);
  while (!stop?.aborted) {
    let learned = false;
    try {
      const { kept, newest } = await look({ server, folder, say, now });
      const quietMs = now().getTime() - Date.parse(newest.at);
      learned = quietMs <= quietHours * 3_600_000;
      if (!learned) say(`✗ quiet: the newest checkpoint is of ${newest.at}: does a worker run that holds the key?`);
      else if (kept > 0 || once)
        say(`✓ ${newest.at}: ${newest.size} events, ${newest.heads.count} chains, ${kept} checkpoints kept`);
    } catch (error) {
      if (error instanceof Refused) return 1;
      if (!(error instanceof Unreachable)) throw error;
      say(`… ${error.message}`);
    }
    if (once) return learned ? 0 : 3;
    await sleep(everySeconds * 1_000, undefined, stop ? { signal: stop } : {}).catch(() => {});
  }
  return 0;
}
