import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { createTransactions } from '../db/transactions.ts';
import { isOurFault } from '../door/channel-reasons.ts';
import { codeText } from '../door/outbox-text.ts';
import { outOfQuiet, overAt, tryAgainAt } from '../door/outbox-times.ts';
import { tellDisabled, tellUnreached, unreachedPeople } from '../door/undelivered.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { begin, endOver, failsSince, giveUp, postpone, record } from './channels/attempts.ts';
import {
  countStalled,
  dueSendings,
  gather,
  loadEndpoint,
  putOff,
  release,
  type Sending,
  type Served,
  type Turn,
  takeEndpoints,
  textFor,
} from './channels/queue.ts';
import type { ChannelName, Outgoing, Sender, SendOutcome } from './channels/sender.ts';
import { createLoop, type Loop } from './loop.ts';

/** The senders of this installation; a channel without one is not configured. */
export type Senders = Readonly<Partial<Record<ChannelName, Sender>>>;

/** What the loop that sends to the outside needs. */
export interface ChannelSenderDeps {
  readonly sql: Sql;
  readonly senders: Senders;
  readonly log: Logger;
  /** Where people reach the pages, without a slash at its end; undefined: messages carry no link. */
  readonly baseUrl?: string | undefined;
  /** The time by which things are due; without it the database's. */
  readonly now?: () => Promise<Instant>;
  /** False stops it for the time being (clock check). */
  readonly mayFire?: () => boolean;
  /** An attempt is broken off after so long. Default 30 s. */
  readonly attemptMs?: number;
  /** Jitter of the next try, 0 to 1. Default: random. */
  readonly random?: () => number;
  /** Called between sending and recording; tests end the process there. */
  readonly afterSend?: () => Promise<void> | void;
}

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
/** What waits for our own set-up to be mended is tried every six hours at the longest. */
const heldTries = 5;
const alarmEveryMs = 60_000;

/**
 * Sends at least once: the row says before an attempt that it is made, and after it what came of it. A process that dies in
 * between leaves a message to be sent again under the same id. One endpoint is served by one process at a time, and each by
 * itself: one that hangs holds up nobody else.
 */
