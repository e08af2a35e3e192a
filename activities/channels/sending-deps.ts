import type { Logger } from 'pino';
import type { Sql } from '../../db/client.ts';
import type { Instant } from '../../sdk/time.ts';
import type { ChannelName, Sender } from './sender.ts';

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

/** The same for one turn: with its clock, and the signal that ends what is under way. */
export interface SendingDeps extends Omit<ChannelSenderDeps, 'now' | 'mayFire'> {
  readonly clock: () => Promise<Instant>;
  readonly stopping: () => AbortSignal;
}
