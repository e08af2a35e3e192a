import { setTimeout as sleep } from 'node:timers/promises';
import { databaseNow } from '../db/queries/now.ts';
import { createAttempts } from './channels/attempt.ts';
import { release, type Turn, takeEndpoints } from './channels/queue.ts';
import { reviewSent } from './channels/review.ts';
import type { ChannelSenderDeps } from './channels/sending-deps.ts';
import { serveEndpoint } from './channels/serve.ts';
import { createLoop, type Loop } from './loop.ts';

export type { ChannelSenderDeps, Senders } from './channels/sending-deps.ts';

/** The loop of a worker process that sends what the inbox brings people on to their endpoints outside. */
export interface ChannelSender extends Loop {
  /** Begins with what is due, and answers how many endpoints it took. */
  turn(): Promise<number>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Disables endpoints that fail for long and tells of people who were not reached. Answers how many these are. */
  review(): Promise<number>;
}

const everyMs = 1_000;
const reviewEveryMs = 60_000;
/** Endpoints served at a time by a process: those that work, and those that do not, which get no more however many they are. */
const mostWorking = 24;
const mostFailing = 8;
/** When the loop ends, what is under way may finish within this time. */
const graceMs = 3_000;

/**
 * Sends at least once: the row says before an attempt that it is made, and after it what came of it. A process that dies in
 * between leaves a message to be sent again under the same id. One endpoint is served by one process at a time, and each by
 * itself: one that hangs holds up nobody else.
 */
export function createChannelSender(deps: ChannelSenderDeps): ChannelSender {
  const { sql, log, mayFire = () => true } = deps;
  const working = new Set<Promise<void>>();
  const failing = new Set<Promise<void>>();
  let stopping = new AbortController();
  let reviewedMs = 0;

  const clock = deps.now ?? (() => databaseNow(sql));
  const sending = { ...deps, clock, stopping: () => stopping.signal };
  const attempt = createAttempts(sending);

  function run(turn: Turn, slots: Set<Promise<void>>): void {
    const done = serveEndpoint(sending, attempt, turn)
      .then(() => release(sql, turn))
      // not given back: its lease ends by itself, so that what always fails is not tried without end
      .catch((error: Error) =>
        log.warn(
          { endpointId: turn.endpointId, reason: error.message },
          'an endpoint could not be served and is tried again',
        ),
      )
      .finally(() => {
        slots.delete(done);
        loop.poke();
      });
    slots.add(done);
  }

  async function turn(): Promise<number> {
    const now = await clock();
    const [well, ill] = [
      await takeEndpoints(sql, now, { failing: false, most: mostWorking - working.size }),
      await takeEndpoints(sql, now, { failing: true, most: mostFailing - failing.size }),
    ];
    for (const each of well) run(each, working);
    for (const each of ill) run(each, failing);
    return well.length + ill.length;
  }

  async function body(): Promise<boolean> {
    if (!mayFire()) return false;
    const taken = await turn();
    if (performance.now() - reviewedMs > reviewEveryMs) {
      reviewedMs = performance.now();
      await reviewSent(sending);
    }
    return taken > 0;
  }

  async function idle(): Promise<void> {
    while (working.size + failing.size > 0) await Promise.all([...working, ...failing]);
  }

  const loop = createLoop({ name: 'channel-sender', everyMs, log, body });
  return {
    ...loop,
    turn,
    idle,
    review: () => reviewSent(sending),
    start() {
      if (stopping.signal.aborted) stopping = new AbortController();
      loop.start();
    },
    async stop() {
      await loop.stop();
      const late = sleep(graceMs, undefined, { ref: false }).then(() => stopping.abort());
      await Promise.race([idle(), late]);
      stopping.abort();
      await idle();
    },
  };
}