export function createChannelSender(deps: ChannelSenderDeps): ChannelSender {
  const { sql, senders, log, baseUrl, mayFire = () => true, attemptMs = 30_000, random = Math.random } = deps;
  const working = new Set<Promise<void>>();
  const failing = new Set<Promise<void>>();
  let stopping = new AbortController();
  let reviewedMs = 0;
  const alarmedMs = new Map<string, number>();

  const clock = async (): Promise<Instant> => {
    if (deps.now) return deps.now();
    const [row] = await sql<{ now: Instant }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
    return row!.now;
  };

  /** One attempt; `over`: it was the last one. */
  async function attempt(
    endpoint: Served,
    turn: Turn,
    sending: Sending,
  ): Promise<SendOutcome['kind'] | 'lost' | 'over'> {
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
    const outcome = await sendOne(endpoint, sending);
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
    if (outcome.kind === 'refused' && outcome.gone && sending.kind === 'messages') await disable(endpoint, 'gone', at);
    return outcome.kind === 'again' && nextTry === undefined ? 'over' : outcome.kind;
  }

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

  /** One attempt within its time. Whatever goes wrong in a sender means: again. */
  async function sendOne(endpoint: Served, sending: Sending): Promise<SendOutcome> {
    const sender = senders[endpoint.channel];
    if (!sender) return { kind: 'again', reason: 'not-configured' };
    if (sending.kind === 'code' && endpoint.code === undefined) return { kind: 'refused', reason: 'code-over' };
    const text = sending.kind === 'messages' ? await textFor(sql, sending, endpoint) : textOf(endpoint, sending);
    const limit = AbortSignal.any([AbortSignal.timeout(attemptMs), stopping.signal]);
    const broken = new Promise<SendOutcome>((resolve) => {
      const end = () => resolve({ kind: 'again', reason: stopping.signal.aborted ? 'stopped' : 'timeout' });
      if (limit.aborted) end();
      limit.addEventListener('abort', end, { once: true });
    });
    const sent = sender
      .send(endpoint.settings, outgoing(endpoint, sending, text), limit)
      .catch((error: Error): SendOutcome => {
        log.warn({ sendingId: sending.id, channel: endpoint.channel, name: error.name }, 'a sender failed unforeseen');
        return { kind: 'again', reason: 'error' };
      });
    return Promise.race([sent, broken]);
  }

  const textOf = ({ code }: Served, { kind, textZh, textEn }: Sending): Text =>
    kind === 'code' ? codeText(code!) : [textZh, textEn];

  function outgoing(endpoint: Served, sending: Sending, text: Text): Outgoing {
    const { id, kind, urgent, createdAt, count, path, cases } = sending;
    return {
      ...{ id, sentAt: createdAt, count, language: endpoint.language },
      ...{ ids: cases, kinds: [kind, ...(urgent ? ['urgent'] : [])] },
      text,
      ...(baseUrl === undefined ? {} : { link: `${baseUrl}${path}` }),
    };
  }

  /** Sends what is due over one endpoint. After a failure the rest waits, but for what is urgent. */
  async function serve(turn: Turn): Promise<void> {
    const now = await clock();
    const endpoint = await loadEndpoint(sql, turn.endpointId, now);
    if (!endpoint.open) await giveUp(sql, endpoint.id, now, endpoint.removed);
    const peace = outOfQuiet(endpoint.quiet, now);
    if (peace > now) await putOff(sql, turn, peace);
    if (endpoint.open) await gather(sql, turn, now);
    let well = true;
    let wornOut = false;
    let attempted = false;
    for (const sending of await dueSendings(sql, endpoint.id, now)) {
      if (!well && !sending.urgent) continue;
      if (stopping.signal.aborted) return;
      // as it is now: settings and trust may have changed while others were sent
      const served = attempted ? await loadEndpoint(sql, turn.endpointId, now) : endpoint;
      attempted = true;
      if (sending.kind === 'messages' && !served.open) return;
      const came = await attempt(served, turn, sending);
      if (came === 'lost') return;
      well &&= came === 'sent' || came === 'refused';
      // a message was tried all its time, and nothing else got through meanwhile
      if (came === 'over' && sending.kind === 'messages')
        wornOut ||= await failsSince(sql, endpoint.id, sending.beganAt);
    }
    if (endpoint.open && wornOut) await disable(endpoint, 'failing', now);
  }

  async function disable({ id, channel, person, unit }: Served, why: 'gone' | 'failing', now: Instant): Promise<void> {
    const transactions = createTransactions(sql, { lanes: 1 });
    try {
      await transactions.run(async (tx) => {
        const { count } = await tx`
          UPDATE person.channel_endpoints SET disabled_at = ${now}, disabled_reason = ${why} WHERE id = ${id} AND disabled_at IS NULL`;
        if (count > 0) await tellDisabled(tx, { id, channel, person, unit }, why, now);
      });
    } finally {
      await transactions.end();
    }
    log.error(
      { alarm: 'ENDPOINT', endpointId: id, channel, why },
      'an endpoint takes no more messages and was disabled',
    );
    await giveUp(sql, id, now, false);
  }

  function run(turn: Turn, slots: Set<Promise<void>>): void {
    const done = serve(turn)
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

  async function review(): Promise<number> {
    const now = await clock();
    const stalled = await countStalled(sql, now);
    if (stalled > 0) log.error({ alarm: 'OUTBOX', stalled }, 'deliveries outside are not sent in time');
    const people = await unreachedPeople(sql, now);
    if (people.length === 0) return 0;
    const transactions = createTransactions(sql, { lanes: 1 });
    let told = 0;
    try {
      for (const person of people) {
        const messages = await transactions.run((tx) => tellUnreached(tx, person, now));
        if (messages === 0) continue;
        told += 1;
        log.error(
          { alarm: 'UNREACHED', messages },
          'messages did not reach somebody outside; the head of his unit is told',
        );
      }
    } finally {
      await transactions.end();
    }
    return told;
  }

  async function body(): Promise<boolean> {
    if (!mayFire()) return false;
    const taken = await turn();
    if (performance.now() - reviewedMs > reviewEveryMs) {
      reviewedMs = performance.now();
      await review();
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
    review,
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
