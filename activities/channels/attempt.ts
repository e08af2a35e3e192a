import { isOurFault } from '../../door/channel-reasons.ts';
import { outOfQuiet, overAt, tryAgainAt } from '../../door/outbox-times.ts';
import type { Instant } from '../../sdk/time.ts';
import { begin, endOver, postpone, record } from './attempts.ts';
import { disableEndpoint } from './disable.ts';
import type { Sending, Served, Turn } from './queue.ts';
import { sendOnce } from './send-once.ts';
import type { ChannelName, SendOutcome } from './sender.ts';
import type { SendingDeps } from './sending-deps.ts';

/** What came of an attempt; `lost`: somebody else serves the endpoint now, `over`: it was the last one. */
export type Came = SendOutcome['kind'] | 'lost' | 'over';

/** Makes one attempt to send something over an endpoint that this process serves. */
export type MakeAttempt = (endpoint: Served, turn: Turn, sending: Sending) => Promise<Came>;

/** What waits for our own set-up to be mended is tried every six hours at the longest. */
const heldTries = 5;
const alarmEveryMs = 60_000;

/** Attempts of one process: before each the row says that it is made, and after it what came of it. */
export function createAttempts(deps: SendingDeps): MakeAttempt {
  const { sql, log, clock, random = Math.random } = deps;
  const alarmedMs = new Map<string, number>();

  /** Our own set-up does not work: said once a minute, however many endpoints it concerns. */
  function alarm(channel: ChannelName, reason: string): void {
    const about = `${channel} ${reason}`;
    const last = alarmedMs.get(about);
    if (last !== undefined && performance.now() - last < alarmEveryMs) return;
    alarmedMs.set(about, performance.now());
    log.error(
      { alarm: 'CHANNEL', channel, reason },
      'a channel does not work by a fault of our own; its messages are held',
    );
  }

  return async (endpoint, turn, sending) => {
    const { quiet } = endpoint;
    const disturbs = sending.urgent || sending.kind !== 'messages';
    const at = await clock();
    const end = overAt(sending);
    if (sending.tries > 0 && at >= end) {
      await endOver(sql, sending.id, at);
      return 'over';
    }
    const again = (tries: number, afterMs?: number, beganAt = sending.beganAt): Instant | undefined => {
      const next = tryAgainAt({ ...sending, beganAt, tries }, at, random(), afterMs);
      return next === undefined || disturbs ? next : outOfQuiet(quiet, next);
    };
    const n = await begin(sql, turn, sending.id, again(sending.tries + 1) ?? end);
    if (n === undefined) return 'lost';
    const since = performance.now();
    const outcome = await sendOnce(deps, endpoint, sending);
    if (outcome.kind === 'later') {
      await postpone(sql, sending.id, n, new Date(Date.parse(at) + outcome.afterMs).toISOString());
      return 'later';
    }
    const durationMs = Math.round(performance.now() - since);
    await deps.afterSend?.();
    const ours = outcome.kind === 'again' && isOurFault(endpoint.channel, outcome.reason);
    const broken = ours && outcome.reason !== 'stopped';
    if (broken) alarm(endpoint.channel, outcome.reason);
    const held = broken && sending.kind === 'messages';
    const nextTry =
      outcome.kind !== 'again'
        ? undefined
        : held
          ? again(Math.min(n, heldTries), outcome.afterMs, at)
          : again(n, outcome.afterMs);
    const reason = outcome.kind === 'sent' ? undefined : outcome.reason;
    const reference = outcome.kind === 'sent' ? outcome.reference : undefined;
    await record(sql, endpoint.id, sending, n, {
      at,
      outcome: outcome.kind,
      reason,
      reference,
      durationMs,
      nextTry,
      ours,
      held,
    });
    if (outcome.kind === 'refused' && outcome.gone && sending.kind === 'messages')
      await disableEndpoint(deps, endpoint, 'gone', at);
    return outcome.kind === 'again' && nextTry === undefined ? 'over' : outcome.kind;
  };
}
