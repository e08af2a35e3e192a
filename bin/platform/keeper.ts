import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isAlive } from './processes.ts';

/** A server that runs as a process of its own. */
export interface KeptServer {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Keeps a server up until told to stop. */
export interface Keeper {
  /** Ends the server, and the keeping. */
  stop(): Promise<void>;
}

const lookEveryMs = 500;
const longestPauseMs = 30_000;

/**
 * Looks after a server: when its process is gone, it is started again on the same port, first at once and then after
 * pauses that grow to 30 s. Clients of ours try again by themselves meanwhile.
 */
export function keepUp(name: string, first: KeptServer, startAgain: () => Promise<KeptServer>, log: Logger): Keeper {
  let server = first;
  const stopping = new AbortController();
  const watching = watch();
  return {
    async stop() {
      stopping.abort();
      await watching;
      await server.stop();
    },
  };

  async function watch(): Promise<void> {
    let pauseMs = 0;
    let upSince = performance.now();
    while (await pause(lookEveryMs)) {
      if (isAlive(server.pid)) {
        if (performance.now() - upSince > longestPauseMs) pauseMs = 0;
        continue;
      }
      log.error({ serverPid: server.pid }, `${name} has ended by itself: starting it again`);
      if (!(await pause(pauseMs))) return;
      pauseMs = Math.min(longestPauseMs, pauseMs * 2 || 1_000);
      try {
        server = await startAgain();
        upSince = performance.now();
        log.warn({ serverPid: server.pid }, `${name} is up again`);
      } catch (error) {
        log.error({ err: error }, `${name} could not be started again`);
      }
    }
  }

  async function pause(ms: number): Promise<boolean> {
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
    return !stopping.signal.aborted;
  }
}
