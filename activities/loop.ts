import type { Logger } from 'pino';

/** Something a worker process does again and again. */
export interface Loop {
  start(): void;
  /** Runs it now rather than at its next turn. */
  poke(): void;
  /** Waits for a turn under way and ends. */
  stop(): Promise<void>;
}

/** A turn that fails is logged and tried again, later each time up to this. */
const longestPauseMs = 30_000;

/** `body` answers whether it has more to do at once. Turns never overlap. */
export function createLoop(deps: {
  readonly name: string;
  readonly everyMs: number;
  readonly log: Logger;
  readonly body: () => Promise<boolean>;
}): Loop {
  const { name, everyMs, log, body } = deps;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> | undefined;
  let running = false;
  let failures = 0;
  let again = false;

  async function run(): Promise<void> {
    try {
      again = (await body()) || again;
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ loop: name, reason: (error as Error).message, failures }, 'a turn failed and is tried again');
    }
  }

  function next(): void {
    if (!running) return;
    const pauseMs = failures > 0 ? Math.min(everyMs * 2 ** failures, longestPauseMs) : again ? 0 : everyMs;
    again = false;
    timer = setTimeout(take, pauseMs);
  }

  function take(): void {
    clearTimeout(timer);
    turn = run().finally(() => {
      turn = undefined;
      next();
    });
  }

  return {
    start() {
      if (running) return;
      running = true;
      take();
    },
    poke() {
      if (turn) again = true;
      else if (running && failures === 0) take();
    },
    async stop() {
      running = false;
      clearTimeout(timer);
      await turn;
    },
  };
}
