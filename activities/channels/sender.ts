import type { ChannelName, ChannelSettings, Problem } from '../../door/endpoint.ts';
import type { Text } from '../../sdk/program.ts';
import type { Instant } from '../../sdk/time.ts';

export type { ChannelName, ChannelSettings, Problem } from '../../door/endpoint.ts';

/** What is sent: texts are already shortened to ids and counts unless the endpoint is trusted. */
export interface Outgoing {
  /** Stable over retries, so that a receiver sees what comes twice. */
  readonly id: string;
  readonly sentAt: Instant;
  readonly text: Text;
  /** How many messages of the inbox it stands for. */
  readonly count: number;
  /** Where the reader goes on: the case, or the inbox. */
  readonly link?: string;
  readonly language: 'zh' | 'en';
  /** The cases it is about, as far as its parts are about one each; for receivers that are programs. */
  readonly ids?: readonly string[];
  /** What it is, for receivers that are programs: `messages`, `test` or `code`, and `urgent`. */
  readonly kinds?: readonly string[];
}

/** How an attempt ended. */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly reference?: string }
  /** For now: the peer is away, or asked to wait so long. */
  | { readonly kind: 'again'; readonly reason: string; readonly afterMs?: number }
  /** Not tried: its turn has not come, and comes after so long. */
  | { readonly kind: 'later'; readonly afterMs: number }
  /** For ever for this message; `gone`: the endpoint itself is dead. */
  | { readonly kind: 'refused'; readonly reason: string; readonly gone?: boolean };

/**
 * One channel. `check` makes settings of what somebody entered, or says what is wrong with it. `send` makes one attempt and
 * ends when `signal` fires; it answers what came of it, and may throw, which counts as `again`. Reasons are classes
 * (`timeout`, `http-500`, `smtp-550`), never addresses or words of the peer: they are shown and logged.
 */
export interface Sender {
  readonly channel: ChannelName;
  check(settings: unknown): ChannelSettings | Problem[];
  send(settings: ChannelSettings, message: Outgoing, signal: AbortSignal): Promise<SendOutcome>;
}
